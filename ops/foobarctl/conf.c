/* The configuration files of the parts; see conf.h. */

#include "conf.h"

#include "file.h"
#include "say.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#define ROWS_MAX 32
#define PASSWORD_BYTES 32
#define DRAIN_SECONDS 3

/* --------------------------------------------------------------- replacing */

static const struct conf_replacement *
find_longest(const char *text, const struct conf_replacement *rows,
             size_t count)
{
    const struct conf_replacement *longest = NULL;
    size_t i;

    for (i = 0; i < count; i++) {
        size_t length = strlen(rows[i].from);

        if (strncmp(text, rows[i].from, length) == 0 &&
            (longest == NULL || length > strlen(longest->from))) {
            longest = &rows[i];
        }
    }
    return longest;
}

/* The length of the result. */
static size_t replaced_length(const char *text,
                              const struct conf_replacement *rows, size_t count)
{
    size_t length = 0;

    while (*text != '\0') {
        const struct conf_replacement *row = find_longest(text, rows, count);

        length += row == NULL ? 1 : strlen(row->to);
        text += row == NULL ? 1 : strlen(row->from);
    }
    return length;
}

char *conf_replace(const char *text, const struct conf_replacement *rows,
                   size_t count, const char **missing)
{
    bool seen[ROWS_MAX] = {false};
    char *result = malloc(replaced_length(text, rows, count) + 1);
    size_t length = 0;
    size_t i;

    if (result == NULL || count > ROWS_MAX) {
        abort();
    }
    while (*text != '\0') {
        const struct conf_replacement *row = find_longest(text, rows, count);

        if (row == NULL) {
            result[length++] = *text++;
            continue;
        }
        seen[row - rows] = true;
        memcpy(result + length, row->to, strlen(row->to));
        length += strlen(row->to);
        text += strlen(row->from);
    }
    result[length] = '\0';
    for (i = 0; i < count; i++) {
        if (!seen[i]) {
            *missing = rows[i].from;
            free(result);
            return NULL;
        }
    }
    return result;
}

/* ----------------------------------------------------------------- cutting */

static const char *line_end(const char *text)
{
    const char *end = strchr(text, '\n');

    return end == NULL ? text + strlen(text) : end + 1;
}

static bool line_has(const char *line, const char *word)
{
    return memmem(line, (size_t)(line_end(line) - line), word, strlen(word)) !=
           NULL;
}

char *conf_cut(const char *text, const char *begin, const char *end,
               const char **missing)
{
    char *result = malloc(strlen(text) + 1);
    const char *awaited = begin;
    bool found = false;
    size_t length = 0;

    if (result == NULL) {
        abort();
    }
    while (*text != '\0') {
        size_t line = (size_t)(line_end(text) - text);

        if (awaited == begin && line_has(text, end)) {
            break;
        }
        if (line_has(text, awaited)) {
            found = true;
            awaited = awaited == begin ? end : begin;
        } else if (awaited == begin) {
            memcpy(result + length, text, line);
            length += line;
        }
        text += line;
    }
    result[length] = '\0';
    if (*text != '\0' || awaited == end || !found) {
        *missing = awaited;
        free(result);
        return NULL;
    }
    return result;
}

/* --------------------------------------------------------------- passwords */

static bool make_password(const char *file)
{
    unsigned char bytes[PASSWORD_BYTES];
    char text[2 * PASSWORD_BYTES + 2];
    size_t i;
    bool good;

    if (getrandom(bytes, sizeof(bytes), 0) != (ssize_t)sizeof(bytes)) {
        return complain("the kernel gives no random bytes: %s",
                        strerror(errno));
    }
    for (i = 0; i < sizeof(bytes); i++) {
        snprintf(text + 2 * i, 3, "%02x", bytes[i]);
    }
    text[sizeof(text) - 2] = '\n';
    text[sizeof(text) - 1] = '\0';
    good = file_write(file, 0600, text);
    explicit_bzero(bytes, sizeof(bytes));
    explicit_bzero(text, sizeof(text));
    return good;
}

/* A user's password; it is made when it is not there yet. */
static char *get_password(const struct instance *instance, const char *user)
{
    char *file = file_text("%s/secret/%s.password", instance->var, user);
    char *password = NULL;

    if (access(file, F_OK) == 0 || make_password(file)) {
        password = file_read(file, 2 * PASSWORD_BYTES + 1);
    }
    if (password != NULL) {
        password[strcspn(password, "\n")] = '\0';
        if (strlen(password) != 2 * PASSWORD_BYTES ||
            strspn(password, "0123456789abcdef") != 2 * PASSWORD_BYTES) {
            complain("%s is damaged; remove it, and the next start makes a "
                     "new one",
                     file);
            free(password);
            password = NULL;
        }
    }
    free(file);
    return password;
}

/* ---------------------------------------------------------------- database */

/*
 * Run by the database at each start, before it answers: makes what is not
 * there, and sets the passwords to what the files say. Root of this database
 * is root of the machine, known by the socket; nobody else comes in so. The
 * file runs as nobody in particular, who may not grant a role, so that one
 * statement goes through a procedure of root's.
 */
static bool write_init(const struct instance *instance)
{
    char *migrate = get_password(instance, "foobar_migrate");
    char *app = get_password(instance, "foobar_app");
    char *file = file_text("%s/conf/init.sql", instance->var);
    char *text = NULL;
    bool good = migrate != NULL && app != NULL;

    if (good) {
        text = file_text(
            "%sCREATE DATABASE IF NOT EXISTS foobar CHARACTER SET utf8mb4"
            " COLLATE utf8mb4_unicode_ci;\n"
            "CREATE USER IF NOT EXISTS foobar_migrate@localhost;\n"
            "ALTER USER foobar_migrate@localhost IDENTIFIED BY '%s';\n"
            "CREATE USER IF NOT EXISTS foobar_app@localhost;\n"
            "ALTER USER foobar_app@localhost IDENTIFIED BY '%s';\n"
            "GRANT ALL ON foobar.* TO foobar_migrate@localhost"
            " WITH GRANT OPTION;\n"
            "CREATE ROLE IF NOT EXISTS foobar_application"
            " WITH ADMIN root@localhost;\n"
            "CREATE OR REPLACE DEFINER = root@localhost"
            " PROCEDURE mysql.foobar_grant()"
            " GRANT foobar_application TO foobar_app@localhost;\n"
            "CALL mysql.foobar_grant();\n"
            "DROP PROCEDURE mysql.foobar_grant;\n"
            "SET DEFAULT ROLE foobar_application FOR foobar_app@localhost;\n",
            instance->disposable ? "DROP DATABASE IF EXISTS foobar;\n" : "",
            migrate, app);
        good = file_write(file, 0600, text);
        explicit_bzero(text, strlen(text));
    }
    free(text);
    free(file);
    free(app);
    free(migrate);
    return good;
}

/*
 * A small database that answers on its socket alone. What it does not need
 * here is off: the binary log, the performance schema, the warm-up of the
 * buffer pool. What keeps data safe keeps its default.
 */
static bool write_my_cnf(const struct instance *instance)
{
    char *file = file_text("%s/conf/my.cnf", instance->var);
    char *text = file_text(
        "# Made by foobarctl at each start; changes are lost.\n"
        "[mariadbd]\n"
        "datadir = %s\n"
        "socket = %s\n"
        "pid_file = %s/mysql.pid\n"
        "tmpdir = %s/tmp/mysql\n"
        "init_file = %s/conf/init.sql\n"
        "skip_networking\n"
        "skip_log_bin\n"
        "silent_startup\n"
        "log_warnings = 1\n"
        "lc_messages = en_US\n"
        "character_set_server = utf8mb4\n"
        "collation_server = utf8mb4_unicode_ci\n"
        "default_time_zone = +00:00\n"
        "default_storage_engine = InnoDB\n"
        "sql_mode = STRICT_ALL_TABLES,ONLY_FULL_GROUP_BY,NO_ZERO_DATE,"
        "NO_ZERO_IN_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION\n"
        "local_infile = OFF\n"
        "symbolic_links = OFF\n"
        "max_connections = 300\n"
        "max_allowed_packet = 16M\n"
        "open_files_limit = 1024\n"
        "table_open_cache = 200\n"
        "performance_schema = OFF\n"
        "key_buffer_size = 1M\n"
        "aria_pagecache_buffer_size = 8M\n"
        "innodb_buffer_pool_size = 64M\n"
        "innodb_log_file_size = 32M\n"
        "innodb_buffer_pool_dump_at_shutdown = OFF\n"
        "innodb_buffer_pool_load_at_startup = OFF\n"
        "innodb_use_native_aio = OFF\n"
        "%s",
        instance->mysql, instance->mysql_socket, instance->run, instance->var,
        instance->var,
        instance->disposable ? "innodb_flush_log_at_trx_commit = 0\n" : "");
    bool good = file_write(file, 0600, text);

    free(text);
    free(file);
    return good;
}

/* ------------------------------------------------------ application server */

/* The secret of forms is made and checked like a password. */
static bool make_secret(const struct instance *instance)
{
    char *secret = get_password(instance, "forms");
    bool good = secret != NULL;

    if (good) {
        explicit_bzero(secret, strlen(secret));
    }
    free(secret);
    return good;
}

/* A sanitizer maps terabytes, and asks the kernel for what no page needs. */
static const char *end_for(const struct instance *instance)
{
    if (instance->app_preload != NULL) {
        return "\nsandbox = 0\nworker-memory-mib = 0\n";
    }
    return "\n";
}

/* Without the slash at its end. */
static size_t url_length(const char *url)
{
    size_t length = strlen(url);

    return length - (length > 0 && url[length - 1] == '/');
}

static bool write_app_conf(const struct instance *instance)
{
    bool has_secret = make_secret(instance);
    char *file = file_text("%s/conf/foobar.conf", instance->var);
    char *text = file_text(
        "# Made by foobarctl at each start; for settings of your "
        "own: CONFIG=FILE.\n"
        "site = %s/site.so\n"
        "listen = unix:%s\n"
        "status-listen = unix:%s\n"
        "drain-seconds = %d\n"
        "db-socket = %s\n"
        "db-name = foobar\n"
        "db-user = foobar_app\n"
        "db-password-file = %s/secret/foobar_app.password\n"
        "secret-file = %s/secret/forms.password\n"
        "tags-file = %s/tags/tags\n"
        "spool = %s/tmp/spool\n"
        "server-timing = statements\n"
        "site-url = %.*s\n"
        "mailbox = 1\n"
        "%s%s%s",
        instance->build, instance->app_socket, instance->board_socket,
        DRAIN_SECONDS, instance->mysql_socket, instance->var, instance->var,
        instance->var, instance->var, (int)url_length(instance->url),
        instance->url,
        instance->dev ? "dev = 1\nworkers = 2\ndev-problem = " : "",
        instance->dev ? instance->problem_file : "", end_for(instance));
    bool good = has_secret && file_write(file, 0600, text);

    free(text);
    free(file);
    return good;
}

static bool write_migrate_conf(const struct instance *instance)
{
    char *file = file_text("%s/conf/migrate.conf", instance->var);
    char *text =
        file_text("# Made by foobarctl at each start.\n"
                  "db-socket = %s\n"
                  "db-name = foobar\n"
                  "db-user = foobar_migrate\n"
                  "db-password-file = %s/secret/foobar_migrate.password\n",
                  instance->mysql_socket, instance->var);
    bool good = file_write(file, 0600, text);

    free(text);
    free(file);
    return good;
}

bool conf_write_parts(const struct instance *instance)
{
    return write_init(instance) && write_my_cnf(instance) &&
           write_app_conf(instance) && write_migrate_conf(instance);
}
