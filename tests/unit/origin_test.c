/* Ids and the arrival of a request: appserver/engine/trace.c */

#include "unit.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "trace.h"

#define ID_64 "0123456789abcdef0123456789abcdefABCDEFGHIJKLMNOPQRSTUVWXYZ._-xyz"
#define PARENT "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
static struct fb_request request;

/* The request as trace_begin() leaves it, with these parameters. */
static void begin(char *const *environment)
{
    memset(&request, 0, sizeof(request));
    request.environment = environment;
    trace_begin(&request);
}

static void begin_with(const char *name, const char *value)
{
    static char pair[1024];
    static char *environment[] = {pair, NULL};

    snprintf(pair, sizeof(pair), "%s=%s", name, value);
    begin(environment);
}

static void is_made_up(const char *id, size_t length)
{
    ck_assert_uint_eq(strlen(id), length);
    ck_assert_uint_eq(strspn(id, "0123456789abcdef"), length);
    ck_assert_uint_lt(strspn(id, "0"), length);
}

static const struct {
    const char *given;
    bool is_taken;
} ids[] = {
    {"a", true},        {"0123456789abcdef0123456789abcdef", true},
    {"Az09._-", true},  {ID_64, true},
    {ID_64 "0", false}, {"", false},
    {"a b", false},     {"a\nb", false},
    {"a\"b", false},    {"caf\303\251", false},
};

START_TEST(the_id_of_nginx_is_taken_if_it_is_well_formed)
{
    begin_with("FOOBAR_REQUEST_ID", ids[_i].given);
    if (ids[_i].is_taken) {
        ck_assert_str_eq(fb_request_id(&request), ids[_i].given);
    } else {
        is_made_up(fb_request_id(&request), 32);
    }
}
END_TEST

static const struct {
    const char *given;
    bool is_taken;
} parents[] = {
    {PARENT, true},
    {"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00", true},
    {PARENT "-more", false},
    {"01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", false},
    {"00-00000000000000000000000000000000-00f067aa0ba902b7-01", false},
    {"00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01", false},
    {"00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01", false},
    {"00-4bf92f3577b34da6a3ce929d0e0e4736_00f067aa0ba902b7-01", false},
    {"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7_01", false},
    {"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0x", false},
    {"00-", false},
    {"", false},
};

START_TEST(the_trace_of_nginx_is_taken_if_it_is_well_formed)
{
    const char *trace;

    begin_with("FOOBAR_TRACEPARENT", parents[_i].given);
    trace = fb_trace_parent(&request);
    if (parents[_i].is_taken) {
        ck_assert_str_eq(trace, parents[_i].given);
    } else {
        ck_assert_uint_eq(strlen(trace), 55);
        ck_assert_mem_eq(trace, "00-", 3);
        ck_assert_str_eq(trace + 52, "-00");
        ck_assert_str_ne(trace, parents[_i].given);
    }
    is_made_up(request.trace_id, 32);
    ck_assert_mem_eq(request.trace_id, trace + 3, 32);
}
END_TEST

START_TEST(headers_of_the_client_are_never_asked)
{
    static char trace[96];
    static char *const environment[] = {"HTTP_X_REQUEST_ID=evil", trace,
                                        "HTTP_TRACESTATE=evil=1",
                                        "HTTP_X_REQUEST_START=t=1.000", NULL};

    snprintf(trace, sizeof(trace), "HTTP_TRACEPARENT=%s", PARENT);
    begin(environment);
    is_made_up(fb_request_id(&request), 32);
    ck_assert_str_ne(fb_trace_parent(&request), PARENT);
    ck_assert_ptr_null(fb_trace_state(&request));
    ck_assert_int_eq(request.waited_ms, -1);
}
END_TEST

/* So many that the random bytes at hand are used up more than once. */
#define MANY 64

START_TEST(no_two_requests_have_one_id_or_one_trace)
{
    static char *const none[] = {NULL};
    static char given[MANY][33];
    static char traces[MANY][33];
    size_t i;
    size_t before;

    for (i = 0; i < MANY; i++) {
        begin(none);
        memcpy(given[i], request.id, sizeof(given[i]));
        memcpy(traces[i], request.trace_id, sizeof(traces[i]));
        for (before = 0; before < i; before++) {
            ck_assert_str_ne(given[i], given[before]);
            ck_assert_str_ne(traces[i], traces[before]);
        }
        ck_assert_str_ne(given[i], traces[i]);
    }
}
END_TEST

START_TEST(a_state_belongs_to_its_trace)
{
    static char *const both[] = {"FOOBAR_TRACEPARENT=" PARENT,
                                 "FOOBAR_TRACESTATE=a=1", NULL};
    static char *const empty[] = {"FOOBAR_TRACEPARENT=" PARENT,
                                  "FOOBAR_TRACESTATE=", NULL};
    static char *const alone[] = {"FOOBAR_TRACESTATE=a=1", NULL};

    begin(both);
    ck_assert_str_eq(fb_trace_state(&request), "a=1");
    begin(empty);
    ck_assert_ptr_null(fb_trace_state(&request));
    begin(alone);
    ck_assert_ptr_null(fb_trace_state(&request));
}
END_TEST

static const struct {
    const char *given;
    bool is_known;
} arrivals[] = {
    {"1700000000.123", true},
    {"0.000", true},
    {"1700000000", false},
    {"1700000000.12", false},
    {"1700000000.1234", false},
    {".123", false},
    {"", false},
    {"t=1700000000.123", false},
    {"-1.000", false},
    {"1700000000.12x", false},
    {"123456789012.000", false},
};

START_TEST(an_arrival_is_seconds_with_milliseconds)
{
    begin_with("FOOBAR_ARRIVAL", arrivals[_i].given);
    ck_assert((request.waited_ms > 0) == arrivals[_i].is_known);
    ck_assert((request.waited_ms == -1) == !arrivals[_i].is_known);
}
END_TEST

START_TEST(the_time_since_the_arrival_is_measured)
{
    struct timespec now;
    char text[32];

    clock_gettime(CLOCK_REALTIME, &now);
    snprintf(text, sizeof(text), "%lld.250", (long long)now.tv_sec - 10);
    begin_with("FOOBAR_ARRIVAL", text);
    ck_assert_int_ge(request.waited_ms, 9000);
    ck_assert_int_le(request.waited_ms, 60000);
    /* The clock of nginx's host is ahead of ours. */
    snprintf(text, sizeof(text), "%lld.000", (long long)now.tv_sec + 100);
    begin_with("FOOBAR_ARRIVAL", text);
    ck_assert_int_eq(request.waited_ms, 0);
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_loop_test(tests, the_id_of_nginx_is_taken_if_it_is_well_formed, 0,
                        UNIT_ROWS(ids));
    tcase_add_loop_test(tests, the_trace_of_nginx_is_taken_if_it_is_well_formed,
                        0, UNIT_ROWS(parents));
    tcase_add_test(tests, headers_of_the_client_are_never_asked);
    tcase_add_test(tests, no_two_requests_have_one_id_or_one_trace);
    tcase_add_test(tests, a_state_belongs_to_its_trace);
    tcase_add_loop_test(tests, an_arrival_is_seconds_with_milliseconds, 0,
                        UNIT_ROWS(arrivals));
    tcase_add_test(tests, the_time_since_the_arrival_is_measured);
}

UNIT_MAIN("where a request comes from", add_tests)
