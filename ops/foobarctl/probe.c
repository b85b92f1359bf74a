/* Asking a web server for a page; see probe.h. */

#include "probe.h"

#include "clock.h"

#include <ctype.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LIMIT_MS 3000

bool probe_start(struct probe *probe, const struct sockaddr *address,
                 socklen_t length, const char *host, const char *path)
{
    *probe = (struct probe){.fd = -1, .deadline = clock_now_ms() + LIMIT_MS};
    snprintf(probe->request, sizeof(probe->request),
             "GET %s HTTP/1.1\r\nHost: %s\r\nUser-Agent: foobarctl\r\n"
             "Connection: close\r\n\r\n",
             path, host);
    probe->fd = socket(address->sa_family,
                       SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (probe->fd < 0) {
        return false;
    }
    if (connect(probe->fd, address, length) != 0 && errno != EINPROGRESS) {
        probe_cancel(probe);
        return false;
    }
    return true;
}

short probe_events(const struct probe *probe)
{
    return probe->sent ? POLLIN : POLLOUT;
}

void probe_cancel(struct probe *probe)
{
    if (probe->fd >= 0) {
        close(probe->fd);
        probe->fd = -1;
    }
}

static enum probe_state finish(struct probe *probe, bool answered)
{
    if (!answered) {
        probe->length = 0;
        probe->reply[0] = '\0';
    }
    probe_cancel(probe);
    return PROBE_DONE;
}

/* The request fits into any socket's buffer, so it is sent at once or never. */
static enum probe_state send_request(struct probe *probe)
{
    size_t length = strlen(probe->request);
    ssize_t sent = send(probe->fd, probe->request, length, MSG_NOSIGNAL);

    if (sent < 0 && (errno == EAGAIN || errno == EINTR || errno == ENOTCONN)) {
        return PROBE_WAITING;
    }
    if (sent != (ssize_t)length) {
        return finish(probe, false);
    }
    probe->sent = true;
    return PROBE_WAITING;
}

enum probe_state probe_step(struct probe *probe)
{
    ssize_t got;

    if (clock_now_ms() > probe->deadline) {
        return finish(probe, false);
    }
    if (!probe->sent) {
        return send_request(probe);
    }
    got = recv(probe->fd, probe->reply + probe->length,
               PROBE_REPLY_MAX - probe->length, 0);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) {
        return PROBE_WAITING;
    }
    if (got < 0) {
        return finish(probe, false);
    }
    probe->length += (size_t)got;
    probe->reply[probe->length] = '\0';
    return got == 0 || probe->length == PROBE_REPLY_MAX ? finish(probe, true)
                                                        : PROBE_WAITING;
}

int probe_status(const struct probe *probe)
{
    const char *text = probe->reply;

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

const char *probe_body(const struct probe *probe)
{
    const char *end = strstr(probe->reply, "\r\n\r\n");

    return end != NULL ? end + 4 : "";
}

int probe_ask(struct probe *probe, const struct sockaddr *address,
              socklen_t length, const char *host, const char *path)
{
    if (!probe_start(probe, address, length, host, path)) {
        return 0;
    }
    do {
        struct pollfd news = {.fd = probe->fd, .events = probe_events(probe)};

        poll(&news, 1, 100);
    } while (probe_step(probe) == PROBE_WAITING);
    return probe_status(probe);
}
