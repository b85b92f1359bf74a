/*
 * The check of the table of statements; statement_check.h says what is held.
 *
 * Each statement runs once, with its example, inside of a transaction that is
 * rolled back. The server's own counters (Handler_read_*) tell how many rows it
 * has read, and its plan whether it walks a whole table. Both are asked only
 * where no reason stands beside the statement (FB_SCANS).
 */

#include "statement_check.h"

#include <foobar/statement.h>

#include <mysql.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "database.h"
#include "own_statements.h"

#define VALUES_MAX 64
#define SQL_MAX ((size_t)64 * 1024)
#define READ_FREELY 100  /* rows that any statement may read */
#define READ_FOR_EACH 10 /* rows that it may read for each one it returns */

struct check {
    MYSQL *connection;
    FILE *stream;
    const struct fb_statement *statement;
    size_t faults;
};

static void complain(struct check *check, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
static void complain(struct check *check, const char *format, ...)
{
    va_list arguments;

    fprintf(check->stream, "statement %s: ", check->statement->name);
    va_start(arguments, format);
    vfprintf(check->stream, format, arguments);
    va_end(arguments);
    fputc('\n', check->stream);
    check->faults++;
}

/* ----------------------------------------------------------------- columns */

static bool is_number(enum enum_field_types type)
{
    return type == MYSQL_TYPE_TINY || type == MYSQL_TYPE_SHORT ||
           type == MYSQL_TYPE_INT24 || type == MYSQL_TYPE_LONG ||
           type == MYSQL_TYPE_LONGLONG || type == MYSQL_TYPE_YEAR;
}

static bool is_text(enum enum_field_types type)
{
    return type == MYSQL_TYPE_VAR_STRING || type == MYSQL_TYPE_STRING ||
           type == MYSQL_TYPE_VARCHAR || type == MYSQL_TYPE_BLOB ||
           type == MYSQL_TYPE_TINY_BLOB || type == MYSQL_TYPE_MEDIUM_BLOB ||
           type == MYSQL_TYPE_LONG_BLOB;
}

/* A column of a table is known to be NULL or not; of an expression it is not. */
static bool may_be_null(const MYSQL_FIELD *field)
{
    return field->org_table != NULL && field->org_table[0] != '\0' &&
           (field->flags & NOT_NULL_FLAG) == 0;
}

static void check_column(struct check *check, unsigned number,
                         const struct fb_column *column,
                         const MYSQL_FIELD *field)
{
    bool is_int = column->kind == FB_COLUMN_INT;

    if (strcmp(column->name, field->name) != 0) {
        complain(check,
                 "column %u is %s, and its row has %s there; change one of "
                 "them, or say AS %s",
                 number + 1, field->name, column->name, column->name);
        return;
    }
    if (is_int ? !is_number(field->type) : !is_text(field->type)) {
        complain(check,
                 "column %s is %s, and its row says %s; change the row, or "
                 "CAST it AS %s",
                 field->name,
                 is_number(field->type) ? "a whole number"
                 : is_text(field->type) ? "text"
                                        : "neither a whole number nor text",
                 is_int ? "INT" : "TEXT", is_int ? "SIGNED" : "CHAR");
        return;
    }
    if (column->kind != FB_COLUMN_MAYBE_TEXT && may_be_null(field)) {
        complain(check,
                 "column %s may be NULL, and its row says %s; make it "
                 "MAYBE_TEXT, or use COALESCE",
                 field->name, is_int ? "INT" : "TEXT");
    }
}

static void check_columns(struct check *check, MYSQL_STMT *prepared)
{
    const struct fb_row_type *row = check->statement->row;
    unsigned count = mysql_stmt_field_count(prepared);
    MYSQL_RES *result;
    unsigned i;

    if (row == NULL) {
        return;
    }
    if (row->count != count) {
        complain(check, "it returns %u columns, and its row has %zu", count,
                 row->count);
        return;
    }
    result = mysql_stmt_result_metadata(prepared);
    for (i = 0; result != NULL && i < count; i++) {
        check_column(check, i, &row->columns[i],
                     mysql_fetch_field_direct(result, i));
    }
    mysql_free_result(result);
}

/* ----------------------------------------------------------------- example */

static size_t example_count(const struct fb_statement *statement)
{
    size_t count = 0;

    while (statement->example != NULL && statement->example[count] != NULL) {
        count++;
    }
    return count;
}

static bool is_digits(const char *text)
{
    text += *text == '-';
    return *text != '\0' && text[strspn(text, "0123456789")] == '\0';
}

/* A number is bound as one: LIMIT takes nothing else. */
static bool bind_example(MYSQL_STMT *prepared,
                         const struct fb_statement *statement)
{
    MYSQL_BIND binds[VALUES_MAX];
    long long numbers[VALUES_MAX];
    unsigned long count = mysql_stmt_param_count(prepared);
    unsigned long i;

    memset(binds, 0, sizeof(binds));
    for (i = 0; i < count; i++) {
        const char *value = statement->example[i];

        if (is_digits(value)) {
            numbers[i] = strtoll(value, NULL, 10);
            binds[i].buffer_type = MYSQL_TYPE_LONGLONG;
            binds[i].buffer = &numbers[i];
        } else {
            binds[i].buffer_type = MYSQL_TYPE_STRING;
            binds[i].buffer = (void *)(uintptr_t)value;
            binds[i].buffer_length = strlen(value);
        }
    }
    return (count == 0 || mysql_stmt_bind_param(prepared, binds) == 0) &&
           mysql_stmt_execute(prepared) == 0;
}

static bool has_example(struct check *check, MYSQL_STMT *prepared)
{
    unsigned long wanted = mysql_stmt_param_count(prepared);
    size_t given = example_count(check->statement);

    if (wanted == given && wanted <= VALUES_MAX) {
        return true;
    }
    complain(check,
             "it has %lu placeholders, and %zu values in FB_EXAMPLE(); give "
             "one for each",
             wanted, given);
    return false;
}

/* -------------------------------------------------------------------- rows */

static bool rows_read(struct check *check, uint64_t *rows)
{
    static const char sql[] = "SHOW SESSION STATUS LIKE 'Handler_read%'";
    MYSQL_RES *result = NULL;
    MYSQL_ROW row;

    *rows = 0;
    if (mysql_query(check->connection, sql) == 0) {
        result = mysql_store_result(check->connection);
    }
    while (result != NULL && (row = mysql_fetch_row(result)) != NULL) {
        *rows += strtoull(row[1], NULL, 10);
    }
    mysql_free_result(result);
    return result != NULL;
}

/* Runs it, and returns the rows that came back or were changed. */
static bool run(struct check *check, MYSQL_STMT *prepared, uint64_t *returned)
{
    if (!bind_example(prepared, check->statement) ||
        (mysql_stmt_field_count(prepared) > 0 &&
         mysql_stmt_store_result(prepared) != 0)) {
        complain(check, "with its example: %s", mysql_stmt_error(prepared));
        return false;
    }
    *returned = mysql_stmt_field_count(prepared) > 0
                    ? mysql_stmt_num_rows(prepared)
                    : mysql_stmt_affected_rows(prepared);
    mysql_stmt_free_result(prepared);
    return true;
}

static void check_rows(struct check *check, MYSQL_STMT *prepared)
{
    uint64_t returned = 0;
    uint64_t before = 0;
    uint64_t after = 0;
    uint64_t again = 0;
    uint64_t counting;
    uint64_t took;
    bool ran;

    if (mysql_query(check->connection, "START TRANSACTION") != 0) {
        complain(check, "%s", mysql_error(check->connection));
        return;
    }
    /* Asking for the counters counts too, each time the same. */
    ran = rows_read(check, &before) && rows_read(check, &again) &&
          run(check, prepared, &returned) && rows_read(check, &after);
    counting = again - before;
    took = after - again > counting ? after - again - counting : 0;
    if (ran && check->statement->scans == NULL &&
        took > READ_FREELY + READ_FOR_EACH * returned) {
        complain(check,
                 "it reads %llu rows for %llu; it needs an index, or a reason "
                 "by FB_SCANS()",
                 (unsigned long long)took, (unsigned long long)returned);
    }
    mysql_query(check->connection, "ROLLBACK");
}

/* -------------------------------------------------------------------- plan */

static bool is_select(const char *sql)
{
    return strncasecmp(sql, "SELECT", strlen("SELECT")) == 0;
}

/* Columns 2 and 3 of a plan are the table and how it is read. */
static void check_plan_row(struct check *check, const char *table,
                           const char *type)
{
    /* "<derived2>" is what an inner query has chosen, not a table. */
    if (strcmp(type, "ALL") == 0 && table[0] != '<') {
        complain(check,
                 "it walks all of the table %s; it needs an index, or a "
                 "reason by FB_SCANS()",
                 table);
    }
}

static void read_plan(struct check *check, MYSQL_STMT *plan)
{
    enum {
        COLUMNS = 16,
        TEXT = 256
    };
    MYSQL_BIND binds[COLUMNS];
    char texts[COLUMNS][TEXT];
    unsigned columns = mysql_stmt_field_count(plan);
    unsigned i;

    memset(binds, 0, sizeof(binds));
    memset(texts, 0, sizeof(texts));
    if (columns < 4 || columns > COLUMNS) {
        return;
    }
    for (i = 0; i < columns; i++) {
        binds[i].buffer_type = MYSQL_TYPE_STRING;
        binds[i].buffer = texts[i];
        binds[i].buffer_length = TEXT - 1;
    }
    if (mysql_stmt_bind_result(plan, binds) != 0 ||
        mysql_stmt_store_result(plan) != 0) {
        return;
    }
    while (mysql_stmt_fetch(plan) != MYSQL_NO_DATA) {
        check_plan_row(check, texts[2], texts[3]);
        memset(texts, 0, sizeof(texts));
    }
}

static void check_plan(struct check *check)
{
    char sql[SQL_MAX];
    MYSQL_STMT *plan;
    int length =
        snprintf(sql, sizeof(sql), "EXPLAIN %s", check->statement->sql);

    if (check->statement->scans != NULL || !is_select(check->statement->sql)) {
        return;
    }
    plan = mysql_stmt_init(check->connection);
    if (plan == NULL || length < 0 || (size_t)length >= sizeof(sql) ||
        mysql_stmt_prepare(plan, sql, (unsigned long)length) != 0 ||
        !bind_example(plan, check->statement)) {
        complain(check, "its plan cannot be asked for: %s",
                 plan != NULL ? mysql_stmt_error(plan) : "out of memory");
    } else {
        read_plan(check, plan);
    }
    if (plan != NULL) {
        mysql_stmt_close(plan);
    }
}

/* --------------------------------------------------------------------- all */

static void check_statement(struct check *check,
                            const struct fb_statement *statement)
{
    MYSQL_STMT *prepared = mysql_stmt_init(check->connection);

    check->statement = statement;
    if (prepared == NULL) {
        complain(check, "out of memory");
        return;
    }
    if (mysql_stmt_prepare(prepared, statement->sql, strlen(statement->sql)) !=
        0) {
        complain(check, "%s", mysql_stmt_error(prepared));
    } else {
        check_columns(check, prepared);
        if (has_example(check, prepared)) {
            check_plan(check);
            check_rows(check, prepared);
        }
    }
    mysql_stmt_close(prepared);
}

static MYSQL *connect_to(const struct settings *settings, char *problem,
                         size_t size)
{
    char password[SETTINGS_SECRET_MAX];
    MYSQL *connection = NULL;

    if (settings_read_secret(settings->db_password_file, password,
                             sizeof(password), problem, size)) {
        connection = database_connect(settings, password, problem, size);
    }
    explicit_bzero(password, sizeof(password));
    return connection;
}

bool statement_check(const struct settings *settings, const struct fb_app *app,
                     FILE *stream, char *problem, size_t size)
{
    struct check check = {.stream = stream};
    size_t own_count = own_statement_count();
    struct fb_statement *own = calloc(own_count, sizeof(*own));
    size_t i;

    check.connection = connect_to(settings, problem, size);
    if (check.connection == NULL || own == NULL) {
        free(own);
        return false;
    }
    own_statements_copy(own);
    for (i = 0; i < app->statement_count; i++) {
        check_statement(&check, &app->statements[i]);
    }
    for (i = 0; i < own_count; i++) {
        check_statement(&check, &own[i]);
    }
    mysql_close(check.connection);
    free(own);
    snprintf(problem, size, "%zu faults in %zu statements", check.faults,
             app->statement_count + own_count);
    return check.faults == 0;
}

bool statement_print(const struct fb_app *app, FILE *stream)
{
    size_t i;
    size_t c;

    for (i = 0; i < app->statement_count; i++) {
        const struct fb_statement *statement = &app->statements[i];

        fprintf(stream, "%s\n", statement->name);
        for (c = 0; statement->row != NULL && c < statement->row->count; c++) {
            fprintf(stream, "%s%s", c == 0 ? "    -> " : ", ",
                    statement->row->columns[c].name);
        }
        fprintf(stream, "%s    %s\n",
                statement->row != NULL && statement->row->count > 0 ? "\n" : "",
                statement->sql);
        if (statement->scans != NULL) {
            fprintf(stream, "    scans: %s\n", statement->scans);
        }
    }
    return fflush(stream) == 0;
}
