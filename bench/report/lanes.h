/*
 * The lanes that run side by side, and the bars that they are held to. Both
 * are tables: bench/run asks the report program for the lanes (--lanes), so
 * that each stands once.
 */

#ifndef BENCH_LANES_H
#define BENCH_LANES_H

/* Whose CPU time and memory a lane's application column shows. */
enum party {
    PARTY_NONE, /* nginx answers by itself */
    PARTY_FOOBAR,
    PARTY_PHP,
    PARTY_COUNT
};

/*
 * LANE(id, name in files, path, party, words that its reply must contain,
 *      what people read)
 */
/* clang-format off */
#define LANES(LANE)                                                            \
    LANE(RETURN200, "return200", "/return200", PARTY_NONE,                     \
         "Hello, World!", "nginx, return 200")                                 \
    LANE(STATIC, "static", "/static.txt", PARTY_NONE,                          \
         "Hello, World!", "nginx, static file")                                \
    LANE(PLAINTEXT, "plaintext", "/plaintext", PARTY_FOOBAR,                   \
         "Hello, World!", "Foobar, plaintext")                                 \
    LANE(PHP_PLAINTEXT, "php-plaintext", "/php/plaintext.php", PARTY_PHP,      \
         "Hello, World!", "PHP-FPM, plaintext")                                \
    LANE(DB, "db", "/db", PARTY_FOOBAR,                                        \
         "\"randomNumber\":", "Foobar, one row")                               \
    LANE(PHP_MYSQLI, "php-mysqli", "/php/db-mysqli.php", PARTY_PHP,            \
         "\"randomNumber\":", "PHP-FPM, one row, mysqli")                      \
    LANE(PHP_PDO, "php-pdo", "/php/db-pdo.php", PARTY_PHP,                     \
         "\"randomNumber\":", "PHP-FPM, one row, PDO")                         \
    LANE(FORTUNES, "fortunes", "/fortunes", PARTY_FOOBAR,                      \
         "&lt;script&gt;", "Foobar, fortunes")                                 \
    LANE(PHP_FORTUNES, "php-fortunes", "/php/fortunes.php", PARTY_PHP,         \
         "&lt;script&gt;", "PHP-FPM, fortunes, PDO")
/* clang-format on */

enum lane_id {
#define LANE(id, name, path, party, contains, label) LANE_##id,
    LANES(LANE)
#undef LANE
    LANE_COUNT
};

struct lane {
    const char *name;
    const char *path;
    enum party party;
    const char *contains;
    const char *label;
};

extern const struct lane lanes[LANE_COUNT];
extern const char *const party_names[PARTY_COUNT];

/*
 * The throughput of one lane over that of another. A bar of 0 is none; it
 * is held at `connections`, or at every number of them when that is 0.
 */
struct ratio_bar {
    enum lane_id lane;
    enum lane_id over;
    double bar;
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
