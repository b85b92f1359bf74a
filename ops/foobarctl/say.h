/*
 * What foobarctl says: progress, and the one sentence when something failed.
 *
 * The supervisor of `make up` runs in the background and writes to a log. Its
 * parent still stands at the terminal, so each sentence also goes through a
 * pipe to it, one line each:
 *
 *     say TEXT       progress
 *     problem TEXT   why it cannot go on, then the last lines of its log
 *     ready TEXT     the site answers; the parent may return
 */

#ifndef FOOBARCTL_SAY_H
#define FOOBARCTL_SAY_H

#include <stdbool.h>
#include <stddef.h>

/* Prefixes take this many columns: "mariadb | ". */
#define SAY_LABEL_WIDTH 7

/* The colours of prefixes, as numbers of the terminal's palette. */
enum say_colour {
    SAY_PLAIN = 0,
    SAY_RED = 31,
    SAY_GREEN = 32,
    SAY_YELLOW = 33,
    SAY_BLUE = 34,
    SAY_MAGENTA = 35,
    SAY_CYAN = 36
};

/* Before anything is said: colours only on a terminal, never with NO_COLOR. */
void say_set_up(void);

/* From now on sentences also go to the parent. -1: no longer. */
void say_tell_parent(int fd);

/* Progress. */
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Says why something failed; returns false, so that callers can return it. */
bool complain(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* A further line below a complaint: what a part's log said last. */
void say_detail(const char *line);

/* The site answers. */
void say_ready(const char *format, ...) __attribute__((format(printf, 1, 2)));

/*
 * A line of a part's log, with its prefix. Control characters are replaced: a
 * log line must not be able to steer the terminal.
 */
void say_line(const char *label, enum say_colour colour, const char *line,
              size_t length);

/* Nobody reads any more: the terminal is gone, or the pipe behind us. */
bool say_is_unheard(void);

/*
 * Writes what follows to this file instead; it is begun anew, keeping one
 * older one, whenever it has grown to its limit.
 */
bool say_to_log(const char *file);

#endif
