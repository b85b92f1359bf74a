/* Writing the log without waiting for its reader; log_output.h says why. */

#include "log_output.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "log.h"
#include "log_record.h"

#define PATIENCE_MS 10
#define TRIES_MOST 4 /* poll(2) may promise room that is not enough */
#define LINE_BYTES 512

/* How a descriptor is written to without waiting. */
enum way {
    WAY_FILE,       /* it never makes anybody wait for long */
    WAY_SOCKET,     /* told with each call */
    WAY_OWN,        /* opened once more, not blocking */
    WAY_ASKED_FIRST /* not ours to open: poll(2), and then little */
};

static struct {
    int fd;
    enum way way;
    unsigned long lost;
    bool is_stuck; /* the last line was not written: do not wait again */
    bool is_torn;  /* ... but a part of it */
} output = {.fd = STDERR_FILENO};

void log_output_open(void)
{
    struct stat status;

    output.fd = STDERR_FILENO;
    output.way = WAY_FILE;
    if (fstat(STDERR_FILENO, &status) != 0 ||
        (!S_ISFIFO(status.st_mode) && !S_ISSOCK(status.st_mode) &&
         !isatty(STDERR_FILENO))) {
        return;
    }
    if (S_ISSOCK(status.st_mode)) {
        output.way = WAY_SOCKET;
        return;
    }
    /* The flag on standard error itself would be everybody's who has it. */
    output.fd =
        open("/proc/self/fd/2", O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    output.way = WAY_OWN;
    if (output.fd < 0) {
        output.fd = STDERR_FILENO;
        output.way = WAY_ASKED_FIRST;
    }
}

static bool has_room(int ms)
{
    struct pollfd room = {.fd = output.fd, .events = POLLOUT};

    return poll(&room, 1, ms) == 1 && (room.revents & POLLOUT) != 0;
}

/* As much as there is room for; -1 and EAGAIN when there is none. */
static ssize_t put(const char *text, size_t length)
{
    if (output.way == WAY_SOCKET) {
        return send(output.fd, text, length, MSG_DONTWAIT | MSG_NOSIGNAL);
    }
    if (output.way == WAY_ASKED_FIRST) {
        if (!has_room(0)) {
            errno = EAGAIN;
            return -1;
        }
        length = length < PIPE_BUF ? length : PIPE_BUF;
    }
    return write(output.fd, text, length);
}

/* After a call that wrote nothing: whether another one may. */
static bool may_try_again(int *tries)
{
    if (errno != EAGAIN) {
        return errno == EINTR;
    }
    return !output.is_stuck && ++*tries <= TRIES_MOST && has_room(PATIENCE_MS);
}

static bool put_whole(const char *text, size_t length)
{
    size_t done = 0;
    int tries = 0;

    while (done < length) {
        ssize_t written = put(text + done, length - done);

        if (written > 0) {
            done += (size_t)written;
        } else if (written == 0 || !may_try_again(&tries)) {
            break;
        }
    }
    output.is_torn = done > 0 && done < length;
    return done == length;
}

/* Between what was lost and what comes now. */
static bool tell_lost(void)
{
    static const char words[] = " lines of the log were lost: whoever reads it "
                                "did not read on, or its disk is full";
    char digits[24];
    size_t at = sizeof(digits) - 1;
    unsigned long rest = output.lost;
    char line[LINE_BYTES];
    char message[sizeof(digits) + sizeof(words)] = "";
    size_t length = 0;
    struct log_record record = {.text = line, .size = sizeof(line)};
    const char *word;

    do {
        digits[--at] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest > 0);
    while (at < sizeof(digits) - 1) {
        message[length++] = digits[at++];
    }
    for (word = words; *word != '\0'; word++) {
        message[length++] = *word;
    }
    log_record_begin(&record, "error", log_process());
    log_record_message(&record, message);
    log_record_end(&record);
    return put_whole(record.text, record.length);
}

void log_output(const char *text, size_t length)
{
    bool good = !output.is_torn || put_whole("\n", 1);

    if (good && output.lost > 0) {
        good = tell_lost();
        output.lost = good ? 0 : output.lost;
    }
    good = good && put_whole(text, length);
    output.lost += !good;
    output.is_stuck = !good;
}
