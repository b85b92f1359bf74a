/*
 * The application of the tests of transactions and tags: it writes to a table
 * `numbers` and touches tags, and can be killed at the worst moments.
 */

#include <foobar/foobar.h>

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
    SQL_ADD,
    SQL_COUNT,
    SQL_RAISE,
    SQL_MANY,
    SQL_SLEEP
};

static const struct fb_statement statements[] = {
    [SQL_ADD] = {"add", "INSERT INTO numbers (id, value) VALUES (?, 0)"},
    [SQL_COUNT] = {"count", "SELECT COUNT(*), SUM(value) FROM numbers"},
    [SQL_RAISE] = {"raise",
                   "UPDATE numbers SET value = value + 1 WHERE id = ?"},
    [SQL_MANY] = {"many", "SELECT a.id, REPEAT('x', 100) FROM numbers a, "
                          "numbers b, numbers c"},
    [SQL_SLEEP] = {"sleep", "SELECT SLEEP(?)"},
};

static int64_t number(struct fb_request *request, const char *name)
{
    const char *text = fb_query(request, name);

    return text != NULL ? strtoll(text, NULL, 10) : 0;
}

static void say(struct fb_request *request, const char *text)
{
    fb_content_type(request, "text/plain");
    fb_out_literal(fb_body(request), text, strlen(text));
}

static enum fb_result add_and_touch(struct fb_request *request, void *context)
{
    enum fb_result result =
        fb_execute(request, SQL_ADD, fb_int(*(const int64_t *)context));

    if (result == FB_OK) {
        result = fb_touch(request, "numbers");
    }
    return result;
}

/* ?id=N adds N; &then=fail gives up inside the transaction. */
static enum fb_result add(struct fb_request *request)
{
    int64_t id = number(request, "id");
    enum fb_result result = fb_transaction(request, add_and_touch, &id);

    if (result == FB_OK) {
        say(request, "added\n");
    }
    return result;
}

static enum fb_result add_and_fail(struct fb_request *request, void *context)
{
    enum fb_result result = add_and_touch(request, context);

    if (result == FB_OK && fb_query(request, "crash") != NULL) {
        raise(SIGSEGV);
    }
    return result == FB_OK ? FB_BAD_REQUEST : result;
}

static enum fb_result give_up(struct fb_request *request)
{
    int64_t id = number(request, "id");

    return fb_transaction(request, add_and_fail, &id);
}

/* Two rows in the order that is asked for: two of these make a deadlock. */
static enum fb_result raise_two(struct fb_request *request, void *context)
{
    struct timespec pause = {0, 200 * 1000000};
    enum fb_result result =
        fb_execute(request, SQL_RAISE, fb_int(number(request, "first")));

    (void)context;
    nanosleep(&pause, NULL);
    if (result == FB_OK) {
        result =
            fb_execute(request, SQL_RAISE, fb_int(number(request, "second")));
    }
    return result;
}

static enum fb_result deadlock(struct fb_request *request)
{
    enum fb_result result = fb_transaction(request, raise_two, NULL);

    if (result == FB_OK) {
        say(request, "raised\n");
    }
    return result;
}

static enum fb_result count(struct fb_request *request)
{
    struct fb_rows *rows;
    enum fb_result result = fb_select(request, SQL_COUNT, &rows);

    if (result == FB_OK) {
        fb_next(rows);
        say(request, fb_printf(request, "%s %s\n", fb_column_text(rows, 0),
                               fb_column_text(rows, 1)));
    }
    return result;
}

static enum fb_result sleep_there(struct fb_request *request)
{
    struct fb_rows *rows;
    enum fb_result result = fb_select(request, SQL_SLEEP, &rows,
                                      fb_int(number(request, "seconds")));

    if (result == FB_OK) {
        say(request, "slept\n");
    }
    return result;
}

/* Rows that would not fit into memory are read one by one. */
static enum fb_result take_row(struct fb_request *request,
                               const struct fb_rows *row, void *context)
{
    (void)request;
    *(int64_t *)context += (int64_t)strlen(fb_column_text(row, 1));
    return FB_OK;
}

static enum fb_result many(struct fb_request *request)
{
    int64_t total = 0;
    enum fb_result result = fb_each(request, SQL_MANY, take_row, &total);

    if (result == FB_OK) {
        say(request, fb_printf(request, "%lld\n", (long long)total));
    }
    return result;
}

static enum fb_result bad_statement(struct fb_request *request)
{
    struct fb_rows *rows;

    return fb_select(request, SQL_SLEEP, &rows);
}

static enum fb_result write_outside(struct fb_request *request)
{
    return fb_execute(request, SQL_ADD, fb_int(1));
}

static const struct fb_page pages[] = {
    {.name = "add", .path = "/add", .methods = FB_POST, .handler = add},
    {.name = "give_up",
     .path = "/give-up",
     .methods = FB_POST,
     .handler = give_up},
    {.name = "deadlock",
     .path = "/deadlock",
     .methods = FB_POST,
     .handler = deadlock},
    {.name = "count", .path = "/count", .methods = FB_GET, .handler = count},
    {.name = "sleep",
     .path = "/sleep",
     .methods = FB_GET,
     .handler = sleep_there},
    {.name = "many", .path = "/many", .methods = FB_GET, .handler = many},
    {.name = "bad_statement",
     .path = "/bad-statement",
     .methods = FB_GET,
     .handler = bad_statement},
    {.name = "write_outside",
     .path = "/write-outside",
     .methods = FB_POST,
     .handler = write_outside},
};

static void error_page(struct fb_request *request, int status)
{
    fb_out_text(fb_body(request), "error ");
    fb_out_int(fb_body(request), status);
}

const struct fb_app foobar_app = {
    .api_version = FB_API_VERSION,
    .size = sizeof(struct fb_app),
    .name = "the tests of transactions",
    .pages = pages,
    .page_count = sizeof(pages) / sizeof(pages[0]),
    .statements = statements,
    .statement_count = sizeof(statements) / sizeof(statements[0]),
    .error_page = error_page,
};
