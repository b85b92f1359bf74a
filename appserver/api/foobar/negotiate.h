/*
 * One page, several forms: HTML for people and JSON for programs, one
 * language or another, and nothing at all for who has it already.
 *
 * The engine says by itself what a reply depends on: a handler that asks
 * fb_wants() gets "Vary: Accept", one that asks fb_locale() (locale.h) gets
 * "Vary: Accept-Language" and Content-Language.
 */

#ifndef FOOBAR_NEGOTIATE_H
#define FOOBAR_NEGOTIATE_H

#include <foobar/app.h>

#include <stdbool.h>
#include <stdint.h>

enum fb_format {
    FB_HTML = 0,
    FB_JSON
};

/*
 * What the client likes better, by the weights in its Accept. HTML when it
 * does not say, or likes both the same - unless it sent JSON itself. The URL
 * has no part in it: a page has one address.
 *
 * A GET or HEAD that accepts neither ends here and is answered 406. Any other
 * method gets HTML then: what it does must not fail for how the answer looks.
 *
 * Errors follow the same rule by themselves: who likes JSON better gets
 * application/problem+json (RFC 9457) in place of the error page.
 */
FB_API enum fb_format fb_wants(struct fb_request *request);

/*
 * For a GET or HEAD whose reply the client may have: true when it has, and
 * then the reply is a 304 and the handler returns FB_OK. Otherwise the reply
 * gets ETag and Last-Modified, and the handler goes on.
 *
 * `etag` names the state of what is shown: any of the characters A-Z a-z 0-9
 * . _ -, at most 100, the same only while nothing has changed. The engine adds
 * format and locale, if they were asked for. With NULL the body written so far
 * is the state: call it at the end then; that saves the sending alone.
 * `modified` is the time of the last change, or FB_NO_TIME (locale.h); it
 * counts only for a client that sends no If-None-Match.
 */
FB_API bool fb_not_modified(struct fb_request *request, const char *etag,
                            int64_t modified);

#endif
