/*
 * Files and folders. What another process may read at any moment is written
 * beside and renamed, so that nobody ever sees half of it. Every function
 * that fails has said why in a sentence.
 */

#ifndef FOOBARCTL_FILE_H
#define FOOBARCTL_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* A string made like printf's, for the life of the program. */
char *file_text(const char *format, ...)
    __attribute__((format(printf, 1, 2), returns_nonnull));

/* Reads a whole file of at most `limit` bytes; the caller frees it. */
char *file_read(const char *path, size_t limit);

/* Writes a file by rename. */
bool file_write(const char *path, mode_t mode, const char *text);

/* Makes a folder with this mode, or sets the mode of the one that is there. */
bool file_make_folder(const char *path, mode_t mode);

/* Makes a folder and those above it. Sets *made when it was not there. */
bool file_make_folders(const char *path, mode_t mode, bool *made);

/* Removes a file or a folder with all that is in it, following no link. */
bool file_remove(const char *path);

/* Removes everything in a folder but the entry of this name. */
bool file_empty_folder(const char *path, const char *keep);

/* Gives a folder and all that is in it to a user, following no link. */
bool file_give(const char *path, uid_t uid, gid_t gid);

#endif
