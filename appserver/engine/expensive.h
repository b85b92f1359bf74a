/*
 * Slots for expensive work, counted over all workers.
 *
 * A slot is one byte of a file that only lives in memory, and taking it is a
 * lock on that byte: the kernel gives it back when its owner ends, however it
 * ends.
 */

#ifndef ENGINE_EXPENSIVE_H
#define ENGINE_EXPENSIVE_H

#include <stdbool.h>

struct expensive {
    int fd;
    int slots;
    int taken;   /* the slot this process has; -1: none */
    int wait_ms; /* how long one may be waited for */
};

/* By the master, before it forks. */
bool expensive_open(struct expensive *expensive, int slots, int wait_ms);
void expensive_close(struct expensive *expensive);

/* false when no slot became free in time. */
bool expensive_enter(struct expensive *expensive);
void expensive_leave(struct expensive *expensive);

#endif
