/*
 * Asking a web server for a page, without waiting: the caller polls the
 * descriptor and calls health_step when something happened there. It knows
 * as much HTTP as a check of /healthz needs.
 */

#ifndef FOOBARCTL_HEALTH_H
#define FOOBARCTL_HEALTH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#define HEALTH_REPLY_MAX 8192

struct health {
    int fd; /* -1: no question is under way */
    bool sent;
    int64_t deadline;
    char request[512];
    char reply[HEALTH_REPLY_MAX + 1]; /* its beginning, if it is longer */
    size_t length;
};

enum health_state {
    HEALTH_WAITING,
    HEALTH_DONE /* look with health_status; the descriptor is closed */
};

/* Begins to ask; false when not even that is possible now. */
bool health_start(struct health *health, const struct sockaddr *address,
                  socklen_t length, const char *host, const char *path);

/* What to poll for: POLLIN or POLLOUT. */
short health_events(const struct health *health);

enum health_state health_step(struct health *health);

void health_cancel(struct health *health);

/* The reply's status; 0 when there was no answer. */
int health_status(const struct health *health);

/* The reply's body, as far as it was read. */
const char *health_body(const struct health *health);

/* Asks and waits for the answer; returns the status. */
int health_ask(struct health *health, const struct sockaddr *address,
               socklen_t length, const char *host, const char *path);

#endif
