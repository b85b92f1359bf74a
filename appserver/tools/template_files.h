/* The files that the template compiler reads and writes. */

#ifndef FOOBAR_TEMPLATE_FILES_H
#define FOOBAR_TEMPLATE_FILES_H

#include "template.h"

#define ASSET_FILE_MAX ((size_t)256 * 1024 * 1024) /* bytes of a static file */

/* Each says on standard error what went wrong, and returns false then. */

/*
 * Adds at most one byte more than the limit: who reads can tell a file that
 * is too long. *bytes is the caller's to free in any case.
 */
bool read_file(const char *path, size_t limit, struct text *bytes);

/* Replaces the file by rename, so that nobody reads half of it. */
bool write_file(const char *path, const struct text *text);

/* The same, but a file that would not change keeps its time. */
bool update_file(const char *path, const struct text *text);

/*
 * The URL of an asset of that folder, with its fingerprint. False when there
 * is no such file, without a word.
 */
bool find_asset(const char *folder, struct slice name, struct text *url);

/*
 * Copies all files below `from` into `to`, each under the name with its
 * fingerprint. Copies of former contents stay: pages that are kept somewhere
 * ask for them.
 */
bool copy_assets(const char *from, const char *to);

#endif
