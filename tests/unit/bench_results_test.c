/*
 * The statistics of the bench, on figures that were made up: medians, ratios
 * round by round, bars, and the files that are refused.
 */

#include "results.h"
#include "tables.h"
#include "unit.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* A line whose rate is `requests` a second, with the given latencies. */
#define RUN(round, connections, lane, requests, p50, p99)                    \
    "run\t" #round "\t" #connections "\t" lane "\t" #requests                \
    "\t1000000\t0\t0\t" #p50 "\t" #p99 "\t" #p99 "\t" #p99 "\t100\t200\t300" \
    "\t400\t20000\t2\t5000\n"

static struct results results;
static char problem[512];

/* Reads a text as if it were a file; its name in messages is the file's. */
static bool read_text(const char *text)
{
    char file[] = "/tmp/bench_results_XXXXXX";
    int fd = mkstemp(file);
    size_t length = strlen(text);
    bool good;

    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(write(fd, text, length), (ssize_t)length);
    close(fd);
    good = results_read(&results, file, problem, sizeof(problem));
    unlink(file);
    return good;
}

START_TEST(the_median_of_an_even_number_is_between_the_middle_two)
{
    struct spread spread;

    ck_assert(read_text(
        RUN(1, 64, "db", 1000, 5, 9) RUN(2, 64, "db", 4000, 5, 9)
            RUN(3, 64, "db", 2000, 5, 9) RUN(4, 64, "db", 3000, 5, 9)));
    spread = results_of(&results, LANE_DB, 64, figure_rate);
    ck_assert_uint_eq(spread.count, 4);
    ck_assert_double_eq(spread.low, 1000);
    ck_assert_double_eq(spread.median, 2500);
    ck_assert_double_eq(spread.high, 4000);
    ck_assert_double_eq(spread_percent(spread), 120);
}
END_TEST

START_TEST(a_ratio_is_formed_within_each_round)
{
    struct spread spread;

    /* The machine slows down; the ratio stays 2. */
    ck_assert(read_text(RUN(1, 64, "plaintext", 4000, 5, 9) RUN(
        1, 64, "return200", 8000, 5, 9) RUN(2, 64, "plaintext", 1000, 5, 9)
                            RUN(2, 64, "return200", 2000, 5, 9)));
    spread = results_ratio(&results, LANE_PLAINTEXT, LANE_RETURN200, 64,
                           figure_rate);
    ck_assert_uint_eq(spread.count, 2);
    ck_assert_double_eq(spread.low, 0.5);
    ck_assert_double_eq(spread.high, 0.5);
}
END_TEST

START_TEST(a_round_that_lacks_a_side_does_not_count)
{
    ck_assert(read_text(RUN(1, 64, "plaintext", 4000, 5, 9)
                            RUN(2, 64, "return200", 2000, 5, 9)));
    ck_assert_uint_eq(
        results_ratio(&results, LANE_PLAINTEXT, LANE_RETURN200, 64, figure_rate)
            .count,
        0);
}
END_TEST

START_TEST(figures_are_per_request_and_per_processor)
{
    ck_assert(read_text(RUN(1, 64, "db", 100, 5, 30)));
    ck_assert_double_eq(figure_tail(&results.samples[0]), 6);
    ck_assert_double_eq(figure_cpu_nginx(&results.samples[0]), 2);
    ck_assert_double_eq(figure_others(&results.samples[0]), 1);
}
END_TEST

START_TEST(a_bar_is_missed_when_one_number_of_connections_misses_it)
{
    ck_assert(read_text(RUN(1, 64, "plaintext", 4600, 5, 9)
                            RUN(1, 64, "return200", 10000, 5, 9)));
    ck_assert_int_eq(tables_ratio_verdict(&results, &ratio_bars[0]),
                     VERDICT_HELD);
    ck_assert(read_text(RUN(1, 64, "plaintext", 4600, 5, 9) RUN(
        1, 64, "return200", 10000, 5, 9) RUN(1, 256, "plaintext", 4400, 5, 9)
                            RUN(1, 256, "return200", 10000, 5, 9)));
    ck_assert_int_eq(tables_ratio_verdict(&results, &ratio_bars[0]),
                     VERDICT_MISSED);
}
END_TEST

START_TEST(the_limit_of_a_lane_is_what_it_is_measured_against)
{
    struct spread spread;

    ck_assert(read_text(
        RUN(1, 64, "db", 3000, 5, 9) RUN(1, 64, "limit-db", 4000, 5, 9)
            RUN(2, 64, "db", 1000, 5, 9) RUN(2, 64, "limit-db", 4000, 5, 9)
                RUN(1, 64, "return200", 9000, 5, 9)));
    spread = results_nearness(&results, LANE_DB, 64);
    ck_assert_uint_eq(spread.count, 2);
    ck_assert_double_eq(spread.low, 0.25);
    ck_assert_double_eq(spread.median, 0.5);
    ck_assert_double_eq(spread.high, 0.75);
    ck_assert_uint_eq(results_nearness(&results, LANE_DB, 256).count, 0);
    ck_assert_uint_eq(results_nearness(&results, LANE_LIMIT_DB, 64).count, 0);
    ck_assert_uint_eq(results_nearness(&results, LANE_RETURN200, 64).count, 0);
}
END_TEST

START_TEST(each_lane_with_a_limit_is_of_a_party_that_serves_pages)
{
    unsigned i;

    for (i = 0; i < LANE_COUNT; i++) {
        bool serves =
            lanes[i].party != PARTY_NONE && lanes[i].party != PARTY_LIMIT;

        ck_assert_msg((lanes[i].limit != LANE_NONE) == serves, "%s",
                      lanes[i].name);
        ck_assert(!serves || lanes[lanes[i].limit].limit == LANE_NONE);
    }
}
END_TEST

START_TEST(a_quick_run_has_both_sides_of_every_bar)
{
    unsigned i;

    for (i = 0; i < ratio_bar_count; i++) {
        const struct ratio_bar *bar = &ratio_bars[i];

        ck_assert_msg(bar->bar <= 0 ||
                          (lanes[bar->lane].quick && lanes[bar->over].quick),
                      "%s / %s", lanes[bar->lane].name, lanes[bar->over].name);
        ck_assert(bar->goal <= 0 || bar->goal > bar->bar);
    }
}
END_TEST

/* Writes the result as text and returns what was written. */
static const char *written(void)
{
    static char text[65536];
    FILE *conditions = fmemopen("kind: made up\n", 14, "r");
    FILE *out = fmemopen(text, sizeof(text), "w");

    ck_assert_ptr_nonnull(conditions);
    ck_assert_ptr_nonnull(out);
    tables_write(out, TABLES_TEXT, &results, conditions);
    fclose(out);
    fclose(conditions);
    return text;
}

START_TEST(the_figures_say_how_near_a_lane_is_to_its_limit)
{
    const char *text;
    const char *line;

    ck_assert(read_text(RUN(1, 64, "db", 3000, 5, 9)
                            RUN(1, 64, "limit-db", 4000, 5, 9)));
    text = strstr(written(), "Figures at 64");
    ck_assert_ptr_nonnull(text);
    ck_assert_ptr_nonnull(strstr(text, "  req/s  of limit  "));
    line = strstr(text, "\n  Foobar, one row ");
    ck_assert_ptr_nonnull(line);
    ck_assert_ptr_nonnull(strstr(line, "   3000      0.75  "));
    line = strstr(text, "\n  the database alone, one row ");
    ck_assert_ptr_nonnull(line);
    ck_assert_ptr_nonnull(strstr(line, "   4000         -  "));
}
END_TEST

START_TEST(a_bar_stands_beside_its_goal_and_a_lane_that_did_not_run_nowhere)
{
    const char *text;

    ck_assert(read_text(RUN(1, 64, "db", 3000, 5, 9)
                            RUN(1, 64, "limit-db", 4000, 5, 9)));
    text = written();
    ck_assert_ptr_nonnull(
        strstr(text, "0.75 (0.75 to 0.75)     0.65 at 64  0.75 at 64  held"));
    ck_assert_ptr_null(strstr(text, "Node"));
    ck_assert_ptr_null(strstr(text, "plaintext"));
}
END_TEST

START_TEST(the_bar_of_the_tail_is_for_our_own_lanes)
{
    ck_assert(read_text(RUN(1, 64, "db", 1000, 5, 30) RUN(
        1, 64, "plaintext", 1000, 5, 31) RUN(1, 64, "php-pdo", 1000, 5, 90)));
    ck_assert_int_eq(tables_tail_verdict(&results, LANE_DB), VERDICT_HELD);
    ck_assert_int_eq(tables_tail_verdict(&results, LANE_PLAINTEXT),
                     VERDICT_MISSED);
    ck_assert_int_eq(tables_tail_verdict(&results, LANE_PHP_PDO), VERDICT_NONE);
}
END_TEST

START_TEST(the_memory_of_an_idle_worker_is_held_to_its_bar)
{
    ck_assert(read_text(RUN(1, 64, "db", 1000, 5, 9)));
    ck_assert_int_eq(tables_idle_verdict(&results), VERDICT_NONE);
    ck_assert(
        read_text("idle\tfoobar\t1464\t9000\n" RUN(1, 64, "db", 1, 5, 9)));
    ck_assert_int_eq(tables_idle_verdict(&results), VERDICT_HELD);
    ck_assert(
        read_text("idle\tfoobar\t1465\t9000\n" RUN(1, 64, "db", 1, 5, 9)));
    ck_assert_int_eq(tables_idle_verdict(&results), VERDICT_MISSED);
}
END_TEST

START_TEST(a_run_whose_rounds_lie_far_apart_is_called_disturbed)
{
    char why[256];

    ck_assert(read_text(RUN(1, 64, "plaintext", 4600, 5, 9) RUN(
        1, 64, "return200", 10000, 5, 9) RUN(2, 64, "plaintext", 4700, 5, 9)
                            RUN(2, 64, "return200", 10000, 5, 9)));
    ck_assert(!results_disturbed(&results, why, sizeof(why)));
    ck_assert(read_text(RUN(1, 64, "plaintext", 4600, 5, 9) RUN(
        1, 64, "return200", 10000, 5, 9) RUN(2, 64, "plaintext", 6600, 5, 9)
                            RUN(2, 64, "return200", 10000, 5, 9)));
    ck_assert(results_disturbed(&results, why, sizeof(why)));
    ck_assert_ptr_nonnull(strstr(why, "Foobar, plaintext"));
}
END_TEST

static const struct {
    const char *text;
    const char *says;
} refused[] = {
    {"", ":0: there is no measurement"},
    {"walk\t1\n", ":1: a line begins with run, idle or served"},
    {"run\t1\t64\tnobody\t1\n", ":1: there is no such lane"},
    {"run\tx\t64\tdb\t1\n", ":1: the round or the number of connections"},
    {"run\t101\t64\tdb\t1\n", ":1: the round or the number of connections"},
    {"run\t1\t64\tdb\t100\n", ":1: a figure is missing"},
    {"run\t1\t64\tdb\t-5\t1\n", ":1: a figure is missing"},
    {RUN(1, 64, "db", 0, 5, 9), ":1: these figures make no sense"},
    {RUN(1, 64, "db", 9, 0, 9), ":1: these figures make no sense"},
    {"idle\tnobody\t1\t1\n", ":1: there is no such party"},
    {"idle\tphp\t1\n", ":1: a figure is missing"},
    {RUN(1, 1, "db", 9, 5, 9) RUN(1, 2, "db", 9, 5, 9) RUN(1, 3, "db", 9, 5, 9)
         RUN(1, 4, "db", 9, 5, 9) RUN(1, 5, "db", 9, 5, 9),
     ":5: too many different numbers"},
    {"idle\tphp\t1\t1", ":1: the line is too long or has no end"},
};

START_TEST(a_file_that_makes_no_sense_is_refused_with_its_line)
{
    ck_assert(!read_text(refused[_i].text));
    ck_assert_msg(strstr(problem, refused[_i].says) != NULL, "%s", problem);
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_test(tests,
                   the_median_of_an_even_number_is_between_the_middle_two);
    tcase_add_test(tests, a_ratio_is_formed_within_each_round);
    tcase_add_test(tests, a_round_that_lacks_a_side_does_not_count);
    tcase_add_test(tests, figures_are_per_request_and_per_processor);
    tcase_add_test(tests,
                   a_bar_is_missed_when_one_number_of_connections_misses_it);
    tcase_add_test(tests, the_limit_of_a_lane_is_what_it_is_measured_against);
    tcase_add_test(tests,
                   each_lane_with_a_limit_is_of_a_party_that_serves_pages);
    tcase_add_test(tests, a_quick_run_has_both_sides_of_every_bar);
    tcase_add_test(tests, the_figures_say_how_near_a_lane_is_to_its_limit);
    tcase_add_test(
        tests,
        a_bar_stands_beside_its_goal_and_a_lane_that_did_not_run_nowhere);
    tcase_add_test(tests, the_bar_of_the_tail_is_for_our_own_lanes);
    tcase_add_test(tests, the_memory_of_an_idle_worker_is_held_to_its_bar);
    tcase_add_test(tests, a_run_whose_rounds_lie_far_apart_is_called_disturbed);
    tcase_add_loop_test(tests,
                        a_file_that_makes_no_sense_is_refused_with_its_line, 0,
                        UNIT_ROWS(refused));
}

UNIT_MAIN("bench results", add_tests)
