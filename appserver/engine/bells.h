/*
 * Bells: what wakes the processes that work beside the workers. Who has
 * committed something for them rings, so that they need not look all the time.
 * They look now and then nevertheless: another host rings bells of its own.
 */

#ifndef ENGINE_BELLS_H
#define ENGINE_BELLS_H

#include <stdbool.h>

enum bell {
    BELL_JOBS,
    BELL_MAIL,
    BELL_COUNT
};

/* Made by the master before it forks; -1: there is none. */
struct bells {
    int fds[BELL_COUNT];
};

bool bells_open(struct bells *bells);
void bells_close(struct bells *bells);

/* Rings those whose bits (1U << enum bell) are set. `bells` may be NULL. */
void bells_ring(const struct bells *bells, unsigned which);

/* Takes the ringing away, so that poll() on the descriptor waits again. */
void bells_hush(const struct bells *bells, enum bell bell);

#endif
