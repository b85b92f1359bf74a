/*
 * The route table: a route file becomes a tree, and a path finds its route.
 *
 * wire/foobar_wire.h says what a route file and a match are. This code knows
 * nothing of nginx, so that unit tests and the fuzzer call it as it is.
 *
 * A node of the tree stands for the beginning of a path, up to a "/". For
 * the file of foobar_wire.h:
 *
 *     (root) --""-----> home
 *            --posts--> ( ) --{int}--> post --comments--> comment
 *            --login--> login
 *            --me-----> profile
 *
 * From each node, a literal segment is tried before {x:int} and that before
 * {x}; when a choice leads nowhere, the next one is tried. The names of
 * parameters belong to the route and not to the node, so /a/{x} may list GET
 * and /a/{y} may list POST.
 *
 * Literal branches of all nodes lie in one hash table with the key (node,
 * segment), so that a step costs the length of its segment, be there ten
 * routes or sixty thousand. No node is visited twice for a path.
 *
 * What a route says of its requests (limits, arguments, members) is kept as it
 * was written; foobar_route_request.h applies it.
 */

#ifndef FOOBAR_ROUTE_H
#define FOOBAR_ROUTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "foobar_wire.h"


/* A route file is not longer than its routes can be. */
#define FOOBAR_ROUTE_LINE_MAX 4096
#define FOOBAR_ROUTE_FILE_MAX ((size_t) FOOBAR_ROUTES_MAX * 1024)


/* Methods of a route are or-ed: FOOBAR_GET | FOOBAR_HEAD. */
enum foobar_method_index {
#define FOOBAR_METHOD(name) FOOBAR_INDEX_##name,
    FOOBAR_METHODS(FOOBAR_METHOD)
#undef FOOBAR_METHOD
};

enum foobar_method {
#define FOOBAR_METHOD(name) FOOBAR_##name = 1 << FOOBAR_INDEX_##name,
    FOOBAR_METHODS(FOOBAR_METHOD)
#undef FOOBAR_METHOD
};


/* Bytes of somebody else's memory; no NUL at their end. */
struct foobar_slice {
    const char *data;
    size_t length;
};

/* What each match reads stands first: large tables do not fit into caches. */
struct foobar_route {
    unsigned methods;
    uint32_t next; /* of the same path; FOOBAR_NO_ROUTE ends */
    uint32_t cache_seconds;
    bool members_only;
    uint64_t body_limit; /* bytes, or FOOBAR_NO_LIMIT */
    struct foobar_slice rate_class;
    struct foobar_slice arguments; /* "page,sort"; empty: none */
    struct foobar_slice name;
    struct foobar_slice params[FOOBAR_PARAMS_MAX]; /* their names */
    unsigned param_count;
    unsigned line; /* of the route file */
};

#define FOOBAR_NO_ROUTE UINT32_MAX
#define FOOBAR_NO_LIMIT UINT64_MAX

/* The login line. If the file has none, `line` is 0, and no route needs it. */
struct foobar_login {
    struct foobar_slice path;
    struct foobar_slice cookies; /* "session,remember" */
    unsigned line;
};

struct foobar_match {
    const struct foobar_route *route; /* NULL: none has path and method */
    unsigned methods;                 /* 0: no route has this path;
                                         all that do, when route is NULL */
    struct foobar_slice values[FOOBAR_PARAMS_MAX]; /* in the path */
};

/* Why a route file was refused. `line` is 0 if that is not about a line. */
struct foobar_route_error {
    unsigned line;
    char text[320];
};

struct foobar_routes;


/*
 * Returns NULL for a file that is wrong or too large, and fills in `error`.
 * The text may be freed afterwards; the table is the caller's to free.
 */
struct foobar_routes *foobar_routes_parse(const char *text, size_t length,
                                          struct foobar_route_error *error);
void foobar_routes_free(struct foobar_routes *routes);
size_t foobar_routes_count(const struct foobar_routes *routes);

/* The route at a place from 0 to the count, in the order of the file. */
const struct foobar_route *foobar_routes_at(const struct foobar_routes *routes,
                                            size_t place);

/*
 * Looks up a decoded path. `method` is one bit, or 0 to learn the methods.
 * The values of `match` point into `path`, its route into the table.
 */
void foobar_routes_match(const struct foobar_routes *routes, const char *path,
                         size_t length, unsigned method,
                         struct foobar_match *match);

/*
 * No route has the path: does one have it with this method, when the slash at
 * its end is taken off, or one is put there? (0: with any method)
 */
bool foobar_routes_other_slash(const struct foobar_routes *routes,
                               const char *path, size_t length,
                               unsigned method);

const struct foobar_login *
foobar_routes_login(const struct foobar_routes *routes);

/* The route with the highest limit of bodies; NULL if none has a limit. */
const struct foobar_route *
foobar_routes_largest_body(const struct foobar_routes *routes);

/* The value of a parameter by its name; data is NULL if there is none. */
struct foobar_slice foobar_match_param(const struct foobar_match *match,
                                       const char *name, size_t length);

/* Writes the value of a header: "GET, HEAD, OPTIONS". Returns its length. */
#define FOOBAR_ALLOW_MAX 64
size_t foobar_allow_write(unsigned methods, bool options,
                          char text[FOOBAR_ALLOW_MAX]);

#endif
