/*
 * The error log. A line is put together in one buffer and written by one
 * write(2), so that lines of several processes do not mix. What does not fit
 * is cut and says so; an event is never lost for its length.
 */

#include "log.h"

#include "request.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define LINE_MAX_BYTES 4096

static const char *process_role = "foobar";
static enum log_level threshold = LOG_INFO;

static const char *const level_names[] = {"error", "warn", "info", "debug"};

void log_name_process(const char *role)
{
    process_role = role;
}

void log_set_level(enum log_level level)
{
    threshold = level;
}

static size_t put_prefix(char *line, size_t size, enum log_level level)
{
    struct timespec now;
    struct tm utc;
    int length;

    clock_gettime(CLOCK_REALTIME, &now);
    gmtime_r(&now.tv_sec, &utc);
    length = snprintf(
        line, size,
        "%04d-%02d-%02dT%02d:%02d:%02d.%03ldZ %s %s[%d]: ", utc.tm_year + 1900,
        utc.tm_mon + 1, utc.tm_mday, utc.tm_hour, utc.tm_min, utc.tm_sec,
        now.tv_nsec / 1000000, level_names[level], process_role, (int)getpid());
    return length > 0 ? (size_t)length : 0;
}

static void write_line(char *line, size_t length)
{
    static const char cut[] = " [cut]\n";
    size_t i;

    for (i = 0; i < length; i++) {
        if ((unsigned char)line[i] < 0x20 || line[i] == 0x7f) {
            line[i] = '?';
        }
    }
    if (length >= LINE_MAX_BYTES - 1) {
        length = LINE_MAX_BYTES - sizeof(cut);
        memcpy(line + length, cut, sizeof(cut) - 1);
        length += sizeof(cut) - 1;
    } else {
        line[length++] = '\n';
    }
    /* There is no better place to report that the log cannot be written. */
    if (write(STDERR_FILENO, line, length) < 0) {
        return;
    }
}

static size_t append(char *line, size_t length, const char *format,
                     va_list arguments)
{
    int more;

    if (length >= LINE_MAX_BYTES) {
        return length;
    }
    more = vsnprintf(line + length, LINE_MAX_BYTES - length, format, arguments);
    if (more < 0) {
        return length;
    }
    length += (size_t)more;
    return length < LINE_MAX_BYTES ? length : LINE_MAX_BYTES;
}

static size_t append_f(char *line, size_t length, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static size_t append_f(char *line, size_t length, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    length = append(line, length, format, arguments);
    va_end(arguments);
    return length;
}

void log_line_v(enum log_level level, const char *format, va_list arguments)
{
    char line[LINE_MAX_BYTES];
    size_t length;

    if (level > threshold) {
        return;
    }
    length = put_prefix(line, sizeof(line), level);
    write_line(line, append(line, length, format, arguments));
}

void log_line(enum log_level level, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    log_line_v(level, format, arguments);
    va_end(arguments);
}

void log_request_v(enum log_level level, const struct fb_request *request,
                   const char *format, va_list arguments)
{
    char line[LINE_MAX_BYTES];
    size_t length;

    if (level > threshold) {
        return;
    }
    length = put_prefix(line, sizeof(line), level);
    length = append(line, length, format, arguments);
    length =
        append_f(line, length, " request=%s trace=%s \"%s %s\"", request->id,
                 request->trace_id, request->method_name, request->path);
    write_line(line, length);
}

void log_request(enum log_level level, const struct fb_request *request,
                 const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    log_request_v(level, request, format, arguments);
    va_end(arguments);
}
