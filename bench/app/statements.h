/*
 * Every SQL statement of the bench, of its application and of the client that
 * asks the database directly (bench/limit.c): STATEMENT(id, name in logs, SQL).
 */

#ifndef BENCH_STATEMENTS_H
#define BENCH_STATEMENTS_H

/* clang-format off */
#define BENCH_STATEMENTS(STATEMENT)                                            \
    /* id -> id, its random number */                                          \
    STATEMENT(SQL_WORLD, "world",                                              \
        "SELECT id, random_number FROM world WHERE id = ?")                    \
    /* its new random number, id */                                            \
    STATEMENT(SQL_RENUMBER, "renumber",                                        \
        "UPDATE world SET random_number = ? WHERE id = ?")                     \
    /* -> id, message; not in the order in which they are shown */             \
    STATEMENT(SQL_FORTUNES, "fortunes",                                        \
        "SELECT id, message FROM fortune LIMIT 100")
/* clang-format on */

#define STATEMENT_ID(id, name, sql) id,
enum bench_statement {
    BENCH_STATEMENTS(STATEMENT_ID)
};
#undef STATEMENT_ID

/* Rows of the table `world`: ids are 1 to this (bench/sql/data.sql). */
enum {
    WORLD_ROWS = 10000,
    QUERIES_MOST = 500 /* rows of a request */
};

#endif
