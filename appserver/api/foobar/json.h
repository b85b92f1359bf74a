/*
 * JSON, in and out.
 *
 * In: fb_json() parses the body of the request; then one call reads a field,
 * checks it, and notes what is wrong with it, so that a handler reads all of
 * its fields and asks once whether they were good:
 *
 *     const struct fb_json *json = fb_json(request);
 *     const char *title = fb_json_text(json, "title", 1, 200);
 *     int64_t stock = fb_json_int_or(json, "stock", 0, 1000, 0);
 *
 *     if (fb_json_is_wrong(request)) {
 *         return FB_INVALID;
 *     }
 *
 * The client then gets 422 with one entry for each wrong field, which names it
 * by a JSON pointer. Until that question is asked a wrong field reads as "",
 * 0 or false, and nothing can crash. Fields that nobody reads are ignored.
 *
 * Out: a reply is written field by field, straight into the body:
 *
 *     struct fb_json_out *out = fb_json_reply(request);
 *
 *     fb_json_put(out, "title", title);
 *     fb_json_put_list(out, "tags");
 *     fb_json_put(out, NULL, "wood");
 *     fb_json_put_end(out);
 */

#ifndef FOOBAR_JSON_H
#define FOOBAR_JSON_H

#include <foobar/app.h>
#include <foobar/html.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A value of the document; never NULL. It belongs to the request. */
struct fb_json;

/*
 * The body, which must be one JSON object. What is no such thing ends the
 * handler: 415 when its Content-Type is not application/json, and 400, with
 * line and column, when it is broken, nested more than 32 deep, has a name
 * twice in one object, holds NUL or what is not UTF-8, or a number that no
 * int64_t or double can hold. Its length is limited by the page's row.
 */
FB_API const struct fb_json *fb_json(struct fb_request *request);

/* Whether the client sent JSON: its Content-Type, not the body. */
FB_API bool fb_json_is_sent(const struct fb_request *request);

/*
 * The fields of an object, and with NULL for the key the value itself, as for
 * the elements of a list. A text has `least` to `most` characters; a number
 * is whole and within its limits.
 */
FB_API const char *fb_json_text(const struct fb_json *json, const char *key,
                                size_t least, size_t most);
FB_API int64_t fb_json_int(const struct fb_json *json, const char *key,
                           int64_t least, int64_t most);
FB_API bool fb_json_bool(const struct fb_json *json, const char *key);

/* The same for a field that may be missing or null. */
FB_API const char *fb_json_text_or(const struct fb_json *json, const char *key,
                                   size_t least, size_t most,
                                   const char *otherwise);
FB_API int64_t fb_json_int_or(const struct fb_json *json, const char *key,
                              int64_t least, int64_t most, int64_t otherwise);
FB_API bool fb_json_bool_or(const struct fb_json *json, const char *key,
                            bool otherwise);

/* Whether a field is there, and is not null. */
FB_API bool fb_json_has(const struct fb_json *json, const char *key);

/*
 * An object within; a list of at most so many elements; how many it has; and
 * one of them, from 0. A list that is wrong has none.
 */
FB_API const struct fb_json *fb_json_object(const struct fb_json *json,
                                            const char *key);
FB_API const struct fb_json *fb_json_list(const struct fb_json *json,
                                          const char *key, size_t most);
FB_API size_t fb_json_count(const struct fb_json *list);
FB_API const struct fb_json *fb_json_at(const struct fb_json *list,
                                        size_t index);

/* Notes an error of the handler's own: "is sold out". */
FB_API void fb_json_error(const struct fb_json *json, const char *key,
                          const char *message);

/* Whether anything was wrong in what was read up to now. */
FB_API bool fb_json_is_wrong(const struct fb_request *request);

/* ---------------------------------------------------------------------- */

struct fb_json_out;

/*
 * Makes the reply application/json, and its body one object, which the engine
 * closes. Commas come by themselves; text is escaped so that it may stand in
 * an HTML page too. A key is given within an object, and NULL within a list;
 * the wrong one of these, more than 32 levels, or a level that stays open is
 * an error of the program and ends the handler with a 500.
 */
FB_API struct fb_json_out *fb_json_reply(struct fb_request *request);

FB_API void fb_json_put_object(struct fb_json_out *out, const char *key);
FB_API void fb_json_put_list(struct fb_json_out *out, const char *key);
FB_API void fb_json_put_end(struct fb_json_out *out);

FB_API void fb_json_put_text(struct fb_json_out *out, const char *key,
                             const char *text); /* NULL is null */
FB_API void fb_json_put_html(struct fb_json_out *out, const char *key,
                             struct fb_safe_html html);
FB_API void fb_json_put_int(struct fb_json_out *out, const char *key,
                            int64_t number);
FB_API void fb_json_put_uint(struct fb_json_out *out, const char *key,
                             uint64_t number);
FB_API void fb_json_put_bool(struct fb_json_out *out, const char *key,
                             bool truth);

/*
 * A value by its type; one without a row does not compile. Many programs read
 * numbers as doubles: what may be above 2^53 is better sent as text.
 */
/* clang-format off */
#define fb_json_put(out, key, value) _Generic((value),                         \
    char *: fb_json_put_text, const char *: fb_json_put_text,                  \
    bool: fb_json_put_bool,                                                    \
    int: fb_json_put_int, long: fb_json_put_int, long long: fb_json_put_int,   \
    unsigned: fb_json_put_uint, unsigned long: fb_json_put_uint,               \
    unsigned long long: fb_json_put_uint)((out), (key), (value))
/* clang-format on */

#endif
