/*
 * A part: a program that the supervisor starts, listens to and ends.
 *
 * Each part leads a process group of its own, so that Ctrl-C reaches the
 * supervisor alone, which then stops the parts in order, and so that whatever
 * a killed part leaves behind can be found and ended. The kernel ends a part
 * whose supervisor dies.
 */

#ifndef FOOBARCTL_PARTS_H
#define FOOBARCTL_PARTS_H

#include "lines.h"
#include "say.h"

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#define PART_ARGUMENTS_MAX 16
#define PART_TEXT_BYTES 16384 /* of all its arguments */

struct part {
    /* What it is: set by whoever has it, who may not move it then. */
    const char *label;
    enum say_colour colour;
    const char *folder;   /* where it works: how leftovers are known */
    char input[PATH_MAX]; /* a file for its standard input, if any */
    const char *preload;  /* libraries it must load first, or NULL */
    bool low_port;        /* it may bind a port below 1024 */
    bool quiet;           /* its lines are kept, not shown */
    bool drop;            /* we are root, and it becomes this user: */
    uid_t uid;
    gid_t gid;

    /* Its command line: see part_add. */
    char *arguments[PART_ARGUMENTS_MAX + 1];
    size_t argument_count;
    char text[PART_TEXT_BYTES];
    size_t text_length;
    bool too_long;

    /* How it is. */
    pid_t pid;  /* 0: it does not run */
    int status; /* how it ended, as waitpid has it */
    int output; /* where its lines come from; -1: nowhere */
    struct lines lines;
    struct tail tail;
};

/* Adds an argument, made like printf's; the first one is the program. */
void part_add(struct part *part, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Starts it; says why not. */
bool part_start(struct part *part);

/* Reads what it has written, and shows it line by line. */
void part_hear(struct part *part);

/* Signals it, if it runs. */
void part_signal(const struct part *part, int signal_number);

/*
 * Looks whether one of these has ended, and if so ends what it left behind,
 * reads its last words, sets its status and returns it; else NULL. Orphans
 * that the supervisor has inherited are buried on the way.
 */
struct part *parts_bury(struct part *const *parts, size_t count);

/* "ended with status 1", "was killed by signal 9 (Killed)". */
void part_describe_end(const struct part *part, char *text, size_t size);

/* Shows the last lines of its log below a complaint. */
void part_show_tail(const struct part *part);

#endif
