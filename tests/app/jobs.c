/*
 * The application of the tests of jobs: its pages add jobs, which write what
 * they have done into the table `marks`, or fail, crash, hang and wait.
 */

#include <foobar/foobar.h>

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    SQL_MARK,
    SQL_SLOW_MARK
};

static const struct fb_statement statements[] = {
    [SQL_MARK] = {"mark", "INSERT INTO marks (word, attempt) VALUES (?, ?)"},
    [SQL_SLOW_MARK] = {"slow_mark", "INSERT INTO marks (word, attempt) "
                                    "SELECT ?, ? + SLEEP(?)"},
};

static const char *query(struct fb_request *request, const char *name)
{
    const char *text = fb_query(request, name);

    return text != NULL ? text : "";
}

/* --- pages --------------------------------------------------------------- */

static enum fb_result add_job(struct fb_request *request, void *context)
{
    const char *key = query(request, "key");
    enum fb_result result =
        fb_job_add(request, query(request, "job"), query(request, "payload"),
                   .after = strtol(query(request, "after"), NULL, 10),
                   .key = key[0] != '\0' ? key : NULL);

    (void)context;
    if (result == FB_OK && fb_query(request, "fail") != NULL) {
        return FB_BAD_REQUEST;
    }
    if (result == FB_OK && fb_query(request, "crash") != NULL) {
        raise(SIGKILL);
    }
    return result;
}

/* ?job=NAME&payload=TEXT, and &fail or &crash within the transaction. */
static enum fb_result add(struct fb_request *request)
{
    return fb_transaction(request, add_job, NULL);
}

static enum fb_result add_outside(struct fb_request *request)
{
    return fb_job_add(request, "mark", "");
}

static enum fb_result ask_as_visitor(struct fb_request *request)
{
    fb_job_payload(request);
    return FB_OK;
}

/* --- jobs ---------------------------------------------------------------- */

static enum fb_result write_mark(struct fb_request *request, void *context)
{
    return fb_execute(request, SQL_MARK, fb_text(context),
                      fb_int(fb_job_try(request)));
}

static enum fb_result mark_as(struct fb_request *request, const char *word)
{
    return fb_transaction(request, write_mark, (void *)(uintptr_t)word);
}

static enum fb_result mark(struct fb_request *request)
{
    return mark_as(request, fb_job_payload(request));
}

static void wait_seconds(int64_t seconds)
{
    struct timespec pause = {.tv_sec = seconds};

    while (nanosleep(&pause, &pause) != 0) {
    }
}

/* The mark is written, and the transaction goes on for that many seconds. */
static enum fb_result write_slowly(struct fb_request *request, void *context)
{
    int64_t seconds = fb_job_payload_int(request);
    enum fb_result result = fb_execute(request, SQL_SLOW_MARK, fb_text("slow"),
                                       fb_int(fb_job_try(request)), fb_int(0));

    (void)context;
    if (fb_job_try(request) == 1) {
        wait_seconds(seconds);
    }
    return result;
}

static enum fb_result slow(struct fb_request *request)
{
    return fb_transaction(request, write_slowly, NULL);
}

/* Writes, and gives up in the first two tries. */
static enum fb_result write_and_fail(struct fb_request *request, void *context)
{
    enum fb_result result = write_mark(request, context);

    if (result == FB_OK && fb_job_try(request) < 3) {
        fb_log(request, "the third time will be lucky\x01");
        return FB_UNAVAILABLE;
    }
    return result;
}

static enum fb_result lucky(struct fb_request *request)
{
    return fb_transaction(request, write_and_fail, "lucky");
}

static enum fb_result crash(struct fb_request *request)
{
    if (fb_job_try(request) == 1) {
        raise(SIGSEGV);
    }
    return mark_as(request, "crashed");
}

static enum fb_result hang(struct fb_request *request)
{
    if (fb_job_try(request) == 1) {
        wait_seconds(100);
    }
    return mark_as(request, "hung");
}

static enum fb_result hopeless(struct fb_request *request)
{
    fb_log(request, "there is no hope for %s", fb_job_payload(request));
    return FB_FAILED;
}

static enum fb_result twice(struct fb_request *request)
{
    enum fb_result result = mark_as(request, "first");

    return result == FB_OK ? mark_as(request, "second") : result;
}

/* Each continues as the next, down to zero. */
static enum fb_result mark_and_continue(struct fb_request *request,
                                        void *context)
{
    int64_t left = fb_job_payload_int(request);
    enum fb_result result = write_mark(request, context);

    return result == FB_OK && left > 0
               ? fb_job_add(request, "chain",
                            fb_printf(request, "%d", (int)left - 1))
               : result;
}

static enum fb_result chain(struct fb_request *request)
{
    return fb_transaction(request, mark_and_continue, "chain");
}

/* What is about a visitor is an error here; the payload says which call. */
static enum fb_result visitor(struct fb_request *request)
{
    const char *call = fb_job_payload(request);

    if (strcmp(call, "redirect") == 0) {
        fb_redirect(request, "/");
    } else if (strcmp(call, "cookie") == 0) {
        (void)fb_cookie(request, "name");
    } else if (strcmp(call, "set-cookie") == 0) {
        fb_set_cookie(request,
                      &(struct fb_cookie){.name = "name", .value = "value"});
    } else if (strcmp(call, "query") == 0) {
        (void)fb_query(request, "name");
    } else if (strcmp(call, "send") == 0) {
        fb_send(request);
    } else if (strcmp(call, "status") == 0) {
        fb_status(request, 404);
    }
    return FB_OK;
}

/* A document, the words of a language and a drawing work as in a page. */
static enum fb_result speak(struct fb_request *request)
{
    const struct fb_json *json = fb_json(request);
    const char *word = fb_json_text(json, "word", 1, 20);

    fb_out_text(fb_body(request), word);
    return mark_as(request,
                   fb_printf(request, "%s %s %s", word, fb_locale(request),
                             fb_format_number(request, 1234)));
}

/* Marks what another server has said, or why nobody has asked it. */
static enum fb_result fetch(struct fb_request *request)
{
    struct fb_fetched fetched;
    enum fb_result result =
        fb_fetch(request,
                 &(struct fb_fetch){.url = fb_job_payload(request),
                                    .authorization = "Bearer secret",
                                    .follows = true,
                                    .seconds = 2,
                                    .most = 1000},
                 &fetched);

    if (result != FB_OK) {
        return mark_as(request,
                       result == FB_FORBIDDEN ? "forbidden" : "unavailable");
    }
    return mark_as(request, fb_printf(request, "%d %s %.60s", fetched.status,
                                      fetched.type, fetched.body));
}

static enum fb_result fetch_page(struct fb_request *request)
{
    struct fb_fetched fetched;

    return fb_fetch(request, &(struct fb_fetch){.url = "http://localhost/"},
                    &fetched);
}

static enum fb_result tick(struct fb_request *request)
{
    return mark_as(request, "tick");
}

static const struct fb_job jobs[] = {
    {.name = "mark", .handler = mark},
    {.name = "slow", .handler = slow, .pause_seconds = 1},
    {.name = "lucky", .handler = lucky, .pause_seconds = 1},
    {.name = "crash", .handler = crash, .pause_seconds = 1},
    {.name = "hang", .handler = hang, .pause_seconds = 1, .seconds = 1},
    {.name = "hopeless",
     .handler = hopeless,
     .pause_seconds = 1,
     .most_tries = 2},
    {.name = "twice", .handler = twice},
    {.name = "chain", .handler = chain},
    {.name = "visitor", .handler = visitor, .most_tries = 1},
    {.name = "fetch", .handler = fetch, .most_tries = 1},
    {.name = "speak", .handler = speak, .most_tries = 1},
    {.name = "tick", .handler = tick, .every = 86400},
    {.name = "nightly", .handler = tick, .at = "03:15"},
};

static const struct fb_page pages[] = {
    {.name = "add", .path = "/add", .methods = FB_POST, .handler = add},
    {.name = "add_outside",
     .path = "/add-outside",
     .methods = FB_POST,
     .handler = add_outside},
    {.name = "fetch",
     .path = "/fetch",
     .methods = FB_GET,
     .handler = fetch_page},
    {.name = "ask_as_visitor",
     .path = "/ask-as-visitor",
     .methods = FB_GET,
     .handler = ask_as_visitor},
};

static void error_page(struct fb_request *request, int status)
{
    fb_out_text(fb_body(request), "error ");
    fb_out_int(fb_body(request), status);
}

const struct fb_app foobar_app = {
    .api_version = FB_API_VERSION,
    .size = sizeof(struct fb_app),
    .name = "the tests of jobs",
    .pages = pages,
    .page_count = sizeof(pages) / sizeof(pages[0]),
    .statements = statements,
    .statement_count = sizeof(statements) / sizeof(statements[0]),
    .error_page = error_page,
    .jobs = jobs,
    .job_count = sizeof(jobs) / sizeof(jobs[0]),
};
