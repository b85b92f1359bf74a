/*
 * The listening socket: opened by ourselves, or inherited from systemd
 * (LISTEN_FDS) or spawn-fcgi (standard input).
 */

#ifndef ENGINE_LISTENER_H
#define ENGINE_LISTENER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/un.h>

struct listener {
    int fd;
    char unlink_path[sizeof(((struct sockaddr_un *)0)->sun_path)];
};

/* Of a socket that is made; as the settings of these names. */
struct listener_rights {
    const char *owner;
    const char *group;
    const char *mode;
    int backlog;
};

/*
 * `address` is "unix:/path", "tcp:ADDRESS:PORT", "tcp:[ADDRESS]:PORT", or
 * empty for an inherited socket. The socket is non-blocking and not kept over
 * exec. On failure `problem` says why.
 */
bool listener_open(struct listener *listener, const char *address,
                   const struct listener_rights *rights, char *problem,
                   size_t size);

/* Whether these can be an address and a mode at all; false with `problem`. */
bool listener_check(const char *address, char *problem, size_t size);
bool listener_check_mode(const char *mode, char *problem, size_t size);

/* Closes it, and removes the Unix socket's file if we made it. */
void listener_close(struct listener *listener);

#endif
