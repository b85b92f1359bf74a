/*
 * A runner: a process beside the workers that does jobs (jobs.h), one after
 * the other, with the application loaded as in a worker.
 *
 * Its second thread, the pulse, says again and again in the database that it
 * lives; looks at the clock of the job; and hears signals. Who asks the runner
 * to leave (WORKER_LEAVE, WORKER_FINISH of worker.h) lets it finish its job
 * for drain-seconds; then the job is given back and waits for another runner,
 * as if it had not been tried.
 *
 * Whatever kills a runner, its jobs are taken up again: at once by the one
 * that the master starts in its place, which has the same name, and by any
 * host when it has not been heard of for job-lease-seconds.
 */

#ifndef ENGINE_RUNNER_H
#define ENGINE_RUNNER_H

#include "bells.h"
#include "expensive.h"
#include "pool.h"
#include "scoreboard.h"
#include "settings.h"

struct runner_place {
    const struct settings *settings;
    const struct pool *pool;
    struct expensive *expensive;
    const struct bells *bells;
    struct scoreboard *board;
    unsigned index; /* of the server's runners, from 0 */
};

/* Returns the process's exit status. */
int runner_run(const struct runner_place *place);

#endif
