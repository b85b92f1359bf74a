/* The queue of jobs from the command line; see jobs_tool.h. */

#include "jobs_tool.h"

#include <stdlib.h>
#include <string.h>

#include "database.h"

#define PASSWORD_MAX 256
#define ID_DIGITS 18
#define LISTED "100"

static MYSQL *connect_to(const struct settings *settings, char *problem,
                         size_t size)
{
    char password[PASSWORD_MAX];
    MYSQL *connection = NULL;

    if (settings_read_secret(settings->db_password_file, password,
                             sizeof(password), problem, size)) {
        connection = database_connect(settings, password, problem, size);
    }
    explicit_bzero(password, sizeof(password));
    return connection;
}

static bool fail(MYSQL *connection, char *problem, size_t size)
{
    snprintf(problem, size, "%s (%u)", mysql_error(connection),
             mysql_errno(connection));
    return false;
}

/* What comes from payloads and errors must not steer the terminal. */
static void print_plainly(FILE *out, const char *text)
{
    for (; *text != '\0'; text++) {
        unsigned char c = (unsigned char)*text;

        fputc(c < 0x20 || c == 0x7f ? ' ' : c, out);
    }
}

/* One line a row: the first columns apart by blanks, the last to the end. */
static bool print_rows(MYSQL *connection, const char *sql, const char *if_none,
                       FILE *out, char *problem, size_t size)
{
    MYSQL_RES *result = NULL;
    MYSQL_ROW row;
    unsigned count;
    unsigned i;

    if (mysql_query(connection, sql) != 0 ||
        (result = mysql_store_result(connection)) == NULL) {
        return fail(connection, problem, size);
    }
    count = mysql_num_fields(result);
    if (mysql_num_rows(result) == 0 && if_none != NULL) {
        fprintf(out, "%s\n", if_none);
    }
    while ((row = mysql_fetch_row(result)) != NULL) {
        for (i = 0; i < count; i++) {
            fputs(i > 0 ? "  " : "", out);
            print_plainly(out, row[i] != NULL ? row[i] : "");
        }
        fputc('\n', out);
    }
    mysql_free_result(result);
    return true;
}

bool jobs_tool_list(const struct settings *settings, FILE *out, char *problem,
                    size_t size)
{
    static const char counts[] =
        "SELECT state, COUNT(*) FROM jobs GROUP BY state ORDER BY state DESC";
    static const char rows[] =
        "SELECT id, RPAD(state, 7, ' '), RPAD(name, 24, ' '),"
        " CONCAT('try ', tries, ' of ', most_tries),"
        " CASE state WHEN 'waiting' THEN"
        " CONCAT('due ', DATE_FORMAT(due, '%Y-%m-%dT%H:%i:%sZ'))"
        " ELSE CONCAT('since ', DATE_FORMAT(changed_at, '%Y-%m-%dT%H:%i:%sZ'))"
        " END, error FROM jobs"
        " WHERE state IN ('waiting', 'running', 'failed')"
        " ORDER BY state, id LIMIT " LISTED;
    MYSQL *connection = connect_to(settings, problem, size);
    bool good;

    if (connection == NULL) {
        return false;
    }
    good = print_rows(connection, counts, "there are no jobs", out, problem,
                      size) &&
           print_rows(connection, rows, NULL, out, problem, size);
    mysql_close(connection);
    return good;
}

/* Runs a change of the one job; `sql` ends where its number stands. */
static bool change(const struct settings *settings, const char *sql,
                   const char *id, char *problem, size_t size)
{
    MYSQL *connection;
    char text[512];
    bool good;

    if (id[0] == '\0' || strlen(id) > ID_DIGITS ||
        id[strspn(id, "0123456789")] != '\0') {
        snprintf(problem, size, "\"%.40s\" is no number of a job", id);
        return false;
    }
    connection = connect_to(settings, problem, size);
    if (connection == NULL) {
        return false;
    }
    snprintf(text, sizeof(text), "%s%s", sql, id);
    good =
        mysql_query(connection, text) == 0 || fail(connection, problem, size);
    if (good && mysql_affected_rows(connection) == 0) {
        snprintf(problem, size,
                 "there is no job %s that waits or has failed; --jobs lists "
                 "them",
                 id);
        good = false;
    }
    mysql_close(connection);
    return good;
}

bool jobs_tool_retry(const struct settings *settings, const char *id,
                     char *problem, size_t size)
{
    return change(settings,
                  "UPDATE jobs SET state = 'waiting', tries = 0,"
                  " due = UTC_TIMESTAMP(6), changed_at = UTC_TIMESTAMP(6)"
                  " WHERE state IN ('waiting', 'failed') AND id = ",
                  id, problem, size);
}

bool jobs_tool_drop(const struct settings *settings, const char *id,
                    char *problem, size_t size)
{
    return change(settings,
                  "DELETE FROM jobs WHERE state IN ('waiting', 'failed')"
                  " AND id = ",
                  id, problem, size);
}
