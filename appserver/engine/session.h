/*
 * The cookies that mean that somebody may be logged in: those that the
 * application lists as session_cookies. The engine knows no session; it knows
 * that a request with such a cookie has a power that a stranger's page could
 * try to borrow.
 */

#ifndef ENGINE_SESSION_H
#define ENGINE_SESSION_H

struct fb_app;
struct fb_request;

/*
 * The names, separated by commas: those that the application lists, or that of
 * its accounts. NULL: it has no sessions.
 */
const char *session_cookies(const struct fb_app *app);

/*
 * The value of the first listed cookie, from number *next on, that the request
 * has and that is not empty; *next comes behind it. NULL: there is no more.
 * cookie_value() of cookie.h reads them. Begin with *next at 0.
 */
const char *session_next(struct fb_request *request, unsigned *next);

/* The first of them; NULL: nobody can be logged in. */
const char *session_first(struct fb_request *request);

#endif
