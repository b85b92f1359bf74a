/*
 * The master: starts workers, replaces those that end, brings a new
 * generation on SIGHUP and ends them all on SIGTERM. It runs no code of the
 * application, so that nothing the application does can hurt it.
 */

#ifndef ENGINE_MASTER_H
#define ENGINE_MASTER_H

#include "listener.h"
#include "settings.h"

/* Returns the exit status of the program. */
int master_run(const struct settings *settings,
               const struct listener *listener);

#endif
