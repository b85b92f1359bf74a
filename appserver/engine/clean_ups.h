/*
 * What the engine removes from its own tables by and by. Each row is a job
 * that comes by itself (jobs.h); a table of the engine whose rows grow old has
 * a row here, and nobody else removes them.
 *
 * No answer depends on it: whoever asks for a row asks whether its time is over,
 * so a site whose runners stand still is larger, and not wrong.
 * The one exception is the journal of tags, which the keeper shortens itself
 * (keeper.c): each host has one, also where no jobs are run, and a journal that
 * grows would cost every keeper its time.
 */

#ifndef ENGINE_CLEAN_UPS_H
#define ENGINE_CLEAN_UPS_H

#include <foobar/job.h>
#include <foobar/statement.h>

struct clean_up {
    unsigned every; /* seconds */
    unsigned limit; /* again while the statement removes as many */
};

/*
 * The statement of each has the name of its job, with a dot ("clean.jobs_done"),
 * and is a DELETE with a LIMIT.
 */
#define CLEAN_UP_COUNT 13
extern const struct fb_statement clean_up_statements[CLEAN_UP_COUNT];
extern const struct clean_up clean_ups[CLEAN_UP_COUNT];

/* The handler of all of them. */
enum fb_result clean_up(struct fb_request *request);

#endif
