/*
 * Asking another server over HTTP, from a job.
 *
 *     struct fb_fetched fetched;
 *
 *     result = fb_fetch(request, &(struct fb_fetch){.url = url}, &fetched);
 *     if (result == FB_OK && fetched.status == 200) {
 *         ... fetched.body
 *
 * A page must not: it would keep a worker waiting for somebody else's server.
 * It adds a job (job.h), which asks and stores what it got.
 *
 * Only hosts are asked that the setting fetch-allow names, by http or https,
 * and never this machine or a network behind it, whatever a name in DNS says
 * or a redirection wants: each address is looked at when it is connected to.
 */

#ifndef FOOBAR_FETCH_H
#define FOOBAR_FETCH_H

#include <foobar/app.h>

#include <stddef.h>

struct fb_fetch {
    const char *url;           /* http:// or https:// */
    const char *body;          /* what is posted; NULL: this is a GET */
    const char *content_type;  /* of the body; NULL: application/json */
    const char *authorization; /* the header's value; NULL: none */
    const char *accept;        /* the header's value; NULL: anything */
    unsigned seconds;          /* how long all of it may take; 0: 10 */
    size_t most;               /* bytes of the answer; 0: 1 MiB */
    bool follows;              /* redirections of a GET, 5 at most */
};

struct fb_fetched {
    int status;
    const char *type; /* the content type; "": not said */
    const char *body; /* ended by NUL, which is not counted */
    size_t length;
};

/*
 * FB_OK: there is an answer, with whatever status. FB_FORBIDDEN: nobody may
 * ask there; FB_UNAVAILABLE: no answer in time, or a longer one; the log says
 * which. What is returned belongs to the request.
 */
FB_API enum fb_result fb_fetch(struct fb_request *request,
                               const struct fb_fetch *fetch,
                               struct fb_fetched *fetched);

#endif
