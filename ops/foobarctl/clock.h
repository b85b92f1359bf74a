/* Time that never jumps, in milliseconds, for limits and pauses. */

#ifndef FOOBARCTL_CLOCK_H
#define FOOBARCTL_CLOCK_H

#include <stdint.h>
#include <time.h>

static inline int64_t clock_now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Waits a little; a signal may end the wait early. */
static inline void clock_pause_ms(int milliseconds)
{
    struct timespec pause = {milliseconds / 1000,
                             (long)(milliseconds % 1000) * 1000000};

    nanosleep(&pause, NULL);
}

#endif
