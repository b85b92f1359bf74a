/* The result as a drawing: one panel for each number of connections. */

#ifndef BENCH_PLOT_H
#define BENCH_PLOT_H

#include "results.h"

#include <stdio.h>

/* Writes an SVG document; `what` stands under its title. */
void plot_write(FILE *out, const struct results *results, const char *what);

#endif
