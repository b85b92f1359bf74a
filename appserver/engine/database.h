/*
 * The worker's one connection to the database. api/foobar/database.h is what
 * handlers see of it.
 */

#ifndef ENGINE_DATABASE_H
#define ENGINE_DATABASE_H

#include <foobar/database.h>

#include <mysql.h>
#include <stdbool.h>

#include "settings.h"

struct database;

/*
 * Makes a database that connects when it is first used. The statements are
 * the application's table, NULL for none. Returns NULL without memory, or
 * with `problem` when the password cannot be read.
 */
struct database *database_make(const struct settings *settings,
                               const struct fb_statement *statements,
                               size_t count, char *problem, size_t size);
void database_free(struct database *database);

/* Connects if need be and asks for one row. */
bool database_answers(struct database *database);

/* Rolls back what a handler left open. */
void database_end_request(struct database *database);

/*
 * A plain connection by the settings, with the session set up as every
 * connection of ours: utf8mb4, UTC, strict mode. For tools; NULL and
 * `problem` on failure. Closed by mysql_close().
 */
MYSQL *database_connect(const struct settings *settings, const char *password,
                        char *problem, size_t size);

#endif
