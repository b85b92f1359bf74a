/*
 * The table of statements against a migrated database: for each one, whether
 * it can be prepared, whether its columns are those of its row by name, order
 * and type, and whether it reads about as many rows as it returns. Nothing is
 * changed: what writes is rolled back.
 */

#ifndef ENGINE_STATEMENT_CHECK_H
#define ENGINE_STATEMENT_CHECK_H

#include <foobar/app.h>

#include <stdbool.h>
#include <stdio.h>

#include "settings.h"

/*
 * Checks all statements of the application and of the engine, and prints a
 * line "statement NAME: what is wrong; what to do" for each fault. False when
 * there was one; then `problem` says how many, or why nothing could be
 * checked.
 */
bool statement_check(const struct settings *settings, const struct fb_app *app,
                     FILE *stream, char *problem, size_t size);

/* Prints the table: each statement's name, its columns and its SQL. */
bool statement_print(const struct fb_app *app, FILE *stream);

#endif
