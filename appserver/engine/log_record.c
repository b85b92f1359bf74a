/* One line of the log; log_record.h shows both of its forms. */

#include "log_record.h"

#include <stdint.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "locale.h"
#include "utf8.h"

/* What always fits: the end of a line, and the word that it was cut. */
#define CUT_TEXT " [cut]\n"
#define CUT_JSON "\"],\"cut\":true}\n"
#define END_BYTES (sizeof(CUT_JSON))

/* Time, level, process, status and the names of all fields are less. */
#define FRAME_BYTES ((size_t)512)

static enum log_format usual_format = LOG_TEXT;

bool log_format_of(const char *name, enum log_format *chosen)
{
    bool is_json = strcmp(name, "json") == 0;

    *chosen = is_json ? LOG_JSON : LOG_TEXT;
    return is_json || strcmp(name, "text") == 0;
}

void log_record_set_format(enum log_format chosen)
{
    usual_format = chosen;
}

enum log_format log_record_format(void)
{
    return usual_format;
}

size_t log_record_bytes(size_t text_bytes)
{
    return 6 * text_bytes + FRAME_BYTES + END_BYTES;
}

/* Whole or not at all, so that no escape is cut in its middle. */
static void put(struct log_record *record, const char *text, size_t length)
{
    if (record->size - END_BYTES - record->length < length) {
        record->is_cut = true;
    }
    if (record->is_cut) {
        return;
    }
    memcpy(record->text + record->length, text, length);
    record->length += length;
}

static void put_text(struct log_record *record, const char *text)
{
    put(record, text, strlen(text));
}

static void put_digits(struct log_record *record, unsigned long number,
                       int least)
{
    char digits[24];
    size_t at = sizeof(digits);

    do {
        digits[--at] = (char)('0' + number % 10);
        number /= 10;
        least--;
    } while (number > 0 || least > 0);
    put(record, digits + at, sizeof(digits) - at);
}

static bool is_control(uint32_t point)
{
    return point < 0x20 || (point >= 0x7f && point < 0xa0) || point == 0x2028 ||
           point == 0x2029;
}

static void put_escape(struct log_record *record, uint32_t point)
{
    static const char digits[] = "0123456789abcdef";
    char escape[6] = {'\\', 'u'};
    int i;

    if (point == '"' || point == '\\') {
        escape[1] = (char)point;
        put(record, escape, 2);
        return;
    }
    for (i = 0; i < 4; i++) {
        escape[2 + i] = digits[point >> (12 - 4 * i) & 15];
    }
    put(record, escape, sizeof(escape));
}

/* Text from wherever it comes. */
static void put_foreign(struct log_record *record, const char *text,
                        size_t length)
{
    while (length > 0) {
        uint32_t point = 0xfffd;
        size_t bytes = utf8_decode(text, length, &point);
        bool is_broken = bytes == 0 || is_control(point);

        if (record->format == LOG_TEXT) {
            put(record, is_broken ? "?" : text, is_broken ? 1 : bytes);
        } else if (is_broken || point == '"' || point == '\\') {
            put_escape(record, bytes == 0 ? 0xfffd : point);
        } else {
            put(record, text, bytes);
        }
        bytes = bytes == 0 ? 1 : bytes;
        text += bytes;
        length -= bytes;
    }
}

static void put_time(struct log_record *record)
{
    struct calendar at = {0};
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    calendar_of(now.tv_sec, &at);
    put_digits(record, (unsigned long)at.year, 4);
    put_text(record, "-");
    put_digits(record, (unsigned long)at.month, 2);
    put_text(record, "-");
    put_digits(record, (unsigned long)at.day, 2);
    put_text(record, "T");
    put_digits(record, (unsigned long)at.hour, 2);
    put_text(record, ":");
    put_digits(record, (unsigned long)at.minute, 2);
    put_text(record, ":");
    put_digits(record, (unsigned long)at.second, 2);
    put_text(record, ".");
    put_digits(record, (unsigned long)now.tv_nsec / 1000000, 3);
    put_text(record, "Z");
}

/* The beginning and the end of a JSON field that holds text. */
static void open_field(struct log_record *record, const char *before)
{
    if (!record->is_cut) {
        put_text(record, before);
        record->is_open = !record->is_cut;
    }
}

static void close_field(struct log_record *record)
{
    put_text(record, "\"");
    record->is_open = record->is_open && record->is_cut;
}

static void put_field(struct log_record *record, const char *before,
                      const char *value)
{
    if (value != NULL) {
        open_field(record, before);
        put_foreign(record, value, strlen(value));
        close_field(record);
    }
}

static void reset(struct log_record *record, enum log_format format)
{
    *record = (struct log_record){
        .text = record->text, .size = record->size, .format = format};
}

void log_record_begin(struct log_record *record, const char *level,
                      const char *process)
{
    bool is_json = usual_format == LOG_JSON;

    reset(record, usual_format);
    put_text(record, is_json ? "{\"time\":\"" : "");
    put_time(record);
    put_text(record, is_json ? "\",\"level\":\"" : " ");
    put_text(record, level);
    put_text(record, is_json ? "\",\"process\":\"" : " ");
    put_text(record, process);
    put_text(record, is_json ? "\",\"pid\":" : "[");
    put_digits(record, (unsigned long)getpid(), 1);
    put_text(record, is_json ? "" : "]: ");
}

void log_record_begin_object(struct log_record *record)
{
    reset(record, LOG_JSON);
    put_text(record, "{\"time\":\"");
    put_time(record);
    put_text(record, "\"");
}

/* The border between two fields, and the name of the next. */
static void put_name(struct log_record *record, const char *name,
                     const char *end)
{
    put_text(record, ",\"");
    put_text(record, name);
    put_text(record, end);
}

void log_record_number(struct log_record *record, const char *name,
                       int64_t number)
{
    put_name(record, name, "\":");
    if (number < 0) {
        put_text(record, "-");
    }
    put_digits(record,
               number < 0 ? 0 - (unsigned long)number : (unsigned long)number,
               1);
}

void log_record_word(struct log_record *record, const char *name,
                     const char *word)
{
    put_name(record, name, "\":\"");
    put_text(record, word);
    put_text(record, "\"");
}

void log_record_message(struct log_record *record, const char *message)
{
    if (record->format == LOG_TEXT) {
        put_foreign(record, message, strlen(message));
    } else {
        put_field(record, ",\"message\":\"", message);
    }
}

static void put_foreign_text(struct log_record *record, const char *before,
                             const char *value)
{
    put_text(record, before);
    put_foreign(record, value, strlen(value));
}

void log_record_request(struct log_record *record,
                        const struct log_subject *subject)
{
    if (record->format == LOG_TEXT) {
        put_foreign_text(record, " request=", subject->id);
        put_foreign_text(record, " trace=", subject->trace);
        put_foreign_text(record, " \"", subject->method);
        put_foreign_text(record, " ", subject->path);
        put_text(record, "\"");
        return;
    }
    put_field(record, ",\"request\":\"", subject->id);
    put_field(record, ",\"trace\":\"", subject->trace);
    put_field(record, ",\"method\":\"", subject->method);
    put_field(record, ",\"path\":\"", subject->path);
    put_field(record, ",\"route\":\"", subject->route);
    if (subject->status != 0) {
        put_text(record, ",\"status\":");
        put_digits(record, (unsigned long)subject->status, 3);
    }
}

void log_record_backtrace(struct log_record *record, const char *lines,
                          size_t length)
{
    const char *end = lines + length;
    bool is_first = true;

    if (record->format == LOG_TEXT) {
        put_text(record, "; backtrace:");
        return;
    }
    put_text(record, ",\"backtrace\":[");
    record->in_list = record->in_list || !record->is_cut;
    while (lines < end) {
        const char *stop = memchr(lines, '\n', (size_t)(end - lines));

        stop = stop != NULL ? stop : end;
        open_field(record, is_first ? "\"" : ",\"");
        put_foreign(record, lines, (size_t)(stop - lines));
        close_field(record);
        is_first = false;
        lines = stop + 1;
    }
    put_text(record, "]");
    record->in_list = record->in_list && record->is_cut;
}

/* `put` has kept END_BYTES free. */
static void put_end(struct log_record *record, const char *end)
{
    memcpy(record->text + record->length, end, strlen(end));
    record->length += strlen(end);
}

void log_record_end(struct log_record *record)
{
    if (record->format == LOG_TEXT) {
        put_end(record, record->is_cut ? CUT_TEXT : "\n");
        return;
    }
    put_end(record, record->is_open ? "\"" : "");
    put_end(record, record->in_list ? "]" : "");
    put_end(record, record->is_cut ? ",\"cut\":true}\n" : "}\n");
}
