/*
 * The guard of a request: what still happens for the client, for the other
 * connections and for the log when a handler crashes or takes too long.
 *
 *   signal            log                          client   then
 *   SEGV BUS FPE ...  signal, request, backtrace   500      dies of the signal
 *   ALRM (minder.h)   time limit, request, bt.     504      exits
 *
 * First the connections of innocent requests go into the pool, then the
 * request's own client is answered with a page that was drawn when the worker
 * started, then the log is written. nginx takes the answer for what it is and
 * does not send the request to the next worker, so that a poisonous request
 * costs one worker and not one after another.
 *
 * Everything here that runs in a signal handler uses only memory made before
 * and calls that are safe there.
 */

#ifndef ENGINE_GUARD_H
#define ENGINE_GUARD_H

#include <stdbool.h>
#include <stddef.h>

#include "app.h"
#include "pool.h"

/* A worker ends with this status when a request met its time limit. */
#define GUARD_EXIT_TIME_LIMIT 79

/* Descriptors that a worker may use for connections are below this. */
#define GUARD_FDS_MAX 65536

/*
 * Draws the pages and installs the handlers, for the thread that calls. Must
 * come after libfcgi and the sanitizers have installed theirs.
 */
bool guard_install(const struct app *app, const struct pool *pool);
void guard_free(void);

/* Connections that go into the pool in an emergency. */
void guard_keep(int fd);
void guard_forget(int fd);

/* The request that is being handled; the strings must live as long. */
struct guard_request {
    int fd;
    int fcgi_id;
    const char *id;
    const char *trace_id;
    const char *method;
    const char *path;
    const struct fb_request *request;
};
void guard_begin(const struct guard_request *request);

/* Its body is read to the end: the connection can take the next request. */
void guard_request_is_read(void);

/* From now on the reply is on its way and cannot be replaced. */
void guard_reply_begins(void);
void guard_end(void);

/* A request is being handled and its reply has not begun. */
bool guard_can_answer(void);

#endif
