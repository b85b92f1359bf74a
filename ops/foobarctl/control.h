/*
 * The operator's commands. Each returns the status that foobarctl ends with.
 * The instance's supervisor is found by its lock, told by signals, and tells
 * by a file, VAR/run/state.
 */

#ifndef FOOBARCTL_CONTROL_H
#define FOOBARCTL_CONTROL_H

#include "instance.h"

#include <stdbool.h>

/* `status` of an instance that does not run, as init scripts have it. */
#define CONTROL_NOT_RUNNING 3

/* Runs it here, until Ctrl-C. */
int control_run(struct instance *instance);

/*
 * Runs a command beside a database of its own, in VAR, which is emptied and
 * migrated before. The command finds its settings by FOOBAR_TEST_SETTINGS.
 * Returns the command's status.
 */
int control_test(struct instance *instance, char **command);

/*
 * Runs it as control_run does, for an author: whenever a source was saved, the
 * command is run to build it, and what it made is brought in.
 */
int control_dev(struct instance *instance, char **command);

/* Starts it in the background; returns when the site answers. */
int control_up(struct instance *instance);

/* Stops it; returns when all of it is gone. */
int control_down(const struct instance *instance);

/* Says which parts run. */
int control_status(const struct instance *instance);

/* Shows what the workers do; on a terminal until Ctrl-C. */
int control_top(const struct instance *instance);

/* Lists jobs (word NULL, "list"), or does "retry" or "drop" with one. */
int control_jobs(const struct instance *instance, const char *word,
                 const char *job);

/* Brings a changed site and configuration in; returns when that is done. */
int control_reload(const struct instance *instance);

/* The same with another program of the application server. */
int control_upgrade(const struct instance *instance);

/*
 * Closes the running site for maintenance, or opens it again: nginx looks for
 * a file, VAR/run/maintenance, which goes with the instance.
 */
int control_maintenance(const struct instance *instance, bool closed);

#endif
