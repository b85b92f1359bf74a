/*
 * Slots for expensive work, counted over all workers.
 *
 * A slot is one byte of a file that only lives in memory, and taking it is a
 * lock on that byte: the kernel gives it back when its owner ends, however it
 * ends.
 */

#ifndef ENGINE_EXPENSIVE_H
#define ENGINE_EXPENSIVE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * While somebody has a slot, all who are quick go first (SCHED_IDLE), but not
 * for longer than this: on a busy machine the work would never be done.
 */
#define EXPENSIVE_YIELDS_MS 100

struct expensive {
    int fd;
    int slots;
    int taken;                    /* the slot this process has; -1: none */
    int wait_ms;                  /* how long one may be waited for */
    pid_t thread;                 /* that has the slot, while it yields */
    _Atomic int64_t yields_until; /* milliseconds; 0: it does not */
};

/* By the master, before it forks. */
bool expensive_open(struct expensive *expensive, int slots, int wait_ms);

/* The same with a file that another program made. */
void expensive_adopt(struct expensive *expensive, int fd, int slots,
                     int wait_ms);
void expensive_close(struct expensive *expensive);

/* false when no slot became free in time. */
bool expensive_enter(struct expensive *expensive);
void expensive_leave(struct expensive *expensive);

/* To be called now and then by another thread meanwhile. */
void expensive_mind(struct expensive *expensive);

#endif
