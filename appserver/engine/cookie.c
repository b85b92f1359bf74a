/*
 * Cookies: reading the header Cookie as RFC 6265 has it, and writing
 * Set-Cookie. A browser sends a cookie by its name alone, so the promise that
 * it came over TLS and from this host stands in the name: __Host-.
 */

#include "cookie.h"

#include <foobar/cookie.h>

#include <inttypes.h>
#include <string.h>

#include "form.h"
#include "kept.h"
#include "request.h"

#define HOST_PREFIX "__Host-"

/* What may stand in a value: printable ASCII but for " , ; and backslash. */
static bool is_cookie_octet(char c)
{
    return c > 0x20 && c < 0x7f && c != '"' && c != ',' && c != ';' &&
           c != '\\';
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static struct cookie_part trimmed(struct cookie_part part)
{
    while (part.length > 0 && is_blank(part.bytes[0])) {
        part.bytes++;
        part.length--;
    }
    while (part.length > 0 && is_blank(part.bytes[part.length - 1])) {
        part.length--;
    }
    return part;
}

static bool is_value(struct cookie_part part)
{
    size_t i;

    for (i = 0; i < part.length; i++) {
        if (!is_cookie_octet(part.bytes[i])) {
            return false;
        }
    }
    return part.length <= COOKIE_VALUE_MAX;
}

/* The value of "NAME=value" when it has this name. */
static bool has_name(struct cookie_part pair, const char *name, size_t length,
                     struct cookie_part *value)
{
    if (pair.length <= length || pair.bytes[length] != '=' ||
        memcmp(pair.bytes, name, length) != 0) {
        return false;
    }
    *value =
        (struct cookie_part){pair.bytes + length + 1, pair.length - length - 1};
    if (value->length >= 2 && value->bytes[0] == '"' &&
        value->bytes[value->length - 1] == '"') {
        value->bytes++;
        value->length -= 2;
    }
    return true;
}

bool cookie_find(const char *header, const char *name,
                 struct cookie_part *value)
{
    size_t name_length = strlen(name);
    int seen;

    for (seen = 0; seen < COOKIES_MAX && *header != '\0'; seen++) {
        struct cookie_part pair = {header, strcspn(header, ";")};

        header += pair.length + (header[pair.length] == ';');
        if (has_name(trimmed(pair), name, name_length, value)) {
            return is_value(*value);
        }
    }
    return false;
}

/* What nginx says of the connection; no header of the client is believed. */
static bool is_over_tls(const struct fb_request *request)
{
    const char *scheme = request_param(request, "REQUEST_SCHEME");
    const char *https = request_param(request, "HTTPS");

    return (scheme != NULL && strcmp(scheme, "https") == 0) ||
           (https != NULL && strcmp(https, "on") == 0);
}

static bool is_name(const char *name)
{
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                  "abcdefghijklmnopqrstuvwxyz0123456789-_";
    size_t length = name != NULL ? strspn(name, allowed) : 0;

    return length > 0 && length <= COOKIE_NAME_MAX && name[length] == '\0' &&
           strncmp(name, "__", 2) != 0;
}

static const char *sent_name(struct fb_request *request, const char *name)
{
    if (!is_name(name)) {
        request_fail(request, "not a cookie's name: %s",
                     name != NULL ? name : "(null)");
    }
    return is_over_tls(request) ? fb_printf(request, HOST_PREFIX "%s", name)
                                : name;
}

const char *cookie_own(struct fb_request *request, const char *name)
{
    const char *header = request_param(request, "HTTP_COOKIE");
    const char *sent = sent_name(request, name);
    struct cookie_part value;

    if (header == NULL || !cookie_find(header, sent, &value)) {
        return NULL;
    }
    return form_decode_path(request->arena, value.bytes, value.length);
}

const char *fb_cookie(struct fb_request *request, const char *name)
{
    const char *value;

    request_need_visitor(request, "fb_cookie()");
    kept_asks(request, FB_BY_AUDIENCE, "fb_cookie()");
    value = cookie_own(request, name);
    /* Who has none gets what everybody gets. */
    if (value != NULL) {
        kept_is_personal(request);
    }
    return value;
}

const char *cookie_value(struct fb_request *request, const char *name)
{
    const char *header = request_param(request, "HTTP_COOKIE");
    struct cookie_part value;

    if (header == NULL) {
        return NULL;
    }
    if (is_over_tls(request) &&
        cookie_find(header, fb_printf(request, HOST_PREFIX "%s", name),
                    &value)) {
        return request_strndup(request, value.bytes, value.length);
    }
    return cookie_find(header, name, &value)
               ? request_strndup(request, value.bytes, value.length)
               : NULL;
}

static const char *encoded(struct fb_request *request, const char *value)
{
    static const char digits[] = "0123456789ABCDEF";
    char *text = request_alloc_raw(request, 3 * strlen(value) + 1);
    char *at = text;

    for (; *value != '\0'; value++) {
        unsigned char c = (unsigned char)*value;

        if (is_cookie_octet(*value) && c != '%') {
            *at++ = *value;
        } else {
            *at++ = '%';
            *at++ = digits[c >> 4];
            *at++ = digits[c & 15];
        }
    }
    *at = '\0';
    return text;
}

static const char *lifetime(struct fb_request *request,
                            const struct fb_cookie *cookie)
{
    if (cookie->value == NULL) {
        return "; Max-Age=0";
    }
    if (cookie->seconds < 0) {
        request_fail(request, "fb_set_cookie: %s is to live for %" PRId64 " s",
                     cookie->name, cookie->seconds);
    }
    return cookie->seconds == 0
               ? ""
               : fb_printf(request, "; Max-Age=%" PRId64, cookie->seconds);
}

void fb_set_cookie(struct fb_request *request, const struct fb_cookie *cookie)
{
    static const char *const same_site[] = {"Lax", "Strict", "None"};
    bool over_tls = is_over_tls(request);
    const char *name = sent_name(request, cookie->name);
    const char *value =
        encoded(request, cookie->value != NULL ? cookie->value : "");

    if (strlen(value) > COOKIE_VALUE_MAX) {
        request_fail(request, "fb_set_cookie: %s has more than %d bytes",
                     cookie->name, COOKIE_VALUE_MAX);
    }
    if (cookie->same_site == FB_SAME_SITE_NONE && !over_tls) {
        request_fail(request,
                     "fb_set_cookie: %s is SameSite=None, which "
                     "browsers take over TLS only",
                     cookie->name);
    }
    kept_is_personal(request);
    fb_header(request, "Set-Cookie",
              fb_printf(request, "%s=%s; Path=/%s; SameSite=%s%s%s", name,
                        value, lifetime(request, cookie),
                        same_site[cookie->same_site],
                        cookie->for_scripts ? "" : "; HttpOnly",
                        over_tls ? "; Secure" : ""));
}
