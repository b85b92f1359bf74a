/*
 * The worker's one connection to the database. api/foobar/database.h is what
 * handlers see of it.
 */

#ifndef ENGINE_DATABASE_H
#define ENGINE_DATABASE_H

#include <foobar/database.h>

#include <mysql.h>
#include <stdbool.h>

#include "bells.h"
#include "settings.h"

struct bells;
struct database;
struct tags;

/*
 * Makes a database that connects when it is first used. The statements are
 * the application's table, NULL for none. Returns NULL without memory, or
 * with `problem` when the password cannot be read.
 */
struct database *database_make(const struct settings *settings,
                               const struct fb_statement *statements,
                               size_t count, char *problem, size_t size);
void database_free(struct database *database);

/* Where the tags of transactions are bumped; NULL: nowhere on this host. */
void database_set_tags(struct database *database, struct tags *tags);

/* What is rung after COMMIT by transactions that asked for it; NULL: nothing. */
void database_set_bells(struct database *database, const struct bells *bells);
void database_ring(struct database *database, enum bell bell);

/* By which it connects. */
const struct settings *database_settings(const struct database *database);

/* How long the statements of the current request took, in their order. */
#define DATABASE_TIMINGS_MAX 64
struct database_timing {
    const char *statement;
    int64_t us;
};
size_t database_timings(const struct database *database,
                        const struct database_timing **timings);

/* A row of the table of statements, which has that many. */
const struct fb_statement *database_statement(const struct database *database,
                                              unsigned statement);

/* The number of the first of the engine's own statements of this table. */
unsigned database_own(const struct database *database,
                      const struct fb_statement *table);

/* Connects if need be and asks for one row. */
bool database_answers(struct database *database);

/*
 * For tests: all that is written from now on happens in one transaction, which
 * is never committed. Those of handlers are savepoints in it.
 */
void database_keep_nothing(struct database *database);

/* The connection, made if need be; NULL when it cannot be had. */
MYSQL *database_connection(struct database *database);

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
