/*
 * Writing a page, escaped where it is written.
 *
 * Compiled templates call these; handlers seldom do. The function says the
 * place where a value goes, so that the right escape is not a thing to
 * remember: the template compiler chooses it from the HTML around the hole.
 */

#ifndef FOOBAR_HTML_H
#define FOOBAR_HTML_H

#include <foobar/app.h>
#include <foobar/messages.h>

#include <stdbool.h>
#include <stdint.h>

struct fb_out;
struct fb_request;

/*
 * HTML that may be written as it is. Only the engine makes values of this
 * type (fb_markdown() is one that does); a page stores them and passes them
 * on. Outside of the engine gcc refuses each cast, each initialiser and each
 * use of a member, and `make lint` refuses pointers to the type. An empty one
 * comes with the rest of its struct, as in `struct view view = {0};`.
 */
#ifdef FOOBAR_ENGINE
struct fb_safe_html {
    const char *bytes;
    size_t length;
};
#else
#ifdef __clang__ /* which refuses `{0}` for the struct around it, too */
#define FB_ENGINE_TYPE
#define FB_ENGINE_MEMBER
#else
#define FB_ENGINE_TYPE __attribute__((designated_init))
#define FB_ENGINE_MEMBER                                           \
    __attribute__((unavailable("only the engine makes safe HTML; " \
                               "write text into a hole, which escapes it")))
#endif
struct fb_only_the_engine_makes_safe_html; /* is nothing */
struct FB_ENGINE_TYPE fb_safe_html {
    const struct fb_only_the_engine_makes_safe_html *bytes FB_ENGINE_MEMBER;
    size_t length FB_ENGINE_MEMBER;
};
#endif

/*
 * The request whose reply this is: for a function that a template calls, and
 * that draws what depends on who asks.
 */
FB_API struct fb_request *fb_request_of(struct fb_out *out)
    __attribute__((returns_nonnull));

/* Bytes of the template itself. */
FB_API void fb_out_literal(struct fb_out *out, const char *bytes,
                           size_t length);

/* Text between tags or inside a quoted attribute. NULL writes nothing. */
FB_API void fb_out_text(struct fb_out *out, const char *text);

/*
 * A value in a text that is no HTML, as a template NAME.txt draws it: nothing
 * is escaped, but control characters are dropped, other than the ends of lines
 * and tabs. NULL writes nothing.
 */
FB_API void fb_out_plain(struct fb_out *out, const char *text);

/* A whole URL: relative, http, https or mailto; anything else becomes "#". */
FB_API void fb_out_url(struct fb_out *out, const char *url);

/* One part of a URL, percent-encoded: a path segment or a query value. */
FB_API void fb_out_url_part(struct fb_out *out, const char *part);

FB_API void fb_out_int(struct fb_out *out, int64_t value);
FB_API void fb_out_uint(struct fb_out *out, uint64_t value);
FB_API void fb_out_html(struct fb_out *out, struct fb_safe_html html);

/*
 * A value of JSON that may stand in HTML: a string with its quotes, in which
 * no byte can end the <script> around it, or true, or false. NULL is null. A
 * byte that is no UTF-8 becomes U+FFFD.
 */
FB_API void fb_out_json_text(struct fb_out *out, const char *text);
FB_API void fb_out_json_bool(struct fb_out *out, bool value);

/*
 * A value in the text of a page, by its type. A type that has no row (a
 * pointer to a struct, a double, a bool) does not compile.
 */
/* clang-format off */
#define fb_out_value(out, value) _Generic((value),                             \
    char *: fb_out_text, const char *: fb_out_text,                            \
    int: fb_out_int, long: fb_out_int, long long: fb_out_int,                  \
    unsigned: fb_out_uint, unsigned long: fb_out_uint,                         \
    unsigned long long: fb_out_uint,                                           \
    struct fb_safe_html: fb_out_html)((out), (value))

/* The same in a text that is no HTML; markup has no place there either. */
#define fb_out_plain_value(out, value) _Generic((value),                       \
    char *: fb_out_plain, const char *: fb_out_plain,                          \
    int: fb_out_int, long: fb_out_int, long long: fb_out_int,                  \
    unsigned: fb_out_uint, unsigned long: fb_out_uint,                         \
    unsigned long long: fb_out_uint)((out), (value))

/* The same inside a quoted attribute: markup has no place there. */
#define fb_out_attribute(out, value) _Generic((value),                         \
    char *: fb_out_text, const char *: fb_out_text,                            \
    int: fb_out_int, long: fb_out_int, long long: fb_out_int,                  \
    unsigned: fb_out_uint, unsigned long: fb_out_uint,                         \
    unsigned long long: fb_out_uint)((out), (value))

/* A hole that is all of a URL attribute: href="{{ link }}". */
#define fb_out_url_whole(out, value) _Generic((value),                         \
    char *: fb_out_url, const char *: fb_out_url)((out), (value))

/* A hole after the beginning of a URL attribute: href="/posts/{{ id }}". */
#define fb_out_url_rest(out, value) _Generic((value),                          \
    char *: fb_out_url_part, const char *: fb_out_url_part,                    \
    int: fb_out_int, long: fb_out_int, long long: fb_out_int,                  \
    unsigned: fb_out_uint, unsigned long: fb_out_uint,                         \
    unsigned long long: fb_out_uint)((out), (value))

/* A hole in <script type="application/json">: a whole value of JSON. */
#define fb_out_json(out, value) _Generic((value),                              \
    char *: fb_out_json_text, const char *: fb_out_json_text,                  \
    bool: fb_out_json_bool,                                                    \
    int: fb_out_int, long: fb_out_int, long long: fb_out_int,                  \
    unsigned: fb_out_uint, unsigned long: fb_out_uint,                         \
    unsigned long long: fb_out_uint)((out), (value))
/* clang-format on */

#endif
