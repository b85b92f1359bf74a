/* A runner of jobs; runner.h says what it promises. */

#include "runner.h"

#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "app.h"
#include "arena.h"
#include "clock.h"
#include "csrf.h"
#include "database.h"
#include "guard.h"
#include "jobs.h"
#include "locale.h"
#include "log.h"
#include "request.h"
#include "runner_pulse.h"
#include "sandbox.h"
#include "tags.h"
#include "trace.h"

#define LOOK_MS 1000 /* for what another host has added, or comes by itself */
#define RECLAIM_MS 5000

struct runner {
    const struct runner_place *place;
    struct app app;
    struct arena arena;
    struct tags *tags; /* NULL: none on this host */
    struct database *database;
    struct csrf csrf;
    struct job_table table;
    struct pulse pulse;
    int64_t look_at; /* milliseconds, as the next */
    int64_t reclaim_at;
    bool knows_schedule;
};

/* A request that nobody has sent. */
static void make_request(struct runner *runner, struct fb_request *request)
{
    arena_reset(&runner->arena);
    request_init(request, &runner->arena, runner->app.table, runner->database);
    request->expensive = runner->place->expensive;
    request->csrf = &runner->csrf;
    request->method_name = "JOB";
    request->path = "jobs";
    request->locale = runner->app.table->locales != NULL
                          ? runner->app.table->locales[0]
                          : LOCALE_DEFAULT;
    trace_begin(request);
}

static void run_guarded(struct runner *runner, struct fb_request *request,
                        struct job *job)
{
    struct score_jobs *score = &runner->place->board->jobs;
    struct guard_request guarded = {.fd = -1,
                                    .id = request->id,
                                    .trace_id = request->trace_id,
                                    .method = request->method_name,
                                    .path = job->row->name,
                                    .request = request};
    int64_t since = clock_now_us();

    request->path = job->row->name;
    guard_begin(&guarded);
    pulse_begin(&runner->pulse, job);
    jobs_run(request, job);
    pulse_end(&runner->pulse);
    guard_end();
    since = clock_now_us() - since;
    atomic_fetch_add(&score->busy_us, (uint64_t)since);
    atomic_fetch_add(job->is_done ? &score->done : &score->failed_tries, 1);
    log_request(LOG_DEBUG, request, "job %" PRId64 " took %" PRId64 " ms",
                job->id, since / 1000);
}

/* false: there was nothing to do. */
static bool do_one(struct runner *runner)
{
    struct fb_request request;
    struct job job;
    enum fb_result result;

    make_request(runner, &request);
    result = jobs_take(&request, &runner->table, runner->pulse.id, &job);
    if (result == FB_OK) {
        run_guarded(runner, &request, &job);
    } else if (result != FB_NOT_FOUND && result != FB_CONFLICT) {
        /* It may be ours without our knowing. */
        runner->reclaim_at = 0;
    }
    return result == FB_OK || result == FB_CONFLICT;
}

/* What is to be done now and then. */
static void look_around(struct runner *runner)
{
    int64_t now = clock_now_ms();
    struct fb_request request;

    if (now >= runner->reclaim_at) {
        runner->reclaim_at = now + RECLAIM_MS;
        make_request(runner, &request);
        (void)jobs_reclaim(&request, runner->pulse.id);
    }
    if (now >= runner->look_at) {
        runner->look_at = now + LOOK_MS;
        make_request(runner, &request);
        if (!runner->knows_schedule) {
            runner->knows_schedule =
                jobs_know_schedule(&request, &runner->table) == FB_OK;
        }
        (void)jobs_follow_schedule(&request, &runner->table);
    }
}

static bool is_leaving(const struct runner *runner)
{
    return atomic_load(&runner->pulse.leaving);
}

static void wait_for_more(struct runner *runner)
{
    const struct bells *bells = runner->place->bells;
    uint64_t count;
    ssize_t got;
    struct pollfd polls[] = {
        {.fd = runner->pulse.wakes_runner, .events = POLLIN},
        {.fd = bells->fds[BELL_JOBS], .events = POLLIN}};

    poll(polls, 2, LOOK_MS);
    bells_hush(bells, BELL_JOBS);
    got = read(runner->pulse.wakes_runner, &count, sizeof(count));
    (void)got;
}

static void loop(struct runner *runner)
{
    while (!is_leaving(runner)) {
        bool found = false;

        if (pulse_is_felt(&runner->pulse)) {
            look_around(runner);
            found = do_one(runner);
        }
        if (!found && !is_leaving(runner)) {
            wait_for_more(runner);
        }
    }
}

/* As in a worker: without the mapping nothing is cached here. */
static void open_tags(struct runner *runner)
{
    const char *file = runner->place->settings->tags_file;
    char problem[512];

    if (file[0] == '\0') {
        return;
    }
    runner->tags = tags_open(file, problem, sizeof(problem));
    if (runner->tags == NULL) {
        log_line(LOG_ERROR, "tags are not bumped here: %s", problem);
    }
    database_set_tags(runner->database, runner->tags);
}

static bool load(struct runner *runner, char *problem, size_t size)
{
    const struct settings *settings = runner->place->settings;

    arena_init(&runner->arena,
               (size_t)settings->request_memory_mib * 1024 * 1024);
    if (!app_load(&runner->app, settings->site, problem, size) ||
        !csrf_load(&runner->csrf, settings, runner->app.table, problem, size)) {
        return false;
    }
    if (!jobs_list(&runner->table, runner->app.table)) {
        snprintf(problem, size, "out of memory");
        return false;
    }
    runner->database =
        database_make(settings, runner->app.table->statements,
                      runner->app.table->statement_count, problem, size);
    if (runner->database == NULL) {
        return false;
    }
    database_set_bells(runner->database, runner->place->bells);
    open_tags(runner);
    return true;
}

/* After the thread was started; AddressSanitizer needs more than is allowed. */
static bool close_the_door(const struct settings *settings, char *problem,
                           size_t size)
{
#ifdef __SANITIZE_ADDRESS__
    (void)settings;
    (void)problem;
    (void)size;
    return true;
#else
    rlim_t bytes = (rlim_t)settings->worker_memory_mib << 20;
    struct rlimit limit = {bytes, bytes};
    char further[SETTINGS_TEXT_MAX + 16];

    if (bytes != 0 && setrlimit(RLIMIT_DATA, &limit) != 0) {
        snprintf(problem, size, "the memory of a runner cannot be limited");
        return false;
    }
    /* libcurl wakes itself by it. */
    snprintf(further, sizeof(further), "socketpair,%s",
             settings->sandbox_allow);
    return settings->sandbox == 0 || sandbox_enter(further, problem, size);
#endif
}

static bool set_up(struct runner *runner, char *problem, size_t size)
{
    const struct runner_place *place = runner->place;

    snprintf(runner->pulse.id, sizeof(runner->pulse.id), "%016" PRIx64 "-%u",
             place->board->server, place->index);
    runner->pulse.settings = place->settings;
    runner->pulse.board = place->index == 0 ? place->board : NULL;
    if (!guard_install(&runner->app, place->pool)) {
        snprintf(problem, size, "the runner cannot be guarded");
        return false;
    }
    return pulse_start(&runner->pulse, problem, size) &&
           close_the_door(place->settings, problem, size);
}

static void clean_up(struct runner *runner)
{
    guard_free();
    database_free(runner->database);
    tags_close(runner->tags);
    jobs_free(&runner->table);
    arena_free(&runner->arena);
    app_unload(&runner->app);
}

int runner_run(const struct runner_place *place)
{
    struct runner runner = {.place = place};
    char problem[1024];

    log_name_process("jobs");
    if (!load(&runner, problem, sizeof(problem)) ||
        !set_up(&runner, problem, sizeof(problem))) {
        log_line(LOG_ERROR, "no jobs are run here: %s", problem);
        return EXIT_FAILURE;
    }
    log_line(LOG_DEBUG, "the runner %s is ready", runner.pulse.id);
    loop(&runner);
    pulse_stop(&runner.pulse);
    clean_up(&runner);
    return EXIT_SUCCESS;
}
