/*
 * Fuzzes what a route asks of a request: the cookies of a visitor, the
 * arguments of a query, and the way back from the log-in.
 *
 * An input is a list of names, a NUL byte, and what a visitor sent. Whatever
 * the bytes are, nothing is read beyond them, what is kept of a query is part
 * of it, and the way back is a path of this site.
 *
 * seeds: tests/fuzz/seeds/route_request
 */

#include <stdlib.h>
#include <string.h>

#include "foobar_route_request.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
    if (!holds) {
        abort();
    }
}

/* Exactly as long as it is, so that a sanitizer sees one byte too many. */
static struct foobar_slice copy(const uint8_t *data, size_t size)
{
    char *bytes = malloc(size > 0 ? size : 1);

    must(bytes != NULL);
    if (size > 0) {
        memcpy(bytes, data, size);
    }
    return (struct foobar_slice){bytes, size};
}

static void drop(struct foobar_slice slice)
{
    free((void *)(uintptr_t)slice.data);
}

/* What was kept once is kept again, as it is. */
static void check_arguments(struct foobar_slice query,
                            struct foobar_slice names)
{
    char *kept = malloc(query.length > 0 ? query.length : 1);
    char *again = malloc(query.length > 0 ? query.length : 1);
    struct foobar_slice rest = {kept, 0};

    must(kept != NULL && again != NULL);
    rest.length = foobar_keep_arguments(query, names, kept);
    must(rest.length <= query.length);
    must(foobar_keep_arguments(rest, names, again) == rest.length);
    must(memcmp(kept, again, rest.length) == 0);
    must(rest.length == 0 || kept[0] != '&');
    free(kept);
    free(again);
}

static void check_next(struct foobar_slice path, struct foobar_slice query)
{
    static const char plain[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.~/%";
    char next[FOOBAR_NEXT_MAX];
    size_t length = foobar_write_next(path, query, next);
    size_t i;

    must(length <= FOOBAR_NEXT_MAX);
    must(length == 0 || next[0] == '/');
    must(length < 2 || next[1] != '/');
    must(length < 6 || memcmp(next, "/%255C", 6) != 0);
    for (i = 0; i < length; i++) {
        must(next[i] != '\0' && strchr(plain, next[i]) != NULL);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *nul = size > 0 ? memchr(data, '\0', size) : NULL;
    size_t names_length = nul != NULL ? (size_t)(nul - data) : 0;
    const uint8_t *sent_data = nul != NULL ? nul + 1 : data;
    struct foobar_slice names = copy(data, names_length);
    struct foobar_slice sent =
        copy(sent_data, size - (size_t)(sent_data - data));

    foobar_has_cookie(sent, names);
    check_arguments(sent, names);
    check_next(sent, names);
    check_next(names, sent);
    drop(names);
    drop(sent);
    return 0;
}
