/*
 * Every SQL statement of @NAME@: STATEMENT(id, name in logs, SQL). A value is
 * a "?" here and is passed beside the statement, never pasted into it.
 */

#ifndef STATEMENTS_H
#define STATEMENTS_H

/* clang-format off */
#define STATEMENTS(STATEMENT)                                                  \
    /* -> title, text; the newest first */                                     \
    STATEMENT(SQL_NOTES, "notes",                                              \
        "SELECT title, body FROM notes ORDER BY id DESC LIMIT 100")            \
    /* title, text */                                                          \
    STATEMENT(SQL_ADD_NOTE, "add_note",                                        \
        "INSERT INTO notes (title, body, created_at) "                         \
        "VALUES (?, ?, UTC_TIMESTAMP(6))")
/* clang-format on */

#define STATEMENT_ID(id, name, sql) id,
enum statement {
    STATEMENTS(STATEMENT_ID)
};
#undef STATEMENT_ID

#endif
