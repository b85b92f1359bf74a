/*
 * The engine's own statements. Each concern that asks the database by itself
 * has a table of them, as an application has; they stand behind those of the
 * application, and are checked with them.
 */

#ifndef ENGINE_OWN_STATEMENTS_H
#define ENGINE_OWN_STATEMENTS_H

#include <foobar/app.h>

#include <stddef.h>

size_t own_statement_count(void);

/* Copies all of them to `to`, which has room for as many. */
void own_statements_copy(struct fb_statement *to);

/* The place of one of them, by its row, among all. */
size_t own_statement_number(const struct fb_statement *statement);

#endif
