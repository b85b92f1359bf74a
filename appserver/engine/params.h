/*
 * The parameters of a FastCGI request, as text: "NAME=value", in the order in
 * which they came, in two pieces of the request's memory. libfcgi would ask
 * malloc() for each of them.
 */

#ifndef ENGINE_PARAMS_H
#define ENGINE_PARAMS_H

#include "arena.h"
#include "head.h"

/*
 * Takes them out of the bytes of a head that is whole, which are left as they
 * are. The list ends with NULL; NULL alone at the arena's limit.
 */
char *const *params_read(struct arena *arena, const unsigned char *bytes,
                         const struct head *head);

#endif
