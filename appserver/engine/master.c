/*
 * The master. It waits for signals and for what its workers report:
 *
 *     STARTING --"ready"--> READY --"replace"--> RETIRING
 *        |                    |                     |
 *        | a reason           | a reload, the end   | another is ready
 *        v                    v                     v
 *     LEAVING <---------------+---------------------+      ... gone
 *
 * A worker that retires serves on until its replacement is ready. One that
 * dies is replaced, whatever it was doing.
 *
 * A reload starts a whole new generation beside the old one. When all of it
 * is ready the old one is asked to leave; when one of it fails, the new ones
 * leave and the old generation stays.
 */

#include "master.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bells.h"
#include "clock.h"
#include "expensive.h"
#include "guard.h"
#include "keeper.h"
#include "log.h"
#include "mailer.h"
#include "manager.h"
#include "notify.h"
#include "pictures.h"
#include "pool.h"
#include "runner.h"
#include "scoreboard.h"
#include "status.h"
#include "worker.h"

#define START_LIMIT_MS 30000
#define KILL_GRACE_MS 2000
#define ATTENDANT_PAUSE_MS 1000
#define ATTENDANT_PAUSE_MOST_MS 60000
#define ATTENDANT_GRACE_MS 15000 /* a statement of theirs may be under way */
#define SLOTS_LEAST 64 /* room for a reload that brings more workers */
#define PAUSE_FIRST_MS 100
#define PAUSE_MOST_MS 5000

enum state {
    STARTING,
    READY,
    RETIRING,
    LEAVING
};

struct child {
    pid_t pid; /* 0: this slot is free */
    enum state state;
    unsigned generation;
    int report_fd;   /* -1: it closed its end */
    int64_t since;   /* when it was started, or told to leave */
    char line[1024]; /* what it reports, up to now */
    size_t line_length;
};

/*
 * Processes beside the workers, each restarted when it ends. From
 * ATTENDANT_RUNNER on they are the runners of jobs.
 */
enum attendant_kind {
    ATTENDANT_KEEPER,
    ATTENDANT_STATUS,
    ATTENDANT_PICTURES,
    ATTENDANT_MAILER,
    ATTENDANT_RUNNER
};

#define ATTENDANT_COUNT UPGRADE_ATTENDANTS_MAX

struct attendant {
    pid_t pid; /* 0: it does not run */
    int64_t not_before;
    int64_t pause_ms; /* after ends that say that it cannot work */
    int64_t told_at;  /* to leave; 0: it was not */
};

struct master {
    const struct master_place *place;
    const struct settings *settings; /* of the newest generation */
    struct settings read[2];         /* by reloads; the settings in turn */
    const struct settings *proven;   /* of the generation that serves */
    struct pool pool;
    struct expensive expensive;
    struct bells bells;
    struct pictures pictures;
    struct scoreboard *board;
    struct manager manager;
    struct child *children;
    struct pollfd *polls;
    size_t slots;
    int signals;
    unsigned generation; /* the one that serves */
    unsigned newest;     /* above `generation` while a reload is under way */
    bool stopping;
    bool started;        /* the first generation was ready once */
    bool wants_pictures; /* a worker said so */
    int exit_status;
    struct attendant attendants[ATTENDANT_COUNT];
    pid_t proof;         /* a new program that is tried; 0: none */
    int proof_said;      /* what it says */
    int old_program;     /* until the new one's workers are ready; -1: none */
    int64_t watchdog_ms; /* how often we say that we live; 0: never */
    int64_t alive_at;    /* when we do so again */
    int64_t pause_ms;    /* before a worker that died young is replaced */
    int64_t not_before;
};

static unsigned count(const struct master *master, unsigned generation,
                      enum state state)
{
    unsigned found = 0;
    size_t i;

    for (i = 0; i < master->slots; i++) {
        const struct child *child = &master->children[i];

        found += child->pid != 0 && child->generation == generation &&
                 child->state == state;
    }
    return found;
}

static unsigned count_all(const struct master *master)
{
    unsigned found = 0;
    size_t i;

    for (i = 0; i < master->slots; i++) {
        found += master->children[i].pid != 0;
    }
    return found;
}

/* What every child does first. */
static void leave_master(const struct master *master, pid_t parent)
{
    sigset_t set;
    size_t i;

    prctl(PR_SET_PDEATHSIG, WORKER_FINISH);
    if (getppid() != parent) {
        _exit(EXIT_FAILURE); /* the master ended meanwhile */
    }
    for (i = 0; i < master->slots; i++) {
        if (master->children[i].pid != 0 &&
            master->children[i].report_fd >= 0) {
            close(master->children[i].report_fd);
        }
    }
    close(master->signals);
    if (master->old_program >= 0) {
        close(master->old_program);
    }
    /* These wait until the child is ready to hear them. */
    sigemptyset(&set);
    sigaddset(&set, WORKER_LEAVE);
    sigaddset(&set, WORKER_FINISH);
    sigaddset(&set, WORKER_REOPEN);
    sigprocmask(SIG_SETMASK, &set, NULL);
}

/* The child's side of a fork. */
static _Noreturn void become_worker(struct master *master, size_t slot,
                                    int report_fd, pid_t parent)
{
    struct worker_place place = {.settings = master->settings,
                                 .listener = master->place->listener,
                                 .pool = &master->pool,
                                 .expensive = &master->expensive,
                                 .bells = &master->bells,
                                 .pictures = &master->pictures,
                                 .report_fd = report_fd};

    leave_master(master, parent);
    score_join(master->board, slot);
    exit(worker_run(&place));
}

static bool is_wanted(const struct master *master, int kind)
{
    const struct settings *settings = master->proven;

    if (kind == ATTENDANT_KEEPER) {
        return settings->tags_file[0] != '\0';
    }
    if (kind == ATTENDANT_STATUS) {
        return master->place->status_listener != NULL;
    }
    if (kind == ATTENDANT_PICTURES) {
        return master->wants_pictures;
    }
    /* These only beside an application that has been loaded once. */
    if (!master->started ||
        (settings->db_socket[0] == '\0' && settings->db_host[0] == '\0')) {
        return false;
    }
    if (kind == ATTENDANT_MAILER) {
        return settings->smtp_url[0] != '\0';
    }
    return kind - ATTENDANT_RUNNER < settings->job_workers;
}

static int run_status(const struct master *master)
{
    struct status_place place = {.board = master->board,
                                 .listener = master->place->status_listener,
                                 .served = master->place->listener};

    return status_run(&place);
}

static int run_mailer(const struct master *master)
{
    struct mailer_place place = {.settings = master->proven,
                                 .bells = &master->bells,
                                 .server = master->board->server};

    return mailer_run(&place);
}

static int run_jobs(struct master *master, int kind)
{
    struct runner_place place = {.settings = master->proven,
                                 .pool = &master->pool,
                                 .expensive = &master->expensive,
                                 .bells = &master->bells,
                                 .board = master->board,
                                 .index = (unsigned)(kind - ATTENDANT_RUNNER)};

    return runner_run(&place);
}

static _Noreturn void become_attendant(struct master *master, int kind,
                                       pid_t parent)
{
    leave_master(master, parent);
    switch (kind) {
    case ATTENDANT_KEEPER:
        exit(keeper_run(master->proven));
    case ATTENDANT_STATUS:
        exit(run_status(master));
    case ATTENDANT_PICTURES:
        exit(picture_helper_run(&master->pictures, master->proven));
    case ATTENDANT_MAILER:
        exit(run_mailer(master));
    default:
        exit(run_jobs(master, kind));
    }
}

static void start_attendants(struct master *master)
{
    pid_t parent = getpid();
    int64_t now = clock_now_ms();
    int kind;

    for (kind = 0; kind < ATTENDANT_COUNT && !master->stopping; kind++) {
        struct attendant *attendant = &master->attendants[kind];

        if (attendant->pid != 0 || now < attendant->not_before ||
            !is_wanted(master, kind)) {
            continue;
        }
        attendant->pid = fork();
        if (attendant->pid == 0) {
            become_attendant(master, kind, parent);
        }
        if (attendant->pid < 0) {
            attendant->pid = 0;
        }
        /* Should it end, it is not started again at once. */
        attendant->not_before = now + ATTENDANT_PAUSE_MS;
        attendant->told_at = 0;
    }
}

/* Workers that finish their last requests may need a picture for them. */
static bool is_still_needed(const struct master *master, int kind)
{
    return kind == ATTENDANT_PICTURES && master->stopping &&
           count_all(master) > 0;
}

static void end_attendants(struct master *master)
{
    int kind;

    for (kind = 0; kind < ATTENDANT_COUNT; kind++) {
        if (master->attendants[kind].pid != 0 &&
            !is_still_needed(master, kind)) {
            kill(master->attendants[kind].pid, SIGTERM);
            if (master->attendants[kind].told_at == 0) {
                master->attendants[kind].told_at = clock_now_ms();
            }
        }
    }
}

static bool attendants_run(const struct master *master)
{
    int kind;

    for (kind = 0; kind < ATTENDANT_COUNT; kind++) {
        if (master->attendants[kind].pid != 0) {
            return true;
        }
    }
    return false;
}

static bool start_worker(struct master *master, unsigned generation)
{
    struct child *child = NULL;
    pid_t parent = getpid();
    int report[2];
    size_t slot;
    pid_t pid;
    size_t i;

    for (i = 0; i < master->slots && child == NULL; i++) {
        if (master->children[i].pid == 0) {
            child = &master->children[i];
        }
    }
    if (child == NULL || pipe2(report, O_CLOEXEC | O_NONBLOCK) != 0) {
        return false;
    }
    slot = (size_t)(child - master->children);
    scoreboard_take(master->board, slot, generation);
    pid = fork();
    if (pid == 0) {
        close(report[0]);
        become_worker(master, slot, report[1], parent);
    }
    close(report[1]);
    if (pid < 0) {
        log_line(LOG_ERROR, "cannot start a worker: %s", strerror(errno));
        scoreboard_release(master->board, slot);
        close(report[0]);
        return false;
    }
    atomic_fetch_add(&master->board->started, 1);
    *child = (struct child){.pid = pid,
                            .generation = generation,
                            .report_fd = report[0],
                            .since = clock_now_ms()};
    return true;
}

static void tell(struct child *child, int signal)
{
    if (child->state != LEAVING) {
        child->state = LEAVING;
        child->since = clock_now_ms();
    }
    kill(child->pid, signal);
}

static void tell_generation(struct master *master, unsigned generation)
{
    size_t i;

    for (i = 0; i < master->slots; i++) {
        struct child *child = &master->children[i];

        if (child->pid != 0 && child->generation == generation) {
            tell(child, WORKER_LEAVE);
        }
    }
}

static void stop(struct master *master, int exit_status)
{
    size_t i;

    master->stopping = true;
    master->exit_status = exit_status;
    notify_stopping();
    end_attendants(master);
    for (i = 0; i < master->slots; i++) {
        if (master->children[i].pid != 0) {
            tell(&master->children[i], WORKER_FINISH);
        }
    }
}

/* What another program needs to go on with. The caller frees it. */
static bool describe(const struct master *master, struct upgrade_state *state)
{
    size_t i;

    *state = (struct upgrade_state){
        .listener = *master->place->listener,
        .status_listener = {.fd = -1},
        .give_fd = master->pool.give_fd,
        .take_fd = master->pool.take_fd,
        .expensive_fd = master->expensive.fd,
        .picture_ask_fd = master->pictures.ask_fd,
        .picture_serve_fd = master->pictures.serve_fd,
        .picture_helper = master->attendants[ATTENDANT_PICTURES].pid,
        .board_fd = master->board->fd,
        .bells = master->bells,
        .slots = master->slots,
        .generation = master->generation,
        .old_program = master->old_program,
        .children = calloc(master->slots, sizeof(*state->children))};
    if (state->children == NULL) {
        return false;
    }
    if (master->place->status_listener != NULL) {
        state->status_listener = *master->place->status_listener;
    }
    for (i = 0; i < ATTENDANT_COUNT; i++) {
        state->attendants[i] = master->attendants[i].pid;
    }
    for (i = 0; i < master->slots; i++) {
        const struct child *child = &master->children[i];

        if (child->pid != 0) {
            state->children[state->child_count++] =
                (struct upgrade_child){.slot = i,
                                       .pid = child->pid,
                                       .generation = child->generation,
                                       .state = (int)child->state,
                                       .report_fd = child->report_fd};
        }
    }
    return true;
}

static void refuse_upgrade(const struct master *master, const char *reason)
{
    log_line(LOG_ERROR, "the upgrade was refused, the old program stays: %s",
             reason);
    scoreboard_note_refusal(master->board, reason);
    atomic_fetch_add(&master->board->refused_upgrades, 1);
    notify_status("the last upgrade was refused: %s", reason);
    notify_ready();
}

/* Returns only if it stays this program. */
static void become_other(struct master *master, bool old, const char *reason)
{
    struct upgrade_state state;
    char problem[256] = "out of memory";

    if (describe(master, &state)) {
        if (old) {
            snprintf(state.reason, sizeof(state.reason), "%s", reason);
            upgrade_become_old(&state, problem, sizeof(problem));
        } else {
            log_line(LOG_INFO, "this process becomes the new program");
            upgrade_become_new(&state, problem, sizeof(problem));
        }
    }
    upgrade_free(&state);
    refuse_upgrade(master, problem);
}

static void refuse_reload(const struct master *master, const char *reason)
{
    log_line(LOG_ERROR, "the reload was refused, the old workers stay: %s",
             reason);
    scoreboard_note_refusal(master->board, reason);
    atomic_fetch_add(&master->board->refused_reloads, 1);
    notify_status("the last reload was refused: %s", reason);
    notify_ready();
}

/* A worker of the newest generation cannot work. */
static void refuse_generation(struct master *master, const char *reason)
{
    if (!master->started) {
        log_line(LOG_ERROR, "cannot start: %s", reason);
        stop(master, EXIT_FAILURE);
        return;
    }
    if (master->newest == master->generation) {
        /* A replacement failed; the back-off brings the next one. */
        log_line(LOG_ERROR, "a worker cannot start: %s", reason);
        return;
    }
    tell_generation(master, master->newest);
    master->newest = master->generation;
    master->settings = master->proven;
    if (master->old_program >= 0) {
        become_other(master, true, reason);
    } else {
        refuse_reload(master, reason);
    }
}

/* The whole newest generation is ready: the one before may leave. */
static void promote(struct master *master)
{
    unsigned old = master->generation;

    if (!master->started) {
        master->started = true;
        log_line(LOG_INFO, "the workers are ready: %u", master->manager.wanted);
        notify_ready();
    } else if (master->newest != old) {
        log_line(LOG_INFO, "the new workers are ready, the old ones leave");
        notify_ready();
        tell_generation(master, old);
        if (master->old_program >= 0) {
            close(master->old_program);
            master->old_program = -1;
            atomic_fetch_add(&master->board->upgrades, 1);
        } else {
            atomic_fetch_add(&master->board->reloads, 1);
        }
        atomic_store(&master->board->reloaded, (int64_t)time(NULL));
        /* New ones follow. So a reload leaves none of the processes that
           were there: whoever waits for that need not tell them apart. */
        end_attendants(master);
    }
    master->generation = master->newest;
    master->proven = master->settings;
    atomic_store(&master->board->generation, master->generation);
}

/* Lets those leave that asked for a replacement, one a new worker. */
static void relieve(struct master *master)
{
    size_t i;

    for (i = 0; i < master->slots; i++) {
        struct child *child = &master->children[i];

        if (child->pid != 0 && child->state == RETIRING &&
            child->generation == master->generation) {
            tell(child, WORKER_LEAVE);
            atomic_fetch_add(&master->board->replaced, 1);
            return;
        }
    }
}

static void become_ready(struct master *master, struct child *child)
{
    child->state = READY;
    if (child->generation != master->newest) {
        return;
    }
    if (master->started && master->newest == master->generation) {
        relieve(master);
    } else if (count(master, master->newest, READY) +
                   count(master, master->newest, RETIRING) >=
               master->manager.wanted) {
        promote(master);
    }
}

static void hear_line(struct master *master, struct child *child)
{
    if (strcmp(child->line, WORKER_READY) == 0) {
        if (child->state == STARTING) {
            become_ready(master, child);
        }
    } else if (strcmp(child->line, WORKER_PICTURES) == 0) {
        master->wants_pictures = true;
    } else if (strcmp(child->line, WORKER_REPLACE) == 0) {
        if (child->state == READY) {
            child->state = RETIRING;
            log_line(LOG_DEBUG,
                     "worker %d has served its share: another is "
                     "started",
                     (int)child->pid);
        }
    } else if (child->state == STARTING) {
        child->state = LEAVING;
        refuse_generation(master, child->line);
    }
}

/* Reads what there is; lines may come in pieces. */
static void hear_report(struct master *master, struct child *child)
{
    ssize_t got = read(child->report_fd, child->line + child->line_length,
                       sizeof(child->line) - 1 - child->line_length);
    char *newline;

    if (got < 0 && (errno == EAGAIN || errno == EINTR)) {
        return;
    }
    if (got <= 0) {
        close(child->report_fd);
        child->report_fd = -1;
        return;
    }
    child->line_length += (size_t)got;
    child->line[child->line_length] = '\0';
    while ((newline = strchr(child->line, '\n')) != NULL) {
        size_t rest = strlen(newline + 1);

        *newline = '\0';
        hear_line(master, child);
        memmove(child->line, newline + 1, rest + 1);
        child->line_length = rest;
    }
    if (child->line_length == sizeof(child->line) - 1) {
        child->line_length = 0; /* longer than any line of ours */
    }
}

static void say_end(const struct master *master, const struct child *child,
                    pid_t pid, int status)
{
    if (WIFSIGNALED(status)) {
        atomic_fetch_add(WTERMSIG(status) == SIGKILL ? &master->board->killed
                                                     : &master->board->crashed,
                         1);
        log_line(LOG_ERROR, "worker %d was ended by signal %d (%s)%s", (int)pid,
                 WTERMSIG(status), strsignal(WTERMSIG(status)),
                 WCOREDUMP(status) ? ", core dumped" : "");
    } else if (WEXITSTATUS(status) == GUARD_EXIT_TIME_LIMIT) {
        atomic_fetch_add(&master->board->time_limits, 1);
        log_line(LOG_WARN, "worker %d ended itself at its request's time limit",
                 (int)pid);
    } else if (WEXITSTATUS(status) != 0 && child->state != LEAVING) {
        atomic_fetch_add(&master->board->crashed, 1);
        log_line(LOG_ERROR, "worker %d ended with status %d", (int)pid,
                 WEXITSTATUS(status));
    }
}

/* Bad starts are repeated ever more slowly. */
static void back_off(struct master *master)
{
    master->pause_ms =
        clock_back_off(master->pause_ms, PAUSE_FIRST_MS, PAUSE_MOST_MS);
    master->not_before = clock_now_ms() + master->pause_ms;
}

/*
 * It is gone before its last words are heard: when these make us another
 * program, that one must not wait for it, nor signal whoever has its pid then.
 */
static void bury(struct master *master, struct child *child, int status)
{
    pid_t pid = child->pid;

    child->pid = 0;
    scoreboard_release(master->board, (size_t)(child - master->children));
    if (child->report_fd >= 0) {
        hear_report(master, child);
    }
    say_end(master, child, pid, status);
    if (child->report_fd >= 0) {
        close(child->report_fd);
    }
    if (child->state == STARTING && !master->stopping) {
        refuse_generation(master, "a worker died while it started");
    }
    if (child->state == STARTING || (child->state == LEAVING && status != 0)) {
        back_off(master);
    } else {
        master->pause_ms = 0;
    }
}

/* One that cannot work says why; it need not say so each second. */
static void pause_attendant(struct attendant *attendant, int status)
{
    if (!WIFEXITED(status) || WEXITSTATUS(status) != EXIT_FAILURE) {
        attendant->pause_ms = 0;
        return;
    }
    attendant->pause_ms = clock_back_off(
        attendant->pause_ms, ATTENDANT_PAUSE_MS, ATTENDANT_PAUSE_MOST_MS);
    attendant->not_before = clock_now_ms() + attendant->pause_ms;
}

static void forget_attendant(struct master *master, pid_t pid, int status)
{
    int kind;

    for (kind = 0; kind < ATTENDANT_COUNT; kind++) {
        if (master->attendants[kind].pid == pid) {
            master->attendants[kind].pid = 0;
            pause_attendant(&master->attendants[kind], status);
            if (WIFSIGNALED(status)) {
                log_line(LOG_ERROR,
                         "process %d beside the workers was ended by signal "
                         "%d (%s)",
                         (int)pid, WTERMSIG(status),
                         strsignal(WTERMSIG(status)));
            }
        }
    }
}

/* The new program was tried in a child, and that has ended. */
static void end_proof(struct master *master, int status)
{
    char reason[UPGRADE_REASON_MAX];
    bool good = WIFEXITED(status) && WEXITSTATUS(status) == EXIT_SUCCESS;

    upgrade_read_reason(master->proof_said, status, reason, sizeof(reason));
    close(master->proof_said);
    master->proof = 0;
    if (master->stopping) {
        return;
    }
    if (good) {
        become_other(master, false, "");
    } else {
        refuse_upgrade(master, reason);
    }
}

static void reap(struct master *master)
{
    pid_t pid;
    int status;
    size_t i;

    while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
        forget_attendant(master, pid, status);
        if (pid == master->proof) {
            end_proof(master, status);
        }
        for (i = 0; i < master->slots; i++) {
            if (master->children[i].pid == pid) {
                bury(master, &master->children[i], status);
                break;
            }
        }
    }
}

/* Settings that a running server cannot change. */
static bool can_change(const struct master *master,
                       const struct settings *settings, char *problem,
                       size_t size)
{
    const struct settings *now = master->proven;

    if (strcmp(now->listen, settings->listen) != 0 ||
        strcmp(now->status_listen, settings->status_listen) != 0) {
        snprintf(problem, size,
                 "listen and status-listen change by a restart only");
        return false;
    }
    if ((size_t)settings->workers * 2 > master->slots) {
        snprintf(problem, size, "more than %zu workers need a restart",
                 master->slots / 2);
        return false;
    }
    return true;
}

/* Reads the settings anew, into the place that is not in use. */
static bool read_settings(struct master *master, char *problem, size_t size)
{
    struct settings *fresh = master->proven == &master->read[0]
                                 ? &master->read[1]
                                 : &master->read[0];

    settings_free(fresh);
    if (!master->place->read_settings(fresh, master->place->source, problem,
                                      size) ||
        !can_change(master, fresh, problem, size)) {
        return false;
    }
    master->settings = fresh;
    return true;
}

/* Neither a reload nor an upgrade is under way, nor the beginning or end. */
static bool is_calm(const struct master *master)
{
    return !master->stopping && master->started &&
           master->newest == master->generation && master->proof == 0;
}

/* First the new program is tried in a child; end_proof() goes on. */
static void upgrade(struct master *master)
{
    pid_t pid;

    if (!is_calm(master)) {
        log_line(LOG_WARN, "a reload or an upgrade is under way already");
        return;
    }
    log_line(LOG_INFO, "trying the new program");
    notify_reloading();
    pid = upgrade_prove(&master->proof_said);
    if (pid < 0) {
        refuse_upgrade(master, strerror(errno));
    } else {
        master->proof = pid;
    }
}

static void reload(struct master *master)
{
    char problem[1024];

    if (!is_calm(master)) {
        log_line(LOG_WARN, "a reload is under way already");
        return;
    }
    notify_reloading();
    if (!read_settings(master, problem, sizeof(problem))) {
        refuse_reload(master, problem);
        return;
    }
    log_use(master->settings);
    log_line(LOG_INFO, "loading %s anew", master->settings->site);
    manager_begin(&master->manager, master->settings);
    master->newest++;
}

/* Each worker goes on in the new file when its request is done. */
static void reopen_logs(const struct master *master)
{
    size_t i;

    for (i = 0; i < master->slots; i++) {
        if (master->children[i].pid != 0) {
            kill(master->children[i].pid, WORKER_REOPEN);
        }
    }
}

static void hear_signals(struct master *master)
{
    struct signalfd_siginfo info;

    while (read(master->signals, &info, sizeof(info)) ==
           (ssize_t)sizeof(info)) {
        switch (info.ssi_signo) {
        case SIGCHLD:
            reap(master);
            break;
        case SIGHUP:
            reload(master);
            break;
        case SIGUSR1:
            reopen_logs(master);
            break;
        case SIGUSR2:
            upgrade(master);
            break;
        default:
            if (!master->stopping) {
                log_line(LOG_INFO, "%s: the workers finish and leave",
                         strsignal((int)info.ssi_signo));
                stop(master, EXIT_SUCCESS);
            }
        }
    }
}

/* Starts what is missing. */
static void fill(struct master *master)
{
    unsigned wanted = master->manager.wanted;
    unsigned there;

    if (master->stopping) {
        return;
    }
    there = count(master, master->newest, STARTING) +
            count(master, master->newest, READY);
    if (master->newest == master->generation &&
        clock_now_ms() < master->not_before) {
        return;
    }
    while (there < wanted && start_worker(master, master->newest)) {
        there++;
    }
}

/* Ends those who neither get ready nor leave in time. */
static void enforce_limits(struct master *master)
{
    int64_t leave_limit =
        (int64_t)master->settings->drain_seconds * 1000 + KILL_GRACE_MS;
    int64_t now = clock_now_ms();
    size_t i;

    for (i = 0; i < master->slots; i++) {
        struct child *child = &master->children[i];

        if (child->pid == 0) {
            continue;
        }
        if ((child->state == LEAVING && now - child->since > leave_limit) ||
            (child->state == STARTING && now - child->since > START_LIMIT_MS)) {
            log_line(LOG_WARN, "worker %d does not %s in time and is killed",
                     (int)child->pid,
                     child->state == LEAVING ? "leave" : "start");
            kill(child->pid, SIGKILL);
            child->since = now;
        }
    }
}

/* Likewise those beside the workers. */
static void enforce_leaving(struct master *master)
{
    int64_t limit =
        (int64_t)master->settings->drain_seconds * 1000 + ATTENDANT_GRACE_MS;
    int64_t now = clock_now_ms();
    int kind;

    for (kind = 0; kind < ATTENDANT_COUNT; kind++) {
        struct attendant *attendant = &master->attendants[kind];

        if (attendant->pid != 0 && attendant->told_at != 0 &&
            now - attendant->told_at > limit) {
            log_line(LOG_WARN,
                     "process %d does not leave in time and is "
                     "killed",
                     (int)attendant->pid);
            kill(attendant->pid, SIGKILL);
            attendant->told_at = now;
        }
    }
}

/* What the workers of the generation that serves do. */
static struct manager_load look_around(const struct master *master)
{
    struct manager_load load = {0};
    struct score_now now;
    size_t i;

    load.starting = count(master, master->generation, STARTING);
    for (i = 0; i < master->slots; i++) {
        const struct child *child = &master->children[i];

        if (child->pid != 0 && child->state == READY &&
            child->generation == master->generation &&
            scoreboard_look(master->board, i, &now)) {
            load.busy += now.state == SCORE_BUSY;
            load.idle += now.state != SCORE_BUSY;
        }
    }
    return load;
}

/*
 * One of them leaves that is idle. The last one stays while it has connections:
 * there would be nobody to take them, and nginx may be writing to them.
 */
static void dismiss_one(struct master *master, unsigned there)
{
    struct score_now now;
    size_t i;

    for (i = master->slots; i-- > 0;) {
        struct child *child = &master->children[i];

        if (child->pid != 0 && child->state == READY &&
            child->generation == master->generation &&
            scoreboard_look(master->board, i, &now) &&
            now.state == SCORE_IDLE && (there > 1 || now.connections == 0)) {
            tell(child, WORKER_LEAVE);
            return;
        }
    }
}

/* Has as many workers as there should be. */
static void manage(struct master *master)
{
    struct manager_load load;
    unsigned there;

    if (master->manager.is_static || master->stopping || !master->started ||
        master->newest != master->generation) {
        return;
    }
    load = look_around(master);
    there = load.idle + load.busy + load.starting;
    manager_look(&master->manager, &load, clock_now_ms());
    if (there > master->manager.wanted && load.idle > 0) {
        dismiss_one(master, there);
    }
}

static void watch(struct master *master, nfds_t *used, int fd)
{
    master->polls[(*used)++] = (struct pollfd){.fd = fd, .events = POLLIN};
}

/* On demand there may be nobody who would accept, or take from the pool. */
static void wake_somebody(struct master *master, nfds_t first, nfds_t last)
{
    for (; first < last; first++) {
        if (master->polls[first].revents != 0) {
            manager_wake(&master->manager);
        }
    }
}

/* How late a limit may be noticed, or that workers are missing. */
static int patience_ms(const struct master *master)
{
    int64_t most = master->manager.is_static ? 500 : MANAGER_TICK_MS;

    if (master->pause_ms > 0) {
        most = 50;
    }
    if (master->watchdog_ms > 0 && master->watchdog_ms < most) {
        most = master->watchdog_ms;
    }
    return (int)most;
}

/* systemd restarts a server that does not say this in time. */
static void show_life(struct master *master)
{
    int64_t now = clock_now_ms();

    if (master->watchdog_ms > 0 && now >= master->alive_at) {
        notify_alive();
        master->alive_at = now + master->watchdog_ms;
    }
}

static void wait_for_news(struct master *master)
{
    nfds_t used = 0;
    nfds_t reports;
    size_t i;

    watch(master, &used, master->signals);
    for (i = 0; i < master->slots; i++) {
        const struct child *child = &master->children[i];

        if (child->pid != 0 && child->report_fd >= 0) {
            watch(master, &used, child->report_fd);
        }
    }
    reports = used;
    if (master->manager.wanted == 0 && count_all(master) == 0) {
        watch(master, &used, master->place->listener->fd);
        watch(master, &used, master->pool.take_fd);
    }
    if (poll(master->polls, used, patience_ms(master)) <= 0) {
        return;
    }
    wake_somebody(master, reports, used);
    for (i = 0; i < master->slots; i++) {
        if (master->children[i].pid != 0 &&
            master->children[i].report_fd >= 0) {
            hear_report(master, &master->children[i]);
        }
    }
    hear_signals(master);
}

static void block_signals(struct master *master)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGCHLD);
    sigaddset(&set, SIGHUP);
    sigaddset(&set, SIGUSR1);
    sigaddset(&set, SIGUSR2);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGQUIT);
    sigprocmask(SIG_BLOCK, &set, NULL);
    signal(SIGPIPE, SIG_IGN);
    master->signals = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
}

static bool open_shared(struct master *master)
{
    master->board = scoreboard_make(master->slots);
    if (master->board == NULL || !pool_open(&master->pool) ||
        !bells_open(&master->bells) || !pictures_open(&master->pictures) ||
        !expensive_open(&master->expensive, master->settings->expensive_slots,
                        master->settings->expensive_wait_ms)) {
        return false;
    }
    master->board->master = getpid();
    return true;
}

/* Takes over what another program has had here. */
static bool adopt(struct master *master, const struct upgrade_state *handed)
{
    size_t i;

    master->pool =
        (struct pool){.give_fd = handed->give_fd, .take_fd = handed->take_fd};
    expensive_adopt(&master->expensive, handed->expensive_fd,
                    master->settings->expensive_slots,
                    master->settings->expensive_wait_ms);
    master->bells = handed->bells;
    master->pictures = (struct pictures){.ask_fd = handed->picture_ask_fd,
                                         .serve_fd = handed->picture_serve_fd};
    master->board = scoreboard_adopt(handed->board_fd, handed->slots);
    if (master->board == NULL) {
        log_line(LOG_INFO, "the counters of the status begin anew");
        close(handed->board_fd);
        master->board = scoreboard_make(master->slots);
    }
    if (master->board == NULL || !bells_open(&master->bells) ||
        (master->pictures.ask_fd < 0 && !pictures_open(&master->pictures))) {
        return false;
    }
    master->board->master = getpid();
    for (i = 0; i < handed->child_count; i++) {
        const struct upgrade_child *child = &handed->children[i];

        master->children[child->slot] =
            (struct child){.pid = child->pid,
                           .state = (enum state)child->state,
                           .generation = child->generation,
                           .report_fd = child->report_fd,
                           .since = clock_now_ms()};
    }
    for (i = 0; i < ATTENDANT_COUNT; i++) {
        master->attendants[i].pid = handed->attendants[i];
    }
    master->attendants[ATTENDANT_PICTURES].pid = handed->picture_helper;
    master->started = true;
    master->generation = handed->generation;
    master->old_program = handed->old_program;
    master->newest = handed->generation + !handed->is_return;
    if (handed->is_return) {
        refuse_upgrade(master, handed->reason);
    }
    return true;
}

static bool set_up(struct master *master)
{
    const struct upgrade_state *handed = master->place->handed;

    /* Two generations, and as many again that are still leaving. */
    master->slots = (size_t)master->settings->workers * 4;
    if (master->slots < SLOTS_LEAST) {
        master->slots = SLOTS_LEAST;
    }
    if (handed != NULL) {
        master->slots = handed->slots;
    }
    master->children = calloc(master->slots, sizeof(*master->children));
    master->polls = calloc(master->slots + 3, sizeof(*master->polls));
    if (master->children == NULL || master->polls == NULL) {
        return false;
    }
    block_signals(master);
    manager_begin(&master->manager, master->settings);
    master->watchdog_ms = notify_watchdog_ms();
    return master->signals >= 0 &&
           (handed != NULL ? adopt(master, handed) : open_shared(master));
}

int master_run(const struct master_place *place)
{
    struct master master = {.place = place,
                            .settings = place->settings,
                            .proven = place->settings,
                            .generation = 1,
                            .newest = 1,
                            .old_program = -1,
                            .pictures = {-1, -1},
                            .signals = -1,
                            .bells = {.fds = {-1, -1}}};

    log_name_process("master");
    if (!set_up(&master)) {
        log_line(LOG_ERROR, "cannot start: %s", strerror(errno));
        master.exit_status = EXIT_FAILURE;
    } else {
        do {
            manage(&master);
            fill(&master);
            start_attendants(&master);
            show_life(&master);
            wait_for_news(&master);
            enforce_limits(&master);
            enforce_leaving(&master);
            if (master.stopping && count_all(&master) == 0) {
                end_attendants(&master);
            }
        } while (!master.stopping || count_all(&master) > 0 ||
                 attendants_run(&master));
    }
    pool_close(&master.pool);
    bells_close(&master.bells);
    pictures_close(&master.pictures);
    expensive_close(&master.expensive);
    scoreboard_free(master.board);
    settings_free(&master.read[0]);
    settings_free(&master.read[1]);
    free(master.children);
    free(master.polls);
    return master.exit_status;
}
