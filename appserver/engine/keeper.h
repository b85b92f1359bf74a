/*
 * The keeper: a process that follows the journal of tags (the table
 * tag_bumps) and bumps here what was committed elsewhere: by a worker that was
 * killed between its COMMIT and its bumps, and by the workers of other hosts.
 */

#ifndef ENGINE_KEEPER_H
#define ENGINE_KEEPER_H

#include "settings.h"

/* Runs until SIGTERM or SIGQUIT; returns the process's exit status. */
int keeper_run(const struct settings *settings);

#endif
