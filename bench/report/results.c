/* Reads the measurements and forms medians; results.h explains both. */

#include "results.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINE_MAX_BYTES 1024

/* The numbers of a "run" line that follow the lane, in their order. */
static const size_t run_fields[] = {
    offsetof(struct sample, requests),
    offsetof(struct sample, microseconds),
    offsetof(struct sample, network_errors),
    offsetof(struct sample, status_errors),
    offsetof(struct sample, p50),
    offsetof(struct sample, p90),
    offsetof(struct sample, p99),
    offsetof(struct sample, max),
    offsetof(struct sample, cpu_client),
    offsetof(struct sample, cpu_nginx),
    offsetof(struct sample, cpu_application),
    offsetof(struct sample, cpu_database),
    offsetof(struct sample, cpu_others),
    offsetof(struct sample, cpus),
    offsetof(struct sample, pss),
};

/* The next field of a line, cut off in place; NULL after the last one. */
static char *next_field(char **rest)
{
    return strsep(rest, "\t");
}

static bool next_number(char **rest, double *number)
{
    const char *field = next_field(rest);
    char *end;

    if (field == NULL || field[0] == '\0') {
        return false;
    }
    errno = 0;
    *number = strtod(field, &end);
    return errno == 0 && *end == '\0' && *number >= 0 && *number < 1e15;
}

static bool next_count(char **rest, unsigned most, unsigned *count)
{
    double number;

    if (!next_number(rest, &number) || number < 1 || number > most) {
        return false;
    }
    *count = (unsigned)number;
    return true;
}

/* The index of a name in one of the tables; `count` when it has none. */
static unsigned lane_of(const char *name)
{
    unsigned i = 0;

    while (i < LANE_COUNT && strcmp(lanes[i].name, name) != 0) {
        i++;
    }
    return i;
}

static unsigned party_of(const char *name)
{
    unsigned i = 0;

    while (i < PARTY_COUNT && strcmp(party_names[i], name) != 0) {
        i++;
    }
    return i;
}

static const char *note_level(struct results *results, unsigned connections)
{
    unsigned i;

    for (i = 0; i < results->level_count; i++) {
        if (results->levels[i] == connections) {
            return NULL;
        }
    }
    if (results->level_count == LEVELS_MAX) {
        return "too many different numbers of connections";
    }
    results->levels[results->level_count++] = connections;
    return NULL;
}

/* NULL, or what is wrong with the line. */
static const char *read_run(struct results *results, char *rest)
{
    struct sample *sample = &results->samples[results->count];
    const char *name;
    unsigned lane;
    size_t i;

    if (results->count == RESULTS_MAX) {
        return "too many measurements";
    }
    if (!next_count(&rest, ROUNDS_MAX, &sample->round) ||
        !next_count(&rest, 100000, &sample->connections)) {
        return "the round or the number of connections is not a number";
    }
    name = next_field(&rest);
    lane = name != NULL ? lane_of(name) : LANE_COUNT;
    if (lane == LANE_COUNT) {
        return "there is no such lane";
    }
    sample->lane = (enum lane_id)lane;
    for (i = 0; i < sizeof(run_fields) / sizeof(run_fields[0]); i++) {
        if (!next_number(&rest,
                         (double *)(void *)((char *)sample + run_fields[i]))) {
            return "a figure is missing or is not a number";
        }
    }
    if (rest != NULL || sample->requests < 1 || sample->microseconds < 1 ||
        sample->p50 <= 0 || sample->cpus < 1) {
        return "these figures make no sense";
    }
    results->count++;
    if (sample->round > results->rounds) {
        results->rounds = sample->round;
    }
    return note_level(results, sample->connections);
}

static const char *read_memory(struct memory *parties, char *rest)
{
    const char *name = next_field(&rest);
    unsigned party = name != NULL ? party_of(name) : PARTY_COUNT;

    if (party == PARTY_COUNT) {
        return "there is no such party";
    }
    if (!next_number(&rest, &parties[party].dirty) ||
        !next_number(&rest, &parties[party].pss) || rest != NULL) {
        return "a figure is missing or is not a number";
    }
    return NULL;
}

static const char *read_line(struct results *results, char *line)
{
    char *end = strchr(line, '\n');
    char *rest = line;
    const char *kind;

    if (end == NULL) {
        return "the line is too long or has no end";
    }
    *end = '\0';
    kind = next_field(&rest);
    if (strcmp(kind, "run") == 0) {
        return read_run(results, rest);
    }
    if (strcmp(kind, "idle") == 0) {
        return read_memory(results->idle, rest);
    }
    if (strcmp(kind, "served") == 0) {
        return read_memory(results->served, rest);
    }
    return "a line begins with run, idle or served";
}

static void clear(struct results *results)
{
    unsigned party;

    memset(results, 0, sizeof(*results));
    for (party = 0; party < PARTY_COUNT; party++) {
        results->idle[party] = (struct memory){-1, -1};
        results->served[party] = (struct memory){-1, -1};
    }
}

bool results_read(struct results *results, const char *file, char *problem,
                  size_t size)
{
    char line[LINE_MAX_BYTES];
    const char *wrong = NULL;
    FILE *stream = fopen(file, "re");
    int number = 0;

    clear(results);
    if (stream == NULL) {
        snprintf(problem, size, "%s: %s", file, strerror(errno));
        return false;
    }
    while (wrong == NULL && fgets(line, sizeof(line), stream) != NULL) {
        number++;
        wrong = read_line(results, line);
    }
    if (wrong == NULL && ferror(stream)) {
        wrong = "the file cannot be read further";
    }
    if (wrong == NULL && results->count == 0) {
        wrong = "there is no measurement in this file";
    }
    fclose(stream);
    if (wrong != NULL) {
        snprintf(problem, size, "%s:%d: %s", file, number, wrong);
    }
    return wrong == NULL;
}

double figure_rate(const struct sample *sample)
{
    return sample->requests / sample->microseconds * 1e6;
}

double figure_p50(const struct sample *sample)
{
    return sample->p50;
}

double figure_p99(const struct sample *sample)
{
    return sample->p99;
}

double figure_tail(const struct sample *sample)
{
    return sample->p99 / sample->p50;
}

double figure_cpu_client(const struct sample *sample)
{
    return sample->cpu_client / sample->requests;
}

double figure_cpu_nginx(const struct sample *sample)
{
    return sample->cpu_nginx / sample->requests;
}

double figure_cpu_application(const struct sample *sample)
{
    return sample->cpu_application / sample->requests;
}

double figure_cpu_database(const struct sample *sample)
{
    return sample->cpu_database / sample->requests;
}

double figure_cpu_all(const struct sample *sample)
{
    return (sample->cpu_client + sample->cpu_nginx + sample->cpu_application +
            sample->cpu_database) /
           sample->requests;
}

double figure_used(const struct sample *sample)
{
    return 100 * figure_cpu_all(sample) * sample->requests /
           (sample->microseconds * sample->cpus);
}

double figure_others(const struct sample *sample)
{
    return 100 * sample->cpu_others / (sample->microseconds * sample->cpus);
}

double figure_pss(const struct sample *sample)
{
    return sample->pss;
}

static int by_value(const void *a, const void *b)
{
    double left = *(const double *)a;
    double right = *(const double *)b;

    return (left > right) - (left < right);
}

/* Sorts the values and takes what stands at the ends and in the middle. */
static struct spread spread_of(double *values, size_t count)
{
    struct spread spread = {.count = count};

    if (count == 0) {
        return spread;
    }
    qsort(values, count, sizeof(*values), by_value);
    spread.low = values[0];
    spread.high = values[count - 1];
    spread.median = (values[(count - 1) / 2] + values[count / 2]) / 2;
    return spread;
}

static const struct sample *find(const struct results *results,
                                 enum lane_id lane, unsigned connections,
                                 unsigned round)
{
    size_t i;

    for (i = 0; i < results->count; i++) {
        const struct sample *sample = &results->samples[i];

        if (sample->lane == lane && sample->connections == connections &&
            sample->round == round) {
            return sample;
        }
    }
    return NULL;
}

struct spread results_of(const struct results *results, enum lane_id lane,
                         unsigned connections, bench_figure *figure)
{
    double values[ROUNDS_MAX];
    size_t count = 0;
    unsigned round;

    for (round = 1; round <= results->rounds; round++) {
        const struct sample *sample = find(results, lane, connections, round);

        if (sample != NULL) {
            values[count++] = figure(sample);
        }
    }
    return spread_of(values, count);
}

struct spread results_ratio(const struct results *results, enum lane_id lane,
                            enum lane_id over, unsigned connections,
                            bench_figure *figure)
{
    double values[ROUNDS_MAX];
    size_t count = 0;
    unsigned round;

    for (round = 1; round <= results->rounds; round++) {
        const struct sample *above = find(results, lane, connections, round);
        const struct sample *below = find(results, over, connections, round);

        if (above != NULL && below != NULL && figure(below) > 0) {
            values[count++] = figure(above) / figure(below);
        }
    }
    return spread_of(values, count);
}

struct spread results_nearness(const struct results *results, enum lane_id lane,
                               unsigned connections)
{
    if (lanes[lane].limit == LANE_NONE) {
        return (struct spread){0};
    }
    return results_ratio(results, lane, lanes[lane].limit, connections,
                         figure_rate);
}

bool results_have(const struct results *results, enum lane_id lane)
{
    size_t i = 0;

    while (i < results->count && results->samples[i].lane != lane) {
        i++;
    }
    return i < results->count;
}

double results_errors(const struct results *results)
{
    double errors = 0;
    size_t i;

    for (i = 0; i < results->count; i++) {
        errors += results->samples[i].network_errors +
                  results->samples[i].status_errors;
    }
    return errors;
}

double spread_percent(struct spread spread)
{
    if (spread.count == 0 || spread.median <= 0) {
        return 0;
    }
    return 100 * (spread.high - spread.low) / spread.median;
}

/* The lane and level at which a percentage is the greatest. */
struct worst {
    double percent;
    const char *label;
    unsigned connections;
};

static void note_worst(struct worst *worst, double percent, unsigned lane,
                       unsigned connections)
{
    if (percent > worst->percent) {
        *worst = (struct worst){percent, lanes[lane].label, connections};
    }
}

bool results_disturbed(const struct results *results, char *why, size_t size)
{
    struct worst others = {0};
    struct worst apart = {0};
    unsigned level;
    unsigned i;

    for (level = 0; level < results->level_count; level++) {
        unsigned connections = results->levels[level];

        for (i = 0; i < LANE_COUNT; i++) {
            struct spread spread = results_of(results, (enum lane_id)i,
                                              connections, figure_others);

            note_worst(&others, spread.median, i, connections);
        }
        for (i = 0; i < ratio_bar_count; i++) {
            const struct ratio_bar *bar = &ratio_bars[i];
            struct spread spread = results_ratio(results, bar->lane, bar->over,
                                                 connections, figure_rate);

            note_worst(&apart, spread_percent(spread), bar->lane, connections);
        }
    }
    if (others.percent > DISTURBED_PERCENT) {
        snprintf(why, size,
                 "other programs took %.0f %% of the processors during \"%s\" "
                 "at %u connections",
                 others.percent, others.label, others.connections);
        return true;
    }
    if (apart.percent > SPREAD_PERCENT) {
        snprintf(why, size,
                 "the rounds of a ratio of \"%s\" at %u connections are %.0f "
                 "%% apart",
                 apart.label, apart.connections, apart.percent);
        return true;
    }
    return false;
}
