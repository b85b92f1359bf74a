/*
 * The module and the engine match alike: each table of pages that the engine
 * takes is printed as a route file, read by the module, and asked for the same
 * paths on both sides.
 */

#include "unit.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "foobar_route.h"
#include "routes.h"
#include "rows.h"

#define TABLES 400
#define PATHS 300
#define PAGES_MAX 12

static uint32_t random_state;

static unsigned random_below(unsigned limit)
{
    random_state = random_state * 1664525U + 1013904223U;
    return (random_state >> 16) % limit;
}

static enum fb_result handler(struct fb_request *request)
{
    (void)request;
    return FB_OK;
}

static void random_path(char *path, size_t size, const char *const *segments,
                        unsigned count)
{
    unsigned depth = 1 + random_below(4);
    size_t length = 0;

    path[0] = '\0';
    while (depth-- > 0) {
        length += (size_t)snprintf(path + length, size - length, "/%s",
                                   segments[random_below(count)]);
    }
    if (random_below(4) == 0) {
        snprintf(path + length, size - length, "/");
    }
}

static const char *const pattern_segments[] = {
    "a", "b", "1", "{x:int}", "{y}", "{z}", "a.b", ".well-known",
};
static const char *const path_segments[] = {
    "a",
    "b",
    "1",
    "7",
    "07",
    "0",
    "a.b",
    ".a",
    ".well-known",
    "-1",
    "a_b",
    "A-B",
    "a b",
    "",
    "{x}",
    "999999999999999999",
    "9999999999999999999",
};

static const char *page_name(const struct route_match *match)
{
    return match->page != NULL ? match->page->name : "-";
}

static void compare_other_slash(const struct routes *engine,
                                const struct foobar_routes *module,
                                const char *path, unsigned method)
{
    char other[ROUTES_OTHER_MAX];
    bool ours = routes_other_slash(engine, path, method, other);
    bool theirs = foobar_routes_other_slash(module, path, strlen(path), method);

    ck_assert_msg(ours == theirs,
                  "%s, method %u, the other slash: the engine says %d, the "
                  "module %d",
                  path, method, ours, theirs);
}

static void compare(const struct routes *engine,
                    const struct foobar_routes *module, const char *path,
                    unsigned method)
{
    struct route_match ours;
    struct foobar_match theirs;
    char name[FOOBAR_NAME_MAX + 1] = "-";
    unsigned i;

    compare_other_slash(engine, module, path, method);
    routes_match(engine, path, method, &ours);
    foobar_routes_match(module, path, strlen(path), method, &theirs);
    if (theirs.route != NULL) {
        memcpy(name, theirs.route->name.data, theirs.route->name.length);
        name[theirs.route->name.length] = '\0';
    }
    ck_assert_msg(strcmp(page_name(&ours), name) == 0,
                  "%s, method %u: the engine finds %s, the module %s", path,
                  method, page_name(&ours), name);
    if (ours.page == NULL) {
        ck_assert_msg(ours.methods == theirs.methods,
                      "%s: the engine allows %x, the module %x", path,
                      ours.methods, theirs.methods);
        return;
    }
    ck_assert_ptr_nonnull(theirs.route);
    ck_assert_uint_eq(ours.param_count, theirs.route->param_count);
    for (i = 0; i < ours.param_count; i++) {
        ck_assert_uint_eq(ours.params[i].value_length, theirs.values[i].length);
        ck_assert_ptr_eq(ours.params[i].value, theirs.values[i].data);
    }
}

START_TEST(both_find_the_same_page_for_a_path)
{
    static char names[PAGES_MAX][16];
    static char paths[PAGES_MAX][256];
    static struct fb_page pages[PAGES_MAX];
    static const struct fb_app app = {.name = "parity"};
    struct foobar_route_error error;
    struct foobar_routes *module;
    struct routes *engine;
    char problem[256];
    char *text = NULL;
    size_t length = 0;
    size_t count;
    size_t i;
    FILE *stream;

    random_state = (uint32_t)_i;
    count = 1 + random_below(PAGES_MAX);
    for (i = 0; i < count; i++) {
        snprintf(names[i], sizeof(names[i]), "p%zu", i);
        random_path(paths[i], sizeof(paths[i]), pattern_segments,
                    UNIT_ROWS(pattern_segments));
        pages[i] = (struct fb_page){.name = names[i],
                                    .path = paths[i],
                                    .methods = 1 + random_below(63),
                                    .handler = handler};
    }
    engine = routes_make(pages, count, problem, sizeof(problem));
    if (engine == NULL) {
        return; /* it contradicts itself: another table is the next row */
    }
    stream = open_memstream(&text, &length);
    ck_assert(routes_print(stream, &app, pages, count));
    fclose(stream);
    module = foobar_routes_parse(text, length, &error);
    ck_assert_msg(module != NULL, "line %u: %s\n%s", error.line, error.text,
                  text);
    for (i = 0; i < PATHS; i++) {
        char path[256];

        random_path(path, sizeof(path), path_segments,
                    UNIT_ROWS(path_segments));
        compare(engine, module, path, 1U << random_below(6));
    }
    foobar_routes_free(module);
    routes_free(engine);
    free(text);
}
END_TEST

/*
 * What a row says beside its path, in an application with or without a log-in:
 * what the engine takes, the module reads, and what it refuses, the module
 * would refuse as well.
 */
/* clang-format off */
#define ROW(its_methods, ...) \
    {.name = "row", .path = "/row", .methods = its_methods, \
     .handler = handler, __VA_ARGS__}
/* clang-format on */

#define LIMIT_NAME                       \
    "0123456789012345678901234567890123" \
    "012345678901234567890123456789"

static const struct {
    struct fb_page page;
    const char *login_path;
    const char *cookies;
    bool is_good;
} rows[] = {
    {ROW(FB_GET), NULL, NULL, true},
    {ROW(FB_POST, .body_limit = 1), NULL, NULL, true},
    {ROW(FB_POST, .body_limit = FOOBAR_BODY_MAX), NULL, NULL, true},
    {ROW(FB_POST, .body_limit = FOOBAR_BODY_MAX + 1), NULL, NULL, false},
    {ROW(FB_GET, .rate_class = "search_2"), NULL, NULL, true},
    {ROW(FB_GET, .rate_class = ""), NULL, NULL, false},
    {ROW(FB_GET, .rate_class = "Search"), NULL, NULL, false},
    {ROW(FB_GET, .rate_class = LIMIT_NAME), NULL, NULL, true},
    {ROW(FB_GET, .rate_class = LIMIT_NAME "x"), NULL, NULL, false},
    {ROW(FB_GET, .cache_seconds = 1), NULL, NULL, true},
    {ROW(FB_GET, .cache_seconds = FOOBAR_CACHE_MAX), NULL, NULL, true},
    {ROW(FB_GET, .cache_seconds = FOOBAR_CACHE_MAX + 1), NULL, NULL, false},
    {ROW(FB_GET | FB_POST, .cache_seconds = 9), NULL, NULL, true},
    {ROW(FB_POST | FB_DELETE, .cache_seconds = 9), NULL, NULL, false},
    {ROW(FB_GET, .arguments = "page"), NULL, NULL, true},
    {ROW(FB_GET, .arguments = "A.b-c_9,page"), NULL, NULL, true},
    {ROW(FB_GET, .arguments = ""), NULL, NULL, false},
    {ROW(FB_GET, .arguments = ","), NULL, NULL, false},
    {ROW(FB_GET, .arguments = "a,"), NULL, NULL, false},
    {ROW(FB_GET, .arguments = ",a"), NULL, NULL, false},
    {ROW(FB_GET, .arguments = "a,b,a"), NULL, NULL, false},
    {ROW(FB_GET, .arguments = "a,ab,aba"), NULL, NULL, true},
    {ROW(FB_GET, .arguments = "a[]"), NULL, NULL, false},
    {ROW(FB_GET, .arguments = "a,b c"), NULL, NULL, false},
    {ROW(FB_GET, .arguments = LIMIT_NAME), NULL, NULL, true},
    {ROW(FB_GET, .arguments = LIMIT_NAME "x"), NULL, NULL, false},
    {ROW(FB_GET, .arguments = "a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p"), NULL, NULL,
     true},
    {ROW(FB_GET, .arguments = "a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q"), NULL, NULL,
     false},
    {ROW(FB_GET), "/login", "session", true},
    {ROW(FB_GET, .members_only = true), "/login", "session,__Host-s.2", true},
    {ROW(FB_GET, .members_only = true), NULL, NULL, false},
    {ROW(FB_GET, .members_only = true), "/row", "session", false},
    {ROW(FB_GET, .members_only = true), "/nothing", "session", false},
    {ROW(FB_GET, .members_only = true), "/save", "session", false},
    {ROW(FB_GET, .members_only = true), "login", "session", false},
    {ROW(FB_GET, .members_only = true), "/login", "", false},
    {ROW(FB_GET, .members_only = true), "/login", "a=b", false},
    {ROW(FB_GET, .members_only = true), "/login", "a,a", false},
    {ROW(FB_GET, .members_only = true), "/login", "a,b,c,d,e,f,g,h", true},
    {ROW(FB_GET, .members_only = true), "/login", "a,b,c,d,e,f,g,h,i", false},
    {ROW(FB_GET, .members_only = true, .cache_seconds = 1), "/login", "s",
     false},
};

static bool same_text(struct foobar_slice slice, const char *text)
{
    return slice.length == strlen(text) &&
           (slice.length == 0 || memcmp(slice.data, text, slice.length) == 0);
}

static void expect_row(const struct foobar_routes *module,
                       const struct fb_page *page, const struct fb_app *app)
{
    const struct foobar_login *login = foobar_routes_login(module);
    struct foobar_match match;

    foobar_routes_match(module, "/row", 4,
                        page->methods & FB_GET ? FOOBAR_GET : FOOBAR_POST,
                        &match);
    ck_assert_ptr_nonnull(match.route);
    ck_assert_uint_eq(match.route->body_limit, page->body_limit);
    ck_assert_uint_eq(match.route->cache_seconds, page->cache_seconds);
    ck_assert(match.route->members_only == page->members_only);
    ck_assert(same_text(match.route->rate_class, page->rate_class != NULL
                                                     ? page->rate_class
                                                     : "default"));
    ck_assert(same_text(match.route->arguments,
                        page->arguments != NULL ? page->arguments : ""));
    ck_assert((login->line != 0) == (app->login_path != NULL));
    if (app->login_path != NULL) {
        ck_assert(same_text(login->path, app->login_path));
        ck_assert(same_text(login->cookies, app->session_cookies));
    }
}

START_TEST(both_agree_on_what_a_row_may_say)
{
    const struct fb_page pages[] = {rows[_i].page,
                                    {.name = "login",
                                     .path = "/login",
                                     .methods = FB_GET,
                                     .handler = handler},
                                    {.name = "save",
                                     .path = "/save",
                                     .methods = FB_POST,
                                     .handler = handler}};
    const struct fb_app app = {.login_path = rows[_i].login_path,
                               .session_cookies = rows[_i].cookies};
    char problem[256] = "";
    struct routes *engine =
        routes_make(pages, UNIT_ROWS(pages), problem, sizeof(problem));
    bool engine_takes =
        engine != NULL && rows_check_login(&app, pages, UNIT_ROWS(pages),
                                           engine, problem, sizeof(problem));
    struct foobar_route_error error;
    struct foobar_routes *module;
    char *text = NULL;
    size_t length = 0;
    FILE *stream = open_memstream(&text, &length);

    ck_assert(routes_print(stream, &app, pages, UNIT_ROWS(pages)));
    fclose(stream);
    module = foobar_routes_parse(text, length, &error);
    ck_assert_msg(engine_takes == rows[_i].is_good, "the engine: %s", problem);
    ck_assert_msg((module != NULL) == rows[_i].is_good,
                  "the module says line %u: %s\n%s", error.line, error.text,
                  text);
    if (module != NULL) {
        expect_row(module, &pages[0], &app);
    } else {
        ck_assert(problem[0] != '\0' && error.text[0] != '\0');
    }
    foobar_routes_free(module);
    routes_free(engine);
    free(text);
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_loop_test(tests, both_find_the_same_page_for_a_path, 0, TABLES);
    tcase_add_loop_test(tests, both_agree_on_what_a_row_may_say, 0,
                        UNIT_ROWS(rows));
}

UNIT_MAIN("route parity", add_tests)
