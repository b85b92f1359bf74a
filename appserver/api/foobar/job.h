/*
 * Jobs: work that nobody waits for, done later by a process of its own.
 *
 * A job is a row of the application's table of jobs (fb_app.jobs):
 *
 *     static const struct fb_job jobs[] = {
 *         {.name = "welcome", .handler = welcome_job},
 *         {.name = "digest", .handler = digest_job, .at = "06:00"},
 *     };
 *
 * and is added inside of a transaction, so that it is there if and only if
 * that commits:
 *
 *     result = fb_execute(request, SQL_ADD_MEMBER, fb_text(name));
 *     if (result == FB_OK) {
 *         result = fb_job_add(request, "welcome",
 *                             fb_printf(request, "%lld", id));
 *     }
 *
 * Its handler is called soon after, on one of the hosts, with a request that
 * no visitor has sent: all of the database, words, drawing and logging work
 * there; what is about a visitor (cookies, fields, headers, redirections) is
 * an error of the program and fails the job.
 *
 * A job happens at least once, and what it does in the database exactly once:
 * a job has one transaction, and with that it ends, in the same COMMIT. (One
 * that needs none ends when its handler has returned FB_OK.) So do outside
 * effects before it, and be prepared that they are done again when the job is
 * cut off in between. What is too much for one transaction adds its own
 * continuation as a job, in the same transaction.
 *
 * A handler that returns anything but FB_OK, that crashes or takes too long
 * has failed: the job is tried again after a pause that doubles each time, up
 * to an hour. After its last try it is kept as failed, with the last words of
 * its log, until somebody retries or drops it (foobarctl jobs).
 */

#ifndef FOOBAR_JOB_H
#define FOOBAR_JOB_H

#include <foobar/app.h>

#include <stdint.h>

/* The most bytes of a payload, and of a key. */
#define FB_JOB_PAYLOAD_MAX 65535
#define FB_JOB_KEY_MAX 128

struct fb_job {
    const char *name;       /* [a-z0-9_]+, at most 64 */
    fb_handler *handler;    /* returns FB_OK when all is done */
    unsigned most_tries;    /* 0: 8 */
    unsigned pause_seconds; /* before the second try; 0: 10 */
    unsigned seconds;       /* how long it may take; 0: 60 */

    /*
     * Jobs that come by themselves, with an empty payload: every so many
     * seconds, or each day at a time of UTC ("03:15"). One host adds it, and
     * not while the last one of this name is still waiting or running. A time
     * that passed while no server ran is made up for, once.
     */
    unsigned every;
    const char *at;
};

/* When and how a job is added; all may be left out. */
struct fb_job_wish {
    char nothing;    /* a place-holder of the macro */
    int64_t after;   /* seconds from now */
    const char *key; /* see fb_job_add() */
};

/*
 * Adds a job, inside of a transaction's function:
 *
 *     fb_job_add(request, "welcome", "7")
 *     fb_job_add(request, "remind", "7", .after = 3600)
 *     fb_job_add(request, "count_posts", "", .key = "all")
 *
 * The payload is text that the handler will get, at most 65535 bytes; an id
 * is better than a copy of what the database has, which may have changed by
 * then. The texts are copied.
 *
 * While a job of this name and key waits, another one is not added: the one
 * that waits will see what this transaction has done, and is done no later
 * than the new one would have been. Once it has begun, a new one is added.
 */
#define fb_job_add(request, name, payload, ...) \
    fb_job_add_as((request), (name), (payload), \
                  &(const struct fb_job_wish){0, ##__VA_ARGS__})

FB_API enum fb_result fb_job_add_as(struct fb_request *request,
                                    const char *name, const char *payload,
                                    const struct fb_job_wish *wish);

/* In the handler of a job: what it was added with. */
FB_API const char *fb_job_payload(struct fb_request *request)
    __attribute__((returns_nonnull));

/* The same as a number; a payload that is none fails the job. */
FB_API int64_t fb_job_payload_int(struct fb_request *request);

/* The job's number, and which try this is, from 1. */
FB_API int64_t fb_job_id(struct fb_request *request);
FB_API unsigned fb_job_try(struct fb_request *request);

/* Whether this request is a job's, and not a visitor's. */
FB_API bool fb_is_job(const struct fb_request *request);

#endif
