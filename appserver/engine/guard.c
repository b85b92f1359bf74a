/* The guard of a request; guard.h says what happens and in which order. */

#include "guard.h"

#include <errno.h>
#include <execinfo.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "arena.h"
#include "clock.h"
#include "dev.h"
#include "dispatch.h"
#include "log.h"
#include "log_output.h"
#include "log_record.h"
#include "record.h"
#include "request.h"
#include "sandbox.h"

#define STACK_BYTES ((size_t)128 * 1024)
#define FRAMES_MAX 48
#define PAGE_MEMORY ((size_t)4 * 1024 * 1024)
#define GIVE_MS 200

struct canned {
    int status;
    unsigned char *records; /* STDOUT..., STDOUT (empty), END_REQUEST */
    size_t length;
};

static struct {
    const struct pool *pool;
    struct canned crash;
    struct canned time_limit;
    void *stack;
    volatile sig_atomic_t active;
    volatile sig_atomic_t is_read;
    volatile sig_atomic_t reply_begun;
    struct guard_request request;
} guard;

/* One byte a descriptor; only the pages of low numbers are ever touched. */
static volatile unsigned char kept[GUARD_FDS_MAX];
static volatile sig_atomic_t kept_end;

/* For the log of a crash: a path of 64 KiB fits, escaped. */
static char record_text[(size_t)512 * 1024];
static char frame_lines[(size_t)16 * 1024];

static const int crash_signals[] = {SIGSEGV, SIGBUS,  SIGFPE,
                                    SIGILL,  SIGABRT, SIGSYS};

#define CRASH_SIGNALS (sizeof(crash_signals) / sizeof(crash_signals[0]))

static struct sigaction former[CRASH_SIGNALS];

void guard_keep(int fd)
{
    kept[fd] = 1;
    if (fd >= kept_end) {
        kept_end = fd + 1;
    }
}

void guard_forget(int fd)
{
    kept[fd] = 0;
}

void guard_begin(const struct guard_request *request)
{
    guard.request = *request;
    guard.is_read = 0;
    guard.reply_begun = 0;
    guard.active = 1;
}

void guard_request_is_read(void)
{
    guard.is_read = 1;
}

void guard_reply_begins(void)
{
    guard.reply_begun = 1;
}

void guard_end(void)
{
    guard.active = 0;
}

bool guard_can_answer(void)
{
    return guard.active && !guard.reply_begun;
}

/* --- in a signal handler ------------------------------------------------ */

static void write_all(int fd, const void *bytes, size_t length)
{
    const char *at = bytes;

    while (length > 0) {
        ssize_t written = write(fd, at, length);

        if (written < 0 && errno == EINTR) {
            continue;
        }
        if (written <= 0) {
            return;
        }
        at += written;
        length -= (size_t)written;
    }
}

static const char *signal_name(int number)
{
    switch (number) {
    case SIGSEGV:
        return "SIGSEGV (it used memory that is not its own)";
    case SIGBUS:
        return "SIGBUS (a mapped file is shorter than its mapping)";
    case SIGFPE:
        return "SIGFPE (a division by zero or an overflow)";
    case SIGILL:
        return "SIGILL (an instruction that does not exist)";
    case SIGABRT:
        return "SIGABRT (it gave itself up)";
    default:
        return "a signal";
    }
}

/*
 * The frames as lines, in a file in memory: the one function that writes them
 * and may be called here writes to a descriptor. Returns their bytes.
 */
static size_t read_frames(void *const *frames, int depth)
{
    int file = memfd_create("backtrace", MFD_CLOEXEC);
    ssize_t length;

    if (file < 0) {
        return 0;
    }
    backtrace_symbols_fd(frames, depth, file);
    length = pread(file, frame_lines, sizeof(frame_lines), 0);
    close(file);
    return length > 0 ? (size_t)length : 0;
}

/* The page whose handler is guilty. */
static const char *route_of(const struct fb_request *request)
{
    return guard.active && request->match.page != NULL
               ? request->match.page->name
               : NULL;
}

static void log_event(const char *what, const char *detail)
{
    struct log_record record = {.text = record_text,
                                .size = sizeof(record_text)};
    struct log_subject subject = {.id = guard.request.id,
                                  .trace = guard.request.trace_id,
                                  .method = guard.request.method,
                                  .path = guard.request.path,
                                  .route = route_of(guard.request.request)};
    void *frames[FRAMES_MAX];
    char message[256] = "";
    int depth = backtrace(frames, FRAMES_MAX);
    size_t lines = read_frames(frames, depth);

    strncat(message, what, sizeof(message) / 4);
    strncat(message, detail, sizeof(message) / 4);
    if (!guard.active) {
        strncat(message, " outside of a request", sizeof(message) / 4);
    }
    log_record_begin(&record, "error", log_process());
    log_record_message(&record, message);
    if (guard.active) {
        log_record_request(&record, &subject);
    }
    log_record_backtrace(&record, frame_lines, lines);
    log_record_end(&record);
    log_output(record.text, record.length);
    if (log_record_format() == LOG_TEXT) {
        log_output(frame_lines, lines);
    }
}

/* The request that ends with its worker is in the access log, too. */
static void log_access(int status, enum access_end end)
{
    /* A job is no request of anybody. */
    if (guard.active && guard.request.request->job == NULL) {
        access_log_write(
            guard.request.request,
            guard.reply_begun ? guard.request.request->status : status, end);
    }
}

static void save_the_innocent(void)
{
    int fd;

    for (fd = 0; fd < kept_end; fd++) {
        if (kept[fd] && !(guard.active && fd == guard.request.fd)) {
            pool_give_waiting(guard.pool, fd, GIVE_MS);
            kept[fd] = 0;
        }
    }
}

static void answer(struct canned *canned)
{
    unsigned char *at = canned->records;
    const unsigned char *end = at + canned->length;

    if (!guard_can_answer()) {
        return;
    }
    while (at < end) {
        at[2] = (unsigned char)(guard.request.fcgi_id >> 8);
        at[3] = (unsigned char)guard.request.fcgi_id;
        at += RECORD_HEAD_BYTES + ((size_t)at[4] << 8) + at[5] + at[6];
    }
    write_all(guard.request.fd, canned->records, canned->length);
    if (guard.is_read) {
        pool_give_waiting(guard.pool, guard.request.fd, GIVE_MS);
    }
}

/* In development the client is told all of it, in one record. */
static void answer_author(const char *what)
{
    static const char head[] = "Status: 500 Internal Server Error\r\n"
                               "Content-Type: text/html; charset=utf-8\r\n"
                               "Cache-Control: no-store\r\n\r\n";
    static const unsigned char complete[8] = {0};
    static unsigned char records[RECORD_CONTENT_MAX + 256];
    struct dev_page page =
        dev_crash_page(what, guard.active ? guard.request.method : "",
                       guard.active ? guard.request.path : "A worker");
    unsigned char *at =
        record_put(records, FCGI_STDOUT, 0, head, sizeof(head) - 1);
    struct canned canned = {.records = records};

    at = record_put(at, FCGI_STDOUT, 0, page.bytes, page.length);
    at = record_put(at, FCGI_STDOUT, 0, NULL, 0);
    at = record_put(at, FCGI_END_REQUEST, 0, complete, sizeof(complete));
    canned.length = (size_t)(at - records);
    answer(&canned);
    log_output(dev_crash_lines(), strlen(dev_crash_lines()));
}

/* Who handled the signal before (a sanitizer, say) has the last word. */
static void pass_on(int number, siginfo_t *info, void *context)
{
    size_t i;

    for (i = 0; i < CRASH_SIGNALS; i++) {
        if (crash_signals[i] != number) {
            continue;
        }
        if ((former[i].sa_flags & SA_SIGINFO) != 0 &&
            former[i].sa_sigaction != NULL) {
            former[i].sa_sigaction(number, info, context);
        }
    }
    signal(number, SIG_DFL);
    raise(number);
}

static void on_crash(int number, siginfo_t *info, void *context)
{
    /* A second fault, in here, ends the process at once (SA_RESETHAND). */
    save_the_innocent();
    if (dev_is_on()) {
        answer_author(signal_name(number));
    } else {
        answer(&guard.crash);
    }
    if (number == SIGSYS) {
        log_event("the sandbox forbids the call ",
                  sandbox_call_name(info->si_syscall));
    } else {
        log_event("crashed by ", signal_name(number));
    }
    log_access(500, ACCESS_CRASH);
    pass_on(number, info, context);
}

static void on_time_limit(int number)
{
    (void)number;
    if (!guard_can_answer()) {
        return; /* it ended just now */
    }
    save_the_innocent();
    answer(&guard.time_limit);
    log_event("the time limit was reached, the worker ends itself", "");
    log_access(504, ACCESS_TIME_LIMIT);
    _exit(GUARD_EXIT_TIME_LIMIT);
}

/* --- at the start ------------------------------------------------------- */

static bool can(struct canned *canned, const char *head, const char *body,
                size_t body_length)
{
    static const unsigned char complete[8] = {0};
    size_t records = body_length / RECORD_CONTENT_MAX + 4;
    unsigned char *at;

    canned->records = malloc(strlen(head) + body_length + sizeof(complete) +
                             records * RECORD_HEAD_BYTES);
    if (canned->records == NULL) {
        return false;
    }
    at = record_put(canned->records, FCGI_STDOUT, 0, head, strlen(head));
    while (body_length > 0) {
        size_t part =
            body_length < RECORD_CONTENT_MAX ? body_length : RECORD_CONTENT_MAX;

        at = record_put(at, FCGI_STDOUT, 0, body, part);
        body += part;
        body_length -= part;
    }
    at = record_put(at, FCGI_STDOUT, 0, NULL, 0);
    at = record_put(at, FCGI_END_REQUEST, 0, complete, sizeof(complete));
    canned->length = (size_t)(at - canned->records);
    return true;
}

static bool draw(struct canned *canned, const struct app *app, int status,
                 const char *head)
{
    struct fb_request *request = calloc(1, sizeof(*request));
    struct arena arena;
    bool good;

    if (request == NULL) {
        return false;
    }
    arena_init(&arena, PAGE_MEMORY);
    request_init(request, &arena, app->table, NULL);
    dispatch_error(request, status);
    good = can(canned, head, request->out.bytes, request->out.length);
    arena_free(&arena);
    free(request);
    return good;
}

static bool install_handlers(void)
{
    struct sigaction crash = {0};
    struct sigaction time_limit = {0};
    stack_t stack = {.ss_size = STACK_BYTES};
    size_t i;

    guard.stack = mmap(NULL, STACK_BYTES, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (guard.stack == MAP_FAILED) {
        guard.stack = NULL;
        return false;
    }
    stack.ss_sp = guard.stack;
    crash.sa_sigaction = on_crash;
    crash.sa_flags = (int)(SA_SIGINFO | SA_ONSTACK | SA_RESETHAND | SA_NODEFER);
    sigemptyset(&crash.sa_mask);
    time_limit.sa_handler = on_time_limit;
    time_limit.sa_flags = SA_ONSTACK;
    sigfillset(&time_limit.sa_mask);
    if (sigaltstack(&stack, NULL) != 0 ||
        sigaction(SIGALRM, &time_limit, NULL) != 0) {
        return false;
    }
    for (i = 0; i < CRASH_SIGNALS; i++) {
        if (sigaction(crash_signals[i], &crash, &former[i]) != 0) {
            return false;
        }
    }
    return true;
}

bool guard_install(const struct app *app, const struct pool *pool)
{
    static const char crash_head[] =
        "Status: 500 Internal Server Error\r\n"
        "Content-Type: text/html; charset=utf-8\r\n\r\n";
    static const char time_limit_head[] =
        "Status: 504 Gateway Timeout\r\n"
        "Content-Type: text/html; charset=utf-8\r\n\r\n";
    void *frames[2];

    guard.pool = pool;
    /* The first call loads a library: not a thing for a signal handler. */
    backtrace(frames, 2);
    return draw(&guard.crash, app, 500, crash_head) &&
           draw(&guard.time_limit, app, 504, time_limit_head) &&
           install_handlers();
}

void guard_free(void)
{
    stack_t none = {.ss_flags = SS_DISABLE};
    size_t i;

    for (i = 0; i < CRASH_SIGNALS; i++) {
        sigaction(crash_signals[i], &former[i], NULL);
    }
    sigaltstack(&none, NULL);
    if (guard.stack != NULL) {
        munmap(guard.stack, STACK_BYTES);
    }
    free(guard.crash.records);
    free(guard.time_limit.records);
}
