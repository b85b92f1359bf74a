/* A part of a file that a client asks for: see range.h. */

#include "range.h"

#include <stdbool.h>
#include <stddef.h>
#include <strings.h>

/* The number at *text, which is moved behind it; -1: there is none. */
static int64_t take_number(const char **text)
{
    int64_t number = -1;

    for (; **text >= '0' && **text <= '9'; (*text)++) {
        if (number > INT64_MAX / 10 - 10) {
            number = INT64_MAX / 10 - 10; /* behind every end in any case */
        }
        number = (number < 0 ? 0 : number * 10) + (**text - '0');
    }
    return number;
}

enum range_result range_read(const char *header, int64_t size, int64_t *first,
                             int64_t *last)
{
    int64_t from;
    int64_t to;

    if (header == NULL || strncasecmp(header, "bytes=", 6) != 0) {
        return RANGE_WHOLE;
    }
    header += 6;
    from = take_number(&header);
    if (*header++ != '-') {
        return RANGE_WHOLE;
    }
    to = take_number(&header);
    if (*header != '\0' || (from < 0 && to < 0) ||
        (from >= 0 && to >= 0 && to < from)) {
        return RANGE_WHOLE;
    }
    if (from < 0) { /* "-500": the last 500 */
        from = to < size ? size - to : 0;
        to = size - 1;
    }
    if (from >= size) {
        return RANGE_UNREACHABLE;
    }
    *first = from;
    *last = to < 0 || to >= size ? size - 1 : to;
    return RANGE_PART;
}
