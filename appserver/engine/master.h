/*
 * The master: starts workers, replaces those that end, brings a new
 * generation on SIGHUP and ends them all on SIGTERM. It runs no code of the
 * application, so that nothing the application does can hurt it.
 */

#ifndef ENGINE_MASTER_H
#define ENGINE_MASTER_H

#include "listener.h"
#include "settings.h"
#include "upgrade.h"

struct master_place {
    const struct settings *settings;
    const struct listener *listener;
    const struct listener *status_listener; /* NULL: none is wanted */
    const struct upgrade_state *handed;     /* by the program before; or NULL */

    /*
     * Reads the settings as they are now, for a reload, into an empty
     * struct settings; false with `problem`.
     */
    bool (*read_settings)(struct settings *settings, const void *source,
                          char *problem, size_t size);
    const void *source;
};

/* Returns the exit status of the program. */
int master_run(const struct master_place *place);

#endif
