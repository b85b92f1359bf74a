/* The access log; access_log.h shows a line of it. */

#include "access_log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "account.h"
#include "clock.h"
#include "log.h"
#include "log_record.h"
#include "request.h"

/* A path of 64 KiB fits, escaped. */
#define LINE_BYTES ((size_t)512 * 1024)

static struct {
    const char *file; /* the settings' */
    int fd;
    bool is_full; /* the last line could not be written, as was said */
    bool is_torn; /* ... and stands there in part */
    char line[LINE_BYTES];
} access_log = {.fd = -1};

static int open_file(const char *file, char *problem, size_t size)
{
    int fd = open(
        file, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK | O_NOCTTY,
        0640);
    struct stat status;

    if (fd < 0) {
        snprintf(problem, size, "access-log: %s: %s", file, strerror(errno));
        return -1;
    }
    if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode)) {
        snprintf(problem, size,
                 "access-log: %s is no ordinary file, and another kind would "
                 "let workers wait for whoever reads it",
                 file);
        close(fd);
        return -1;
    }
    return fd;
}

bool access_log_open(const char *file, char *problem, size_t size)
{
    access_log.file = file;
    if (file[0] == '\0') {
        return true;
    }
    access_log.fd = open_file(file, problem, size);
    return access_log.fd >= 0;
}

void access_log_reopen(void)
{
    char problem[512];
    int fd;

    if (access_log.fd < 0) {
        return;
    }
    fd = open_file(access_log.file, problem, sizeof(problem));
    if (fd < 0) {
        log_line(LOG_ERROR, "the access log goes on in its old file: %s",
                 problem);
        return;
    }
    close(access_log.fd);
    access_log.fd = fd;
    access_log.is_torn = false;
}

static const char *end_name(enum access_end end)
{
    static const char *const names[] = {
#define ACCESS_END(id, name) [ACCESS_##id] = (name),
        ACCESS_ENDS(ACCESS_END)
#undef ACCESS_END
    };

    return names[end];
}

static void describe(struct log_record *record,
                     const struct fb_request *request, int status,
                     enum access_end end)
{
    const struct fb_page *page = request->match.page;
    struct log_subject subject = {.id = request->id,
                                  .trace = request->trace_id,
                                  .method = request->method_name,
                                  .path = request->path,
                                  .route = page != NULL ? page->name : NULL,
                                  .status = status};

    log_record_begin_object(record);
    log_record_request(record, &subject);
    if (request->waited_ms >= 0) {
        log_record_number(record, "wait_ms", request->waited_ms);
    }
    log_record_number(record, "took_us", clock_now_us() - request->taken_us);
    log_record_number(record, "db_us", request->statement_us);
    log_record_number(record, "statements", (int64_t)request->statements);
    log_record_number(
        record, "received",
        request->received == SIZE_MAX ? 0 : (int64_t)request->received);
    log_record_number(record, "sent", (int64_t)request->sent);
    if (request->account != NULL && request->account->account != NULL) {
        log_record_number(record, "account", request->account->account->id);
    }
    log_record_number(record, "worker", getpid());
    log_record_word(record, "end", end_name(end));
    log_record_end(record);
}

/* A disk that is full stops nobody; it is said once. */
static void note_failure(size_t length, ssize_t written)
{
    bool good = written == (ssize_t)length;

    access_log.is_torn = written > 0 && !good;
    if (!good && !access_log.is_full) {
        log_line(LOG_ERROR,
                 "the access log cannot be written, and lacks lines: %s",
                 written < 0 ? strerror(errno) : "the disk is full");
    }
    access_log.is_full = !good;
}

void access_log_write(const struct fb_request *request, int status,
                      enum access_end end)
{
    struct log_record record = {.text = access_log.line + 1,
                                .size = sizeof(access_log.line) - 1};
    size_t before;

    if (access_log.fd < 0) {
        return;
    }
    describe(&record, request, status, end);
    /* What stands there in part is ended first. */
    before = access_log.is_torn;
    access_log.line[0] = '\n';
    note_failure(
        record.length + before,
        write(access_log.fd, record.text - before, record.length + before));
}
