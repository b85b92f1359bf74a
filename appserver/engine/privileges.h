/*
 * What the server may do: as little as it needs. It takes on the rights of an
 * ordinary user once its sockets are open, gains none by running another
 * program, and leaves no core dumps, which would hold members' data.
 */

#ifndef ENGINE_PRIVILEGES_H
#define ENGINE_PRIVILEGES_H

#include <stdbool.h>
#include <stddef.h>

#include "settings.h"

/* By the master, before it forks; false with `problem`. */
bool privileges_drop(const struct settings *settings, char *problem,
                     size_t size);

/* The ids of a user's or group's name, or number; false: there is none. */
bool privileges_user(const char *name, unsigned *uid, unsigned *gid);
bool privileges_group(const char *name, unsigned *gid);

#endif
