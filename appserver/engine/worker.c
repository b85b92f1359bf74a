/*
 * A worker. It waits by epoll for the listener, for the pool, for its kept
 * connections and for signals, and serves what is ready, one request at a
 * time, in plain blocking style.
 *
 * Connections outlive workers. Before a request that will take long, by what
 * its page took lately, all others move into the pool, from where siblings
 * take them; while one takes long unexpectedly, the minder moves those that
 * become ready. A worker that leaves puts all of them there. Only when the
 * whole server ends are connections closed, after they have been quiet for a
 * moment.
 *
 *     accept --> kept by a worker --> (slow neighbour, leaving, crash) --+
 *                      ^                                                 |
 *                      +-------- taken by an idle sibling <-- the pool <-+
 *
 * The minder's thread uses `connections` and `events` only while this thread
 * is between minder_begin() and minder_end().
 */

#include "worker.h"

#include <errno.h>
#include <fcgiapp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/random.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "access_log.h"
#include "allowance.h"
#include "app.h"
#include "arena.h"
#include "clients.h"
#include "clock.h"
#include "connection.h"
#include "csrf.h"
#include "database.h"
#include "dev.h"
#include "expensive.h"
#include "guard.h"
#include "head.h"
#include "intake.h"
#include "log.h"
#include "minder.h"
#include "overload.h"
#include "pace.h"
#include "sandbox.h"
#include "scoreboard.h"
#include "slow.h"
#include "spool.h"
#include "tags.h"

#define EVENTS_MAX 8 /* at a time, so that it soon looks at the others again */
#define LATE_EVENTS_MAX 512 /* at a time, when they have waited for long */
#define LATE_TURN_MS 5
#define POOL_BATCH 4
#define LATE_POOL_BATCH 64
#define ACCEPT_BATCH 64
#define QUIET_MS 200
#define IDLE_US 1000
#define STALL_CHECK_MS 250

struct worker {
    const struct worker_place *place;
    struct app app;
    struct arena arena;
    struct tags *tags;   /* NULL: none on this host */
    struct spool *spool; /* NULL: no form has a file */
    struct database *database;
    struct connection_worker lends;
    struct connection_list connections;
    struct connection *current; /* whose request is being handled */
    struct clients clients;
    struct pace pace;
    struct overload overload;
    struct csrf csrf;
    struct minder minder;
    struct epoll_event events[LATE_EVENTS_MAX];
    int event_next; /* the first one not handled yet */
    int event_count;
    unsigned char *head_buffer;
    int epoll;
    int signals;
    long requests_left; /* before it asks to be replaced; -1: never */
    struct own_memory own_memory;
    bool is_fat;    /* and has asked for that */
    bool leaving;   /* by WORKER_LEAVE */
    bool finishing; /* by WORKER_FINISH */
    int64_t finish_by;
};

/* What an event is about, when it is not a connection. */
static char listener_tag;
static char pool_tag;
static char signal_tag;
static char master_tag;

static bool is_connection(const void *what)
{
    return what != &listener_tag && what != &pool_tag && what != &signal_tag &&
           what != &master_tag;
}

static void report(const struct worker *worker, const char *line)
{
    size_t length = strlen(line);

    /* One write: the master reads whole lines. */
    if (write(worker->place->report_fd, line, length) != (ssize_t)length ||
        write(worker->place->report_fd, "\n", 1) != 1) {
        log_line(LOG_ERROR, "cannot report to the master: %s", strerror(errno));
    }
}

static bool watch(struct worker *worker, int fd, void *what, uint32_t events)
{
    struct epoll_event event = {.events = events, .data.ptr = what};

    return epoll_ctl(worker->epoll, EPOLL_CTL_ADD, fd, &event) == 0;
}

static void unwatch(struct worker *worker, int fd)
{
    epoll_ctl(worker->epoll, EPOLL_CTL_DEL, fd, NULL);
}

static void keep_connection(struct worker *worker, int fd)
{
    struct connection *connection =
        connection_open(&worker->connections, fd, worker->place->settings);

    if (connection == NULL) {
        log_line(LOG_ERROR, "cannot keep a connection: %s", strerror(errno));
        return;
    }
    if (!watch(worker, fd, connection, EPOLLIN)) {
        log_line(LOG_ERROR, "cannot watch a connection: %s", strerror(errno));
        connection_close(&worker->connections, connection);
    }
}

static bool accept_one(struct worker *worker)
{
    struct sockaddr_storage peer = {0};
    socklen_t length = sizeof(peer);
    int fd = accept4(worker->place->listener->fd, (struct sockaddr *)&peer,
                     &length, SOCK_CLOEXEC);

    if (fd < 0) {
        if (errno != EAGAIN && errno != EINTR && errno != ECONNABORTED) {
            log_line(LOG_ERROR, "accept: %s", strerror(errno));
        }
        return false;
    }
    if (!clients_allow(&worker->clients, &peer)) {
        log_line(LOG_WARN, "a peer that allowed-clients does not name was "
                           "hung up on");
        close(fd);
    } else {
        keep_connection(worker, fd);
    }
    return true;
}

static bool has_much_to_do(const struct worker *worker)
{
    return worker->event_count > 1 || worker->overload.is_late;
}

/*
 * An idle worker accepts one, so that its idle siblings get the next ones. Who
 * has much to do accepts many: in the kernel's queue they would wait for many
 * of its turns, and nobody could tell those that it is too late for.
 */
static void take_from_listener(struct worker *worker)
{
    int left = has_much_to_do(worker) ? ACCEPT_BATCH : 1;

    while (left-- > 0 && accept_one(worker)) {
    }
}

/* Likewise, but these were somebody's already: a few at a time. */
static void take_from_pool(struct worker *worker)
{
    int left = has_much_to_do(worker) ? POOL_BATCH : 1;
    int fd;

    left = worker->overload.is_late ? LATE_POOL_BATCH : left;

    while (left-- > 0 && (fd = pool_take(worker->place->pool)) >= 0) {
        keep_connection(worker, fd);
        score_taken();
    }
}

/* Moves a connection into the pool; false when there is no room. */
static bool give_away(struct worker *worker, struct connection *connection,
                      int wait_ms)
{
    if (!pool_give_waiting(worker->place->pool, connection_fd(connection),
                           wait_ms)) {
        return false;
    }
    connection_close(&worker->connections, connection);
    score_given();
    return true;
}

/*
 * While a head is incomplete its connection is watched for the arrival of
 * more (EPOLLET), not for being readable, which it is all the time.
 */
static uint32_t events_of(const struct connection *connection)
{
    return connection_is_waiting(connection) ? EPOLLIN | (uint32_t)EPOLLET
                                             : EPOLLIN;
}

static void set_waiting(struct worker *worker, struct connection *connection,
                        bool waits)
{
    if (connection_is_waiting(connection) != waits) {
        struct epoll_event event = {.data.ptr = connection};

        connection_set_waiting(&worker->connections, connection, waits);
        event.events = events_of(connection);
        epoll_ctl(worker->epoll, EPOLL_CTL_MOD, connection_fd(connection),
                  &event);
    }
}

/*
 * Somebody is idle. Or nobody is, and then one connection at a time may wait
 * in the pool, for whoever is done first: more would only lose their places in
 * the order in which they came.
 */
static bool may_hand_over(const struct worker *worker)
{
    return score_somebody_waits() || pool_is_empty(worker->place->pool);
}

/*
 * What is reported and not handled yet goes to siblings, as far as somebody
 * takes it; the rest is handled in its turn. The last goes first: who has
 * waited longest is next here, and would be last elsewhere. Returns whether
 * all went.
 */
static bool hand_over_events(struct worker *worker, struct epoll_event *events,
                             int count)
{
    int i;

    for (i = count - 1; i >= 0; i--) {
        struct connection *connection = events[i].data.ptr;

        if (connection != NULL && is_connection(connection) &&
            connection != worker->current) {
            if (!may_hand_over(worker) || !give_away(worker, connection, 0)) {
                return false;
            }
            events[i].data.ptr = NULL;
        }
    }
    return true;
}

static bool hand_over_reported(struct worker *worker)
{
    return hand_over_events(worker, worker->events + worker->event_next,
                            worker->event_count - worker->event_next);
}

/* What waits for the rest of a head is reported once (EPOLLET), unless asked. */
static void report_again(struct worker *worker, struct epoll_event *events,
                         int count)
{
    int i;

    for (i = 0; i < count; i++) {
        struct connection *connection = events[i].data.ptr;

        if (connection != NULL && is_connection(connection)) {
            events[i].events = events_of(connection);
            epoll_ctl(worker->epoll, EPOLL_CTL_MOD, connection_fd(connection),
                      &events[i]);
        }
    }
}

/*
 * The minder's: what is ready besides the request that takes so long goes to
 * siblings, and expensive work does not yield for ever.
 */
static void mind_slow_request(void *context)
{
    struct worker *worker = context;
    struct epoll_event ready[EVENTS_MAX];
    int count;

    expensive_mind(worker->place->expensive);
    if (!hand_over_reported(worker)) {
        return;
    }
    count = epoll_wait(worker->epoll, ready, EVENTS_MAX, 0);
    if (!hand_over_events(worker, ready, count)) {
        report_again(worker, ready, count);
    }
}

/* A request is about to take long: siblings get all others at once. */
static void step_aside(void *context)
{
    struct worker *worker = context;
    struct connection *connection;
    struct connection *next;
    bool good;

    minder_lock(&worker->minder);
    good = hand_over_reported(worker);
    for (connection = worker->connections.first; good && connection != NULL;
         connection = next) {
        next = connection_next(connection);
        good = connection == worker->current ||
               (may_hand_over(worker) && give_away(worker, connection, 0));
    }
    minder_unlock(&worker->minder);
}

/* It has served its share, or it keeps too much of what requests left. */
static void ask_to_be_replaced(struct worker *worker)
{
    size_t mib = 0;

    if (worker->requests_left > 0) {
        worker->requests_left--;
        if (worker->requests_left == 0) {
            report(worker, WORKER_REPLACE);
        }
    }
    if (!worker->is_fat && allowance_is_passed(&worker->own_memory, &mib)) {
        worker->is_fat = true;
        log_line(LOG_WARN,
                 "the worker keeps %zu MiB of memory between two requests "
                 "(recycle-memory-mib): another one takes its place",
                 mib);
        report(worker, WORKER_REPLACE);
    }
}

static void serve(struct worker *worker, struct connection *connection)
{
    enum connection_state state;
    int64_t since = clock_now_us();

    worker->current = connection;
    minder_begin(&worker->minder, since / 1000);
    state = connection_serve(connection, &worker->lends, since);
    minder_end(&worker->minder);
    worker->current = NULL;
    if (state == CONNECTION_ENDED) {
        connection_close(&worker->connections, connection);
    } else {
        set_waiting(worker, connection, state == CONNECTION_WAITING);
    }
    ask_to_be_replaced(worker);
}

static void begin_finishing(struct worker *worker)
{
    if (worker->finishing) {
        return;
    }
    worker->finishing = true;
    worker->finish_by =
        clock_now_ms() + (int64_t)worker->place->settings->drain_seconds * 1000;
    /* Closed, so that who starts next finds nobody listening. */
    unwatch(worker, worker->place->listener->fd);
    close(worker->place->listener->fd);
}

static void hear_signals(struct worker *worker)
{
    struct signalfd_siginfo info;

    while (read(worker->signals, &info, sizeof(info)) ==
           (ssize_t)sizeof(info)) {
        if (info.ssi_signo == WORKER_LEAVE) {
            worker->leaving = true;
        } else if (info.ssi_signo == WORKER_REOPEN) {
            access_log_reopen();
        } else {
            begin_finishing(worker);
        }
    }
}

static void handle(struct worker *worker, void *what)
{
    if (what == NULL) {
        return; /* a sibling has it */
    }
    if (what == &listener_tag) {
        take_from_listener(worker);
    } else if (what == &pool_tag) {
        take_from_pool(worker);
    } else if (what == &signal_tag) {
        hear_signals(worker);
    } else if (what == &master_tag) {
        /* The other end of our reports is closed: the master was killed. */
        unwatch(worker, worker->place->report_fd);
        begin_finishing(worker);
    } else {
        serve(worker, what);
    }
}

static bool has_ended(const struct worker *worker)
{
    return worker->leaving ||
           (worker->finishing &&
            (worker->event_count == 0 || clock_now_ms() >= worker->finish_by));
}

static int patience_ms(const struct worker *worker)
{
    if (worker->finishing) {
        return QUIET_MS;
    }
    return worker->connections.waiting > 0 ? STALL_CHECK_MS : -1;
}

/* What is not about a request comes first, then who arrived first. */
static int compare_arrivals(const void *a, const void *b, void *context)
{
    unsigned char *buffer = context;
    void *first = ((const struct epoll_event *)a)->data.ptr;
    void *second = ((const struct epoll_event *)b)->data.ptr;
    int64_t arrived =
        is_connection(first) ? connection_arrival(first, buffer) : 0;
    int64_t other =
        is_connection(second) ? connection_arrival(second, buffer) : 0;

    return (arrived > other) - (arrived < other);
}

/*
 * The next events. When requests have waited for long (overload.h), that is
 * all there are, also those that nobody has accepted yet, in their order.
 */
static void await_events(struct worker *worker)
{
    bool is_late = worker->overload.is_late;
    int64_t before;

    worker->event_next = 0;
    if (is_late && !worker->finishing) {
        take_from_listener(worker);
        take_from_pool(worker);
    }
    before = clock_now_us();
    score_waits(true);
    worker->event_count =
        epoll_wait(worker->epoll, worker->events,
                   is_late ? LATE_EVENTS_MAX : EVENTS_MAX, patience_ms(worker));
    score_waits(false);
    /* What comes now on a connection of ours did not wait for us. */
    worker->overload.was_idle = worker->event_count > 0 &&
                                is_connection(worker->events[0].data.ptr) &&
                                clock_now_us() - before > IDLE_US;
    if (is_late && worker->event_count > 1) {
        qsort_r(worker->events, (size_t)worker->event_count,
                sizeof(worker->events[0]), compare_arrivals,
                worker->head_buffer);
    }
}

/* All that is ready is looked at anew, before the oldest have become older. */
static bool is_time_to_look_again(const struct worker *worker, int64_t since_us)
{
    return worker->overload.is_late &&
           clock_now_us() - since_us > LATE_TURN_MS * 1000;
}

/* The kernel reports again what is ready, but for what waits for its rest. */
static void leave_the_rest(struct worker *worker)
{
    for (; worker->event_next < worker->event_count; worker->event_next++) {
        struct epoll_event *event = &worker->events[worker->event_next];
        struct connection *connection = event->data.ptr;

        if (connection != NULL && is_connection(connection) &&
            connection_is_waiting(connection)) {
            report_again(worker, event, 1);
        }
    }
}

static void loop(struct worker *worker)
{
    while (!has_ended(worker)) {
        int64_t since;

        await_events(worker);
        if (worker->event_count < 0) {
            if (errno != EINTR) {
                log_line(LOG_ERROR, "epoll_wait: %s", strerror(errno));
                return;
            }
            worker->event_count = 1; /* nothing, and not the end */
            continue;
        }
        since = clock_now_us();
        while (worker->event_next < worker->event_count) {
            handle(worker, worker->events[worker->event_next++].data.ptr);
            if (is_time_to_look_again(worker, since)) {
                leave_the_rest(worker);
            }
        }
        if (worker->connections.waiting > 0) {
            connection_close_stalled(&worker->connections,
                                     worker->place->settings);
        }
    }
}

/* Nothing that nginx may be writing to is closed: siblings take it all. */
static void leave(struct worker *worker)
{
    int64_t until =
        clock_now_ms() + (int64_t)worker->place->settings->drain_seconds * 1000;

    while (worker->connections.first != NULL) {
        int64_t left = until - clock_now_ms();

        if (left <= 0 ||
            !give_away(worker, worker->connections.first, (int)left)) {
            log_line(LOG_ERROR,
                     "%u connections were closed: no sibling took "
                     "them in time",
                     worker->connections.count);
            return;
        }
    }
}

static bool open_signals(struct worker *worker)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, WORKER_LEAVE);
    sigaddset(&set, WORKER_FINISH);
    sigaddset(&set, WORKER_REOPEN);
    sigprocmask(SIG_BLOCK, &set, NULL);
    /* Ctrl-C and a closed terminal reach the whole group: the master decides. */
    signal(SIGINT, SIG_IGN);
    signal(SIGHUP, SIG_IGN);
    worker->signals = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
    return worker->signals >= 0;
}

/* Up to a quarter fewer, so that siblings do not all leave at once. */
static long requests_to_serve(const struct settings *settings)
{
    unsigned random = 0;

    if (settings->max_requests == 0) {
        return -1;
    }
    if (getrandom(&random, sizeof(random), 0) != (ssize_t)sizeof(random)) {
        random = (unsigned)getpid();
    }
    return settings->max_requests -
           (long)(random % ((unsigned)settings->max_requests / 4 + 1));
}

/* Without the mapping nothing is cached, and everything else goes on. */
static void open_tags(struct worker *worker)
{
    const char *file = worker->place->settings->tags_file;
    char problem[512];

    if (file[0] == '\0') {
        return;
    }
    worker->tags = tags_open(file, problem, sizeof(problem));
    if (worker->tags == NULL) {
        log_line(LOG_ERROR, "tags are not bumped here: %s", problem);
        return;
    }
    database_set_tags(worker->database, worker->tags);
}

static bool load(struct worker *worker, char *problem, size_t size)
{
    const struct settings *settings = worker->place->settings;

    if (!clients_read(&worker->clients, settings->allowed_clients, problem,
                      size) ||
        !app_load(&worker->app, settings->site, problem, size) ||
        !csrf_load(&worker->csrf, settings, worker->app.table, problem, size)) {
        return false;
    }
    worker->database =
        database_make(settings, worker->app.table->statements,
                      worker->app.table->statement_count, problem, size);
    if (worker->database == NULL) {
        return false;
    }
    database_set_bells(worker->database, worker->place->bells);
    if (app_takes_files(&worker->app)) {
        worker->spool = spool_open(settings, problem, size);
        if (worker->spool == NULL) {
            return false;
        }
    }
    dev_begin(settings);
    open_tags(worker);
    worker->head_buffer = malloc(HEAD_BYTES_MAX);
    if (worker->head_buffer == NULL ||
        !pace_init(&worker->pace, worker->app.page_count)) {
        snprintf(problem, size, "out of memory");
        return false;
    }
    arena_init(&worker->arena,
               (size_t)settings->request_memory_mib * 1024 * 1024);
    worker->lends = (struct connection_worker){
        .app = &worker->app,
        .database = worker->database,
        .expensive = worker->place->expensive,
        .arena = &worker->arena,
        .settings = settings,
        .head_buffer = worker->head_buffer,
        .pace = &worker->pace,
        .overload = &worker->overload,
        .csrf = &worker->csrf,
        .spool = worker->spool,
        .pictures = worker->place->pictures,
        .aside = {step_aside, worker},
    };
    worker->overload.limit_ms = settings->wait_limit_ms;
    worker->requests_left = requests_to_serve(settings);
    return access_log_open(settings->access_log, problem, size) &&
           allowance_of_files(settings, problem, size) &&
           allowance_watch(&worker->own_memory, settings->recycle_memory_mib,
                           problem, size);
}

/* AddressSanitizer looks for leaks by calls that no page needs. */
static bool close_the_door(const struct settings *settings, char *problem,
                           size_t size)
{
#ifdef __SANITIZE_ADDRESS__
    (void)settings;
    (void)problem;
    (void)size;
    return true;
#else
    return settings->sandbox == 0 ||
           sandbox_enter(settings->sandbox_allow, problem, size);
#endif
}

static bool set_up(struct worker *worker, char *problem, size_t size)
{
    const struct worker_place *place = worker->place;

    intake_set_pace(place->settings->body_rate,
                    place->settings->io_seconds * 1000);
    worker->epoll = epoll_create1(EPOLL_CLOEXEC);
    worker->connections.epoll = worker->epoll;
    if (!allowance_of_memory(place->settings) || worker->epoll < 0 ||
        !open_signals(worker) || FCGX_Init() != 0 ||
        !guard_install(&worker->app, place->pool) ||
        !slow_install(place->settings->slow_ms) ||
        !minder_start(&worker->minder, place->settings->request_seconds * 1000,
                      mind_slow_request, worker) ||
        !watch(worker, worker->signals, &signal_tag, EPOLLIN) ||
        !watch(worker, worker->place->report_fd, &master_tag, 0) ||
        !watch(worker, place->pool->take_fd, &pool_tag,
               EPOLLIN | EPOLLEXCLUSIVE) ||
        !watch(worker, place->listener->fd, &listener_tag,
               EPOLLIN | EPOLLEXCLUSIVE)) {
        snprintf(problem, size, "cannot set up a worker: %s", strerror(errno));
        return false;
    }
    return true;
}

static void clean_up(struct worker *worker)
{
    minder_stop(&worker->minder);
    guard_free();
    while (worker->connections.first != NULL) {
        connection_close(&worker->connections, worker->connections.first);
    }
    free(worker->head_buffer);
    pace_free(&worker->pace);
    database_free(worker->database);
    spool_close(worker->spool);
    tags_close(worker->tags);
    arena_free(&worker->arena);
    allowance_forget(&worker->own_memory);
    app_unload(&worker->app);
}

int worker_run(const struct worker_place *place)
{
    struct worker worker = {
        .place = place, .epoll = -1, .signals = -1, .own_memory = {.fd = -1}};
    char problem[1024];

    log_name_process("worker");
    if (!load(&worker, problem, sizeof(problem)) ||
        !set_up(&worker, problem, sizeof(problem)) ||
        !close_the_door(place->settings, problem, sizeof(problem))) {
        report(&worker, problem);
        return EXIT_FAILURE;
    }
    if (app_takes_pictures(&worker.app)) {
        report(&worker, WORKER_PICTURES);
    }
    score_state(SCORE_IDLE);
    report(&worker, WORKER_READY);
    loop(&worker);
    score_state(SCORE_LEAVING);
    if (worker.leaving) {
        leave(&worker);
    }
    clean_up(&worker);
    return EXIT_SUCCESS;
}
