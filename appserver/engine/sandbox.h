/*
 * The sandbox of a worker: once the application is loaded, the kernel lets
 * this process do what serving pages needs and nothing else (seccomp). A hole
 * in a handler then starts no programs, traces no siblings and mounts nothing.
 *
 * A call that is not on the list ends the worker like a crash (guard.h): its
 * client gets a 500, the log says which call it was, and from where.
 */

#ifndef ENGINE_SANDBOX_H
#define ENGINE_SANDBOX_H

#include <stdbool.h>
#include <stddef.h>

/*
 * `further` names calls that this application needs besides, separated by
 * commas. Holds for all threads of the process, and cannot be left again.
 * false with `problem`.
 */
bool sandbox_enter(const char *further, char *problem, size_t size);

/* Whether all that `further` names are calls; false with `problem`. */
bool sandbox_check(const char *further, char *problem, size_t size);

/* The name of a call; safe in a signal handler. */
const char *sandbox_call_name(int number);

#endif
