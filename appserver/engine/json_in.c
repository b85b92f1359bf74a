/*
 * JSON that a client sent, parsed by jansson. All of its memory comes from
 * the request's arena and is given back with it: also when the request is cut
 * off in the middle, nobody has to call jansson for that.
 */

#include "json.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "characters.h"
#include "request.h"

struct fb_json {
    struct fb_request *request;
    const json_t *value;          /* NULL: it is wrong, which was said */
    const struct fb_json *parent; /* NULL: the document */
    const char *key;              /* in its parent; NULL: by its index */
    size_t index;
};

/* jansson's allocator has no argument for whom it allocates. */
static struct fb_request *parsing;

static void *allocate(size_t size)
{
    return arena_alloc(parsing->arena, size);
}

static void keep(void *memory)
{
    (void)memory; /* it belongs to the request */
}

bool json_is_sent(const struct fb_request *request)
{
    static const char json[] = "application/json";
    const char *type = request_param(request, "CONTENT_TYPE");
    size_t length;

    if (type == NULL) {
        return false;
    }
    length = strcspn(type, "; \t");
    return (length == sizeof(json) - 1 &&
            strncasecmp(type, json, length) == 0) ||
           (length > 5 && strncasecmp(type + length - 5, "+json", 5) == 0);
}

bool fb_json_is_sent(const struct fb_request *request)
{
    return json_is_sent(request);
}

static _Noreturn void refuse(struct fb_request *request, int status,
                             const char *reason)
{
    request->refusal = reason;
    request_refuse(request, status, reason);
}

/*
 * jansson goes 2048 deep and calls itself for each level. What is nested
 * deeper than ours is refused before it begins.
 */
static void check_depth(struct fb_request *request)
{
    bool in_text = false;
    size_t depth = 0;
    size_t line = 1;
    size_t line_start = 0;
    size_t i;

    for (i = 0; i < request->body_length; i++) {
        char c = request->body[i];

        if (c == '\n') {
            line++;
            line_start = i + 1;
        }
        if (in_text) {
            i += c == '\\';
            in_text = c != '"';
        } else if (c == '"') {
            in_text = true;
        } else if (c == '{' || c == '[') {
            depth++;
        } else if ((c == '}' || c == ']') && depth > 0) {
            depth--;
        }
        if (depth > JSON_DEPTH_MAX) {
            refuse(request, 400,
                   fb_printf(request,
                             "line %zu, column %zu: nested more than %d deep",
                             line, i - line_start + 1, JSON_DEPTH_MAX));
        }
    }
}

static json_t *parse(struct fb_request *request)
{
    json_error_t error;
    json_t *document;

    json_set_alloc_funcs(allocate, keep);
    parsing = request;
    document = json_loadb(request->body, request->body_length,
                          JSON_REJECT_DUPLICATES, &error);
    parsing = NULL;
    if (document == NULL &&
        json_error_code(&error) == json_error_out_of_memory) {
        request_fail(request, "the JSON body used up the memory of %zu bytes",
                     request->arena->limit);
    }
    if (document == NULL) {
        refuse(request, 400,
               fb_printf(request, "line %d, column %d: %s", error.line,
                         error.column, error.text));
    }
    return document;
}

static const struct fb_json *node(const struct fb_json *parent,
                                  const json_t *value, const char *key,
                                  size_t index)
{
    struct fb_json *json = fb_alloc(parent->request, sizeof(*json));

    *json = (struct fb_json){.request = parent->request,
                             .value = value,
                             .parent = parent,
                             .key = key,
                             .index = index};
    return json;
}

const struct fb_json *fb_json(struct fb_request *request)
{
    struct fb_json *json;
    json_t *document;

    if (request->json != NULL) {
        return request->json;
    }
    if (request->match.page != NULL && request->match.page->streams_body) {
        request_fail(request, "fb_json(): the page's row says streams_body");
    }
    /* The payload of a job has no type. */
    if (request->job == NULL && !json_is_sent(request)) {
        refuse(request, 415, "send the body as application/json");
    }
    if (request->body_length == 0) {
        refuse(request, 400, "the body is empty");
    }
    check_depth(request);
    document = parse(request);
    if (!json_is_object(document)) {
        refuse(request, 400, "the body must be an object");
    }
    json = fb_alloc(request, sizeof(*json));
    json->request = request;
    json->value = document;
    request->json = json;
    return json;
}

/* --------------------------------------------------------------- errors */

/* "~" and "/" are written as "~0" and "~1" in a pointer. */
static const char *pointer_part(struct fb_request *request, const char *key)
{
    char *part = request_alloc_raw(request, 2 * strlen(key) + 1);
    char *at = part;

    for (; *key != '\0'; key++) {
        if (*key == '~' || *key == '/') {
            *at++ = '~';
            *at++ = *key == '~' ? '0' : '1';
        } else {
            *at++ = *key;
        }
    }
    *at = '\0';
    return part;
}

/* A document is at most 32 deep, and so is this. */
static const char *pointer_to(const struct fb_json *json, const char *key)
{
    const char *pointer = "";

    if (key != NULL) {
        pointer =
            fb_printf(json->request, "/%s", pointer_part(json->request, key));
    }
    for (; json->parent != NULL; json = json->parent) {
        pointer =
            json->key != NULL
                ? fb_printf(json->request, "/%s%s",
                            pointer_part(json->request, json->key), pointer)
                : fb_printf(json->request, "/%zu%s", json->index, pointer);
    }
    return pointer;
}

void fb_json_error(const struct fb_json *json, const char *key,
                   const char *message)
{
    struct fb_request *request = json->request;
    struct json_error *error;
    const struct json_error **end = &request->json_errors;
    size_t count = 0;

    for (; *end != NULL; count++) {
        /* The end of a list that is const for everybody else. */
        end = &((struct json_error *)(uintptr_t)*end)->next;
    }
    if (count == JSON_ERRORS_MAX) {
        return;
    }
    error = fb_alloc(request, sizeof(*error));
    error->pointer = pointer_to(json, key);
    error->message = message;
    *end = error;
}

bool fb_json_is_wrong(const struct fb_request *request)
{
    return request->json_errors != NULL;
}

/* --------------------------------------------------------------- reading */

static bool is_there(const json_t *value)
{
    return value != NULL && !json_is_null(value);
}

/*
 * The value of a field, or NULL. What is within something wrong is silent:
 * one mistake is said once.
 */
static const json_t *look_up(const struct fb_json *json, const char *key)
{
    if (json->value == NULL || key == NULL) {
        return json->value;
    }
    if (!json_is_object(json->value)) {
        return NULL;
    }
    return json_object_get(json->value, key);
}

enum json_kind json_typed(const struct fb_json *json, const char *key,
                          const char **text)
{
    const json_t *value = look_up(json, key);

    *text = "";
    if (!is_there(value)) {
        return JSON_NOTHING;
    }
    switch (json_typeof(value)) {
    case JSON_STRING:
        *text = json_string_value(value);
        return JSON_TEXT;
    case JSON_INTEGER:
        *text = fb_printf(json->request, "%lld",
                          (long long)json_integer_value(value));
        return JSON_WHOLE;
    case JSON_TRUE:
        *text = "on";
        return JSON_TRUTH;
    case JSON_FALSE:
        return JSON_TRUTH;
    default:
        return JSON_OTHER;
    }
}

bool fb_json_has(const struct fb_json *json, const char *key)
{
    return is_there(look_up(json, key));
}

/* The same, and a word about it when it is not there. */
static const json_t *must_have(const struct fb_json *json, const char *key)
{
    const json_t *value = look_up(json, key);

    if (json->value != NULL && !is_there(value)) {
        fb_json_error(json, key, "is missing");
        return NULL;
    }
    return value;
}

static const char *text_of(const struct fb_json *json, const char *key,
                           const json_t *value, size_t least, size_t most)
{
    size_t length = json_is_string(value)
                        ? characters_count(json_string_value(value))
                        : SIZE_MAX;

    if (length < least || length > most) {
        fb_json_error(json, key,
                      least == 0
                          ? fb_printf(json->request,
                                      "must be text of at most %zu characters",
                                      most)
                          : fb_printf(json->request,
                                      "must be text of %zu to %zu characters",
                                      least, most));
        return "";
    }
    return json_string_value(value);
}

static int64_t int_of(const struct fb_json *json, const char *key,
                      const json_t *value, int64_t least, int64_t most)
{
    if (!json_is_integer(value) || json_integer_value(value) < least ||
        json_integer_value(value) > most) {
        fb_json_error(json, key,
                      fb_printf(json->request,
                                "must be a whole number from %lld to %lld",
                                (long long)least, (long long)most));
        return 0;
    }
    return json_integer_value(value);
}

static bool bool_of(const struct fb_json *json, const char *key,
                    const json_t *value)
{
    if (!json_is_boolean(value)) {
        fb_json_error(json, key, "must be true or false");
    }
    return json_is_true(value);
}

const char *fb_json_text(const struct fb_json *json, const char *key,
                         size_t least, size_t most)
{
    const json_t *value = must_have(json, key);

    return value != NULL ? text_of(json, key, value, least, most) : "";
}

int64_t fb_json_int(const struct fb_json *json, const char *key, int64_t least,
                    int64_t most)
{
    const json_t *value = must_have(json, key);

    return value != NULL ? int_of(json, key, value, least, most) : 0;
}

bool fb_json_bool(const struct fb_json *json, const char *key)
{
    const json_t *value = must_have(json, key);

    return value != NULL && bool_of(json, key, value);
}

const char *fb_json_text_or(const struct fb_json *json, const char *key,
                            size_t least, size_t most, const char *otherwise)
{
    const json_t *value = look_up(json, key);

    return is_there(value) ? text_of(json, key, value, least, most) : otherwise;
}

int64_t fb_json_int_or(const struct fb_json *json, const char *key,
                       int64_t least, int64_t most, int64_t otherwise)
{
    const json_t *value = look_up(json, key);

    return is_there(value) ? int_of(json, key, value, least, most) : otherwise;
}

bool fb_json_bool_or(const struct fb_json *json, const char *key,
                     bool otherwise)
{
    const json_t *value = look_up(json, key);

    return is_there(value) ? bool_of(json, key, value) : otherwise;
}

const struct fb_json *fb_json_object(const struct fb_json *json,
                                     const char *key)
{
    const json_t *value = must_have(json, key);

    if (value != NULL && !json_is_object(value)) {
        fb_json_error(json, key, "must be an object");
        value = NULL;
    }
    return key == NULL && value != NULL ? json : node(json, value, key, 0);
}

const struct fb_json *fb_json_list(const struct fb_json *json, const char *key,
                                   size_t most)
{
    const json_t *value = must_have(json, key);

    if (value != NULL &&
        (!json_is_array(value) || json_array_size(value) > most)) {
        fb_json_error(json, key,
                      fb_printf(json->request,
                                "must be a list of at most %zu elements",
                                most));
        value = NULL;
    }
    return key == NULL && value != NULL ? json : node(json, value, key, 0);
}

size_t fb_json_count(const struct fb_json *list)
{
    return list->value != NULL ? json_array_size(list->value) : 0;
}

const struct fb_json *fb_json_at(const struct fb_json *list, size_t index)
{
    if (index >= fb_json_count(list)) {
        request_fail(list->request, "fb_json_at: there is no element %zu",
                     index);
    }
    return node(list, json_array_get(list->value, index), NULL, index);
}
