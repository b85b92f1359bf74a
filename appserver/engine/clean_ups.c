/* The table of clean-ups; clean_ups.h says what a row is. */

#include "clean_ups.h"

#include "database.h"
#include "jobs.h"
#include "log.h"
#include "request.h"

#include <string.h>

/* Few rows at a time: no big transaction, no long lock, and a cluster's
   nodes take each part over on their own. */
#define CHUNK 500
#define LIMIT " LIMIT 500"

const struct clean_up clean_ups[] = {
    {.name = "clean.jobs_done",
     .every = 600,
     .sql = "DELETE FROM jobs WHERE state = 'done' AND changed_at < "
            "UTC_TIMESTAMP(6) - INTERVAL 1 DAY" LIMIT,
     .limit = CHUNK},
    {.name = "clean.jobs_failed",
     .every = 3600,
     .sql = "DELETE FROM jobs WHERE state = 'failed' AND changed_at < "
            "UTC_TIMESTAMP(6) - INTERVAL 30 DAY" LIMIT,
     .limit = CHUNK},
    {.name = "clean.job_runners",
     .every = 3600,
     .sql = "DELETE FROM job_runners WHERE alive_until < "
            "UTC_TIMESTAMP(6) - INTERVAL 1 DAY" LIMIT,
     .limit = CHUNK},
    {.name = "clean.mail",
     .every = 3600,
     .sql = "DELETE FROM outbox WHERE state IN ('sent', 'kept') AND "
            "changed_at < UTC_TIMESTAMP(6) - INTERVAL 7 DAY" LIMIT,
     .limit = CHUNK},
    {.name = "clean.mail_failed",
     .every = 3600,
     .sql = "DELETE FROM outbox WHERE state IN ('failed', 'bounced') AND "
            "changed_at < UTC_TIMESTAMP(6) - INTERVAL 30 DAY" LIMIT,
     .limit = CHUNK},
};

const size_t clean_up_count = sizeof(clean_ups) / sizeof(clean_ups[0]);

static const struct clean_up *find(const char *name)
{
    size_t i;

    for (i = 0; i < clean_up_count; i++) {
        if (strcmp(clean_ups[i].name, name) == 0) {
            return &clean_ups[i];
        }
    }
    return NULL;
}

/* Each chunk commits by itself; the job's own transaction comes after all. */
enum fb_result clean_up(struct fb_request *request)
{
    const struct clean_up *row = find(request->job->row->name);
    MYSQL *connection = database_connection(request->database);
    my_ulonglong removed;

    if (row == NULL || connection == NULL) {
        return FB_UNAVAILABLE;
    }
    do {
        if (mysql_query(connection, row->sql) != 0) {
            fb_log(request, "%s (%u)", mysql_error(connection),
                   mysql_errno(connection));
            return FB_FAILED;
        }
        removed = mysql_affected_rows(connection);
    } while (removed >= row->limit);
    return FB_OK;
}
