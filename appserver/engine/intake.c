/* What libfcgi reads; intake.h says why and how. */

#include "intake.h"

#include <errno.h>
#include <fcgios.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "record.h"

#define BEGIN_BYTES 8

static struct {
    int bytes_a_second;
    int grace_ms;
} pace;

static struct {
    int fd; /* -1: nothing is looked at */
    unsigned request_id;
    size_t head_left; /* bytes that were looked at before */
    unsigned char record_head[RECORD_HEAD_BYTES];
    size_t record_head_length; /* of it, up to now */
    size_t record_left;        /* of its content and padding */
    bool has_ended;
    bool has_more; /* behind the end */
    int64_t since; /* when the head was read and more was wanted; 0: not yet */
    int64_t bytes; /* that came since then */
} intake = {.fd = -1};

void intake_set_pace(int bytes_a_second, int grace_ms)
{
    pace.bytes_a_second = bytes_a_second;
    pace.grace_ms = grace_ms;
}

void intake_begin(int fd, unsigned request_id, size_t head_length)
{
    intake.fd = fd;
    intake.request_id = request_id;
    intake.head_left = head_length;
    intake.record_head_length = 0;
    intake.record_left = 0;
    intake.has_ended = false;
    intake.has_more = false;
    intake.since = 0;
    intake.bytes = 0;
}

bool intake_end(void)
{
    intake.fd = -1;
    return !intake.has_more;
}

/* The record whose head is whole now; false when libfcgi must not have it. */
static bool take_record(void)
{
    const unsigned char *head = intake.record_head;
    unsigned type = head[1];
    unsigned id = (unsigned)head[2] << 8 | head[3];
    size_t content_length = (size_t)head[4] << 8 | head[5];

    intake.record_head_length = 0;
    intake.record_left = content_length + head[6];
    if (head[0] != FCGI_VERSION || id == 0) {
        return false;
    }
    if (type == FCGI_BEGIN_REQUEST) {
        return content_length == BEGIN_BYTES;
    }
    if (id != intake.request_id) {
        return content_length > 0;
    }
    intake.has_ended = content_length == 0;
    return type == FCGI_STDIN && (content_length > 0 || head[6] == 0);
}

/* Takes what it can of the record that is under way; returns how much. */
static size_t take_some(const unsigned char *bytes, size_t length)
{
    size_t *left =
        intake.head_left > 0 ? &intake.head_left : &intake.record_left;
    size_t wanted = RECORD_HEAD_BYTES - intake.record_head_length;

    if (*left > 0) {
        size_t part = length < *left ? length : *left;

        *left -= part;
        return part;
    }
    wanted = wanted < length ? wanted : length;
    memcpy(intake.record_head + intake.record_head_length, bytes, wanted);
    intake.record_head_length += wanted;
    return wanted;
}

static bool take(const unsigned char *bytes, size_t length)
{
    size_t at = 0;

    while (at < length && !intake.has_ended) {
        at += take_some(bytes + at, length - at);
        if (intake.record_head_length == RECORD_HEAD_BYTES && !take_record()) {
            return false;
        }
    }
    intake.has_more = intake.has_more || at < length;
    return true;
}

/*
 * Instead of libfcgi's own, which closes: when a request breaks off, libfcgi
 * ends its connection by itself. Ours leaves that to connection.c, which has
 * to make epoll forget the connection first.
 */
__attribute__((visibility("default"))) int OS_IpcClose(int ipcFd, int shutdown)
{
    (void)ipcFd;
    (void)shutdown;
    return 0;
}

static bool trickles(ssize_t got)
{
    int64_t ms = clock_now_ms() - intake.since;

    intake.bytes += got;
    return ms > pace.grace_ms && intake.bytes * 1000 < pace.bytes_a_second * ms;
}

/* Instead of libfcgi's own, for all that it reads. */
__attribute__((visibility("default"))) int OS_Read(int fd, char *buf,
                                                   size_t len)
{
    bool is_body = fd == intake.fd && intake.head_left == 0;
    ssize_t got;

    if (is_body && intake.since == 0) {
        intake.since = clock_now_ms();
    }
    do {
        got = read(fd, buf, len);
    } while (got < 0 && errno == EINTR);
    if (got > 0 && fd == intake.fd &&
        (!take((const unsigned char *)buf, (size_t)got) ||
         (is_body && trickles(got)))) {
        errno = EPROTO;
        return -1;
    }
    return (int)got;
}
