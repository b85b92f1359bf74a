/*
 * What a route asks of a request: ngx_foobar_module/foobar_route_request.c
 */

#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "foobar_route_request.h"

/* Memory of its own, so that a sanitizer sees a byte too many. */
static struct foobar_slice slice(const char *text)
{
    struct foobar_slice given = {text, strlen(text)};
    char *copy = malloc(given.length > 0 ? given.length : 1);

    ck_assert_ptr_nonnull(copy);
    memcpy(copy, given.data, given.length);
    return (struct foobar_slice){copy, given.length};
}

static void free_slice(struct foobar_slice text)
{
    free((void *)(uintptr_t)text.data);
}

/* ---------------------------------------------------------------- cookies */

static const struct {
    const char *header;
    const char *names;
    bool found;
} cookies[] = {
    {"session=1", "session", true},
    {"a=b; session=1", "session", true},
    {"a=b;session=1;c=d", "session", true},
    {"remember=x", "session,remember", true},
    {"session=", "session", false},
    {"session=   ", "session", false},
    {"session=; remember=x", "session,remember", true},
    {"session=; session=1", "session", true},
    {"session", "session", false},
    {"=1", "session", false},
    {"", "session", false},
    {";;; ;", "session", false},
    {"Session=1", "session", false},
    {"xsession=1", "session", false},
    {"sessionx=1", "session", false},
    {"sess=session=1", "session", false},
    {"a=\"session=1\"", "session", false},
    {" session = 1 ", "session", true},
    {"\tsession=1", "session", true},
    {"session=a=b", "session", true},
    {"__Host-s.1=x", "__Host-s.1", true},
    {"__Host-session=x", "remember,session", true},
    {"__Host-session=", "session", false},
    {"__Host-=x", "session", false},
    {"__host-session=x", "session", false},
    {"x__Host-session=x", "session", false},
    {"session=x", "__Host-session", false},
};

START_TEST(a_cookie_is_found_by_its_name)
{
    struct foobar_slice header = slice(cookies[_i].header);
    struct foobar_slice names = slice(cookies[_i].names);

    ck_assert_msg(foobar_has_cookie(header, names) == cookies[_i].found,
                  "Cookie: %s", cookies[_i].header);
    free_slice(header);
    free_slice(names);
}
END_TEST

/* -------------------------------------------------------------- arguments */

static const struct {
    const char *query;
    const char *names;
    const char *kept;
} arguments[] = {
    {"page=2", "page", "page=2"},
    {"page=2&x=1", "page", "page=2"},
    {"x=1&page=2", "page", "page=2"},
    {"b=1&x=2&a=3", "a,b", "b=1&a=3"},
    {"page=1&page=2", "page", "page=1&page=2"},
    {"page", "page", "page"},
    {"page=", "page", "page="},
    {"page=a=b", "page", "page=a=b"},
    {"page=a%26b", "page", "page=a%26b"},
    {"p%61ge=2", "page", "p%61ge=2"},
    {"%70%61%67%65=2", "page", "%70%61%67%65=2"},
    {"pag%65", "page", "pag%65"},
    {"p%6=2", "page", ""},
    {"p%=2", "page", ""},
    {"page%=2", "page", ""},
    {"page%00=2", "page", ""},
    {"p+age=2", "page", ""},
    {"Page=2", "page", ""},
    {"pag=2&pages=3", "page", ""},
    {"=2", "page", ""},
    {"&&&", "page", ""},
    {"&page=1&&x&page=2&", "page", "page=1&page=2"},
    {"a;page=2", "page", ""},
    {"utm_source=x&utm_medium=y", "", ""},
    {"x=1", "page", ""},
    {"", "page", ""},
};

START_TEST(declared_arguments_are_kept_as_they_were_sent)
{
    struct foobar_slice query = slice(arguments[_i].query);
    struct foobar_slice names = slice(arguments[_i].names);
    char *kept = malloc(query.length > 0 ? query.length : 1);
    size_t length;

    ck_assert_ptr_nonnull(kept);
    length = foobar_keep_arguments(query, names, kept);
    ck_assert_msg(length == strlen(arguments[_i].kept) &&
                      memcmp(kept, arguments[_i].kept, length) == 0,
                  "%s became %.*s", arguments[_i].query, (int)length, kept);
    free(kept);
    free_slice(query);
    free_slice(names);
}
END_TEST

START_TEST(a_name_that_is_too_long_is_not_kept)
{
    static const struct foobar_slice no_names = {NULL, 0};
    char name[FOOBAR_NAME_MAX + 2];
    char kept[FOOBAR_NAME_MAX + 2];
    struct foobar_slice query = {name, FOOBAR_NAME_MAX};
    struct foobar_slice names = {name, FOOBAR_NAME_MAX};

    memset(name, 'x', sizeof(name));
    ck_assert_uint_eq(foobar_keep_arguments(query, names, kept),
                      FOOBAR_NAME_MAX);
    ck_assert_uint_eq(foobar_keep_arguments(query, no_names, kept), 0);
    query.length++;
    names.length++;
    ck_assert_uint_eq(foobar_keep_arguments(query, names, kept), 0);
}
END_TEST

/* ------------------------------------------------------------------- next */

static const struct {
    const char *path;
    const char *query;
    const char *next; /* empty: left out */
} nexts[] = {
    {"/me", "", "/me"},
    {"/", "", "/"},
    {"/me/settings", "", "/me/settings"},
    {"/me", "tab=2", "/me%3Ftab%3D2"},
    {"/me", "a=1&b=%2F+x", "/me%3Fa%3D1%26b%3D%252F%2Bx"},
    {"/me", "next=/x", "/me%3Fnext%3D/x"},
    {"/a b", "", "/a%2520b"},
    {"/a?b", "", "/a%253Fb"},
    {"/a%b", "", "/a%2525b"},
    {"/a#b&c", "", "/a%2523b%26c"},
    {"/caf\xc3\xa9", "", "/caf%25C3%25A9"},
    {"/a\r\nb", "", "/a%250D%250Ab"},
    {"/a", "b\r\nSet-Cookie: c=d", "/a%3Fb%0D%0ASet-Cookie%3A%20c%3Dd"},
    {"//evil.example", "", ""},
    {"//evil.example/", "x=1", ""},
    {"/\\evil.example", "", ""},
    {"evil", "", ""},
    {"https://evil.example/", "", ""},
    {"", "x", ""},
    {"/x//evil.example", "", "/x//evil.example"},
};

START_TEST(the_way_back_stays_on_this_site)
{
    struct foobar_slice path = slice(nexts[_i].path);
    struct foobar_slice query = slice(nexts[_i].query);
    char next[FOOBAR_NEXT_MAX];
    size_t length = foobar_write_next(path, query, next);

    ck_assert_msg(length == strlen(nexts[_i].next) &&
                      memcmp(next, nexts[_i].next, length) == 0,
                  "%s?%s became %.*s", nexts[_i].path, nexts[_i].query,
                  (int)length, next);
    free_slice(path);
    free_slice(query);
}
END_TEST

/* Of each kind of byte, as many as there is room for, and one more. */
static const struct {
    char path;
    char query;
    size_t limit; /* how many bytes fit behind "/", or behind "/?" */
} long_nexts[] = {
    {'a', '\0', FOOBAR_NEXT_MAX - 1},
    {'=', '\0', (FOOBAR_NEXT_MAX - 1) / 3},
    {' ', '\0', (FOOBAR_NEXT_MAX - 1) / 5},
    {'\0', 'a', FOOBAR_NEXT_MAX - 4},
    {'\0', '&', (FOOBAR_NEXT_MAX - 4) / 3},
};

START_TEST(a_way_back_that_is_too_long_is_left_out)
{
    char path[FOOBAR_NEXT_MAX + 2] = "/";
    char query[FOOBAR_NEXT_MAX + 2];
    char next[FOOBAR_NEXT_MAX];
    struct foobar_slice of_path = {path, 1};
    struct foobar_slice of_query = {query, 0};
    struct foobar_slice *longer =
        long_nexts[_i].path != '\0' ? &of_path : &of_query;

    memset(path + 1, long_nexts[_i].path, sizeof(path) - 1);
    memset(query, long_nexts[_i].query, sizeof(query));
    longer->length += long_nexts[_i].limit;
    ck_assert_uint_gt(foobar_write_next(of_path, of_query, next), 0);
    longer->length++;
    ck_assert_uint_eq(foobar_write_next(of_path, of_query, next), 0);
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_loop_test(tests, a_cookie_is_found_by_its_name, 0,
                        UNIT_ROWS(cookies));
    tcase_add_loop_test(tests, declared_arguments_are_kept_as_they_were_sent, 0,
                        UNIT_ROWS(arguments));
    tcase_add_test(tests, a_name_that_is_too_long_is_not_kept);
    tcase_add_loop_test(tests, the_way_back_stays_on_this_site, 0,
                        UNIT_ROWS(nexts));
    tcase_add_loop_test(tests, a_way_back_that_is_too_long_is_left_out, 0,
                        UNIT_ROWS(long_nexts));
}

UNIT_MAIN("what a route asks of a request", add_tests)
