/*
 * The memory of a request: taken in pieces, given back all at once.
 *
 *     first chunk (kept between requests)      further chunks (given back)
 *     +--------+--------+-----------+          +--------------+
 *     | piece  | piece  |  free     |  ----->  | big piece    |
 *     +--------+--------+-----------+          +--------------+
 *
 * A worker has one arena and resets it after each request, so that a request
 * usually costs no malloc at all. The arena has a limit; what happens when it
 * is reached is the caller's affair (arena_alloc returns NULL).
 */

#ifndef ENGINE_ARENA_H
#define ENGINE_ARENA_H

#include <stddef.h>

struct arena_chunk;

struct arena {
    struct arena_chunk *first;
    struct arena_chunk *current;
    size_t used;  /* bytes in all chunks */
    size_t limit; /* bytes that they may reach */
};

/* Zero is a valid empty arena but for its limit. Memory comes lazily. */
void arena_init(struct arena *arena, size_t limit);

/* Zeroed memory, aligned for any type; NULL at the limit or without memory. */
void *arena_alloc(struct arena *arena, size_t size);

/* The same with whatever stands there, for who writes all of it. */
void *arena_take(struct arena *arena, size_t size);

/* Gives back all pieces; the first chunk stays for the next request. */
void arena_reset(struct arena *arena);

/* Gives back everything. */
void arena_free(struct arena *arena);

#endif
