/* The pulse of a runner: its second thread; runner.h says what it does. */

#ifndef ENGINE_RUNNER_PULSE_H
#define ENGINE_RUNNER_PULSE_H

#include <mysql.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "jobs.h"
#include "scoreboard.h"
#include "settings.h"

#define PULSE_PASSWORD_MAX 256

struct pulse {
    const struct settings *settings;
    struct scoreboard *board; /* NULL: another runner counts the jobs */
    char id[JOB_RUNNER_MAX + 1];
    char password[PULSE_PASSWORD_MAX];
    pthread_t thread;
    pthread_t runner; /* the thread that runs the jobs */
    int signals;
    int wakes_pulse;
    int wakes_runner;
    MYSQL *connection; /* of this thread alone */
    bool has_complained;
    int64_t renew_at; /* milliseconds, as all below */
    int64_t count_at;
    int64_t leave_by;            /* 0: it may stay */
    _Atomic int64_t alive_until; /* 0: the database does not know us */
    atomic_bool leaving;
    atomic_bool ended;

    pthread_mutex_t lock; /* of the job that runs */
    int64_t job;          /* 0: none does */
    int64_t claim;
    int64_t job_until;
};

/*
 * Takes WORKER_LEAVE and WORKER_FINISH, and starts the thread; it belongs to
 * the thread that calls, which alone runs jobs. False with `problem`.
 */
bool pulse_start(struct pulse *pulse, char *problem, size_t size);

/* The thread ends, and the database forgets the runner. */
void pulse_stop(struct pulse *pulse);

/* Whether jobs may be taken: others can see that this runner lives. */
bool pulse_is_felt(const struct pulse *pulse);

/* Around each job. */
void pulse_begin(struct pulse *pulse, const struct job *job);
void pulse_end(struct pulse *pulse);

#endif
