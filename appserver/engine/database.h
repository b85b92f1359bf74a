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

/* How many they were, those that failed too, and how long they took. */
void database_totals(const struct database *database, unsigned *count,
                     int64_t *us);

/* A row of the table of statements, which has that many. */
const struct fb_statement *database_statement(const struct database *database,
                                              unsigned statement);

/*
 * The number of one of the engine's own statements, a row of one of the tables
 * of own_statements.c.
 */
unsigned database_own(const struct database *database,
                      const struct fb_statement *statement);

/*
 * For the engine's own work: as fb_transaction(), but a part of the transaction
 * that is under way if there is one; and the key of a form that is `.once` is
 * not its concern.
 */
bool database_in_transaction(const struct database *database);
enum fb_result database_transaction(struct fb_request *request,
                                    fb_transaction_body *body, void *context);

/*
 * One statement by itself, outside of any transaction, that does no harm when
 * it is done twice: it is repeated when the connection was lost on the way.
 * values[0] is a place-holder, as those of fb_execute_values().
 */
enum fb_result database_write(struct fb_request *request, unsigned statement,
                              const struct fb_value *values, size_t count);

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
