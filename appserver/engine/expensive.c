/* Slots for expensive work; expensive.h says how they are counted. */

#include "expensive.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"

/* Work that takes ten milliseconds and more is worth a wait of one. */
#define PAUSE_NS 1000000L

bool expensive_open(struct expensive *expensive, int slots, int wait_ms)
{
    *expensive =
        (struct expensive){.slots = slots, .taken = -1, .wait_ms = wait_ms};
    expensive->fd = memfd_create("foobar-expensive", MFD_CLOEXEC);
    return expensive->fd >= 0;
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

    for (;;) {
        is_next = is_next || lock(expensive, expensive->slots, F_WRLCK);
        entered = is_next && take_a_slot(expensive);
        if (entered || clock_now_ms() >= until) {
            break;
        }
        nanosleep(&pause, NULL);
    }
    if (is_next) {
        lock(expensive, expensive->slots, F_UNLCK);
    }
    return entered;
}

void expensive_leave(struct expensive *expensive)
{
    if (expensive->taken >= 0) {
        lock(expensive, expensive->taken, F_UNLCK);
        expensive->taken = -1;
    }
}
