/* The queue of jobs from the command line: looked at, retried, dropped. */

#ifndef ENGINE_JOBS_TOOL_H
#define ENGINE_JOBS_TOOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "settings.h"

/* How many of each kind there are, and those that wait, run or have failed. */
bool jobs_tool_list(const struct settings *settings, FILE *out, char *problem,
                    size_t size);

/* A job that waits or has failed is run at once, with all its tries. */
bool jobs_tool_retry(const struct settings *settings, const char *id,
                     char *problem, size_t size);

/* One that waits or has failed is removed. */
bool jobs_tool_drop(const struct settings *settings, const char *id,
                    char *problem, size_t size);

#endif
