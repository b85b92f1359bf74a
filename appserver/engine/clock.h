/* The clock that durations and deadlines are measured by. */

#ifndef ENGINE_CLOCK_H
#define ENGINE_CLOCK_H

#include <stdint.h>
#include <time.h>

/* Microseconds since some moment in the past; never set back. */
static inline int64_t clock_now_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static inline int64_t clock_now_ms(void)
{
    return clock_now_us() / 1000;
}

/* The pause before the next try: `first`, then twice the last, up to `most`. */
static inline int64_t clock_back_off(int64_t pause, int64_t first, int64_t most)
{
    if (pause == 0) {
        return first;
    }
    return pause * 2 > most ? most : pause * 2;
}

#endif
