/*
 * Statements as rows, and typed rows of what they return.
 *
 * Every SQL statement of an application stands in one table. Beside it stands
 * what a row of its result is, so that a handler reads `post->title` and never
 * counts columns:
 *
 *     #define POST_ROW(COLUMN) \
 *         COLUMN(INT, id)      \
 *         COLUMN(TEXT, title)  \
 *         COLUMN(MAYBE_TEXT, bio)
 *
 *     #define SITE_STATEMENTS(STATEMENT)                                    \
 *         STATEMENT(SQL_POST, "post", post_row,                             \
 *             "SELECT id, title, bio FROM posts WHERE id = ?",              \
 *             FB_EXAMPLE("7"))                                              \
 *         STATEMENT(SQL_ADD_POST, "add_post", fb_no_row,                    \
 *             "INSERT INTO posts (title) VALUES (?)", FB_EXAMPLE("Words"))
 *
 *     FB_ROW(post_row, POST_ROW);                       in a header
 *     FB_STATEMENTS(site_statement, SITE_STATEMENTS);
 *
 *     static const struct fb_statement statements[] = { in one source
 *         SITE_STATEMENTS(FB_STATEMENT)};
 *
 * A handler then asks:
 *
 *     const struct post_row *post;
 *     result = fb_find(request, SQL_POST, &post, fb_int(7));
 *
 * A field that the row does not have, and a row of another statement, do not
 * compile; nor does SQL that is anything but a literal. That the columns have
 * these names, this order and these types, and that each statement reads about
 * as many rows as it returns, is checked against the migrated schema by
 * `foobar-appserver --check-statements`, which `make check-sql` runs. For that
 * every statement with placeholders has an example of their values.
 *
 * fb_select() and fb_column_*() of database.h are the level below, for results
 * whose columns are not known beforehand.
 */

#ifndef FOOBAR_STATEMENT_H
#define FOOBAR_STATEMENT_H

#include <foobar/app.h>
#include <foobar/database.h>

#include <stddef.h>
#include <stdint.h>

/* The kinds of a column, and the C type of each. */
enum fb_column_kind {
    FB_COLUMN_INT,       /* int64_t; a NULL would be 0 */
    FB_COLUMN_TEXT,      /* const char *, never NULL; a NULL would be "" */
    FB_COLUMN_MAYBE_TEXT /* const char *, NULL for NULL */
};

struct fb_column {
    const char *name;
    enum fb_column_kind kind;
};

struct fb_row_type {
    const struct fb_column *columns;
    size_t count; /* 0: the statement returns nothing */
};

#define FB_COLUMN_TYPE_INT int64_t
#define FB_COLUMN_TYPE_TEXT const char *
#define FB_COLUMN_TYPE_MAYBE_TEXT const char *

#define FB_ROW_MEMBER(kind, name) FB_COLUMN_TYPE_##kind name;
#define FB_ROW_COLUMN(kind, name) {#name, FB_COLUMN_##kind},

/* struct ROW with a member for each column, and what the engine knows of it. */
#define FB_ROW(row, COLUMNS)                                                  \
    struct row {                                                              \
        COLUMNS(FB_ROW_MEMBER)                                                \
    };                                                                        \
    static const struct fb_column row##_columns[] = {COLUMNS(FB_ROW_COLUMN)}; \
    _Static_assert(sizeof(struct row) == sizeof(int64_t) *                    \
                                             sizeof(row##_columns) /          \
                                             sizeof(struct fb_column),        \
                   "a row is a list of members of eight bytes");              \
    static const struct fb_row_type row##_type __attribute__((unused)) = {    \
        row##_columns, sizeof(row##_columns) / sizeof(struct fb_column)}

/* The row of a statement that returns none. */
struct fb_no_row {
    char nothing;
};
static const struct fb_row_type fb_no_row_type __attribute__((unused)) = {0};

/* The numbers of the statements, and the row of each by its number's name. */
#define FB_STATEMENT_ID(id, ...) id,
#define FB_STATEMENT_ROW(id, name, row, ...) typedef struct row id##_row;
/* NOLINTBEGIN(bugprone-macro-parentheses): a name is no expression */
#define FB_STATEMENTS(enumeration, STATEMENTS) \
    enum enumeration {                         \
        STATEMENTS(FB_STATEMENT_ID)            \
    };                                         \
    STATEMENTS(FB_STATEMENT_ROW)               \
    _Static_assert(1, "a list ends with a semicolon")
/* NOLINTEND(bugprone-macro-parentheses) */

/*
 * A row of the table. Behind the SQL may stand:
 *
 * FB_EXAMPLE("7", "2026-03-05 14:02:11")   a value for each placeholder, for
 *     which the statement finds something in the demo data
 * FB_SCANS("why")   it reads many more rows than it returns, or a whole table,
 *     and that is right so, for this reason
 */
#define FB_STATEMENT(id, statement_name, statement_row, statement_sql, ...) \
    [id] = {.name = (statement_name),                                       \
            .sql = "" statement_sql,                                        \
            .row = &statement_row##_type,                                   \
            __VA_ARGS__},
#define FB_EXAMPLE(...)              \
    .example = (const char *const[]) \
    {                                \
        __VA_ARGS__, NULL            \
    }
#define FB_SCANS(reason) .scans = (reason)

/*
 * The one row of a statement: fb_find(request, SQL_POST, &post, fb_int(7)).
 * FB_NOT_FOUND when there is none, which a handler may return as it is: the
 * visitor gets a 404. A second row is not looked at. The row belongs to the
 * request. On anything but FB_OK *row is NULL.
 */
#define fb_find(request, statement, row, ...)                      \
    fb_find_values((request), (statement),                         \
                   (1 ? (row) : (const statement##_row **)0),      \
                   (struct fb_value[]){{0}, __VA_ARGS__},          \
                   sizeof((struct fb_value[]){{0}, __VA_ARGS__}) / \
                       sizeof(struct fb_value))

/*
 * All rows: fb_list(request, SQL_COMMENTS, &comments, &count, fb_int(7)), as
 * an array that belongs to the request. None at all is FB_OK and a count of 0.
 */
#define fb_list(request, statement, rows, row_count, ...)                   \
    fb_list_values((request), (statement),                                  \
                   (1 ? (rows) : (const statement##_row **)0), (row_count), \
                   (struct fb_value[]){{0}, __VA_ARGS__},                   \
                   sizeof((struct fb_value[]){{0}, __VA_ARGS__}) /          \
                       sizeof(struct fb_value))

/* values[0] is a place-holder of the macros; `row` points to a pointer. */
FB_API enum fb_result fb_find_values(struct fb_request *request,
                                     unsigned statement, void *row,
                                     const struct fb_value *values,
                                     size_t count);
FB_API enum fb_result
fb_list_values(struct fb_request *request, unsigned statement, void *rows,
               size_t *row_count, const struct fb_value *values, size_t count);

#endif
