/*
 * foobar-schema: prints the schema of a database, as the migrations left it.
 *
 *     foobar-schema --db-socket PATH --db-name NAME --db-user USER
 *                   --db-password-file FILE
 *
 * What it prints is sql/schema.sql: the tables and the triggers, by name,
 * without what differs from one copy to the next (counters, the user who
 * made a trigger) and without the tables in which foobar-migrate keeps its
 * records. A test compares the two, so that the file that people read is
 * never a tale of last year's schema. Rights are not in it: each stands in
 * the migration of its table.
 */

#include <mysql.h>

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    PASSWORD_MAX = 256,
    QUERY_MAX = 512
};

struct options {
    const char *socket;
    const char *name;
    const char *user;
    const char *password_file;
};

_Noreturn static void fail(const char *format, ...)
    __attribute__((format(printf, 1, 2)));

_Noreturn static void fail(const char *format, ...)
{
    va_list arguments;

    fputs("foobar-schema: ", stderr);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
    exit(1);
}

static struct options read_options(int argc, char **argv)
{
    struct options options = {0};

    for (int i = 1; i + 1 < argc; i += 2) {
        if (strcmp(argv[i], "--db-socket") == 0) {
            options.socket = argv[i + 1];
        } else if (strcmp(argv[i], "--db-name") == 0) {
            options.name = argv[i + 1];
        } else if (strcmp(argv[i], "--db-user") == 0) {
            options.user = argv[i + 1];
        } else if (strcmp(argv[i], "--db-password-file") == 0) {
            options.password_file = argv[i + 1];
        } else {
            fail("%s is no option of mine", argv[i]);
        }
    }
    if (!options.socket || !options.name || !options.user ||
        !options.password_file) {
        fail("give --db-socket PATH, --db-name NAME, --db-user USER and "
             "--db-password-file FILE");
    }
    return options;
}

static void read_password(const char *path, char *password)
{
    FILE *file = fopen(path, "r");

    if (!file || !fgets(password, PASSWORD_MAX, file)) {
        fail("the password cannot be read from %s", path);
    }
    password[strcspn(password, "\n")] = '\0';
    fclose(file);
}

static MYSQL *connect_to(const struct options *options)
{
    char password[PASSWORD_MAX] = "";
    MYSQL *connection = mysql_init(NULL);

    if (!connection) {
        fail("there is no memory for a connection");
    }
    read_password(options->password_file, password);
    mysql_options(connection, MYSQL_SET_CHARSET_NAME, "utf8mb4");
    if (!mysql_real_connect(connection, NULL, options->user, password,
                            options->name, 0, options->socket, 0)) {
        fail("no connection to the database: %s", mysql_error(connection));
    }
    return connection;
}

static MYSQL_RES *ask(MYSQL *connection, const char *query)
{
    MYSQL_RES *rows;

    if (mysql_query(connection, query) != 0) {
        fail("%s: %s", query, mysql_error(connection));
    }
    rows = mysql_store_result(connection);
    if (!rows) {
        fail("%s: %s", query, mysql_error(connection));
    }
    return rows;
}

/* Prints text without the word that begins with `mark` and ends at a blank. */
static void print_without(const char *text, const char *mark)
{
    const char *found = strstr(text, mark);

    if (found) {
        size_t length = strcspn(found, " ");

        printf("%.*s", (int)(found - text), text);
        text = found + length + (found[length] == ' ');
    }
    printf("%s;\n", text);
}

/*
 * Column `column` of SHOW CREATE for one name. The names come from the
 * database's own list; our migrations give no name that needs more care.
 */
static void print_create(MYSQL *connection, const char *kind, const char *name,
                         unsigned column, const char *mark)
{
    char query[QUERY_MAX];
    MYSQL_RES *rows;
    MYSQL_ROW row;

    if (strchr(name, '`')) {
        fail("the name %s holds a backquote", name);
    }
    snprintf(query, sizeof(query), "SHOW CREATE %s `%s`", kind, name);
    rows = ask(connection, query);
    row = mysql_fetch_row(rows);
    if (!row || mysql_num_fields(rows) <= column || !row[column]) {
        fail("%s gave no answer", query);
    }
    putchar('\n');
    print_without(row[column], mark);
    mysql_free_result(rows);
}

static void print_all(MYSQL *connection, const char *list, const char *kind,
                      unsigned column, const char *mark)
{
    MYSQL_RES *rows = ask(connection, list);
    MYSQL_ROW row;

    while ((row = mysql_fetch_row(rows)) != NULL) {
        print_create(connection, kind, row[0], column, mark);
    }
    mysql_free_result(rows);
}

int main(int argc, char **argv)
{
    struct options options = read_options(argc, argv);
    MYSQL *connection = connect_to(&options);

    printf("-- The schema that the migrations end in, for reading.\n"
           "-- Printed by foobar-schema; sql/README.md says how.\n");
    print_all(connection,
              "SELECT TABLE_NAME FROM information_schema.TABLES"
              " WHERE TABLE_SCHEMA = DATABASE()"
              " AND TABLE_NAME NOT IN ('schema_migrations', 'schema_loads')"
              " ORDER BY TABLE_NAME",
              "TABLE", 1, "AUTO_INCREMENT=");
    print_all(connection,
              "SELECT TRIGGER_NAME FROM information_schema.TRIGGERS"
              " WHERE TRIGGER_SCHEMA = DATABASE() ORDER BY TRIGGER_NAME",
              "TRIGGER", 2, "DEFINER=");
    mysql_close(connection);
    if (fflush(stdout) != 0 || ferror(stdout)) {
        fail("the output cannot be written");
    }
    return 0;
}
