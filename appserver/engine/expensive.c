/* Slots for expensive work; expensive.h says how they are counted. */

#include "expensive.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"
#include "slow.h"

/* Work that takes ten milliseconds and more is worth a wait of one. */
#define PAUSE_NS 1000000L

void expensive_adopt(struct expensive *expensive, int fd, int slots,
                     int wait_ms)
{
    expensive->fd = fd;
    expensive->slots = slots;
    expensive->taken = -1;
    expensive->wait_ms = wait_ms;
    expensive->thread = 0;
    atomic_init(&expensive->yields_until, 0);
}

bool expensive_open(struct expensive *expensive, int slots, int wait_ms)
{
    int fd = memfd_create("foobar-expensive", MFD_CLOEXEC);

    expensive_adopt(expensive, fd, slots, wait_ms);
    return fd >= 0;
}

void expensive_close(struct expensive *expensive)
{
    close(expensive->fd);
}

/* Locks of this kind belong to the process, not to the shared descriptor. */
static bool lock(const struct expensive *expensive, int slot, short type)
{
    struct flock range = {
        .l_type = type, .l_whence = SEEK_SET, .l_start = slot, .l_len = 1};

    return fcntl(expensive->fd, F_SETLK, &range) == 0;
}

/*
 * Who yields must be allowed to stop yielding: root is, and who has the limit
 * RLIMIT_NICE for it (LimitNICE= of the unit); others do not begin.
 */
static bool may_yield(void)
{
    struct rlimit limit;
    int nice = getpriority(PRIO_PROCESS, 0);

    return geteuid() == 0 || (getrlimit(RLIMIT_NICE, &limit) == 0 &&
                              (int64_t)limit.rlim_cur >= 20 - nice);
}

static bool set_policy(pid_t thread, int policy)
{
    static const struct sched_param none;

    return sched_setscheduler(thread, policy, &none) == 0;
}

static void begin_to_yield(struct expensive *expensive)
{
    if (may_yield() && set_policy(0, SCHED_IDLE)) {
        expensive->thread = gettid();
        atomic_store(&expensive->yields_until,
                     clock_now_ms() + EXPENSIVE_YIELDS_MS);
    }
}

/* Both threads may come here at a time: the second changes nothing. */
static void stop_yielding(struct expensive *expensive)
{
    if (atomic_exchange(&expensive->yields_until, 0) != 0) {
        set_policy(expensive->thread, SCHED_OTHER);
    }
}

void expensive_mind(struct expensive *expensive)
{
    int64_t until = atomic_load(&expensive->yields_until);

    if (until != 0 && clock_now_ms() >= until) {
        stop_yielding(expensive);
    }
}

static bool take_a_slot(struct expensive *expensive)
{
    int slot;

    for (slot = 0; slot < expensive->slots; slot++) {
        if (lock(expensive, slot, F_WRLCK)) {
            expensive->taken = slot;
            return true;
        }
    }
    return false;
}

/*
 * Behind the slots there is one more byte, the turnstile: who has it is the
 * next to get a slot. Without it a worker that gives its slot back and wants
 * one again at once would nearly always win against those that wait.
 */
bool expensive_enter(struct expensive *expensive)
{
    static const struct timespec pause = {.tv_nsec = PAUSE_NS};
    int64_t until = clock_now_ms() + expensive->wait_ms;
    bool is_next = false;
    bool entered = false;

    slow_waits("its turn for expensive work", "");
    for (;;) {
        is_next = is_next || lock(expensive, expensive->slots, F_WRLCK);
        entered = is_next && take_a_slot(expensive);
        if (entered || clock_now_ms() >= until) {
            break;
        }
        nanosleep(&pause, NULL);
    }
    slow_waited();
    if (is_next) {
        lock(expensive, expensive->slots, F_UNLCK);
    }
    if (entered) {
        begin_to_yield(expensive);
    }
    return entered;
}

void expensive_leave(struct expensive *expensive)
{
    if (expensive->taken >= 0) {
        stop_yielding(expensive);
        lock(expensive, expensive->taken, F_UNLCK);
        expensive->taken = -1;
    }
}
