/*
 * Fuzzes JSON that clients send. Whatever the body is: it is refused with a
 * status and a reason, or every accessor may be asked for anything; and a text
 * that was read comes out the same when it is written and read once more.
 */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "form.h"
#include "json.h"
#include "request.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char *environment[] = {"CONTENT_TYPE=application/json", NULL};

static void must(bool holds)
{
    if (!holds) {
        abort();
    }
}

/* NULL when the body is refused. */
static const struct fb_json *read_body(struct fb_request *request,
                                       const char *body, size_t size)
{
    request->environment = environment;
    request->body = body;
    request->body_length = size;
    request->escape_is_set = true;
    if (sigsetjmp(request->escape, 0) != 0) {
        must(request->escape_status == 400 || request->escape_status == 500);
        must(request->escape_status == 500 || request->refusal != NULL);
        return NULL;
    }
    return fb_json(request);
}

static void write_and_read_again(struct fb_request *request, const char *text)
{
    struct fb_request again;
    struct fb_json_out *out;

    must(form_is_utf8(text, strlen(text)));
    request_init(&again, request->arena, NULL, NULL);
    out = fb_json_reply(&again);
    fb_json_put(out, "a", text);
    again.finish(&again);
    must(memchr(again.out.bytes, '<', again.out.length) == NULL);
    must(strcmp(
             fb_json_text(read_body(&again, again.out.bytes, again.out.length),
                          "a", 0, SIZE_MAX - 1),
             text) == 0);
}

static void read_fields(struct fb_request *request, const struct fb_json *json)
{
    const struct fb_json *list = fb_json_list(json, "a", 100);
    size_t i;

    for (i = 0; i < fb_json_count(list); i++) {
        const struct fb_json *at = fb_json_at(list, i);

        fb_json_int(at, NULL, INT64_MIN, INT64_MAX);
        fb_json_bool(fb_json_object(at, "a"), "b");
        fb_json_text(at, "a", 1, 2);
    }
    write_and_read_again(request, fb_json_text_or(json, "a", 0, 1 << 20, "x"));
    fb_json_int_or(json, "a", 0, 9, 1);
    fb_json_bool_or(fb_json_object(json, "a"), "a", true);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct fb_json *json;
    struct fb_request request;
    struct arena arena;

    arena_init(&arena, (size_t)8 << 20);
    request_init(&request, &arena, NULL, NULL);
    json = read_body(&request, (const char *)data, size);
    if (json != NULL && sigsetjmp(request.escape, 0) == 0) {
        read_fields(&request, json);
    }
    arena_free(&arena);
    return 0;
}
