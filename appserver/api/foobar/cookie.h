/*
 * Cookies, with the safe defaults: a cookie that is set by no more than a
 * name and a value is hidden from scripts (HttpOnly), is not sent along by
 * other sites' forms (SameSite=Lax), belongs to this host alone, and over TLS
 * is Secure and named __Host-NAME, so that no neighbouring host and no plain
 * connection can plant one. Handlers see the name without that prefix.
 */

#ifndef FOOBAR_COOKIE_H
#define FOOBAR_COOKIE_H

#include <foobar/app.h>

#include <stdbool.h>
#include <stdint.h>

enum fb_same_site {
    FB_SAME_SITE_LAX = 0,
    FB_SAME_SITE_STRICT,
    FB_SAME_SITE_NONE /* also sent from pages of other sites; needs TLS */
};

struct fb_cookie {
    const char *name;  /* letters, digits, "-" and "_", at most 64 */
    const char *value; /* any text; NULL removes the cookie */
    int64_t seconds;   /* how long it is kept; 0: until the browser ends */
    enum fb_same_site same_site;
    bool for_scripts; /* scripts may read it */
};

/*
 * The value of a cookie that the browser sent, decoded; NULL when it sent
 * none, or one that is no text. Of several with the same name the first one
 * counts. At most 100 cookies are looked at, of at most 4096 bytes each.
 */
FB_API const char *fb_cookie(struct fb_request *request, const char *name);

/*
 * Adds a cookie to the reply; it survives a later fb_redirect(), but not an
 * error page. The value is percent-encoded where a cookie cannot hold it as it
 * is, so nothing can be smuggled into the headers. A name that is none, a
 * value above 4096 bytes, or FB_SAME_SITE_NONE without TLS is an error of the
 * program and ends the handler with a 500.
 */
FB_API void fb_set_cookie(struct fb_request *request,
                          const struct fb_cookie *cookie);

#endif
