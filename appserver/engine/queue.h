/*
 * The queue of a listening socket: connections that came and that no worker
 * has accepted yet. Of a Unix socket only the kernel's diagnostics know it.
 */

#ifndef ENGINE_QUEUE_H
#define ENGINE_QUEUE_H

#include <stdbool.h>

/* false where the kernel does not say. */
bool queue_look(int listening_fd, long *waiting, long *limit);

#endif
