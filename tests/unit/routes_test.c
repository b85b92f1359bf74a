/* The engine's route table: appserver/engine/routes.c */

#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "routes.h"

static enum fb_result handler(struct fb_request *request)
{
    (void)request;
    return FB_OK;
}

static const struct fb_page pages[] = {
    {"home", "/", FB_GET, handler, 0, false},
    {"posts", "/posts", FB_GET, handler, 0, false},
    {"post", "/posts/{id:int}", FB_GET, handler, 0, false},
    {"newest", "/posts/newest", FB_GET, handler, 0, false},
    {"tag", "/posts/{tag}", FB_GET, handler, 0, false},
    {"comment", "/posts/{id:int}/comments", FB_POST, handler, 100, false},
    {"tag_feed", "/posts/{tag}/feed.atom", FB_GET, handler, 0, false},
    {"folder", "/folder/", FB_GET, handler, 0, false},
    {"edit", "/posts/{id:int}", FB_POST, handler, 100, false},
};

static const struct {
    const char *path;
    unsigned method;
    const char *page; /* NULL: none */
    unsigned methods; /* 0: no such path */
} matches[] = {
    {"/", FB_GET, "home", FB_GET | FB_HEAD},
    {"/", FB_HEAD, "home", FB_GET | FB_HEAD},
    {"/", FB_POST, NULL, FB_GET | FB_HEAD},
    {"/posts", FB_GET, "posts", FB_GET | FB_HEAD},
    {"/posts/", FB_GET, NULL, 0},
    {"/posts/7", FB_GET, "post", FB_GET | FB_HEAD | FB_POST},
    {"/posts/7", FB_POST, "edit", FB_GET | FB_HEAD | FB_POST},
    {"/posts/0", FB_GET, "post", FB_GET | FB_HEAD | FB_POST},
    {"/posts/007", FB_GET, "tag", FB_GET | FB_HEAD},
    {"/posts/newest", FB_GET, "newest", FB_GET | FB_HEAD},
    {"/posts/wood", FB_GET, "tag", FB_GET | FB_HEAD},
    {"/posts/-1", FB_GET, "tag", FB_GET | FB_HEAD},
    {"/posts/.git", FB_GET, NULL, 0},
    {"/posts/a b", FB_GET, NULL, 0},
    {"/posts/999999999999999999", FB_GET, "post", FB_GET | FB_HEAD | FB_POST},
    {"/posts/9999999999999999999", FB_GET, "tag", FB_GET | FB_HEAD},
    {"/posts/7/comments", FB_POST, "comment", FB_POST},
    {"/posts/7/comments", FB_GET, NULL, FB_POST},
    {"/posts/7/feed.atom", FB_GET, "tag_feed", FB_GET | FB_HEAD},
    {"/posts/newest/feed.atom", FB_GET, "tag_feed", FB_GET | FB_HEAD},
    {"/folder/", FB_GET, "folder", FB_GET | FB_HEAD},
    {"/folder", FB_GET, NULL, 0},
    {"//", FB_GET, NULL, 0},
    {"//posts", FB_GET, NULL, 0},
    {"", FB_GET, NULL, 0},
    {"posts", FB_GET, NULL, 0},
    {"/nothing", FB_GET, NULL, 0},
    {"/posts", 0, NULL, FB_GET | FB_HEAD},
};

START_TEST(a_path_finds_its_page)
{
    char problem[256] = "";
    struct route_match match;
    struct routes *routes = routes_make(pages, sizeof(pages) / sizeof(pages[0]),
                                        problem, sizeof(problem));

    ck_assert_msg(routes != NULL, "%s", problem);
    routes_match(routes, matches[_i].path, matches[_i].method, &match);
    ck_assert_uint_eq(match.methods, matches[_i].methods);
    if (matches[_i].page == NULL) {
        ck_assert_ptr_null(match.page);
    } else {
        ck_assert_ptr_nonnull(match.page);
        ck_assert_str_eq(match.page->name, matches[_i].page);
    }
    routes_free(routes);
}
END_TEST

START_TEST(a_slug_has_at_most_128_characters)
{
    char path[200] = "/posts/";
    char problem[256];
    struct route_match match;
    struct routes *routes = routes_make(pages, sizeof(pages) / sizeof(pages[0]),
                                        problem, sizeof(problem));

    memset(path + 7, 'a', FOOBAR_SLUG_MAX);
    routes_match(routes, path, FB_GET, &match);
    ck_assert_ptr_nonnull(match.page);
    path[7 + FOOBAR_SLUG_MAX] = 'a';
    routes_match(routes, path, FB_GET, &match);
    ck_assert_ptr_null(match.page);
    routes_free(routes);
}
END_TEST

START_TEST(parameters_are_taken_from_the_path)
{
    static const struct fb_page one[] = {
        {"x", "/a/{id:int}/{what}", FB_GET, handler, 0, false}};
    char problem[256];
    struct route_match match;
    struct routes *routes = routes_make(one, 1, problem, sizeof(problem));

    routes_match(routes, "/a/123/b-c", FB_GET, &match);
    ck_assert_uint_eq(match.param_count, 2);
    ck_assert(match.params[0].is_int);
    ck_assert_int_eq(match.params[0].integer, 123);
    ck_assert(!match.params[1].is_int);
    ck_assert_mem_eq(match.params[1].value, "b-c", 3);
    ck_assert_uint_eq(match.params[1].value_length, 3);
    routes_free(routes);
}
END_TEST

static const struct {
    struct fb_page pages[2];
    size_t count;
    const char *says;
} contradictions[] = {
    {{{"a", "/x", FB_GET, handler, 0, false},
      {"a", "/y", FB_GET, handler, 0, false}},
     2,
     "page 2 (a, /y): another page has the same name"},
    {{{"a", "/x", FB_GET, handler, 0, false},
      {"b", "/x", FB_HEAD, handler, 0, false}},
     2,
     "page 2 (b, /x): another page has the same path and method"},
    {{{"a", "/{x}", FB_GET, handler, 0, false},
      {"b", "/{y}", FB_GET, handler, 0, false}},
     2,
     "page 2 (b, /{y}): another page has the same path and method"},
    {{{"a", "x", FB_GET, handler, 0, false}}, 1, "must begin with /"},
    {{{"a", "/x//y", FB_GET, handler, 0, false}}, 1, "empty segment"},
    {{{"a", "/{x", FB_GET, handler, 0, false}}, 1, "has no '}'"},
    {{{"a", "/{}", FB_GET, handler, 0, false}}, 1, "parameter's name"},
    {{{"a", "/{X}", FB_GET, handler, 0, false}}, 1, "parameter's name"},
    {{{"a", "/{x}/{x:int}", FB_GET, handler, 0, false}}, 1, "same name"},
    {{{"a", "/a b", FB_GET, handler, 0, false}}, 1, "character"},
    {{{"a", "/.git", FB_GET, handler, 0, false}}, 1, "begins with a dot"},
    {{{"a", "/x/.well-known", FB_GET, handler, 0, false}},
     1,
     "begins with a dot"},
    {{{"a", "/a?b", FB_GET, handler, 0, false}}, 1, "character"},
    {{{"a b", "/x", FB_GET, handler, 0, false}}, 1, "its name"},
    {{{NULL, "/x", FB_GET, handler, 0, false}}, 1, "its name"},
    {{{"a", NULL, FB_GET, handler, 0, false}}, 1, "no path"},
    {{{"a", "/x", FB_GET, NULL, 0, false}}, 1, "no handler"},
    {{{"a", "/x", 0, handler, 0, false}}, 1, "no method"},
    {{{"a", "/x", 1 << 9, handler, 0, false}}, 1, "no method"},
    {{{"a", "/x", FB_GET, handler, 9, false}}, 1, "takes a body"},
    {{{"a", "/1/2/3/4/5/6/7/8/9/0/1/2/3/4/5/6/7", FB_GET, handler, 0, false}},
     1,
     "too many segments"},
    {{{"a", "/{a}/{b}/{c}/{d}/{e}/{f}/{g}/{h}/{i}", FB_GET, handler, 0, false}},
     1,
     "too many parameters"},
};

START_TEST(a_table_that_contradicts_itself_is_refused)
{
    char problem[256];

    ck_assert_ptr_null(routes_make(contradictions[_i].pages,
                                   contradictions[_i].count, problem,
                                   sizeof(problem)));
    ck_assert_msg(strstr(problem, contradictions[_i].says) != NULL, "%s",
                  problem);
}
END_TEST

START_TEST(the_route_file_names_each_page)
{
    static const char expected[] = "route home GET,HEAD /\n"
                                   "route posts GET,HEAD /posts\n";
    char *text = NULL;
    size_t length = 0;
    FILE *stream = open_memstream(&text, &length);

    ck_assert(routes_print(stream, pages, 2));
    fclose(stream);
    ck_assert_int_eq(strncmp(text, "foobar-routes 1\n", 16), 0);
    ck_assert_str_eq(strstr(text, "route home"), expected);
    free(text);
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_loop_test(tests, a_path_finds_its_page, 0, UNIT_ROWS(matches));
    tcase_add_test(tests, a_slug_has_at_most_128_characters);
    tcase_add_test(tests, parameters_are_taken_from_the_path);
    tcase_add_loop_test(tests, a_table_that_contradicts_itself_is_refused, 0,
                        UNIT_ROWS(contradictions));
    tcase_add_test(tests, the_route_file_names_each_page);
}

UNIT_MAIN("routes", add_tests)
