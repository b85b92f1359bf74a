/* Cutting a stream of bytes into lines; see lines.h. */

#include "lines.h"

#include <string.h>

static void give(struct lines *lines, lines_taker *take, void *context)
{
    size_t length = lines->length;

    if (length > 0 && lines->bytes[length - 1] == '\r') {
        length--;
    }
    take(context, lines->bytes, length);
    lines->length = 0;
}

void lines_push(struct lines *lines, const char *bytes, size_t length,
                lines_taker *take, void *context)
{
    while (length > 0) {
        const char *end = memchr(bytes, '\n', length);
        size_t part = end != NULL ? (size_t)(end - bytes) : length;
        size_t room = sizeof(lines->bytes) - lines->length;

        if (part > room) {
            memcpy(lines->bytes + lines->length, bytes, room);
            lines->length += room;
            give(lines, take, context);
            bytes += room;
            length -= room;
            continue;
        }
        memcpy(lines->bytes + lines->length, bytes, part);
        lines->length += part;
        bytes += part;
        length -= part;
        if (end != NULL) {
            give(lines, take, context);
            bytes++;
            length--;
        }
    }
}

void lines_finish(struct lines *lines, lines_taker *take, void *context)
{
    if (lines->length > 0) {
        give(lines, take, context);
    }
}

void tail_add(struct tail *tail, const char *line, size_t length)
{
    char *place = tail->line[tail->count % TAIL_LINES];

    if (length >= TAIL_LINE_BYTES) {
        length = TAIL_LINE_BYTES - 1;
    }
    memcpy(place, line, length);
    place[length] = '\0';
    tail->count++;
}

const char *tail_line(const struct tail *tail, size_t index)
{
    size_t first = tail->count > TAIL_LINES ? tail->count - TAIL_LINES : 0;

    if (first + index >= tail->count) {
        return NULL;
    }
    return tail->line[(first + index) % TAIL_LINES];
}
