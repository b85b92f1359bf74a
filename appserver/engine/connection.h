/*
 * One kept FastCGI connection of a worker: where FastCGI's request and ours
 * meet. Nobody else in the engine calls libfcgi.
 */

#ifndef ENGINE_CONNECTION_H
#define ENGINE_CONNECTION_H

#include <stdbool.h>
#include <stdint.h>

#include "app.h"
#include "arena.h"
#include "request.h"

struct connection;
struct database;
struct expensive;
struct overload;
struct pace;
struct settings;

/* What a worker lends to the request that it serves. */
struct connection_worker {
    const struct app *app;
    struct database *database;
    struct expensive *expensive;
    struct arena *arena;
    const struct settings *settings;
    unsigned char *head_buffer; /* HEAD_BYTES_MAX */
    struct pace *pace;
    struct overload *overload;
    const struct pictures *pictures; /* where they are drawn */
    struct spool *spool;             /* NULL: no form has a file */
    const struct csrf *csrf;
    struct request_aside aside;
};

/* A worker's connections, so that it can close them all when it ends. */
struct connection_list {
    struct connection *first;
    unsigned count;
    unsigned waiting; /* for the rest of a head */
    int epoll;        /* that watches them all */
};

/*
 * Takes over `fd` and puts it into the list; NULL without memory (then fd is
 * closed).
 */
struct connection *connection_open(struct connection_list *list, int fd,
                                   const struct settings *settings);
int connection_fd(const struct connection *connection);
struct connection *connection_next(const struct connection *connection);

/* Says that the rest of a head is waited for, or not any more. */
void connection_set_waiting(struct connection_list *list,
                            struct connection *connection, bool waits);
bool connection_is_waiting(const struct connection *connection);

/* Closes those that have waited for the rest of a head for too long. */
void connection_close_stalled(struct connection_list *list,
                              const struct settings *settings);

/*
 * When the request arrived that waits here, by the clock of nginx's host, in
 * milliseconds; INT64_MAX: nobody knows. `buffer` has HEAD_BYTES_MAX.
 */
int64_t connection_arrival(struct connection *connection,
                           unsigned char *buffer);

enum connection_state {
    CONNECTION_READY,   /* for the next request */
    CONNECTION_WAITING, /* a request has begun to arrive */
    CONNECTION_ENDED    /* it must be closed */
};

/*
 * Serves the one request that is waiting, if all of its head has come; it is
 * taken up at `since`, by clock_now_us().
 */
enum connection_state connection_serve(struct connection *connection,
                                       const struct connection_worker *worker,
                                       int64_t since);
void connection_close(struct connection_list *list,
                      struct connection *connection);

#endif
