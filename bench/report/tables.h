/* The result as tables: for a terminal, and as Markdown. */

#ifndef BENCH_TABLES_H
#define BENCH_TABLES_H

#include "results.h"

#include <stdio.h>

enum tables_form {
    TABLES_TEXT,
    TABLES_MARKDOWN
};

/*
 * Writes conditions, ratios, tails, memory and then the absolute figures.
 * `conditions` has lines "what: how"; it is read to its end.
 */
void tables_write(FILE *out, enum tables_form form,
                  const struct results *results, FILE *conditions);

/* How a figure stands to its bar. */
enum verdict {
    VERDICT_NONE, /* there is no bar, or nothing was measured */
    VERDICT_HELD,
    VERDICT_MISSED
};

/* At all numbers of connections at which the bar counts. */
enum verdict tables_ratio_verdict(const struct results *results,
                                  const struct ratio_bar *bar);
enum verdict tables_tail_verdict(const struct results *results,
                                 enum lane_id lane);
enum verdict tables_idle_verdict(const struct results *results);

#endif
