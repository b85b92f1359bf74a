/*
 * The files of a folder of migrations: NNNN_what.sql, numbered from 0001. Such a
 * folder is a set, whose numbers are its own: the engine has one, and the
 * application has one.
 */

#ifndef TOOLS_MIGRATE_FILES_H
#define TOOLS_MIGRATE_FILES_H

#include <stdbool.h>
#include <stddef.h>

#include "migrate_split.h"

#define MIGRATE_NAME_MAX 128
#define MIGRATE_FILE_MAX ((size_t)8 * 1024 * 1024)
#define MIGRATE_HASH_TEXT 65 /* SHA-256 in hex, and NUL */

struct migration {
    const char *set; /* its name in the records */
    unsigned number;
    char name[MIGRATE_NAME_MAX + 1]; /* the file's name */
    char path[4096];
    char *text;
    size_t length;
    struct statements statements;
};

struct migrations {
    const char *set;
    struct migration *list;
    size_t count;
};

/* Reads one file and cuts it; false with `problem` (FILE:LINE: ...). */
bool read_migration(struct migration *migration, const char *path,
                    char *problem, size_t size);
void free_migration(struct migration *migration);

/*
 * Reads all of a folder in order; numbers must run 1, 2, 3... `set` is kept and
 * must outlive the migrations.
 */
bool read_migrations(struct migrations *migrations, const char *set,
                     const char *folder, char *problem, size_t size);
void free_migrations(struct migrations *migrations);

/* SHA-256 of the first `length` bytes of the file, in hex. */
bool hash_migration(const struct migration *migration, size_t length,
                    char text[MIGRATE_HASH_TEXT]);

#endif
