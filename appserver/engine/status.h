/*
 * The status process: a child of the master that answers HTTP on a socket of
 * its own from the scoreboard. It serves nothing else, so that it answers
 * while every worker is busy, and the master need not read what strangers
 * send.
 *
 *     GET /          a table to read
 *     GET /json      the same for programs
 *     GET /metrics   OpenMetrics
 */

#ifndef ENGINE_STATUS_H
#define ENGINE_STATUS_H

#include "listener.h"
#include "scoreboard.h"

struct status_place {
    const struct scoreboard *board;
    const struct listener *listener; /* its own */
    const struct listener *served;   /* the workers', for its queue */
};

/* Runs until SIGTERM or SIGQUIT; returns the process's exit status. */
int status_run(const struct status_place *place);

#endif
