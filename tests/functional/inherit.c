/*
 * Starts a program with an open listening socket, as systemd or spawn-fcgi
 * would.
 *
 *     inherit SOCKET systemd|spawn-fcgi PROGRAM [ARGUMENT]...
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define SYSTEMD_FIRST_FD 3

int main(int argc, char **argv)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    char pid[24];
    int fd;

    if (argc < 4 || strlen(argv[1]) >= sizeof(address.sun_path)) {
        fprintf(stderr,
                "usage: inherit SOCKET systemd|spawn-fcgi PROGRAM...\n");
        return 2;
    }
    memcpy(address.sun_path, argv[1], strlen(argv[1]) + 1);
    fd = socket(AF_UNIX, SOCK_STREAM, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof(address)) != 0 ||
        listen(fd, 64) != 0) {
        perror(argv[1]);
        return 1;
    }
    if (strcmp(argv[2], "systemd") == 0) {
        dup2(fd, SYSTEMD_FIRST_FD);
        snprintf(pid, sizeof(pid), "%d", (int)getpid());
        setenv("LISTEN_PID", pid, 1);
        setenv("LISTEN_FDS", "1", 1);
    } else {
        dup2(fd, STDIN_FILENO);
    }
    if (fd != SYSTEMD_FIRST_FD) {
        close(fd);
    }
    execv(argv[3], argv + 3);
    perror(argv[3]);
    return 1;
}
