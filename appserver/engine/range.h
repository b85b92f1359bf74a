/* A part of a file that a client asks for (RFC 9110, section 14). */

#ifndef ENGINE_RANGE_H
#define ENGINE_RANGE_H

#include <stdint.h>

enum range_result {
    RANGE_WHOLE,      /* nothing was asked for, or not in a way we follow */
    RANGE_PART,       /* from *first to *last, both included */
    RANGE_UNREACHABLE /* it lies behind the end: 416 */
};

/*
 * The one range of a header, "bytes=0-499"; NULL is none. Several ranges at
 * once are answered by the whole, as a server may do.
 */
enum range_result range_read(const char *header, int64_t size, int64_t *first,
                             int64_t *last);

#endif
