/*
 * The spool: where files that were uploaded lie until their request is done.
 *
 * A file in it has no name from its first moment on, so that the kernel clears
 * it away with its last descriptor, however the worker ends.
 *
 * What all workers have there together is limited. One byte of a file that is
 * never written stands for a mebibyte, and a worker that wants one locks that
 * byte; like the files, locks go with the process. The limit holds for all
 * servers that share the folder. Of the file system's free space a part is
 * left to others in any case.
 */

#ifndef ENGINE_SPOOL_H
#define ENGINE_SPOOL_H

#include <stdbool.h>
#include <stddef.h>

#include "settings.h"

struct spool;

enum spool_result {
    SPOOL_OK,
    SPOOL_FULL, /* by its limit, or the file system is */
    SPOOL_FAILED
};

/* NULL: it cannot be used, and `problem` says what to do about it. */
struct spool *spool_open(const struct settings *settings, char *problem,
                         size_t size);
void spool_close(struct spool *spool);

/* A file without a name and with nothing in it; -1 with errno. */
int spool_file(const struct spool *spool);

/* Writes behind what was written; on failure `reason` is for the log. */
enum spool_result spool_write(struct spool *spool, int fd, const void *bytes,
                              size_t length, const char **reason);

/* The request is done and its files are closed: their room is free again. */
void spool_release(struct spool *spool);

#endif
