/*
 * The scoreboard: what each worker does right now and what it has done, in
 * memory that all processes of the server share. Each worker writes its own
 * slot and nobody else's; the master writes the head; the status process
 * (status.h) reads it all, also while every worker is busy.
 *
 *     head    what the server as a whole went through
 *     slot 0  of the worker that the master started there
 *     slot 1  ...
 *
 * Counters of a slot go on when another worker takes it, so that their sum
 * over all slots never goes back. What a worker does right now is text and
 * numbers that belong together; a reader that meets it while it changes reads
 * again (the sequence number is odd meanwhile).
 */

#ifndef ENGINE_SCOREBOARD_H
#define ENGINE_SCOREBOARD_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define SCORE_NAME_MAX 64
#define SCORE_PATH_MAX 256
#define SCORE_ID_MAX 64
#define SCORE_REFUSAL_MAX 400
#define SCORE_BUCKETS 14 /* and one more for what took longer */
#define SCORE_CLASSES 5  /* of status: 1xx ... 5xx */

/* Upper borders of the buckets, in microseconds. */
extern const int64_t score_borders_us[SCORE_BUCKETS];

/* SCORE_STATE(id, name) */
#define SCORE_STATES(SCORE_STATE)     \
    SCORE_STATE(FREE, "free")         \
    SCORE_STATE(STARTING, "starting") \
    SCORE_STATE(IDLE, "idle")         \
    SCORE_STATE(BUSY, "busy")         \
    SCORE_STATE(LEAVING, "leaving")

enum score_state {
#define SCORE_STATE(id, name) SCORE_##id,
    SCORE_STATES(SCORE_STATE)
#undef SCORE_STATE
};

/* Counters of a slot; SCORE_COUNTER(field). */
#define SCORE_COUNTERS(SCORE_COUNTER) \
    SCORE_COUNTER(requests)           \
    SCORE_COUNTER(busy_us)            \
    SCORE_COUNTER(statements)         \
    SCORE_COUNTER(statement_errors)   \
    SCORE_COUNTER(statement_us)       \
    SCORE_COUNTER(database_connects)  \
    SCORE_COUNTER(refused)            \
    SCORE_COUNTER(waits)              \
    SCORE_COUNTER(waited_ms)          \
    SCORE_COUNTER(given)              \
    SCORE_COUNTER(taken)

/* What belongs together, as it stood at one moment. */
struct score_now {
    pid_t pid;
    unsigned generation;
    enum score_state state;
    int64_t since_us;       /* of the state; by clock_now_us() */
    int64_t started_us;     /* when the worker was started */
    uint64_t first_request; /* the counter when it was started */
    unsigned connections;
    bool database_is_up;
    char id[SCORE_ID_MAX + 1]; /* of the request, as the rest below */
    char method[16];
    char path[SCORE_PATH_MAX + 1];
    char page[SCORE_NAME_MAX + 1];
    char statement[SCORE_NAME_MAX + 1]; /* that it waits for; "": none */
};

struct score {
    _Atomic bool
        is_waiting; /* it is idle, and would take a connection at once */
    _Atomic uint32_t sequence;
    struct score_now now;
#define SCORE_COUNTER(field) _Atomic uint64_t field;
    SCORE_COUNTERS(SCORE_COUNTER)
#undef SCORE_COUNTER
    _Atomic uint64_t statuses[SCORE_CLASSES];
    _Atomic uint64_t buckets[SCORE_BUCKETS + 1];
    _Atomic uint64_t wait_buckets[SCORE_BUCKETS + 1];
};

/* Counters of the master; SCORE_EVENT(field). */
#define SCORE_EVENTS(SCORE_EVENT) \
    SCORE_EVENT(started)          \
    SCORE_EVENT(crashed)          \
    SCORE_EVENT(killed)           \
    SCORE_EVENT(time_limits)      \
    SCORE_EVENT(replaced)         \
    SCORE_EVENT(reloads)          \
    SCORE_EVENT(refused_reloads)  \
    SCORE_EVENT(upgrades)         \
    SCORE_EVENT(refused_upgrades)

/* Jobs: those in the database, as a runner saw them last, and what was done. */
struct score_jobs {
    _Atomic int64_t counted; /* seconds since 1970; 0: nobody has counted */
    _Atomic int64_t waiting;
    _Atomic int64_t running;
    _Atomic int64_t failed;
    _Atomic int64_t oldest_seconds; /* that the oldest is late by */
    _Atomic uint64_t done;          /* by runners of this server, as below */
    _Atomic uint64_t failed_tries;
    _Atomic uint64_t busy_us;
};

struct scoreboard {
    uint64_t layout; /* whoever has another one must not use it */
    int fd;          /* that it can be mapped by */
    size_t slots;
    uint64_t server; /* a number that no other server has */
    pid_t master;
    int64_t began;            /* seconds since 1970 */
    _Atomic int64_t reloaded; /* the same, of the last reload; 0: none */
    _Atomic unsigned generation;
    char refusal[SCORE_REFUSAL_MAX + 1]; /* why, the last time; "": never */
#define SCORE_EVENT(field) _Atomic uint64_t field;
    SCORE_EVENTS(SCORE_EVENT)
#undef SCORE_EVENT
    struct score_jobs jobs;
    struct score scores[];
};

/* By the master, before it forks; NULL without memory. */
struct scoreboard *scoreboard_make(size_t slots);

/* One that another program made; NULL if that had another idea of it. */
struct scoreboard *scoreboard_adopt(int fd, size_t slots);
void scoreboard_free(struct scoreboard *board);

/* By the master, for a worker that it is about to start, or that is no more. */
void scoreboard_take(struct scoreboard *board, size_t slot,
                     unsigned generation);
void scoreboard_release(struct scoreboard *board, size_t slot);

/* By the master, before it counts a reload or an upgrade as refused. */
void scoreboard_note_refusal(struct scoreboard *board, const char *reason);

/* By anybody: what a worker does; false when its slot is free. */
bool scoreboard_look(const struct scoreboard *board, size_t slot,
                     struct score_now *now);
const char *score_state_name(enum score_state state);

/*
 * By a worker about itself. Before score_join() these do nothing, so that
 * tests and tools can use the parts of a worker without a server.
 */
void score_join(struct scoreboard *board, size_t slot);
void score_state(enum score_state state);
void score_request(const char *id, const char *method, const char *path,
                   int64_t waited_ms, /* -1: nobody knows */
                   int64_t since_us); /* when it began */
void score_refused(void);
void score_page(const char *name);
void score_answered(int status, int64_t since_us); /* when it began */
void score_statement(const char *name);            /* NULL: it is done */
void score_statement_took(int64_t us, bool good);
void score_database(bool is_up);
void score_connections(unsigned number);
void score_waits(bool waits);
bool score_somebody_waits(void); /* also if nobody knows */
void score_given(void);
void score_taken(void);

#endif
