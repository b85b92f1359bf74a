/* The memory of a request; arena.h has the drawing. */

#include "arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define CHUNK_BYTES ((size_t)32 * 1024)

struct arena_chunk {
    struct arena_chunk *next;
    size_t size;
    size_t used;
    alignas(max_align_t) unsigned char bytes[];
};

void arena_init(struct arena *arena, size_t limit)
{
    *arena = (struct arena){.limit = limit};
}

static struct arena_chunk *add_chunk(struct arena *arena, size_t at_least)
{
    size_t size = at_least > CHUNK_BYTES ? at_least : CHUNK_BYTES;
    struct arena_chunk *chunk;

    if (size > arena->limit || arena->used > arena->limit - size) {
        return NULL;
    }
    chunk = malloc(sizeof(*chunk) + size);
    if (chunk == NULL) {
        return NULL;
    }
    chunk->next = NULL;
    chunk->size = size;
    chunk->used = 0;
    if (arena->current == NULL) {
        arena->first = chunk;
    } else {
        arena->current->next = chunk;
    }
    arena->current = chunk;
    arena->used += size;
    return chunk;
}

void *arena_take(struct arena *arena, size_t size)
{
    struct arena_chunk *chunk = arena->current;
    size_t rounded;
    void *piece;

    if (size > arena->limit) {
        return NULL;
    }
    rounded = (size + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1);
    if (chunk == NULL || chunk->size - chunk->used < rounded) {
        chunk = add_chunk(arena, rounded);
        if (chunk == NULL) {
            return NULL;
        }
    }
    piece = chunk->bytes + chunk->used;
    chunk->used += rounded;
    return piece;
}

void *arena_alloc(struct arena *arena, size_t size)
{
    void *piece = arena_take(arena, size);

    return piece != NULL ? memset(piece, 0, size) : NULL;
}

void arena_reset(struct arena *arena)
{
    struct arena_chunk *chunk;
    struct arena_chunk *next;

    if (arena->first == NULL) {
        return;
    }
    for (chunk = arena->first->next; chunk != NULL; chunk = next) {
        next = chunk->next;
        free(chunk);
    }
    if (arena->first->size > CHUNK_BYTES) {
        /* One large request is no reason to keep so much for ever. */
        free(arena->first);
        arena->first = NULL;
        arena->current = NULL;
        arena->used = 0;
        return;
    }
    arena->first->next = NULL;
    arena->first->used = 0;
    arena->current = arena->first;
    arena->used = arena->first->size;
}

void arena_free(struct arena *arena)
{
    arena_reset(arena);
    free(arena->first);
    arena->first = NULL;
    arena->current = NULL;
    arena->used = 0;
}
