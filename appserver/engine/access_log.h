/*
 * The access log: a line of JSON for each request, when it is done. It is what
 * nginx's log cannot tell: how long the request waited for a worker, what the
 * database took of its time, who was logged in, and how it ended.
 *
 *     {"time":"2026-03-05T14:02:11.123Z","request":"9f","trace":"4b",
 *     "method":"GET","path":"/posts/7","route":"post","status":200,
 *     "wait_ms":0,"took_us":812,"db_us":411,"statements":2,"received":0,
 *     "sent":5210,"account":7,"worker":17,"end":"reply"}     (in one line)
 *
 * A query is not among it: it holds what visitors typed. Each line is one
 * write(2) to a file that is opened for appending, so that those of several
 * workers do not mix, and none is cut.
 */

#ifndef ENGINE_ACCESS_LOG_H
#define ENGINE_ACCESS_LOG_H

#include <stdbool.h>
#include <stddef.h>

struct fb_request;

/* How a request ended; ACCESS_END(id, name). */
#define ACCESS_ENDS(ACCESS_END)                                            \
    ACCESS_END(REPLY, "reply")           /* it was answered whole */       \
    ACCESS_END(BROKE_OFF, "broke off")   /* its body did not come */       \
    ACCESS_END(CUT_OFF, "cut off")       /* its handler failed half-way */ \
    ACCESS_END(HUNG_UP, "hung up")       /* the reply could not be sent */ \
    ACCESS_END(CRASH, "crash")           /* the worker's, too */           \
    ACCESS_END(TIME_LIMIT, "time limit") /* the same */

enum access_end {
#define ACCESS_END(id, name) ACCESS_##id,
    ACCESS_ENDS(ACCESS_END)
#undef ACCESS_END
};

/*
 * By each worker. An empty name: there is none. false with `problem` when the
 * file cannot be written, or is none.
 */
bool access_log_open(const char *file, char *problem, size_t size);

/* Somebody has moved the file: go on in a new one. */
void access_log_reopen(void);

/* Safe in a signal handler. */
void access_log_write(const struct fb_request *request, int status,
                      enum access_end end);

#endif
