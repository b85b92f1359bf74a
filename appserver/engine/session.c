/* The cookies of a session: see session.h. */

#include "session.h"

#include <string.h>

#include "account.h"
#include "cookie.h"
#include "request.h"

const char *session_cookies(const struct fb_app *app)
{
    return app->session_cookies == NULL && app->accounts != NULL
               ? ACCOUNT_COOKIE
               : app->session_cookies;
}

/* What is drawn from now on belongs to the session that has just begun. */
static const char *value_of(struct fb_request *request, const char *name)
{
    const char *fresh =
        request->account != NULL ? request->account->fresh : NULL;

    return fresh != NULL && strcmp(name, ACCOUNT_COOKIE) == 0
               ? fresh
               : cookie_value(request, name);
}

const char *session_next(struct fb_request *request, unsigned *next)
{
    const char *name = session_cookies(request->app);
    unsigned number;

    if (name == NULL) {
        return NULL;
    }
    for (number = 0; *name != '\0'; number++) {
        size_t length = strcspn(name, ",");

        if (number >= *next) {
            const char *value =
                value_of(request, request_strndup(request, name, length));

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
