/* Asking a web server for a page; see health.h. */

#include "health.h"

#include "clock.h"

#include <ctype.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LIMIT_MS 3000

bool health_start(struct health *health, const struct sockaddr *address,
                  socklen_t length, const char *host, const char *path)
{
    *health = (struct health){.fd = -1, .deadline = clock_now_ms() + LIMIT_MS};
    snprintf(health->request, sizeof(health->request),
             "GET %s HTTP/1.1\r\nHost: %s\r\nUser-Agent: foobarctl\r\n"
             "Connection: close\r\n\r\n",
             path, host);
    health->fd = socket(address->sa_family,
                        SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (health->fd < 0) {
        return false;
    }
    if (connect(health->fd, address, length) != 0 && errno != EINPROGRESS) {
        health_cancel(health);
        return false;
    }
    return true;
}

short health_events(const struct health *health)
{
    return health->sent ? POLLIN : POLLOUT;
}

void health_cancel(struct health *health)
{
    if (health->fd >= 0) {
        close(health->fd);
        health->fd = -1;
    }
}

static enum health_state finish(struct health *health, bool answered)
{
    if (!answered) {
        health->length = 0;
        health->reply[0] = '\0';
    }
    health_cancel(health);
    return HEALTH_DONE;
}

/* The request fits into any socket's buffer, so it is sent at once or never. */
static enum health_state send_request(struct health *health)
{
    size_t length = strlen(health->request);
    ssize_t sent = send(health->fd, health->request, length, MSG_NOSIGNAL);

    if (sent < 0 && (errno == EAGAIN || errno == EINTR || errno == ENOTCONN)) {
        return HEALTH_WAITING;
    }
    if (sent != (ssize_t)length) {
        return finish(health, false);
    }
    health->sent = true;
    return HEALTH_WAITING;
}

enum health_state health_step(struct health *health)
{
    ssize_t got;

    if (clock_now_ms() > health->deadline) {
        return finish(health, false);
    }
    if (!health->sent) {
        return send_request(health);
    }
    got = recv(health->fd, health->reply + health->length,
               HEALTH_REPLY_MAX - health->length, 0);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) {
        return HEALTH_WAITING;
    }
    if (got < 0) {
        return finish(health, false);
    }
    health->length += (size_t)got;
    health->reply[health->length] = '\0';
    return got == 0 || health->length == HEALTH_REPLY_MAX ? finish(health, true)
                                                          : HEALTH_WAITING;
}

int health_status(const struct health *health)
{
    const char *text = health->reply;

    if (strncmp(text, "HTTP/1.", 7) != 0 || !isdigit((unsigned char)text[7]) ||
        text[8] != ' ') {
        return 0;
    }
    text += 9;
    if (!isdigit((unsigned char)text[0]) || !isdigit((unsigned char)text[1]) ||
        !isdigit((unsigned char)text[2])) {
        return 0;
    }
    return (text[0] - '0') * 100 + (text[1] - '0') * 10 + (text[2] - '0');
}

const char *health_body(const struct health *health)
{
    const char *end = strstr(health->reply, "\r\n\r\n");

    return end != NULL ? end + 4 : "";
}

int health_ask(struct health *health, const struct sockaddr *address,
               socklen_t length, const char *host, const char *path)
{
    if (!health_start(health, address, length, host, path)) {
        return 0;
    }
    do {
        struct pollfd news = {.fd = health->fd,
                              .events = health_events(health)};

        poll(&news, 1, 100);
    } while (health_step(health) == HEALTH_WAITING);
    return health_status(health);
}
