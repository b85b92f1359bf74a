/*
 * Writing JSON, straight into the body: there is no tree, so that a reply in
 * pieces (fb_send) may be as long as it likes. What is written is checked as
 * it is written: a reply that is no JSON cannot leave.
 */

#include "json.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "request.h"
#include "utf8.h"

struct fb_json_out {
    struct fb_request *request;
    unsigned depth;
    bool is_list[JSON_DEPTH_MAX + 1];
    bool has_some[JSON_DEPTH_MAX + 1];
};

static void literal(struct fb_out *out, const char *text)
{
    fb_out_literal(out, text, strlen(text));
}

/*
 * Whether a character must be written as \uXXXX: those that end a string, a
 * script or an attribute somewhere, and the line ends of JavaScript.
 */
static bool needs_escape(uint32_t point)
{
    return point < 0x20 || point == '"' || point == '\\' || point == '<' ||
           point == '>' || point == '&' || point == '\'' || point == 0x7f ||
           point == 0x2028 || point == 0x2029;
}

static void write_escape(struct fb_out *out, uint32_t point)
{
    char escape[8];

    switch (point) {
    case '"':
        literal(out, "\\\"");
        return;
    case '\\':
        literal(out, "\\\\");
        return;
    case '\n':
        literal(out, "\\n");
        return;
    case '\t':
        literal(out, "\\t");
        return;
    default:
        snprintf(escape, sizeof(escape), "\\u%04x", (unsigned)point & 0xffffU);
        literal(out, escape);
    }
}

static void write_text(struct fb_out *out, const char *text, size_t left)
{
    const char *plain = text;

    literal(out, "\"");
    while (left > 0) {
        uint32_t point;
        size_t bytes = utf8_decode(text, left, &point);

        if (bytes == 0 || needs_escape(point)) {
            fb_out_literal(out, plain, (size_t)(text - plain));
            /* A byte that is no UTF-8 is the replacement character. */
            write_escape(out, bytes == 0 ? 0xfffd : point);
            bytes = bytes == 0 ? 1 : bytes;
            plain = text + bytes;
        }
        text += bytes;
        left -= bytes;
    }
    fb_out_literal(out, plain, (size_t)(text - plain));
    literal(out, "\"");
}

void fb_out_json_text(struct fb_out *out, const char *text)
{
    if (text != NULL) {
        write_text(out, text, strlen(text));
    } else {
        literal(out, "null");
    }
}

/* Closes the outermost object. */
static void finish(struct fb_request *request)
{
    struct fb_json_out *out = request->json_out;

    if (out->depth != 1) {
        request_fail(request, "fb_json_reply: %u objects or lists stay open",
                     out->depth - 1);
    }
    literal(fb_body(request), "}");
    out->depth = 0;
}

static void begin_value(struct fb_json_out *out, const char *key)
{
    struct fb_out *body = fb_body(out->request);
    bool is_list = out->is_list[out->depth];

    if (out->depth == 0) {
        request_fail(out->request, "fb_json_put: the reply was ended");
    }
    if (is_list && key != NULL) {
        request_fail(out->request,
                     "fb_json_put: \"%s\" in a list, which has no keys", key);
    }
    if (!is_list && key == NULL) {
        request_fail(out->request, "fb_json_put: a value without a key");
    }
    if (out->has_some[out->depth]) {
        literal(body, ",");
    }
    out->has_some[out->depth] = true;
    if (key != NULL) {
        fb_out_json_text(body, key);
        literal(body, ":");
    }
}

static void open_level(struct fb_json_out *out, bool is_list)
{
    if (out->depth == JSON_DEPTH_MAX) {
        request_fail(out->request, "fb_json_put: nested more than %d deep",
                     JSON_DEPTH_MAX);
    }
    out->depth++;
    out->is_list[out->depth] = is_list;
    out->has_some[out->depth] = false;
    literal(fb_body(out->request), is_list ? "[" : "{");
}

struct fb_json_out *json_begin(struct fb_request *request, const char *type)
{
    struct fb_json_out *out = fb_alloc(request, sizeof(*out));

    fb_content_type(request, type);
    out->request = request;
    request->json_out = out;
    request->finish = finish;
    open_level(out, false);
    return out;
}

struct fb_json_out *fb_json_reply(struct fb_request *request)
{
    if (request->finish != NULL || request->out.length > 0) {
        request_fail(request, "fb_json_reply: something was written already");
    }
    return json_begin(request, "application/json");
}

void fb_json_put_object(struct fb_json_out *out, const char *key)
{
    begin_value(out, key);
    open_level(out, false);
}

void fb_json_put_list(struct fb_json_out *out, const char *key)
{
    begin_value(out, key);
    open_level(out, true);
}

void fb_json_put_end(struct fb_json_out *out)
{
    if (out->depth <= 1) {
        request_fail(out->request, "fb_json_put_end: nothing is open");
    }
    literal(fb_body(out->request), out->is_list[out->depth] ? "]" : "}");
    out->depth--;
}

void fb_json_put_text(struct fb_json_out *out, const char *key,
                      const char *text)
{
    begin_value(out, key);
    fb_out_json_text(fb_body(out->request), text);
}

void fb_json_put_html(struct fb_json_out *out, const char *key,
                      struct fb_safe_html html)
{
    begin_value(out, key);
    write_text(fb_body(out->request), html.bytes, html.length);
}

void fb_json_put_int(struct fb_json_out *out, const char *key, int64_t number)
{
    begin_value(out, key);
    fb_out_int(fb_body(out->request), number);
}

void fb_json_put_uint(struct fb_json_out *out, const char *key, uint64_t number)
{
    begin_value(out, key);
    fb_out_uint(fb_body(out->request), number);
}

void fb_json_put_bool(struct fb_json_out *out, const char *key, bool truth)
{
    begin_value(out, key);
    literal(fb_body(out->request), truth ? "true" : "false");
}
