/*
 * The result as tables. A table is filled cell by cell and written when it
 * is whole, because a terminal's columns are as wide as their widest cell.
 */

#include "tables.h"

#include <stdarg.h>
#include <string.h>

#define ROWS_MAX 64
#define COLUMNS_MAX 13
#define CELL_MAX 80

struct table {
    char cells[ROWS_MAX][COLUMNS_MAX][CELL_MAX];
    unsigned rows;
    unsigned columns; /* of the first row, which is the head */
    unsigned column;  /* the next cell's place in the last row */
};

static void begin_row(struct table *table)
{
    if (table->rows < ROWS_MAX) {
        table->rows++;
    }
    table->column = 0;
}

__attribute__((format(printf, 2, 3))) static void
add_cell(struct table *table, const char *format, ...)
{
    va_list arguments;

    if (table->column == COLUMNS_MAX) {
        return;
    }
    va_start(arguments, format);
    vsnprintf(table->cells[table->rows - 1][table->column], CELL_MAX, format,
              arguments);
    va_end(arguments);
    table->column++;
    if (table->rows == 1) {
        table->columns = table->column;
    }
}

static int width_of(const struct table *table, unsigned column)
{
    size_t width = 3; /* Markdown's rule has at least three dashes */
    unsigned row;

    for (row = 0; row < table->rows; row++) {
        size_t length = strlen(table->cells[row][column]);

        width = length > width ? length : width;
    }
    return (int)width;
}

/* The first column is words and stands left, the others are figures. */
static void write_row(FILE *out, enum tables_form form,
                      const struct table *table, unsigned row)
{
    const char *between = form == TABLES_MARKDOWN ? " | " : "  ";
    unsigned column;
    unsigned columns = table->columns;

    /* A terminal needs no blanks at the end of a line. */
    while (form == TABLES_TEXT && columns > 0 &&
           table->cells[row][columns - 1][0] == '\0') {
        columns--;
    }
    fputs(form == TABLES_MARKDOWN ? "| " : "  ", out);
    for (column = 0; column < columns; column++) {
        int width = width_of(table, column);

        fprintf(out, "%s%*s", column > 0 ? between : "",
                column == 0 ? -width : width, table->cells[row][column]);
    }
    fputs(form == TABLES_MARKDOWN ? " |\n" : "\n", out);
}

static void write_rule(FILE *out, enum tables_form form,
                       const struct table *table)
{
    static const char dashes[CELL_MAX + 1] =
        "--------------------------------------------------------------------"
        "------------";
    unsigned column;

    fputs(form == TABLES_MARKDOWN ? "|" : "", out);
    for (column = 0; column < table->columns; column++) {
        int width = width_of(table, column);

        if (form == TABLES_MARKDOWN) {
            fprintf(out, " %.*s%s |", column == 0 ? width : width - 1, dashes,
                    column == 0 ? "" : ":");
        } else {
            fprintf(out, "  %.*s", width, dashes);
        }
    }
    fputc('\n', out);
}

static void write_table(FILE *out, enum tables_form form,
                        const struct table *table)
{
    unsigned row;

    write_row(out, form, table, 0);
    write_rule(out, form, table);
    for (row = 1; row < table->rows; row++) {
        write_row(out, form, table, row);
    }
    fputc('\n', out);
}

static void write_head(FILE *out, enum tables_form form, const char *title,
                       const char *explanation)
{
    if (form == TABLES_MARKDOWN) {
        fprintf(out, "## %s\n\n%s\n\n", title, explanation);
    } else {
        fprintf(out, "%s\n%s\n\n", title, explanation);
    }
}

static void add_spread(struct table *table, struct spread spread,
                       const char *format)
{
    char median[24];
    char low[24];
    char high[24];

    if (spread.count == 0) {
        add_cell(table, "-");
        return;
    }
/* The formats are the callers' constants. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    snprintf(median, sizeof(median), format, spread.median);
    snprintf(low, sizeof(low), format, spread.low);
    snprintf(high, sizeof(high), format, spread.high);
#pragma GCC diagnostic pop
    add_cell(table, "%s (%s to %s)", median, low, high);
}

static void add_verdict(struct table *table, enum verdict verdict)
{
    static const char *const words[] = {"", "held", "MISSED"};

    add_cell(table, "%s", words[verdict]);
}

enum verdict tables_ratio_verdict(const struct results *results,
                                  const struct ratio_bar *bar)
{
    enum verdict verdict = VERDICT_NONE;
    unsigned level;

    for (level = 0; level < results->level_count; level++) {
        unsigned connections = results->levels[level];
        struct spread spread = results_ratio(results, bar->lane, bar->over,
                                             connections, figure_rate);

        if (bar->bar <= 0 || spread.count == 0 ||
            (bar->connections != 0 && bar->connections != connections)) {
            continue;
        }
        if (spread.median < bar->bar) {
            return VERDICT_MISSED;
        }
        verdict = VERDICT_HELD;
    }
    return verdict;
}

enum verdict tables_tail_verdict(const struct results *results,
                                 enum lane_id lane)
{
    enum verdict verdict = VERDICT_NONE;
    unsigned level;

    for (level = 0; level < results->level_count; level++) {
        struct spread spread =
            results_of(results, lane, results->levels[level], figure_tail);

        if (lanes[lane].party != PARTY_FOOBAR || spread.count == 0) {
            continue;
        }
        if (spread.median > TAIL_BAR) {
            return VERDICT_MISSED;
        }
        verdict = VERDICT_HELD;
    }
    return verdict;
}

enum verdict tables_idle_verdict(const struct results *results)
{
    double dirty = results->idle[PARTY_FOOBAR].dirty;

    if (dirty < 0) {
        return VERDICT_NONE;
    }
    return dirty < IDLE_BAR_KIB ? VERDICT_HELD : VERDICT_MISSED;
}

static void add_level_heads(struct table *table, const struct results *results)
{
    unsigned level;

    for (level = 0; level < results->level_count; level++) {
        add_cell(table, "%u connections", results->levels[level]);
    }
}

static void add_bar(struct table *table, double bar, unsigned connections)
{
    if (bar <= 0) {
        add_cell(table, "-");
    } else if (connections == 0) {
        add_cell(table, "%.2f", bar);
    } else {
        add_cell(table, "%.2f at %u", bar, connections);
    }
}

static void add_ratio(struct table *table, const struct results *results,
                      const struct ratio_bar *bar, bool by_cpu)
{
    unsigned level;

    begin_row(table);
    add_cell(table, "%s / %s", lanes[bar->lane].label, lanes[bar->over].label);
    for (level = 0; level < results->level_count; level++) {
        unsigned connections = results->levels[level];

        /* Less time a request is more work: the ratio is turned over. */
        add_spread(table,
                   by_cpu ? results_ratio(results, bar->over, bar->lane,
                                          connections, figure_cpu_all)
                          : results_ratio(results, bar->lane, bar->over,
                                          connections, figure_rate),
                   "%.2f");
    }
    if (!by_cpu) {
        add_bar(table, bar->bar, bar->connections);
        add_bar(table, bar->goal, bar->connections);
        add_verdict(table, tables_ratio_verdict(results, bar));
    }
}

static void write_ratios(FILE *out, enum tables_form form,
                         const struct results *results, bool by_cpu)
{
    struct table table = {0};
    unsigned i;

    begin_row(&table);
    add_cell(&table,
             by_cpu ? "requests a second of CPU time" : "requests a second");
    add_level_heads(&table, results);
    if (!by_cpu) {
        add_cell(&table, "bar: at least");
        add_cell(&table, "goal");
        add_cell(&table, "%s", "");
    }
    for (i = 0; i < ratio_bar_count; i++) {
        if (results_have(results, ratio_bars[i].lane) &&
            results_have(results, ratio_bars[i].over)) {
            add_ratio(&table, results, &ratio_bars[i], by_cpu);
        }
    }
    if (by_cpu) {
        write_head(out, form, "Ratios by CPU time",
                   "The same, of what all parts together (the client too) do "
                   "in a second of one\nprocessor: other programs disturb "
                   "this less.");
    } else {
        write_head(out, form, "Ratios",
                   "The median of the ratios of all rounds, and the lowest "
                   "and highest of them.");
    }
    write_table(out, form, &table);
}

static void add_tail(struct table *table, const struct results *results,
                     enum lane_id lane)
{
    unsigned level;

    begin_row(table);
    add_cell(table, "%s", lanes[lane].label);
    for (level = 0; level < results->level_count; level++) {
        add_spread(
            table,
            results_of(results, lane, results->levels[level], figure_tail),
            "%.1f");
    }
    add_bar(table, lanes[lane].party == PARTY_FOOBAR ? TAIL_BAR : 0, 0);
    add_verdict(table, tables_tail_verdict(results, lane));
}

static void write_tails(FILE *out, enum tables_form form,
                        const struct results *results)
{
    struct table table = {0};
    unsigned i;

    begin_row(&table);
    add_cell(&table, "p99 / p50 of the latency");
    add_level_heads(&table, results);
    add_cell(&table, "bar: at most");
    add_cell(&table, "%s", "");
    for (i = 0; i < LANE_COUNT; i++) {
        if (results_have(results, (enum lane_id)i)) {
            add_tail(&table, results, (enum lane_id)i);
        }
    }
    write_head(out, form, "Tails",
               "How much longer the slowest hundredth waits than the half.");
    write_table(out, form, &table);
}

static void add_memory(struct table *table, const struct results *results,
                       unsigned party, const char *when,
                       const struct memory *memory)
{
    if (memory->dirty < 0) {
        return;
    }
    begin_row(table);
    add_cell(table, "%s, %s", party_names[party], when);
    add_cell(table, "%.0f", memory->dirty);
    add_cell(table, "%.0f", memory->pss);
    if (party == PARTY_FOOBAR && memory == &results->idle[party]) {
        add_cell(table, "%.0f", IDLE_BAR_KIB);
        add_verdict(table, tables_idle_verdict(results));
    } else {
        add_cell(table, "-");
        add_verdict(table, VERDICT_NONE);
    }
}

static void write_memory(FILE *out, enum tables_form form,
                         const struct results *results)
{
    struct table table = {0};
    unsigned i;

    begin_row(&table);
    add_cell(&table, "a worker");
    add_cell(&table, "private dirty, KiB");
    add_cell(&table, "PSS, KiB");
    add_cell(&table, "bar: below");
    add_cell(&table, "%s", "");
    for (i = 0; i < PARTY_COUNT; i++) {
        add_memory(&table, results, i, "before its first request",
                   &results->idle[i]);
        add_memory(&table, results, i, "after the last one",
                   &results->served[i]);
    }
    write_head(out, form, "Memory of a worker",
               "The largest of the workers, from /proc/PID/smaps_rollup.");
    write_table(out, form, &table);
}

static void add_median(struct table *table, struct spread spread, double unit)
{
    if (spread.count == 0) {
        add_cell(table, "-");
    } else {
        add_cell(table, "%.1f", spread.median / unit);
    }
}

static void add_nearness(struct table *table, struct spread nearness)
{
    if (nearness.count == 0) {
        add_cell(table, "-");
    } else {
        add_cell(table, "%.2f", nearness.median);
    }
}

static void add_figures(struct table *table, const struct results *results,
                        enum lane_id lane, unsigned connections)
{
    struct spread rate = results_of(results, lane, connections, figure_rate);
    bench_figure *const cpu[] = {figure_cpu_client, figure_cpu_nginx,
                                 figure_cpu_application, figure_cpu_database};
    size_t i;

    begin_row(table);
    add_cell(table, "%s", lanes[lane].label);
    add_cell(table, "%.0f", rate.median);
    add_nearness(table, results_nearness(results, lane, connections));
    add_cell(table, "%.0f %%", spread_percent(rate));
    add_median(table, results_of(results, lane, connections, figure_p50), 1e3);
    add_median(table, results_of(results, lane, connections, figure_p99), 1e3);
    for (i = 0; i < sizeof(cpu) / sizeof(cpu[0]); i++) {
        add_median(table, results_of(results, lane, connections, cpu[i]), 1);
    }
    add_median(table, results_of(results, lane, connections, figure_used), 1);
    add_median(table, results_of(results, lane, connections, figure_others), 1);
    add_median(table, results_of(results, lane, connections, figure_pss), 1024);
}

static void write_level(FILE *out, enum tables_form form,
                        const struct results *results, unsigned connections)
{
    static const char *const heads[] = {
        "lane",  "req/s", "of limit", "spread", "p50 ms",   "p99 ms", "client",
        "nginx", "app",   "database", "used %", "others %", "PSS MiB"};
    struct table table = {0};
    char title[64];
    unsigned i;

    begin_row(&table);
    for (i = 0; i < sizeof(heads) / sizeof(heads[0]); i++) {
        add_cell(&table, "%s", heads[i]);
    }
    for (i = 0; i < LANE_COUNT; i++) {
        if (results_have(results, (enum lane_id)i)) {
            add_figures(&table, results, (enum lane_id)i, connections);
        }
    }
    snprintf(title, sizeof(title), "Figures at %u connections", connections);
    write_head(out, form, title,
               "Medians of all rounds; of limit: this throughput over that of "
               "\"nginx, return 200\"\n"
               "or of the database alone, which nothing that does the same can "
               "pass; spread:\n"
               "highest to lowest round. client, nginx, app and\n"
               "database: their CPU time a request in microseconds; used: of "
               "all processors, by\n"
               "these four; others: by programs outside of the bench; PSS: "
               "memory of the\n"
               "application's processes together after the load.");
    write_table(out, form, &table);
}

static void write_conditions(FILE *out, enum tables_form form, FILE *conditions)
{
    char line[512];

    write_head(out, form, "Conditions",
               "Load in a closed loop over the loopback: each connection "
               "sends its next request when\nit has the reply. The client "
               "shares the processors with all that it measures.");
    while (fgets(line, sizeof(line), conditions) != NULL) {
        fprintf(out, "%s%s", form == TABLES_MARKDOWN ? "- " : "  ", line);
    }
    fputc('\n', out);
}

void tables_write(FILE *out, enum tables_form form,
                  const struct results *results, FILE *conditions)
{
    char why[256];
    double errors = results_errors(results);
    unsigned level;

    if (form == TABLES_MARKDOWN) {
        fputs("# Measured side by side\n\n"
              "![Requests a second and latency of each lane](performance.svg)"
              "\n\n",
              out);
    }
    if (errors > 0) {
        fprintf(out,
                "%.0f replies were an error or never came: these figures "
                "count for nothing.\n\n",
                errors);
    }
    if (results_disturbed(results, why, sizeof(why))) {
        fprintf(out,
                "This run was disturbed: %s. Repeat it on a quiet machine "
                "before you believe it.\n\n",
                why);
    }
    write_ratios(out, form, results, false);
    write_ratios(out, form, results, true);
    write_tails(out, form, results);
    write_memory(out, form, results);
    for (level = 0; level < results->level_count; level++) {
        write_level(out, form, results, results->levels[level]);
    }
    write_conditions(out, form, conditions);
}
