/* Telling systemd how the server is; notify.h has the protocol's name. */

#include "notify.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "clock.h"

static void tell(const char *text)
{
    const char *path = getenv("NOTIFY_SOCKET");
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t length;
    int fd;

    if (path == NULL || (path[0] != '/' && path[0] != '@')) {
        return;
    }
    length = strlen(path);
    if (length >= sizeof(address.sun_path)) {
        return;
    }
    memcpy(address.sun_path, path, length);
    if (path[0] == '@') {
        address.sun_path[0] = '\0'; /* no file: an abstract socket */
    }
    fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd >= 0) {
        sendto(fd, text, strlen(text), MSG_NOSIGNAL | MSG_DONTWAIT,
               (struct sockaddr *)&address,
               (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length));
        close(fd);
    }
}

void notify_ready(void)
{
    tell("READY=1");
}

void notify_reloading(void)
{
    char text[64];

    snprintf(text, sizeof(text), "RELOADING=1\nMONOTONIC_USEC=%lld",
             (long long)clock_now_us());
    tell(text);
}

void notify_stopping(void)
{
    tell("STOPPING=1");
}

void notify_status(const char *format, ...)
{
    char text[512] = "STATUS=";
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text + 7, sizeof(text) - 7, format, arguments);
    va_end(arguments);
    text[strcspn(text, "\r\n")] = '\0';
    tell(text);
}

int64_t notify_watchdog_ms(void)
{
    const char *us = getenv("WATCHDOG_USEC");
    const char *pid = getenv("WATCHDOG_PID");

    if (us == NULL || (pid != NULL && strtol(pid, NULL, 10) != getpid())) {
        return 0;
    }
    /* Twice as often as it must be. */
    return strtoll(us, NULL, 10) / 2000;
}

void notify_alive(void)
{
    tell("WATCHDOG=1");
}
