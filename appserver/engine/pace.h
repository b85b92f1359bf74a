/*
 * How long each page took lately, so that a worker knows before a request
 * begins that it will take long, and lets go of its other connections in time.
 * Each worker learns for itself, in some requests.
 */

#ifndef ENGINE_PACE_H
#define ENGINE_PACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PACE_SLOW_US 1000

struct pace {
    uint32_t *us; /* for each page: an average in which the last ones count */
};

/* false without memory. */
bool pace_init(struct pace *pace, size_t page_count);
void pace_free(struct pace *pace);

bool pace_is_slow(const struct pace *pace, size_t page);
void pace_note(struct pace *pace, size_t page, int64_t us);

#endif
