/*
 * What is wrong, collected: whoever made five mistakes in a file of settings
 * is told of five, and not of one at each start.
 */

#ifndef ENGINE_FINDINGS_H
#define ENGINE_FINDINGS_H

#include <stddef.h>

#define FINDINGS_MOST 100 /* more of them help nobody */

struct findings {
    char *lines[FINDINGS_MOST]; /* "WHERE: what is wrong"; ours */
    size_t count;
};

/* Beyond FINDINGS_MOST, and without memory, nothing is added but a count. */
void findings_add(struct findings *findings, const char *where,
                  const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The lines that there are: what could not be kept is not among them. */
size_t findings_lines(const struct findings *findings);

/* All of it for one line of a log: the first, and how many there are more. */
void findings_sum(const struct findings *findings, char *text, size_t size);

void findings_free(struct findings *findings);

#endif
