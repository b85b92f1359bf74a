/*
 * Asking the database. Every statement is a row of the application's table
 * of statements and is named by its index; values are passed beside it, never
 * pasted into it. The worker prepares a statement when it is first used and
 * keeps it; when the connection was lost, both are made again.
 */

#ifndef FOOBAR_DATABASE_H
#define FOOBAR_DATABASE_H

#include <foobar/app.h>

#include <stdbool.h>

struct fb_request;
struct fb_rows;

/* A value for a placeholder. */
struct fb_value {
    enum {
        FB_VALUE_NULL,
        FB_VALUE_INT,
        FB_VALUE_TEXT,
        FB_VALUE_BYTES
    } kind;
    int64_t integer; /* of bytes: how many */
    const char *text;
};

static inline struct fb_value fb_int(int64_t integer)
{
    return (struct fb_value){.kind = FB_VALUE_INT, .integer = integer};
}

static inline struct fb_value fb_text(const char *text)
{
    return (struct fb_value){.kind = text ? FB_VALUE_TEXT : FB_VALUE_NULL,
                             .text = text};
}

/* For a BLOB; the bytes may be any, and are not copied. */
static inline struct fb_value fb_bytes(const void *bytes, size_t length)
{
    return (struct fb_value){.kind = bytes ? FB_VALUE_BYTES : FB_VALUE_NULL,
                             .integer = (int64_t)length,
                             .text = (const char *)bytes};
}

/*
 * Reads rows: fb_select(request, SQL_POST, &rows, fb_int(7)). The rows are
 * copied into the request's memory. On anything but FB_OK *rows is NULL, the
 * reason is in the log, and a handler does well to return the value it got.
 */
#define fb_select(request, statement, rows, ...)                     \
    fb_select_values((request), (statement), (rows),                 \
                     (struct fb_value[]){{0}, __VA_ARGS__},          \
                     sizeof((struct fb_value[]){{0}, __VA_ARGS__}) / \
                         sizeof(struct fb_value))

/*
 * Reads rows one by one, for results that are too large to copy:
 * fb_each(request, SQL_ORDERS, write_line, context, fb_int(year)). `take` is
 * called for each row, and fb_column_*() give its columns while it runs. It
 * must not use the database. What it returns other than FB_OK ends the
 * reading, and is what fb_each() returns.
 */
typedef enum fb_result fb_row_taker(struct fb_request *request,
                                    const struct fb_rows *row, void *context);
#define fb_each(request, statement, take, context, ...)            \
    fb_each_values((request), (statement), (take), (context),      \
                   (struct fb_value[]){{0}, __VA_ARGS__},          \
                   sizeof((struct fb_value[]){{0}, __VA_ARGS__}) / \
                       sizeof(struct fb_value))

FB_API bool fb_next(struct fb_rows *rows); /* false after the last row */
FB_API size_t fb_row_count(const struct fb_rows *rows);
FB_API unsigned fb_column_count(const struct fb_rows *rows);
FB_API bool fb_column_is_null(const struct fb_rows *rows, unsigned column);
FB_API int64_t fb_column_int(const struct fb_rows *rows, unsigned column);
FB_API const char *fb_column_text(const struct fb_rows *rows, unsigned column);

/* How many bytes a text or a BLOB has, without the NUL that ends it. */
FB_API size_t fb_column_length(const struct fb_rows *rows, unsigned column);

/*
 * Writes happen inside a transaction, and a transaction is a function that
 * may run again: when the database gives up on it (a deadlock, a lost
 * connection before COMMIT), the engine rolls back and calls the function
 * once more from its beginning, a bounded number of times. So it may only
 * change the database and what `context` points to, and must set the latter
 * anew each time. It returns FB_OK to commit; anything else rolls back, and
 * fb_transaction returns that.
 *
 * An error at COMMIT itself is not repeated, because the write may exist: it
 * is FB_FAILED, and the log says that the outcome is unknown.
 *
 * On a page whose form is `.once` (form.h) the transaction happens once for
 * each form, however often that is sent and in how many places at a time. Its
 * function then calls fb_redirect(), and where that leads is kept in the same
 * transaction. The form sent again is answered by the same redirection, with
 * FB_OK, and the function is not called. Sent again with other words, it is
 * FB_CONFLICT, and an error of the whole form says so: draw the form again, or
 * return that (409). An unknown outcome of COMMIT is settled by looking for the
 * key. Such a page has one transaction a request.
 */
typedef enum fb_result fb_transaction_body(struct fb_request *request,
                                           void *context);
FB_API enum fb_result fb_transaction(struct fb_request *request,
                                     fb_transaction_body *body, void *context);

/* One INSERT, UPDATE or DELETE; only inside a transaction's function. */
#define fb_execute(request, statement, ...)                           \
    fb_execute_values((request), (statement),                         \
                      (struct fb_value[]){{0}, __VA_ARGS__},          \
                      sizeof((struct fb_value[]){{0}, __VA_ARGS__}) / \
                          sizeof(struct fb_value))

/* Of the last fb_execute: the AUTO_INCREMENT id, and the rows it changed. */
FB_API int64_t fb_insert_id(struct fb_request *request);
FB_API int64_t fb_changed_rows(struct fb_request *request);

/*
 * Names something that this transaction changes and that cached pages depend
 * on: fb_touch(request, "posts"). Only inside a transaction's function. When
 * the transaction commits, every page that was cached with this tag is stale;
 * when it does not, nothing happens. A tag has at most 128 bytes; a
 * transaction may touch up to 32.
 */
FB_API enum fb_result fb_touch(struct fb_request *request, const char *tag);

/* values[0] is a place-holder of the macros above; count includes it. */
FB_API enum fb_result fb_select_values(struct fb_request *request,
                                       unsigned statement,
                                       struct fb_rows **rows,
                                       const struct fb_value *values,
                                       size_t count);
FB_API enum fb_result fb_each_values(struct fb_request *request,
                                     unsigned statement, fb_row_taker *take,
                                     void *context,
                                     const struct fb_value *values,
                                     size_t count);
FB_API enum fb_result fb_execute_values(struct fb_request *request,
                                        unsigned statement,
                                        const struct fb_value *values,
                                        size_t count);

#endif
