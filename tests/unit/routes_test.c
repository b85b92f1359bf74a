/* The engine's route table: appserver/engine/routes.c */

#include "unit.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "routes.h"
#include "rows.h"

static enum fb_result handler(struct fb_request *request)
{
    (void)request;
    return FB_OK;
}

/* clang-format off */
#define PAGE(its_name, its_path, its_methods, ...) \
    {.name = its_name, .path = its_path, .methods = its_methods, \
     .handler = handler, __VA_ARGS__}
#define KEPT(its_path, its_tags) \
    PAGE("a", its_path, FB_GET, .cache_seconds = 1, .tags = (its_tags))
/* clang-format on */

#define TAG_OF_32 "0123456789abcdef0123456789abcdef"
#define TAG_OF_129 TAG_OF_32 TAG_OF_32 TAG_OF_32 TAG_OF_32 "x"

static const struct fb_page pages[] = {
    PAGE("home", "/", FB_GET),
    PAGE("posts", "/posts", FB_GET),
    PAGE("post", "/posts/{id:int}", FB_GET),
    PAGE("newest", "/posts/newest", FB_GET),
    PAGE("tag", "/posts/{tag}", FB_GET),
    PAGE("comment", "/posts/{id:int}/comments", FB_POST, .body_limit = 100),
    PAGE("tag_feed", "/posts/{tag}/feed.atom", FB_GET),
    PAGE("folder", "/folder/", FB_GET),
    PAGE("edit", "/posts/{id:int}", FB_POST, .body_limit = 100),
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

/* Log-ins that contradict the table; the page me is for members. */
static const struct {
    const char *path;
    const char *cookies;
    const char *says;
} logins[] = {
    {NULL, NULL, "the page me is for members only, and the application has"},
    {"/login", NULL, "go together"},
    {NULL, "session", "go together"},
    {"/login", "a;b", "session_cookies must be"},
    {"/nothing", "session", "the path of no page that has GET"},
    {"/save", "session", "the path of no page that has GET"},
    {"/me", "session", "nobody could ever log in"},
};

START_TEST(a_log_in_that_contradicts_the_table_is_refused)
{
    static const struct fb_page table[] = {
        PAGE("me", "/me", FB_GET, .members_only = true),
        PAGE("login", "/login", FB_GET | FB_POST),
        PAGE("save", "/save", FB_POST),
    };
    const struct fb_app app = {.login_path = logins[_i].path,
                               .session_cookies = logins[_i].cookies};
    char problem[256] = "";
    struct routes *routes = routes_make(table, 3, problem, sizeof(problem));

    ck_assert_msg(routes != NULL, "%s", problem);
    ck_assert(
        !rows_check_login(&app, table, 3, routes, problem, sizeof(problem)));
    ck_assert_msg(strstr(problem, logins[_i].says) != NULL, "%s", problem);
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
        PAGE("x", "/a/{id:int}/{what}", FB_GET)};
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
    {{PAGE("a", "/x", FB_GET), PAGE("a", "/y", FB_GET)},
     2,
     "page 2 (a, /y): another page has the same name"},
    {{PAGE("a", "/x", FB_GET), PAGE("b", "/x", FB_HEAD)},
     2,
     "page 2 (b, /x): another page has the same path and method"},
    {{PAGE("a", "/{x}", FB_GET), PAGE("b", "/{y}", FB_GET)},
     2,
     "page 2 (b, /{y}): another page has the same path and method"},
    {{PAGE("a", "x", FB_GET)}, 1, "must begin with /"},
    {{PAGE("a", "/x//y", FB_GET)}, 1, "empty segment"},
    {{PAGE("a", "/{x", FB_GET)}, 1, "has no '}'"},
    {{PAGE("a", "/{}", FB_GET)}, 1, "parameter's name"},
    {{PAGE("a", "/{X}", FB_GET)}, 1, "parameter's name"},
    {{PAGE("a", "/{x}/{x:int}", FB_GET)}, 1, "same name"},
    {{PAGE("a", "/a b", FB_GET)}, 1, "character"},
    {{PAGE("a", "/.git", FB_GET)}, 1, "begins with a dot"},
    {{PAGE("a", "/x/.well-known", FB_GET)}, 1, "begins with a dot"},
    {{PAGE("a", "/a?b", FB_GET)}, 1, "character"},
    {{PAGE("a b", "/x", FB_GET)}, 1, "its name"},
    {{PAGE(NULL, "/x", FB_GET)}, 1, "its name"},
    {{PAGE("a", NULL, FB_GET)}, 1, "no path"},
    {{{.name = "a", .path = "/x", .methods = FB_GET}}, 1, "no handler"},
    {{PAGE("a", "/x", 0)}, 1, "no method"},
    {{PAGE("a", "/x", 1 << 9)}, 1, "no method"},
    {{PAGE("a", "/x", FB_GET, .body_limit = 9)}, 1, "takes a body"},
    {{PAGE("a", "/x", FB_POST, .body_limit = FOOBAR_BODY_MAX + 1)},
     1,
     "page 1 (a, /x): its body_limit is above 1 TiB"},
    {{PAGE("a", "/x", FB_GET, .rate_class = "a b")}, 1, "rate_class must be"},
    {{PAGE("a", "/x", FB_GET, .arguments = "a,,b")}, 1, "arguments must be"},
    {{PAGE("a", "/x", FB_GET, .cache_seconds = UINT_MAX)}, 1, "than a year"},
    {{PAGE("a", "/x", FB_GET, .varies = 16)}, 1, "that does not exist"},
    {{PAGE("a", "/x", FB_POST, .varies = FB_BY_FORMAT)}, 1, "has no GET"},
    {{PAGE("a", "/x", FB_GET, .varies = FB_BY_AUDIENCE, .members_only = true)},
     1,
     "one audience alone"},
    {{PAGE("a", "/x", FB_GET, .tags = "x")}, 1, "no cache_seconds"},
    {{KEPT("/x", "")}, 1, "shorter or longer"},
    {{KEPT("/x", "a,")}, 1, "shorter or longer"},
    {{KEPT("/x", "a,,b")}, 1, "shorter or longer"},
    {{KEPT("/x", TAG_OF_129)}, 1, "shorter or longer"},
    {{KEPT("/x", "a,b,c,d,e,f,g,h,i")}, 1, "more than 8 tags"},
    {{KEPT("/x", "a b")}, 1, "with commas between"},
    {{KEPT("/x", "a}")}, 1, "with commas between"},
    {{KEPT("/x", "a-{id}")}, 1, "its path does not have"},
    {{KEPT("/{id:int}", "a-{i}")}, 1, "its path does not have"},
    {{KEPT("/{i}", "a-{id}")}, 1, "its path does not have"},
    {{KEPT("/{id}", "a-{id")}, 1, "its path does not have"},
    {{KEPT("/{id}", "a-{id,b}")}, 1, "its path does not have"},
    {{KEPT("/{id}", "{}")}, 1, "its path does not have"},
    {{PAGE("a", "/x", FB_PUT, .cache_seconds = 1)}, 1, "but no GET"},
    {{PAGE("a", "/x", FB_GET, .cache_seconds = 1, .members_only = true)},
     1,
     "show it to everybody"},
    {{PAGE("a", "/1/2/3/4/5/6/7/8/9/0/1/2/3/4/5/6/7", FB_GET)},
     1,
     "too many segments"},
    {{PAGE("a", "/{a}/{b}/{c}/{d}/{e}/{f}/{g}/{h}/{i}", FB_GET)},
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

static const struct {
    const char *path;
    unsigned method;
    const char *other; /* NULL: none */
} slashes[] = {
    {"/posts/", FB_GET, "/posts"},
    {"/posts/", FB_HEAD, "/posts"},
    {"/posts/", FB_POST, NULL},
    {"/posts/", 0, NULL},
    {"/posts/7/", FB_POST, "/posts/7"},
    {"/posts/wood/", FB_GET, "/posts/wood"},
    {"/posts/7/comments/", FB_POST, "/posts/7/comments"},
    {"/folder", FB_GET, "/folder/"},
    {"/folder//", FB_GET, "/folder/"},
    {"//", FB_GET, "/"},
    {"//posts/", FB_GET, NULL},
    {"//evil.example/", FB_GET, NULL},
    {"/nothing/", FB_GET, NULL},
    {"/", FB_GET, NULL},
    {"", FB_GET, NULL},
    {"folder", FB_GET, NULL},
};

START_TEST(a_path_with_the_other_slash_is_found)
{
    char problem[256];
    char other[ROUTES_OTHER_MAX];
    struct routes *routes = routes_make(pages, sizeof(pages) / sizeof(pages[0]),
                                        problem, sizeof(problem));
    bool found =
        routes_other_slash(routes, slashes[_i].path, slashes[_i].method, other);

    ck_assert(found == (slashes[_i].other != NULL));
    if (found) {
        ck_assert_str_eq(other, slashes[_i].other);
    }
    routes_free(routes);
}
END_TEST

START_TEST(a_path_without_measure_has_no_other_slash)
{
    char path[2 * ROUTES_OTHER_MAX];
    char problem[256];
    char other[ROUTES_OTHER_MAX];
    struct routes *routes = routes_make(pages, sizeof(pages) / sizeof(pages[0]),
                                        problem, sizeof(problem));
    size_t length;

    memset(path, '/', sizeof(path));
    for (length = ROUTES_OTHER_MAX - 4; length < sizeof(path); length++) {
        path[length] = '\0';
        ck_assert(!routes_other_slash(routes, path, FB_GET, other));
        path[length] = '/';
    }
    routes_free(routes);
}
END_TEST

START_TEST(the_route_file_says_what_the_rows_say)
{
    static const struct fb_page said[] = {
        PAGE("home", "/", FB_GET, .cache_seconds = 60, .arguments = "page,q",
             .rate_class = "search", .tags = "posts,a_b-c"),
        PAGE("post", "/posts/{id:int}", FB_GET, .cache_seconds = 1,
             .tags = "post-{id}"),
        PAGE("me", "/me", FB_GET, .members_only = true),
        PAGE("save", "/save", FB_POST, .body_limit = 65536),
    };
    static const struct fb_app app = {.login_path = "/",
                                      .session_cookies = "session,remember"};
    char *text = NULL;
    size_t length = 0;
    FILE *stream = open_memstream(&text, &length);

    ck_assert(routes_print(stream, &app, said, 4));
    fclose(stream);
    ck_assert_str_eq(
        strstr(text, "login"),
        "login / session,remember\n"
        "route home GET,HEAD / body=0 class=search cache=60 args=page,q "
        "tags=posts,a_b-c\n"
        "route post GET,HEAD /posts/{id:int} body=0 cache=1 tags=post-{id}\n"
        "route me GET,HEAD /me body=0 members=yes\n"
        "route save POST /save body=65536\n");
    free(text);
}
END_TEST

START_TEST(the_route_file_names_each_page)
{
    static const char expected[] = "route home GET,HEAD / body=0\n"
                                   "route posts GET,HEAD /posts body=0\n";
    static const struct fb_app app = {.name = "no log-in"};
    char *text = NULL;
    size_t length = 0;
    FILE *stream = open_memstream(&text, &length);

    ck_assert(routes_print(stream, &app, pages, 2));
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
    tcase_add_loop_test(tests, a_log_in_that_contradicts_the_table_is_refused,
                        0, UNIT_ROWS(logins));
    tcase_add_loop_test(tests, a_path_with_the_other_slash_is_found, 0,
                        UNIT_ROWS(slashes));
    tcase_add_test(tests, a_path_without_measure_has_no_other_slash);
    tcase_add_test(tests, the_route_file_names_each_page);
    tcase_add_test(tests, the_route_file_says_what_the_rows_say);
}

UNIT_MAIN("routes", add_tests)
