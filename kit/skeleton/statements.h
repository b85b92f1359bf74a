/*
 * Every SQL statement of @NAME@, and what a row of each is: STATEMENT(id, name
 * in logs, row, SQL, example). A value is a "?" here and is passed beside the
 * statement, never pasted into it. `make test` holds all of it against the
 * migrated schema.
 */

#ifndef STATEMENTS_H
#define STATEMENTS_H

#include <foobar/statement.h>

/* clang-format off */

#define NOTE_ROW(COLUMN)                                                       \
    COLUMN(TEXT, title)                                                        \
    COLUMN(TEXT, body)
FB_ROW(note_row, NOTE_ROW);

#define STATEMENTS(STATEMENT)                                                  \
    /* the newest first */                                                     \
    STATEMENT(SQL_NOTES, "notes", note_row,                                    \
        "SELECT title, body FROM notes ORDER BY id DESC LIMIT 100")            \
    /* title, body */                                                          \
    STATEMENT(SQL_ADD_NOTE, "add_note", fb_no_row,                             \
        "INSERT INTO notes (title, body, created_at) "                         \
        "VALUES (?, ?, UTC_TIMESTAMP(6))",                                     \
        FB_EXAMPLE("Milk", "Two bottles"))
/* clang-format on */

FB_STATEMENTS(statement, STATEMENTS);

#endif
