/* The tables of lanes.h. */

#include "lanes.h"

const struct lane lanes[LANE_COUNT] = {
#define LANE(id, name, path, party, contains, label) \
    {name, path, party, contains, label},
    LANES(LANE)
#undef LANE
};

const char *const party_names[PARTY_COUNT] = {"none", "foobar", "php"};

/* clang-format off */
const struct ratio_bar ratio_bars[] = {
    /* lane           over                bar   at */
    {LANE_PLAINTEXT,  LANE_RETURN200,     0.45, 0},
    {LANE_PLAINTEXT,  LANE_STATIC,        0,    0},
    {LANE_PLAINTEXT,  LANE_PHP_PLAINTEXT, 0,    0},
    {LANE_DB,         LANE_PHP_MYSQLI,    5,    64},
    {LANE_DB,         LANE_PHP_PDO,       0,    0},
    {LANE_FORTUNES,   LANE_PHP_FORTUNES,  0,    0},
    {LANE_DB,         LANE_PLAINTEXT,     0,    0},
};
/* clang-format on */

const unsigned ratio_bar_count = sizeof(ratio_bars) / sizeof(ratio_bars[0]);
