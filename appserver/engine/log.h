/*
 * The error log: one line an event on standard error, with the time in UTC,
 * a level, the process and what happened, as text or as JSON. log_record.h
 * shows both, and says why nobody forges a line.
 */

#ifndef ENGINE_LOG_H
#define ENGINE_LOG_H

#include <stdarg.h>
#include <stdbool.h>

enum log_level {
    LOG_ERROR,
    LOG_WARN,
    LOG_INFO,
    LOG_DEBUG
};

/* Who writes: "master" or "worker"; called once after each fork. */
void log_name_process(const char *role);
const char *log_process(void);

/* false: there is no level of that name. */
bool log_level_of(const char *name, enum log_level *level);

/* From now on lines are written as the settings say. */
struct settings;
void log_use(const struct settings *settings);

void log_line(enum log_level level, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void log_line_v(enum log_level level, const char *format, va_list arguments)
    __attribute__((format(printf, 2, 0)));

/* The same with " request=ID trace=ID METHOD /path" behind the text. */
struct fb_request;
void log_request_v(enum log_level level, const struct fb_request *request,
                   const char *format, va_list arguments)
    __attribute__((format(printf, 3, 0)));
void log_request(enum log_level level, const struct fb_request *request,
                 const char *format, ...) __attribute__((format(printf, 3, 4)));

/* The same with a backtrace, a frame a line; NULL: there is none. */
void log_request_frames(enum log_level level, const struct fb_request *request,
                        const char *frames, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

#endif
