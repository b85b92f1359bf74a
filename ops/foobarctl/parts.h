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

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#define PART_ARGUMENTS_MAX 16

struct part {
    /* What it is: set by whoever has it. */
    const char *label;
    enum say_colour colour;
    const char *arguments[PART_ARGUMENTS_MAX];
    const char *folder;  /* where it works: how leftovers are known */
    const char *input;   /* a file for its standard input, or NULL */
    const char *preload; /* a library it must load first, or NULL */
    bool low_port;       /* it may bind a port below 1024 */
    bool quiet;          /* its lines are kept, not shown */
    bool drop;           /* we are root, and it becomes this user: */
    uid_t uid;
    gid_t gid;

    /* How it is. */
    pid_t pid;  /* 0: it does not run */
    int status; /* how it ended, as waitpid has it */
    int output; /* where its lines come from; -1: nowhere */
    int64_t started_ms;
    struct lines lines;
    struct tail tail;
};

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
