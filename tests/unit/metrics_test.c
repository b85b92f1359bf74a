/*
 * What is counted of requests, and how it is told:
 * ngx_foobar_module/foobar_metrics.c and its parts
 */

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "foobar_metrics.h"
#include "unit.h"

/* ---------------------------------------------------------------- counting */

static const struct {
    uint64_t ms;
    unsigned bucket;
} times[] = {
    {0, 0},      {1, 0},      {2, 1},           {3, 2},     {5, 2},
    {6, 3},      {10, 3},     {11, 4},          {20, 4},    {21, 5},
    {50, 5},     {51, 6},     {100, 6},         {101, 7},   {200, 7},
    {201, 8},    {500, 8},    {501, 9},         {1000, 9},  {1001, 10},
    {2000, 10},  {2001, 11},  {5000, 11},       {5001, 12}, {10000, 12},
    {10001, 13}, {60000, 13}, {UINT64_MAX, 13},
};

START_TEST(a_time_falls_into_the_first_bucket_whose_bound_is_not_below_it)
{
    ck_assert_uint_eq(foobar_metrics_bucket(times[_i].ms), times[_i].bucket);
}
END_TEST

static void count_status(struct foobar_class *class, unsigned status)
{
    struct foobar_request request = {.status = status};

    foobar_metrics_count(class, &request);
}

static uint64_t requests_of(const struct foobar_class *class, unsigned status)
{
    uint64_t sum = 0;
    unsigned i;

    for (i = 0; i < FOOBAR_STATUSES_MAX; i++) {
        if (class->statuses[i].status == status) {
            sum += class->statuses[i].requests;
        }
    }
    return sum;
}

static uint64_t observed(const struct foobar_histogram *histogram)
{
    uint64_t sum = 0;
    unsigned i;

    for (i = 0; i < FOOBAR_BUCKETS; i++) {
        sum += histogram->buckets[i];
    }
    return sum;
}

START_TEST(a_request_is_counted_once_in_each_figure)
{
    struct foobar_class class = {0};
    struct foobar_request request = {
        .status = 200,
        .duration = 7,
        .received = 100,
        .sent = 2000,
        .asked = true,
        .has_header = true,
        .header_time = 3,
        .response_time = 5,
        .retries = 2,
    };

    foobar_metrics_count(&class, &request);
    foobar_metrics_count(&class, &request);
    ck_assert_uint_eq(requests_of(&class, 200), 2);
    ck_assert_uint_eq(class.other_requests, 0);
    ck_assert_uint_eq(class.received, 200);
    ck_assert_uint_eq(class.sent, 4000);
    ck_assert_uint_eq(class.retries, 4);
    ck_assert_uint_eq(class.durations[2].buckets[3], 2);
    ck_assert_uint_eq(class.durations[2].sum, 14);
    ck_assert_uint_eq(observed(&class.durations[2]), 2);
    ck_assert_uint_eq(class.headers.buckets[2], 2);
    ck_assert_uint_eq(class.headers.sum, 6);
    ck_assert_uint_eq(class.responses.buckets[2], 2);
    ck_assert_uint_eq(class.responses.sum, 10);
}
END_TEST

START_TEST(a_request_that_asked_no_application_has_no_time_of_it)
{
    struct foobar_class class = {0};

    count_status(&class, 404);
    ck_assert_uint_eq(requests_of(&class, 404), 1);
    ck_assert_uint_eq(observed(&class.durations[4]), 1);
    ck_assert_uint_eq(observed(&class.headers), 0);
    ck_assert_uint_eq(observed(&class.responses), 0);
}
END_TEST

START_TEST(an_application_that_did_not_answer_has_no_time_of_a_header)
{
    struct foobar_class class = {0};
    struct foobar_request request = {
        .status = 504, .asked = true, .response_time = 60000};

    foobar_metrics_count(&class, &request);
    ck_assert_uint_eq(observed(&class.headers), 0);
    ck_assert_uint_eq(class.responses.buckets[FOOBAR_BUCKETS - 1], 1);
    ck_assert_uint_eq(class.responses.sum, 60000);
}
END_TEST

static const unsigned strange[] = {0, 9, 99, 600, 999, 4000000000U};

START_TEST(what_is_no_status_is_counted_as_other)
{
    struct foobar_class class = {0};

    count_status(&class, strange[_i]);
    ck_assert_uint_eq(class.other_requests, 1);
    ck_assert_uint_eq(observed(&class.durations[0]), 1);
}
END_TEST

START_TEST(statuses_beyond_the_places_are_counted_together)
{
    struct foobar_class class = {0};
    unsigned i;

    for (i = 0; i < FOOBAR_STATUSES_MAX + 5; i++) {
        count_status(&class, 200 + i);
        count_status(&class, 200 + i);
    }
    for (i = 0; i < FOOBAR_STATUSES_MAX; i++) {
        ck_assert_uint_eq(requests_of(&class, 200 + i), 2);
    }
    ck_assert_uint_eq(class.other_requests, 10);
    ck_assert_uint_eq(observed(&class.durations[2]),
                      2 * (FOOBAR_STATUSES_MAX + 5));
}
END_TEST

#define THREADS 4
#define REQUESTS 50000

static void *count_many(void *shared)
{
    unsigned i;

    for (i = 0; i < REQUESTS; i++) {
        struct foobar_request request = {
            .status = 200 + i % 20, .duration = i % 30, .received = 1};

        foobar_metrics_count(shared, &request);
    }
    return NULL;
}

START_TEST(nothing_is_lost_when_several_count_at_once)
{
    struct foobar_class class = {0};
    pthread_t threads[THREADS];
    unsigned i;

    for (i = 0; i < THREADS; i++) {
        ck_assert_int_eq(pthread_create(&threads[i], NULL, count_many, &class),
                         0);
    }
    for (i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
    }
    for (i = 0; i < 20; i++) {
        ck_assert_uint_eq(requests_of(&class, 200 + i),
                          THREADS * REQUESTS / 20);
    }
    ck_assert_uint_eq(class.other_requests, 0);
    ck_assert_uint_eq(class.received, THREADS * REQUESTS);
    ck_assert_uint_eq(observed(&class.durations[2]), THREADS * REQUESTS);
}
END_TEST

/* ----------------------------------------------------------------- telling */

#define REPORT_MAX 65536

struct collected {
    char text[REPORT_MAX];
    size_t length;
};

static void collect(void *to, const char *text, size_t length)
{
    struct collected *all = to;

    ck_assert_uint_lt(all->length + length, sizeof(all->text));
    memcpy(all->text + all->length, text, length);
    all->length += length;
    all->text[all->length] = '\0';
}

static struct foobar_class page;
static const struct foobar_class *const classes[] = {&page};

static const struct foobar_application applications[] = {
    {"unix:/run/\"a\\b\"", 1700000000001, 3, 4},
    {"caf\303\251\n\001", 1700000000002, 0, 0},
};

static const struct foobar_connections connections = {1, 2, 3, 4, 5, 6, 7};

static const struct foobar_report report = {
    .classes = classes,
    .class_count = 1,
    .applications = applications,
    .application_count = 2,
    .connections = &connections,
    .version = "1.2.3",
    .nginx = "1.22.1",
    .started = 1700000000000,
    .loaded = 1700000001234,
    .workers = 8,
    .zone_size = 1048576,
    .zone_free = 4096,
};

static const char *tell(const struct foobar_report *what,
                        enum foobar_format format)
{
    static struct collected all;
    struct foobar_request request = {
        .status = 404, .duration = 3, .received = 10, .sent = 20};

    memset(&page, 0, sizeof(page));
    memcpy(page.name, "page", sizeof("page"));
    page.created = 1700000000042;
    foobar_metrics_count(&page, &request);
    request.status = 200;
    request.duration = 20001;
    request.asked = true;
    request.has_header = true;
    request.header_time = 1;
    request.response_time = 2;
    request.retries = 1;
    foobar_metrics_count(&page, &request);
    count_status(&page, 799);

    all.length = 0;
    foobar_metrics_write(what, format, collect, &all);
    return all.text;
}

/* Pieces that must stand in a report, each of whole lines. */
static const struct {
    enum foobar_format format;
    const char *lines;
} told[] = {
    {FOOBAR_FORMAT_OPENMETRICS,
     "# TYPE foobar_requests counter\n"
     "# HELP foobar_requests Requests that met foobar_pass, by class and exact "
     "status.\n"
     "foobar_requests_total{class=\"page\",code=\"200\"} 1\n"
     "foobar_requests_created{class=\"page\",code=\"200\"} 1700000000.042\n"
     "foobar_requests_total{class=\"page\",code=\"404\"} 1\n"
     "foobar_requests_created{class=\"page\",code=\"404\"} 1700000000.042\n"
     "foobar_requests_total{class=\"page\",code=\"other\"} 1\n"
     "foobar_requests_created{class=\"page\",code=\"other\"} 1700000000.042\n"
     "# TYPE foobar_received_bytes counter\n"
     "# UNIT foobar_received_bytes bytes\n"},
    {FOOBAR_FORMAT_OPENMETRICS,
     "foobar_sent_bytes_total{class=\"page\"} 40\n"
     "foobar_sent_bytes_created{class=\"page\"} 1700000000.042\n"},
    {FOOBAR_FORMAT_OPENMETRICS,
     "foobar_request_duration_seconds_bucket{class=\"page\",status=\"2xx\","
     "le=\"10.0\"} 0\n"
     "foobar_request_duration_seconds_bucket{class=\"page\",status=\"2xx\","
     "le=\"+Inf\"} 1\n"
     "foobar_request_duration_seconds_count{class=\"page\",status=\"2xx\"} 1\n"
     "foobar_request_duration_seconds_sum{class=\"page\",status=\"2xx\"} "
     "20.001\n"
     "foobar_request_duration_seconds_created{class=\"page\",status=\"2xx\"} "
     "1700000000.042\n"},
    {FOOBAR_FORMAT_OPENMETRICS,
     "status=\"4xx\",le=\"0.001\"} 0\n"
     "foobar_request_duration_seconds_bucket{class=\"page\",status=\"4xx\","
     "le=\"0.002\"} 0\n"
     "foobar_request_duration_seconds_bucket{class=\"page\",status=\"4xx\","
     "le=\"0.005\"} 1\n"
     "foobar_request_duration_seconds_bucket{class=\"page\",status=\"4xx\","
     "le=\"0.01\"} 1\n"},
    {FOOBAR_FORMAT_OPENMETRICS,
     "foobar_upstream_header_seconds_sum{class=\"page\"} 0.001\n"},
    {FOOBAR_FORMAT_OPENMETRICS,
     "foobar_upstream_response_seconds_count{class=\"page\"} 1\n"
     "foobar_upstream_response_seconds_sum{class=\"page\"} 0.002\n"},
    {FOOBAR_FORMAT_OPENMETRICS,
     "foobar_upstream_retries_total{class=\"page\"} 1\n"},
    {FOOBAR_FORMAT_OPENMETRICS,
     "foobar_in_flight{application=\"unix:/run/\\\"a\\\\b\\\"\"} 3\n"
     "foobar_in_flight{application=\"caf\?\?\?\?\"} 0\n"},
    {FOOBAR_FORMAT_OPENMETRICS,
     "foobar_in_flight_refused_total{application=\"caf\?\?\?\?\"} 0\n"
     "foobar_in_flight_refused_created{application=\"caf\?\?\?\?\"} "
     "1700000000.002\n"},
    {FOOBAR_FORMAT_OPENMETRICS,
     "foobar_nginx_connections{state=\"active\"} 1\n"
     "foobar_nginx_connections{state=\"reading\"} 2\n"
     "foobar_nginx_connections{state=\"writing\"} 3\n"
     "foobar_nginx_connections{state=\"waiting\"} 4\n"},
    {FOOBAR_FORMAT_OPENMETRICS, "foobar_nginx_requests_total 7\n"},
    {FOOBAR_FORMAT_OPENMETRICS, "foobar_worker_processes 8\n"},
    {FOOBAR_FORMAT_OPENMETRICS,
     "# TYPE foobar_load_time_seconds gauge\n"
     "# UNIT foobar_load_time_seconds seconds\n"
     "# HELP foobar_load_time_seconds When the configuration was read, in "
     "Unix time.\n"
     "foobar_load_time_seconds 1700000001.234\n"},
    {FOOBAR_FORMAT_OPENMETRICS,
     "# TYPE foobar_build info\n"
     "# HELP foobar_build The versions of the module and nginx.\n"
     "foobar_build_info{version=\"1.2.3\",nginx=\"1.22.1\"} 1\n"
     "# EOF\n"},
    {FOOBAR_FORMAT_TEXT,
     "# TYPE foobar_requests_total counter\n"
     "# HELP foobar_requests_total Requests that met foobar_pass, by class and "
     "exact status.\n"
     "foobar_requests_total{class=\"page\",code=\"200\"} 1\n"
     "foobar_requests_total{class=\"page\",code=\"404\"} 1\n"
     "foobar_requests_total{class=\"page\",code=\"other\"} 1\n"
     "# TYPE foobar_received_bytes_total counter\n"},
    {FOOBAR_FORMAT_TEXT,
     "# TYPE foobar_build_info gauge\n"
     "# HELP foobar_build_info The versions of the module and nginx.\n"
     "foobar_build_info{version=\"1.2.3\",nginx=\"1.22.1\"} 1\n"},
    {FOOBAR_FORMAT_JSON,
     "{\"build\":{\"version\":\"1.2.3\",\"nginx\":\"1.22.1\"},\n"
     "\"start_time_seconds\":1700000000.000,"
     "\"load_time_seconds\":1700000001.234,\n"
     "\"worker_processes\":8,\"zone_size_bytes\":1048576,"
     "\"zone_free_bytes\":4096,\n"},
    {FOOBAR_FORMAT_JSON,
     "\"applications\":[\n"
     "{\"application\":\"unix:/run/\\\"a\\\\b\\\"\","
     "\"created\":1700000000.001,\"in_flight\":3,\"in_flight_refused\":4},\n"
     "{\"application\":\"caf\?\?\?\?\",\"created\":1700000000.002,"
     "\"in_flight\":0,\"in_flight_refused\":0}],\n"},
    {FOOBAR_FORMAT_JSON, "{\"class\":\"page\",\"created\":1700000000.042,"
                         "\"requests\":{\"200\":1,\"404\":1,\"other\":1},"
                         "\"received_bytes\":20,\"sent_bytes\":40,"
                         "\"duration_seconds\":{\"other\":{\"count\":1,"},
    {FOOBAR_FORMAT_JSON,
     "\"upstream_response_seconds\":{\"count\":1,\"sum\":0.002,\"buckets\":{"
     "\"0.001\":0,\"0.002\":1,\"0.005\":1,\"0.01\":1,\"0.02\":1,\"0.05\":1,"
     "\"0.1\":1,\"0.2\":1,\"0.5\":1,\"1.0\":1,\"2.0\":1,\"5.0\":1,\"10.0\":1,"
     "\"+Inf\":1}},\"upstream_retries\":1}]}\n"},
};

START_TEST(a_figure_stands_in_the_report_as_its_form_has_it)
{
    const char *text = tell(&report, told[_i].format);

    ck_assert_msg(strstr(text, told[_i].lines) != NULL,
                  "this:\n%s\ndoes not stand in:\n%s", told[_i].lines, text);
}
END_TEST

/* What must not stand in a form. */
static const struct {
    enum foobar_format format;
    const char *text;
} untold[] = {
    {FOOBAR_FORMAT_TEXT, "_created"},
    {FOOBAR_FORMAT_TEXT, "# UNIT"},
    {FOOBAR_FORMAT_TEXT, "# EOF"},
    {FOOBAR_FORMAT_TEXT, " info\n"},
    {FOOBAR_FORMAT_OPENMETRICS, "status=\"3xx\""}, /* none was counted */
    {FOOBAR_FORMAT_JSON, "\"3xx\""},
};

START_TEST(a_form_has_nothing_of_another_one)
{
    ck_assert_ptr_null(
        strstr(tell(&report, untold[_i].format), untold[_i].text));
}
END_TEST

static const enum foobar_format formats[] = {
    FOOBAR_FORMAT_TEXT, FOOBAR_FORMAT_OPENMETRICS, FOOBAR_FORMAT_JSON};

START_TEST(without_stub_status_nothing_is_said_of_connections)
{
    struct foobar_report some = report;

    some.connections = NULL;
    ck_assert_ptr_null(strstr(tell(&some, formats[_i]), "foobar_nginx"));
    ck_assert_ptr_null(strstr(tell(&some, formats[_i]), "nginx_"));
}
END_TEST

/* The longest address: each of its bytes is escaped. */
START_TEST(the_longest_name_is_told_whole)
{
    struct foobar_application long_one = {NULL, 1, 7, 0};
    struct foobar_report some = report;
    char name[256];
    char escaped[600];

    memset(name, '"', sizeof(name) - 1);
    name[sizeof(name) - 1] = '\0';
    long_one.name = name;
    some.applications = &long_one;
    some.application_count = 1;
    memset(escaped, '\\', sizeof(escaped));
    for (size_t i = 0; i < 255; i++) {
        escaped[2 * i + 1] = '"';
    }
    memcpy(escaped + 510, "\"", sizeof("\""));
    ck_assert_ptr_nonnull(strstr(tell(&some, formats[_i]), escaped));
}
END_TEST

/* ------------------------------------------------------------- negotiation */

#define PROMETHEUS                                       \
    "application/openmetrics-text;version=1.0.0,"        \
    "application/openmetrics-text;version=0.0.1;q=0.75," \
    "text/plain;version=0.0.4;q=0.5,*/*;q=0.1"

static const struct {
    const char *accept;
    enum foobar_format format;
} accepts[] = {
    {"", FOOBAR_FORMAT_TEXT},
    {"*/*", FOOBAR_FORMAT_TEXT},
    {"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
     FOOBAR_FORMAT_TEXT},
    {PROMETHEUS, FOOBAR_FORMAT_OPENMETRICS},
    {"application/openmetrics-text", FOOBAR_FORMAT_OPENMETRICS},
    {"APPLICATION/OpenMetrics-Text ; Version=1.0.0", FOOBAR_FORMAT_OPENMETRICS},
    {"application/json", FOOBAR_FORMAT_JSON},
    {"application/json, */*", FOOBAR_FORMAT_JSON},
    {"application/json;q=0.5, text/plain;q=0.6", FOOBAR_FORMAT_TEXT},
    {"application/json;q=0.6, text/plain;q=0.5", FOOBAR_FORMAT_JSON},
    {"application/json ; q=0.6 , text/plain ; q=0.51", FOOBAR_FORMAT_JSON},
    {"text/plain;q=0.1234567, application/json;q=0.124", FOOBAR_FORMAT_JSON},
    {"application/*", FOOBAR_FORMAT_OPENMETRICS},
    {"application/*, application/openmetrics-text;q=0", FOOBAR_FORMAT_JSON},
    {"text/*, application/json;q=0.9", FOOBAR_FORMAT_TEXT},
    {"*/*;q=1, text/plain;q=0", FOOBAR_FORMAT_OPENMETRICS},
    {"text/plain;q=0", FOOBAR_FORMAT_TEXT},
    {"text/plain;q=0.5;q=0.9, application/json;q=0.8", FOOBAR_FORMAT_TEXT},
    {"image/png", FOOBAR_FORMAT_TEXT},
    {"application/jsonp", FOOBAR_FORMAT_TEXT},
    {"application/jso", FOOBAR_FORMAT_TEXT},
    {"application/json;q=x, text/plain;q=0.9", FOOBAR_FORMAT_JSON},
    {"application/json;q=, text/plain;q=0.9", FOOBAR_FORMAT_JSON},
    {"application/json;q=7, text/plain;q=0.9", FOOBAR_FORMAT_JSON},
    {"a/b;c=\",application/json\", text/plain;q=0.1", FOOBAR_FORMAT_TEXT},
    {"a/b;c=\"\\\",application/json", FOOBAR_FORMAT_TEXT},
    {"a/b;c=\"\\", FOOBAR_FORMAT_TEXT},
    {",,, ;;; /// = , application/json", FOOBAR_FORMAT_JSON},
    {"application//json", FOOBAR_FORMAT_TEXT},
    {"json", FOOBAR_FORMAT_TEXT},
};

START_TEST(a_client_gets_the_form_that_it_wants_most)
{
    struct foobar_wishes wishes = {0};
    char *copy = malloc(strlen(accepts[_i].accept) + 1);

    /* of its very length, so that a sanitizer sees who reads on */
    ck_assert_ptr_nonnull(copy);
    memcpy(copy, accepts[_i].accept, strlen(accepts[_i].accept));
    foobar_metrics_accept(&wishes, copy, strlen(accepts[_i].accept));
    free(copy);
    ck_assert_int_eq(foobar_metrics_best(&wishes), accepts[_i].format);
}
END_TEST

START_TEST(several_headers_are_one_list)
{
    struct foobar_wishes wishes = {0};

    foobar_metrics_accept(&wishes, "text/plain;q=0.5", 16);
    foobar_metrics_accept(&wishes, "application/json;q=0.6", 22);
    ck_assert_int_eq(foobar_metrics_best(&wishes), FOOBAR_FORMAT_JSON);
}
END_TEST

static const struct {
    const char *name;
    int format; /* -1: none */
} names[] = {
    {"text", FOOBAR_FORMAT_TEXT},
    {"openmetrics", FOOBAR_FORMAT_OPENMETRICS},
    {"json", FOOBAR_FORMAT_JSON},
    {"JSON", FOOBAR_FORMAT_JSON},
    {"", -1},
    {"jso", -1},
    {"jsonx", -1},
};

START_TEST(a_form_has_a_name)
{
    enum foobar_format format = FOOBAR_FORMAT_TEXT;
    bool known =
        foobar_metrics_named(names[_i].name, strlen(names[_i].name), &format);

    ck_assert_int_eq(known ? (int)format : -1, names[_i].format);
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_loop_test(
        tests, a_time_falls_into_the_first_bucket_whose_bound_is_not_below_it,
        0, UNIT_ROWS(times));
    tcase_add_test(tests, a_request_is_counted_once_in_each_figure);
    tcase_add_test(tests,
                   a_request_that_asked_no_application_has_no_time_of_it);
    tcase_add_test(tests,
                   an_application_that_did_not_answer_has_no_time_of_a_header);
    tcase_add_loop_test(tests, what_is_no_status_is_counted_as_other, 0,
                        UNIT_ROWS(strange));
    tcase_add_test(tests, statuses_beyond_the_places_are_counted_together);
    tcase_add_test(tests, nothing_is_lost_when_several_count_at_once);
    tcase_add_loop_test(tests, a_figure_stands_in_the_report_as_its_form_has_it,
                        0, UNIT_ROWS(told));
    tcase_add_loop_test(tests, a_form_has_nothing_of_another_one, 0,
                        UNIT_ROWS(untold));
    tcase_add_loop_test(tests,
                        without_stub_status_nothing_is_said_of_connections, 0,
                        UNIT_ROWS(formats));
    tcase_add_loop_test(tests, the_longest_name_is_told_whole, 0,
                        UNIT_ROWS(formats));
    tcase_add_loop_test(tests, a_client_gets_the_form_that_it_wants_most, 0,
                        UNIT_ROWS(accepts));
    tcase_add_test(tests, several_headers_are_one_list);
    tcase_add_loop_test(tests, a_form_has_a_name, 0, UNIT_ROWS(names));
}

UNIT_MAIN("metrics", add_tests)
