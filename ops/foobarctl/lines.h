/*
 * Cutting a stream of bytes into lines, as they come: pieces may end anywhere.
 * A line that is longer than LINES_MAX_BYTES comes in several.
 */

#ifndef FOOBARCTL_LINES_H
#define FOOBARCTL_LINES_H

#include <stddef.h>

#define LINES_MAX_BYTES 4096

struct lines {
    char bytes[LINES_MAX_BYTES];
    size_t length;
};

/* Called for each line, without its end. */
typedef void lines_taker(void *context, const char *line, size_t length);

/* Takes a piece of the stream. */
void lines_push(struct lines *lines, const char *bytes, size_t length,
                lines_taker *take, void *context);

/* The stream is over: a last line without an end is a line, too. */
void lines_finish(struct lines *lines, lines_taker *take, void *context);

/* The last lines of a log, shortened; what a failure shows. */
#define TAIL_LINES 10
#define TAIL_LINE_BYTES 400

struct tail {
    char line[TAIL_LINES][TAIL_LINE_BYTES];
    size_t count; /* of all lines that came */
};

void tail_add(struct tail *tail, const char *line, size_t length);

/* The lines that are kept, oldest first; NULL after the last. */
const char *tail_line(const struct tail *tail, size_t index);

#endif
