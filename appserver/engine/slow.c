/* Requests that are slow; slow.h says how it is known why. */

#include "slow.h"

#include <errno.h>
#include <execinfo.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "database.h"
#include "log.h"
#include "request.h"

#define FRAMES_MAX 48
#define FRAMES_OURS 2 /* the signal's handler, and the kernel's way into it */

static struct {
    int64_t ms; /* from when on a request is slow; 0: never */

    /* The worker's thread alone. */
    volatile sig_atomic_t is_active;
    const char *volatile what; /* NULL: it waits for nothing */
    const char *volatile name;

    /* What the signal's handler noted. */
    volatile sig_atomic_t is_noted;
    const char *noted_what;
    const char *noted_name;
    int64_t computed_us;
    void *frames[FRAMES_MAX];
    int depth;

    /* The minder's. */
    int64_t watched; /* since when the request that it looks at is handled */
    bool is_asked;
    _Atomic int64_t began_us; /* of the processor's time */
} slow;

static int64_t time_of(clockid_t clock)
{
    struct timespec now = {0};

    clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static void on_slow(int number)
{
    int saved = errno;

    (void)number;
    if (slow.is_active && !slow.is_noted) {
        slow.noted_what = slow.what;
        slow.noted_name = slow.name;
        slow.computed_us = time_of(CLOCK_THREAD_CPUTIME_ID) - slow.began_us;
        slow.depth = backtrace(slow.frames, FRAMES_MAX);
        slow.is_noted = 1;
    }
    errno = saved;
}

bool slow_install(int slow_ms)
{
    struct sigaction action = {.sa_handler = on_slow,
                               .sa_flags = SA_RESTART | SA_ONSTACK};

    slow.ms = slow_ms;
    sigemptyset(&action.sa_mask);
    return sigaction(SIGPROF, &action, NULL) == 0;
}

void slow_waits(const char *what, const char *name)
{
    slow.name = name;
    slow.what = what;
}

void slow_waited(void)
{
    slow.what = NULL;
}

void slow_begin(void)
{
    slow.is_noted = 0;
    slow.what = NULL;
    slow.is_active = 1;
}

void slow_watch(pthread_t worker, int64_t since_ms, int64_t busy_ms)
{
    clockid_t clock;

    if (slow.ms == 0) {
        return;
    }
    if (slow.watched != since_ms) {
        slow.watched = since_ms;
        slow.is_asked = false;
        if (pthread_getcpuclockid(worker, &clock) == 0) {
            slow.began_us = time_of(clock);
        }
    }
    if (!slow.is_asked && busy_ms >= slow.ms) {
        slow.is_asked = true;
        pthread_kill(worker, SIGPROF);
    }
}

static void write_statements(FILE *out, const struct fb_request *request)
{
    const struct database_timing *timings = NULL;
    size_t count = 0;
    unsigned total = 0;
    int64_t us = 0;
    size_t i;

    if (request->database != NULL) {
        count = database_timings(request->database, &timings);
        database_totals(request->database, &total, &us);
    }
    fprintf(out, ", %u statements", total);
    for (i = 0; i < count; i++) {
        fprintf(out, "%s%s %lld.%03lld ms", i == 0 ? ": " : ", ",
                timings[i].statement, (long long)(timings[i].us / 1000),
                (long long)(timings[i].us % 1000));
        us -= timings[i].us;
    }
    if (total > count) {
        fprintf(out, "%s%zu more %lld.%03lld ms", count == 0 ? ": " : ", ",
                total - count, (long long)(us / 1000), (long long)(us % 1000));
    }
}

static void write_note(FILE *out)
{
    if (slow.noted_what != NULL) {
        fprintf(out, "; after %lld ms it waited for %s%s", (long long)slow.ms,
                slow.noted_what, slow.noted_name);
    } else {
        fprintf(out, "; after %lld ms it was in its handler",
                (long long)slow.ms);
    }
    fprintf(out, ", and had computed for %lld ms",
            (long long)(slow.computed_us / 1000));
}

/* A frame a line; NULL without any. The caller frees it. */
static char *frame_lines(void)
{
    int first = slow.depth > FRAMES_OURS ? FRAMES_OURS : slow.depth;
    char **names = backtrace_symbols(slow.frames + first, slow.depth - first);
    char *lines = NULL;
    size_t length = 0;
    FILE *out = names != NULL ? open_memstream(&lines, &length) : NULL;
    int i;

    for (i = 0; out != NULL && i < slow.depth - first; i++) {
        fprintf(out, "%s\n", names[i]);
    }
    if (out != NULL) {
        fclose(out);
    }
    free(names);
    return lines;
}

/*
 * How long the request had waited before, in nginx, on its way and for a
 * worker, is another matter, and is told beside it.
 */
static void write_line(const struct fb_request *request, int64_t us)
{
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);
    char *lines = slow.is_noted ? frame_lines() : NULL;

    if (out != NULL) {
        fprintf(out, "slow: %lld ms", (long long)(us / 1000));
        if (request->waited_ms >= 0) {
            fprintf(out, ", begun %lld ms after it arrived",
                    (long long)request->waited_ms);
        }
        write_statements(out, request);
        if (slow.is_noted) {
            write_note(out);
        }
        fclose(out);
    }
    if (text != NULL) {
        log_request_frames(LOG_WARN, request, lines, "%s", text);
    }
    free(lines);
    free(text);
}

void slow_end(const struct fb_request *request, int64_t us)
{
    slow.is_active = 0;
    slow.what = NULL;
    if (request->slow_ms != 0 && us >= (int64_t)request->slow_ms * 1000) {
        write_line(request, us);
    }
}
