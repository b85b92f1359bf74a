/* Bells: see bells.h. Each is an eventfd that all processes share. */

#include "bells.h"

#include <stdint.h>
#include <sys/eventfd.h>
#include <unistd.h>

bool bells_open(struct bells *bells)
{
    bool good = true;
    int i;

    for (i = 0; i < BELL_COUNT; i++) {
        if (bells->fds[i] < 0) {
            bells->fds[i] = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
        }
        good = good && bells->fds[i] >= 0;
    }
    return good;
}

void bells_close(struct bells *bells)
{
    int i;

    for (i = 0; i < BELL_COUNT; i++) {
        if (bells->fds[i] >= 0) {
            close(bells->fds[i]);
            bells->fds[i] = -1;
        }
    }
}

void bells_ring(const struct bells *bells, unsigned which)
{
    const uint64_t one = 1;
    int i;

    for (i = 0; bells != NULL && i < BELL_COUNT; i++) {
        if ((which & 1U << i) != 0 && bells->fds[i] >= 0) {
            /* A counter that is full rings already. */
            ssize_t written = write(bells->fds[i], &one, sizeof(one));

            (void)written;
        }
    }
}

void bells_hush(const struct bells *bells, enum bell bell)
{
    uint64_t count;
    ssize_t got = read(bells->fds[bell], &count, sizeof(count));

    (void)got; /* a sibling may have been faster */
}
