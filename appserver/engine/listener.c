/* The listening socket; listener.h says where it may come from. */

#include "listener.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "privileges.h"

#define DESERTED_TRIES 50
#define SYSTEMD_FIRST_FD 3

static bool is_listening(int fd)
{
    int accepts = 0;
    socklen_t length = sizeof(accepts);

    return getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &accepts, &length) == 0 &&
           accepts != 0;
}

static bool prepare_fd(int fd, char *problem, size_t size)
{
    int flags = fcntl(fd, F_GETFL);

    if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0 ||
        fcntl(fd, F_SETFD, FD_CLOEXEC) < 0) {
        snprintf(problem, size, "cannot prepare the listening socket: %s",
                 strerror(errno));
        return false;
    }
    return true;
}

static bool inherit(struct listener *listener, char *problem, size_t size)
{
    const char *pid = getenv("LISTEN_PID");
    const char *count = getenv("LISTEN_FDS");

    listener->fd = -1;
    if (pid != NULL && count != NULL && strtol(pid, NULL, 10) == getpid() &&
        strtol(count, NULL, 10) >= 1) {
        listener->fd = SYSTEMD_FIRST_FD;
    } else if (is_listening(STDIN_FILENO)) {
        /* Standard input itself must not stay the listener in children. */
        listener->fd = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, SYSTEMD_FIRST_FD);
        if (listener->fd >= 0) {
            int null = open("/dev/null", O_RDONLY | O_CLOEXEC);

            if (null >= 0) {
                dup2(null, STDIN_FILENO);
                close(null);
            }
        }
    }
    if (listener->fd < 0 || !is_listening(listener->fd)) {
        snprintf(problem, size,
                 "no socket to listen on: use --listen unix:/path or "
                 "tcp:ADDRESS:PORT, or start through systemd or spawn-fcgi");
        return false;
    }
    unsetenv("LISTEN_PID");
    unsetenv("LISTEN_FDS");
    unsetenv("LISTEN_FDNAMES");
    return prepare_fd(listener->fd, problem, size);
}

/*
 * Nobody listens there. The workers of a master that was killed may still be
 * finishing, so that is asked for a moment.
 */
static bool is_deserted(const struct sockaddr_un *address)
{
    static const struct timespec pause = {.tv_nsec = 20 * 1000000L};
    bool deserted = false;
    int tries;

    for (tries = 0; tries < DESERTED_TRIES && !deserted; tries++) {
        int probe;

        if (tries > 0) {
            nanosleep(&pause, NULL);
        }
        probe = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        if (probe < 0) {
            return false;
        }
        deserted = connect(probe, (const struct sockaddr *)address,
                           sizeof(*address)) != 0 &&
                   errno == ECONNREFUSED;
        close(probe);
    }
    return deserted;
}

/* A socket's file that nobody listens on was left by a killed server. */
static bool clear_stale(const struct sockaddr_un *address, char *problem,
                        size_t size)
{
    struct stat status;

    if (lstat(address->sun_path, &status) != 0) {
        return true;
    }
    if (!S_ISSOCK(status.st_mode)) {
        snprintf(problem, size, "%s is there and is not a socket",
                 address->sun_path);
        return false;
    }
    if (!is_deserted(address)) {
        snprintf(problem, size, "another server listens on %s",
                 address->sun_path);
        return false;
    }
    if (unlink(address->sun_path) != 0) {
        snprintf(problem, size, "cannot remove the stale socket %s: %s",
                 address->sun_path, strerror(errno));
        return false;
    }
    return true;
}

static bool read_mode(const char *text, mode_t *mode, char *problem,
                      size_t size)
{
    char *end;
    unsigned long value = strtoul(text, &end, 8);

    *mode = (mode_t)value;
    if (text[0] >= '0' && text[0] <= '7' && *end == '\0' && value <= 0777) {
        return true;
    }
    snprintf(problem, size, "listen-mode takes 0 to 0777, not \"%s\"", text);
    return false;
}

bool listener_check_mode(const char *mode, char *problem, size_t size)
{
    mode_t ignored;

    return read_mode(mode, &ignored, problem, size);
}

/* Until it is done, nobody but us can connect. */
static bool give_rights(const char *path, const struct listener_rights *rights,
                        char *problem, size_t size)
{
    unsigned uid = (unsigned)-1; /* as it is */
    unsigned gid = (unsigned)-1;
    unsigned own_gid;
    mode_t mode;

    if (!read_mode(rights->mode, &mode, problem, size)) {
        return false;
    }
    if (rights->owner[0] != '\0' &&
        !privileges_user(rights->owner, &uid, &own_gid)) {
        snprintf(problem, size, "listen-owner: there is no user \"%s\"",
                 rights->owner);
        return false;
    }
    if (rights->group[0] != '\0' && !privileges_group(rights->group, &gid)) {
        snprintf(problem, size, "listen-group: there is no group \"%s\"",
                 rights->group);
        return false;
    }
    if ((uid != (unsigned)-1 || gid != (unsigned)-1) &&
        chown(path, uid, gid) != 0) {
        snprintf(problem, size, "cannot give unix:%s to %s:%s: %s", path,
                 rights->owner, rights->group, strerror(errno));
        return false;
    }
    if (chmod(path, mode) != 0) {
        snprintf(problem, size, "cannot set the mode of unix:%s: %s", path,
                 strerror(errno));
        return false;
    }
    return true;
}

static bool check_path(const char *path, char *problem, size_t size)
{
    const size_t most = sizeof(((struct sockaddr_un *)NULL)->sun_path) - 1;

    if (strlen(path) > most || path[0] == '\0') {
        snprintf(problem, size,
                 "the socket's path must have 1 to %zu characters: %s", most,
                 path);
        return false;
    }
    return true;
}

static bool open_unix(struct listener *listener, const char *path,
                      const struct listener_rights *rights, char *problem,
                      size_t size)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    mode_t mask;
    int bound;

    if (!check_path(path, problem, size)) {
        return false;
    }
    memcpy(address.sun_path, path, strlen(path) + 1);
    if (!clear_stale(&address, problem, size)) {
        return false;
    }
    listener->fd =
        socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    mask = umask(0177);
    bound = listener->fd < 0 ? -1
                             : bind(listener->fd, (struct sockaddr *)&address,
                                    sizeof(address));
    umask(mask);
    if (bound != 0) {
        snprintf(problem, size, "cannot listen on unix:%s: %s", path,
                 strerror(errno));
        return false;
    }
    memcpy(listener->unlink_path, path, strlen(path) + 1);
    if (!give_rights(path, rights, problem, size)) {
        return false;
    }
    if (listen(listener->fd, rights->backlog) != 0) {
        snprintf(problem, size, "cannot listen on unix:%s: %s", path,
                 strerror(errno));
        return false;
    }
    return true;
}

/* Cuts "HOST:PORT" or "[HOST]:PORT" in two, in place. */
static bool cut_address(char *text, char **host, char **port)
{
    char *colon = strrchr(text, ':');
    size_t length;

    if (colon == NULL || colon[1] == '\0') {
        return false;
    }
    *colon = '\0';
    *port = colon + 1;
    *host = text;
    length = strlen(text);
    if (length >= 2 && text[0] == '[' && text[length - 1] == ']') {
        text[length - 1] = '\0';
        *host = text + 1;
    }
    return **host != '\0';
}

/* The caller frees what was found. */
static bool read_tcp(const char *text, struct addrinfo **found, char *problem,
                     size_t size)
{
    struct addrinfo hints = {.ai_family = AF_UNSPEC,
                             .ai_socktype = SOCK_STREAM,
                             .ai_flags =
                                 AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE};
    char copy[128];
    char *host;
    char *port;

    if (snprintf(copy, sizeof(copy), "%s", text) >= (int)sizeof(copy) ||
        !cut_address(copy, &host, &port) ||
        getaddrinfo(host, port, &hints, found) != 0) {
        snprintf(problem, size,
                 "\"tcp:%s\" is not tcp:ADDRESS:PORT with a numeric address",
                 text);
        return false;
    }
    return true;
}

static bool open_tcp(struct listener *listener, const char *text, int backlog,
                     char *problem, size_t size)
{
    struct addrinfo *found = NULL;
    int yes = 1;

    if (!read_tcp(text, &found, problem, size)) {
        return false;
    }
    listener->fd =
        socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (listener->fd < 0 ||
        setsockopt(listener->fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes)) !=
            0 ||
        bind(listener->fd, found->ai_addr, found->ai_addrlen) != 0 ||
        listen(listener->fd, backlog) != 0) {
        snprintf(problem, size, "cannot listen on tcp:%s: %s", text,
                 strerror(errno));
        freeaddrinfo(found);
        return false;
    }
    freeaddrinfo(found);
    return true;
}

static bool refuse_address(const char *address, char *problem, size_t size)
{
    snprintf(problem, size,
             "listen takes unix:/path or tcp:ADDRESS:PORT, not \"%s\"",
             address);
    return false;
}

bool listener_check(const char *address, char *problem, size_t size)
{
    struct addrinfo *found = NULL;

    if (strncmp(address, "unix:", 5) == 0) {
        return check_path(address + 5, problem, size);
    }
    if (strncmp(address, "tcp:", 4) != 0) {
        return refuse_address(address, problem, size);
    }
    if (!read_tcp(address + 4, &found, problem, size)) {
        return false;
    }
    freeaddrinfo(found);
    return true;
}

bool listener_open(struct listener *listener, const char *address,
                   const struct listener_rights *rights, char *problem,
                   size_t size)
{
    bool good;

    memset(listener, 0, sizeof(*listener));
    listener->fd = -1;
    if (address[0] == '\0') {
        good = inherit(listener, problem, size);
    } else if (strncmp(address, "unix:", 5) == 0) {
        good = open_unix(listener, address + 5, rights, problem, size);
    } else if (strncmp(address, "tcp:", 4) == 0) {
        good = open_tcp(listener, address + 4, rights->backlog, problem, size);
    } else {
        good = refuse_address(address, problem, size);
    }
    if (!good) {
        listener_close(listener);
    }
    return good;
}

void listener_close(struct listener *listener)
{
    if (listener->fd >= 0) {
        close(listener->fd);
        listener->fd = -1;
    }
    if (listener->unlink_path[0] != '\0') {
        unlink(listener->unlink_path);
        listener->unlink_path[0] = '\0';
    }
}
