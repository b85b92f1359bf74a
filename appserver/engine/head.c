/* Looks at the head of a FastCGI request; head.h says why. */

#include "head.h"

#include <string.h>

#define RECORD_HEAD ((size_t)8)
#define VERSION 1
#define BEGIN_BYTES 8
#define KEEP_CONNECTION 1 /* a flag of BEGIN_REQUEST */

enum type {
    BEGIN_REQUEST = 1,
    PARAMS = 4,
    STDIN = 5,
    GET_VALUES = 9,
    GET_VALUES_RESULT = 10,
    UNKNOWN_TYPE = 11
};

struct record {
    unsigned type;
    unsigned id;
    const unsigned char *content;
    size_t content_length;
    size_t length; /* all of it */
};

/*
 * Where we are in the stream of parameters, which takes no notice of the
 * borders of records: name length, value length, name and value, again.
 */
struct params {
    enum {
        NAME_LENGTH,
        VALUE_LENGTH,
        TEXT
    } expected;
    unsigned length_bytes; /* still to come of a length of four bytes */
    size_t number;         /* the length that is being read */
    size_t text_left;      /* bytes of name and value to come */
    size_t count;
};

/* false: the record is not whole yet. */
static bool cut_record(const unsigned char *bytes, size_t length,
                       struct record *record)
{
    if (length < RECORD_HEAD) {
        return false;
    }
    record->type = bytes[1];
    record->id = (unsigned)bytes[2] << 8 | bytes[3];
    record->content = bytes + RECORD_HEAD;
    record->content_length = (size_t)bytes[4] << 8 | bytes[5];
    record->length = RECORD_HEAD + record->content_length + bytes[6];
    return length >= record->length;
}

static void end_number(struct params *params)
{
    params->text_left += params->number;
    params->number = 0;
    if (params->expected == NAME_LENGTH) {
        params->expected = VALUE_LENGTH;
        return;
    }
    params->count++;
    params->expected = params->text_left > 0 ? TEXT : NAME_LENGTH;
}

/* Takes one byte of a length. */
static void take_number(struct params *params, unsigned char byte)
{
    if (params->length_bytes > 0) {
        params->number = params->number << 8 | byte;
        if (--params->length_bytes == 0) {
            end_number(params);
        }
    } else if (byte & 0x80) {
        params->number = byte & 0x7fU;
        params->length_bytes = 3;
    } else {
        params->number = byte;
        end_number(params);
    }
}

static enum head_state take_params(struct params *params,
                                   const struct record *record)
{
    size_t at = 0;

    while (at < record->content_length) {
        if (params->expected == TEXT) {
            size_t there = record->content_length - at;
            size_t part = there < params->text_left ? there : params->text_left;

            params->text_left -= part;
            at += part;
            if (params->text_left == 0) {
                params->expected = NAME_LENGTH;
            }
            continue;
        }
        take_number(params, record->content[at++]);
        if (params->text_left > HEAD_BYTES_MAX ||
            params->count > HEAD_PARAMS_MAX) {
            return HEAD_TOO_LARGE;
        }
    }
    return HEAD_INCOMPLETE;
}

static bool is_whole(const struct params *params)
{
    return params->expected == NAME_LENGTH && params->length_bytes == 0;
}

/* Responder, authorizer or filter: libfcgi hangs up by itself on others. */
static bool has_role(const struct record *record)
{
    return record->content[0] == 0 && record->content[1] >= 1 &&
           record->content[1] <= 3;
}

static bool is_begin(const struct record *record)
{
    return record->type == BEGIN_REQUEST && record->id != 0 &&
           record->content_length == BEGIN_BYTES;
}

/*
 * libfcgi forgets the padding of the records that end a part of a request,
 * and would take it for the next record.
 */
static bool has_padding(const struct record *record)
{
    return record->length > RECORD_HEAD + record->content_length;
}

/*
 * A record of another request inside this one. When it is empty libfcgi skips
 * the record behind it instead: such a one is refused.
 */
static bool is_of_another(const struct record *record, unsigned request_id)
{
    if (record->type == BEGIN_REQUEST) {
        return is_begin(record);
    }
    return record->id != 0 && record->id != request_id &&
           record->content_length > 0;
}

/* One more whole record of the head. */
static enum head_state take_record(struct head *head, struct params *params,
                                   const struct record *record)
{
    if (head->request_id == 0 && record->id == 0 &&
        record->type != BEGIN_REQUEST) {
        head->management_length = record->length;
        return HEAD_MANAGEMENT;
    }
    if (head->request_id == 0) {
        head->request_id = record->id;
        if (!is_begin(record) || !has_role(record) || has_padding(record)) {
            return HEAD_BROKEN;
        }
        head->keeps_connection = (record->content[2] & KEEP_CONNECTION) != 0;
        return HEAD_INCOMPLETE;
    }
    if (is_of_another(record, head->request_id)) {
        head->has_others = true;
        return HEAD_INCOMPLETE; /* libfcgi declines or skips it */
    }
    if (record->id != head->request_id || record->type != PARAMS) {
        return HEAD_BROKEN;
    }
    if (record->content_length > 0) {
        head->params_length += record->content_length;
        return take_params(params, record);
    }
    return is_whole(params) && !has_padding(record) ? HEAD_WHOLE : HEAD_BROKEN;
}

struct head head_look(const unsigned char *bytes, size_t length)
{
    struct head head = {.state = HEAD_INCOMPLETE};
    struct params params = {.expected = NAME_LENGTH};
    struct record record;
    size_t at = 0;

    while (head.state == HEAD_INCOMPLETE) {
        if (at < length && bytes[at] != VERSION) {
            head.state = HEAD_BROKEN;
            break;
        }
        if (!cut_record(bytes + at, length - at, &record)) {
            head.state =
                length < HEAD_BYTES_MAX ? HEAD_INCOMPLETE : HEAD_TOO_LARGE;
            break;
        }
        head.state = take_record(&head, &params, &record);
        at += record.length;
    }
    head.length = at;
    head.param_count = params.count;
    return head;
}

size_t head_ends_request(const struct head *head, const unsigned char *bytes,
                         size_t length)
{
    struct record record;

    if (head->has_others ||
        !cut_record(bytes + head->length, length - head->length, &record) ||
        bytes[head->length] != VERSION || record.type != STDIN ||
        record.id != head->request_id || record.length != RECORD_HEAD) {
        return 0;
    }
    return head->length + RECORD_HEAD;
}

/* A length of one byte, or of four; false when it is not all there. */
static bool cut_number(const unsigned char **at, const unsigned char *end,
                       size_t *number)
{
    size_t bytes = *at < end && (**at & 0x80) != 0 ? 4 : 1;

    if ((size_t)(end - *at) < bytes) {
        return false;
    }
    *number = **at & (bytes == 4 ? 0x7fU : 0xffU);
    for (++*at; bytes > 1; bytes--, ++*at) {
        *number = *number << 8 | **at;
    }
    return true;
}

const char *head_find(const unsigned char *bytes, size_t length,
                      const char *name, size_t *value_length)
{
    const unsigned char *at = bytes + RECORD_HEAD + BEGIN_BYTES + RECORD_HEAD;
    const unsigned char *end = bytes + length;
    size_t name_length = 0;

    if (length < (size_t)(at - bytes) || bytes[1] != BEGIN_REQUEST ||
        at[1 - (ptrdiff_t)RECORD_HEAD] != PARAMS) {
        return NULL;
    }
    while (cut_number(&at, end, &name_length) &&
           cut_number(&at, end, value_length) &&
           (size_t)(end - at) >= name_length &&
           (size_t)(end - at) - name_length >= *value_length) {
        if (name_length == strlen(name) && memcmp(at, name, name_length) == 0) {
            return (const char *)at + name_length;
        }
        at += name_length + *value_length;
    }
    return NULL;
}

static unsigned char *put_value(unsigned char *at, const char *name, char value)
{
    *at++ = (unsigned char)strlen(name);
    *at++ = 1;
    for (; *name != '\0'; name++) {
        *at++ = (unsigned char)*name;
    }
    *at++ = (unsigned char)value;
    return at;
}

size_t head_answer_management(const unsigned char *record, size_t length,
                              unsigned char *reply)
{
    unsigned char *at = reply + RECORD_HEAD;
    size_t content;

    memset(reply, 0, HEAD_REPLY_BYTES);
    reply[0] = VERSION;
    if (length >= RECORD_HEAD && record[1] == GET_VALUES) {
        reply[1] = GET_VALUES_RESULT;
        at = put_value(at, "FCGI_MAX_CONNS", '1');
        at = put_value(at, "FCGI_MAX_REQS", '1');
        at = put_value(at, "FCGI_MPXS_CONNS", '0');
    } else {
        reply[1] = UNKNOWN_TYPE;
        *at = length >= RECORD_HEAD ? record[1] : 0;
        at += 8;
    }
    content = (size_t)(at - reply) - RECORD_HEAD;
    reply[5] = (unsigned char)content;
    return RECORD_HEAD + content;
}
