/*
 * From a request to its reply. A handler either makes a whole reply, or
 * what it made is thrown away and the application's error page is drawn: a
 * visitor never gets half a page.
 */

#include "dispatch.h"

#include <string.h>

#include "account.h"
#include "clock.h"
#include "csrf.h"
#include "database.h"
#include "dev.h"
#include "expensive.h"
#include "forms.h"
#include "json.h"
#include "kept.h"
#include "log.h"
#include "multipart.h"
#include "negotiate.h"
#include "once.h"
#include "pace.h"
#include "problem.h"
#include "ready.h"
#include "routes.h"
#include "scoreboard.h"
#include "slow.h"
#include "uploads.h"
#include "words.h"

const int dispatch_error_statuses[] = {400, 403, 404, 405, 413, 429,
                                       500, 502, 503, 504, 0};

static int status_of(enum fb_result result)
{
    switch (result) {
    case FB_OK:
        return 200;
    case FB_NOT_FOUND:
        return 404;
    case FB_BAD_REQUEST:
        return 400;
    case FB_FORBIDDEN:
        return 403;
    case FB_CONFLICT:
        return 409;
    case FB_INVALID:
        return 422;
    case FB_TOO_MANY:
        return 429;
    case FB_LOG_IN_FIRST:
        return 401;
    case FB_UNAVAILABLE:
        return 503;
    case FB_FAILED:
        return 500;
    }
    return 500;
}

/*
 * A request that used up its memory still gets its error page, and when that
 * fails too, some plain words; each may use this much more.
 */
#define ERROR_RESERVE ((size_t)256 * 1024)

#define SECONDS_TEXT 12

static void plain_error(struct fb_request *request, int status)
{
    const char *text = status == 503 ? "Please try again in a moment.\n"
                                     : "Something went wrong here.\n";

    request_clear_reply(request, status);
    request->content_type = "text/plain; charset=utf-8";
    request->arena->limit += ERROR_RESERVE;
    if (sigsetjmp(request->escape, 0) == 0) {
        fb_out_literal(&request->out, text, strlen(text));
    }
}

/* Who likes JSON better than HTML is told what is wrong in JSON. */
static void draw_error(struct fb_request *request, int status)
{
    request->vary |= REQUEST_VARY_ACCEPT;
    if (negotiate_prefers_json(request)) {
        problem_write(request, status);
        return;
    }
    request->is_error_page = true;
    if (request->app->error_page != NULL) {
        request->app->error_page(request, status);
    } else {
        ready_error_page(request, status);
    }
    request->status = status;
}

/* What the client is to do about it. */
static void add_advice(struct fb_request *request, int status)
{
    struct reply_header header = {.name = "Retry-After", .value = "2"};
    char *seconds;

    if (status == 401) {
        /* HTTP asks for a scheme; ours is a page, which browsers know not. */
        header = (struct reply_header){"WWW-Authenticate", "Session"};
    } else if (status == 429 && request->retry_after > 0) {
        seconds = arena_alloc(request->arena, SECONDS_TEXT);
        if (seconds != NULL) {
            snprintf(seconds, SECONDS_TEXT, "%u", request->retry_after);
            header.value = seconds;
        }
    } else if (status != 503) {
        return;
    }
    request->headers[request->header_count++] = header;
}

void dispatch_error(struct fb_request *request, int status)
{
    if (request->reply_has_begun) {
        request->is_cut_off = true;
        return;
    }
    request_clear_reply(request, status);
    request->arena->limit += ERROR_RESERVE;
    request->escape_is_set = true;
    if (sigsetjmp(request->escape, 0) == 0) {
        draw_error(request, status);
    } else {
        plain_error(request, status);
    }
    request->escape_is_set = false;
    add_advice(request, status);
}

static void method_not_allowed(struct fb_request *request)
{
    char *allow = arena_alloc(request->arena, ROUTES_METHODS_MAX);
    unsigned methods = request->match.methods;

    dispatch_error(request, 405);
    if (allow != NULL) {
        routes_methods_text(methods, allow, ", ");
        request->headers[request->header_count++] =
            (struct reply_header){"Allow", allow};
    }
}

/* A method that changes nothing. */
static bool only_reads(const struct fb_request *request)
{
    return (request->method & ((unsigned)FB_GET | (unsigned)FB_HEAD)) != 0;
}

static bool is_form(const struct fb_request *request)
{
    static const char form[] = "application/x-www-form-urlencoded";
    const char *type = request_param(request, "CONTENT_TYPE");
    size_t length = sizeof(form) - 1;

    return type != NULL && strncasecmp(type, form, length) == 0 &&
           (type[length] == '\0' || strchr("; \t", type[length]) != NULL);
}

/* Whether it is one whose parts are read one by one. */
static bool is_multipart(const struct fb_request *request)
{
    return multipart_is_type(request_param(request, "CONTENT_TYPE"));
}

/* Whether the request sends a form to a page that takes one. */
static bool sends_form(const struct fb_request *request)
{
    return request->match.page->form != NULL && !only_reads(request);
}

/* NULL, or why the client is answered 400. */
static const char *decode_fields(struct fb_request *request)
{
    const char *query = request_param(request, "QUERY_STRING");
    const char *wrong = NULL;

    if (query != NULL) {
        wrong =
            form_decode(&request->query, request->arena, query, strlen(query));
    }
    if (wrong == NULL && sends_form(request) && is_form(request)) {
        wrong = form_decode(&request->form, request->arena, request->body,
                            request->body_length);
    }
    return wrong;
}

/*
 * What no page has to think of: a request that changes something comes from a
 * page of this site, and a form has been checked.
 */
static enum fb_result admit(struct fb_request *request)
{
    enum fb_result result;
    const char *wrong;

    /* Of strangers no file is taken that only members may send. */
    if (sends_form(request) && is_multipart(request)) {
        result = account_admit(request);
        if (result != FB_OK) {
            return result;
        }
        uploads_read(request);
    }
    wrong = csrf_refusal(request);
    if (wrong != NULL) {
        log_request(LOG_INFO, request, "refused: %s", wrong);
        request->refusal = words_translate(request, wrong);
        return FB_FORBIDDEN;
    }
    result = account_admit(request);
    if (result != FB_OK || !sends_form(request)) {
        return result;
    }
    if (request->body_length > 0 && !is_form(request) &&
        !is_multipart(request) && !json_is_sent(request)) {
        request_refuse(request, 415, "the body is neither a form nor JSON");
    }
    wrong = request->match.page->form->once ? once_refusal(request) : NULL;
    if (wrong != NULL) {
        request->refusal = words_translate(request, wrong);
    } else {
        wrong = forms_read(request, request->match.page->form);
    }
    if (wrong != NULL) {
        log_request(LOG_INFO, request, "bad request: %s", wrong);
        return FB_BAD_REQUEST;
    }
    return FB_OK;
}

/* A path is decoded, a query is as it was sent: its escapes stay. */
static bool stands_in_path(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c >= '0' && c <= '9') ||
           (c != '\0' && strchr("/-._~!$&'()*+,;=:@", c) != NULL);
}

static bool stands_in_query(char c)
{
    return c > ' ' && c < 0x7f;
}

/* Of a value of the query: letters, digits and little else. */
static bool stands_in_value(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c >= '0' && c <= '9') || (c != '\0' && strchr("-._~", c) != NULL);
}

/* Returns the end of what was written; three bytes a byte at the most. */
static char *escape(char *to, const char *text, bool (*stands)(char c))
{
    static const char digits[] = "0123456789ABCDEF";

    for (; *text != '\0'; text++) {
        if (stands(*text)) {
            *to++ = *text;
        } else {
            *to++ = '%';
            *to++ = digits[(unsigned char)*text >> 4];
            *to++ = digits[(unsigned char)*text & 15];
        }
    }
    *to = '\0';
    return to;
}

/* The path with the query of the request; NULL without memory. */
static char *location_of(struct fb_request *request, const char *path)
{
    const char *given = request_param(request, "QUERY_STRING");
    const char *query = given != NULL ? given : "";
    char *location =
        arena_alloc(request->arena, 3 * (strlen(path) + strlen(query)) + 2);
    char *end;

    if (location == NULL) {
        return NULL;
    }
    end = escape(location, path, stands_in_path);
    if (query[0] != '\0') {
        *end++ = '?';
        escape(end, query, stands_in_query);
    }
    return location;
}

/*
 * Who reads a page is led to where one logs in, and from there back again; a
 * program, and a form that was sent, are told by a 401.
 */
static bool lead_to_login(struct fb_request *request)
{
    const char *login = account_way_in(request);
    const char *wanted;
    char *next;

    if (login == NULL || !only_reads(request) ||
        negotiate_prefers_json(request)) {
        return false;
    }
    wanted = location_of(request, request->path);
    if (wanted == NULL) {
        return false;
    }
    next = fb_alloc(request, 3 * strlen(wanted) + 1);
    escape(next, wanted, stands_in_value);
    fb_redirect(request, fb_printf(request, "%s?next=%s", login, next));
    return true;
}

/* The handler, if it may, and the end of what it has begun to write. */
static enum fb_result admit_and_handle(struct fb_request *request)
{
    enum fb_result result = admit(request);

    if (result == FB_OK) {
        result = request->match.page->handler(request);
    }
    if (result == FB_LOG_IN_FIRST && lead_to_login(request)) {
        return FB_OK;
    }
    if (result == FB_OK && request->finish != NULL) {
        request->finish(request);
    }
    if (result == FB_OK) {
        kept_say(request);
    }
    return result;
}

/* The status that the client will see. */
static int outcome_of(const struct fb_request *request, enum fb_result result)
{
    if (result == FB_OK) {
        return request->status;
    }
    return request->escape_status != 0 ? request->escape_status
                                       : status_of(result);
}

static void run_handler(const struct app *app, struct fb_request *request)
{
    volatile enum fb_result result = FB_FAILED;
    size_t page = (size_t)(request->match.page - app->pages);
    int64_t took;

    score_page(request->match.page->name);
    if (request->pace != NULL && pace_is_slow(request->pace, page)) {
        request_step_aside(request);
    }
    slow_begin();
    request->escape_is_set = true;
    if (sigsetjmp(request->escape, 0) == 0) {
        kept_begin(request);
        result = admit_and_handle(request);
    }
    kept_end(request);
    request->escape_is_set = false;
    took = clock_now_us() - request->begun_us;
    if (request->pace != NULL) {
        pace_note(request->pace, page, took);
    }
    request->outcome = outcome_of(request, result);
    slow_end(request, took);
    if (result != FB_OK) {
        dispatch_error(request, request->outcome);
    }
    kept_say(request);
    server_timing_add(request, took);
    if (request->database != NULL) {
        database_totals(request->database, &request->statements,
                        &request->statement_us);
        database_end_request(request->database);
    }
    uploads_end(request);
    if (request->expensive != NULL) {
        expensive_leave(request->expensive);
    }
}

/*
 * Some servers in front of us know no routes: a path that only has a slash too
 * many or too few at its end is then corrected here, as our module does it.
 * A path of a page begins with one slash, so none leads to another host.
 */
static bool redirect_to_other_slash(const struct app *app,
                                    struct fb_request *request)
{
    bool is_read = request->method == FB_GET || request->method == FB_HEAD;
    char other[ROUTES_OTHER_MAX];
    char *location;

    if (!routes_other_slash(app->routes, request->path, request->method,
                            other)) {
        return false;
    }
    location = location_of(request, other);
    if (location == NULL) {
        return false;
    }
    request_clear_reply(request, is_read ? 301 : 308);
    request->headers[request->header_count++] =
        (struct reply_header){"Location", location};
    return true;
}

/* Finds the page; false when the reply says already that there is none. */
static bool find_page(const struct app *app, struct fb_request *request)
{
    routes_match(app->routes, request->path, request->method, &request->match);
    if (request->match.methods == 0) {
        if (!redirect_to_other_slash(app, request)) {
            dispatch_error(request, 404);
        }
        return false;
    }
    if (request->match.page == NULL) {
        method_not_allowed(request);
        return false;
    }
    return true;
}

void dispatch(const struct app *app, struct fb_request *request)
{
    const char *wrong;

    if (!find_page(app, request)) {
        return;
    }
    /* The engine's own page, which comes first, tells of the server. */
    if (request->match.page != app->pages && dev_answer_problem(request)) {
        return;
    }
    wrong = decode_fields(request);
    if (wrong != NULL) {
        log_request(LOG_INFO, request, "bad request: %s", wrong);
        dispatch_error(request, 400);
        return;
    }
    run_handler(app, request);
}

void dispatch_too_long(const struct app *app, struct fb_request *request)
{
    if (find_page(app, request)) {
        dispatch_error(request, 413);
    }
}

struct dispatch_body dispatch_body(const struct app *app,
                                   const struct fb_request *request)
{
    struct route_match match;

    routes_match(app->routes, request->path, request->method, &match);
    if (match.page == NULL) {
        return (struct dispatch_body){0};
    }
    return (struct dispatch_body){
        .limit = match.page->body_limit,
        .streams = match.page->streams_body ||
                   (match.page->form != NULL && is_multipart(request))};
}
