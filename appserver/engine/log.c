/*
 * The error log. A line is put together in one buffer and written by one
 * write(2), so that lines of several processes do not mix. Nothing is cut: a
 * line that is too long for the stack gets memory of its own.
 */

#include "log.h"

#include "jobs.h"
#include "log_output.h"
#include "log_record.h"
#include "request.h"
#include "settings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STACK_BYTES 4096

static const char *process_role = "foobar";
static enum log_level threshold = LOG_INFO;

static const char *const level_names[] = {"error", "warn", "info", "debug"};

void log_name_process(const char *role)
{
    process_role = role;
}

const char *log_process(void)
{
    return process_role;
}

bool log_level_of(const char *name, enum log_level *level)
{
    size_t i;

    for (i = 0; i < sizeof(level_names) / sizeof(level_names[0]); i++) {
        if (strcmp(name, level_names[i]) == 0) {
            *level = (enum log_level)i;
            return true;
        }
    }
    return false;
}

void log_use(const struct settings *settings)
{
    enum log_format format = LOG_TEXT;

    log_level_of(settings->log_level, &threshold);
    log_format_of(settings->log_format, &format);
    log_record_set_format(format);
}

/* Text that is on the stack if it is short; `own` is what to free. */
struct message {
    char near[STACK_BYTES];
    char *text;
    char *own;
};

static void print_message(struct message *message, const char *format,
                          va_list arguments)
{
    va_list again;
    int length;

    va_copy(again, arguments);
    length = vsnprintf(message->near, sizeof(message->near), format, arguments);
    message->text = message->near;
    message->own = NULL;
    if (length >= (int)sizeof(message->near)) {
        message->own = malloc((size_t)length + 1);
    }
    if (message->own != NULL) {
        vsnprintf(message->own, (size_t)length + 1, format, again);
        message->text = message->own;
    }
    va_end(again);
}

static size_t length_of(const char *text)
{
    return text != NULL ? strlen(text) : 0;
}

/* The frames of a backtrace stand within JSON, and behind text. */
static void write_record(enum log_level level, const char *message,
                         const struct log_subject *subject, const char *frames)
{
    char near[2 * STACK_BYTES];
    struct log_record record = {.text = near, .size = sizeof(near)};
    size_t needed =
        log_record_bytes(length_of(message) + length_of(subject->id) +
                         length_of(subject->method) + length_of(subject->path) +
                         length_of(subject->route) + length_of(frames));
    char *own = needed > sizeof(near) ? malloc(needed) : NULL;

    if (own != NULL) {
        record = (struct log_record){.text = own, .size = needed};
    }
    log_record_begin(&record, level_names[level], process_role);
    log_record_message(&record, message);
    if (subject->id != NULL) {
        log_record_request(&record, subject);
    }
    if (frames != NULL) {
        log_record_backtrace(&record, frames, strlen(frames));
    }
    log_record_end(&record);
    if (frames != NULL && record.format == LOG_TEXT &&
        record.size - record.length > strlen(frames)) {
        memcpy(record.text + record.length, frames, strlen(frames));
        record.length += strlen(frames);
    }
    log_output(record.text, record.length);
    free(own);
}

void log_line_v(enum log_level level, const char *format, va_list arguments)
{
    struct message message;

    if (level > threshold) {
        return;
    }
    print_message(&message, format, arguments);
    write_record(level, message.text, &(struct log_subject){0}, NULL);
    free(message.own);
}

void log_line(enum log_level level, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    log_line_v(level, format, arguments);
    va_end(arguments);
}

__attribute__((format(printf, 4, 0))) static void
log_with_frames(enum log_level level, const struct fb_request *request,
                const char *frames, const char *format, va_list arguments)
{
    const struct fb_page *page = request->match.page;
    struct log_subject subject = {.id = request->id,
                                  .trace = request->trace_id,
                                  .method = request->method_name,
                                  .path = request->path,
                                  .route = page != NULL ? page->name : NULL,
                                  .status = request->outcome};
    struct message message;

    if (level > threshold && request->job == NULL) {
        return;
    }
    print_message(&message, format, arguments);
    if (level <= threshold) {
        write_record(level, message.text, &subject, frames);
    }
    if (request->job != NULL && level < LOG_DEBUG) {
        jobs_note(request->job, message.text);
    }
    free(message.own);
}

void log_request_v(enum log_level level, const struct fb_request *request,
                   const char *format, va_list arguments)
{
    log_with_frames(level, request, NULL, format, arguments);
}

void log_request_frames(enum log_level level, const struct fb_request *request,
                        const char *frames, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    log_with_frames(level, request, frames, format, arguments);
    va_end(arguments);
}

void log_request(enum log_level level, const struct fb_request *request,
                 const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    log_request_v(level, request, format, arguments);
    va_end(arguments);
}
