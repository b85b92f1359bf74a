/*
 * Writing a page, escaped at the place where it goes. Each escape walks over
 * the bytes that need none in one piece, because nearly all of them do not.
 */

#include "out.h"

#include "request.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define FIRST_BYTES ((size_t)8 * 1024)

void out_clear(struct fb_out *out)
{
    out->length = 0;
}

/* Doubling keeps the copies to less than what is written in the end. */
static void grow(struct fb_out *out, size_t more)
{
    size_t size = out->size ? out->size : FIRST_BYTES;
    char *bytes;

    while (size - out->length < more) {
        if (size > SIZE_MAX / 2) {
            request_fail(out->request, "the reply is too long");
        }
        size *= 2;
    }
    bytes = request_alloc_raw(out->request, size);
    if (out->length > 0) {
        memcpy(bytes, out->bytes, out->length);
    }
    out->bytes = bytes;
    out->size = size;
}

void fb_out_literal(struct fb_out *out, const char *bytes, size_t length)
{
    if (out->size - out->length < length) {
        grow(out, length);
    }
    if (length > 0) {
        memcpy(out->bytes + out->length, bytes, length);
        out->length += length;
    }
}

static const char *text_escape(char c)
{
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&#34;";
    case '\'':
        return "&#39;";
    default:
        return NULL;
    }
}

void fb_out_text(struct fb_out *out, const char *text)
{
    const char *plain = text;

    if (text == NULL) {
        return;
    }
    for (; *text != '\0'; text++) {
        const char *escape = text_escape(*text);

        if (escape != NULL) {
            fb_out_literal(out, plain, (size_t)(text - plain));
            fb_out_literal(out, escape, strlen(escape));
            plain = text + 1;
        }
    }
    fb_out_literal(out, plain, (size_t)(text - plain));
}

static bool is_unreserved(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' ||
           c == '~';
}

void fb_out_url_part(struct fb_out *out, const char *part)
{
    static const char hex[] = "0123456789ABCDEF";

    if (part == NULL) {
        return;
    }
    for (; *part != '\0'; part++) {
        if (is_unreserved(*part)) {
            fb_out_literal(out, part, 1);
        } else {
            unsigned char c = (unsigned char)*part;
            char escape[3] = {'%', hex[c >> 4], hex[c & 15]};

            fb_out_literal(out, escape, sizeof(escape));
        }
    }
}

/*
 * A URL is safe when it has no scheme, or one of those that only navigate.
 * Browsers pass over control characters and spaces inside and before a
 * scheme, so one of these makes the URL unsafe.
 */
static bool is_safe_url(const char *url)
{
    static const char *const schemes[] = {"http:", "https:", "mailto:"};
    const char *c;
    size_t i;

    for (c = url; *c != '\0'; c++) {
        if ((unsigned char)*c <= 0x20 || *c == 0x7f) {
            return false;
        }
    }
    for (i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++) {
        if (strncasecmp(url, schemes[i], strlen(schemes[i])) == 0) {
            return true;
        }
    }
    return url[strcspn(url, ":/?#")] != ':';
}

void fb_out_url(struct fb_out *out, const char *url)
{
    if (url == NULL) {
        return;
    }
    fb_out_text(out, is_safe_url(url) ? url : "#");
}

void fb_out_int(struct fb_out *out, int64_t value)
{
    char digits[24];
    int length = snprintf(digits, sizeof(digits), "%lld", (long long)value);

    fb_out_literal(out, digits, (size_t)length);
}

void fb_out_uint(struct fb_out *out, uint64_t value)
{
    char digits[24];
    int length =
        snprintf(digits, sizeof(digits), "%llu", (unsigned long long)value);

    fb_out_literal(out, digits, (size_t)length);
}

void fb_out_html(struct fb_out *out, struct fb_safe_html html)
{
    fb_out_literal(out, html.bytes, html.length);
}
