/*
 * The ids of a request and the time of its arrival, as balancers and proxies
 * write them into headers: what is well-formed, and what it means. Whether
 * the one who wrote them may be believed is decided elsewhere.
 *
 * Knows nothing of nginx. Texts have a length and no NUL.
 */

#ifndef FOOBAR_TRACE_H
#define FOOBAR_TRACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "foobar_wire.h"

/* Of the flags of a traceparent, those that have a meaning today. */
#define FOOBAR_TRACE_SAMPLED 0x01
#define FOOBAR_TRACE_RANDOM 0x02

#define FOOBAR_REQUEST_ID_LENGTH 32 /* of those that we make */

/* Who is further away than this has a wrong clock. */
#define FOOBAR_ARRIVAL_AGE_MAX_MS ((int64_t) 3600 * 1000)

/* The parts of a traceparent; the ids are lower-case hexadecimal digits. */
struct foobar_trace {
    char trace_id[FOOBAR_TRACE_ID_LENGTH];
    char parent_id[FOOBAR_PARENT_ID_LENGTH];
    unsigned flags;
};

/*
 * Numbers for ids. They have to be unique, also between processes and hosts,
 * and so the state is to be filled from the system's randomness, once; they
 * need not be secret, and who sees some of them may be able to tell the next.
 */
struct foobar_random {
    uint64_t state[4];
};

bool foobar_request_id_is_valid(const char *text, size_t length);

/* Writes FOOBAR_REQUEST_ID_LENGTH hexadecimal digits. */
void foobar_request_id_make(struct foobar_random *random, char *text);

/*
 * Reads a traceparent of version 00, or of a later version as far as it is
 * the same; flags without a meaning are dropped. false: it must be ignored.
 */
bool foobar_trace_parse(const char *text, size_t length,
                        struct foobar_trace *trace);

/* A trace that begins here; or the next step of one: a new parent id. */
void foobar_trace_begin(struct foobar_random *random,
                        struct foobar_trace *trace);
void foobar_trace_step(struct foobar_random *random,
                       struct foobar_trace *trace);

/* Writes FOOBAR_TRACEPARENT_LENGTH characters. */
void foobar_trace_write(const struct foobar_trace *trace, char *text);

/* At most FOOBAR_TRACESTATE_MAX bytes and 32 members, each key=value. */
bool foobar_tracestate_is_valid(const char *text, size_t length);

/*
 * Reads the header X-Request-Start, with or without "t=" before it: seconds
 * and perhaps a fraction, or whole milliseconds or microseconds, told apart
 * by their size. `now_ms` is when the request arrived here; a time after it,
 * or too long before it, is not believed, and false is returned.
 */
bool foobar_arrival_parse(const char *text, size_t length, int64_t now_ms,
                          int64_t *arrival_ms);

#endif
