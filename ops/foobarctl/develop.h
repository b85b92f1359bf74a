/*
 * `foobarctl dev`: an author saves a file, and the browser shows it.
 *
 *     this process                          its child, the supervisor
 *     watches the sources of TOP
 *     runs the command that builds,
 *     and migrations that are new    ---->  SIGUSR1: loads the site anew
 *     failed: writes VAR/run/problem ---->  the pages show its text
 *
 * The watcher remains who started it, and may write where the author may; the
 * supervisor becomes the user of the parts.
 */

#ifndef FOOBARCTL_DEVELOP_H
#define FOOBARCTL_DEVELOP_H

#include "instance.h"

/* `run` is the child's main function; returns the child's status. */
int develop(struct instance *instance, int (*run)(struct instance *instance),
            char **command);

#endif
