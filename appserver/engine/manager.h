/*
 * How many workers there should be. The master asks it, and starts and ends
 * them; this only decides, from what the scoreboard shows:
 *
 *     static    always as many as the setting `workers` says
 *     dynamic   at least workers-min, and spare-min to spare-max idle ones,
 *               but never more than `workers`
 *     ondemand  none while nothing happens; one more whenever all are busy
 *
 * Growing is quick (1, 2, 4 ... more at a time), shrinking is slow: one at a
 * time, after idle-seconds in which there were too many all the time.
 */

#ifndef ENGINE_MANAGER_H
#define ENGINE_MANAGER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "settings.h"

#define MANAGER_TICK_MS 100

struct manager {
    unsigned wanted; /* workers, the answer to all of this */
    bool is_static;
    unsigned least;
    unsigned most;
    unsigned spare_min;
    unsigned spare_max;
    int64_t idle_ms;
    unsigned growth;        /* how many more the last time */
    int64_t too_many_since; /* 0: there are not */
};

/* What the workers that serve do at this moment. */
struct manager_load {
    unsigned idle;
    unsigned busy;
    unsigned starting;
};

/* Where the settings contradict each other. */
void manager_check(const struct settings *settings, struct findings *findings);

/* With the first settings, and with those of a reload. */
void manager_begin(struct manager *manager, const struct settings *settings);

/* Sets `wanted` anew. */
void manager_look(struct manager *manager, const struct manager_load *load,
                  int64_t now_ms);

/* Nobody is there, and a connection waits. */
void manager_wake(struct manager *manager);

#endif
