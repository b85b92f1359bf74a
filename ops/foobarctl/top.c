/*
 * `foobarctl top`: what the application server's workers do, by its status
 * socket; on a terminal again and again, until Ctrl-C.
 */

#include "control.h"

#include "file.h"
#include "say.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define TABLE_MAX ((size_t)1024 * 1024)
#define PATIENCE_SECONDS 5

/* To the upper left corner; and away with what was below the new table. */
#define TERMINAL_HOME "\033[H"
#define TERMINAL_CLEAR "\033[J"

static volatile sig_atomic_t has_enough;

static void on_interrupt(int number)
{
    (void)number;
    has_enough = 1;
}

static int connect_status(const struct instance *instance)
{
    static const struct timeval patience = {.tv_sec = PATIENCE_SECONDS};
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (fd < 0 || strlen(instance->board_socket) >= sizeof(address.sun_path)) {
        return fd;
    }
    memcpy(address.sun_path, instance->board_socket,
           strlen(instance->board_socket) + 1);
    if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)) !=
            0 ||
        connect(fd, (struct sockaddr *)&address, sizeof(address)) != 0) {
        close(fd);
        return -1;
    }
    return fd;
}

/* Reads the whole answer; returns its length, 0 when there is none. */
static size_t ask(const struct instance *instance, char *answer)
{
    static const char question[] = "GET / HTTP/1.1\r\nHost: status\r\n\r\n";
    int fd = connect_status(instance);
    size_t length = 0;
    ssize_t got = 0;

    if (fd < 0) {
        return 0;
    }
    if (send(fd, question, sizeof(question) - 1, MSG_NOSIGNAL) ==
        (ssize_t)sizeof(question) - 1) {
        while (length < TABLE_MAX &&
               (got = recv(fd, answer + length, TABLE_MAX - length, 0)) > 0) {
            length += (size_t)got;
        }
    }
    close(fd);
    answer[length] = '\0';
    return got == 0 ? length : 0;
}

/* Writes the table once; false when the server does not tell it. */
static bool show(const struct instance *instance, char *answer, bool again)
{
    const char *table;

    if (ask(instance, answer) == 0 ||
        (table = strstr(answer, "\r\n\r\n")) == NULL) {
        return complain("the application server of %s tells no status: %s",
                        instance->var, strerror(errno));
    }
    printf("%s%s%s", again ? TERMINAL_HOME TERMINAL_CLEAR : "", table + 4,
           again ? "\n(Ctrl-C ends this)\n" : "");
    return fflush(stdout) == 0;
}

int control_top(const struct instance *instance)
{
    static const struct timespec pause = {.tv_sec = 1};
    struct sigaction action = {.sa_handler = on_interrupt};
    char *answer = malloc(TABLE_MAX + 1);
    bool again = isatty(STDOUT_FILENO) != 0;
    bool good = true;

    if (answer == NULL) {
        complain("there is no memory for the status");
        return EXIT_FAILURE;
    }
    sigaction(SIGINT, &action, NULL);
    if (again) {
        fputs(TERMINAL_HOME TERMINAL_CLEAR, stdout);
    }
    while (good && (good = show(instance, answer, again)) && again &&
           !has_enough) {
        nanosleep(&pause, NULL);
    }
    free(answer);
    return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
