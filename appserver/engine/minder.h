/*
 * The minder: a thread beside the worker's own that looks at the clock while
 * a request is being handled. It touches neither libfcgi nor the site.
 *
 * - After MINDER_PATIENCE_MS it has the worker's other ready connections moved
 *   to idle siblings, so that a slow request delays nobody but itself. (Where
 *   slowness is foreseen, pace.h, they have moved before.)
 * - At slow-ms it has the worker note where the request stands (slow.h).
 * - At the time limit it sends SIGALRM to the worker's thread (guard.h), and
 *   when that does not help, SIGKILL to the process.
 *
 * While nothing is being handled it sleeps without waking up.
 */

#ifndef ENGINE_MINDER_H
#define ENGINE_MINDER_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#define MINDER_PATIENCE_MS 2

struct minder {
    pthread_t thread;
    pthread_t worker;
    pthread_mutex_t lock; /* held while on_slow runs */
    pthread_cond_t wake;
    _Atomic int64_t busy_since; /* milliseconds; 0: nothing is handled */
    atomic_bool asleep;
    bool ending;
    int limit_ms;
    void (*on_slow)(void *context);
    void *context;
};

/*
 * on_slow runs in the minder's thread, while the worker's thread is inside
 * minder_begin() ... minder_end() and nowhere else.
 */
bool minder_start(struct minder *minder, int limit_ms,
                  void (*on_slow)(void *context), void *context);
void minder_stop(struct minder *minder);

/* While it is locked, on_slow does not run. */
void minder_lock(struct minder *minder);
void minder_unlock(struct minder *minder);

/* Around the handling of each request. */
void minder_begin(struct minder *minder, int64_t now_ms); /* clock_now_ms() */
void minder_end(struct minder *minder);

#endif
