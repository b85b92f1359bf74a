/*
 * Plays systemd for one service: opens its socket, starts it with LISTEN_FDS,
 * NOTIFY_SOCKET and a watchdog, and writes down what it tells, one line each.
 *
 *     play_systemd SOCKET LOG WATCHDOG_MS PROGRAM [ARGUMENT]...
 *
 * SIGTERM and SIGHUP are passed on. Ends with the program's exit status.
 */

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define FIRST_FD 3

static volatile sig_atomic_t child;

static void pass_on(int number)
{
    kill((pid_t)child, number);
}

static int open_socket(const char *path, int type)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);

    if (fd < 0 || strlen(path) >= sizeof(address.sun_path)) {
        return -1;
    }
    memcpy(address.sun_path, path, strlen(path) + 1);
    return bind(fd, (struct sockaddr *)&address, sizeof(address)) == 0 ? fd
                                                                       : -1;
}

static void become_service(int listener, const char *notify, const char *ms,
                           char **command)
{
    char text[64];

    prctl(PR_SET_PDEATHSIG, SIGTERM);
    dup2(listener, FIRST_FD);
    fcntl(FIRST_FD, F_SETFD, 0); /* it may have been the same one */
    snprintf(text, sizeof(text), "%d", (int)getpid());
    setenv("LISTEN_PID", text, 1);
    setenv("WATCHDOG_PID", text, 1);
    setenv("LISTEN_FDS", "1", 1);
    setenv("NOTIFY_SOCKET", notify, 1);
    snprintf(text, sizeof(text), "%s000", ms);
    setenv("WATCHDOG_USEC", text, 1);
    execvp(command[0], command);
    perror(command[0]);
    _exit(127);
}

/* A datagram has lines; each is one of the log. */
static void write_down(int notify, FILE *log)
{
    char text[2048];
    ssize_t got = recv(notify, text, sizeof(text) - 1, MSG_DONTWAIT);

    if (got > 0) {
        text[got] = '\0';
        fprintf(log, "%s\n", text);
        fflush(log);
    }
}

int main(int argc, char **argv)
{
    struct sigaction action = {.sa_handler = pass_on};
    struct pollfd notified = {.events = POLLIN};
    char path[256];
    FILE *log;
    int listener;
    int status;

    if (argc < 5) {
        fprintf(stderr, "usage: play_systemd SOCKET LOG WATCHDOG_MS PROGRAM\n");
        return 2;
    }
    snprintf(path, sizeof(path), "%s.notify", argv[1]);
    listener = open_socket(argv[1], SOCK_STREAM);
    notified.fd = open_socket(path, SOCK_DGRAM);
    if (listener < 0 || listen(listener, 64) != 0 || notified.fd < 0 ||
        (log = fopen(argv[2], "ae")) == NULL) {
        perror("play_systemd");
        return 1;
    }
    child = fork();
    if (child == 0) {
        become_service(listener, path, argv[3], argv + 4);
    }
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGHUP, &action, NULL);
    while (waitpid((pid_t)child, &status, WNOHANG) == 0) {
        if (poll(&notified, 1, 50) > 0) {
            write_down(notified.fd, log);
        }
    }
    write_down(notified.fd, log);
    fclose(log);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}
