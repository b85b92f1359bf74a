/*
 * What the engine removes from its own tables by and by. Each row is a job
 * that comes by itself (jobs.h); a table of the engine whose rows grow old has
 * a row here.
 */

#ifndef ENGINE_CLEAN_UPS_H
#define ENGINE_CLEAN_UPS_H

#include <foobar/job.h>

#include <stddef.h>

struct clean_up {
    const char *name; /* of the job, with a dot: "clean.jobs" */
    unsigned every;   /* seconds */
    const char *sql;  /* a DELETE with a LIMIT; again while it finds as many */
    unsigned limit;   /* that one */
};

extern const struct clean_up clean_ups[];
extern const size_t clean_up_count;

/* The handler of all of them. */
enum fb_result clean_up(struct fb_request *request);

#endif
