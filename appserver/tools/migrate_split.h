/*
 * Cuts a migration's file into its statements. MariaDB commits after each
 * statement that changes a table, so the tool must know where each begins to
 * say how far it came.
 */

#ifndef TOOLS_MIGRATE_SPLIT_H
#define TOOLS_MIGRATE_SPLIT_H

#include <stdbool.h>
#include <stddef.h>

#define MIGRATE_STATEMENTS_MAX 4096

struct statement {
    const char *text; /* into the file's text: not ended by NUL */
    size_t length;    /* without the ';' */
    size_t end;       /* offset in the file behind the ';' */
    int line;         /* where it begins, from 1 */
};

struct statements {
    struct statement *list;
    size_t count;
};

/*
 * Statements end with ';' outside of quotes and comments (-- , #, and those
 * in slash-star). Returns false with `problem` and the `line` when a quote or
 * comment is not closed, the last statement has no ';' or there are too many.
 */
bool split_statements(struct statements *statements, const char *text,
                      size_t length, const char **problem, int *line);
void free_statements(struct statements *statements);

/* INSERT, UPDATE, DELETE, REPLACE: what a transaction can hold. */
bool is_data_statement(const struct statement *statement);

#endif
