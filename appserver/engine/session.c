/* The cookies of a session: see session.h. */

#include "session.h"

#include <string.h>

#include "request.h"

/* The value of a cookie in a Cookie header, copied; NULL: it is not there. */
static const char *find_cookie(struct fb_request *request, const char *header,
                               const char *name, size_t length)
{
    const char *at = header;

    while (*at != '\0') {
        size_t pair;

        at += strspn(at, " \t;");
        pair = strcspn(at, ";");
        if (pair > length && at[length] == '=' &&
            memcmp(at, name, length) == 0) {
            const char *value = at + length + 1;
            size_t bytes = pair - length - 1;

            while (bytes > 0 && strchr(" \t", value[bytes - 1]) != NULL) {
                bytes--;
            }
            return request_strndup(request, value, bytes);
        }
        at += pair;
    }
    return NULL;
}

const char *session_next(struct fb_request *request, unsigned *next)
{
    const char *header = fb_request_header(request, "Cookie");
    const char *name = request->app->session_cookies;
    unsigned number;

    if (header == NULL || name == NULL) {
        return NULL;
    }
    for (number = 0; *name != '\0'; number++) {
        size_t length = strcspn(name, ",");

        if (number >= *next) {
            const char *value = find_cookie(request, header, name, length);

            if (value != NULL && value[0] != '\0') {
                *next = number + 1;
                return value;
            }
        }
        name += length + (name[length] == ',');
    }
    return NULL;
}

const char *session_first(struct fb_request *request)
{
    unsigned next = 0;

    return session_next(request, &next);
}
