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
#define VERSION_MAX_BYTES 64

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

void database_ask_version(struct part *job)
{
    job->quiet = true;
    part_add(job, DATABASE_PROGRAM);
    part_add(job, "--no-defaults");
    part_add(job, "--version");
}

/* The first two numbers, as these say what is stored in which form. */
struct version {
    unsigned long major;
    unsigned long minor;
};

static bool read_version(const char *text, struct version *version)
{
    char *end;

    version->major = strtoul(text, &end, 10);
    if (end == text || *end != '.') {
        return false;
    }
    text = end + 1;
    version->minor = strtoul(text, &end, 10);
    return end != text;
}

static bool is_before(const struct version *a, const struct version *b)
{
    return a->major < b->major || (a->major == b->major && a->minor < b->minor);
}

/* Nobody has noted a version in data that are new: then it is not found. */
static bool find_noted(const char *file, struct version *noted, bool *found)
{
    char *text;

    *found = access(file, F_OK) == 0;
    if (!*found) {
        return true;
    }
    text = file_read(file, VERSION_MAX_BYTES);
    if (text == NULL) {
        return false;
    }
    if (!read_version(text, noted)) {
        complain("%s says no version of MariaDB, such as 10.11", file);
        free(text);
        return false;
    }
    free(text);
    return true;
}

/* Notes it before the program starts, as that changes the data at once. */
static bool take_over(const char *mysql, const char *file,
                      const struct version *ours)
{
    struct version noted = {0};
    bool found;
    char *text;
    bool good;

    if (!find_noted(file, &noted, &found)) {
        return false;
    }
    if (found && is_before(ours, &noted)) {
        return complain("the data in %s belong to MariaDB %lu.%lu, and %s is "
                        "%lu.%lu, which would damage them; install %lu.%lu "
                        "again, or choose another VAR",
                        mysql, noted.major, noted.minor, DATABASE_PROGRAM,
                        ours->major, ours->minor, noted.major, noted.minor);
    }
    if (found && !is_before(&noted, ours)) {
        return true;
    }
    if (found) {
        say("MariaDB %lu.%lu takes over the data of %lu.%lu in %s; %lu.%lu "
            "cannot use them any more",
            ours->major, ours->minor, noted.major, noted.minor, mysql,
            noted.major, noted.minor);
    }
    text = file_text("%lu.%lu\n", ours->major, ours->minor);
    good = file_write(file, 0600, text);
    free(text);
    return good;
}

/* Warnings may come before it: of a machine that has no network, say. */
static const char *find_version(const struct tail *said)
{
    const char *line;
    size_t i;

    for (i = 0; (line = tail_line(said, i)) != NULL; i++) {
        const char *number = strstr(line, " Ver ");

        if (number != NULL) {
            return number + strlen(" Ver ");
        }
    }
    return NULL;
}

bool database_suits(const struct instance *instance, const struct tail *said)
{
    const char *number = find_version(said);
    struct version ours;
    char *file;
    bool good;

    if (number == NULL || !read_version(number, &ours)) {
        const char *line = tail_line(said, 0);

        return complain("%s does not say its version, but: %s",
                        DATABASE_PROGRAM, line != NULL ? line : "nothing");
    }
    file = file_text("%s/mariadb-version", instance->mysql);
    good = take_over(instance->mysql, file, &ours);
    free(file);
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
