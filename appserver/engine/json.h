/* JSON as the engine itself uses it; api/foobar/json.h is for handlers. */

#ifndef ENGINE_JSON_H
#define ENGINE_JSON_H

#include <foobar/json.h>

#include <stdbool.h>
#include <stddef.h>

#include "out.h"

#define JSON_DEPTH_MAX 32
#define JSON_ERRORS_MAX 32

/* Whether the request's Content-Type is application/json or any +json. */
bool json_is_sent(const struct fb_request *request);

/*
 * A field as a form would have sent it: text as it is, a whole number in its
 * digits, true as "on", false as "". Of the other kinds *text is ""; null
 * is as if it were not there.
 */
enum json_kind {
    JSON_NOTHING,
    JSON_TEXT,
    JSON_WHOLE,
    JSON_TRUTH,
    JSON_OTHER
};
enum json_kind json_typed(const struct fb_json *json, const char *key,
                          const char **text);

/* What was wrong with a field; a list, the first one first. */
struct json_error {
    const struct json_error *next;
    const char *pointer; /* "/lines/0/stock" */
    const char *message;
};

/* As fb_json_reply() with a content type of the caller's. */
struct fb_json_out *json_begin(struct fb_request *request, const char *type);

#endif
