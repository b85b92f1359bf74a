/* The parameters of a request; params.h says what becomes of them. */

#include "params.h"

#include <string.h>

#include "record.h"

/* The content of a record of ours whose head lies at `at`; NULL: another's. */
static const unsigned char *content_of(const unsigned char *at,
                                       const struct head *head, size_t *length)
{
    *length = (size_t)at[4] << 8 | at[5];
    return at[1] == FCGI_PARAMS &&
                   ((unsigned)at[2] << 8 | at[3]) == head->request_id
               ? at + RECORD_HEAD_BYTES
               : NULL;
}

/* Behind one another; where there is one record alone, without a copy. */
static const unsigned char *
gather(struct arena *arena, const unsigned char *bytes, const struct head *head)
{
    unsigned char *copy = NULL;
    size_t at = 0;
    size_t copied = 0;

    while (at < head->length) {
        size_t length;
        const unsigned char *content = content_of(bytes + at, head, &length);

        at += RECORD_HEAD_BYTES + length + bytes[at + 6];
        if (content == NULL || length == 0) {
            continue;
        }
        if (length == head->params_length) {
            return content;
        }
        if (copy == NULL) {
            copy = arena_take(arena, head->params_length);
        }
        if (copy == NULL) {
            return NULL;
        }
        memcpy(copy + copied, content, length);
        copied += length;
    }
    return copy;
}

/* Of one byte, or of four; moves on behind it. */
static size_t take_length(const unsigned char **at)
{
    const unsigned char *bytes = *at;

    if (bytes[0] < 0x80) {
        *at += 1;
        return bytes[0];
    }
    *at += 4;
    return (size_t)(bytes[0] & 0x7f) << 24 | (size_t)bytes[1] << 16 |
           (size_t)bytes[2] << 8 | bytes[3];
}

char *const *params_read(struct arena *arena, const unsigned char *bytes,
                         const struct head *head)
{
    /* '=' and NUL take the room of the two lengths, which have a byte each. */
    char **params =
        arena_take(arena, (head->param_count + 1) * sizeof(*params));
    char *text = arena_take(arena, head->params_length);
    const unsigned char *from = gather(arena, bytes, head);
    size_t i;

    if (params == NULL ||
        (head->param_count > 0 && (text == NULL || from == NULL))) {
        return NULL;
    }
    for (i = 0; i < head->param_count; i++) {
        size_t name_length = take_length(&from);
        size_t value_length = take_length(&from);

        params[i] = text;
        memcpy(text, from, name_length);
        text += name_length;
        *text++ = '=';
        memcpy(text, from + name_length, value_length);
        text += value_length;
        *text++ = '\0';
        from += name_length + value_length;
    }
    params[i] = NULL;
    return params;
}
