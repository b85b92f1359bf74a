/* From where a request comes: see csrf.h. */

#include "csrf.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "form.h"
#include "forms.h"
#include "kept.h"
#include "request.h"
#include "session.h"
#include "words.h"

#define MAC_BYTES ((size_t)32)
#define TOKEN_BYTES (2 * MAC_BYTES)
#define TOKEN_TEXT                         \
    sodium_base64_ENCODED_LEN(TOKEN_BYTES, \
                              sodium_base64_VARIANT_URLSAFE_NO_PADDING)

/* What the key is for, so that it can never be taken for another one. */
static const char purpose[] = "foobar: tokens of forms";

static bool read_key(struct csrf *csrf, const char *file, char *problem,
                     size_t size)
{
    char secret[SETTINGS_SECRET_MAX];
    bool good =
        settings_read_secret(file, secret, sizeof(secret), problem, size);

    if (good && strlen(secret) < CSRF_SECRET_LEAST) {
        snprintf(problem, size,
                 "secret-file: the first line of %s must have %d characters "
                 "or more, by chance",
                 file, CSRF_SECRET_LEAST);
        good = false;
    }
    if (good) {
        crypto_generichash(csrf->key, sizeof(csrf->key),
                           (const unsigned char *)purpose, sizeof(purpose),
                           (const unsigned char *)secret,
                           strlen(secret) > 64 ? 64 : strlen(secret));
        csrf->is_set = true;
    }
    sodium_memzero(secret, sizeof(secret));
    return good;
}

bool csrf_load(struct csrf *csrf, const struct settings *settings,
               const struct fb_app *app, char *problem, size_t size)
{
    memset(csrf, 0, sizeof(*csrf));
    if (sodium_init() < 0) {
        snprintf(problem, size,
                 "libsodium cannot start: the kernel gives no "
                 "random bytes");
        return false;
    }
    if (settings->secret_file[0] != '\0') {
        return read_key(csrf, settings->secret_file, problem, size);
    }
    if (session_cookies(app) != NULL) {
        snprintf(problem, size,
                 "%s has sessions (session_cookies), and their forms need a "
                 "secret: set secret-file to a file whose first line is %d or "
                 "more random characters",
                 app->name, CSRF_SECRET_LEAST);
        return false;
    }
    return true;
}

static void make_mac(struct fb_request *request, const char *cookie,
                     unsigned char *mac)
{
    if (request->csrf == NULL || !request->csrf->is_set) {
        request_fail(request, "there is no secret for the session's token: "
                              "set secret-file");
    }
    crypto_generichash(mac, MAC_BYTES, (const unsigned char *)cookie,
                       strlen(cookie), request->csrf->key,
                       sizeof(request->csrf->key));
}

const char *csrf_token(struct fb_request *request)
{
    const char *cookie = session_first(request);
    unsigned char token[TOKEN_BYTES];
    unsigned char mac[MAC_BYTES];
    char *text;
    size_t i;

    if (session_cookies(request->app) != NULL) {
        kept_asks(request, FB_BY_AUDIENCE, "the token of a session");
    }
    if (cookie == NULL) {
        return NULL;
    }
    make_mac(request, cookie, mac);
    randombytes_buf(token, MAC_BYTES);
    for (i = 0; i < MAC_BYTES; i++) {
        token[MAC_BYTES + i] = token[i] ^ mac[i];
    }
    text = fb_alloc(request, TOKEN_TEXT);
    return sodium_bin2base64(text, TOKEN_TEXT, token, sizeof(token),
                             sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

static bool fits(struct fb_request *request, const unsigned char *token,
                 const char *cookie)
{
    unsigned char mac[MAC_BYTES];
    unsigned char shown[MAC_BYTES];
    size_t i;

    make_mac(request, cookie, mac);
    for (i = 0; i < MAC_BYTES; i++) {
        shown[i] = token[i] ^ token[MAC_BYTES + i];
    }
    return sodium_memcmp(mac, shown, MAC_BYTES) == 0;
}

/*
 * A page may have been drawn before a second cookie of the session came, so a
 * token of any of them counts.
 */
static bool fits_session(struct fb_request *request, const char *text)
{
    unsigned char token[TOKEN_BYTES];
    const char *end = NULL;
    const char *cookie;
    unsigned next = 0;
    size_t length = 0;

    if (text == NULL || strlen(text) != TOKEN_TEXT - 1 ||
        sodium_base642bin(token, sizeof(token), text, strlen(text), NULL,
                          &length, &end,
                          sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0 ||
        length != sizeof(token) || *end != '\0') {
        return false;
    }
    while ((cookie = session_next(request, &next)) != NULL) {
        if (fits(request, token, cookie)) {
            return true;
        }
    }
    return false;
}

/* Whether an origin, as "https://host:port", is that of the host asked. */
static bool is_origin_of(const char *origin, const char *host)
{
    static const char *const schemes[] = {"https://", "http://"};
    size_t i;

    for (i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++) {
        size_t length = strlen(schemes[i]);

        if (strncmp(origin, schemes[i], length) == 0) {
            return strcasecmp(origin + length, host) == 0;
        }
    }
    return false;
}

/* A program that says nothing has no visitor whom it could abuse. */
static bool is_from_this_site(const struct fb_request *request)
{
    const char *site = fb_request_header(request, "Sec-Fetch-Site");
    const char *origin = fb_request_header(request, "Origin");
    const char *host = fb_request_header(request, "Host");

    if (site != NULL && strcmp(site, "same-origin") != 0 &&
        strcmp(site, "none") != 0) {
        return false;
    }
    return origin == NULL || (host != NULL && is_origin_of(origin, host));
}

const char *csrf_refusal(struct fb_request *request)
{
    const char *token;

    if ((request->method & ((unsigned)FB_GET | (unsigned)FB_HEAD)) != 0) {
        return NULL;
    }
    if (!is_from_this_site(request)) {
        return WORDS("What was sent came from a page of another site. Only "
                     "pages of this site may send it.");
    }
    if (session_first(request) == NULL) {
        return NULL;
    }
    token = form_value(&request->form, FORMS_TOKEN_FIELD);
    if (token == NULL) {
        token = fb_request_header(request, "X-CSRF-Token");
    }
    if (fits_session(request, token)) {
        return NULL;
    }
    return token == NULL
               ? WORDS("What was sent does not say by which page it was sent: "
                       "its token is missing.")
               : WORDS("You have logged in or out since that page was opened, "
                       "so that it may not act for you any more.");
}

const char *fb_token(struct fb_request *request)
{
    return csrf_token(request);
}
