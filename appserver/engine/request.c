/* A request and its reply: the calls of api/foobar/request.h. */

#include "request.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "expensive.h"
#include "kept.h"
#include "log.h"

void request_init(struct fb_request *request, struct arena *arena,
                  const struct fb_app *app, struct database *database)
{
    memset(request, 0, sizeof(*request));
    request->arena = arena;
    request->app = app;
    request->database = database;
    request->method = FB_GET;
    request->method_name = "GET";
    request->path = "/";
    request->waited_ms = -1;
    request->out.request = request;
    request_clear_reply(request, 200);
}

const char *request_param(const struct fb_request *request, const char *name)
{
    size_t length = strlen(name);
    char *const *entry;

    for (entry = request->environment; entry && *entry; entry++) {
        /* Most differ in the first letter: that needs no call. */
        if ((*entry)[0] == name[0] && strncmp(*entry, name, length) == 0 &&
            (*entry)[length] == '=') {
            return *entry + length + 1;
        }
    }
    return NULL;
}

void request_clear_reply(struct fb_request *request, int status)
{
    request->status = status;
    request->content_type = "text/html; charset=utf-8";
    request->header_count = 0;
    request->finish = NULL;
    out_clear(&request->out);
}

const char *request_reply_header(const struct fb_request *request,
                                 const char *name)
{
    unsigned i;

    for (i = 0; i < request->header_count; i++) {
        if (strcasecmp(request->headers[i].name, name) == 0) {
            return request->headers[i].value;
        }
    }
    return NULL;
}

static _Noreturn void escape(struct fb_request *request, int status)
{
    if (!request->escape_is_set) {
        /* Outside of a handler this is a bug of the engine: say where. */
        abort();
    }
    request->escape_status = status;
    siglongjmp(request->escape, 1);
}

void request_fail(struct fb_request *request, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    log_request_v(LOG_ERROR, request, format, arguments);
    va_end(arguments);
    escape(request, 500);
}

void request_refuse(struct fb_request *request, int status, const char *reason)
{
    log_request(LOG_INFO, request, "%s", reason);
    escape(request, status);
}

void *request_alloc_raw(struct fb_request *request, size_t size)
{
    void *memory = arena_take(request->arena, size);

    if (memory == NULL) {
        request_fail(request,
                     "the request used up its memory limit of %zu bytes",
                     request->arena->limit);
    }
    return memory;
}

char *request_strndup(struct fb_request *request, const char *text,
                      size_t length)
{
    char *copy = request_alloc_raw(request, length + 1);

    memcpy(copy, text, length);
    copy[length] = '\0';
    return copy;
}

void *fb_alloc(struct fb_request *request, size_t size)
{
    return memset(request_alloc_raw(request, size), 0, size);
}

const char *fb_printf(struct fb_request *request, const char *format, ...)
{
    va_list arguments;
    va_list again;
    char *text;
    int length;

    va_start(arguments, format);
    va_copy(again, arguments);
    length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (length < 0) {
        va_end(again);
        request_fail(request, "fb_printf: a format that cannot be printed");
    }
    text = request_alloc_raw(request, (size_t)length + 1);
    vsnprintf(text, (size_t)length + 1, format, again);
    va_end(again);
    return text;
}

void fb_log(struct fb_request *request, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    log_request_v(LOG_WARN, request, format, arguments);
    va_end(arguments);
}

void request_need_visitor(struct fb_request *request, const char *call)
{
    if (request->job != NULL) {
        request_fail(request, "%s: a job has no visitor", call);
    }
}

unsigned fb_method(const struct fb_request *request)
{
    return request->method;
}

const char *fb_path(const struct fb_request *request)
{
    return request->path;
}

const char *fb_request_id(const struct fb_request *request)
{
    return request->id;
}

const char *fb_request_header(const struct fb_request *request,
                              const char *name)
{
    char param[96] = "HTTP_";
    size_t length = strlen(param);

    for (; *name != '\0' && length < sizeof(param) - 1; name++) {
        char c = *name;

        if (c >= 'a' && c <= 'z') {
            c = (char)(c - 'a' + 'A');
        }
        param[length++] = c == '-' ? '_' : c;
    }
    param[length] = '\0';
    return request_param(request, param);
}

static const struct route_param *path_param(struct fb_request *request,
                                            const char *name)
{
    unsigned i;

    for (i = 0; i < request->match.param_count; i++) {
        const struct route_param *param = &request->match.params[i];

        if (strlen(name) == param->name_length &&
            memcmp(name, param->name, param->name_length) == 0) {
            return param;
        }
    }
    request_fail(request, "the path of page %s declares no {%s}",
                 request->match.page ? request->match.page->name : "(none)",
                 name);
}

int64_t fb_path_int(struct fb_request *request, const char *name)
{
    const struct route_param *param = path_param(request, name);

    if (!param->is_int) {
        request_fail(request, "the path declares {%s}, not {%s:int}", name,
                     name);
    }
    return param->integer;
}

const char *fb_path_text(struct fb_request *request, const char *name)
{
    const struct route_param *param = path_param(request, name);

    return request_strndup(request, param->value, param->value_length);
}

const char *fb_query(struct fb_request *request, const char *name)
{
    request_need_visitor(request, "fb_query()");
    kept_asks_argument(request, name);
    return form_value(&request->query, name);
}

const char *fb_refusal(const struct fb_request *request)
{
    return request->refusal;
}

static void check_not_begun(struct fb_request *request, const char *call)
{
    request_need_visitor(request, call);
    if (request->reply_has_begun) {
        request_fail(request, "%s after fb_send()", call);
    }
}

void fb_status(struct fb_request *request, int status)
{
    check_not_begun(request, "fb_status()");
    if (status < 200 || status > 599) {
        request_fail(request, "fb_status: %d is not a status", status);
    }
    request->status = status;
}

/* The bytes that may stand in a header's value: no control characters. */
static bool is_header_text(const char *text)
{
    for (; *text != '\0'; text++) {
        if ((unsigned char)*text < 0x20 || *text == 0x7f) {
            return false;
        }
    }
    return true;
}

static bool is_header_name(const char *text)
{
    return text[0] != '\0' &&
           text[strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                             "abcdefghijklmnopqrstuvwxyz0123456789-")] == '\0';
}

static const char *with_charset(struct fb_request *request, const char *type)
{
    static const char charset[] = "; charset=utf-8";
    size_t length = strlen(type);
    char *text = request_alloc_raw(request, length + sizeof(charset));

    memcpy(text, type, length);
    memcpy(text + length, charset, sizeof(charset));
    return text;
}

void fb_content_type(struct fb_request *request, const char *type)
{
    check_not_begun(request, "fb_content_type()");
    if (!is_header_text(type) || strchr(type, '/') == NULL) {
        request_fail(request, "fb_content_type: not a content type");
    }
    /* Text without a charset is guessed at, and a guess can be led astray. */
    if (strncasecmp(type, "text/", 5) == 0 &&
        strcasestr(type, "charset=") == NULL) {
        type = with_charset(request, type);
    }
    request->content_type = type;
}

void fb_header(struct fb_request *request, const char *name, const char *value)
{
    struct reply_header *header;

    check_not_begun(request, "fb_header()");
    if (name == NULL || value == NULL || !is_header_name(name) ||
        !is_header_text(value)) {
        request_fail(request, "fb_header: not a header: %s",
                     name != NULL ? name : "(null)");
    }
    if (request->header_count == REPLY_HEADERS_MAX) {
        request_fail(request, "fb_header: more than %d headers",
                     REPLY_HEADERS_MAX);
    }
    header = &request->headers[request->header_count++];
    header->name = name;
    header->value = value;
}

/* Throws the reply away but for its cookies, which the browser must get. */
static void clear_for_redirect(struct fb_request *request)
{
    unsigned count = request->header_count;
    unsigned i;

    request_clear_reply(request, 303);
    for (i = 0; i < count; i++) {
        if (strcasecmp(request->headers[i].name, "Set-Cookie") == 0) {
            request->headers[request->header_count++] = request->headers[i];
        }
    }
}

void fb_redirect(struct fb_request *request, const char *path)
{
    check_not_begun(request, "fb_redirect()");
    if (path == NULL || path[0] != '/' || path[1] == '/' || path[1] == '\\') {
        request_fail(request, "fb_redirect: not a path of this site: %s",
                     path != NULL ? path : "(null)");
    }
    clear_for_redirect(request);
    fb_header(request, "Location", path);
}

const char *fb_location(const struct fb_request *request)
{
    return request_reply_header(request, "Location");
}

struct fb_out *fb_body(struct fb_request *request)
{
    return &request->out;
}

size_t fb_read_body(struct fb_request *request, void *buffer, size_t size)
{
    const struct fb_page *page = request->match.page;
    int got;

    request_need_visitor(request, "fb_read_body()");
    if (page == NULL || !page->streams_body || request->channel == NULL) {
        request_fail(request, "fb_read_body(): the page's row does not say "
                              "streams_body");
    }
    if (request->body_has_ended || size == 0) {
        return 0;
    }
    got = request->channel->read(request->channel, buffer, size);
    if (got < 0) {
        request_refuse(request, 400, "the body broke off");
    }
    request->body_has_ended = got == 0;
    request->body_length += (size_t)got;
    if (request->body_length > page->body_limit) {
        request_refuse(request, 413, "the body is longer than it may be");
    }
    return (size_t)got;
}

void request_step_aside(const struct fb_request *request)
{
    if (request->aside != NULL) {
        request->aside->step(request->aside->context);
    }
}

void fb_send(struct fb_request *request)
{
    request_need_visitor(request, "fb_send()");
    if (request->channel == NULL) {
        request_fail(request, "fb_send(): there is no client");
    }
    kept_say(request);
    if (!request->channel->send(request->channel, request)) {
        request_refuse(request, 500, "the client went away");
    }
    out_clear(&request->out);
}

enum fb_result fb_expensive(struct fb_request *request,
                            void (*work)(void *context), void *context)
{
    if (request->expensive == NULL) {
        request_fail(request, "fb_expensive(): there is no server here");
    }
    request_step_aside(request);
    if (!expensive_enter(request->expensive)) {
        log_request(LOG_WARN, request,
                    "expensive work found no free slot in time");
        return FB_UNAVAILABLE;
    }
    work(context);
    expensive_leave(request->expensive);
    return FB_OK;
}
