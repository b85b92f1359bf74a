/*
 * Replacing the server's own program without a stop, by SIGUSR2.
 *
 *     old program                      new program
 *     -----------                      -----------
 *     starts the new one with --check
 *     in a child; it must end well
 *     writes down what it has, and
 *     becomes the new program (exec) ->  the same process: systemd and
 *                                        spawn-fcgi keep their child
 *                                        takes over sockets, pool and workers
 *                                        starts workers of its own
 *                                        all are ready: the old ones leave
 *                  <- or one cannot work: it becomes the old program again
 *
 * What is handed over are descriptors, which survive exec, and a few lines in
 * memory that say what they are: the state. Its descriptor is in the
 * environment variable FOOBAR_UPGRADE.
 */

#ifndef ENGINE_UPGRADE_H
#define ENGINE_UPGRADE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "bells.h"
#include "listener.h"

#define UPGRADE_REASON_MAX 400
#define UPGRADE_ATTENDANTS_MAX 32

struct upgrade_child {
    size_t slot;
    pid_t pid;
    unsigned generation;
    int state;
    int report_fd;
};

struct upgrade_state {
    struct listener listener;
    struct listener status_listener; /* fd -1: there is none */
    int give_fd;
    int take_fd;
    int expensive_fd;
    int board_fd;
    struct bells bells; /* -1: the program before knew none of this kind */
    int picture_ask_fd; /* -1: the program before knew no pictures */
    int picture_serve_fd;
    pid_t picture_helper;
    size_t slots;
    unsigned generation;
    int old_program; /* to become again if the new one fails; -1: none */
    bool is_return;  /* the new one failed, this is the old one */
    char reason[UPGRADE_REASON_MAX];          /* why it failed */
    pid_t attendants[UPGRADE_ATTENDANTS_MAX]; /* 0: it does not run */
    struct upgrade_child *children;
    size_t child_count;
};

/*
 * The state that a program before this one left: true if there is one. With
 * nonsense in it, nothing can be taken over, and `problem` says so.
 */
bool upgrade_is_under_way(void);
bool upgrade_read(struct upgrade_state *state, char *problem, size_t size);
void upgrade_free(struct upgrade_state *state);

/* The words of the command line, and the program's file, at the start. */
void upgrade_remember(char **words);

/*
 * Starts the program's file anew, as it is now, with --check. Returns the
 * child, or -1; what it says goes into `*said`, a descriptor to be read from
 * its beginning when the child has ended.
 */
pid_t upgrade_prove(int *said);

/* The first line of that; of a child that ended with `status`. */
void upgrade_read_reason(int said, int status, char *reason, size_t size);

/* Both return only if it cannot be done, with `problem`. */
void upgrade_become_new(struct upgrade_state *state, char *problem,
                        size_t size);
void upgrade_become_old(struct upgrade_state *state, char *problem,
                        size_t size);

#endif
