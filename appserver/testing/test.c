/*
 * Tests of applications: api/foobar/test.h.
 *
 * A test has a visitor, who has cookies and headers, and asks for pages one
 * after the other. Each request is filled in here as connection.c does it for
 * one that came over FastCGI, and then goes through dispatch().
 *
 * The program is linked with the application and with the engine, so that
 * `foobar_app` is found without loading anything, and a debugger knows both.
 */

#include <foobar/test.h>

#include <ctype.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "account.h"
#include "app.h"
#include "arena.h"
#include "clock.h"
#include "csrf.h"
#include "database.h"
#include "dispatch.h"
#include "expensive.h"
#include "form.h"
#include "jobs.h"
#include "locale.h"
#include "log.h"
#include "pictures.h"
#include "request.h"
#include "session.h"
#include "settings.h"
#include "spool.h"
#include "trace.h"

#define HOST "localhost"
#define TEXT_MAX 4096 /* a line of the environment */
#define ENVIRONMENT_MAX (FB_TEST_NAMES_MAX + 20)
#define SLOT_WAIT_MS 1000

struct pair {
    char *name;
    char *value;
};

/* A request, its reply, and the memory of both. */
struct visit {
    struct visit *next;
    struct arena arena;
    struct fb_request request;
    struct request_channel channel;
    struct fb_test_reply reply;
    char *environment[ENVIRONMENT_MAX + 1];
    size_t environment_count;
    const char *body;
    size_t body_length;
    size_t body_read;
    char *sent; /* by fb_send(), piece by piece */
    size_t sent_length;
};

static struct {
    struct settings settings;
    struct app app;
    struct database *database; /* NULL: none was started */
    struct expensive expensive;
    struct spool *spool; /* NULL: no form takes files */
    struct pictures pictures;
    pid_t helper; /* who draws pictures; 0: nobody */
    struct csrf csrf;
    struct visit *visits; /* the last one first */
    struct pair headers[FB_TEST_NAMES_MAX];
    struct pair cookies[FB_TEST_NAMES_MAX];
} test;

/* ------------------------------------------------------- the end of a test */

/* What is wrong with the test itself, or with where it runs. */
static _Noreturn void give_up(const char *format, ...)
    __attribute__((format(printf, 1, 2)));

static _Noreturn void give_up(const char *format, ...)
{
    char text[TEXT_MAX];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    ck_abort_msg("%s", text);
    abort(); /* ck_abort_msg() does not return, which only check knows */
}

static void *must(void *memory)
{
    if (memory == NULL) {
        give_up("the test has no memory left");
    }
    return memory;
}

/* -------------------------------------------------------- headers, cookies */

static void forget(struct pair *pair)
{
    free(pair->name);
    free(pair->value);
    *pair = (struct pair){0};
}

static void forget_all(struct pair *pairs)
{
    size_t i;

    for (i = 0; i < FB_TEST_NAMES_MAX; i++) {
        forget(&pairs[i]);
    }
}

/* The pair of this name, else an empty one, else NULL. */
static struct pair *find_pair(struct pair *pairs, const char *name,
                              int (*compare)(const char *, const char *))
{
    struct pair *empty = NULL;
    size_t i;

    for (i = 0; i < FB_TEST_NAMES_MAX; i++) {
        if (pairs[i].name == NULL) {
            empty = empty == NULL ? &pairs[i] : empty;
        } else if (compare(pairs[i].name, name) == 0) {
            return &pairs[i];
        }
    }
    return empty;
}

static void set_pair(struct pair *pairs, const char *name, const char *value,
                     int (*compare)(const char *, const char *))
{
    struct pair *pair = find_pair(pairs, name, compare);

    if (pair == NULL) {
        give_up("a test has at most %d headers and as many cookies",
                FB_TEST_NAMES_MAX);
    }
    forget(pair);
    if (value != NULL) {
        pair->name = must(strdup(name));
        pair->value = must(strdup(value));
    }
}

void fb_test_header(const char *name, const char *value)
{
    set_pair(test.headers, name, value, strcasecmp);
}

void fb_test_cookie(const char *name, const char *value)
{
    set_pair(test.cookies, name, value, strcmp);
}

const char *fb_test_cookie_of(const char *name)
{
    const struct pair *pair = find_pair(test.cookies, name, strcmp);

    return pair != NULL ? pair->value : NULL;
}

/* "name=value; Path=/; Max-Age=0": the browser keeps it, or throws it away. */
static void keep_cookie(const char *text)
{
    size_t length = strcspn(text, ";");
    char *pair = must(strndup(text, length));
    char *value = strchr(pair, '=');

    if (value != NULL) {
        bool is_over = strcasestr(text + length, "max-age=0") != NULL;

        *value++ = '\0';
        fb_test_cookie(pair, is_over ? NULL : value);
    }
    free(pair);
}

/* ------------------------------------------------------------ the request */

static void add_parameter(struct visit *visit, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void add_parameter(struct visit *visit, const char *format, ...)
{
    va_list arguments;
    char *text;

    va_start(arguments, format);
    if (vasprintf(&text, format, arguments) < 0) {
        text = NULL;
    }
    va_end(arguments);
    if (visit->environment_count == ENVIRONMENT_MAX) {
        give_up("the request has too many headers");
    }
    visit->environment[visit->environment_count++] = must(text);
}

/* "Accept-Language" comes as HTTP_ACCEPT_LANGUAGE. */
static void add_header(struct visit *visit, const char *name, const char *value)
{
    char param[128];
    size_t i;

    for (i = 0; i < sizeof(param) - 1 && *name != '\0'; i++, name++) {
        param[i] = *name == '-' ? '_' : (char)toupper((unsigned char)*name);
    }
    param[i] = '\0';
    add_parameter(visit, "HTTP_%s=%s", param, value);
}

/* What the test says itself is not said twice. */
static void add_default(struct visit *visit, const char *name,
                        const char *value)
{
    const struct pair *pair = find_pair(test.headers, name, strcasecmp);

    if (pair == NULL || pair->name == NULL) {
        add_header(visit, name, value);
    }
}

static void add_cookies(struct visit *visit)
{
    char text[TEXT_MAX] = "";
    size_t length = 0;
    size_t i;

    for (i = 0; i < FB_TEST_NAMES_MAX; i++) {
        const struct pair *cookie = &test.cookies[i];
        int more;

        if (cookie->name == NULL) {
            continue;
        }
        more = snprintf(text + length, sizeof(text) - length, "%s%s=%s",
                        length > 0 ? "; " : "", cookie->name, cookie->value);
        length += (size_t)more;
        if (length >= sizeof(text)) {
            give_up("the cookies of the test are longer than %zu bytes",
                    sizeof(text));
        }
    }
    if (length > 0) {
        add_header(visit, "Cookie", text);
    }
}

static void add_parameters(struct visit *visit, const char *path,
                           const char *type)
{
    const char *query = strchr(path, '?');
    size_t i;

    add_parameter(visit, "REQUEST_METHOD=%s", visit->request.method_name);
    add_parameter(visit, "REQUEST_URI=%s", path);
    add_parameter(visit, "QUERY_STRING=%s", query != NULL ? query + 1 : "");
    add_parameter(visit, "REQUEST_SCHEME=http");
    add_parameter(visit, "SERVER_NAME=" HOST);
    add_parameter(visit, "SERVER_PORT=80");
    add_parameter(visit, "REMOTE_ADDR=127.0.0.1");
    if (visit->body != NULL) {
        add_parameter(visit, "CONTENT_TYPE=%s", type);
        add_parameter(visit, "CONTENT_LENGTH=%zu", visit->body_length);
    }
    add_default(visit, "Host", HOST);
    if ((visit->request.method & (FB_GET | FB_HEAD)) == 0) {
        add_default(visit, "Origin", "http://" HOST);
        add_default(visit, "Sec-Fetch-Site", "same-origin");
    }
    for (i = 0; i < FB_TEST_NAMES_MAX; i++) {
        if (test.headers[i].name != NULL) {
            add_header(visit, test.headers[i].name, test.headers[i].value);
        }
    }
    add_cookies(visit);
    visit->request.environment = visit->environment;
}

static void set_path(struct visit *visit, const char *path)
{
    visit->request.path =
        form_decode_path(&visit->arena, path, strcspn(path, "?"));
    if (path[0] != '/' || visit->request.path == NULL) {
        give_up("\"%s\" is no path: it begins with \"/\", and its %%XX are "
                "text in UTF-8",
                path);
    }
}

/* ------------------------------------------------- bodies that go in pieces */

static struct visit *visit_of(struct request_channel *channel)
{
    return (struct visit *)((char *)channel - offsetof(struct visit, channel));
}

static int read_piece(struct request_channel *channel, void *buffer,
                      size_t size)
{
    struct visit *visit = visit_of(channel);
    size_t left = visit->body_length - visit->body_read;
    size_t piece = size < left ? size : left;

    if (piece > 0) {
        memcpy(buffer, visit->body + visit->body_read, piece);
    }
    visit->body_read += piece;
    return (int)piece;
}

static bool keep_piece(struct request_channel *channel,
                       struct fb_request *request)
{
    struct visit *visit = visit_of(channel);
    size_t length = visit->sent_length + request->out.length;

    visit->sent = must(realloc(visit->sent, length + 1));
    if (request->out.length > 0) {
        memcpy(visit->sent + visit->sent_length, request->out.bytes,
               request->out.length);
    }
    visit->sent[length] = '\0';
    visit->sent_length = length;
    request->reply_has_begun = true;
    return true;
}

/* --------------------------------------------------------------- the visit */

static struct visit *begin_visit(void)
{
    struct visit *visit = must(calloc(1, sizeof(*visit)));
    struct fb_request *request = &visit->request;

    visit->next = test.visits;
    test.visits = visit;
    arena_init(&visit->arena,
               (size_t)test.settings.request_memory_mib * 1024 * 1024);
    request_init(request, &visit->arena, test.app.table, test.database);
    request->expensive = &test.expensive;
    request->csrf = &test.csrf;
    request->settings = &test.settings;
    request->spool = test.spool;
    request->pictures = &test.pictures;
    visit->channel =
        (struct request_channel){.read = read_piece, .send = keep_piece};
    request->channel = &visit->channel;
    return visit;
}

static const struct fb_test_reply *end_visit(struct visit *visit)
{
    struct fb_request *request = &visit->request;
    unsigned i;

    keep_piece(&visit->channel, request);
    visit->reply = (struct fb_test_reply){.status = request->status,
                                          .type = request->content_type,
                                          .body = visit->sent,
                                          .length = visit->sent_length,
                                          .headers = request};
    for (i = 0; i < request->header_count; i++) {
        if (strcasecmp(request->headers[i].name, "Set-Cookie") == 0) {
            keep_cookie(request->headers[i].value);
        }
    }
    return &visit->reply;
}

static void answer(struct visit *visit)
{
    struct fb_request *request = &visit->request;
    struct dispatch_body body = dispatch_body(&test.app, request);

    if (visit->body_length > body.limit && !body.streams) {
        dispatch_too_long(&test.app, request);
        return;
    }
    if (!body.streams) {
        request->body = visit->body;
        request->body_length = visit->body_length;
    }
    request->begun_us = clock_now_us();
    dispatch(&test.app, request);
    if (request->is_cut_off) {
        give_up("%s %s failed after fb_send(): the visitor would get half a "
                "reply; the log says why",
                request->method_name, request->path);
    }
}

/* A browser keeps what stands behind a "#" to itself. */
static const char *without_fragment(struct visit *visit, const char *path)
{
    size_t length = strcspn(path, "#");
    char *copy = must(arena_alloc(&visit->arena, length + 1));

    memcpy(copy, path, length);
    return copy;
}

/* As a page of the site would send it that the visitor has just opened. */
static void add_token(struct visit *visit)
{
    struct fb_request *request = &visit->request;

    if ((request->method & (FB_GET | FB_HEAD)) == 0 &&
        session_first(request) != NULL) {
        add_default(visit, "X-CSRF-Token", csrf_token(request));
    }
}

static const struct fb_test_reply *send_bytes(const char *method,
                                              const char *path,
                                              const char *type,
                                              const char *body, size_t length)
{
    struct visit *visit = begin_visit();

    path = without_fragment(visit, path);
    visit->request.method_name = method;
    visit->request.method = routes_method_of(method);
    visit->body = body;
    visit->body_length = length;
    set_path(visit, path);
    add_parameters(visit, path, type);
    add_token(visit);
    trace_begin(&visit->request);
    answer(visit);
    return end_visit(visit);
}

const struct fb_test_reply *fb_test_send(const char *method, const char *path,
                                         const char *type, const char *body)
{
    return send_bytes(method, path, type, body,
                      body != NULL ? strlen(body) : 0);
}

const struct fb_test_reply *fb_test_get(const char *path)
{
    return fb_test_send("GET", path, NULL, NULL);
}

/* One end of the text grows; the rest is what a browser does. */
static void put_encoded(FILE *stream, const char *text)
{
    for (; *text != '\0'; text++) {
        unsigned char c = (unsigned char)*text;

        if (isascii(c) && isalnum(c)) {
            fputc(c, stream);
        } else {
            fprintf(stream, "%%%02X", c);
        }
    }
}

const struct fb_test_reply *
fb_test_post_fields(const char *path, const struct fb_test_field *fields,
                    size_t count)
{
    const struct fb_test_reply *reply;
    char *body = NULL;
    size_t length = 0;
    FILE *stream = must(open_memstream(&body, &length));
    size_t i;

    for (i = 1; i < count; i++) {
        put_encoded(stream, fields[i].name);
        fputc('=', stream);
        put_encoded(stream, fields[i].value);
        fputs(i + 1 < count ? "&" : "", stream);
    }
    fclose(stream);
    reply = fb_test_send("POST", path, "application/x-www-form-urlencoded",
                         must(body));
    free(body);
    return reply;
}

#define BOUNDARY "----fb-test-boundary"

static void put_part(FILE *stream, const char *field, const char *name,
                     const void *bytes, size_t length)
{
    fprintf(stream,
            "--" BOUNDARY "\r\nContent-Disposition: form-data; name=\"%s\"",
            field);
    if (name != NULL) {
        fprintf(stream, "; filename=\"%s\"", name);
    }
    fputs("\r\n\r\n", stream);
    if (fwrite(bytes, 1, length, stream) != length) {
        give_up("the test has no memory left");
    }
    fputs("\r\n", stream);
}

const struct fb_test_reply *
fb_test_upload_fields(const char *path, const struct fb_test_file *file,
                      const struct fb_test_field *fields, size_t count)
{
    const struct fb_test_reply *reply;
    char *body = NULL;
    size_t length = 0;
    FILE *stream = must(open_memstream(&body, &length));
    size_t i;

    put_part(stream, file->field, file->name, file->bytes, file->size);
    for (i = 1; i < count; i++) {
        put_part(stream, fields[i].name, NULL, fields[i].value,
                 strlen(fields[i].value));
    }
    fputs("--" BOUNDARY "--\r\n", stream);
    fclose(stream);
    reply = send_bytes("POST", path, "multipart/form-data; boundary=" BOUNDARY,
                       must(body), length);
    free(body);
    return reply;
}

/* --------------------------------------------------- looking at the reply */

const char *fb_test_header_of(const struct fb_test_reply *reply,
                              const char *name)
{
    const struct fb_request *request = reply->headers;
    unsigned i;

    for (i = 0; i < request->header_count; i++) {
        if (strcasecmp(request->headers[i].name, name) == 0) {
            return request->headers[i].value;
        }
    }
    return NULL;
}

bool fb_test_has(const struct fb_test_reply *reply, const char *text)
{
    return memmem(reply->body, reply->length, text, strlen(text)) != NULL;
}

/* The value of an attribute of the tag that begins here, as it is written. */
static bool find_attribute(const char *tag, const char *name,
                           const char **value, size_t *length)
{
    const char *end = tag + strcspn(tag, ">");
    size_t name_length = strlen(name);
    const char *at;

    for (at = tag; (at = strstr(at, name)) != NULL && at < end; at++) {
        if (isspace((unsigned char)at[-1]) && at[name_length] == '=' &&
            at[name_length + 1] == '"') {
            *value = at + name_length + 2;
            *length = strcspn(*value, "\"");
            return true;
        }
    }
    return false;
}

/* Undoes what fb_out_text() does. */
static const char *decode(struct arena *arena, const char *text, size_t length)
{
    static const struct {
        const char *written;
        char means;
    } rows[] = {{"&amp;", '&'},
                {"&lt;", '<'},
                {"&gt;", '>'},
                {"&#34;", '"'},
                {"&#39;", '\''}};
    char *result = must(arena_alloc(arena, length + 1));
    char *to = result;
    size_t at = 0;

    while (at < length) {
        size_t i = 0;

        while (i < sizeof(rows) / sizeof(rows[0]) &&
               strncmp(text + at, rows[i].written, strlen(rows[i].written)) !=
                   0) {
            i++;
        }
        if (i < sizeof(rows) / sizeof(rows[0])) {
            *to++ = rows[i].means;
            at += strlen(rows[i].written);
        } else {
            *to++ = text[at++];
        }
    }
    return result;
}

const char *fb_test_input_of(const struct fb_test_reply *reply,
                             const char *name)
{
    const struct fb_request *request = reply->headers;
    const char *tag = reply->body;
    const char *value;
    size_t length;

    while ((tag = strstr(tag, "<input")) != NULL) {
        if (find_attribute(tag, "name", &value, &length) &&
            strlen(name) == length && memcmp(value, name, length) == 0) {
            return find_attribute(tag, "value", &value, &length)
                       ? decode(request->arena, value, length)
                       : "";
        }
        tag++;
    }
    return NULL;
}

struct fb_request *fb_test_request(void)
{
    struct visit *visit = begin_visit();

    add_parameters(visit, "/", NULL);
    trace_begin(&visit->request);
    return &visit->request;
}

const struct fb_test_reply *fb_test_drawn(void)
{
    if (test.visits == NULL) {
        give_up("fb_test_drawn() before fb_test_request()");
    }
    return end_visit(test.visits);
}

/* ------------------------------------------------------------ members */

struct logging_in {
    const char *email;
    const char *role;
    int64_t account;
};

/* The first of the application's, unless the test wants another one. */
static const char *role_of(struct fb_request *request,
                           const struct logging_in *who)
{
    const char *roles = request->app->accounts->roles;

    return who->role != NULL
               ? who->role
               : request_strndup(request, roles, strcspn(roles, ","));
}

/* Nobody ever logs in with an empty hash; the test needs no password. */
static enum fb_result find_or_add(struct fb_request *request,
                                  struct logging_in *who)
{
    const char *key = account_email_key(request, who->email);
    const struct fb_account *found;
    enum fb_result result;

    if (key == NULL) {
        give_up("\"%s\" is no e-mail address", who->email);
    }
    result = fb_find_account(request, who->email, &found);
    if (result == FB_NOT_FOUND) {
        result = account_execute(request, ACCOUNT_ADD, fb_text(who->email),
                                 fb_text(key), fb_text(""),
                                 fb_text(role_of(request, who)));
        who->account = fb_insert_id(request);
        return result;
    }
    if (result != FB_OK) {
        return result;
    }
    who->account = found->id;
    return who->role != NULL && strcmp(who->role, found->role) != 0
               ? fb_set_role(request, found->id, who->role)
               : FB_OK;
}

/* What the pages could ask of him. */
static enum fb_strength strongest(const struct fb_request *request)
{
    return request->app->accounts->second_factor_path != NULL
               ? FB_BY_SECOND_FACTOR
               : FB_BY_PASSWORD;
}

static enum fb_result log_in(struct fb_request *request, void *context)
{
    struct logging_in *who = context;
    enum fb_result result = find_or_add(request, who);

    return result == FB_OK
               ? account_session_begin(
                     request,
                     &(struct account_begin){.account = who->account,
                                             .is_confirmed = true,
                                             .strength = strongest(request)})
               : result;
}

int64_t fb_test_log_in(const char *email, const char *role)
{
    struct logging_in who = {.email = email, .role = role};
    struct fb_request *request = fb_test_request();

    if (test.database == NULL || request->app->accounts == NULL) {
        give_up("fb_test_log_in() needs a database and an application with "
                "accounts");
    }
    if (role != NULL &&
        !account_role_is_listed(request->app->accounts->roles, role)) {
        give_up("the application has no role \"%s\"", role);
    }
    if (database_transaction(request, log_in, &who) != FB_OK) {
        give_up("%s could not be logged in; the log says why", email);
    }
    (void)fb_test_drawn();
    return who.account;
}

/* ------------------------------------------------------------ the database */

static MYSQL *ask_database(const char *sql)
{
    MYSQL *connection =
        test.database != NULL ? database_connection(test.database) : NULL;

    if (connection == NULL) {
        give_up("the test asks the database, and there is none; run it by: "
                "make test, or: foobarctl test -- PROGRAM");
    }
    if (mysql_query(connection, sql) != 0) {
        give_up("%s: %s", mysql_error(connection), sql);
    }
    return connection;
}

void fb_test_sql(const char *sql)
{
    mysql_free_result(mysql_store_result(ask_database(sql)));
}

const char *fb_test_sql_value(const char *sql)
{
    MYSQL_RES *result = mysql_store_result(ask_database(sql));
    MYSQL_ROW row = result != NULL ? mysql_fetch_row(result) : NULL;
    char *copy = NULL;

    if (row != NULL && row[0] != NULL) {
        struct visit *visit = begin_visit();

        copy = must(arena_alloc(&visit->arena, strlen(row[0]) + 1));
        memcpy(copy, row[0], strlen(row[0]));
    }
    mysql_free_result(result);
    return copy;
}

/* ----------------------------------------------------------- done later */

/* A request that nobody has sent, as in runner.c. */
static struct fb_request *job_request(void)
{
    struct visit *visit = begin_visit();
    struct fb_request *request = &visit->request;

    request->method_name = "JOB";
    request->path = "jobs";
    request->locale = test.app.table->locales != NULL
                          ? test.app.table->locales[0]
                          : LOCALE_DEFAULT;
    request->environment = visit->environment;
    trace_begin(request);
    return request;
}

/* false: none waits whose time has come. */
static bool run_one(const struct job_table *table)
{
    struct fb_request *request = job_request();
    struct job job;
    enum fb_result result = jobs_take(request, table, "test", &job);

    if (result == FB_NOT_FOUND) {
        return false;
    }
    if (result != FB_OK) {
        give_up("the jobs could not be looked at; the log says why");
    }
    request->path = job.row->name;
    jobs_run(request, &job);
    if (!job.is_done) {
        give_up("the job %s failed: %s", job.row->name, job.error);
    }
    return true;
}

unsigned fb_test_run_jobs(void)
{
    struct job_table table;
    unsigned done = 0;

    if (test.database == NULL) {
        give_up("fb_test_run_jobs() needs a database");
    }
    if (!jobs_list(&table, test.app.table)) {
        give_up("the test has no memory left");
    }
    while (run_one(&table)) {
        done++;
    }
    jobs_free(&table);
    return done;
}

/* "WHERE to_address = 'a@example.org'", or nothing. */
static const char *to_whom(struct fb_request *request, const char *to)
{
    char escaped[2 * FB_MAIL_ADDRESS_MAX + 1];

    if (to == NULL) {
        return "";
    }
    if (strlen(to) > FB_MAIL_ADDRESS_MAX) {
        give_up("\"%s\" is no e-mail address", to);
    }
    mysql_real_escape_string(ask_database("DO 0"), escaped, to, strlen(to));
    return fb_printf(request, "WHERE to_address = '%s'", escaped);
}

static const char *copy_column(struct fb_request *request, const char *text)
{
    return text != NULL ? request_strndup(request, text, strlen(text)) : NULL;
}

const struct fb_test_mail *fb_test_mail(const char *to)
{
    struct fb_request *request = &begin_visit()->request;
    const char *sql =
        fb_printf(request,
                  "SELECT to_address, to_name, subject, text, html, kind "
                  "FROM outbox %s ORDER BY id DESC LIMIT 1",
                  to_whom(request, to));
    MYSQL_RES *result = mysql_store_result(ask_database(sql));
    MYSQL_ROW row = result != NULL ? mysql_fetch_row(result) : NULL;
    struct fb_test_mail *mail = NULL;

    if (row != NULL) {
        mail = fb_alloc(request, sizeof(*mail));
        *mail = (struct fb_test_mail){.to = copy_column(request, row[0]),
                                      .to_name = copy_column(request, row[1]),
                                      .subject = copy_column(request, row[2]),
                                      .text = copy_column(request, row[3]),
                                      .html = copy_column(request, row[4]),
                                      .kind = copy_column(request, row[5])};
    }
    mysql_free_result(result);
    return mail;
}

unsigned fb_test_mail_count(const char *to)
{
    struct fb_request *request = &begin_visit()->request;
    const char *count = fb_test_sql_value(fb_printf(
        request, "SELECT COUNT(*) FROM outbox %s", to_whom(request, to)));

    return count != NULL ? (unsigned)strtoul(count, NULL, 10) : 0;
}

const char *fb_test_link_of(const struct fb_test_mail *mail, const char *path)
{
    struct fb_request *request = &begin_visit()->request;
    const char *site = test.settings.site_url;
    const char *url = fb_printf(request, "%s%s", site, path);
    const char *at = strstr(mail->text, url);

    if (at == NULL) {
        return NULL;
    }
    at += strlen(site);
    return request_strndup(request, at, strcspn(at, " \r\n<>\""));
}

/* -------------------------------------------------------- before and after */

static void open_database(char *problem, size_t size)
{
    const char *file = getenv("FOOBAR_TEST_SETTINGS");
    struct findings findings = {.count = 0};

    if (file == NULL) {
        return; /* told when somebody asks for it */
    }
    settings_read(&test.settings, file, &findings);
    if (findings.count > 0) {
        findings_sum(&findings, problem, size);
        give_up("%s", problem);
    }
    if (test.settings.site_url[0] == '\0' &&
        !settings_set(&test.settings, "site-url", "http://" HOST, problem,
                      size)) {
        give_up("%s", problem);
    }
    test.database =
        database_make(&test.settings, test.app.table->statements,
                      test.app.table->statement_count, problem, size);
    if (test.database == NULL) {
        give_up("%s", problem);
    }
    database_keep_nothing(test.database);
}

static void start_helper(void)
{
    pid_t parent = getpid();

    if (!pictures_open(&test.pictures)) {
        give_up("the test cannot have a process that draws pictures");
    }
    test.helper = fork();
    if (test.helper == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        _exit(getppid() == parent
                  ? picture_helper_run(&test.pictures, &test.settings)
                  : EXIT_FAILURE);
    }
}

/* What a server has for forms that take files. */
static void open_spool(char *problem, size_t size)
{
    if (!app_takes_files(&test.app)) {
        return;
    }
    test.spool = spool_open(&test.settings, problem, size);
    if (test.spool == NULL) {
        give_up("%s", problem);
    }
    if (app_takes_pictures(&test.app)) {
        start_helper();
    }
}

void fb_test_begin(void)
{
    char problem[1024];

    memset(&test, 0, sizeof(test));
    settings_init(&test.settings);
    log_use(&test.settings);
    if (!app_use(&test.app, &foobar_app, foobar_app.name, problem,
                 sizeof(problem))) {
        give_up("%s", problem);
    }
    if (!expensive_open(&test.expensive, 1, SLOT_WAIT_MS)) {
        give_up("the test cannot have a slot for expensive work");
    }
    open_database(problem, sizeof(problem));
    open_spool(problem, sizeof(problem));
    /* A secret for this test alone. */
    randombytes_buf(test.csrf.key, sizeof(test.csrf.key));
    test.csrf.is_set = true;
}

static void free_visit(struct visit *visit)
{
    size_t i;

    for (i = 0; i < visit->environment_count; i++) {
        free(visit->environment[i]);
    }
    arena_free(&visit->arena);
    free(visit->sent);
    free(visit);
}

void fb_test_end(void)
{
    while (test.visits != NULL) {
        struct visit *visit = test.visits;

        test.visits = visit->next;
        free_visit(visit);
    }
    forget_all(test.headers);
    forget_all(test.cookies);
    database_free(test.database); /* what was written goes with it */
    if (test.helper > 0) {
        /* Of SIGTERM the handler of check would run there. */
        kill(test.helper, SIGKILL);
        waitpid(test.helper, NULL, 0);
        pictures_close(&test.pictures);
    }
    spool_close(test.spool);
    expensive_close(&test.expensive);
    app_unload(&test.app);
    settings_free(&test.settings);
}
