/*
 * Fuzzes the reader of route files, and the match of a path, also with the
 * other slash at its end.
 *
 * An input is a route file, a NUL byte, and a path; without a NUL, all of it
 * is a file and the path is "/". Whatever the bytes are, nothing may be read
 * beyond them, and the answers for one path must agree with each other.
 *
 * seeds: tests/fuzz/seeds/routes
 */

#include <stdlib.h>
#include <string.h>

#include "foobar_route.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
    if (!holds) {
        abort();
    }
}

/* A value is a whole segment of the path. */
static void check_value(struct foobar_slice value, const char *path,
                        size_t length)
{
    const char *end = path + length;

    must(value.length > 0 && value.length <= FOOBAR_SLUG_MAX);
    must(value.data > path && value.data + value.length <= end);
    must(value.data[-1] == '/');
    must(value.data + value.length == end || value.data[value.length] == '/');
    must(memchr(value.data, '/', value.length) == NULL);
}

static void check_match(const struct foobar_routes *routes, const char *path,
                        size_t length)
{
    unsigned reached = 0;
    unsigned method;
    unsigned i;
    struct foobar_match match;
    char allow[FOOBAR_ALLOW_MAX];

    for (method = FOOBAR_GET; method <= FOOBAR_DELETE; method <<= 1) {
        foobar_routes_match(routes, path, length, method, &match);
        if (match.route == NULL) {
            continue;
        }
        reached |= method;
        must((match.route->methods & method) != 0);
        for (i = 0; i < match.route->param_count; i++) {
            struct foobar_slice name = match.route->params[i];
            struct foobar_slice value =
                foobar_match_param(&match, name.data, name.length);

            check_value(value, path, length);
        }
    }
    /* What Allow promises is what can be had. */
    foobar_routes_match(routes, path, length, 0, &match);
    must(match.route == NULL && match.methods == reached);
    must(foobar_allow_write(match.methods, true, allow) < FOOBAR_ALLOW_MAX);
}

/* The answer is that of a lookup of the other path, as a whole. */
static void check_other_slash(const struct foobar_routes *routes,
                              const char *path, size_t length, unsigned method)
{
    bool found = foobar_routes_other_slash(routes, path, length, method);
    struct foobar_match match;
    char *other;

    if (length < 2) {
        must(!found);
        return;
    }
    other = malloc(length + 1);
    must(other != NULL);
    memcpy(other, path, length);
    other[length] = '/';
    foobar_routes_match(routes, other,
                        path[length - 1] == '/' ? length - 1 : length + 1,
                        method, &match);
    must(found == (method != 0 ? match.route != NULL : match.methods != 0));
    free(other);
}

/* What the file says beside paths is within its limits. */
static void check_values(const struct foobar_routes *routes, const char *path,
                         size_t length)
{
    const struct foobar_route *largest = foobar_routes_largest_body(routes);
    const struct foobar_login *login = foobar_routes_login(routes);
    struct foobar_match match;

    must(largest == NULL || largest->body_limit <= FOOBAR_BODY_MAX);
    foobar_routes_match(routes, path, length, FOOBAR_GET, &match);
    if (match.route == NULL) {
        return;
    }
    must(match.route->body_limit == FOOBAR_NO_LIMIT ||
         (largest != NULL && match.route->body_limit <= largest->body_limit));
    must(match.route->rate_class.length > 0 &&
         match.route->rate_class.length <= FOOBAR_NAME_MAX);
    must(match.route->cache_seconds <= FOOBAR_CACHE_MAX);
    must(match.route->cache_seconds == 0 || !match.route->members_only);
    must(!match.route->members_only ||
         (login->line > 0 && login->path.data[0] == '/' &&
          login->cookies.length > 0));
}

/* Exactly as long as it is, so that a sanitizer sees one byte too many. */
static char *copy(const uint8_t *data, size_t size)
{
    char *bytes = malloc(size > 0 ? size : 1);

    must(bytes != NULL);
    if (size > 0) {
        memcpy(bytes, data, size);
    }
    return bytes;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *nul = size > 0 ? memchr(data, '\0', size) : NULL;
    size_t text_length = nul != NULL ? (size_t)(nul - data) : size;
    size_t path_length = nul != NULL ? size - text_length - 1 : 1;
    char *text = copy(data, text_length);
    char *path =
        copy(nul != NULL ? nul + 1 : (const uint8_t *)"/", path_length);
    struct foobar_route_error error = {0};
    struct foobar_routes *routes =
        foobar_routes_parse(text, text_length, &error);

    free(text); /* the table has its own copy */
    if (routes == NULL) {
        must(error.text[0] != '\0');
    } else {
        must(foobar_routes_count(routes) > 0);
        check_match(routes, path, path_length);
        check_other_slash(routes, path, path_length, 0);
        check_other_slash(routes, path, path_length, FOOBAR_GET);
        check_other_slash(routes, path, path_length, FOOBAR_POST);
        check_values(routes, path, path_length);
        foobar_routes_free(routes);
    }
    free(path);
    return 0;
}
