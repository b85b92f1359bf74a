/* One call that waits for an answer; database_wait.h says why. */

#include "database_wait.h"

#include <errno.h>
#include <fcntl.h>
#include <ma_pvio.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/time.h>

/* The socket's own functions, with our read among them. */
static PVIO_METHODS methods;

static ssize_t read_waiting(MARIADB_PVIO *pvio, uchar *buffer, size_t length)
{
    my_socket fd;
    ssize_t got;

    if (methods.get_handle(pvio, &fd)) {
        return -1;
    }
    do {
        got = recv(fd, buffer, length, 0);
    } while (got < 0 && errno == EINTR);
    if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
        errno = ETIMEDOUT;
    }
    return got;
}

static bool waits(int fd)
{
    int flags = fcntl(fd, F_GETFL);

    return flags >= 0 && (flags & O_NONBLOCK) == 0;
}

void database_wait_in_one_call(MYSQL *connection, int seconds)
{
    MARIADB_PVIO *pvio = connection->net.pvio;
    struct timeval limit = {.tv_sec = seconds};
    int fd = mysql_get_socket(connection);

    if (pvio == NULL || pvio->ctls != NULL || !waits(fd) ||
        setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)) != 0) {
        return;
    }
    methods = *pvio->methods;
    methods.read = read_waiting;
    pvio->methods = &methods;
}
