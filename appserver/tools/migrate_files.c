/* The files of a folder of migrations. */

#include "migrate_files.h"

#include <dirent.h>
#include <errno.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* NNNN_what.sql with what in a-z, 0-9 and _ */
static bool is_migration_name(const char *name)
{
    size_t what;

    if (strspn(name, "0123456789") != 4 || name[4] != '_') {
        return false;
    }
    what = strspn(name + 5, "abcdefghijklmnopqrstuvwxyz0123456789_");
    return what > 0 && strcmp(name + 5 + what, ".sql") == 0 &&
           strlen(name) <= MIGRATE_NAME_MAX;
}

static int is_sql_file(const struct dirent *entry)
{
    size_t length = strlen(entry->d_name);

    return length > 4 && strcmp(entry->d_name + length - 4, ".sql") == 0;
}

static bool read_text(struct migration *migration, char *problem, size_t size)
{
    FILE *stream = fopen(migration->path, "re");
    bool good = false;

    if (stream == NULL) {
        snprintf(problem, size, "%s: %s", migration->path, strerror(errno));
        return false;
    }
    migration->text = malloc(MIGRATE_FILE_MAX + 1);
    if (migration->text != NULL) {
        migration->length =
            fread(migration->text, 1, MIGRATE_FILE_MAX + 1, stream);
        good = !ferror(stream) && migration->length <= MIGRATE_FILE_MAX;
    }
    fclose(stream);
    if (!good) {
        snprintf(problem, size, "%s: cannot be read, or is over %zu MiB",
                 migration->path, MIGRATE_FILE_MAX >> 20);
    }
    return good;
}

bool read_migration(struct migration *migration, const char *path,
                    char *problem, size_t size)
{
    const char *name = strrchr(path, '/');
    const char *reason;
    int line;

    memset(migration, 0, sizeof(*migration));
    name = name != NULL ? name + 1 : path;
    snprintf(migration->name, sizeof(migration->name), "%s", name);
    snprintf(migration->path, sizeof(migration->path), "%s", path);
    if (!read_text(migration, problem, size)) {
        free_migration(migration);
        return false;
    }
    if (!split_statements(&migration->statements, migration->text,
                          migration->length, &reason, &line)) {
        snprintf(problem, size, "%s:%d: %s", path, line, reason);
        free_migration(migration);
        return false;
    }
    return true;
}

void free_migration(struct migration *migration)
{
    free_statements(&migration->statements);
    free(migration->text);
    migration->text = NULL;
}

static bool add_file(struct migrations *migrations, const char *folder,
                     const char *name, char *problem, size_t size)
{
    struct migration *migration = &migrations->list[migrations->count];
    char path[sizeof(migration->path)];

    if (!is_migration_name(name)) {
        snprintf(problem, size,
                 "%s/%s: a migration is named NNNN_what_it_does.sql", folder,
                 name);
        return false;
    }
    if (strtoul(name, NULL, 10) != migrations->count + 1) {
        snprintf(problem, size,
                 "%s/%s: number %04zu is missing before it, or is given twice",
                 folder, name, migrations->count + 1);
        return false;
    }
    snprintf(path, sizeof(path), "%s/%s", folder, name);
    if (!read_migration(migration, path, problem, size)) {
        return false;
    }
    migration->set = migrations->set;
    migration->number = (unsigned)++migrations->count;
    return true;
}

bool read_migrations(struct migrations *migrations, const char *set,
                     const char *folder, char *problem, size_t size)
{
    struct dirent **entries = NULL;
    int found = scandir(folder, &entries, is_sql_file, alphasort);
    bool good = true;
    int i;

    *migrations = (struct migrations){.set = set};
    if (found < 0) {
        snprintf(problem, size, "%s: %s", folder, strerror(errno));
        return false;
    }
    migrations->list = calloc((size_t)found + 1, sizeof(*migrations->list));
    if (migrations->list == NULL) {
        snprintf(problem, size, "out of memory");
        good = false;
    }
    for (i = 0; i < found; i++) {
        good = good &&
               add_file(migrations, folder, entries[i]->d_name, problem, size);
        free(entries[i]);
    }
    free(entries);
    if (!good) {
        free_migrations(migrations);
    }
    return good;
}

void free_migrations(struct migrations *migrations)
{
    size_t i;

    for (i = 0; migrations->list != NULL && i < migrations->count; i++) {
        free_migration(&migrations->list[i]);
    }
    free(migrations->list);
    *migrations = (struct migrations){0};
}

bool hash_migration(const struct migration *migration, size_t length,
                    char text[MIGRATE_HASH_TEXT])
{
    unsigned char hash[EVP_MAX_MD_SIZE];
    unsigned hash_length = 0;
    unsigned i;

    if (EVP_Digest(migration->text, length, hash, &hash_length, EVP_sha256(),
                   NULL) != 1 ||
        hash_length * 2 + 1 != MIGRATE_HASH_TEXT) {
        return false;
    }
    for (i = 0; i < hash_length; i++) {
        snprintf(text + (size_t)2 * i, 3, "%02x", hash[i]);
    }
    return true;
}
