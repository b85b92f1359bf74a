/*
 * Asking a web server for a page, without waiting: the caller polls the
 * descriptor and calls probe_step when something happened there. It knows
 * as much HTTP as a check of /healthz needs.
 */

#ifndef FOOBARCTL_PROBE_H
#define FOOBARCTL_PROBE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#define PROBE_REPLY_MAX 8192

struct probe {
    int fd; /* -1: no question is under way */
    bool sent;
    int64_t deadline;
    char request[512];
    char reply[PROBE_REPLY_MAX + 1]; /* its beginning, if it is longer */
    size_t length;
};

enum probe_state {
    PROBE_WAITING,
    PROBE_DONE /* look with probe_status; the descriptor is closed */
};

/* Begins to ask; false when not even that is possible now. */
bool probe_start(struct probe *probe, const struct sockaddr *address,
                 socklen_t length, const char *host, const char *path);

/* What to poll for: POLLIN or POLLOUT. */
short probe_events(const struct probe *probe);

enum probe_state probe_step(struct probe *probe);

void probe_cancel(struct probe *probe);

/* The reply's status; 0 when there was no answer. */
int probe_status(const struct probe *probe);

/* The reply's body, as far as it was read. */
const char *probe_body(const struct probe *probe);

/* Asks and waits for the answer; returns the status. */
int probe_ask(struct probe *probe, const struct sockaddr *address,
              socklen_t length, const char *host, const char *path);

#endif
