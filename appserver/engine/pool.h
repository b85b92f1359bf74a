/*
 * The pool: where a worker puts kept connections that it cannot serve now,
 * and from where idle workers take them.
 *
 * It is one pair of sockets that the master makes and every worker inherits.
 * A connection in the pool is a descriptor in flight inside the kernel; it
 * belongs to nobody, and neither the end of the worker that gave it nor a
 * reload of the server closes it. nginx notices nothing.
 */

#ifndef ENGINE_POOL_H
#define ENGINE_POOL_H

#include <stdbool.h>

struct pool {
    int give_fd;
    int take_fd; /* readable while a connection waits */
};

bool pool_open(struct pool *pool);
void pool_close(struct pool *pool);

/*
 * Puts `fd` in; on true the caller closes its own copy. false: the pool is
 * full for the moment. Async-signal-safe.
 */
bool pool_give(const struct pool *pool, int fd);

/* The same, waiting up to `ms` milliseconds for room. Async-signal-safe. */
bool pool_give_waiting(const struct pool *pool, int fd, int ms);

/* Whether nothing is in it. */
bool pool_is_empty(const struct pool *pool);

/* Takes one out; -1 when there is none. */
int pool_take(const struct pool *pool);

#endif
