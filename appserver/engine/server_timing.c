/* The header Server-Timing; server_timing.h says what it is for. */

#include "server_timing.h"

#include <stdio.h>
#include <string.h>

#include "database.h"
#include "request.h"

/* A header that is longer than this is no help to anybody. */
#define TIMING_BYTES 2048

bool server_timing_read(const char *text, enum server_timing *mode)
{
    static const char *const modes[] = {"off", "on", "statements"};
    size_t i;

    for (i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
        if (strcmp(text, modes[i]) == 0) {
            *mode = (enum server_timing)i;
            return true;
        }
    }
    return false;
}

struct timing {
    char text[TIMING_BYTES];
    size_t length;
};

/* A metric's name is a token; a statement's name may be any text. */
static void add_name(struct timing *timing, const char *name)
{
    for (; *name != '\0' && timing->length < TIMING_BYTES / 2; name++) {
        bool fits = (*name >= 'a' && *name <= 'z') ||
                    (*name >= 'A' && *name <= 'Z') ||
                    (*name >= '0' && *name <= '9');

        timing->text[timing->length++] = (char)(fits ? *name : '_');
    }
}

/* Nothing at all when it would not fit. */
static void add_metric(struct timing *timing, const char *name, int64_t us)
{
    size_t before = timing->length;
    int more;

    if (before > TIMING_BYTES / 2 - 128) {
        return;
    }
    if (before > 0) {
        memcpy(timing->text + timing->length, ", ", 2);
        timing->length += 2;
    }
    add_name(timing, name);
    more = snprintf(timing->text + timing->length,
                    TIMING_BYTES - timing->length, ";dur=%lld.%03lld",
                    (long long)(us / 1000), (long long)(us % 1000));
    timing->length += (size_t)more;
}

void server_timing_add(struct fb_request *request, int64_t took_us)
{
    const struct database_timing *timings = NULL;
    struct timing timing = {.length = 0};
    int64_t database_us = 0;
    size_t count = 0;
    char *value;
    size_t i;

    if (request->server_timing == SERVER_TIMING_OFF ||
        request->reply_has_begun ||
        request->header_count == REPLY_HEADERS_MAX) {
        return;
    }
    if (request->database != NULL) {
        count = database_timings(request->database, &timings);
    }
    for (i = 0; i < count; i++) {
        database_us += timings[i].us;
    }
    add_metric(&timing, "app", took_us - database_us);
    add_metric(&timing, "db", database_us);
    for (i = 0; i < count && request->server_timing == SERVER_TIMING_STATEMENTS;
         i++) {
        add_metric(&timing, timings[i].statement, timings[i].us);
    }
    value = arena_alloc(request->arena, timing.length + 1);
    if (value != NULL) {
        memcpy(value, timing.text, timing.length);
        request->headers[request->header_count++] =
            (struct reply_header){"Server-Timing", value};
    }
}
