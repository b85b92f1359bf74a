/* The cookies of a session: see session.h. */

#include "session.h"

#include <string.h>

#include "cookie.h"
#include "request.h"

const char *session_next(struct fb_request *request, unsigned *next)
{
    const char *name = request->app->session_cookies;
    unsigned number;

    if (name == NULL) {
        return NULL;
    }
    for (number = 0; *name != '\0'; number++) {
        size_t length = strcspn(name, ",");

        if (number >= *next) {
            const char *value =
                cookie_value(request, request_strndup(request, name, length));

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
