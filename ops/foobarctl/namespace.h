/*
 * Private views of the machine. A mount namespace lets the parts, which run
 * without rights, reach a clone in a folder that is closed to them (/root);
 * `visit` adds a network of its own. Both vanish with the last process in
 * them, so there is nothing to clean up.
 */

#ifndef FOOBARCTL_NAMESPACE_H
#define FOOBARCTL_NAMESPACE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/*
 * Makes these paths (NULL: none) reachable for a user, for this process and
 * all that it starts. The first closed folder on the way is covered by an
 * empty one that the user may enter, and the path is bound onto it at its own
 * place; what else the closed folder holds stays hidden. A folder that is
 * closed within the checkout, top, cannot be helped so: that is said.
 */
bool namespace_open_paths(const char *top, const char *const *paths,
                          size_t count, uid_t uid, gid_t gid, const char *user);

/*
 * Moves this process to a network of its own: the loopback with one more
 * address, any port free for any user, and no way out.
 */
bool namespace_make_network(const char *address);

/* Puts a file in place of another, for this process and what it starts. */
bool namespace_cover_file(const char *path, const char *with);

/* Covers a folder by an empty one with this mode, likewise. */
bool namespace_cover_folder(const char *path, mode_t mode);

#endif
