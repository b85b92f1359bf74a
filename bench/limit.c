/*
 * bench-limit: how fast the database alone is, for bench/run.
 *
 *     bench-limit SOCKET PASSWORD-FILE TEST CONNECTIONS SECONDS
 *
 * TEST is db, queries:N, fortunes or updates:N: each connection prepares what
 * that page asks (bench/app/statements.h) and asks it again as soon as it has
 * the answer, in the page's order. There is no HTTP, no page, and nothing is
 * done with the rows but fetching them: whatever serves that page from this
 * database stays below this.
 *
 * At the end it writes a line like the one of bench/measure.lua to standard
 * output: "measured", then requests, microseconds, two kinds of errors (there
 * are none: it ends at the first one, with 1 and a sentence), and the
 * latency's 50th, 90th and 99th percentile and maximum in microseconds,
 * separated by tabs.
 */

#include "app/statements.h"

#include <errno.h>
#include <mysql.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    CONNECTIONS_MOST = 1024,
    SECONDS_MOST = 60,
    LATENCY_MOST = 1000000, /* microseconds; what takes longer counts as this */
    TEXT_MOST = 2048        /* bytes of a fortune */
};

#define STATEMENT_SQL(id, name, sql) [id] = (sql),
static const char *const statements[] = {BENCH_STATEMENTS(STATEMENT_SQL)};
#undef STATEMENT_SQL

#define STATEMENT_COUNT (sizeof(statements) / sizeof(statements[0]))

/* A connection, and the thread that asks over it. */
struct asker {
    pthread_t thread;
    MYSQL *connection;
    MYSQL_STMT *prepared[STATEMENT_COUNT];
    unsigned short random[3]; /* the state of nrand48() */

    /* What is bound: the values of a question, and a row of its answer. */
    int values[2];
    int numbers[2];
    char text[TEXT_MOST];
    int ids[QUERIES_MOST];

    unsigned *latencies; /* how many took so many microseconds */
    uint64_t requests;
};

typedef void request_of(struct asker *asker);

static const char *socket_path;
static char password[128];
static request_of *request;
static unsigned rows; /* of a request */
static int64_t end;   /* in nanoseconds of now() */

__attribute__((noreturn, format(printf, 1, 2))) static void
die(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    fputs("bench-limit: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    exit(EXIT_FAILURE);
}

static int64_t now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000000000L + time.tv_nsec;
}

/* ------------------------------------------------------------ the database */

static void bind_int(MYSQL_BIND *bind, int *value)
{
    bind->buffer_type = MYSQL_TYPE_LONG;
    bind->buffer = value;
}

/* Two values go in where there are placeholders; two columns come out. */
static void bind_all(struct asker *asker, unsigned id)
{
    MYSQL_STMT *statement = asker->prepared[id];
    MYSQL_BIND in[2] = {0};
    MYSQL_BIND out[2] = {0};

    bind_int(&in[0], &asker->values[0]);
    bind_int(&in[1], &asker->values[1]);
    bind_int(&out[0], &asker->numbers[0]);
    bind_int(&out[1], &asker->numbers[1]);
    if (id == SQL_FORTUNES) {
        out[1].buffer_type = MYSQL_TYPE_STRING;
        out[1].buffer = asker->text;
        out[1].buffer_length = sizeof(asker->text);
    }
    if (mysql_stmt_param_count(statement) > 0 &&
        mysql_stmt_bind_param(statement, in) != 0) {
        die("cannot bind: %s", mysql_stmt_error(statement));
    }
    if (mysql_stmt_field_count(statement) > 0 &&
        mysql_stmt_bind_result(statement, out) != 0) {
        die("cannot bind: %s", mysql_stmt_error(statement));
    }
}

static void prepare(struct asker *asker, unsigned id)
{
    MYSQL_STMT *statement = mysql_stmt_init(asker->connection);

    if (statement == NULL || mysql_stmt_prepare(statement, statements[id],
                                                strlen(statements[id])) != 0) {
        die("cannot prepare \"%s\": %s", statements[id],
            mysql_error(asker->connection));
    }
    asker->prepared[id] = statement;
    bind_all(asker, id);
}

static void open_connection(struct asker *asker)
{
    unsigned id;

    asker->connection = mysql_init(NULL);
    if (asker->connection == NULL ||
        mysql_options(asker->connection, MYSQL_SET_CHARSET_NAME, "utf8mb4") !=
            0 ||
        mysql_real_connect(asker->connection, NULL, "bench", password, "bench",
                           0, socket_path, 0) == NULL) {
        die("%s: %s", socket_path, mysql_error(asker->connection));
    }
    for (id = 0; id < STATEMENT_COUNT; id++) {
        prepare(asker, id);
    }
}

/* Asks, and fetches the answer to its end; `least` rows must come. */
static void ask(struct asker *asker, unsigned id, unsigned least)
{
    MYSQL_STMT *statement = asker->prepared[id];
    unsigned count = 0;
    int fetched = MYSQL_NO_DATA;

    if (mysql_stmt_execute(statement) != 0) {
        die("%s: %s", statements[id], mysql_stmt_error(statement));
    }
    if (mysql_stmt_field_count(statement) > 0) {
        while ((fetched = mysql_stmt_fetch(statement)) == 0) {
            count++;
        }
    }
    if (fetched != MYSQL_NO_DATA || count < least) {
        die("%s: %u rows came: %s", statements[id], count,
            mysql_stmt_error(statement));
    }
}

static void command(struct asker *asker, const char *sql)
{
    if (mysql_query(asker->connection, sql) != 0) {
        die("%s: %s", sql, mysql_error(asker->connection));
    }
}

/* --------------------------------------------------------------- the tests */

static int pick(struct asker *asker)
{
    return (int)(1 + nrand48(asker->random) % WORLD_ROWS);
}

static void read_rows(struct asker *asker)
{
    unsigned i;

    for (i = 0; i < rows; i++) {
        asker->ids[i] = asker->values[0] = pick(asker);
        ask(asker, SQL_WORLD, 1);
    }
}

static void read_fortunes(struct asker *asker)
{
    ask(asker, SQL_FORTUNES, 1);
}

static int by_value(const void *a, const void *b)
{
    int left = *(const int *)a;
    int right = *(const int *)b;

    return (left > right) - (left < right);
}

static void change_rows(struct asker *asker)
{
    unsigned i;

    read_rows(asker);
    qsort(asker->ids, rows, sizeof(asker->ids[0]), by_value);
    command(asker, "START TRANSACTION");
    for (i = 0; i < rows; i++) {
        asker->values[0] = pick(asker);
        asker->values[1] = asker->ids[i];
        ask(asker, SQL_RENUMBER, 0);
    }
    command(asker, "COMMIT");
}

static const struct {
    const char *name;
    request_of *request;
    bool takes_rows;
} tests[] = {
    {"db", read_rows, false},
    {"queries", read_rows, true},
    {"fortunes", read_fortunes, false},
    {"updates", change_rows, true},
};

/* ----------------------------------------------------------- all together */

static void *ask_until_the_end(void *context)
{
    struct asker *asker = context;
    int64_t start = now();

    while (start < end) {
        int64_t after;
        int64_t microseconds;

        request(asker);
        after = now();
        microseconds = (after - start) / 1000;
        asker->latencies[microseconds < LATENCY_MOST ? microseconds
                                                     : LATENCY_MOST]++;
        asker->requests++;
        start = after;
    }
    return NULL;
}

static void open_askers(struct asker *askers, unsigned count)
{
    unsigned i;

    for (i = 0; i < count; i++) {
        askers[i].random[0] = (unsigned short)(i + 1);
        askers[i].latencies =
            calloc(LATENCY_MOST + 1, sizeof(askers[i].latencies[0]));
        if (askers[i].latencies == NULL) {
            die("there is no memory for %u connections", count);
        }
        open_connection(&askers[i]);
    }
}

static void close_askers(struct asker *askers, unsigned count)
{
    unsigned i;
    unsigned id;

    for (i = 0; i < count; i++) {
        for (id = 0; id < STATEMENT_COUNT; id++) {
            mysql_stmt_close(askers[i].prepared[id]);
        }
        mysql_close(askers[i].connection);
        free(askers[i].latencies);
    }
}

static void run_all(struct asker *askers, unsigned count)
{
    unsigned i;

    for (i = 0; i < count; i++) {
        int error = pthread_create(&askers[i].thread, NULL, ask_until_the_end,
                                   &askers[i]);

        if (error != 0) {
            die("cannot start a thread: %s", strerror(error));
        }
    }
    for (i = 0; i < count; i++) {
        pthread_join(askers[i].thread, NULL);
    }
}

/* The latency that so many of all requests did not pass; at least 1. */
static unsigned percentile(const unsigned *latencies, uint64_t requests,
                           unsigned percent)
{
    uint64_t wanted = (requests * percent + 99) / 100;
    uint64_t seen = 0;
    unsigned i;

    for (i = 0; i < LATENCY_MOST; i++) {
        seen += latencies[i];
        if (seen >= wanted) {
            break;
        }
    }
    return i > 0 ? i : 1;
}

/* Everybody's figures are added up in those of the first one. */
static void report(struct asker *askers, unsigned count, int64_t nanoseconds)
{
    struct asker *all = &askers[0];
    unsigned i;
    unsigned j;

    for (i = 1; i < count; i++) {
        all->requests += askers[i].requests;
        for (j = 0; j <= LATENCY_MOST; j++) {
            all->latencies[j] += askers[i].latencies[j];
        }
    }
    printf("measured\t%llu\t%lld\t0\t0\t%u\t%u\t%u\t%u\n",
           (unsigned long long)all->requests, (long long)(nanoseconds / 1000),
           percentile(all->latencies, all->requests, 50),
           percentile(all->latencies, all->requests, 90),
           percentile(all->latencies, all->requests, 99),
           percentile(all->latencies, all->requests, 100));
}

/* ---------------------------------------------------------- what is asked */

static unsigned number(const char *what, const char *text, unsigned most)
{
    char *rest;
    unsigned long value;

    errno = 0;
    value = strtoul(text, &rest, 10);
    if (errno != 0 || rest == text || *rest != '\0' || value < 1 ||
        value > most) {
        die("%s is a number from 1 to %u, not \"%s\"", what, most, text);
    }
    return (unsigned)value;
}

static void choose_test(const char *text)
{
    size_t length = strcspn(text, ":");
    size_t i;

    for (i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
        if (strlen(tests[i].name) != length ||
            strncmp(tests[i].name, text, length) != 0 ||
            tests[i].takes_rows != (text[length] == ':')) {
            continue;
        }
        request = tests[i].request;
        rows = tests[i].takes_rows
                   ? number("N", text + length + 1, QUERIES_MOST)
                   : 1;
        return;
    }
    die("a test is db, queries:N, fortunes or updates:N, not \"%s\"", text);
}

static void read_password(const char *file)
{
    FILE *stream = fopen(file, "re");

    if (stream == NULL ||
        fgets(password, (int)sizeof(password), stream) == NULL) {
        die("%s: the password cannot be read", file);
    }
    password[strcspn(password, "\n")] = '\0';
    fclose(stream);
}

int main(int count, char **words)
{
    static struct asker askers[CONNECTIONS_MOST];
    unsigned connections;
    unsigned seconds;
    int64_t start;

    if (count != 6) {
        die("usage: bench-limit SOCKET PASSWORD-FILE TEST CONNECTIONS SECONDS");
    }
    socket_path = words[1];
    read_password(words[2]);
    choose_test(words[3]);
    connections = number("CONNECTIONS", words[4], CONNECTIONS_MOST);
    seconds = number("SECONDS", words[5], SECONDS_MOST);
    if (mysql_library_init(0, NULL, NULL) != 0) {
        die("the database's library cannot be used");
    }
    open_askers(askers, connections);
    start = now();
    end = start + seconds * 1000000000LL;
    run_all(askers, connections);
    report(askers, connections, now() - start);
    close_askers(askers, connections);
    mysql_library_end();
    return fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
