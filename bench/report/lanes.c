/* The tables of lanes.h. */

#include "lanes.h"

const struct lane lanes[LANE_COUNT] = {
#define LANE(id, name, path, party, limit, quick, contains, label) \
    {name, path, party, limit, quick, contains, label},
    LANES(LANE)
#undef LANE
};

const char *const party_names[PARTY_COUNT] = {
    "none", "foobar", "php", "node", "go", "lua", "database"};

/* clang-format off */
const struct ratio_bar ratio_bars[] = {
    /* lane           over                      bar   goal  at */
    {LANE_PLAINTEXT,  LANE_RETURN200,           0.45, 0,    0},
    {LANE_PLAINTEXT,  LANE_STATIC,              0,    0,    0},
    {LANE_PLAINTEXT,  LANE_PHP_PLAINTEXT,       0,    0,    0},
    {LANE_PLAINTEXT,  LANE_NODE_PLAINTEXT,      0,    0,    0},
    {LANE_PLAINTEXT,  LANE_GO_PLAINTEXT,        0,    0,    0},
    {LANE_PLAINTEXT,  LANE_LUA_PLAINTEXT,       0,    0,    0},
    {LANE_JSON,       LANE_RETURN200,           0,    0,    0},
    {LANE_JSON,       LANE_PHP_JSON,            0,    0,    0},
    {LANE_JSON,       LANE_NODE_JSON,           0,    0,    0},
    {LANE_JSON,       LANE_GO_JSON,             0,    0,    0},
    {LANE_JSON,       LANE_LUA_JSON,            0,    0,    0},
    {LANE_DB,         LANE_PHP_MYSQLI,          5,    6,    64},
    {LANE_DB,         LANE_PHP_PDO,             0,    0,    0},
    {LANE_DB,         LANE_NODE_DB,             1.8,  2,    64},
    {LANE_DB,         LANE_GO_DB,               1.8,  2,    64},
    {LANE_DB,         LANE_LIMIT_DB,            0.65, 0.75, 64},
    {LANE_DB,         LANE_PLAINTEXT,           0,    0,    0},
    {LANE_QUERIES,    LANE_PHP_QUERIES,         0,    0,    0},
    {LANE_QUERIES,    LANE_NODE_QUERIES,        0,    0,    0},
    {LANE_QUERIES,    LANE_GO_QUERIES,          0,    0,    0},
    {LANE_QUERIES,    LANE_LIMIT_QUERIES,       0,    0,    0},
    {LANE_FORTUNES,   LANE_PHP_FORTUNES_MYSQLI, 5,    6,    64},
    {LANE_FORTUNES,   LANE_PHP_FORTUNES_PDO,    0,    0,    0},
    {LANE_FORTUNES,   LANE_NODE_FORTUNES,       1.8,  2,    64},
    {LANE_FORTUNES,   LANE_GO_FORTUNES,         1.8,  2,    64},
    {LANE_FORTUNES,   LANE_LIMIT_FORTUNES,      0.65, 0.75, 64},
    {LANE_UPDATES,    LANE_PHP_UPDATES,         0,    0,    0},
    {LANE_UPDATES,    LANE_NODE_UPDATES,        0,    0,    0},
    {LANE_UPDATES,    LANE_GO_UPDATES,          0,    0,    0},
    {LANE_UPDATES,    LANE_LIMIT_UPDATES,       0,    0,    0},
};
/* clang-format on */

const unsigned ratio_bar_count = sizeof(ratio_bars) / sizeof(ratio_bars[0]);
