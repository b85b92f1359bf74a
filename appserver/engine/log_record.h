/*
 * One line of the log, put together field by field, as text for people or as
 * a JSON object for programs:
 *
 *     2026-03-05T14:02:11.123Z warn worker[17]: slow request=9f trace=4b "GET /posts/7"
 *
 *     {"time":"2026-03-05T14:02:11.123Z","level":"warn","process":"worker",
 *     "pid":17,"message":"slow","request":"9f","trace":"4b","method":"GET",
 *     "path":"/posts/7","route":"post","status":200}        (in one line)
 *
 * Text from outside cannot end a line or begin another field: control
 * characters, and bytes that are no UTF-8, are written as "?" in the one form
 * and escaped in the other. All of it may be called in a signal handler.
 */

#ifndef ENGINE_LOG_RECORD_H
#define ENGINE_LOG_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum log_format {
    LOG_TEXT,
    LOG_JSON
};

/* The value of the setting; false when there is no form of that name. */
bool log_format_of(const char *name, enum log_format *chosen);

/* Of all records of this process; text unless it is called. */
void log_record_set_format(enum log_format chosen);
enum log_format log_record_format(void);

struct log_record {
    char *text; /* the caller's */
    size_t size;
    size_t length;
    enum log_format format; /* set where it begins */
    bool is_cut;  /* something did not fit, and nothing more is taken */
    bool is_open; /* within the quotation marks of a field */
    bool in_list; /* of such fields */
};

/* Of a record's field; NULL and 0 are left out. */
struct log_subject {
    const char *id;
    const char *trace;
    const char *method;
    const char *path;
    const char *route;
    int status;
};

/*
 * The bytes that suffice for a record with so many bytes of text from
 * outside. What does not fit is left out, and the line says so.
 */
size_t log_record_bytes(size_t text_bytes);

void log_record_begin(struct log_record *record, const char *level,
                      const char *process);
void log_record_message(struct log_record *record, const char *message);
void log_record_request(struct log_record *record,
                        const struct log_subject *subject);

/* A record that is JSON whatever the setting says, and its further fields. */
void log_record_begin_object(struct log_record *record);
void log_record_number(struct log_record *record, const char *name,
                       int64_t number);
void log_record_word(struct log_record *record, const char *name,
                     const char *word);

/* A backtrace, an entry a line. The text form has its lines behind it. */
void log_record_backtrace(struct log_record *record, const char *lines,
                          size_t length);

/* Ends the line; the text is complete then, and not ended by NUL. */
void log_record_end(struct log_record *record);

#endif
