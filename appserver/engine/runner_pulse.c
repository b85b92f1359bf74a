/*
 * The pulse of a runner. The lease is in a table of its own and by the clock
 * of the database; what is remembered of it here ends before, so that a
 * runner takes no job under a lease that others may see as ended.
 */

#include "runner_pulse.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "clock.h"
#include "database.h"
#include "guard.h"
#include "log.h"
#include "worker.h"

#define COUNT_MS 5000
#define KILL_AFTER_MS 2000
#define STACK_BYTES ((size_t)512 * 1024)

static void ring(int fd)
{
    const uint64_t one = 1;
    ssize_t written = write(fd, &one, sizeof(one));

    (void)written; /* a counter that is full rings already */
}

static void hush(int fd)
{
    uint64_t count;
    ssize_t got = read(fd, &count, sizeof(count));

    (void)got;
}

/* ------------------------------------------------------------ the database */

/* Says what is wrong once, and not again until it was good meanwhile. */
static void complain(struct pulse *pulse, const char *problem)
{
    if (!pulse->has_complained) {
        log_line(LOG_ERROR, "no jobs are run here for now: %s", problem);
    }
    pulse->has_complained = true;
}

static bool ask(struct pulse *pulse, const char *sql)
{
    char problem[512];

    if (pulse->connection == NULL) {
        pulse->connection = database_connect(pulse->settings, pulse->password,
                                             problem, sizeof(problem));
    } else {
        problem[0] = '\0';
    }
    if (pulse->connection == NULL) {
        complain(pulse, problem);
        return false;
    }
    if (mysql_query(pulse->connection, sql) == 0) {
        return true;
    }
    snprintf(problem, sizeof(problem), "%s (%u)",
             mysql_error(pulse->connection), mysql_errno(pulse->connection));
    complain(pulse, problem);
    mysql_close(pulse->connection);
    pulse->connection = NULL;
    return false;
}

static void renew(struct pulse *pulse)
{
    int64_t lease_ms = (int64_t)pulse->settings->job_lease_seconds * 1000;
    int64_t before = clock_now_ms();
    char sql[256];

    snprintf(sql, sizeof(sql),
             "INSERT INTO job_runners (id, alive_until) VALUES ('%s', "
             "UTC_TIMESTAMP(6) + INTERVAL %d SECOND) "
             "ON DUPLICATE KEY UPDATE alive_until = VALUES(alive_until)",
             pulse->id, pulse->settings->job_lease_seconds);
    if (ask(pulse, sql)) {
        if (pulse->has_complained) {
            log_line(LOG_WARN, "jobs are run here again");
        }
        pulse->has_complained = false;
        if (atomic_exchange(&pulse->alive_until, before + lease_ms) == 0) {
            ring(pulse->wakes_runner);
        }
    }
    pulse->renew_at = clock_now_ms() + lease_ms / 3;
}

static int64_t number_of(MYSQL_ROW row, unsigned column)
{
    return row[column] != NULL ? strtoll(row[column], NULL, 10) : 0;
}

/* What the status tells: the same on all hosts. */
static void count_jobs(struct pulse *pulse)
{
    static const char sql[] =
        "SELECT (SELECT COUNT(*) FROM jobs WHERE state = 'waiting'),"
        " (SELECT COUNT(*) FROM jobs WHERE state = 'running'),"
        " (SELECT COUNT(*) FROM jobs WHERE state = 'failed'),"
        " (SELECT TIMESTAMPDIFF(SECOND, MIN(due), UTC_TIMESTAMP(6))"
        " FROM jobs WHERE due <= UTC_TIMESTAMP(6))";
    MYSQL_RES *result;
    MYSQL_ROW row;

    pulse->count_at = clock_now_ms() + COUNT_MS;
    if (pulse->board == NULL || !ask(pulse, sql)) {
        return;
    }
    result = mysql_store_result(pulse->connection);
    row = result != NULL ? mysql_fetch_row(result) : NULL;
    if (row != NULL) {
        struct score_jobs *jobs = &pulse->board->jobs;

        atomic_store(&jobs->waiting, number_of(row, 0));
        atomic_store(&jobs->running, number_of(row, 1));
        atomic_store(&jobs->failed, number_of(row, 2));
        atomic_store(&jobs->oldest_seconds, number_of(row, 3));
        atomic_store(&jobs->counted, (int64_t)time(NULL));
    }
    mysql_free_result(result);
}

/* The job waits for another runner, as if this one had not tried it. */
static void give_back(struct pulse *pulse)
{
    char sql[320];

    snprintf(sql, sizeof(sql),
             "UPDATE jobs SET state = 'waiting', due = UTC_TIMESTAMP(6), "
             "runner = NULL, tries = tries - 1, claim = claim + 1 WHERE "
             "id = %lld AND claim = %lld AND state = 'running'",
             (long long)pulse->job, (long long)pulse->claim);
    log_line(LOG_WARN,
             "job %lld was not done when the server wanted to leave: another "
             "runner takes it",
             (long long)pulse->job);
    (void)ask(pulse, sql);
}

static void forget(struct pulse *pulse)
{
    char sql[128];

    snprintf(sql, sizeof(sql), "DELETE FROM job_runners WHERE id = '%s'",
             pulse->id);
    if (pulse->connection != NULL) {
        (void)ask(pulse, sql);
    }
    if (pulse->connection != NULL) {
        mysql_close(pulse->connection);
        pulse->connection = NULL;
    }
}

/* -------------------------------------------------------------- the clock */

static void enforce_limits(struct pulse *pulse)
{
    int64_t now = clock_now_ms();

    pthread_mutex_lock(&pulse->lock);
    if (pulse->job != 0 && pulse->leave_by != 0 && now >= pulse->leave_by) {
        give_back(pulse);
        _exit(EXIT_SUCCESS); /* the database rolls its transaction back */
    }
    if (pulse->job != 0 && now >= pulse->job_until) {
        if (now > pulse->job_until + KILL_AFTER_MS) {
            log_line(LOG_ERROR,
                     "the time limit of job %lld was reached and "
                     "its runner does not end: it is killed",
                     (long long)pulse->job);
            kill(getpid(), SIGKILL);
        }
        pthread_kill(pulse->runner, SIGALRM);
    }
    pthread_mutex_unlock(&pulse->lock);
}

static int64_t earlier(int64_t a, int64_t b)
{
    return b < a ? b : a;
}

/* Until something is to be done. */
static int patience_ms(struct pulse *pulse)
{
    int64_t now = clock_now_ms();
    int64_t until = earlier(pulse->renew_at, pulse->count_at);

    pthread_mutex_lock(&pulse->lock);
    if (pulse->job != 0) {
        until =
            earlier(until, now < pulse->job_until ? pulse->job_until
                                                  : now + KILL_AFTER_MS / 4);
        until = pulse->leave_by != 0 ? earlier(until, pulse->leave_by) : until;
    }
    pthread_mutex_unlock(&pulse->lock);
    return until > now ? (int)(until - now) : 0;
}

static void hear_signals(struct pulse *pulse)
{
    struct signalfd_siginfo info;

    while (read(pulse->signals, &info, sizeof(info)) == (ssize_t)sizeof(info)) {
        if (pulse->leave_by == 0) {
            pulse->leave_by =
                clock_now_ms() + (int64_t)pulse->settings->drain_seconds * 1000;
        }
        atomic_store(&pulse->leaving, true);
        ring(pulse->wakes_runner);
    }
}

static void *beat(void *argument)
{
    struct pulse *pulse = argument;

    while (!atomic_load(&pulse->ended)) {
        struct pollfd polls[] = {{.fd = pulse->signals, .events = POLLIN},
                                 {.fd = pulse->wakes_pulse, .events = POLLIN}};

        poll(polls, 2, patience_ms(pulse));
        hush(pulse->wakes_pulse);
        hear_signals(pulse);
        enforce_limits(pulse);
        if (clock_now_ms() >= pulse->renew_at) {
            renew(pulse);
        }
        if (clock_now_ms() >= pulse->count_at) {
            count_jobs(pulse);
        }
    }
    forget(pulse);
    return NULL;
}

/* ------------------------------------------------- from the runner's thread */

static bool open_descriptors(struct pulse *pulse)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, WORKER_LEAVE);
    sigaddset(&set, WORKER_FINISH);
    sigprocmask(SIG_BLOCK, &set, NULL);
    /* Ctrl-C and a closed terminal reach the whole group: the master decides. */
    signal(SIGINT, SIG_IGN);
    signal(SIGHUP, SIG_IGN);
    pulse->signals = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
    pulse->wakes_pulse = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    pulse->wakes_runner = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    return pulse->signals >= 0 && pulse->wakes_pulse >= 0 &&
           pulse->wakes_runner >= 0;
}

bool pulse_start(struct pulse *pulse, char *problem, size_t size)
{
    pthread_attr_t attributes;
    sigset_t all;
    sigset_t before;
    int error;

    if (!settings_read_secret(pulse->settings->db_password_file,
                              pulse->password, sizeof(pulse->password), problem,
                              size)) {
        return false;
    }
    if (!open_descriptors(pulse)) {
        snprintf(problem, size, "cannot set up a runner: %s", strerror(errno));
        return false;
    }
    pulse->runner = pthread_self();
    pthread_mutex_init(&pulse->lock, NULL);
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, STACK_BYTES);
    /* Signals are for the runner's own thread. */
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    error = pthread_create(&pulse->thread, &attributes, beat, pulse);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attributes);
    if (error != 0) {
        snprintf(problem, size, "cannot set up a runner: %s", strerror(error));
    }
    return error == 0;
}

void pulse_stop(struct pulse *pulse)
{
    atomic_store(&pulse->ended, true);
    ring(pulse->wakes_pulse);
    pthread_join(pulse->thread, NULL);
    pthread_mutex_destroy(&pulse->lock);
    explicit_bzero(pulse->password, sizeof(pulse->password));
    close(pulse->signals);
    close(pulse->wakes_pulse);
    close(pulse->wakes_runner);
}

bool pulse_is_felt(const struct pulse *pulse)
{
    return clock_now_ms() < atomic_load(&pulse->alive_until);
}

void pulse_begin(struct pulse *pulse, const struct job *job)
{
    pthread_mutex_lock(&pulse->lock);
    pulse->job = job->id;
    pulse->claim = job->claim;
    pulse->job_until = clock_now_ms() + (int64_t)job->row->seconds * 1000;
    pthread_mutex_unlock(&pulse->lock);
    ring(pulse->wakes_pulse);
}

void pulse_end(struct pulse *pulse)
{
    /* Waits for a giving back that is under way, which does not return. */
    pthread_mutex_lock(&pulse->lock);
    pulse->job = 0;
    pthread_mutex_unlock(&pulse->lock);
}
