/*
 * The instance's own database; see database.h.
 *
 * This is what mariadb-install-db does, without that script: it needs a
 * program of another package, and breaks on paths with a space. Root of the
 * new database is root of the machine, known by the Unix socket; there are
 * no other accounts and no test database. Left out are the tables for the
 * command HELP and the schema sys, which nobody needs here.
 */

#include "database.h"

#include "file.h"
#include "say.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define SQL_MAX_BYTES ((size_t)4 * 1024 * 1024)

bool database_is_installed(void)
{
    return access(DATABASE_PROGRAM, X_OK) == 0 ||
           complain("%s is missing; install the package mariadb-server-core, "
                    "or type: ops/deps run",
                    DATABASE_PROGRAM);
}

bool database_exists(const struct instance *instance)
{
    return access(instance->mysql, F_OK) == 0;
}

/* How the paths of MariaDB's SQL files begin: since 11, and before. */
static const char *find_sql(void)
{
    static const char *const places[] = {"/usr/share/mariadb/mariadb_",
                                         "/usr/share/mysql/mysql_"};
    size_t i;

    for (i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        char *file = file_text("%ssystem_tables.sql", places[i]);
        bool found = access(file, R_OK) == 0;

        free(file);
        if (found) {
            return places[i];
        }
    }
    complain("neither %ssystem_tables.sql nor %ssystem_tables.sql is there; "
             "install the package mariadb-server-core anew",
             places[0], places[1]);
    return NULL;
}

/* MariaDB's SQL files, one after the other. */
static bool write_sql(const char *path)
{
    static const char *const names[] = {"system_tables", "performance_tables",
                                        "system_tables_data"};
    const char *place = find_sql();
    char *text = file_text("CREATE DATABASE IF NOT EXISTS mysql;\n"
                           "USE mysql;\n"
                           "SET @auth_root_socket = 'root';\n");
    bool good = place != NULL;
    size_t i;

    for (i = 0; good && i < sizeof(names) / sizeof(names[0]); i++) {
        char *file = file_text("%s%s.sql", place, names[i]);
        char *part = file_read(file, SQL_MAX_BYTES);
        char *more;

        good = part != NULL;
        if (good) {
            more = file_text("%s%s\n", text, part);
            free(text);
            text = more;
        }
        free(part);
        free(file);
    }
    good = good && file_write(path, 0600, text);
    free(text);
    return good;
}

bool database_prepare(const struct instance *instance, struct part *job)
{
    char *fresh = file_text("%s.new", instance->mysql);
    char *sql = file_text("%s/tmp/mysql.sql", instance->var);
    bool good =
        file_remove(fresh) && file_make_folder(fresh, 0700) && write_sql(sql);

    part_add(job, DATABASE_PROGRAM);
    part_add(job, "--defaults-file=%s/conf/my.cnf", instance->var);
    part_add(job, "--datadir=%s", fresh);
    part_add(job, "--init-file=");
    part_add(job, "--bootstrap");
    part_add(job, "--enforce-storage-engine=");
    part_add(job, "--sql-mode=");
    part_add(job, "--net-buffer-length=16K");
    snprintf(job->input, sizeof(job->input), "%s", sql);
    free(fresh);
    free(sql);
    return good;
}

bool database_adopt(const struct instance *instance)
{
    char *fresh = file_text("%s.new", instance->mysql);
    bool good = rename(fresh, instance->mysql) == 0;

    if (!good) {
        complain("cannot make %s: %s", instance->mysql, strerror(errno));
    }
    free(fresh);
    return good;
}

bool database_listens(const struct instance *instance)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    bool listens;

    snprintf(address.sun_path, sizeof(address.sun_path), "%s",
             instance->mysql_socket);
    listens = fd >= 0 && connect(fd, (const struct sockaddr *)&address,
                                 sizeof(address)) == 0;
    if (fd >= 0) {
        close(fd);
    }
    return listens;
}
