/* Ids and times in headers: ngx_foobar_module/foobar_trace.c */

#include "unit.h"

#include <string.h>

#include "foobar_trace.h"

#define TRACE_ID "4bf92f3577b34da6a3ce929d0e0e4736"
#define PARENT_ID "00f067aa0ba902b7"
#define NO_TRACE_ID "00000000000000000000000000000000"
#define SIXTEEN "0123456789abcdef"
#define SIXTY_FOUR SIXTEEN SIXTEEN SIXTEEN SIXTEEN
#define LONG_KEY SIXTY_FOUR SIXTY_FOUR SIXTY_FOUR SIXTY_FOUR /* 256 */

/* 1700000000.500, as "now" of all arrivals. */
#define NOW_MS ((int64_t)1700000000500)

static const struct {
    const char *text;
    bool is_valid;
} request_ids[] = {
    {"a", true},
    {"0123456789abcdef0123456789abcdef", true},
    {"7b2e4c1a-9f3d-4e5f-8a6b-0c1d2e3f4a5b", true},
    {"Az09._-", true},
    {SIXTY_FOUR, true},
    {SIXTY_FOUR "0", false},
    {"", false},
    {"a b", false},
    {" a", false},
    {"a\n", false},
    {"a\"b", false},
    {"a/b", false},
    {"<script>", false},
    {"caf\303\251", false},
};

START_TEST(a_request_id_is_taken_only_if_it_is_harmless)
{
    const char *text = request_ids[_i].text;

    ck_assert_msg(foobar_request_id_is_valid(text, strlen(text)) ==
                      request_ids[_i].is_valid,
                  "\"%s\"", text);
}
END_TEST

START_TEST(a_nul_ends_no_id)
{
    ck_assert(!foobar_request_id_is_valid("a\0b", 3));
    ck_assert(!foobar_request_id_is_valid("a\0", 2));
}
END_TEST

static const struct {
    const char *text;
    int flags; /* -1: invalid */
} parents[] = {
    {"00-" TRACE_ID "-" PARENT_ID "-01", 1},
    {"00-" TRACE_ID "-" PARENT_ID "-00", 0},
    {"00-" TRACE_ID "-" PARENT_ID "-03", 3},
    {"00-" TRACE_ID "-" PARENT_ID "-ff", 3},
    {"00-" TRACE_ID "-" PARENT_ID "-10", 0},
    /* Later versions, and what may stand behind. */
    {"01-" TRACE_ID "-" PARENT_ID "-01", 1},
    {"cc-" TRACE_ID "-" PARENT_ID "-01-what-comes", 1},
    {"cc-" TRACE_ID "-" PARENT_ID "-01-", 1},
    {"cc-" TRACE_ID "-" PARENT_ID "-01.what", -1},
    {"cc-" TRACE_ID "-" PARENT_ID "-011", -1},
    {"ff-" TRACE_ID "-" PARENT_ID "-01", -1},
    {"0g-" TRACE_ID "-" PARENT_ID "-01", -1},
    {"0A-" TRACE_ID "-" PARENT_ID "-01", -1},
    /* Version 00 has exactly its length. */
    {"00-" TRACE_ID "-" PARENT_ID "-01-", -1},
    {"00-" TRACE_ID "-" PARENT_ID "-01-more", -1},
    {"00-" TRACE_ID "-" PARENT_ID "-0", -1},
    {"00-" TRACE_ID "-" PARENT_ID "-", -1},
    {"00-" TRACE_ID "-" PARENT_ID, -1},
    {"", -1},
    {"0", -1},
    /* Ids of zeros alone, upper case, other characters, other places. */
    {"00-" NO_TRACE_ID "-" PARENT_ID "-01", -1},
    {"00-" TRACE_ID "-0000000000000000-01", -1},
    {"00-4BF92F3577B34DA6A3CE929D0E0E4736-" PARENT_ID "-01", -1},
    {"00-" TRACE_ID "-00F067AA0BA902B7-01", -1},
    {"00-" TRACE_ID "-" PARENT_ID "-0A", -1},
    {"00-4bf92f3577b34da6a3ce929d0e0e473g-" PARENT_ID "-01", -1},
    {"00-" TRACE_ID "-00f067aa0ba902bx-01", -1},
    {"00_" TRACE_ID "-" PARENT_ID "-01", -1},
    {"00-" TRACE_ID "_" PARENT_ID "-01", -1},
    {"00-" TRACE_ID "-" PARENT_ID "_01", -1},
    {" 00-" TRACE_ID "-" PARENT_ID "-01", -1},
};

START_TEST(a_traceparent_is_read_as_the_specification_says)
{
    const char *text = parents[_i].text;
    struct foobar_trace trace;
    bool good = foobar_trace_parse(text, strlen(text), &trace);

    ck_assert_msg(good == (parents[_i].flags >= 0), "\"%s\"", text);
    if (good) {
        ck_assert_mem_eq(trace.trace_id, TRACE_ID, FOOBAR_TRACE_ID_LENGTH);
        ck_assert_mem_eq(trace.parent_id, PARENT_ID, FOOBAR_PARENT_ID_LENGTH);
        ck_assert_uint_eq(trace.flags, (unsigned)parents[_i].flags);
    }
}
END_TEST

START_TEST(a_step_keeps_the_trace_and_is_a_new_parent)
{
    static const char given[] = "cc-" TRACE_ID "-" PARENT_ID "-01-more";
    struct foobar_random random = {{1, 2, 3, 4}};
    struct foobar_trace trace;
    char text[FOOBAR_TRACEPARENT_LENGTH];

    ck_assert(foobar_trace_parse(given, sizeof(given) - 1, &trace));
    foobar_trace_step(&random, &trace);
    foobar_trace_write(&trace, text);
    ck_assert_mem_eq(text, "00-" TRACE_ID "-", 36);
    ck_assert_mem_ne(text + 36, PARENT_ID, FOOBAR_PARENT_ID_LENGTH);
    ck_assert_mem_eq(text + 52, "-01", 3);
    ck_assert(foobar_trace_parse(text, sizeof(text), &trace));
}
END_TEST

START_TEST(a_trace_that_begins_here_asks_nobody_to_record_it)
{
    struct foobar_random random = {{1, 2, 3, 4}};
    struct foobar_trace trace;
    struct foobar_trace read;
    char text[FOOBAR_TRACEPARENT_LENGTH];

    foobar_trace_begin(&random, &trace);
    foobar_trace_write(&trace, text);
    ck_assert(foobar_trace_parse(text, sizeof(text), &read));
    ck_assert_mem_eq(read.trace_id, trace.trace_id, FOOBAR_TRACE_ID_LENGTH);
    ck_assert_mem_eq(read.parent_id, trace.parent_id, FOOBAR_PARENT_ID_LENGTH);
    ck_assert_uint_eq(read.flags, 0);
}
END_TEST

static int compare_ids(const void *one, const void *other)
{
    return memcmp(one, other, FOOBAR_REQUEST_ID_LENGTH);
}

#define IDS 20000

/* Also from a state of zeros, should the system give no randomness at all. */
START_TEST(ids_do_not_repeat)
{
    static char ids[IDS][FOOBAR_REQUEST_ID_LENGTH];
    struct foobar_random random = {{0, 0, 0, 0}};
    int i;

    random.state[3] = (uint64_t)_i;
    for (i = 0; i < IDS; i++) {
        foobar_request_id_make(&random, ids[i]);
        ck_assert(foobar_request_id_is_valid(ids[i], sizeof(ids[i])));
    }
    qsort(ids, IDS, sizeof(ids[0]), compare_ids);
    for (i = 1; i < IDS; i++) {
        ck_assert_mem_ne(ids[i - 1], ids[i], sizeof(ids[i]));
    }
}
END_TEST

static const struct {
    const char *text;
    bool is_valid;
} states[] = {
    {"rojo=00f067aa0ba902b7", true},
    {"rojo=1,congo=t61rcWkgMzE", true},
    {"rojo=1 , \tcongo=2", true},
    {",rojo=1,,", true},
    {"tenant@system=a b", true},
    {"0key_-*/=!#$%&'()+-./:;<>?@[]^_`{|}~", true},
    {LONG_KEY "=1", true},
    {LONG_KEY "0=1", false},
    {"rojo=" LONG_KEY, true},
    {"rojo=" LONG_KEY "0", false},
    {"a=" LONG_KEY ",b=" LONG_KEY, false}, /* longer than 512 in all */
    {"", false},
    {",", false},
    {" ", false},
    {"rojo", false},
    {"rojo=", false},
    {"=1", false},
    {"Rojo=1", false},
    {"@rojo=1", false},
    {"ro jo=1", false},
    {"rojo=1=2", false},
    {"rojo=1;congo=\n", false},
    {"rojo=\303\251", false},
    {"a=1,a=1,a=1,a=1,a=1,a=1,a=1,a=1,a=1,a=1,a=1,a=1,a=1,a=1,a=1,a=1,"
     "a=1,a=1,a=1,a=1,a=1,a=1,a=1,a=1,a=1,a=1,a=1,a=1,a=1,a=1,a=1,a=1",
     true},
    {"a=1,a=1,a=1,a=1,a=1,a=1,a=1,a=1,a=1,a=1,a=1,a=1,a=1,a=1,a=1,a=1,"
     "a=1,a=1,a=1,a=1,a=1,a=1,a=1,a=1,a=1,a=1,a=1,a=1,a=1,a=1,a=1,a=1,a=1",
     false},
};

START_TEST(a_tracestate_is_a_list_of_keys_and_values)
{
    const char *text = states[_i].text;

    ck_assert_msg(foobar_tracestate_is_valid(text, strlen(text)) ==
                      states[_i].is_valid,
                  "\"%s\"", text);
}
END_TEST

static const struct {
    const char *text;
    int64_t ms; /* -1: not believed */
} arrivals[] = {
    {"t=1700000000.123", 1700000000123},
    {"t=1700000000.5", 1700000000500},
    {"t=1700000000.123456789", 1700000000123},
    {"t=1700000000", 1700000000000},
    {"1700000000.123", 1700000000123},
    {"1700000000123", 1700000000123},
    {"t=1700000000123", 1700000000123},
    {"1700000000123456", 1700000000123},
    {"t=1700000000123456", 1700000000123},
    {"t=1699996400.500", 1699996400500}, /* an hour ago */
    {"t=1699996400.499", -1},
    {"t=1700000000.501", -1}, /* in the future */
    {"1700000001", -1},
    {"1700000000501", -1},
    {"0", -1},
    {"t=0", -1},
    {"", -1},
    {"t=", -1},
    {"t", -1},
    {"t=t=1700000000", -1},
    {"t=-1700000000", -1},
    {"t=1700000000.", -1},
    {"t=1700000000.1234567890", -1},
    {"t=1700000000.12x", -1},
    {"t=1700000000,123", -1},
    {"1700000000123.5", -1},
    {" 1700000000", -1},
    {"1700000000 ", -1},
    {"1.7e9", -1},
    {"999999999999999999", -1},
    {"9999999999999999999", -1},
    {"18446744073709551616", -1},
    {"00000000000000000001700000000", -1},
};

START_TEST(an_arrival_is_seconds_milliseconds_or_microseconds)
{
    const char *text = arrivals[_i].text;
    int64_t ms = -1;
    bool good = foobar_arrival_parse(text, strlen(text), NOW_MS, &ms);

    ck_assert_msg(good == (arrivals[_i].ms >= 0), "\"%s\"", text);
    ck_assert_int_eq(ms, arrivals[_i].ms);
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_loop_test(tests, a_request_id_is_taken_only_if_it_is_harmless, 0,
                        UNIT_ROWS(request_ids));
    tcase_add_test(tests, a_nul_ends_no_id);
    tcase_add_loop_test(tests, a_traceparent_is_read_as_the_specification_says,
                        0, UNIT_ROWS(parents));
    tcase_add_test(tests, a_step_keeps_the_trace_and_is_a_new_parent);
    tcase_add_test(tests, a_trace_that_begins_here_asks_nobody_to_record_it);
    tcase_add_loop_test(tests, ids_do_not_repeat, 0, 2);
    tcase_add_loop_test(tests, a_tracestate_is_a_list_of_keys_and_values, 0,
                        UNIT_ROWS(states));
    tcase_add_loop_test(tests,
                        an_arrival_is_seconds_milliseconds_or_microseconds, 0,
                        UNIT_ROWS(arrivals));
}

UNIT_MAIN("ids and times in headers", add_tests)
