/* The pages of the status process; status.h says what they are for. */

#include "status_pages.h"

#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

#include "clock.h"

#define STATE_COUNT (SCORE_LEAVING + 1)

static const char version[] = FOOBAR_VERSION;

struct sums {
    unsigned states[STATE_COUNT];
    unsigned connections;
#define SCORE_COUNTER(field) uint64_t field;
    SCORE_COUNTERS(SCORE_COUNTER)
#undef SCORE_COUNTER
    uint64_t statuses[SCORE_CLASSES];
    uint64_t buckets[SCORE_BUCKETS + 1];
    uint64_t wait_buckets[SCORE_BUCKETS + 1];
};

static void add_slot(struct sums *sums, const struct scoreboard *board,
                     size_t slot)
{
    const struct score *score = &board->scores[slot];
    struct score_now now;
    size_t i;

    if (scoreboard_look(board, slot, &now) && (size_t)now.state < STATE_COUNT) {
        sums->states[now.state]++;
        sums->connections += now.connections;
    }
#define SCORE_COUNTER(field) sums->field += atomic_load(&score->field);
    SCORE_COUNTERS(SCORE_COUNTER)
#undef SCORE_COUNTER
    for (i = 0; i < SCORE_CLASSES; i++) {
        sums->statuses[i] += atomic_load(&score->statuses[i]);
    }
    for (i = 0; i <= SCORE_BUCKETS; i++) {
        sums->buckets[i] += atomic_load(&score->buckets[i]);
        sums->wait_buckets[i] += atomic_load(&score->wait_buckets[i]);
    }
}

static struct sums add_up(const struct scoreboard *board)
{
    struct sums sums = {0};
    size_t i;

    for (i = 0; i < board->slots; i++) {
        add_slot(&sums, board, i);
    }
    return sums;
}

/* Memory of a process that it shares with nobody, in KiB; 0: unknown. */
static long private_kib(pid_t pid)
{
    char file[64];
    char line[128];
    char *at = line;
    long resident = 0;
    long shared = 0;
    FILE *stream;

    snprintf(file, sizeof(file), "/proc/%d/statm", (int)pid);
    stream = fopen(file, "re");
    if (stream == NULL) {
        return 0;
    }
    if (fgets(line, sizeof(line), stream) != NULL) {
        strtol(at, &at, 10); /* its whole size */
        resident = strtol(at, &at, 10);
        shared = strtol(at, &at, 10);
    }
    fclose(stream);
    return (resident - shared) * (sysconf(_SC_PAGESIZE) / 1024);
}

static double seconds(int64_t us)
{
    return (double)us / 1e6;
}

static uint64_t served_by(const struct scoreboard *board, size_t slot,
                          const struct score_now *now)
{
    return atomic_load(&board->scores[slot].requests) - now->first_request;
}

/* --- for people --------------------------------------------------------- */

/* What strangers send must not steer the terminal on which this is read. */
static void write_plainly(FILE *out, const char *text)
{
    for (; *text != '\0'; text++) {
        unsigned char c = (unsigned char)*text;

        fputc(c < 0x20 || c == 0x7f ? '?' : c, out);
    }
}

static void write_worker_row(FILE *out, const struct scoreboard *board,
                             size_t slot)
{
    struct score_now now;
    int64_t clock = clock_now_us();

    if (!scoreboard_look(board, slot, &now)) {
        return;
    }
    fprintf(out, "%8d %4u  %-8s %9.3f %10" PRIu64 " %5u %8ld  %-4s",
            (int)now.pid, now.generation, score_state_name(now.state),
            seconds(clock - now.since_us), served_by(board, slot, &now),
            now.connections, private_kib(now.pid),
            now.database_is_up ? "up" : "-");
    if (now.state == SCORE_BUSY) {
        fputs("  ", out);
        write_plainly(out, now.method);
        fputc(' ', out);
        write_plainly(out, now.path);
        if (now.page[0] != '\0') {
            fprintf(out, " (%s)", now.page);
        }
        if (now.statement[0] != '\0') {
            fprintf(out, ", waits for statement %s", now.statement);
        }
        fprintf(out, ", id %s", now.id);
    }
    fputc('\n', out);
}

/* Nothing where there are no runners. */
static void write_jobs_line(FILE *out, const struct score_jobs *jobs)
{
    if (atomic_load(&jobs->counted) != 0) {
        fprintf(out,
                "jobs: %" PRId64 " waiting, %" PRId64 " running, %" PRId64
                " failed, the oldest is late by %" PRId64 " s; done here: "
                "%" PRIu64 "\n",
                atomic_load(&jobs->waiting), atomic_load(&jobs->running),
                atomic_load(&jobs->failed), atomic_load(&jobs->oldest_seconds),
                atomic_load(&jobs->done));
    }
}

void status_text(FILE *out, const struct scoreboard *board,
                 const struct status_facts *facts)
{
    struct sums sums = add_up(board);
    int64_t up = (int64_t)time(NULL) - board->began;
    size_t i;

    fprintf(out,
            "foobar-appserver %s, master %d, up %" PRId64 " s, generation %u\n",
            version, (int)board->master, up, atomic_load(&board->generation));
    fprintf(out, "workers: %u idle, %u busy, %u starting, %u leaving\n",
            sums.states[SCORE_IDLE], sums.states[SCORE_BUSY],
            sums.states[SCORE_STARTING], sums.states[SCORE_LEAVING]);
    fprintf(out,
            "requests: %" PRIu64 " (%" PRIu64 " answered 5xx), "
            "connections: %u, waiting to be accepted: %ld of %ld\n",
            sums.requests, sums.statuses[4], sums.connections, facts->queue,
            facts->queue_limit);
    fprintf(out,
            "crashed: %" PRIu64 ", killed: %" PRIu64 ", time limits: %" PRIu64
            ", reloads: %" PRIu64 " (%" PRIu64 " refused)\n",
            atomic_load(&board->crashed), atomic_load(&board->killed),
            atomic_load(&board->time_limits), atomic_load(&board->reloads),
            atomic_load(&board->refused_reloads));
    write_jobs_line(out, &board->jobs);
    if (board->refusal[0] != '\0') {
        fputs("the last refusal: ", out);
        write_plainly(out, board->refusal);
        fputs("\n\n", out);
    }
    fprintf(out, "\n%8s %4s  %-8s %9s %10s %5s %8s  %-4s  %s\n", "pid", "gen",
            "state", "seconds", "requests", "conns", "KiB", "db", "request");
    for (i = 0; i < board->slots; i++) {
        write_worker_row(out, board, i);
    }
}

/* --- for programs ------------------------------------------------------- */

/* A text between quotes; paths are valid UTF-8, whatever was asked for. */
static void write_json_text(FILE *out, const char *text)
{
    fputc('"', out);
    for (; *text != '\0'; text++) {
        unsigned char c = (unsigned char)*text;

        if (c == '"' || c == '\\') {
            fprintf(out, "\\%c", c);
        } else if (c < 0x20 || c == 0x7f) {
            fprintf(out, "\\u%04x", c);
        } else {
            fputc(c, out);
        }
    }
    fputc('"', out);
}

static void write_json_field(FILE *out, const char *name, const char *text)
{
    fprintf(out, ",\"%s\":", name);
    write_json_text(out, text);
}

static void write_json_worker(FILE *out, const struct scoreboard *board,
                              size_t slot, const struct score_now *now)
{
    int64_t clock = clock_now_us();

    fprintf(out,
            "{\"pid\":%d,\"generation\":%u,\"state\":\"%s\","
            "\"state_seconds\":%.6f,\"age_seconds\":%.3f,"
            "\"requests\":%" PRIu64 ",\"connections\":%u,"
            "\"private_kib\":%ld,\"database\":%s",
            (int)now->pid, now->generation, score_state_name(now->state),
            seconds(clock - now->since_us), seconds(clock - now->started_us),
            served_by(board, slot, now), now->connections,
            private_kib(now->pid), now->database_is_up ? "true" : "false");
    if (now->state == SCORE_BUSY) {
        write_json_field(out, "id", now->id);
        write_json_field(out, "method", now->method);
        write_json_field(out, "path", now->path);
        write_json_field(out, "page", now->page);
        write_json_field(out, "statement", now->statement);
    }
    fputc('}', out);
}

static void write_json_jobs(FILE *out, const struct score_jobs *jobs)
{
    if (atomic_load(&jobs->counted) != 0) {
        fprintf(out,
                ",\"jobs\":{\"waiting\":%" PRId64 ",\"running\":%" PRId64
                ",\"failed\":%" PRId64 ",\"oldest_seconds\":%" PRId64
                ",\"counted\":%" PRId64 "}",
                atomic_load(&jobs->waiting), atomic_load(&jobs->running),
                atomic_load(&jobs->failed), atomic_load(&jobs->oldest_seconds),
                atomic_load(&jobs->counted));
    }
    fprintf(out,
            ",\"jobs_done\":%" PRIu64 ",\"job_tries_failed\":%" PRIu64
            ",\"job_us\":%" PRIu64,
            atomic_load(&jobs->done), atomic_load(&jobs->failed_tries),
            atomic_load(&jobs->busy_us));
}

static void write_json_workers(FILE *out, const struct scoreboard *board)
{
    struct score_now now;
    const char *comma = "";
    size_t i;

    fputs(",\"workers\":[", out);
    for (i = 0; i < board->slots; i++) {
        if (scoreboard_look(board, i, &now)) {
            fputs(comma, out);
            write_json_worker(out, board, i, &now);
            comma = ",";
        }
    }
    fputc(']', out);
}

void status_json(FILE *out, const struct scoreboard *board,
                 const struct status_facts *facts)
{
    struct sums sums = add_up(board);
    size_t i;

    fprintf(out,
            "{\"version\":\"%s\",\"master\":%d,\"began\":%" PRId64
            ",\"reloaded\":%" PRId64 ",\"generation\":%u",
            version, (int)board->master, board->began,
            atomic_load(&board->reloaded), atomic_load(&board->generation));
    fprintf(out, ",\"queue\":%ld,\"queue_limit\":%ld,\"connections\":%u",
            facts->queue, facts->queue_limit, sums.connections);
#define SCORE_COUNTER(field) \
    fprintf(out, ",\"" #field "\":%" PRIu64, sums.field);
    SCORE_COUNTERS(SCORE_COUNTER)
#undef SCORE_COUNTER
#define SCORE_EVENT(field) \
    fprintf(out, ",\"" #field "\":%" PRIu64, atomic_load(&board->field));
    SCORE_EVENTS(SCORE_EVENT)
#undef SCORE_EVENT
    write_json_field(out, "refusal", board->refusal);
    for (i = 0; i < SCORE_CLASSES; i++) {
        fprintf(out, ",\"status_%zuxx\":%" PRIu64, i + 1, sums.statuses[i]);
    }
    write_json_jobs(out, &board->jobs);
    write_json_workers(out, board);
    fputs("}\n", out);
}

/* --- for Prometheus ----------------------------------------------------- */

static void write_family(FILE *out, const char *name, const char *type,
                         const char *help)
{
    fprintf(out, "# TYPE foobar_app_%s %s\n# HELP foobar_app_%s %s\n", name,
            type, name, help);
}

static void write_counter(FILE *out, const char *name, const char *help,
                          uint64_t value)
{
    write_family(out, name, "counter", help);
    fprintf(out, "foobar_app_%s_total %" PRIu64 "\n", name, value);
}

static void write_seconds(FILE *out, const char *name, const char *help,
                          uint64_t us)
{
    write_family(out, name, "counter", help);
    fprintf(out, "# UNIT foobar_app_%s seconds\n", name);
    fprintf(out, "foobar_app_%s_total %.6f\n", name, seconds((int64_t)us));
}

static void write_gauge(FILE *out, const char *name, const char *help,
                        long value)
{
    write_family(out, name, "gauge", help);
    fprintf(out, "foobar_app_%s %ld\n", name, value);
}

/* The buckets as they are told: each with all that are below. */
static void write_histogram(FILE *out, const char *name, const char *help,
                            const uint64_t *buckets, int64_t sum_us)
{
    uint64_t total = 0;
    size_t i;

    write_family(out, name, "histogram", help);
    fprintf(out, "# UNIT foobar_app_%s seconds\n", name);
    for (i = 0; i < SCORE_BUCKETS; i++) {
        total += buckets[i];
        fprintf(out, "foobar_app_%s_bucket{le=\"%g\"} %" PRIu64 "\n", name,
                seconds(score_borders_us[i]), total);
    }
    total += buckets[SCORE_BUCKETS];
    fprintf(out, "foobar_app_%s_bucket{le=\"+Inf\"} %" PRIu64 "\n", name,
            total);
    fprintf(out, "foobar_app_%s_sum %.6f\nfoobar_app_%s_count %" PRIu64 "\n",
            name, seconds(sum_us), name, total);
}

static void write_states(FILE *out, const struct sums *sums)
{
    size_t i;

    write_family(out, "workers", "gauge", "Worker processes by what they do.");
    for (i = SCORE_STARTING; i < STATE_COUNT; i++) {
        fprintf(out, "foobar_app_workers{state=\"%s\"} %u\n",
                score_state_name((enum score_state)i), sums->states[i]);
    }
    write_family(out, "requests", "counter", "Requests by class of status.");
    for (i = 0; i < SCORE_CLASSES; i++) {
        fprintf(out,
                "foobar_app_requests_total{status=\"%zuxx\"} %" PRIu64 "\n",
                i + 1, sums->statuses[i]);
    }
}

static void write_events(FILE *out, const struct scoreboard *board)
{
    write_counter(out, "workers_started", "Workers started.",
                  atomic_load(&board->started));
    write_counter(out, "workers_crashed", "Workers ended by a fault.",
                  atomic_load(&board->crashed));
    write_counter(out, "workers_killed", "Workers ended by SIGKILL.",
                  atomic_load(&board->killed));
    write_counter(out, "time_limits", "Requests that met their time limit.",
                  atomic_load(&board->time_limits));
    write_counter(out, "workers_replaced", "Workers that served their share.",
                  atomic_load(&board->replaced));
    write_counter(out, "reloads", "Reloads that succeeded.",
                  atomic_load(&board->reloads));
    write_counter(out, "reloads_refused", "Reloads that were refused.",
                  atomic_load(&board->refused_reloads));
    write_counter(out, "upgrades", "Times that the program was replaced.",
                  atomic_load(&board->upgrades));
    write_counter(out, "upgrades_refused", "Programs that were refused.",
                  atomic_load(&board->refused_upgrades));
}

static void write_jobs(FILE *out, const struct score_jobs *jobs)
{
    if (atomic_load(&jobs->counted) != 0) {
        write_family(out, "jobs", "gauge", "Jobs in the database by state.");
        fprintf(out,
                "foobar_app_jobs{state=\"waiting\"} %" PRId64 "\n"
                "foobar_app_jobs{state=\"running\"} %" PRId64 "\n"
                "foobar_app_jobs{state=\"failed\"} %" PRId64 "\n",
                atomic_load(&jobs->waiting), atomic_load(&jobs->running),
                atomic_load(&jobs->failed));
        write_family(out, "jobs_late_seconds", "gauge",
                     "How late the oldest job is that could be run.");
        fprintf(out,
                "# UNIT foobar_app_jobs_late_seconds seconds\n"
                "foobar_app_jobs_late_seconds %" PRId64 "\n",
                atomic_load(&jobs->oldest_seconds));
    }
    write_counter(out, "jobs_done", "Jobs that were done here.",
                  atomic_load(&jobs->done));
    write_counter(out, "job_tries_failed", "Tries of jobs that failed here.",
                  atomic_load(&jobs->failed_tries));
    write_seconds(out, "job_seconds", "Time of jobs.",
                  atomic_load(&jobs->busy_us));
}

void status_metrics(FILE *out, const struct scoreboard *board,
                    const struct status_facts *facts)
{
    struct sums sums = add_up(board);

    write_family(out, "build", "info", "The program that answers.");
    fprintf(out, "foobar_app_build_info{version=\"%s\"} 1\n", version);
    write_family(out, "start_time_seconds", "gauge", "When it was started.");
    fprintf(out, "# UNIT foobar_app_start_time_seconds seconds\n");
    fprintf(out, "foobar_app_start_time_seconds %" PRId64 "\n", board->began);
    write_states(out, &sums);
    write_histogram(out, "request_duration_seconds",
                    "From the whole head of a request to the end of its reply.",
                    sums.buckets, (int64_t)sums.busy_us);
    write_histogram(out, "request_wait_seconds",
                    "From the arrival of a request at nginx until a worker "
                    "has it, where nginx tells the arrival.",
                    sums.wait_buckets, (int64_t)sums.waited_ms * 1000);
    write_counter(out, "requests_refused",
                  "Requests that had waited for too long.", sums.refused);
    write_gauge(out, "connections", "FastCGI connections that workers keep.",
                (long)sums.connections);
    if (facts->queue >= 0) {
        write_gauge(out, "listen_queue", "Connections not accepted yet.",
                    facts->queue);
    }
    write_counter(out, "statements", "SQL statements.", sums.statements);
    write_counter(out, "statement_errors", "SQL statements that failed.",
                  sums.statement_errors);
    write_seconds(out, "statement_seconds", "Time of SQL statements.",
                  sums.statement_us);
    write_counter(out, "database_connects", "Connections made to the database.",
                  sums.database_connects);
    write_counter(out, "connections_given",
                  "Connections that a busy or leaving worker gave away.",
                  sums.given);
    write_counter(out, "connections_taken",
                  "Connections taken over from a sibling.", sums.taken);
    write_events(out, board);
    write_jobs(out, &board->jobs);
    fputs("# EOF\n", out);
}
