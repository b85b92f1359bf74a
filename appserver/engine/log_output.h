/*
 * Where lines of the log go: standard error, which is a file, a terminal, a
 * pipe or a socket of journald. A pipe that nobody reads is full after 64 KiB,
 * and whoever writes to it then waits for ever: one stuck program behind a
 * pipe would stop the whole server. So nobody waits here for more than a
 * moment. What cannot be written is dropped and counted, and when there is
 * room again, the log says how many lines were lost.
 */

#ifndef ENGINE_LOG_OUTPUT_H
#define ENGINE_LOG_OUTPUT_H

#include <stddef.h>

/*
 * Before rights are given up: a pipe that another user made can be opened for
 * writing without waiting only by who may.
 */
void log_output_open(void);

/* Whole lines. Safe in a signal handler. */
void log_output(const char *text, size_t length);

#endif
