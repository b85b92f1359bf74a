/*
 * Whether a request that changes something comes from a page of this site,
 * and not from a stranger's page that a visitor happens to have open.
 *
 * Browsers say from where a request comes: Sec-Fetch-Site, and older ones
 * Origin. Both are believed when they say "from elsewhere". Where a cookie of
 * a session gives the request power over an account, that is not enough: it
 * must also bring a token, which only a page of ours could show.
 *
 *     token = base64url(pad | pad XOR mac)     pad: 32 random bytes
 *     mac   = keyed hash of the cookie's value
 *
 * The pad is new each time, so that no two pages show the same bytes and the
 * length of a compressed page tells nothing about the mac. Nothing is stored;
 * every host with the same secret-file knows the tokens of the others.
 */

#ifndef ENGINE_CSRF_H
#define ENGINE_CSRF_H

#include <foobar/app.h>

#include <stdbool.h>
#include <stddef.h>

#include "settings.h"

#define CSRF_KEY_BYTES 32
#define CSRF_SECRET_LEAST 32 /* characters of the file's first line */

struct csrf {
    bool is_set; /* there is a secret */
    unsigned char key[CSRF_KEY_BYTES];
};

/*
 * Reads the secret. False with `problem` when it cannot be read, is too
 * short, or is missing although the application has sessions.
 */
bool csrf_load(struct csrf *csrf, const struct settings *settings,
               const struct fb_app *app, char *problem, size_t size);

/* A fresh token of the request's session; NULL: it has none, needs none. */
const char *csrf_token(struct fb_request *request);

/*
 * NULL: the request may do what it asks for. Else a sentence for the visitor
 * that says why it may not. Reads alone are always allowed.
 */
const char *csrf_refusal(struct fb_request *request);

#endif
