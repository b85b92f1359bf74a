/* The table of clean-ups; clean_ups.h says what a row is. */

#include "clean_ups.h"

#include "clock.h"
#include "database.h"
#include "jobs.h"
#include "request.h"

#include <string.h>

/* For so long; what is left then is for the next time. */
#define WORK_MS 20000

#define OFTEN 600
#define HOURLY 3600

/* Few rows at a time: no big transaction, no long lock, and a cluster's
   nodes take each part over on their own. */
#define CHUNK 500
#define LIMIT " LIMIT 500"
#define OVER(column) column " < UTC_TIMESTAMP(6)"
#define OLDER(column, age) \
    column " < UTC_TIMESTAMP(6) - INTERVAL " age " ORDER BY " column LIMIT
#define OF_STATE(table, state, age)               \
    "DELETE FROM " table " WHERE state = '" state \
    "' AND " OLDER("changed_at", age)

/* clang-format off */
#define CLEAN_UPS(ROW)                                                         \
    ROW("clean.jobs_done", OFTEN, CHUNK,                                       \
        OF_STATE("jobs", "done", "1 DAY"))                                     \
    ROW("clean.jobs_failed", HOURLY, CHUNK,                                    \
        OF_STATE("jobs", "failed", "30 DAY"))                                  \
    ROW("clean.job_runners", HOURLY, CHUNK,                                    \
        "DELETE FROM job_runners WHERE " OLDER("alive_until", "1 DAY"))        \
    ROW("clean.mail_sent", HOURLY, CHUNK,                                      \
        OF_STATE("outbox", "sent", "7 DAY"))                                   \
    ROW("clean.mail_kept", HOURLY, CHUNK,                                      \
        OF_STATE("outbox", "kept", "7 DAY"))                                   \
    ROW("clean.mail_failed", HOURLY, CHUNK,                                    \
        OF_STATE("outbox", "failed", "30 DAY"))                                \
    ROW("clean.mail_bounced", HOURLY, CHUNK,                                   \
        OF_STATE("outbox", "bounced", "30 DAY"))                               \
    ROW("clean.sessions", HOURLY, CHUNK,                                       \
        "DELETE FROM sessions WHERE " OVER("ends_at")                          \
        " ORDER BY ends_at" LIMIT)                                             \
    ROW("clean.account_tokens", HOURLY, CHUNK,                                 \
        "DELETE FROM account_tokens WHERE " OVER("ends_at")                    \
        " ORDER BY ends_at" LIMIT)                                             \
    ROW("clean.account_events", HOURLY, CHUNK,                                 \
        "DELETE FROM account_events WHERE " OLDER("at", "90 DAY"))             \
    ROW("clean.rate_limits", OFTEN, CHUNK,                                     \
        "DELETE FROM rate_limits WHERE " OVER("ends_at")                       \
        " ORDER BY ends_at" LIMIT)                                             \
    ROW("clean.form_answers", OFTEN, CHUNK,                                    \
        "DELETE FROM form_answers WHERE " OLDER("at", "1 DAY"))                \
    /* A file that nobody has used for an hour, with its content: one at a     \
       time, since that may be much. What was taken up again meanwhile is      \
       looked at once more, behind its lock. */                                \
    ROW("clean.files", OFTEN, 1,                                               \
        "DELETE files, file_chunks FROM "                                      \
        "(SELECT sha256 FROM files AS idle WHERE idle_at < "                   \
        "UTC_TIMESTAMP(6) - INTERVAL 1 HOUR "                                  \
        "AND NOT EXISTS (SELECT 1 FROM file_uses "                             \
        "WHERE file_uses.sha256 = idle.sha256) "                               \
        "ORDER BY idle_at LIMIT 1) AS swept "                                  \
        "JOIN files ON files.sha256 = swept.sha256 "                           \
        "LEFT JOIN file_chunks ON file_chunks.sha256 = files.sha256 "          \
        "WHERE files.idle_at IS NOT NULL")
/* clang-format on */

#define STATEMENT(job, seconds, most, text) {.name = (job), .sql = (text)},
#define CLEAN_UP(job, seconds, most, text) \
    {.every = (seconds), .limit = (most)},
#define ONE(job, seconds, most, text) 1,

const struct fb_statement clean_up_statements[] = {CLEAN_UPS(STATEMENT)};
const struct clean_up clean_ups[] = {CLEAN_UPS(CLEAN_UP)};

_Static_assert(sizeof((const char[]){CLEAN_UPS(ONE)}) == CLEAN_UP_COUNT,
               "the header says how many there are");

static size_t find(const char *name)
{
    size_t i;

    for (i = 0; i < CLEAN_UP_COUNT; i++) {
        if (strcmp(clean_up_statements[i].name, name) == 0) {
            break;
        }
    }
    return i;
}

/* Each chunk commits by itself; the job's own transaction comes after all. */
enum fb_result clean_up(struct fb_request *request)
{
    const struct fb_value none = {0};
    int64_t stop_at = clock_now_ms() + WORK_MS;
    size_t row = find(request->job->row->name);
    enum fb_result result;

    if (row == CLEAN_UP_COUNT) {
        return FB_FAILED;
    }
    do {
        result = database_write(
            request, database_own(request->database, &clean_up_statements[row]),
            &none, 1);
    } while (result == FB_OK &&
             fb_changed_rows(request) >= (int64_t)clean_ups[row].limit &&
             clock_now_ms() < stop_at);
    return result;
}
