/*
 * What an earlier run left behind when it was killed: processes that still
 * work in this VAR, and their sockets. Called with the instance's lock held,
 * when no supervisor of it can be alive.
 */

#ifndef FOOBARCTL_LEFTOVERS_H
#define FOOBARCTL_LEFTOVERS_H

#include "instance.h"

/* Ends the processes and clears VAR/run and VAR/tmp. */
bool leftovers_clear(const struct instance *instance);

#endif
