/*
 * The supervisor. It starts
 *
 *     the database's data (once) -> MariaDB -> foobar-migrate ->
 *     foobar-appserver and nginx at once -> until GET /healthz says 200
 *
 * and then attends to what happens: lines of the parts' logs, signals, the
 * end of a part. A part that dies while the site starts ends the start; one
 * that dies later is started again, unless it dies too often.
 *
 * By then the supervisor is an ordinary user's process like its parts, see
 * instance_enter. It adopts what its children leave behind, and the kernel
 * ends its children with it, so that nothing outlives it.
 */

#include "supervisor.h"

#include "clock.h"
#include "conf.h"
#include "database.h"
#include "file.h"
#include "probe.h"
#include "nginx.h"
#include "outcome.h"
#include "parts.h"
#include "say.h"

#include <ctype.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#define DATABASE_LIMIT_MS 300000 /* recovering after a crash may take long */
#define SITE_LIMIT_MS 30000
#define STILL_MS 10000  /* how often a long wait is told */
#define ASK_FIRST_MS 10 /* doubled after each question, up to: */
#define ASK_MOST_MS 500
#define RELOAD_LIMIT_MS 15000
#define DEATHS_MAX 3 /* within DEATHS_MS: it is not worth another try */
#define DEATHS_MS 10000
#define RESTART_PAUSE_MS 500

enum {
    MARIADB,
    APP,
    NGINX,
    PARTS
};

/* When a part died lately, and when it is to be started again. */
struct record {
    int64_t deaths[DEATHS_MAX];
    unsigned count;
    int64_t restart_at; /* 0: not waiting */
};

struct supervisor {
    struct instance *instance;
    struct part parts[PARTS];
    struct part job; /* a program that runs once: set-up, migrations, checks */
    struct part *all[PARTS + 1];
    struct record records[PARTS];
    int signals;
    bool in_background;

    int stops;        /* how often we were asked to stop */
    bool reload;      /* we were asked to reload */
    bool upgrade;     /* or to bring in another program of the server */
    unsigned reloads; /* how often we did either */
    const char *reload_result;
    struct outcome outcome; /* of the last one */

    bool mending; /* the site was up: parts that die are started again */
    bool stopping;
    bool failed;

    bool asking;    /* we want to know whether the site answers */
    bool answering; /* it does */
    int64_t ask_at;
    int64_t ask_pause_ms;
    struct probe health;
};

/* ------------------------------------------------------------------- state */

/* For `foobarctl status` and `reload`: a word and a value in each line. */
static void write_state(const struct supervisor *supervisor)
{
    char *text = file_text("supervisor %d\n"
                           "url %s\n"
                           "mariadb %d\n"
                           "app %d\n"
                           "nginx %d\n"
                           "reloads %u\n"
                           "reload %s\n",
                           (int)getpid(), supervisor->instance->url,
                           (int)supervisor->parts[MARIADB].pid,
                           (int)supervisor->parts[APP].pid,
                           (int)supervisor->parts[NGINX].pid,
                           supervisor->reloads, supervisor->reload_result);

    file_write(supervisor->instance->state_file, 0600, text);
    free(text);
}

/* -------------------------------------------------------------- the parts */

static void describe_parts(struct supervisor *supervisor)
{
    const struct instance *instance = supervisor->instance;
    struct part *mariadb = &supervisor->parts[MARIADB];
    struct part *app = &supervisor->parts[APP];
    struct part *nginx = &supervisor->parts[NGINX];
    char *conf = file_text("%s/conf/nginx.conf", instance->var);
    size_t i;

    *mariadb = (struct part){.label = "mariadb", .colour = SAY_BLUE};
    part_add(mariadb, DATABASE_PROGRAM);
    part_add(mariadb, "--defaults-file=%s/conf/my.cnf", instance->var);

    *app = (struct part){.label = "app",
                         .colour = SAY_MAGENTA,
                         .preload = instance->app_preload};
    part_add(app, "%s/foobar-appserver", instance->programs);
    part_add(app, "--config");
    part_add(app, "%s/conf/foobar.conf", instance->var);
    if (instance->config != NULL) {
        part_add(app, "--config");
        part_add(app, "%s", instance->config);
    }

    nginx_describe(nginx, instance, conf);
    free(conf);
    nginx->low_port = instance->port < 1024 && geteuid() != 0;

    supervisor->job = (struct part){.output = -1};
    for (i = 0; i < PARTS; i++) {
        supervisor->parts[i].folder = instance->var;
        supervisor->parts[i].output = -1;
        supervisor->all[i] = &supervisor->parts[i];
    }
    supervisor->all[PARTS] = &supervisor->job;
}

static void describe_job(struct supervisor *supervisor, const char *label,
                         enum say_colour colour)
{
    supervisor->job = (struct part){.label = label,
                                    .colour = colour,
                                    .folder = supervisor->instance->var,
                                    .output = -1};
}

/* It cannot go on because of this part. */
static void fail(struct supervisor *supervisor, const struct part *part,
                 const char *what)
{
    char end[128];

    part_describe_end(part, end, sizeof(end));
    complain("%s %s: it %s%s", part->label, what, end,
             part->tail.count > 0 ? "; its log says:" : "");
    part_show_tail(part);
    supervisor->failed = true;
}

static void note_death(struct supervisor *supervisor, size_t index)
{
    struct record *record = &supervisor->records[index];
    struct part *part = &supervisor->parts[index];
    int64_t now = clock_now_ms();
    char end[128];

    part_describe_end(part, end, sizeof(end));
    record->deaths[record->count++ % DEATHS_MAX] = now;
    if (record->count >= DEATHS_MAX &&
        now - record->deaths[record->count % DEATHS_MAX] < DEATHS_MS) {
        fail(supervisor, part, "died too often");
        return;
    }
    say("%s %s; it is started again", part->label, end);
    record->restart_at =
        record->count > 1 &&
                now - record->deaths[(record->count - 2) % DEATHS_MAX] <
                    DEATHS_MS
            ? now + RESTART_PAUSE_MS
            : now;
    supervisor->answering = false;
}

static void bury_parts(struct supervisor *supervisor)
{
    struct part *part;

    while ((part = parts_bury(supervisor->all, PARTS + 1)) != NULL) {
        if (part == &supervisor->job || supervisor->stopping) {
            continue;
        }
        if (supervisor->mending) {
            note_death(supervisor, (size_t)(part - supervisor->parts));
        } else if (!supervisor->failed && supervisor->stops == 0) {
            fail(supervisor, part, "could not start");
        }
    }
}

/* --------------------------------------------------------------- attention */

static void hear_signals(struct supervisor *supervisor)
{
    struct signalfd_siginfo info;

    while (read(supervisor->signals, &info, sizeof(info)) ==
           (ssize_t)sizeof(info)) {
        switch (info.ssi_signo) {
        case SIGCHLD:
            break;
        case SIGUSR1:
            supervisor->reload = true;
            break;
        case SIGUSR2:
            supervisor->upgrade = true;
            break;
        case SIGHUP:
            /* In the foreground it says that the terminal is gone. */
            if (supervisor->in_background) {
                supervisor->reload = true;
            } else {
                supervisor->stops++;
            }
            break;
        default:
            supervisor->stops++;
        }
    }
    if (say_is_unheard() && supervisor->stops == 0) {
        supervisor->stops = 1;
    }
}

static void begin_to_ask(struct supervisor *supervisor)
{
    supervisor->asking = true;
    supervisor->answering = false;
    supervisor->ask_at = 0;
    supervisor->ask_pause_ms = ASK_FIRST_MS;
}

static void ask_later(struct supervisor *supervisor)
{
    supervisor->ask_at = clock_now_ms() + supervisor->ask_pause_ms;
    supervisor->ask_pause_ms *= 2;
    if (supervisor->ask_pause_ms > ASK_MOST_MS) {
        supervisor->ask_pause_ms = ASK_MOST_MS;
    }
}

static void mend(struct supervisor *supervisor)
{
    size_t i;

    for (i = 0; i < PARTS; i++) {
        struct record *record = &supervisor->records[i];

        if (record->restart_at == 0 || clock_now_ms() < record->restart_at) {
            continue;
        }
        record->restart_at = 0;
        if (!part_start(&supervisor->parts[i])) {
            supervisor->failed = true;
            return;
        }
        begin_to_ask(supervisor);
        write_state(supervisor);
    }
}

static void ask(struct supervisor *supervisor)
{
    const struct instance *instance = supervisor->instance;

    if (supervisor->health.fd >= 0) {
        if (probe_step(&supervisor->health) == PROBE_WAITING) {
            return;
        }
        if (probe_status(&supervisor->health) == 200) {
            supervisor->asking = false;
            supervisor->answering = true;
            if (supervisor->mending) {
                say("the site answers again");
            }
        }
        ask_later(supervisor);
    } else if (clock_now_ms() >= supervisor->ask_at &&
               !probe_start(&supervisor->health,
                            (const struct sockaddr *)&instance->reach,
                            instance->address_length, instance->host,
                            "/healthz")) {
        ask_later(supervisor);
    }
}

/* Waits for what happens, at most so long, and deals with it. */
static void attend(struct supervisor *supervisor, int timeout_ms)
{
    struct pollfd news[PARTS + 3];
    size_t i;

    news[0] = (struct pollfd){.fd = supervisor->signals, .events = POLLIN};
    for (i = 0; i <= PARTS; i++) {
        news[i + 1] =
            (struct pollfd){.fd = supervisor->all[i]->output, .events = POLLIN};
    }
    news[PARTS + 2] =
        (struct pollfd){.fd = supervisor->health.fd,
                        .events = probe_events(&supervisor->health)};
    if (poll(news, PARTS + 3, timeout_ms) < 0 && errno != EINTR) {
        clock_pause_ms(timeout_ms);
    }
    for (i = 0; i <= PARTS; i++) {
        part_hear(supervisor->all[i]);
    }
    hear_signals(supervisor);
    bury_parts(supervisor);
    if (supervisor->mending && !supervisor->failed) {
        mend(supervisor);
    }
    if (supervisor->asking && !supervisor->stopping) {
        ask(supervisor);
    }
}

static bool goes_on(const struct supervisor *supervisor)
{
    return supervisor->stops == 0 && !supervisor->failed;
}

typedef bool condition(struct supervisor *supervisor);

/* Attends until the condition holds; false when something else came first. */
static bool attend_until(struct supervisor *supervisor, condition *holds,
                         int64_t limit_ms, const char *waiting)
{
    int64_t limit = clock_now_ms() + limit_ms;
    int64_t tell = clock_now_ms() + STILL_MS;

    while (goes_on(supervisor)) {
        if (holds(supervisor)) {
            return true;
        }
        if (clock_now_ms() > limit) {
            return false;
        }
        if (clock_now_ms() > tell) {
            say("still waiting for %s", waiting);
            tell += STILL_MS;
        }
        attend(supervisor, 10);
    }
    return false;
}

/* ---------------------------------------------------------------- starting */

static bool job_is_done(struct supervisor *supervisor)
{
    return supervisor->job.pid == 0;
}

/* Runs the job to its end; whether that was a good one. */
static bool run_job(struct supervisor *supervisor, int64_t limit_ms,
                    const char *waiting)
{
    if (!part_start(&supervisor->job)) {
        supervisor->failed = true;
        return false;
    }
    return attend_until(supervisor, job_is_done, limit_ms, waiting) &&
           supervisor->job.status == 0;
}

/* A job did not end well. */
static bool fail_job(struct supervisor *supervisor, const char *what)
{
    if (!goes_on(supervisor)) {
        return false;
    }
    if (supervisor->job.pid != 0) {
        complain("%s %s: it does not end", supervisor->job.label, what);
        supervisor->failed = true;
    } else {
        fail(supervisor, &supervisor->job, what);
    }
    return false;
}

static bool make_database(struct supervisor *supervisor)
{
    struct instance *instance = supervisor->instance;

    if (database_exists(instance)) {
        return instance_check_room(instance, 32);
    }
    if (!instance_check_room(instance, 160)) {
        return false;
    }
    say("making the database, once, in %s", instance->mysql);
    describe_job(supervisor, "mariadb", SAY_BLUE);
    if (!database_prepare(instance, &supervisor->job)) {
        return false;
    }
    if (!run_job(supervisor, DATABASE_LIMIT_MS, "the database to be made")) {
        return fail_job(supervisor, "could not make its data");
    }
    return database_adopt(instance);
}

/* The data that are there are not of a later MariaDB than this machine's. */
static bool check_database(struct supervisor *supervisor)
{
    describe_job(supervisor, "mariadb", SAY_BLUE);
    database_ask_version(&supervisor->job);
    if (!run_job(supervisor, DATABASE_LIMIT_MS, "MariaDB to say its version")) {
        return fail_job(supervisor, "does not say its version");
    }
    return database_suits(supervisor->instance, &supervisor->job.tail);
}

static bool database_is_up(struct supervisor *supervisor)
{
    return database_listens(supervisor->instance);
}

static bool start_database(struct supervisor *supervisor)
{
    if (!part_start(&supervisor->parts[MARIADB])) {
        return false;
    }
    if (attend_until(supervisor, database_is_up, DATABASE_LIMIT_MS,
                     "the database")) {
        return true;
    }
    return !goes_on(supervisor) ? false
                                : complain("the database does not answer on %s",
                                           supervisor->instance->mysql_socket);
}

static bool migrate(struct supervisor *supervisor)
{
    const struct instance *instance = supervisor->instance;
    struct part *job = &supervisor->job;

    describe_job(supervisor, "migrate", SAY_YELLOW);
    job->quiet = instance->disposable;
    part_add(job, "%s/foobar-migrate", instance->programs);
    part_add(job, "--config");
    part_add(job, "%s/conf/migrate.conf", instance->var);
    part_add(job, "--dir");
    part_add(job, "%s", instance->migrations);
    if (instance->demo != NULL) {
        part_add(job, "--demo");
        part_add(job, "%s", instance->demo);
    }
    return run_job(supervisor, DATABASE_LIMIT_MS, "the migrations") ||
           fail_job(supervisor, "could not bring the database up to date");
}

static bool site_is_up(struct supervisor *supervisor)
{
    return supervisor->answering;
}

/* What /healthz said last: "503: nginx: ok, worker: ok, database: ..." */
static void describe_health(const struct probe *health, char *text, size_t size)
{
    int status = probe_status(health);
    size_t length;
    char *c;

    if (status == 0) {
        snprintf(text, size, "nothing");
        return;
    }
    snprintf(text, size, "%d: %s", status, probe_body(health));
    length = strlen(text);
    while (length > 0 && isspace((unsigned char)text[length - 1])) {
        text[--length] = '\0';
    }
    for (c = text; *c != '\0'; c++) {
        *c = *c == '\n' ? ',' : *c;
    }
}

static bool start_site(struct supervisor *supervisor)
{
    char answer[256];

    if (!part_start(&supervisor->parts[APP]) ||
        !part_start(&supervisor->parts[NGINX])) {
        return false;
    }
    begin_to_ask(supervisor);
    if (attend_until(supervisor, site_is_up, SITE_LIMIT_MS, "the site")) {
        return true;
    }
    if (!goes_on(supervisor)) {
        return false;
    }
    describe_health(&supervisor->health, answer, sizeof(answer));
    return complain("the site does not answer: GET %shealthz says %s",
                    supervisor->instance->url, answer);
}

static bool start_all(struct supervisor *supervisor)
{
    return make_database(supervisor) && check_database(supervisor) &&
           start_database(supervisor) && migrate(supervisor) &&
           start_site(supervisor);
}

/* ---------------------------------------------------------------- stopping */

struct step {
    int signal_number;
    int limit_ms;
};

/* Goes from step to step until it has ended; each Ctrl-C is a step further. */
static void stop_part(struct supervisor *supervisor, struct part *part,
                      const struct step *steps)
{
    for (; part->pid != 0 && steps->signal_number != 0; steps++) {
        int64_t limit = clock_now_ms() + steps->limit_ms;
        int stops = supervisor->stops;

        part_signal(part, steps->signal_number);
        while (part->pid != 0 && supervisor->stops == stops &&
               clock_now_ms() < limit) {
            attend(supervisor, 20);
        }
    }
}

static void stop_all(struct supervisor *supervisor)
{
    static const struct step job[] = {{SIGTERM, 2000}, {SIGKILL, 5000}, {0, 0}};
    static const struct step nginx[] = {
        {SIGQUIT, 3000}, {SIGTERM, 2000}, {SIGKILL, 5000}, {0, 0}};
    static const struct step app[] = {
        {SIGTERM, 10000}, {SIGKILL, 5000}, {0, 0}};
    /* Impatience alone does not kill a database at the second Ctrl-C. */
    static const struct step mariadb[] = {
        {SIGTERM, 30000}, {SIGTERM, 10000}, {SIGKILL, 5000}, {0, 0}};

    supervisor->stopping = true;
    probe_cancel(&supervisor->health);
    stop_part(supervisor, &supervisor->job, job);
    stop_part(supervisor, &supervisor->parts[NGINX], nginx);
    stop_part(supervisor, &supervisor->parts[APP], app);
    stop_part(supervisor, &supervisor->parts[MARIADB], mariadb);
}

/* --------------------------------------------------------------- reloading */

#define CHILDREN_MAX 64

/* The children of a process: enough of them to see that they are others. */
static size_t list_children(pid_t pid, long *children, size_t size)
{
    char *file = file_text("/proc/%d/task/%d/children", (int)pid, (int)pid);
    FILE *stream = fopen(file, "re");
    char text[CHILDREN_MAX * 12] = "";
    char *next = text;
    size_t count = 0;

    free(file);
    if (stream == NULL) {
        return 0;
    }
    if (fgets(text, sizeof(text), stream) != NULL) {
        while (count < size && isdigit((unsigned char)*next)) {
            children[count++] = strtol(next, &next, 10);
            next += strspn(next, " \n");
        }
    }
    fclose(stream);
    return count;
}

/*
 * A worker of nginx that takes no new connections any more has changed its
 * title, and may stay for as long as its visitors do.
 */
static bool is_leaving(long pid)
{
    char *file = file_text("/proc/%ld/cmdline", pid);
    FILE *stream = fopen(file, "re");
    char title[128] = "";

    free(file);
    if (stream == NULL) {
        return true;
    }
    if (fgets(title, sizeof(title), stream) == NULL) {
        title[0] = '\0';
    }
    fclose(stream);
    return strstr(title, "shutting down") != NULL;
}

/* Waits until none of the workers that were there takes a request. */
static void await_new_workers(struct supervisor *supervisor, pid_t pid,
                              const long *old, size_t old_count)
{
    int64_t limit = clock_now_ms() + RELOAD_LIMIT_MS;
    long now[CHILDREN_MAX];
    bool same = true;
    size_t i;
    size_t j;

    while (same && goes_on(supervisor) && clock_now_ms() < limit) {
        size_t count = list_children(pid, now, CHILDREN_MAX);

        same = false;
        for (i = 0; i < count; i++) {
            for (j = 0; j < old_count; j++) {
                same = same || (now[i] == old[j] && !is_leaving(old[j]));
            }
        }
        if (same) {
            attend(supervisor, 10);
        }
    }
}

/* Asks the application server whether it could load the site. */
static bool check_site(struct supervisor *supervisor)
{
    const struct part *app = &supervisor->parts[APP];
    struct part *job = &supervisor->job;
    size_t i;

    describe_job(supervisor, "app", SAY_MAGENTA);
    job->quiet = true;
    for (i = 0; i < app->argument_count; i++) {
        part_add(job, "%s", app->arguments[i]);
    }
    part_add(job, "--check");
    return run_job(supervisor, SITE_LIMIT_MS, "the check of the site");
}

/* Asks nginx whether it could work by a new configuration. */
static bool check_nginx(struct supervisor *supervisor, const char *conf)
{
    struct part *job = &supervisor->job;

    nginx_describe(job, supervisor->instance, conf);
    part_add(job, "-t");
    job->quiet = true;
    job->low_port = supervisor->parts[NGINX].low_port;
    return run_job(supervisor, SITE_LIMIT_MS, "the check of nginx.conf");
}

static bool write_nginx_conf(const struct instance *instance, const char *file)
{
    char *pid = file_text("%s/nginx.pid", instance->run);
    char *temporary = file_text("%s/tmp/nginx", instance->var);
    bool good =
        nginx_write_conf(instance, file, instance->listen, pid, temporary);

    free(pid);
    free(temporary);
    return good;
}

/* Checks first; only what both parts accept is brought in. */
static bool prepare_reload(struct supervisor *supervisor)
{
    const struct instance *instance = supervisor->instance;
    char *conf = file_text("%s/conf/nginx.conf", instance->var);
    char *fresh = file_text("%s/conf/nginx.check.conf", instance->var);
    bool good = write_nginx_conf(instance, fresh) && check_site(supervisor) &&
                check_nginx(supervisor, fresh) && rename(fresh, conf) == 0;

    unlink(fresh);
    free(fresh);
    free(conf);
    return good;
}

/*
 * Sends the application server a signal to renew itself, and waits until it
 * has, or has refused to. NULL, or why it did not.
 */
static const char *renew(struct supervisor *supervisor, int signal)
{
    int64_t limit = clock_now_ms() + RELOAD_LIMIT_MS;
    struct outcome *now = &supervisor->outcome;
    pid_t app = supervisor->parts[APP].pid;
    struct outcome before;
    long workers[CHILDREN_MAX];
    size_t count;

    if (!outcome_ask(supervisor->instance, &before)) {
        return "the application server tells no status; see the log";
    }
    count = list_children(app, workers, CHILDREN_MAX);
    part_signal(&supervisor->parts[APP], signal);
    while (goes_on(supervisor) && clock_now_ms() < limit) {
        attend(supervisor, 10);
        /* While it renews itself the status is away for a moment. */
        if (!outcome_ask(supervisor->instance, now)) {
            continue;
        }
        if (now->refused != before.refused) {
            return now->reason;
        }
        if (now->generation > before.generation) {
            await_new_workers(supervisor, app, workers, count);
            return NULL;
        }
    }
    return "the application server neither did it nor refused; see the log";
}

/* The next request that comes is for the new workers of nginx. */
static void renew_nginx(struct supervisor *supervisor)
{
    struct part *nginx = &supervisor->parts[NGINX];
    long workers[CHILDREN_MAX];
    size_t count = list_children(nginx->pid, workers, CHILDREN_MAX);

    part_signal(nginx, SIGHUP);
    await_new_workers(supervisor, nginx->pid, workers, count);
}

static void note_result(struct supervisor *supervisor, const char *what,
                        const char *refusal)
{
    if (refusal == NULL) {
        supervisor->reload_result = "done";
        say("%s done", what);
    } else {
        supervisor->reload_result = refusal;
        complain("the %s was refused, and the site goes on as it was: %s", what,
                 refusal);
    }
    supervisor->reloads++;
    write_state(supervisor);
}

static void reload(struct supervisor *supervisor)
{
    const char *refusal;

    supervisor->reload = false;
    say("reloading");
    if (prepare_reload(supervisor)) {
        refusal = renew(supervisor, SIGHUP);
        if (refusal == NULL) {
            renew_nginx(supervisor);
        }
        note_result(supervisor, "reload", refusal);
    } else if (supervisor->stops == 0) {
        part_show_tail(&supervisor->job);
        note_result(supervisor, "reload",
                    supervisor->job.tail.count > 0
                        ? supervisor->job.tail.line[0]
                        : "see the log");
    }
}

/* The server tries the program that stands in its file, and becomes it. */
static void upgrade(struct supervisor *supervisor)
{
    supervisor->upgrade = false;
    say("upgrading");
    note_result(supervisor, "upgrade", renew(supervisor, SIGUSR2));
}

/* ------------------------------------------------------------ from outside */

static bool set_up(struct supervisor *supervisor)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGCHLD);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGQUIT);
    sigaddset(&set, SIGHUP);
    sigaddset(&set, SIGUSR1);
    sigaddset(&set, SIGUSR2);
    sigprocmask(SIG_BLOCK, &set, NULL);
    /* Whoever sends these wants us to stop, though a shell that has put us
       into the background may have had them ignored. */
    signal(SIGINT, SIG_DFL);
    signal(SIGQUIT, SIG_DFL);
    signal(SIGTERM, SIG_DFL);
    signal(SIGPIPE, SIG_IGN);
    supervisor->signals = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
    if (supervisor->signals < 0 ||
        prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0) {
        return complain("cannot watch the parts: %s", strerror(errno));
    }
    describe_parts(supervisor);
    return true;
}

static bool write_confs(const struct instance *instance)
{
    char *conf = file_text("%s/conf/nginx.conf", instance->var);
    bool good = conf_write_parts(instance) && write_nginx_conf(instance, conf);

    free(conf);
    return good;
}

bool supervisor_run(struct instance *instance, bool in_background)
{
    struct supervisor *supervisor = calloc(1, sizeof(*supervisor));
    bool good;

    if (supervisor == NULL) {
        return complain("no memory");
    }
    supervisor->instance = instance;
    supervisor->in_background = in_background;
    supervisor->health.fd = -1;
    supervisor->reload_result = "none";
    good = set_up(supervisor) && database_is_installed() &&
           write_confs(instance) && start_all(supervisor);
    if (good) {
        supervisor->mending = true;
        write_state(supervisor);
        say("mail is kept, to be read at %sdev/mailbox", instance->url);
        say_ready("the site answers at %s  (%s stops it)", instance->url,
                  in_background ? "make down" : "Ctrl-C");
        say_tell_parent(-1);
        while (goes_on(supervisor)) {
            attend(supervisor, supervisor->asking ? 20 : 500);
            if (supervisor->reload && goes_on(supervisor)) {
                reload(supervisor);
            }
            if (supervisor->upgrade && goes_on(supervisor)) {
                upgrade(supervisor);
            }
        }
    }
    if (supervisor->stops > 0) {
        say("stopping");
    }
    good = supervisor->stops > 0 && !supervisor->failed;
    stop_all(supervisor);
    file_empty_folder(instance->run, "lock");
    if (good) {
        say("stopped");
    }
    free(supervisor);
    return good;
}

/* ------------------------------------------------------------- for a test */

static void run_command(struct supervisor *supervisor, char **command)
{
    char *settings =
        file_text("%s/conf/foobar.conf", supervisor->instance->var);
    char *temporary = file_text("%s/tmp", supervisor->instance->var);
    sigset_t none;

    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    signal(SIGPIPE, SIG_DFL);
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    setpgid(0, 0);
    setenv("FOOBAR_TEST_SETTINGS", settings, true);
    setenv("TMPDIR", temporary, true);
    if (chdir(supervisor->instance->top) == 0) {
        execvp(command[0], command);
    }
    complain("cannot start %s: %s", command[0], strerror(errno));
    _exit(127);
}

/* Its output is the terminal's, so it is no part; it ends like one. */
static int await_command(struct supervisor *supervisor, char **command)
{
    struct part *job = &supervisor->job;

    describe_job(supervisor, command[0], SAY_PLAIN);
    fflush(NULL);
    job->pid = fork();
    if (job->pid == 0) {
        run_command(supervisor, command);
    }
    if (job->pid < 0) {
        job->pid = 0;
        complain("cannot start %s: %s", command[0], strerror(errno));
        return EXIT_FAILURE;
    }
    setpgid(job->pid, job->pid); /* here as well: whoever comes first */
    while (job->pid != 0 && goes_on(supervisor)) {
        attend(supervisor, 20);
    }
    return job->pid == 0 && WIFEXITED(job->status) ? WEXITSTATUS(job->status)
                                                   : EXIT_FAILURE;
}

int supervisor_test(struct instance *instance, char **command)
{
    struct supervisor *supervisor = calloc(1, sizeof(*supervisor));
    int status = EXIT_FAILURE;

    if (supervisor == NULL) {
        complain("no memory");
        return EXIT_FAILURE;
    }
    supervisor->instance = instance;
    supervisor->health.fd = -1;
    if (set_up(supervisor) && database_is_installed() &&
        conf_write_parts(instance)) {
        /* What it says matters when it ends too soon, and is shown then. */
        supervisor->parts[MARIADB].quiet = true;
        if (make_database(supervisor) && check_database(supervisor) &&
            start_database(supervisor) && migrate(supervisor)) {
            status = await_command(supervisor, command);
        }
    }
    stop_all(supervisor);
    file_empty_folder(instance->run, "lock");
    free(supervisor);
    return status;
}
