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

static void compare(const struct routes *engine,
                    const struct foobar_routes *module, const char *path,
                    unsigned method)
{
    struct route_match ours;
    struct foobar_match theirs;
    char name[FOOBAR_NAME_MAX + 1] = "-";
    unsigned i;

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
    ck_assert(routes_print(stream, pages, count));
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

static void add_tests(TCase *tests)
{
    tcase_add_loop_test(tests, both_find_the_same_page_for_a_path, 0, TABLES);
}

UNIT_MAIN("route parity", add_tests)
