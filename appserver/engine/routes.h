/*
 * The engine's own route table, made from the application's pages.
 *
 * nginx matches each path too, by the route file that routes_print() writes;
 * but the application never trusts an index that came over the wire: during
 * a deploy the two may hold different tables.
 *
 * The table is a tree of segments. At each node a literal segment is tried
 * before {x:int} and that before {x}; when a choice leads nowhere the next
 * one is tried, so a match costs the length of the path and not the number
 * of pages.
 */

#ifndef ENGINE_ROUTES_H
#define ENGINE_ROUTES_H

#include <foobar/app.h>

#include <stdbool.h>
#include <stdio.h>

#include "foobar_wire.h"

struct routes;

struct route_param {
    const char *name; /* belongs to the page's pattern: not ended by NUL */
    size_t name_length;
    const char *value; /* points into the path that was matched */
    size_t value_length;
    bool is_int;
    int64_t integer;
};

struct route_match {
    const struct fb_page *page; /* NULL: no page for this path and method */
    unsigned methods;           /* of all pages that have this path */
    struct route_param params[FOOBAR_PARAMS_MAX];
    unsigned param_count;
};

/*
 * Returns NULL when the table contradicts itself; then `problem` (of `size`
 * bytes) says which page and why. The pages must outlive the routes.
 */
struct routes *routes_make(const struct fb_page *pages, size_t count,
                           char *problem, size_t size);
void routes_free(struct routes *routes);

/*
 * Looks up a decoded path. match->methods is 0 when no page has the path;
 * match->page is NULL when the path exists, but not with this method.
 */
void routes_match(const struct routes *routes, const char *path,
                  unsigned method, struct route_match *match);

/*
 * No page has the path: is there one with this method when the slash at the
 * end of the path is taken off, or one is put there? Then `other` (of
 * ROUTES_OTHER_MAX bytes) is that path.
 */
#define ROUTES_OTHER_MAX ((size_t)4096)
bool routes_other_slash(const struct routes *routes, const char *path,
                        unsigned method, char *other);

/* "GET,HEAD,POST" of a set of methods; `text` has ROUTES_METHODS_MAX bytes. */
#define ROUTES_METHODS_MAX 64
void routes_methods_text(unsigned set, char *text, const char *separator);
unsigned routes_method_of(const char *name); /* 0: none that we know */

/*
 * Writes the route file of these pages, and the login line of `app`; false
 * when the stream reported an error.
 */
bool routes_print(FILE *stream, const struct fb_app *app,
                  const struct fb_page *pages, size_t count);

#endif
