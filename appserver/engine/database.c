/*
 * The worker's one connection to the database.
 *
 * Statements are prepared when they are first used and kept. A connection
 * that was lost takes them with it; both are made again by whoever needs them
 * next. While the database is away, a worker tries again only after a pause
 * that grows, so that requests fail at once instead of waiting one by one.
 *
 * Reads outside a transaction are repeated once on a fresh connection.
 * Transactions are repeated as a whole, from the first line of their
 * function, on the errors in `replay_errors`. A COMMIT that fails is never
 * repeated: the write may exist.
 */

#include "database.h"

#include <errmsg.h>
#include <mysqld_error.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "account.h"
#include "clock.h"
#include "database_wait.h"
#include "foobar_tags.h"
#include "jobs.h"
#include "log.h"
#include "once.h"
#include "own_statements.h"
#include "request.h"
#include "scoreboard.h"
#include "slow.h"
#include "tags.h"

#define PLACEHOLDERS_MAX 64
#define COLUMNS_MAX 64
#define ROWS_MAX 10000
#define REPLAYS_MAX 5
#define TOUCHED_MAX 32
#define INTEGER_TEXT_BYTES 24
#define PAUSE_FIRST_MS 100
#define PAUSE_MOST_MS 2000

/* A tag of the transaction that is under way. */
struct touched {
    char tag[FOOBAR_TAG_MAX];
    size_t length;
    uint64_t row; /* of the journal */
};

struct database {
    const struct settings *settings;
    struct tags *tags;
    struct touched touched[TOUCHED_MAX];
    size_t touched_count;
    MYSQL_STMT *journal; /* the statement that writes a row of it */
    const struct bells *bells;
    unsigned rings; /* bits of those that the transaction wants rung */
    char password[SETTINGS_SECRET_MAX];
    struct fb_statement *statements; /* of the application, then our own */
    size_t count;                    /* of the application's */
    size_t total;
    MYSQL *connection;     /* NULL: not connected */
    MYSQL_STMT **prepared; /* one a statement; NULL: not prepared yet */
    bool in_transaction;
    bool keeps_nothing; /* see database_keep_nothing() */
    bool replay;        /* the transaction met an error that is replayed */
    bool lost;          /* the connection is of no more use */
    int64_t pause_ms;   /* before the next try to connect */
    int64_t not_before; /* CLOCK_MONOTONIC, milliseconds */
    int64_t insert_id;
    int64_t changed_rows;
    struct arena row;     /* of fb_each(): reset for every row */
    MYSQL_STMT *streamed; /* whose rows are being read */
    struct database_timing timings[DATABASE_TIMINGS_MAX];
    size_t timing_count;
    unsigned statement_count; /* of the request, those that failed too */
    int64_t statement_us;
};

struct cell {
    const char *text; /* NULL: the value is NULL, or a number */
    size_t length;    /* of the text */
    int64_t integer;
    bool is_null;
};

struct fb_rows {
    struct fb_request *request;
    struct arena *arena; /* where the values lie */
    struct cell **rows;
    size_t count;
    size_t size;
    size_t next;
    unsigned columns;
};

static bool is_lost_error(unsigned error)
{
    return error == CR_SERVER_GONE_ERROR || error == CR_SERVER_LOST ||
           error == CR_CONNECTION_ERROR || error == CR_CONN_HOST_ERROR ||
           error == ER_SERVER_SHUTDOWN || error == ER_CONNECTION_KILLED;
}

/*
 * Deadlock, lock wait, a record that changed since it was read, a cluster's
 * node that is not ready or was rolled back, and every lost connection.
 */
static bool is_replay_error(unsigned error)
{
    return error == ER_LOCK_DEADLOCK || error == ER_LOCK_WAIT_TIMEOUT ||
           error == ER_CHECKREAD || error == ER_UNKNOWN_COM_ERROR ||
           error == ER_ERROR_DURING_COMMIT || is_lost_error(error);
}

/* The words of a transaction, and those of one inside a test's own. */
enum step {
    STEP_BEGIN,
    STEP_COMMIT,
    STEP_ROLLBACK
};

static const char *const steps[][2] = {
    [STEP_BEGIN] = {"START TRANSACTION", "SAVEPOINT foobar"},
    [STEP_COMMIT] = {"COMMIT", "RELEASE SAVEPOINT foobar"},
    [STEP_ROLLBACK] = {"ROLLBACK", "ROLLBACK TO SAVEPOINT foobar"}};

static void set_option(MYSQL *connection, enum mysql_option option, int seconds)
{
    unsigned value = (unsigned)seconds;

    mysql_options(connection, option, &value);
}

/*
 * What every statement of ours takes for granted. The server may have been
 * told otherwise, or the database was made with other letters.
 */
static bool check_session(MYSQL *connection, char *problem, size_t size)
{
    static const char question[] =
        "SELECT @@session.sql_mode LIKE '%STRICT_TRANS_TABLES%',"
        " @@session.character_set_connection = 'utf8mb4',"
        " @@session.time_zone = '+00:00',"
        " @@session.character_set_database = 'utf8mb4'";
    static const char *const wrong[] = {
        "its SQL mode is not strict", "the connection is not utf8mb4",
        "its time zone is not UTC",
        "the database was not made with CHARACTER SET utf8mb4"};
    MYSQL_RES *result = NULL;
    MYSQL_ROW row = NULL;
    bool good = false;
    size_t i;

    if (mysql_query(connection, question) == 0) {
        result = mysql_store_result(connection);
        row = result != NULL ? mysql_fetch_row(result) : NULL;
    }
    if (row == NULL) {
        snprintf(problem, size, "the database does not describe itself: %s",
                 mysql_error(connection));
    } else {
        for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
            if (row[i] == NULL || row[i][0] != '1') {
                snprintf(problem, size, "the database is refused: %s",
                         wrong[i]);
                break;
            }
        }
        good = i == sizeof(wrong) / sizeof(wrong[0]);
    }
    mysql_free_result(result);
    return good;
}

MYSQL *database_connect(const struct settings *settings, const char *password,
                        char *problem, size_t size)
{
    static const char session[] =
        "SET SESSION time_zone = '+00:00', sql_mode = "
        "'STRICT_TRANS_TABLES,STRICT_ALL_TABLES,ERROR_FOR_DIVISION_BY_ZERO,"
        "NO_ZERO_DATE,NO_ZERO_IN_DATE,NO_ENGINE_SUBSTITUTION'";
    const char *socket =
        settings->db_socket[0] != '\0' ? settings->db_socket : NULL;
    const char *host = settings->db_host[0] != '\0' ? settings->db_host : NULL;
    MYSQL *connection = mysql_init(NULL);

    if (connection == NULL) {
        snprintf(problem, size, "out of memory");
        return NULL;
    }
    set_option(connection, MYSQL_OPT_CONNECT_TIMEOUT,
               settings->db_connect_seconds);
    set_option(connection, MYSQL_OPT_READ_TIMEOUT, settings->db_query_seconds);
    set_option(connection, MYSQL_OPT_WRITE_TIMEOUT, settings->db_query_seconds);
    mysql_options(connection, MYSQL_SET_CHARSET_NAME, "utf8mb4");
    mysql_options(connection, MYSQL_INIT_COMMAND, session);
    if (mysql_real_connect(connection, socket ? NULL : host, settings->db_user,
                           password, settings->db_name,
                           (unsigned)settings->db_port, socket,
                           CLIENT_FOUND_ROWS) == NULL) {
        snprintf(problem, size, "cannot connect to the database as %s: %s (%u)",
                 settings->db_user, mysql_error(connection),
                 mysql_errno(connection));
        mysql_close(connection);
        return NULL;
    }
    database_wait_in_one_call(connection, settings->db_query_seconds);
    if (!check_session(connection, problem, size)) {
        mysql_close(connection);
        return NULL;
    }
    return connection;
}

static bool add_statements(struct database *database,
                           const struct fb_statement *statements, size_t count)
{
    database->total = count + own_statement_count();
    database->statements =
        calloc(database->total, sizeof(*database->statements));
    database->prepared = calloc(database->total, sizeof(*database->prepared));
    if (database->statements == NULL || database->prepared == NULL) {
        return false;
    }
    if (count > 0) {
        memcpy(database->statements, statements, count * sizeof(*statements));
    }
    own_statements_copy(database->statements + count);
    database->count = count;
    return true;
}

struct database *database_make(const struct settings *settings,
                               const struct fb_statement *statements,
                               size_t count, char *problem, size_t size)
{
    struct database *database = calloc(1, sizeof(*database));

    if (database == NULL || !add_statements(database, statements, count)) {
        snprintf(problem, size, "out of memory");
        database_free(database);
        return NULL;
    }
    database->settings = settings;
    arena_init(&database->row,
               (size_t)settings->request_memory_mib * 1024 * 1024);
    if (!settings_read_secret(settings->db_password_file, database->password,
                              sizeof(database->password), problem, size)) {
        database_free(database);
        return NULL;
    }
    return database;
}

static void disconnect(struct database *database)
{
    size_t i;

    for (i = 0; database->prepared != NULL && i < database->total; i++) {
        if (database->prepared[i] != NULL) {
            mysql_stmt_close(database->prepared[i]);
            database->prepared[i] = NULL;
        }
    }
    if (database->journal != NULL) {
        mysql_stmt_close(database->journal);
        database->journal = NULL;
    }
    if (database->connection != NULL) {
        mysql_close(database->connection);
        database->connection = NULL;
    }
    database->lost = false;
}

void database_free(struct database *database)
{
    if (database == NULL) {
        return;
    }
    disconnect(database);
    explicit_bzero(database->password, sizeof(database->password));
    arena_free(&database->row);
    free(database->prepared);
    free(database->statements);
    free(database);
}

void database_set_tags(struct database *database, struct tags *tags)
{
    database->tags = tags;
}

void database_set_bells(struct database *database, const struct bells *bells)
{
    database->bells = bells;
}

void database_ring(struct database *database, enum bell bell)
{
    database->rings |= 1U << bell;
}

const struct settings *database_settings(const struct database *database)
{
    return database->settings;
}

/*
 * The password may have been changed since: it is read again. What was known
 * goes on when the file is away for the moment.
 */
static void read_password(struct database *database)
{
    char fresh[sizeof(database->password)];
    char problem[512];

    if (settings_read_secret(database->settings->db_password_file, fresh,
                             sizeof(fresh), problem, sizeof(problem))) {
        memcpy(database->password, fresh, sizeof(fresh));
    } else {
        log_line(LOG_WARN,
                 "db-password-file cannot be read, the password that was "
                 "known is tried: %s",
                 problem);
    }
    explicit_bzero(fresh, sizeof(fresh));
}

static bool connect_now(struct database *database)
{
    char problem[512];

    if (database->lost) {
        disconnect(database);
    }
    if (database->connection != NULL) {
        return true;
    }
    if (clock_now_ms() < database->not_before) {
        return false;
    }
    read_password(database);
    slow_waits("a connection to the database", "");
    database->connection = database_connect(
        database->settings, database->password, problem, sizeof(problem));
    slow_waited();
    if (database->connection != NULL && database->keeps_nothing) {
        /* Should it be lost, nothing of the next one is kept either. */
        mysql_query(database->connection, steps[STEP_BEGIN][0]);
    }
    score_database(database->connection != NULL);
    if (database->connection == NULL) {
        database->pause_ms =
            clock_back_off(database->pause_ms, PAUSE_FIRST_MS, PAUSE_MOST_MS);
        database->not_before = clock_now_ms() + database->pause_ms;
        log_line(LOG_ERROR, "%s; next try in %lld ms", problem,
                 (long long)database->pause_ms);
        return false;
    }
    if (database->pause_ms > 0) {
        log_line(LOG_WARN, "the database answers again");
    }
    database->pause_ms = 0;
    database->not_before = 0;
    return true;
}

/* Notes what an error means for the connection and for the transaction. */
static void note_error(struct database *database, unsigned error)
{
    if (is_lost_error(error)) {
        database->lost = true;
    }
    if (database->in_transaction && is_replay_error(error)) {
        database->replay = true;
    }
}

void database_keep_nothing(struct database *database)
{
    database->keeps_nothing = true;
}

MYSQL *database_connection(struct database *database)
{
    return connect_now(database) ? database->connection : NULL;
}

bool database_answers(struct database *database)
{
    int attempt;

    for (attempt = 0; attempt < 2; attempt++) {
        if (!connect_now(database)) {
            return false;
        }
        if (mysql_ping(database->connection) == 0) {
            return true;
        }
        database->lost = true;
    }
    return false;
}

static bool command(struct database *database, const char *sql)
{
    bool good;

    slow_waits("the statement ", sql);
    good = mysql_real_query(database->connection, sql, strlen(sql)) == 0;
    slow_waited();
    if (!good) {
        note_error(database, mysql_errno(database->connection));
    }
    return good;
}

static bool take_step(struct database *database, enum step step)
{
    return command(database, steps[step][database->keeps_nothing]);
}

void database_end_request(struct database *database)
{
    database->timing_count = 0;
    database->statement_count = 0;
    database->statement_us = 0;
    if (database->streamed != NULL) {
        /* A request that was ended between two rows. */
        database->streamed = NULL;
        database->in_transaction = false;
        disconnect(database);
        return;
    }
    if (!database->in_transaction) {
        return;
    }
    /* A handler that was ended inside its transaction. */
    database->in_transaction = false;
    database->replay = false;
    if (database->connection == NULL || database->lost ||
        !take_step(database, STEP_ROLLBACK)) {
        disconnect(database);
    }
}

/* The prepared statement, made if need be; NULL on a failure that was noted. */
static MYSQL_STMT *prepare(struct database *database,
                           struct fb_request *request, unsigned index)
{
    const struct fb_statement *statement = &database->statements[index];
    MYSQL_STMT *prepared = database->prepared[index];
    unsigned error;

    if (prepared != NULL) {
        return prepared;
    }
    prepared = mysql_stmt_init(database->connection);
    if (prepared == NULL) {
        log_request(LOG_ERROR, request, "statement %s: out of memory",
                    statement->name);
        return NULL;
    }
    if (mysql_stmt_prepare(prepared, statement->sql, strlen(statement->sql)) !=
        0) {
        error = mysql_stmt_errno(prepared);
        note_error(database, error);
        log_request(LOG_ERROR, request, "statement %s: %s (%u)",
                    statement->name, mysql_stmt_error(prepared), error);
        mysql_stmt_close(prepared);
        return NULL;
    }
    database->prepared[index] = prepared;
    return prepared;
}

static unsigned long value_length(const struct fb_value *value)
{
    return value->kind == FB_VALUE_BYTES ? (unsigned long)value->integer
                                         : strlen(value->text);
}

static void bind_values(struct fb_request *request, MYSQL_STMT *prepared,
                        const char *name, const struct fb_value *values,
                        size_t count, MYSQL_BIND *binds, unsigned long *lengths)
{
    size_t i;

    if (count > PLACEHOLDERS_MAX || mysql_stmt_param_count(prepared) != count) {
        request_fail(request,
                     "statement %s has %lu placeholders, and got %zu values",
                     name, mysql_stmt_param_count(prepared), count);
    }
    memset(binds, 0, sizeof(*binds) * (count ? count : 1));
    for (i = 0; i < count; i++) {
        /* libmariadb only reads from these buffers. */
        switch (values[i].kind) {
        case FB_VALUE_NULL:
            binds[i].buffer_type = MYSQL_TYPE_NULL;
            break;
        case FB_VALUE_INT:
            binds[i].buffer_type = MYSQL_TYPE_LONGLONG;
            binds[i].buffer = (void *)(uintptr_t)&values[i].integer;
            break;
        case FB_VALUE_TEXT:
        case FB_VALUE_BYTES:
            lengths[i] = value_length(&values[i]);
            binds[i].buffer_type = values[i].kind == FB_VALUE_TEXT
                                       ? MYSQL_TYPE_STRING
                                       : MYSQL_TYPE_BLOB;
            binds[i].buffer = (void *)(uintptr_t)values[i].text;
            binds[i].buffer_length = lengths[i];
            binds[i].length = &lengths[i];
            break;
        }
    }
}

static void note_timing(struct database *database, unsigned index, int64_t us,
                        bool good)
{
    database->statement_count++;
    database->statement_us += us;
    if (good && database->timing_count < DATABASE_TIMINGS_MAX) {
        database->timings[database->timing_count++] = (struct database_timing){
            .statement = database->statements[index].name, .us = us};
    }
}

void database_totals(const struct database *database, unsigned *count,
                     int64_t *us)
{
    *count = database->statement_count;
    *us = database->statement_us;
}

size_t database_timings(const struct database *database,
                        const struct database_timing **timings)
{
    *timings = database->timings;
    return database->timing_count;
}

const struct fb_statement *database_statement(const struct database *database,
                                              unsigned statement)
{
    return &database->statements[statement];
}

unsigned database_own(const struct database *database,
                      const struct fb_statement *statement)
{
    return (unsigned)(database->count + own_statement_number(statement));
}

bool database_in_transaction(const struct database *database)
{
    return database->in_transaction;
}

/* Sends it off, and notes how long the answer took. */
static bool execute(struct database *database, MYSQL_STMT *prepared,
                    unsigned index, MYSQL_BIND *binds, size_t count)
{
    int64_t took = clock_now_us();
    bool good;

    score_statement(database->statements[index].name);
    slow_waits("the statement ", database->statements[index].name);
    good = (count == 0 || mysql_stmt_bind_param(prepared, binds) == 0) &&
           mysql_stmt_execute(prepared) == 0;
    slow_waited();
    took = clock_now_us() - took;
    note_timing(database, index, took, good);
    score_statement_took(took, good);
    return good;
}

/* Runs a statement; 0, or the error's number, which was noted and logged. */
static unsigned run(struct database *database, struct fb_request *request,
                    unsigned index, const struct fb_value *values, size_t count,
                    MYSQL_STMT **used)
{
    MYSQL_BIND binds[PLACEHOLDERS_MAX];
    unsigned long lengths[PLACEHOLDERS_MAX];
    MYSQL_STMT *prepared = prepare(database, request, index);
    unsigned error;

    if (prepared == NULL) {
        return database->lost ? CR_SERVER_LOST : CR_UNKNOWN_ERROR;
    }
    bind_values(request, prepared, database->statements[index].name, values,
                count, binds, lengths);
    if (!execute(database, prepared, index, binds, count)) {
        error = mysql_stmt_errno(prepared);
        note_error(database, error);
        log_request(LOG_ERROR, request, "statement %s: %s (%u)",
                    database->statements[index].name,
                    mysql_stmt_error(prepared), error);
        return error != 0 ? error : CR_UNKNOWN_ERROR;
    }
    *used = prepared;
    return 0;
}

static bool is_integer(enum enum_field_types type)
{
    return type == MYSQL_TYPE_TINY || type == MYSQL_TYPE_SHORT ||
           type == MYSQL_TYPE_INT24 || type == MYSQL_TYPE_LONG ||
           type == MYSQL_TYPE_LONGLONG || type == MYSQL_TYPE_YEAR;
}

/* Only as much of it is ever written to as there are columns. */
struct reader {
    MYSQL_STMT *prepared;
    MYSQL_BIND binds[COLUMNS_MAX];
    long long integers[COLUMNS_MAX];
    unsigned long lengths[COLUMNS_MAX];
    my_bool nulls[COLUMNS_MAX];
    bool is_integer[COLUMNS_MAX];
};

/* Texts are bound without a buffer: their length comes first, then they. */
static bool bind_columns(struct reader *reader, unsigned columns)
{
    /* mysql_stmt_result_metadata() would wrap them up anew for each result. */
    const MYSQL_FIELD *fields = reader->prepared->fields;
    unsigned i;

    if (fields == NULL) {
        return false;
    }
    memset(reader->binds, 0, columns * sizeof(reader->binds[0]));
    for (i = 0; i < columns; i++) {
        MYSQL_BIND *bind = &reader->binds[i];

        reader->is_integer[i] = is_integer(fields[i].type);
        bind->buffer_type = MYSQL_TYPE_STRING;
        if (reader->is_integer[i]) {
            bind->buffer_type = MYSQL_TYPE_LONGLONG;
            bind->buffer = &reader->integers[i];
        }
        bind->length = &reader->lengths[i];
        bind->is_null = &reader->nulls[i];
    }
    return mysql_stmt_bind_result(reader->prepared, reader->binds) == 0;
}

static void *alloc_for_rows(const struct fb_rows *rows, size_t size)
{
    void *memory = arena_alloc(rows->arena, size);

    if (memory == NULL) {
        request_fail(rows->request,
                     "the rows of a statement used up the memory limit of %zu "
                     "bytes",
                     rows->arena->limit);
    }
    return memory;
}

static bool read_text(struct reader *reader, const struct fb_rows *rows,
                      unsigned column, struct cell *cell)
{
    size_t length = reader->lengths[column];
    char *text = alloc_for_rows(rows, length + 1);
    MYSQL_BIND bind = {.buffer_type = MYSQL_TYPE_STRING,
                       .buffer = text,
                       .buffer_length = length};

    if (length > 0 &&
        mysql_stmt_fetch_column(reader->prepared, &bind, column, 0) != 0) {
        return false;
    }
    text[length] = '\0';
    cell->text = text;
    cell->length = length;
    return true;
}

/* The values of the row that was just fetched; NULL on an error. */
static struct cell *read_cells(struct reader *reader,
                               const struct fb_rows *rows)
{
    struct cell *cells = alloc_for_rows(rows, rows->columns * sizeof(*cells));
    unsigned i;

    for (i = 0; i < rows->columns; i++) {
        if (reader->nulls[i]) {
            cells[i].is_null = true;
        } else if (reader->is_integer[i]) {
            cells[i].integer = reader->integers[i];
        } else if (!read_text(reader, rows, i, &cells[i])) {
            return NULL;
        }
    }
    return cells;
}

static bool add_row(struct reader *reader, struct fb_rows *rows)
{
    struct cell *cells = read_cells(reader, rows);

    if (cells == NULL) {
        return false;
    }
    if (rows->count == rows->size) {
        size_t size = rows->size ? rows->size * 2 : 16;
        struct cell **grown =
            alloc_for_rows(rows, size * sizeof(struct cell *));

        if (rows->count > 0) {
            memcpy(grown, rows->rows, rows->count * sizeof(struct cell *));
        }
        rows->rows = grown;
        rows->size = size;
    }
    rows->rows[rows->count++] = cells;
    return true;
}

static void check_columns(struct fb_rows *rows, MYSQL_STMT *prepared,
                          const char *name)
{
    rows->columns = mysql_stmt_field_count(prepared);
    if (rows->columns == 0 || rows->columns > COLUMNS_MAX) {
        request_fail(rows->request, "statement %s has %u columns, not 1 to %d",
                     name, rows->columns, COLUMNS_MAX);
    }
}

static bool is_row(int fetched)
{
    /* Truncation is how texts say that they wait to be fetched. */
    return fetched == 0 || fetched == MYSQL_DATA_TRUNCATED;
}

/*
 * Copies the rows as they come; 0 or the error's number. (libmariadb would
 * copy them once more to keep them.) Where the request fails meanwhile, for
 * it has no memory left, database_end_request() finds the rest of them.
 */
static unsigned read_rows(struct database *database, MYSQL_STMT *prepared,
                          const char *name, struct fb_rows *rows)
{
    struct reader reader;
    int fetched = 0;
    unsigned error;

    check_columns(rows, prepared, name);
    reader.prepared = prepared;
    if (!bind_columns(&reader, rows->columns)) {
        goto failed;
    }
    database->streamed = prepared;
    while (is_row(fetched = mysql_stmt_fetch(prepared))) {
        if (rows->count == ROWS_MAX) {
            request_fail(rows->request,
                         "statement %s returned more than %d rows: give it a "
                         "LIMIT",
                         name, ROWS_MAX);
        }
        if (!add_row(&reader, rows)) {
            goto failed;
        }
    }
    database->streamed = NULL;
    if (fetched != MYSQL_NO_DATA) {
        goto failed;
    }
    mysql_stmt_free_result(prepared);
    return 0;

failed:
    database->streamed = NULL;
    error = mysql_stmt_errno(prepared);
    note_error(database, error);
    log_request(LOG_ERROR, rows->request, "statement %s: %s (%u)", name,
                mysql_stmt_error(prepared), error);
    mysql_stmt_free_result(prepared);
    return error != 0 ? error : CR_UNKNOWN_ERROR;
}

static struct database *database_of(struct fb_request *request,
                                    unsigned statement)
{
    if (request->database == NULL) {
        request_fail(request, "there is no database here");
    }
    if (request->database->streamed != NULL) {
        request_fail(request, "the database is used inside of fb_each()");
    }
    if (statement >= request->database->total) {
        request_fail(request, "there is no statement %u", statement);
    }
    return request->database;
}

/* After an error: the caller's answer. */
static enum fb_result failure(const struct database *database)
{
    return database->lost ? FB_UNAVAILABLE : FB_FAILED;
}

enum fb_result fb_select_values(struct fb_request *request, unsigned statement,
                                struct fb_rows **rows,
                                const struct fb_value *values, size_t count)
{
    struct database *database = database_of(request, statement);
    const char *name = database->statements[statement].name;
    MYSQL_STMT *prepared;
    int attempt;

    *rows = NULL;
    for (attempt = 0; attempt < 2; attempt++) {
        struct fb_rows *result = fb_alloc(request, sizeof(*result));

        if (!database->in_transaction && !connect_now(database)) {
            return FB_UNAVAILABLE;
        }
        result->request = request;
        result->arena = request->arena;
        if (run(database, request, statement, values + 1, count - 1,
                &prepared) == 0 &&
            read_rows(database, prepared, name, result) == 0) {
            *rows = result;
            return FB_OK;
        }
        if (database->in_transaction || !database->lost) {
            break;
        }
    }
    return failure(database);
}

/* One row after the other; what was read of each is forgotten behind it. */
static enum fb_result take_rows(struct database *database, struct fb_rows *rows,
                                const char *name, fb_row_taker *take,
                                void *context)
{
    MYSQL_STMT *prepared = database->streamed;
    struct reader reader;
    enum fb_result result = FB_OK;
    int fetched = 0;

    reader.prepared = prepared;
    if (!bind_columns(&reader, rows->columns)) {
        return FB_FAILED;
    }
    rows->count = 1;
    rows->next = 1;
    while (result == FB_OK && is_row(fetched = mysql_stmt_fetch(prepared))) {
        arena_reset(rows->arena);
        rows->rows[0] = read_cells(&reader, rows);
        if (rows->rows[0] == NULL) {
            return FB_FAILED;
        }
        result = take(rows->request, rows, context);
    }
    if (fetched == 1) {
        unsigned error = mysql_stmt_errno(prepared);

        note_error(database, error);
        log_request(LOG_ERROR, rows->request, "statement %s: %s (%u)", name,
                    mysql_stmt_error(prepared), error);
        return failure(database);
    }
    return result;
}

enum fb_result fb_each_values(struct fb_request *request, unsigned statement,
                              fb_row_taker *take, void *context,
                              const struct fb_value *values, size_t count)
{
    struct database *database = database_of(request, statement);
    const char *name = database->statements[statement].name;
    struct cell *row = NULL;
    struct fb_rows rows = {
        .request = request, .arena = &database->row, .rows = &row};
    enum fb_result result;

    if (!database->in_transaction && !connect_now(database)) {
        return FB_UNAVAILABLE;
    }
    if (run(database, request, statement, values + 1, count - 1,
            &database->streamed) != 0) {
        database->streamed = NULL;
        return failure(database);
    }
    check_columns(&rows, database->streamed, name);
    result = take_rows(database, &rows, name, take, context);
    mysql_stmt_free_result(database->streamed); /* also what was not read */
    database->streamed = NULL;
    arena_reset(&database->row);
    return result;
}

bool fb_next(struct fb_rows *rows)
{
    if (rows->next >= rows->count) {
        return false;
    }
    rows->next++;
    return true;
}

size_t fb_row_count(const struct fb_rows *rows)
{
    return rows->count;
}

unsigned fb_column_count(const struct fb_rows *rows)
{
    return rows->columns;
}

/* As text that lives as long as the row does. */
static const char *integer_text(const struct fb_rows *rows, int64_t integer)
{
    char *text = alloc_for_rows(rows, INTEGER_TEXT_BYTES);

    snprintf(text, INTEGER_TEXT_BYTES, "%lld", (long long)integer);
    return text;
}

static const struct cell *cell_of(const struct fb_rows *rows, unsigned column)
{
    if (rows->next == 0) {
        request_fail(rows->request, "a column was asked for before fb_next()");
    }
    if (column >= rows->columns) {
        request_fail(rows->request, "there is no column %u", column);
    }
    return &rows->rows[rows->next - 1][column];
}

bool fb_column_is_null(const struct fb_rows *rows, unsigned column)
{
    return cell_of(rows, column)->is_null;
}

int64_t fb_column_int(const struct fb_rows *rows, unsigned column)
{
    const struct cell *cell = cell_of(rows, column);

    return cell->text != NULL ? strtoll(cell->text, NULL, 10) : cell->integer;
}

const char *fb_column_text(const struct fb_rows *rows, unsigned column)
{
    const struct cell *cell = cell_of(rows, column);

    if (cell->text != NULL) {
        return cell->text;
    }
    return cell->is_null ? "" : integer_text(rows, cell->integer);
}

size_t fb_column_length(const struct fb_rows *rows, unsigned column)
{
    const struct cell *cell = cell_of(rows, column);

    return cell->text != NULL ? cell->length
                              : strlen(fb_column_text(rows, column));
}

enum fb_result fb_execute_values(struct fb_request *request, unsigned statement,
                                 const struct fb_value *values, size_t count)
{
    struct database *database = database_of(request, statement);
    MYSQL_STMT *prepared;

    if (!database->in_transaction) {
        request_fail(request, "statement %s writes outside a transaction",
                     database->statements[statement].name);
    }
    if (run(database, request, statement, values + 1, count - 1, &prepared) !=
        0) {
        return failure(database);
    }
    database->insert_id = (int64_t)mysql_stmt_insert_id(prepared);
    database->changed_rows = (int64_t)mysql_stmt_affected_rows(prepared);
    return FB_OK;
}

enum fb_result fb_touch(struct fb_request *request, const char *tag)
{
    struct database *database = request->database;
    size_t length = strlen(tag);
    struct touched *touched;
    size_t i;

    if (database == NULL || !database->in_transaction) {
        request_fail(request, "fb_touch(\"%s\") outside a transaction", tag);
    }
    if (length == 0 || length > FOOBAR_TAG_MAX) {
        request_fail(request, "fb_touch(): a tag has 1 to %d bytes",
                     FOOBAR_TAG_MAX);
    }
    for (i = 0; i < database->touched_count; i++) {
        if (database->touched[i].length == length &&
            memcmp(database->touched[i].tag, tag, length) == 0) {
            return FB_OK;
        }
    }
    if (database->touched_count == TOUCHED_MAX) {
        request_fail(request, "a transaction touched more than %d tags",
                     TOUCHED_MAX);
    }
    touched = &database->touched[database->touched_count++];
    memcpy(touched->tag, tag, length);
    touched->length = length;
    return FB_OK;
}

/* The rows of the journal are the last that a transaction writes. */
static bool write_journal(struct database *database, struct fb_request *request)
{
    static const char sql[] = "INSERT INTO tag_bumps (tag) VALUES (?)";
    MYSQL_BIND bind = {.buffer_type = MYSQL_TYPE_BLOB};
    size_t i;

    if (database->touched_count == 0) {
        return true;
    }
    if (database->journal == NULL) {
        database->journal = mysql_stmt_init(database->connection);
        if (database->journal == NULL) {
            return false;
        }
        if (mysql_stmt_prepare(database->journal, sql, sizeof(sql) - 1) != 0) {
            goto failed;
        }
    }
    for (i = 0; i < database->touched_count; i++) {
        struct touched *touched = &database->touched[i];
        unsigned long length = touched->length;

        bind.buffer = touched->tag;
        bind.buffer_length = length;
        bind.length = &length;
        if (mysql_stmt_bind_param(database->journal, &bind) != 0 ||
            mysql_stmt_execute(database->journal) != 0) {
            goto failed;
        }
        touched->row = mysql_stmt_insert_id(database->journal);
    }
    return true;

failed:
    note_error(database, mysql_stmt_errno(database->journal));
    log_request(LOG_ERROR, request, "the journal of tags: %s (%u)",
                mysql_stmt_error(database->journal),
                mysql_stmt_errno(database->journal));
    mysql_stmt_close(database->journal);
    database->journal = NULL;
    return false;
}

/* After COMMIT, also when it is not known whether it took effect. */
static void tell_others(struct database *database)
{
    size_t i;

    bells_ring(database->bells, database->rings);
    for (i = 0; database->tags != NULL && i < database->touched_count; i++) {
        const struct touched *touched = &database->touched[i];

        tags_bump(database->tags, touched->tag, touched->length);
        tags_note_applied(database->tags, touched->row);
    }
}

int64_t fb_insert_id(struct fb_request *request)
{
    return request->database != NULL ? request->database->insert_id : 0;
}

int64_t fb_changed_rows(struct fb_request *request)
{
    return request->database != NULL ? request->database->changed_rows : 0;
}

/*
 * What is under way: the function, and the key of a form whose effect happens
 * once.
 */
struct transaction {
    fb_transaction_body *body;
    void *context;
    struct once once;
    struct job *job; /* that ends with it; NULL: none */
    bool is_once;
    bool is_replay; /* not the first run */
    bool is_repeat; /* it has happened before */
    bool again;     /* the whole may be run again */
};

/*
 * An error of COMMIT leaves the outcome open. With a key that does no harm: run
 * again, the transaction finds the key of the first run, or waits for it, or
 * knows that there is none.
 */
static enum fb_result commit(struct database *database,
                             struct fb_request *request,
                             struct transaction *transaction)
{
    unsigned error;

    if (take_step(database, STEP_COMMIT)) {
        tell_others(database);
        return FB_OK;
    }
    error = mysql_errno(database->connection);
    /* The server says itself that it rolled back: nothing was written. */
    if (error == ER_LOCK_DEADLOCK) {
        transaction->again = true;
        return FB_FAILED;
    }
    log_request(LOG_ERROR, request, "COMMIT: %s (%u): the outcome is unknown%s",
                mysql_error(database->connection), error,
                transaction->is_once       ? "; its key will tell"
                : transaction->job != NULL ? "; its job will tell"
                                           : ", the write may exist");
    tell_others(database);
    disconnect(database);
    transaction->again = transaction->is_once || transaction->job != NULL;
    return transaction->again ? FB_UNAVAILABLE : FB_FAILED;
}

static enum fb_result run_body(struct database *database,
                               struct fb_request *request,
                               struct transaction *transaction)
{
    unsigned own = database_own(database, once_statements);
    enum fb_result result = FB_OK;

    transaction->is_repeat = false;
    if (transaction->is_once) {
        result = once_take(request, &transaction->once, own,
                           &transaction->is_repeat);
    }
    if (transaction->job != NULL && transaction->is_replay) {
        result = jobs_look(request, &transaction->is_repeat);
    }
    if (result == FB_OK && !transaction->is_repeat) {
        result = transaction->body(request, transaction->context);
        if (result == FB_OK && transaction->is_once && !database->replay) {
            result = once_keep(request, &transaction->once, own);
        }
        if (result == FB_OK && transaction->job != NULL && !database->replay) {
            result = jobs_end(request);
        }
    }
    if (result == FB_OK && !transaction->is_repeat && !database->replay &&
        !write_journal(database, request)) {
        result = failure(database);
    }
    return result;
}

/* One run of the transaction. */
static enum fb_result try_transaction(struct database *database,
                                      struct fb_request *request,
                                      struct transaction *transaction)
{
    enum fb_result result;

    transaction->again = false;
    database->replay = false;
    if (!connect_now(database)) {
        return FB_UNAVAILABLE;
    }
    if (!take_step(database, STEP_BEGIN)) {
        transaction->again = database->lost;
        return failure(database);
    }
    database->in_transaction = true;
    database->touched_count = 0;
    database->rings = 0;
    result = run_body(database, request, transaction);
    database->in_transaction = false;
    if (result == FB_OK && !database->replay && !transaction->is_repeat) {
        return commit(database, request, transaction);
    }
    transaction->again = database->replay;
    if (database->lost || !take_step(database, STEP_ROLLBACK)) {
        disconnect(database);
    }
    return result == FB_OK && database->replay ? FB_FAILED : result;
}

static enum fb_result transact(struct fb_request *request,
                               struct transaction *transaction)
{
    struct database *database = request->database;
    enum fb_result result = FB_FAILED;
    int attempt;

    transaction->again = true;
    for (attempt = 0; transaction->again && attempt < REPLAYS_MAX; attempt++) {
        if (attempt > 0) {
            log_request(LOG_WARN, request, "the transaction is replayed (%d)",
                        attempt);
        }
        result = try_transaction(database, request, transaction);
        transaction->is_replay = true;
        if (result == FB_OK) {
            account_committed(request);
        } else {
            account_rolled_back(request);
        }
    }
    return result;
}

enum fb_result fb_transaction(struct fb_request *request,
                              fb_transaction_body *body, void *context)
{
    struct database *database = database_of(request, 0);
    struct transaction transaction = {
        .body = body, .context = context, .job = request->job};
    enum fb_result result;

    if (database->in_transaction) {
        request_fail(request, "a transaction inside a transaction");
    }
    if (request->job != NULL && request->job->is_done) {
        request_fail(request, "a second transaction: a job has one, and ends "
                              "with it");
    }
    transaction.is_once = once_make(request, &transaction.once);
    result = transact(request, &transaction);
    if (result == FB_OK && request->job != NULL) {
        request->job->is_done = true;
    }
    return result;
}

enum fb_result database_transaction(struct fb_request *request,
                                    fb_transaction_body *body, void *context)
{
    struct database *database = database_of(request, 0);
    struct transaction transaction = {.body = body, .context = context};

    return database->in_transaction ? body(request, context)
                                    : transact(request, &transaction);
}

enum fb_result database_write(struct fb_request *request, unsigned statement,
                              const struct fb_value *values, size_t count)
{
    struct database *database = database_of(request, statement);
    MYSQL_STMT *prepared;
    unsigned error;
    int attempt;

    if (database->in_transaction) {
        request_fail(request, "statement %s inside of a transaction",
                     database->statements[statement].name);
    }
    for (attempt = 0; attempt < REPLAYS_MAX; attempt++) {
        if (!connect_now(database)) {
            return FB_UNAVAILABLE;
        }
        error =
            run(database, request, statement, values + 1, count - 1, &prepared);
        if (error == 0) {
            database->insert_id = (int64_t)mysql_stmt_insert_id(prepared);
            database->changed_rows =
                (int64_t)mysql_stmt_affected_rows(prepared);
            return FB_OK;
        }
        if (!is_replay_error(error)) {
            break;
        }
    }
    return failure(database);
}
