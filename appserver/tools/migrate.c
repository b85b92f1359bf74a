/*
 * foobar-migrate: brings the schema of a database up to date.
 *
 * There are two sets of migrations: the engine's, which come with this program
 * (migrate_engine.h), and then the application's. Each has its own numbers, so
 * that an application that updates the engine gets its new tables, and neither
 * waits for a number of the other.
 *
 * Migrations are applied in order and recorded with the SHA-256 of their
 * file; one that was applied and has changed since is refused. MariaDB
 * commits after each statement that changes a table, so a migration that
 * fails half-way cannot be rolled back as a whole. Instead the record says
 * exactly how far it came:
 *
 *     done    statements that are in force for sure
 *     begun   done + 1 while a statement runs that commits by itself
 *     sha256  of the file up to the end of statement `done`
 *
 * A statement that fails leaves begun = done: it is mended in the file and
 * the next run goes on with it. When the tool or the server dies in between,
 * begun = done + 1 stays, and nobody but the operator can say whether that
 * statement took effect. Statements that only change rows run in one
 * transaction with their record and have no such moment.
 *
 * The row of no set and number 0 is the lock: a second connection holds it by SELECT ...
 * FOR UPDATE, so that two hosts that start at once do not run the same
 * migration twice.
 */

#include <limits.h>
#include <mysqld_error.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "database.h"
#include "migrate_engine.h"
#include "migrate_files.h"
#include "settings.h"

#define PROBLEM_MAX 8192
#define STATEMENT_SECONDS 600
#define LOCK_SECONDS 60

/* The names of the sets, as they stand in the records. */
#define SET_ENGINE "engine"
#define SET_APPLICATION "application"

struct options {
    struct settings settings;
    const char *engine; /* the folder of the engine's set; NULL: looked for */
    const char *folder; /* of the application's set */
    const char *demo;
    const char *assume; /* "done" or "undone", for a statement that was cut */
    bool help;
};

struct record {
    bool exists;
    bool finished;
    unsigned long done;
    unsigned long begun;
    char sha256[MIGRATE_HASH_TEXT];
};

static const char create_records[] =
    "CREATE TABLE IF NOT EXISTS schema_migrations ("
    " set_name VARCHAR(16) CHARACTER SET ascii NOT NULL,"
    " number INT UNSIGNED NOT NULL,"
    " name VARCHAR(128) NOT NULL,"
    " done INT UNSIGNED NOT NULL,"
    " begun INT UNSIGNED NOT NULL,"
    " sha256 CHAR(64) CHARACTER SET ascii NOT NULL,"
    " finished_at DATETIME(6) NULL,"
    " PRIMARY KEY (set_name, number)"
    ") ENGINE=InnoDB DEFAULT CHARSET=utf8mb4";

static const char create_loads[] =
    "CREATE TABLE IF NOT EXISTS schema_loads ("
    " name VARCHAR(128) NOT NULL,"
    " sha256 CHAR(64) CHARACTER SET ascii NOT NULL,"
    " loaded_at DATETIME(6) NOT NULL,"
    " PRIMARY KEY (name)"
    ") ENGINE=InnoDB DEFAULT CHARSET=utf8mb4";

static bool complain(const char *format, ...)
    __attribute__((format(printf, 1, 2)));

/* Returns false, so that a failure can be said and passed on at once. */
static bool complain(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    fputs("foobar-migrate: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    return false;
}

static bool run(MYSQL *connection, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* For statements made of numbers, hashes and checked file names only. */
static bool run(MYSQL *connection, const char *format, ...)
{
    char sql[1024];
    va_list arguments;
    int length;

    va_start(arguments, format);
    length = vsnprintf(sql, sizeof(sql), format, arguments);
    va_end(arguments);
    if (length < 0 || (size_t)length >= sizeof(sql)) {
        return complain("a statement of this tool is too long");
    }
    if (mysql_real_query(connection, sql, (unsigned long)length) != 0) {
        return complain("%s (%u)", mysql_error(connection),
                        mysql_errno(connection));
    }
    return true;
}

static bool read_record(MYSQL *connection, const struct migration *migration,
                        struct record *record)
{
    MYSQL_RES *result;
    MYSQL_ROW row;

    memset(record, 0, sizeof(*record));
    if (!run(connection,
             "SELECT done, begun, sha256, finished_at IS NOT NULL"
             " FROM schema_migrations WHERE set_name = '%s' AND number = %u",
             migration->set, migration->number)) {
        return false;
    }
    result = mysql_store_result(connection);
    if (result == NULL) {
        return complain("%s", mysql_error(connection));
    }
    row = mysql_fetch_row(result);
    if (row != NULL) {
        record->exists = true;
        record->done = strtoul(row[0], NULL, 10);
        record->begun = strtoul(row[1], NULL, 10);
        snprintf(record->sha256, sizeof(record->sha256), "%s", row[2]);
        record->finished = row[3][0] == '1';
    }
    mysql_free_result(result);
    return true;
}

/* Where statement `done` ends in the file. */
static size_t prefix(const struct migration *migration, unsigned long done)
{
    return done == 0 ? 0 : migration->statements.list[done - 1].end;
}

static bool write_done(MYSQL *connection, const struct migration *migration,
                       unsigned long done)
{
    char hash[MIGRATE_HASH_TEXT];

    if (!hash_migration(migration, prefix(migration, done), hash)) {
        return complain("%s: cannot be hashed", migration->path);
    }
    return run(connection,
               "UPDATE schema_migrations SET done = %lu, begun = %lu,"
               " sha256 = '%s' WHERE set_name = '%s' AND number = %u",
               done, done, hash, migration->set, migration->number);
}

static bool write_finished(MYSQL *connection, const struct migration *migration)
{
    char hash[MIGRATE_HASH_TEXT];

    if (!hash_migration(migration, migration->length, hash)) {
        return complain("%s: cannot be hashed", migration->path);
    }
    return run(connection,
               "UPDATE schema_migrations SET sha256 = '%s',"
               " finished_at = UTC_TIMESTAMP(6)"
               " WHERE set_name = '%s' AND number = %u",
               hash, migration->set, migration->number);
}

static bool say_statement_failed(MYSQL *connection,
                                 const struct migration *migration,
                                 unsigned long index)
{
    const struct statement *statement = &migration->statements.list[index];

    complain("%s:%d: %s (%u)", migration->path, statement->line,
             mysql_error(connection), mysql_errno(connection));
    return complain("%s stopped at statement %lu of %zu: the %lu before it are "
                    "in force, it and those behind it are not; mend it and run "
                    "again, which goes on there",
                    migration->name, index + 1, migration->statements.count,
                    index);
}

/* Runs a statement of a file; rows that it returns are of no interest. */
static bool run_statement(MYSQL *connection, const struct statement *statement)
{
    if (mysql_real_query(connection, statement->text, statement->length) != 0) {
        return false;
    }
    mysql_free_result(mysql_store_result(connection));
    return mysql_errno(connection) == 0;
}

/* A statement and its record in one transaction: all of it or nothing. */
static bool apply_data(MYSQL *connection, const struct migration *migration,
                       unsigned long index)
{
    const struct statement *statement = &migration->statements.list[index];

    if (!run(connection, "START TRANSACTION")) {
        return false;
    }
    if (!run_statement(connection, statement)) {
        say_statement_failed(connection, migration, index);
        run(connection, "ROLLBACK");
        return false;
    }
    return write_done(connection, migration, index + 1) &&
           run(connection, "COMMIT");
}

static bool apply_definition(MYSQL *connection,
                             const struct migration *migration,
                             unsigned long index)
{
    const struct statement *statement = &migration->statements.list[index];

    if (!run(connection,
             "UPDATE schema_migrations SET begun = %lu"
             " WHERE set_name = '%s' AND number = %u",
             index + 1, migration->set, migration->number)) {
        return false;
    }
    if (!run_statement(connection, statement)) {
        say_statement_failed(connection, migration, index);
        write_done(connection, migration, index);
        return false;
    }
    return write_done(connection, migration, index + 1);
}

static bool apply_from(MYSQL *connection, const struct migration *migration,
                       unsigned long first)
{
    unsigned long i;

    for (i = first; i < migration->statements.count; i++) {
        bool good = is_data_statement(&migration->statements.list[i])
                        ? apply_data(connection, migration, i)
                        : apply_definition(connection, migration, i);

        if (!good) {
            return false;
        }
    }
    return write_finished(connection, migration);
}

/* The statement that was running when the last run was cut off. */
static bool settle_cut(MYSQL *connection, const struct migration *migration,
                       struct record *record, const char *assume)
{
    const struct statement *statement =
        &migration->statements.list[record->done];

    if (assume == NULL) {
        return complain(
            "%s:%d: the last run was cut off while this statement (%lu of %zu) "
            "ran, and nothing tells whether it took effect; look at the "
            "database, then run again with --assume done or --assume undone",
            migration->path, statement->line, record->done + 1,
            migration->statements.count);
    }
    if (strcmp(assume, "done") == 0) {
        record->done++;
    }
    record->begun = record->done;
    return write_done(connection, migration, record->done);
}

static bool check_begun(const struct migration *migration,
                        const struct record *record)
{
    char hash[MIGRATE_HASH_TEXT];

    if (record->begun > migration->statements.count ||
        !hash_migration(migration, prefix(migration, record->done), hash) ||
        strcmp(hash, record->sha256) != 0) {
        return complain("%s: its first %lu statements are in force already and "
                        "have been changed since; put them back as they were",
                        migration->path, record->done);
    }
    return true;
}

static bool check_finished(const struct migration *migration,
                           const struct record *record)
{
    char hash[MIGRATE_HASH_TEXT];

    if (!hash_migration(migration, migration->length, hash) ||
        strcmp(hash, record->sha256) != 0) {
        return complain("%s was applied and has been changed since; put it "
                        "back as it was, and write a new migration",
                        migration->path);
    }
    return true;
}

/* What a sentence says before the name of a migration. */
static const char *whose(const char *set)
{
    return strcmp(set, SET_ENGINE) == 0 ? "the engine's " : "";
}

static bool apply(MYSQL *connection, const struct migration *migration,
                  const char *assume)
{
    struct record record;
    char empty_hash[MIGRATE_HASH_TEXT];

    if (!read_record(connection, migration, &record)) {
        return false;
    }
    if (record.finished) {
        return check_finished(migration, &record);
    }
    if (!record.exists) {
        if (!hash_migration(migration, 0, empty_hash) ||
            !run(connection,
                 "INSERT INTO schema_migrations"
                 " (set_name, number, name, done, begun, sha256)"
                 " VALUES ('%s', %u, '%s', 0, 0, '%s')",
                 migration->set, migration->number, migration->name,
                 empty_hash)) {
            return false;
        }
    } else if (!check_begun(migration, &record) ||
               (record.begun > record.done &&
                !settle_cut(connection, migration, &record, assume))) {
        return false;
    }
    printf("applying %s%s", whose(migration->set), migration->name);
    if (record.done > 0) {
        printf(" from statement %lu", record.done + 1);
    }
    putchar('\n');
    fflush(stdout);
    return apply_from(connection, migration, record.done);
}

/* A database that a newer release has migrated further is left alone. */
static bool say_newer(MYSQL *connection, const struct migrations *known)
{
    MYSQL_RES *result;
    MYSQL_ROW row;

    if (!run(connection,
             "SELECT name FROM schema_migrations"
             " WHERE set_name = '%s' AND number > %zu ORDER BY number",
             known->set, known->count)) {
        return false;
    }
    result = mysql_store_result(connection);
    if (result == NULL) {
        return complain("%s", mysql_error(connection));
    }
    while ((row = mysql_fetch_row(result)) != NULL) {
        printf("the database has %s%s too, of a newer release\n",
               whose(known->set), row[0]);
    }
    mysql_free_result(result);
    return true;
}

static bool load_demo(MYSQL *connection, const struct migration *demo)
{
    size_t i;

    if (!run(connection, "START TRANSACTION")) {
        return false;
    }
    for (i = 0; i < demo->statements.count; i++) {
        const struct statement *statement = &demo->statements.list[i];

        if (!is_data_statement(statement)) {
            return complain("%s:%d: demo data are made of INSERT, UPDATE, "
                            "DELETE and REPLACE only",
                            demo->path, statement->line);
        }
        if (!run_statement(connection, statement)) {
            return complain("%s:%d: %s (%u); nothing of it was loaded",
                            demo->path, statement->line,
                            mysql_error(connection), mysql_errno(connection));
        }
    }
    return true;
}

/* Loads the demo data once: all of them or nothing. */
static bool apply_demo(MYSQL *connection, const char *file)
{
    struct migration demo;
    char problem[PROBLEM_MAX];
    char hash[MIGRATE_HASH_TEXT];
    MYSQL_RES *result;
    MYSQL_ROW row;
    bool good;

    if (!read_migration(&demo, file, problem, sizeof(problem))) {
        return complain("%s", problem);
    }
    good =
        hash_migration(&demo, demo.length, hash) &&
        run(connection, "%s", create_loads) &&
        run(connection, "SELECT sha256 FROM schema_loads WHERE name = 'demo'");
    result = good ? mysql_store_result(connection) : NULL;
    row = result != NULL ? mysql_fetch_row(result) : NULL;
    if (row != NULL) {
        if (strcmp(row[0], hash) != 0) {
            printf("the demo data have changed since they were loaded; they "
                   "are left as they are\n");
        }
    } else if (good) {
        printf("loading the demo data\n");
        fflush(stdout);
        good = load_demo(connection, &demo) &&
               run(connection,
                   "INSERT INTO schema_loads (name, sha256, loaded_at)"
                   " VALUES ('demo', '%s', UTC_TIMESTAMP(6))",
                   hash) &&
               run(connection, "COMMIT");
    }
    mysql_free_result(result);
    free_migration(&demo);
    return good;
}

static bool take_lock(MYSQL *lock)
{
    MYSQL_RES *result;

    /* The row is there before anyone asks for it; IGNORE: made by another. */
    if (!run(lock, "%s", create_records) ||
        !run(lock, "INSERT IGNORE INTO schema_migrations"
                   " (set_name, number, name, done, begun, sha256, finished_at)"
                   " VALUES ('', 0, 'the lock of foobar-migrate', 0, 0, '',"
                   " UTC_TIMESTAMP(6))") ||
        !run(lock, "SET SESSION innodb_lock_wait_timeout = %d", LOCK_SECONDS) ||
        !run(lock, "START TRANSACTION")) {
        return false;
    }
    if (mysql_query(lock,
                    "SELECT number FROM schema_migrations"
                    " WHERE set_name = '' AND number = 0 FOR UPDATE") != 0) {
        return mysql_errno(lock) == ER_LOCK_WAIT_TIMEOUT
                   ? complain("another foobar-migrate is at work on this "
                              "database; run again when it has ended")
                   : complain("%s (%u)", mysql_error(lock), mysql_errno(lock));
    }
    result = mysql_store_result(lock);
    mysql_free_result(result);
    return true;
}

static bool apply_set(MYSQL *connection, const struct migrations *migrations,
                      const char *assume)
{
    size_t i;

    for (i = 0; i < migrations->count; i++) {
        if (!apply(connection, &migrations->list[i], assume)) {
            return false;
        }
    }
    return say_newer(connection, migrations);
}

static bool apply_sets(MYSQL *connection, const struct options *options,
                       const struct migrations *engine,
                       const struct migrations *application)
{
    if (!apply_set(connection, engine, options->assume) ||
        !apply_set(connection, application, options->assume) ||
        (options->demo != NULL && !apply_demo(connection, options->demo))) {
        return false;
    }
    printf("the schema is up to date; migrations: %zu of the engine, %zu of "
           "the application\n",
           engine->count, application->count);
    return true;
}

/* Both sets are read before the first statement runs. */
static bool apply_all(MYSQL *connection, const struct options *options)
{
    struct migrations engine;
    struct migrations application = {0};
    char folder[PATH_MAX];
    char problem[PROBLEM_MAX];
    bool good;

    if (options->engine == NULL &&
        !find_engine_migrations(folder, sizeof(folder), problem,
                                sizeof(problem))) {
        return complain("%s", problem);
    }
    if (!read_migrations(&engine, SET_ENGINE,
                         options->engine != NULL ? options->engine : folder,
                         problem, sizeof(problem))) {
        return complain("%s", problem);
    }
    good = read_migrations(&application, SET_APPLICATION, options->folder,
                           problem, sizeof(problem))
               ? apply_sets(connection, options, &engine, &application)
               : complain("%s", problem);
    free_migrations(&engine);
    free_migrations(&application);
    return good;
}

static bool migrate(const struct options *options)
{
    char password[SETTINGS_SECRET_MAX];
    char problem[1024] = "";
    MYSQL *lock = NULL;
    MYSQL *connection = NULL;
    bool good = false;

    if (!settings_read_secret(options->settings.db_password_file, password,
                              sizeof(password), problem, sizeof(problem))) {
        return complain("%s", problem);
    }
    lock = database_connect(&options->settings, password, problem,
                            sizeof(problem));
    if (lock != NULL && take_lock(lock)) {
        connection = database_connect(&options->settings, password, problem,
                                      sizeof(problem));
        good = connection != NULL && apply_all(connection, options);
    }
    if (lock == NULL || (!good && connection == NULL && problem[0] != '\0')) {
        complain("%s", problem);
    }
    explicit_bzero(password, sizeof(password));
    if (connection != NULL) {
        mysql_close(connection);
    }
    if (lock != NULL) {
        mysql_close(lock);
    }
    return good;
}

static void print_help(void)
{
    printf("foobar-migrate brings the schema of a database up to date.\n\n"
           "  foobar-migrate [--config FILE]... [--KEY VALUE]... --dir FOLDER\n"
           "      [--engine FOLDER] [--demo FILE] [--assume done|undone]\n\n"
           "FOLDER holds NNNN_what_it_does.sql, applied in order, each once:\n"
           "first the engine's, which come with this program (--engine),\n"
           "then the application's (--dir).\n"
           "--demo loads a file of demo data, once. --assume answers the\n"
           "question that a run which was cut off leaves open.\n"
           "The keys of the database are those of foobar-appserver:\n\n");
    settings_help(stdout);
}

static bool read_config(struct settings *settings, const char *file,
                        char *problem, size_t size)
{
    struct findings findings = {.count = 0};
    bool good;

    settings_read(settings, file, &findings);
    good = findings.count == 0;
    if (!good) {
        findings_sum(&findings, problem, size);
    }
    findings_free(&findings);
    return good;
}

static bool take_option(struct options *options, const char *option,
                        const char *value, char *problem, size_t size)
{
    if (strncmp(option, "--", 2) != 0) {
        snprintf(problem, size, "\"%s\" is no option; see --help", option);
        return false;
    }
    if (value == NULL) {
        snprintf(problem, size, "%s needs a value; see --help", option);
        return false;
    }
    if (strcmp(option, "--dir") == 0) {
        options->folder = value;
        return true;
    }
    if (strcmp(option, "--engine") == 0) {
        options->engine = value;
        return true;
    }
    if (strcmp(option, "--demo") == 0) {
        options->demo = value;
        return true;
    }
    if (strcmp(option, "--assume") == 0) {
        options->assume = value;
        if (strcmp(value, "done") != 0 && strcmp(value, "undone") != 0) {
            snprintf(problem, size, "--assume takes done or undone");
            return false;
        }
        return true;
    }
    if (strcmp(option, "--config") == 0) {
        return read_config(&options->settings, value, problem, size);
    }
    return settings_set(&options->settings, option + 2, value, problem, size);
}

static bool take_options(struct options *options, int argc, char **argv)
{
    char problem[1024] = "";
    int i;

    for (i = 1; i < argc; i += 2) {
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
            options->help = true;
            return true;
        }
        if (!take_option(options, argv[i], argv[i + 1], problem,
                         sizeof(problem))) {
            return complain("%s", problem);
        }
    }
    if (options->folder == NULL) {
        return complain("--dir FOLDER is missing; see --help");
    }
    return true;
}

int main(int argc, char **argv)
{
    struct options options = {0};
    bool good;

    settings_init(&options.settings);
    options.settings.db_query_seconds = STATEMENT_SECONDS;
    good = take_options(&options, argc, argv);
    if (good && options.help) {
        print_help();
    } else if (good) {
        good = migrate(&options);
    }
    settings_free(&options.settings);
    return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
