/*
 * Jobs: api/foobar/job.h is what applications see; runner.h is the process
 * that does them. The rows of the table `jobs`:
 *
 *     waiting --taken--> running --its transaction--> done --a day--> gone
 *        ^                  |
 *        |  tries are left  |  none are left
 *        +------------------+-----------------------> failed --a month--> gone
 *
 * Whoever takes a job raises its `claim`, and each further step asks for that
 * number: a runner that was believed dead, and whose job was given to another,
 * changes nothing any more. Its transaction finds no row to end and is rolled
 * back as a whole.
 */

#ifndef ENGINE_JOBS_H
#define ENGINE_JOBS_H

#include <foobar/database.h>
#include <foobar/job.h>

#include <stdbool.h>
#include <stddef.h>

#define JOB_NAME_MAX 64
#define JOB_ERROR_MAX 1000 /* characters of the column */
#define JOB_RUNNER_MAX 32

/* A job that was taken; request->job of its handler. */
struct job {
    const struct fb_job *row;
    int64_t id;
    int64_t claim;
    int64_t attempt;
    const char *payload;
    bool is_done;                  /* its transaction was committed */
    char error[JOB_ERROR_MAX + 1]; /* the last words of its log */
};

/* All that can be run here: the application's jobs and the engine's own. */
struct job_table {
    struct fb_job *rows;
    size_t count;
    char *names; /* of all, separated by commas */
};

/* Statements of the engine's own. */
enum job_statement {
    JOB_ADD,
    JOB_NEXT,
    JOB_TAKE,
    JOB_LOOK,
    JOB_END,
    JOB_AGAIN,
    JOB_RECLAIM,
    JOB_SCHEDULE_KNOW,
    JOB_SCHEDULE_DUE,
    JOB_SCHEDULE_MOVE,
    JOB_SCHEDULE_OPEN,
    JOB_STATEMENTS
};
extern const struct fb_statement job_statements[JOB_STATEMENTS];

/* What is wrong with the rows; NULL if nothing is. `reason` is room for it. */
const char *jobs_check(const struct fb_app *app, char *reason, size_t size);

/* Names of the engine's own jobs have a dot, those of applications none. */
bool jobs_list(struct job_table *table, const struct fb_app *app);
void jobs_free(struct job_table *table);

/*
 * Takes the job that has waited longest of those that can be run here.
 * FB_NOT_FOUND: there is none. FB_CONFLICT: somebody else was faster.
 */
enum fb_result jobs_take(struct fb_request *request,
                         const struct job_table *table, const char *runner,
                         struct job *job);

/*
 * Calls the handler, and ends the job or has it tried again. Whatever happens,
 * the request can be used for nothing else afterwards.
 */
void jobs_run(struct fb_request *request, struct job *job);

/* What is told of a row that a runner left behind: jobs may wait again. */
enum fb_result jobs_reclaim(struct fb_request *request, const char *runner);

/* Adds the jobs whose time has come; see api/foobar/job.h. */
enum fb_result jobs_follow_schedule(struct fb_request *request,
                                    const struct job_table *table);

/* Notes the schedule's rows, and those whose rule has changed. */
enum fb_result jobs_know_schedule(struct fb_request *request,
                                  const struct job_table *table);

/* Inside of the transaction of a job, called by it (database.c). */
enum fb_result jobs_look(struct fb_request *request, bool *is_done);
enum fb_result jobs_end(struct fb_request *request);

/* A line of its log: its last words, should it fail. */
void jobs_note(struct job *job, const char *text);

#endif
