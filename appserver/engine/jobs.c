/* Jobs; jobs.h draws the life of one. */

#include "jobs.h"

#include <errno.h>
#include <limits.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bells.h"
#include "clean_ups.h"
#include "database.h"
#include "log.h"
#include "request.h"
#include "rows.h"
#include "utf8.h"

#define TRIES_DEFAULT 8
#define PAUSE_DEFAULT 10
#define SECONDS_DEFAULT 60
#define SECONDS_MOST 86400
#define JOBS_MOST 1000
#define DAY_SECONDS 86400
#define RULE_MAX 32

/* Twice as long each time, an hour at most; ? is between 750 and 1250. */
#define PAUSE                               \
    "INTERVAL LEAST(3600, pause_seconds * " \
    "POW(2, LEAST(tries, 12) - 1)) * ? / 1000 SECOND"
#define TRY_AGAIN                                                    \
    "due = IF(tries < most_tries, UTC_TIMESTAMP(6) + " PAUSE         \
    ", NULL), state = IF(tries < most_tries, 'waiting', 'failed'), " \
    "runner = NULL, changed_at = UTC_TIMESTAMP(6)"

/* The time of the schedule: of the day (? below 0: none), or in ? seconds. */
#define NEXT_TIME                              \
    "UTC_TIMESTAMP() + INTERVAL IF(? < 0, ?, " \
    "MOD(? - TIME_TO_SEC(UTC_TIME()) + 86399, 86400) + 1) SECOND"

/* Of several that wait under one key, one waits, and as short as any. */
const struct fb_statement job_statements[JOB_STATEMENTS] = {
    [JOB_ADD] = {.name = "job_add",
                 .sql = "INSERT INTO jobs (name, payload, waits_as, due, "
                        "most_tries, pause_seconds, request) VALUES (?, ?, ?, "
                        "UTC_TIMESTAMP(6) + INTERVAL ? SECOND, ?, ?, ?) "
                        "ON DUPLICATE KEY UPDATE "
                        "due = LEAST(due, VALUES(due))",
                 .example = (const char *const[]){"name", "", "key", "0", "1",
                                                  "1", "", NULL}},
    [JOB_NEXT] = {.name = "job_next",
                  .sql = "SELECT id, claim, name, payload, tries FROM jobs "
                         "WHERE due <= UTC_TIMESTAMP(6) AND "
                         "FIND_IN_SET(name, ?) > 0 "
                         "ORDER BY due, id LIMIT 1",
                  .example = (const char *const[]){"name", NULL}},
    [JOB_TAKE] = {.name = "job_take",
                  .sql = "UPDATE jobs SET state = 'running', due = NULL, "
                         "waits_as = NULL, runner = ?, claim = claim + 1, "
                         "tries = tries + 1, changed_at = UTC_TIMESTAMP(6) "
                         "WHERE id = ? AND claim = ? AND state = 'waiting'",
                  .example = (const char *const[]){"runner", "0", "0", NULL}},
    [JOB_LOOK] = {.name = "job_look",
                  .sql = "SELECT state FROM jobs WHERE id = ? AND claim = ?",
                  .example = (const char *const[]){"0", "0", NULL}},
    [JOB_END] = {.name = "job_end",
                 .sql = "UPDATE jobs SET state = 'done', runner = NULL, "
                        "error = '', changed_at = UTC_TIMESTAMP(6) "
                        "WHERE id = ? AND claim = ? AND state = 'running'",
                 .example = (const char *const[]){"0", "0", NULL}},
    [JOB_AGAIN] = {.name = "job_again",
                   .sql = "UPDATE jobs SET " TRY_AGAIN ", error = ? "
                          "WHERE id = ? AND claim = ? AND state = 'running'",
                   .example =
                       (const char *const[]){"1000", "why", "0", "0", NULL}},
    [JOB_RECLAIM] = {.name = "job_reclaim",
                     .sql = "UPDATE jobs SET " TRY_AGAIN
                            ", claim = claim + 1, error = ? "
                            "WHERE state = 'running' AND (runner = ? OR "
                            "NOT EXISTS (SELECT 1 FROM job_runners r WHERE "
                            "r.id = jobs.runner AND "
                            "r.alive_until > UTC_TIMESTAMP(6)))",
                     .example =
                         (const char *const[]){"1000", "why", "runner", NULL}},
    [JOB_SCHEDULE_KNOW] = {.name = "job_schedule_know",
                           .sql = "INSERT INTO job_schedule "
                                  "(name, rule, next_at) VALUES "
                                  "(?, ?, " NEXT_TIME ") "
                                  "ON DUPLICATE KEY UPDATE "
                                  "next_at = IF(rule = VALUES(rule), next_at, "
                                  "VALUES(next_at)), rule = VALUES(rule)",
                           .example =
                               (const char *const[]){"name", "every 60", "-1",
                                                     "60", "0", NULL}},
    [JOB_SCHEDULE_DUE] = {.name = "job_schedule_due",
                          .sql = "SELECT name, DATE_FORMAT(next_at, "
                                 "'%Y-%m-%d %H:%i:%s.%f') FROM job_schedule "
                                 "WHERE next_at <= UTC_TIMESTAMP(6) AND "
                                 "FIND_IN_SET(name, ?) > 0 LIMIT 1000",
                          .example = (const char *const[]){"name", NULL},
                          .scans =
                              "it has a row for each job that comes by itself"},
    [JOB_SCHEDULE_MOVE] = {.name = "job_schedule_move",
                           .sql = "UPDATE job_schedule SET "
                                  "next_at = " NEXT_TIME " "
                                  "WHERE name = ? AND next_at = ?",
                           .example =
                               (const char *const[]){"-1", "60", "0", "name",
                                                     "2026-01-01 00:00:00",
                                                     NULL}},
    [JOB_SCHEDULE_OPEN] = {.name = "job_schedule_open",
                           .sql = "SELECT 1 FROM jobs WHERE name = ? AND "
                                  "state IN ('waiting', 'running') LIMIT 1",
                           .example = (const char *const[]){"name", NULL}},
};

static unsigned own(const struct fb_request *request,
                    enum job_statement statement)
{
    return database_own(request->database, job_statements) +
           (unsigned)statement;
}

static unsigned or_default(unsigned number, unsigned otherwise)
{
    return number != 0 ? number : otherwise;
}

/* ------------------------------------------------------------- the table */

/* The second of the day of "HH:MM"; -1: it is none. */
static int second_of_day(const char *at)
{
    static const char form[] = "00:00";
    long hour;
    long minute;
    size_t i;

    for (i = 0; i < sizeof(form); i++) {
        bool is_digit = at != NULL && at[i] >= '0' && at[i] <= '9';

        if (at == NULL || (form[i] == '0' ? !is_digit : at[i] != form[i])) {
            return -1;
        }
    }
    hour = strtol(at, NULL, 10);
    minute = strtol(at + 3, NULL, 10);
    return hour > 23 || minute > 59 ? -1 : (int)(hour * 3600 + minute * 60);
}

static const char *check_row(const struct fb_job *row)
{
    if (row->name == NULL || strlen(row->name) > JOB_NAME_MAX ||
        !rows_is_name(row->name, strlen(row->name))) {
        return "its name is not [a-z0-9_]+ of at most 64 letters";
    }
    if (row->handler == NULL) {
        return "it has no handler";
    }
    if (row->seconds > SECONDS_MOST || row->pause_seconds > SECONDS_MOST) {
        return "it may take or pause for a day at most";
    }
    if (row->most_tries > INT_MAX || row->every > INT_MAX) {
        return "a number of it is too large";
    }
    if (row->at != NULL && row->every != 0) {
        return "it has both .every and .at; it comes by one of them";
    }
    if (row->at != NULL && second_of_day(row->at) < 0) {
        return "its .at is no time of the day like \"03:15\"";
    }
    return NULL;
}

static bool is_known_before(const struct fb_app *app, size_t index)
{
    size_t i;

    for (i = 0; i < index; i++) {
        if (strcmp(app->jobs[i].name, app->jobs[index].name) == 0) {
            return true;
        }
    }
    return false;
}

const char *jobs_check(const struct fb_app *app, char *reason, size_t size)
{
    size_t i;

    if (app->job_count > JOBS_MOST ||
        (app->job_count > 0 && app->jobs == NULL)) {
        return "its table of jobs has an impossible size";
    }
    for (i = 0; i < app->job_count; i++) {
        const char *wrong = check_row(&app->jobs[i]);

        if (wrong == NULL && is_known_before(app, i)) {
            wrong = "another job has that name";
        }
        if (wrong != NULL) {
            snprintf(reason, size, "job %zu (%.64s): %s", i + 1,
                     app->jobs[i].name != NULL ? app->jobs[i].name : "", wrong);
            return reason;
        }
    }
    return NULL;
}

static void complete(struct fb_job *row)
{
    row->most_tries = or_default(row->most_tries, TRIES_DEFAULT);
    row->pause_seconds = or_default(row->pause_seconds, PAUSE_DEFAULT);
    row->seconds = or_default(row->seconds, SECONDS_DEFAULT);
}

static bool join_names(struct job_table *table)
{
    size_t bytes = 1;
    size_t length = 0;
    size_t i;

    for (i = 0; i < table->count; i++) {
        bytes += strlen(table->rows[i].name) + 1;
    }
    table->names = calloc(1, bytes);
    if (table->names == NULL) {
        return false;
    }
    for (i = 0; i < table->count; i++) {
        length +=
            (size_t)snprintf(table->names + length, bytes - length, "%s%s",
                             i > 0 ? "," : "", table->rows[i].name);
    }
    return true;
}

bool jobs_list(struct job_table *table, const struct fb_app *app)
{
    size_t i;

    table->count = app->job_count + CLEAN_UP_COUNT;
    table->rows = calloc(table->count, sizeof(*table->rows));
    if (table->rows == NULL) {
        return false;
    }
    if (app->job_count > 0) {
        memcpy(table->rows, app->jobs, app->job_count * sizeof(*app->jobs));
    }
    for (i = 0; i < CLEAN_UP_COUNT; i++) {
        table->rows[app->job_count + i] =
            (struct fb_job){.name = clean_up_statements[i].name,
                            .handler = clean_up,
                            .most_tries = 1,
                            .every = clean_ups[i].every};
    }
    for (i = 0; i < table->count; i++) {
        complete(&table->rows[i]);
    }
    return join_names(table);
}

void jobs_free(struct job_table *table)
{
    free(table->rows);
    free(table->names);
    *table = (struct job_table){0};
}

static const struct fb_job *find_row(const struct fb_job *rows, size_t count,
                                     const char *name)
{
    size_t i;

    for (i = 0; i < count; i++) {
        if (strcmp(rows[i].name, name) == 0) {
            return &rows[i];
        }
    }
    return NULL;
}

/* ---------------------------------------------------------------- adding */

static struct fb_value given(const char *text)
{
    return (struct fb_value){.kind = FB_VALUE_TEXT, .text = text};
}

/* `complete` is a row that has its defaults. */
static enum fb_result add(struct fb_request *request, const struct fb_job *row,
                          const char *payload, const char *key, int64_t after)
{
    enum fb_result result = fb_execute(
        request, own(request, JOB_ADD), given(row->name), given(payload),
        fb_text(key), fb_int(after), fb_int(row->most_tries),
        fb_int(row->pause_seconds), given(request->id));

    if (result == FB_OK) {
        database_ring(request->database, BELL_JOBS);
    }
    return result;
}

enum fb_result fb_job_add_as(struct fb_request *request, const char *name,
                             const char *payload,
                             const struct fb_job_wish *wish)
{
    const struct fb_job *row =
        find_row(request->app->jobs, request->app->job_count, name);
    struct fb_job whole;

    if (row == NULL) {
        request_fail(request, "fb_job_add(): there is no job \"%s\"", name);
    }
    if (payload == NULL || strlen(payload) > FB_JOB_PAYLOAD_MAX) {
        request_fail(request, "fb_job_add(): the payload of %s is %s", name,
                     payload == NULL ? "NULL; an empty one is \"\""
                                     : "longer than 65535 bytes");
    }
    if (wish->key != NULL && strlen(wish->key) > FB_JOB_KEY_MAX) {
        request_fail(request,
                     "fb_job_add(): the key of %s has more than %d "
                     "bytes",
                     name, FB_JOB_KEY_MAX);
    }
    if (wish->after < 0) {
        request_fail(request, "fb_job_add(): %s is to run %lld s ago", name,
                     -(long long)wish->after);
    }
    whole = *row;
    complete(&whole);
    return add(request, &whole, payload, wish->key, wish->after);
}

/* ----------------------------------------------------- what a handler asks */

static const struct job *job_of(struct fb_request *request, const char *call)
{
    if (request->job == NULL) {
        request_fail(request, "%s: this request is a visitor's, not a job's",
                     call);
    }
    return request->job;
}

bool fb_is_job(const struct fb_request *request)
{
    return request->job != NULL;
}

const char *fb_job_payload(struct fb_request *request)
{
    return job_of(request, "fb_job_payload()")->payload;
}

int64_t fb_job_payload_int(struct fb_request *request)
{
    const char *text = job_of(request, "fb_job_payload_int()")->payload;
    long long number;
    char *end;

    errno = 0;
    number = strtoll(text, &end, 10);
    if (errno != 0 || end == text || *end != '\0') {
        request_fail(request, "the payload of the job is no number: %.40s",
                     text);
    }
    return number;
}

int64_t fb_job_id(struct fb_request *request)
{
    return job_of(request, "fb_job_id()")->id;
}

unsigned fb_job_try(struct fb_request *request)
{
    return (unsigned)job_of(request, "fb_job_try()")->attempt;
}

/* --------------------------------------------------- inside its transaction */

enum fb_result jobs_look(struct fb_request *request, bool *is_done)
{
    const struct job *job = request->job;
    struct fb_rows *rows;
    enum fb_result result = fb_select(request, own(request, JOB_LOOK), &rows,
                                      fb_int(job->id), fb_int(job->claim));

    *is_done = result == FB_OK && fb_next(rows) &&
               strcmp(fb_column_text(rows, 0), "done") == 0;
    return result;
}

enum fb_result jobs_end(struct fb_request *request)
{
    enum fb_result result =
        fb_execute(request, own(request, JOB_END), fb_int(request->job->id),
                   fb_int(request->job->claim));

    if (result == FB_OK && fb_changed_rows(request) != 1) {
        fb_log(request, "the job was given to another runner meanwhile: "
                        "nothing of this one is kept");
        return FB_CONFLICT;
    }
    return result;
}

/* ------------------------------------------------------- taking and running */

/* Around what may ask for something impossible: the caller goes on. */
static enum fb_result
within(struct fb_request *request,
       enum fb_result (*work)(struct fb_request *, void *), void *context)
{
    volatile enum fb_result result = FB_FAILED;

    request->escape_is_set = true;
    if (sigsetjmp(request->escape, 0) == 0) {
        result = work(request, context);
    }
    request->escape_is_set = false;
    database_end_request(request->database);
    return result;
}

struct work {
    fb_transaction_body *body;
    void *context;
};

static enum fb_result in_transaction(struct fb_request *request, void *context)
{
    const struct work *work = context;

    return fb_transaction(request, work->body, work->context);
}

static enum fb_result transact(struct fb_request *request,
                               fb_transaction_body *body, void *context)
{
    struct work work = {body, context};

    return within(request, in_transaction, &work);
}

struct taking {
    const struct job_table *table;
    const char *runner;
    struct job *job;
};

static enum fb_result find_next(struct fb_request *request, void *context)
{
    const struct taking *taking = context;
    struct job *job = taking->job;
    struct fb_rows *rows;
    enum fb_result result = fb_select(request, own(request, JOB_NEXT), &rows,
                                      given(taking->table->names));

    if (result != FB_OK || !fb_next(rows)) {
        return result == FB_OK ? FB_NOT_FOUND : result;
    }
    *job =
        (struct job){.id = fb_column_int(rows, 0),
                     .claim = fb_column_int(rows, 1),
                     .row = find_row(taking->table->rows, taking->table->count,
                                     fb_column_text(rows, 2)),
                     .payload = fb_column_text(rows, 3),
                     .attempt = fb_column_int(rows, 4) + 1};
    return job->row != NULL ? FB_OK : FB_NOT_FOUND;
}

static enum fb_result take(struct fb_request *request, void *context)
{
    const struct taking *taking = context;
    enum fb_result result =
        fb_execute(request, own(request, JOB_TAKE), given(taking->runner),
                   fb_int(taking->job->id), fb_int(taking->job->claim));

    return result == FB_OK && fb_changed_rows(request) != 1 ? FB_CONFLICT
                                                            : result;
}

enum fb_result jobs_take(struct fb_request *request,
                         const struct job_table *table, const char *runner,
                         struct job *job)
{
    struct taking taking = {table, runner, job};
    enum fb_result result = within(request, find_next, &taking);

    if (result == FB_OK) {
        result = transact(request, take, &taking);
        job->claim++;
    }
    return result;
}

static enum fb_result no_effects(struct fb_request *request, void *context)
{
    (void)request;
    (void)context;
    return FB_OK;
}

static enum fb_result handle(struct fb_request *request, void *context)
{
    struct job *job = context;
    enum fb_result result = job->row->handler(request);

    if (result == FB_OK && request->finish != NULL) {
        request->finish(request);
    }
    if (result == FB_OK && !job->is_done) {
        result = fb_transaction(request, no_effects, NULL);
    }
    return result;
}

/* So that what failed together is not tried again together. */
static struct fb_value jitter(void)
{
    return fb_int(750 + randombytes_uniform(501));
}

static enum fb_result try_again(struct fb_request *request, void *context)
{
    const struct job *job = context;

    return fb_execute(request, own(request, JOB_AGAIN), jitter(),
                      given(job->error), fb_int(job->id), fb_int(job->claim));
}

void jobs_run(struct fb_request *request, struct job *job)
{
    enum fb_result result;

    request->job = job;
    request->body = job->payload;
    request->body_length = strlen(job->payload);
    result = within(request, handle, job);
    request->job = NULL;
    if (job->is_done) {
        if (result != FB_OK) {
            log_request(LOG_WARN, request,
                        "the job failed after its "
                        "transaction, with which it is "
                        "done");
        }
        return;
    }
    if (job->error[0] == '\0') {
        snprintf(job->error, sizeof(job->error),
                 "its handler returned %d and has logged nothing", (int)result);
    }
    log_request(LOG_WARN, request, "the job failed at try %lld of %u: %s",
                (long long)job->attempt, job->row->most_tries, job->error);
    /* Should that fail too, the job is found when nobody runs it any more. */
    (void)transact(request, try_again, job);
}

static enum fb_result reclaim(struct fb_request *request, void *context)
{
    return fb_execute(request, own(request, JOB_RECLAIM), jitter(),
                      given("its runner ended before it did (a crash, the time "
                            "limit, a kill); the log of that host says more"),
                      given(context));
}

enum fb_result jobs_reclaim(struct fb_request *request, const char *runner)
{
    /* libmariadb only reads from it. */
    return transact(request, reclaim, (void *)(uintptr_t)runner);
}

void jobs_note(struct job *job, const char *text)
{
    char *error = job->error;
    size_t length = strlen(text);
    size_t at = 0;

    while (at < length && at < JOB_ERROR_MAX - 4) {
        uint32_t point;
        size_t bytes = utf8_decode(text + at, length - at, &point);

        /* What a column of text takes, whoever wrote it. */
        if (bytes == 0 || (point < 0x20 && point != '\n')) {
            error[at++] = '?';
            continue;
        }
        memcpy(error + at, text + at, bytes);
        at += bytes;
    }
    error[at] = '\0';
}

/* --------------------------------------------------------------- schedule */

static void describe_rule(const struct fb_job *row, char *rule)
{
    if (row->at != NULL) {
        snprintf(rule, RULE_MAX, "at %s", row->at);
    } else {
        snprintf(rule, RULE_MAX, "every %u", row->every);
    }
}

static enum fb_result know(struct fb_request *request, const struct fb_job *row)
{
    int64_t second = second_of_day(row->at);
    char rule[RULE_MAX];

    describe_rule(row, rule);
    return fb_execute(request, own(request, JOB_SCHEDULE_KNOW),
                      given(row->name), given(rule), fb_int(second),
                      fb_int(row->every), fb_int(second));
}

static enum fb_result know_all(struct fb_request *request, void *context)
{
    const struct job_table *table = context;
    enum fb_result result = FB_OK;
    size_t i;

    for (i = 0; result == FB_OK && i < table->count; i++) {
        if (table->rows[i].at != NULL || table->rows[i].every != 0) {
            result = know(request, &table->rows[i]);
        }
    }
    return result;
}

enum fb_result jobs_know_schedule(struct fb_request *request,
                                  const struct job_table *table)
{
    struct job_table known = *table;

    return transact(request, know_all, &known);
}

struct due {
    const struct fb_job *row;
    const char *at; /* the time that the schedule says */
};

/* Who moves the time adds the job. */
static enum fb_result move_and_add(struct fb_request *request, void *context)
{
    const struct due *due = context;
    int64_t second = second_of_day(due->row->at);
    struct fb_rows *rows;
    enum fb_result result =
        fb_execute(request, own(request, JOB_SCHEDULE_MOVE), fb_int(second),
                   fb_int(due->row->every), fb_int(second),
                   given(due->row->name), given(due->at));

    if (result != FB_OK || fb_changed_rows(request) != 1) {
        return result;
    }
    result = fb_select(request, own(request, JOB_SCHEDULE_OPEN), &rows,
                       given(due->row->name));
    if (result != FB_OK || fb_next(rows)) {
        return result; /* the last one is not done yet */
    }
    return add(request, due->row, "", "schedule", 0);
}

static enum fb_result find_due(struct fb_request *request, void *context)
{
    const struct taking *taking = context;
    struct fb_rows *rows;
    enum fb_result result = fb_select(request, own(request, JOB_SCHEDULE_DUE),
                                      &rows, given(taking->table->names));

    while (result == FB_OK && fb_next(rows)) {
        struct due due = {find_row(taking->table->rows, taking->table->count,
                                   fb_column_text(rows, 0)),
                          fb_column_text(rows, 1)};

        if (due.row != NULL && (due.row->at != NULL || due.row->every != 0)) {
            result = fb_transaction(request, move_and_add, &due);
        }
    }
    return result;
}

enum fb_result jobs_follow_schedule(struct fb_request *request,
                                    const struct job_table *table)
{
    struct taking taking = {.table = table};

    return within(request, find_due, &taking);
}
