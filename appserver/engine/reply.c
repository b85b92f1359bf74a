/* A reply on its way; reply.h says how. */

#include "reply.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/uio.h>

#include "record.h"

#define PUT_MAX ((size_t)8 * 1024)   /* from here on without a copy */
#define RECORD_BYTES ((size_t)65528) /* the most that needs no padding */
#define RECORDS_A_WRITE 16
#define END_CONTENT ((size_t)8)
#define END_BYTES (2 * RECORD_HEAD_BYTES + END_CONTENT)
#define NUMBER_DIGITS_MAX 20 /* of SIZE_MAX */

static struct {
    int fd;
    unsigned request_id;
    bool is_broken; /* a write failed */
    size_t length;  /* of what was put */
    /* The head of its record goes before it, the end of the request behind. */
    unsigned char bytes[RECORD_HEAD_BYTES + PUT_MAX + END_BYTES];
} reply;

/* Records that leave in one write. */
struct load {
    unsigned char heads[RECORDS_A_WRITE][RECORD_HEAD_BYTES];
    struct iovec
        vector[2 * RECORDS_A_WRITE + 2]; /* what was put, and the end */
    int count;
    int records;
};

void reply_begin(int fd, unsigned request_id)
{
    reply.fd = fd;
    reply.request_id = request_id;
    reply.is_broken = false;
    reply.length = 0;
}

static bool write_vector(int fd, struct iovec *vector, int count)
{
    while (count > 0) {
        ssize_t written = writev(fd, vector, count);

        if (written < 0 && errno == EINTR) {
            continue;
        }
        if (written <= 0) {
            return false;
        }
        while (count > 0 && (size_t)written >= vector->iov_len) {
            written -= (ssize_t)vector->iov_len;
            vector++;
            count--;
        }
        if (count > 0) {
            vector->iov_base = (char *)vector->iov_base + written;
            vector->iov_len -= (size_t)written;
        }
    }
    return true;
}

static void unload(struct load *load)
{
    if (!reply.is_broken) {
        reply.is_broken = !write_vector(reply.fd, load->vector, load->count);
    }
    load->count = 0;
    load->records = 0;
}

/* writev() only reads what it is given. */
static void add(struct load *load, const void *bytes, size_t length)
{
    load->vector[load->count++] =
        (struct iovec){(void *)(uintptr_t)bytes, length};
}

static void add_record(struct load *load, const char *bytes, size_t length)
{
    unsigned char *head = load->heads[load->records++];

    record_put_head(head, FCGI_STDOUT, reply.request_id, length);
    add(load, head, RECORD_HEAD_BYTES);
    add(load, bytes, length);
}

/* What was put, as a record; where nothing was, there is none. */
static size_t wrap_up(void)
{
    size_t length = reply.length;

    if (length == 0) {
        return 0;
    }
    record_put_head(reply.bytes, FCGI_STDOUT, reply.request_id, length);
    reply.length = 0;
    return RECORD_HEAD_BYTES + length;
}

static unsigned char *put_end(unsigned char *at)
{
    static const unsigned char complete[END_CONTENT];

    at = record_put(at, FCGI_STDOUT, reply.request_id, NULL, 0);
    return record_put(at, FCGI_END_REQUEST, reply.request_id, complete,
                      sizeof(complete));
}

bool reply_send(const char *bytes, size_t length, bool is_last)
{
    unsigned char end[END_BYTES];
    struct load load;
    size_t put;

    load.count = 0;
    load.records = 0;
    if (length <= PUT_MAX - reply.length) {
        reply_put(bytes, length);
        length = 0;
    }
    put = wrap_up();
    if (is_last && length == 0) {
        put = (size_t)(put_end(reply.bytes + put) - reply.bytes);
    }
    if (put > 0) {
        add(&load, reply.bytes, put);
    }
    while (length > 0) {
        size_t part = length < RECORD_BYTES ? length : RECORD_BYTES;

        add_record(&load, bytes, part);
        bytes += part;
        length -= part;
        if (length == 0 && is_last) {
            put_end(end);
            add(&load, end, END_BYTES);
        }
        if (load.records == RECORDS_A_WRITE) {
            unload(&load);
        }
    }
    unload(&load);
    return !reply.is_broken;
}

void reply_put(const char *bytes, size_t length)
{
    while (length > 0) {
        size_t room = PUT_MAX - reply.length;
        size_t part = length < room ? length : room;

        memcpy(reply.bytes + RECORD_HEAD_BYTES + reply.length, bytes, part);
        reply.length += part;
        bytes += part;
        length -= part;
        if (length > 0) {
            reply_send(NULL, 0, false);
        }
    }
}

void reply_put_text(const char *text)
{
    reply_put(text, strlen(text));
}

void reply_put_number(size_t number)
{
    char digits[NUMBER_DIGITS_MAX];
    char *first = digits + sizeof(digits);

    do {
        *--first = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    reply_put(first, (size_t)(digits + sizeof(digits) - first));
}
