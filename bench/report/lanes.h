/*
 * The lanes that run side by side, and the bars that they are held to. Both
 * are tables: bench/run asks the report program for the lanes (--lanes), so
 * that each stands once.
 */

#ifndef BENCH_LANES_H
#define BENCH_LANES_H

#include <stdbool.h>

/* Whose CPU time and memory a lane's application column shows. */
enum party {
    PARTY_NONE, /* nginx answers by itself */
    PARTY_FOOBAR,
    PARTY_PHP,
    PARTY_NODE,
    PARTY_GO,
    PARTY_LUA,
    PARTY_LIMIT, /* a client that asks the database directly */
    PARTY_COUNT
};

/*
 * LANE(id, name in files, path, party, the lane that is its limit, whether
 *      `make bench-quick` runs it, words that its reply must contain, what
 *      people read)
 *
 * The path of PARTY_LIMIT is a test of bench/limit.c. LANE_NONE is no lane.
 */
/* clang-format off */
#define LANES(LANE)                                                            \
    LANE(RETURN200, "return200", "/return200",                                 \
         PARTY_NONE, LANE_NONE, true, "Hello, World!", "nginx, return 200")    \
    LANE(STATIC, "static", "/static.txt",                                      \
         PARTY_NONE, LANE_NONE, true, "Hello, World!", "nginx, static file")   \
    LANE(PLAINTEXT, "plaintext", "/plaintext",                                 \
         PARTY_FOOBAR, LANE_RETURN200, true,                                   \
         "Hello, World!", "Foobar, plaintext")                                 \
    LANE(PHP_PLAINTEXT, "php-plaintext", "/php/plaintext.php",                 \
         PARTY_PHP, LANE_RETURN200, false,                                     \
         "Hello, World!", "PHP-FPM, plaintext")                                \
    LANE(NODE_PLAINTEXT, "node-plaintext", "/node/plaintext",                  \
         PARTY_NODE, LANE_RETURN200, false, "Hello, World!", "Node, plaintext")\
    LANE(GO_PLAINTEXT, "go-plaintext", "/go/plaintext",                        \
         PARTY_GO, LANE_RETURN200, false, "Hello, World!", "Go, plaintext")    \
    LANE(LUA_PLAINTEXT, "lua-plaintext", "/plaintext",                         \
         PARTY_LUA, LANE_RETURN200, false,                                     \
         "Hello, World!", "nginx and Lua, plaintext")                          \
    LANE(JSON, "json", "/json",                                                \
         PARTY_FOOBAR, LANE_RETURN200, false, "Hello, World!", "Foobar, JSON") \
    LANE(PHP_JSON, "php-json", "/php/json.php",                                \
         PARTY_PHP, LANE_RETURN200, false, "Hello, World!", "PHP-FPM, JSON")   \
    LANE(NODE_JSON, "node-json", "/node/json",                                 \
         PARTY_NODE, LANE_RETURN200, false, "Hello, World!", "Node, JSON")     \
    LANE(GO_JSON, "go-json", "/go/json",                                       \
         PARTY_GO, LANE_RETURN200, false, "Hello, World!", "Go, JSON")         \
    LANE(LUA_JSON, "lua-json", "/json",                                        \
         PARTY_LUA, LANE_RETURN200, false,                                     \
         "Hello, World!", "nginx and Lua, JSON")                               \
    LANE(DB, "db", "/db",                                                      \
         PARTY_FOOBAR, LANE_LIMIT_DB, true,                                    \
         "\"randomNumber\":", "Foobar, one row")                               \
    LANE(PHP_MYSQLI, "php-mysqli", "/php/db-mysqli.php",                       \
         PARTY_PHP, LANE_LIMIT_DB, true,                                       \
         "\"randomNumber\":", "PHP-FPM, one row, mysqli")                      \
    LANE(PHP_PDO, "php-pdo", "/php/db-pdo.php",                                \
         PARTY_PHP, LANE_LIMIT_DB, false,                                      \
         "\"randomNumber\":", "PHP-FPM, one row, PDO")                         \
    LANE(NODE_DB, "node-db", "/node/db",                                       \
         PARTY_NODE, LANE_LIMIT_DB, true, "\"randomNumber\":", "Node, one row")\
    LANE(GO_DB, "go-db", "/go/db",                                             \
         PARTY_GO, LANE_LIMIT_DB, true, "\"randomNumber\":", "Go, one row")    \
    LANE(LIMIT_DB, "limit-db", "db",                                           \
         PARTY_LIMIT, LANE_NONE, true, "", "the database alone, one row")      \
    LANE(QUERIES, "queries", "/queries?queries=20",                            \
         PARTY_FOOBAR, LANE_LIMIT_QUERIES, false,                              \
         "\"randomNumber\":", "Foobar, 20 rows")                               \
    LANE(PHP_QUERIES, "php-queries", "/php/queries.php?queries=20",            \
         PARTY_PHP, LANE_LIMIT_QUERIES, false,                                 \
         "\"randomNumber\":", "PHP-FPM, 20 rows")                              \
    LANE(NODE_QUERIES, "node-queries", "/node/queries?queries=20",             \
         PARTY_NODE, LANE_LIMIT_QUERIES, false,                                \
         "\"randomNumber\":", "Node, 20 rows")                                 \
    LANE(GO_QUERIES, "go-queries", "/go/queries?queries=20",                   \
         PARTY_GO, LANE_LIMIT_QUERIES, false,                                  \
         "\"randomNumber\":", "Go, 20 rows")                                   \
    LANE(LIMIT_QUERIES, "limit-queries", "queries:20",                         \
         PARTY_LIMIT, LANE_NONE, false, "", "the database alone, 20 rows")     \
    LANE(FORTUNES, "fortunes", "/fortunes",                                    \
         PARTY_FOOBAR, LANE_LIMIT_FORTUNES, true,                              \
         "&lt;script&gt;", "Foobar, fortunes")                                 \
    LANE(PHP_FORTUNES_MYSQLI, "php-fortunes-mysqli",                           \
         "/php/fortunes-mysqli.php", PARTY_PHP, LANE_LIMIT_FORTUNES, true,     \
         "&lt;script&gt;", "PHP-FPM, fortunes, mysqli")                        \
    LANE(PHP_FORTUNES_PDO, "php-fortunes-pdo", "/php/fortunes-pdo.php",        \
         PARTY_PHP, LANE_LIMIT_FORTUNES, false,                                \
         "&lt;script&gt;", "PHP-FPM, fortunes, PDO")                           \
    LANE(NODE_FORTUNES, "node-fortunes", "/node/fortunes",                     \
         PARTY_NODE, LANE_LIMIT_FORTUNES, true,                                \
         "&lt;script&gt;", "Node, fortunes")                                   \
    LANE(GO_FORTUNES, "go-fortunes", "/go/fortunes",                           \
         PARTY_GO, LANE_LIMIT_FORTUNES, true, "&lt;script&gt;", "Go, fortunes")\
    LANE(LIMIT_FORTUNES, "limit-fortunes", "fortunes",                         \
         PARTY_LIMIT, LANE_NONE, true, "", "the database alone, fortunes")     \
    LANE(UPDATES, "updates", "/updates?queries=20",                            \
         PARTY_FOOBAR, LANE_LIMIT_UPDATES, false,                              \
         "\"randomNumber\":", "Foobar, 20 updates")                            \
    LANE(PHP_UPDATES, "php-updates", "/php/updates.php?queries=20",            \
         PARTY_PHP, LANE_LIMIT_UPDATES, false,                                 \
         "\"randomNumber\":", "PHP-FPM, 20 updates")                           \
    LANE(NODE_UPDATES, "node-updates", "/node/updates?queries=20",             \
         PARTY_NODE, LANE_LIMIT_UPDATES, false,                                \
         "\"randomNumber\":", "Node, 20 updates")                              \
    LANE(GO_UPDATES, "go-updates", "/go/updates?queries=20",                   \
         PARTY_GO, LANE_LIMIT_UPDATES, false,                                  \
         "\"randomNumber\":", "Go, 20 updates")                                \
    LANE(LIMIT_UPDATES, "limit-updates", "updates:20",                         \
         PARTY_LIMIT, LANE_NONE, false, "", "the database alone, 20 updates")
/* clang-format on */

enum lane_id {
#define LANE(id, name, path, party, limit, quick, contains, label) LANE_##id,
    LANES(LANE)
#undef LANE
    LANE_COUNT,
    LANE_NONE = LANE_COUNT
};

struct lane {
    const char *name;
    const char *path;
    enum party party;
    enum lane_id limit; /* what serves this cannot be faster; or LANE_NONE */
    bool quick;
    const char *contains;
    const char *label;
};

extern const struct lane lanes[LANE_COUNT];
extern const char *const party_names[PARTY_COUNT];

/*
 * The throughput of one lane over that of another. A bar of 0 is none; it
 * is held at `connections`, or at every number of them when that is 0. The
 * goal lies above the bar, or is 0: it is told, and nothing is held to it.
 */
struct ratio_bar {
    enum lane_id lane;
    enum lane_id over;
    double bar;
    double goal;
    unsigned connections;
};

extern const struct ratio_bar ratio_bars[];
extern const unsigned ratio_bar_count;

/* p99 over p50 of our own lanes, at every number of connections: at most. */
#define TAIL_BAR 6.0

/* Private dirty memory of a worker that has served nothing: less than. */
#define IDLE_BAR_KIB (1500000.0 / 1024)

/* Other programs took more of the CPUs than this: say "disturbed". */
#define DISTURBED_PERCENT 5.0

/* The rounds of a ratio differ by more than this of it: the same. */
#define SPREAD_PERCENT 25.0

#endif
