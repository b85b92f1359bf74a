/* The supervisor: starts the parts, keeps them alive, and stops them. */

#ifndef FOOBARCTL_SUPERVISOR_H
#define FOOBARCTL_SUPERVISOR_H

#include "instance.h"

#include <stdbool.h>

/*
 * Runs the instance until a signal asks to stop, or until it cannot go on.
 * Returns whether it was a stop that was asked for. Nothing of it runs any
 * more then.
 */
bool supervisor_run(struct instance *instance, bool in_background);

/*
 * Starts the database alone, empty and migrated, runs the command beside it
 * and stops it. Returns the status of the command.
 */
int supervisor_test(struct instance *instance, char **command);

#endif
