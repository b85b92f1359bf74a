/* From a request to its reply: find the page, run its handler. */

#ifndef ENGINE_DISPATCH_H
#define ENGINE_DISPATCH_H

#include "app.h"
#include "request.h"

/*
 * Answers a request whose method, path, environment and body are filled in,
 * and when it began. Whatever happens, the request holds a whole reply afterwards.
 */
void dispatch(const struct app *app, struct fb_request *request);

/* Answers a request whose body is longer than its page takes. */
void dispatch_too_long(const struct app *app, struct fb_request *request);

/* What the page that this request asks for says about its body. */
struct dispatch_body {
    size_t limit; /* 0: it takes none, or there is no such page */
    bool streams;
};
struct dispatch_body dispatch_body(const struct app *app,
                                   const struct fb_request *request);

/* Replaces the reply by the application's page for this error. */
void dispatch_error(struct fb_request *request, int status);

/* The statuses that have an error page; ended by 0. */
extern const int dispatch_error_statuses[];

#endif
