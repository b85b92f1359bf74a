/*
 * What a worker may take of the host, and how much memory of its own it has:
 *
 *     request-memory-mib    one request: the arena (arena.h); then 500
 *     worker-memory-mib     all of the worker, with what handlers and
 *                           libraries allocate: then malloc() fails
 *     recycle-memory-mib    what it still has when a request is done: then
 *                           another worker takes its place, and none is lost
 *     nofile                files and connections
 */

#ifndef ENGINE_ALLOWANCE_H
#define ENGINE_ALLOWANCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "settings.h"

/*
 * Files: by the master while it may still go above what it was given, and by
 * each worker, so that a reload can change it below that.
 */
bool allowance_of_files(const struct settings *settings, char *problem,
                        size_t size);

/*
 * Beyond it malloc() fails in this process, before the kernel looks for a
 * victim on the whole host. (AddressSanitizer maps terabytes.)
 */
bool allowance_of_memory(const struct settings *settings);

/* Memory that is this process's alone. */
struct own_memory {
    int fd; /* where the kernel tells it; -1: nobody asks */
    size_t limit_bytes;
    int64_t looked_at; /* asking is cheap, and still need not be each time */
};

/*
 * From now on. false with `problem` when a worker that has done nothing is
 * beyond the limit already: it would be replaced for ever.
 */
bool allowance_watch(struct own_memory *memory, int limit_mib, char *problem,
                     size_t size);

/* Whether it is beyond its limit, and by how much it is there. */
bool allowance_is_passed(struct own_memory *memory, size_t *mib);
void allowance_forget(struct own_memory *memory);

#endif
