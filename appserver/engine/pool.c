/* The pool of connections on their way between workers. */

#include "pool.h"

#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/*
 * A few dozen connections. More would only wait here instead of where they
 * are: whoever is idle takes from the pool at once.
 */
#define ROOM_BYTES 16384

union control {
    char bytes[CMSG_SPACE(sizeof(int))];
    struct cmsghdr align;
};

bool pool_open(struct pool *pool)
{
    int room = ROOM_BYTES;
    int pair[2];

    /* Packets: one connection each, never two stuck together. */
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0,
                   pair) != 0) {
        return false;
    }
    pool->give_fd = pair[0];
    pool->take_fd = pair[1];
    return setsockopt(pool->give_fd, SOL_SOCKET, SO_SNDBUF, &room,
                      sizeof(room)) == 0;
}

void pool_close(struct pool *pool)
{
    close(pool->give_fd);
    close(pool->take_fd);
}

bool pool_give(const struct pool *pool, int fd)
{
    union control control;
    char byte = 0;
    struct iovec data = {.iov_base = &byte, .iov_len = 1};
    struct msghdr message = {.msg_iov = &data,
                             .msg_iovlen = 1,
                             .msg_control = control.bytes,
                             .msg_controllen = sizeof(control.bytes)};
    struct cmsghdr *header;

    memset(&control, 0, sizeof(control));
    header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(header), &fd, sizeof(fd));
    return sendmsg(pool->give_fd, &message, MSG_NOSIGNAL) != -1;
}

bool pool_give_waiting(const struct pool *pool, int fd, int ms)
{
    static const struct timespec pause = {.tv_nsec = 5 * 1000000L};
    int waited;

    for (waited = 0; !pool_give(pool, fd); waited += 5) {
        if ((errno != EAGAIN && errno != EINTR && errno != ETOOMANYREFS) ||
            waited >= ms) {
            return false;
        }
        nanosleep(&pause, NULL);
    }
    return true;
}

bool pool_is_empty(const struct pool *pool)
{
    int bytes = 0;

    return ioctl(pool->take_fd, FIONREAD, &bytes) == 0 && bytes == 0;
}

int pool_take(const struct pool *pool)
{
    union control control;
    char byte;
    struct iovec data = {.iov_base = &byte, .iov_len = 1};
    struct msghdr message = {.msg_iov = &data,
                             .msg_iovlen = 1,
                             .msg_control = control.bytes,
                             .msg_controllen = sizeof(control.bytes)};
    struct cmsghdr *header;
    int fd = -1;

    if (recvmsg(pool->take_fd, &message, MSG_CMSG_CLOEXEC) != 1) {
        return -1;
    }
    header = CMSG_FIRSTHDR(&message);
    if (header != NULL && header->cmsg_level == SOL_SOCKET &&
        header->cmsg_type == SCM_RIGHTS &&
        header->cmsg_len == CMSG_LEN(sizeof(int))) {
        memcpy(&fd, CMSG_DATA(header), sizeof(fd));
    }
    return fd;
}
