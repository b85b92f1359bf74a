/* What the templates are given to show. */

#ifndef BENCH_VIEWS_H
#define BENCH_VIEWS_H

#include <stddef.h>
#include <stdint.h>

struct fortune {
    int64_t id;
    const char *message;
};

struct fortunes_view {
    const struct fortune *fortunes;
    size_t count;
};

#endif
