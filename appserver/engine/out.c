/*
 * Writing a page, escaped at the place where it goes. Each escape walks over
 * the bytes that need none in one piece, because nearly all of them do not.
 */

#include "out.h"

#include "request.h"

#include <stdbool.h>
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

struct fb_request *fb_request_of(struct fb_out *out)
{
    return out->request;
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

/* What a byte becomes in text and in quoted attributes. */
struct escape {
    const char *bytes;
    size_t length;
};

/* clang-format off */
#define ESCAPE(text) {text, sizeof(text) - 1}
/* clang-format on */

enum {
    TEXT_END = 1,
    TEXT_AND,
    TEXT_LESS,
    TEXT_MORE,
    TEXT_QUOTE,
    TEXT_APOSTROPHE
};

static const struct escape text_escapes[] = {
    [TEXT_AND] = ESCAPE("&amp;"),        [TEXT_LESS] = ESCAPE("&lt;"),
    [TEXT_MORE] = ESCAPE("&gt;"),        [TEXT_QUOTE] = ESCAPE("&#34;"),
    [TEXT_APOSTROPHE] = ESCAPE("&#39;"),
};

/* 0: the byte stands for itself. So one look at a byte is enough for it. */
static const unsigned char text_special[256] = {
    ['\0'] = TEXT_END, ['&'] = TEXT_AND,   ['<'] = TEXT_LESS,
    ['>'] = TEXT_MORE, ['"'] = TEXT_QUOTE, ['\''] = TEXT_APOSTROPHE,
};

void fb_out_text(struct fb_out *out, const char *text)
{
    if (text == NULL) {
        return;
    }
    for (;;) {
        const char *plain = text;
        const struct escape *escape;
        unsigned special;

        while (text_special[(unsigned char)*text] == 0) {
            text++;
        }
        special = text_special[(unsigned char)*text];
        fb_out_literal(out, plain, (size_t)(text - plain));
        if (special == TEXT_END) {
            return;
        }
        escape = &text_escapes[special];
        fb_out_literal(out, escape->bytes, escape->length);
        text++;
    }
}

static bool is_control(unsigned char c)
{
    return (c < ' ' && c != '\n' && c != '\t') || c == 0x7f;
}

void fb_out_plain(struct fb_out *out, const char *text)
{
    const char *plain = text;

    if (text == NULL) {
        return;
    }
    for (; *text != '\0'; text++) {
        if (is_control((unsigned char)*text)) {
            fb_out_literal(out, plain, (size_t)(text - plain));
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

    const char *plain = part;

    if (part == NULL) {
        return;
    }
    for (; *part != '\0'; part++) {
        if (!is_unreserved(*part)) {
            unsigned char c = (unsigned char)*part;
            char escape[3] = {'%', hex[c >> 4], hex[c & 15]};

            fb_out_literal(out, plain, (size_t)(part - plain));
            fb_out_literal(out, escape, sizeof(escape));
            plain = part + 1;
        }
    }
    fb_out_literal(out, plain, (size_t)(part - plain));
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

#define DIGITS_MAX 20 /* of UINT64_MAX, and so more than a sign and INT64_MAX */

static void write_number(struct fb_out *out, uint64_t value, bool is_negative)
{
    char digits[DIGITS_MAX + 1];
    char *first = digits + sizeof(digits);

    do {
        *--first = (char)('0' + value % 10);
        value /= 10;
    } while (value > 0);
    if (is_negative) {
        *--first = '-';
    }
    fb_out_literal(out, first, (size_t)(digits + sizeof(digits) - first));
}

void fb_out_int(struct fb_out *out, int64_t value)
{
    write_number(out, value < 0 ? -(uint64_t)value : (uint64_t)value,
                 value < 0);
}

void fb_out_uint(struct fb_out *out, uint64_t value)
{
    write_number(out, value, false);
}

void fb_out_html(struct fb_out *out, struct fb_safe_html html)
{
    fb_out_literal(out, html.bytes, html.length);
}

void fb_out_json_bool(struct fb_out *out, bool value)
{
    if (value) {
        fb_out_literal(out, "true", 4);
    } else {
        fb_out_literal(out, "false", 5);
    }
}
