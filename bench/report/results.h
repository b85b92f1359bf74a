/*
 * What bench/run measured, and its statistics.
 *
 * The file has one measurement a line, fields separated by a tab:
 *
 *     run ROUND CONNECTIONS LANE REQUESTS MICROSECONDS NETWORK-ERRORS
 *         STATUS-ERRORS P50 P90 P99 MAX CPU-CLIENT CPU-NGINX CPU-APPLICATION
 *         CPU-DATABASE CPU-OTHERS CPUS PSS
 *     idle PARTY PRIVATE-DIRTY PSS      a worker before its first request
 *     served PARTY PRIVATE-DIRTY PSS    the same after the last one
 *
 * Latencies and CPU times are microseconds, memory is KiB. CPU-OTHERS is the
 * time that programs outside of the bench took meanwhile, of CPUS processors.
 *
 * Rounds are interleaved (A B C A B C ...), so a ratio is formed within each
 * round and the median is taken of the ratios: what slows the machine down
 * for a while slows both sides of it.
 */

#ifndef BENCH_RESULTS_H
#define BENCH_RESULTS_H

#include "lanes.h"

#include <stdbool.h>
#include <stddef.h>

#define RESULTS_MAX 8192 /* measurements of a file */
#define ROUNDS_MAX 100   /* rounds of a run */
#define LEVELS_MAX 4     /* different numbers of connections */

struct sample {
    unsigned round;
    unsigned connections;
    enum lane_id lane;
    double requests;
    double microseconds;
    double network_errors;
    double status_errors;
    double p50;
    double p90;
    double p99;
    double max;
    double cpu_client;
    double cpu_nginx;
    double cpu_application;
    double cpu_database;
    double cpu_others;
    double cpus;
    double pss;
};

/* Of the largest worker, in KiB; below 0: not measured. */
struct memory {
    double dirty;
    double pss;
};

struct results {
    struct sample samples[RESULTS_MAX];
    size_t count;
    unsigned levels[LEVELS_MAX]; /* in the order in which they came */
    unsigned level_count;
    unsigned rounds;
    struct memory idle[PARTY_COUNT];   /* has served nothing */
    struct memory served[PARTY_COUNT]; /* has served its share */
};

/* A figure over all rounds; count is 0 when it was not measured. */
struct spread {
    double low;
    double median;
    double high;
    size_t count;
};

/* One figure of a measurement. */
typedef double bench_figure(const struct sample *sample);

bench_figure figure_rate; /* requests a second */
bench_figure figure_p50;
bench_figure figure_p99;
bench_figure figure_tail; /* p99 over p50 */
bench_figure figure_cpu_client;
bench_figure figure_cpu_nginx; /* CPU microseconds a request, and so on */
bench_figure figure_cpu_application;
bench_figure figure_cpu_database;
bench_figure figure_cpu_all; /* of these four together */
bench_figure figure_used;    /* by us, percent of all processors */
bench_figure figure_others;  /* by other programs, the same */
bench_figure figure_pss;

/* Reads a file; `problem` begins with FILE:LINE. */
bool results_read(struct results *results, const char *file, char *problem,
                  size_t size);

struct spread results_of(const struct results *results, enum lane_id lane,
                         unsigned connections, bench_figure *figure);

/* A figure of one lane over that of another, round by round. */
struct spread results_ratio(const struct results *results, enum lane_id lane,
                            enum lane_id over, unsigned connections,
                            bench_figure *figure);

/*
 * How near a lane comes to its limit: its throughput over that of the limit,
 * 1 is the limit itself. Not measured when the lane has none.
 */
struct spread results_nearness(const struct results *results, enum lane_id lane,
                               unsigned connections);

/* Whether a lane was run at all. */
bool results_have(const struct results *results, enum lane_id lane);

/* Replies that were an error, or never came, in the whole run. */
double results_errors(const struct results *results);

/* Whether the run was disturbed, and why; lanes.h has the limits. */
bool results_disturbed(const struct results *results, char *why, size_t size);

/* How far apart the rounds are, in percent of the median. */
double spread_percent(struct spread spread);

#endif
