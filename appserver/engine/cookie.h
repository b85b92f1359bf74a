/* The Cookie header; api/foobar/cookie.h is what handlers see of it. */

#ifndef ENGINE_COOKIE_H
#define ENGINE_COOKIE_H

#include <stdbool.h>
#include <stddef.h>

#define COOKIES_MAX 100
#define COOKIE_NAME_MAX 64
#define COOKIE_VALUE_MAX 4096

/* A part of the header, not ended by NUL. */
struct cookie_part {
    const char *bytes;
    size_t length;
};

/*
 * The value of the first cookie of this name, as it stands in the header but
 * for quotation marks around it; false when there is none, or when it holds
 * what no cookie may hold.
 */
bool cookie_find(const char *header, const char *name,
                 struct cookie_part *value);

/* As fb_cookie(), without a word of it to caches: for the engine itself. */
struct fb_request;
const char *cookie_own(struct fb_request *request, const char *name);

/*
 * The same of a request, copied: over TLS __Host-NAME counts before NAME, as
 * the one that nobody else can have planted. NULL when there is none.
 */
const char *cookie_value(struct fb_request *request, const char *name);

#endif
