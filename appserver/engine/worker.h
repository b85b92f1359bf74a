/*
 * A worker: a process that serves one request at a time, from many kept
 * connections.
 */

#ifndef ENGINE_WORKER_H
#define ENGINE_WORKER_H

#include "bells.h"
#include "expensive.h"
#include "listener.h"
#include "pictures.h"
#include "pool.h"
#include "settings.h"

/* What a worker writes to its master, one line each. */
#define WORKER_READY "ready"       /* the application is loaded */
#define WORKER_REPLACE "replace"   /* it served its share: start another */
#define WORKER_PICTURES "pictures" /* its forms take some */
/* Any other line is the reason why this worker cannot work. */

/* What the master, or an operator, sends to a worker. */
#define WORKER_LEAVE SIGTERM  /* connections go to siblings, then end */
#define WORKER_FINISH SIGQUIT /* no siblings stay: serve what comes, end */
#define WORKER_REOPEN SIGUSR1 /* the access log's file was moved */

struct worker_place {
    const struct settings *settings;
    const struct listener *listener;
    const struct pool *pool;
    struct expensive *expensive;
    const struct bells *bells;
    const struct pictures *pictures;
    int report_fd; /* to the master; not blocking */
};

/* Returns the process's exit status. */
int worker_run(const struct worker_place *place);

#endif
