/*
 * The error log: one line an event on standard error, with the time in UTC,
 * a level, the process and what happened. Text that came from outside is
 * written with its control characters escaped, so that nobody forges a line.
 */

#ifndef ENGINE_LOG_H
#define ENGINE_LOG_H

#include <stdarg.h>

enum log_level {
    LOG_ERROR,
    LOG_WARN,
    LOG_INFO,
    LOG_DEBUG
};

/* Who writes: "master" or "worker"; called once after each fork. */
void log_name_process(const char *role);
void log_set_level(enum log_level level);

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

#endif
