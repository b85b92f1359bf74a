/* The minder; minder.h says what it is for. */

#include "minder.h"

#include <signal.h>
#include <unistd.h>

#include "clock.h"
#include "guard.h"
#include "log.h"
#include "slow.h"

#define TICK_NS (MINDER_PATIENCE_MS * 1000000L)
#define IDLE_TICKS 5
#define KILL_AFTER_MS 2000
#define STACK_BYTES ((size_t)256 * 1024)

/* Waits for work; false when the worker ends. */
static bool sleep_until_busy(struct minder *minder)
{
    bool goes_on;

    pthread_mutex_lock(&minder->lock);
    atomic_store(&minder->asleep, true);
    while (!minder->ending && atomic_load(&minder->busy_since) == 0) {
        pthread_cond_wait(&minder->wake, &minder->lock);
    }
    atomic_store(&minder->asleep, false);
    goes_on = !minder->ending;
    pthread_mutex_unlock(&minder->lock);
    return goes_on;
}

static void enforce_limit(const struct minder *minder, int64_t busy_ms)
{
    /* A reply on its way is bounded by the socket's time-out instead. */
    if (minder->limit_ms == 0 || busy_ms < minder->limit_ms ||
        !guard_can_answer()) {
        return;
    }
    if (busy_ms > minder->limit_ms + KILL_AFTER_MS) {
        log_line(LOG_ERROR,
                 "the time limit was reached and the worker does not end: it "
                 "is killed");
        kill(getpid(), SIGKILL);
    }
    pthread_kill(minder->worker, SIGALRM);
}

static void *mind(void *argument)
{
    static const struct timespec tick = {.tv_nsec = TICK_NS};
    struct minder *minder = argument;
    int idle_ticks = 0;

    for (;;) {
        int64_t since;
        int64_t busy_ms;

        if (idle_ticks >= IDLE_TICKS) {
            if (!sleep_until_busy(minder)) {
                return NULL;
            }
            idle_ticks = 0;
        }
        nanosleep(&tick, NULL);
        since = atomic_load(&minder->busy_since);
        if (since == 0) {
            idle_ticks++;
            continue;
        }
        idle_ticks = 0;
        busy_ms = clock_now_ms() - since;
        if (busy_ms < MINDER_PATIENCE_MS) {
            continue;
        }
        pthread_mutex_lock(&minder->lock);
        if (atomic_load(&minder->busy_since) == since) {
            minder->on_slow(minder->context);
            slow_watch(minder->worker, since, busy_ms);
            enforce_limit(minder, busy_ms);
        }
        pthread_mutex_unlock(&minder->lock);
    }
}

bool minder_start(struct minder *minder, int limit_ms,
                  void (*on_slow)(void *context), void *context)
{
    pthread_attr_t attributes;
    sigset_t all;
    sigset_t before;
    bool good;

    minder->worker = pthread_self();
    minder->limit_ms = limit_ms;
    minder->on_slow = on_slow;
    minder->context = context;
    atomic_init(&minder->busy_since, 0);
    atomic_init(&minder->asleep, false);
    pthread_mutex_init(&minder->lock, NULL);
    pthread_cond_init(&minder->wake, NULL);
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, STACK_BYTES);
    /* Signals are for the worker's own thread. */
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    good = pthread_create(&minder->thread, &attributes, mind, minder) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attributes);
    return good;
}

void minder_stop(struct minder *minder)
{
    pthread_mutex_lock(&minder->lock);
    minder->ending = true;
    pthread_cond_signal(&minder->wake);
    pthread_mutex_unlock(&minder->lock);
    pthread_join(minder->thread, NULL);
    pthread_mutex_destroy(&minder->lock);
    pthread_cond_destroy(&minder->wake);
}

void minder_lock(struct minder *minder)
{
    pthread_mutex_lock(&minder->lock);
}

void minder_unlock(struct minder *minder)
{
    pthread_mutex_unlock(&minder->lock);
}

void minder_begin(struct minder *minder, int64_t now_ms)
{
    atomic_store(&minder->busy_since, now_ms);
    if (atomic_load(&minder->asleep)) {
        pthread_mutex_lock(&minder->lock);
        pthread_cond_signal(&minder->wake);
        pthread_mutex_unlock(&minder->lock);
    }
}

void minder_end(struct minder *minder)
{
    /* Waits for a hand-over that is under way: it uses our connections. */
    pthread_mutex_lock(&minder->lock);
    atomic_store(&minder->busy_since, 0);
    pthread_mutex_unlock(&minder->lock);
}
