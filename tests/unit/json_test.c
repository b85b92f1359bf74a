/* JSON, in and out: appserver/engine/json_in.c, json_out.c, problem.c */

#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "json.h"
#include "problem.h"
#include "request.h"

static struct arena arena;
static struct fb_request request;
static char *environment[] = {"CONTENT_TYPE=application/json", NULL};

static void set_up(void)
{
    arena_init(&arena, 1 << 20);
    request_init(&request, &arena, NULL, NULL);
    request.environment = environment;
}

static void tear_down(void)
{
    arena_free(&arena);
}

static void send(const char *body)
{
    request.body = body;
    request.body_length = strlen(body);
}

/* The status with which fb_json() ends the handler; 0 when it does not. */
static int refusal(void)
{
    request.escape_is_set = true;
    if (sigsetjmp(request.escape, 0) == 0) {
        fb_json(&request);
        return 0;
    }
    return request.escape_status;
}

static const struct {
    const char *body;
    const char *place; /* NULL: it is taken */
} bodies[] = {
    {"{}", NULL},
    {" {\"a\":[1,2.5,-3e2,true,null,\"\\u00e9\"]}\n", NULL},
    {"{\"a\":9223372036854775807,\"b\":-9223372036854775808}", NULL},
    {"{\"a\":\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\"}", NULL},
    {"{\"a\":\"\\\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\"}", NULL},
    {"{\"a\":1,\"a\":2}", "line 1, column"},
    {"{\"b\":{\"a\":1,\"a\":2}}", "line 1, column"},
    {"{\"a\":\"\\u0000\"}", "line 1, column"},
    {"{\"\\u0000\":1}", "line 1, column"},
    {"{\"a\":\"\377\"}", "line 1, column"},
    {"{\"a\":\"\300\200\"}", "line 1, column"},
    {"{\"a\":\"\355\240\200\"}", "line 1, column"},
    {"{\"a\":\"\\ud800\"}", "line 1, column"},
    {"{\"a\":9223372036854775808}", "line 1, column"},
    {"{\"a\":1e999}", "line 1, column"},
    {"{\"a\":NaN}", "line 1, column"},
    {"{\"a\":01}", "line 1, column"},
    {"{\"a\":+1}", "line 1, column"},
    {"{\"a\":'x'}", "line 1, column"},
    {"{a:1}", "line 1, column"},
    {"{\"a\":1,}", "line 1, column"},
    {"{\n\"a\":\n}", "line 3, column"},
    {"{\"a\":\"\n\"}", "line 1, column"},
    {"{}x", "line 1, column"},
    {"{", "line 1, column"},
    {"//\n{}", "line 1, column"},
    {"[]", "must be an object"},
    {"1", "line 1, column"},
    {" ", "line 1, column"},
    {"\357\273\277{}", "line 1, column"},
    {"{\"a\":\n[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]"
     "]]]"
     "]]]]]]]]]]]]]]}",
     "line 2, column 32: nested more than 32 deep"},
};

START_TEST(a_body_is_taken_or_refused_with_its_place)
{
    send(bodies[_i].body);
    ck_assert_int_eq(refusal(), bodies[_i].place != NULL ? 400 : 0);
    if (bodies[_i].place != NULL) {
        ck_assert_ptr_nonnull(strstr(request.refusal, bodies[_i].place));
    }
}
END_TEST

START_TEST(a_body_with_a_nul_or_none_at_all_is_refused)
{
    request.body = "{\"a\":\"\0\"}";
    request.body_length = 9;
    ck_assert_int_eq(refusal(), 400);
    request.body_length = 0;
    ck_assert_int_eq(refusal(), 400);
}
END_TEST

START_TEST(another_content_type_is_415)
{
    static const struct {
        char *type;
        int status;
    } types[] = {
        {"CONTENT_TYPE=application/json; charset=utf-8", 0},
        {"CONTENT_TYPE=Application/JSON", 0},
        {"CONTENT_TYPE=application/merge-patch+json", 0},
        {"CONTENT_TYPE=text/plain", 415},
        {"CONTENT_TYPE=application/jsonp", 415},
        {"CONTENT_TYPE=", 415},
        {"X=", 415},
    };
    size_t i;

    for (i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
        environment[0] = types[i].type;
        request.json = NULL;
        send("{}");
        ck_assert_int_eq(refusal(), types[i].status);
    }
}
END_TEST

START_TEST(a_body_that_uses_up_the_memory_ends_the_request_and_nothing_is_left)
{
    char *body = malloc(200001);
    size_t i;

    ck_assert_ptr_nonnull(body);
    i = (size_t)snprintf(body, 200001, "{\"a\":[");
    while (i + 4 < 200000) {
        i += (size_t)snprintf(body + i, 3, "1,");
    }
    snprintf(body + i, 4, "1]}");
    send(body);
    arena.limit = (size_t)200 * 1024;
    ck_assert_int_eq(refusal(), 500);
    free(body);
}
END_TEST

START_TEST(fields_are_read_by_their_type)
{
    const struct fb_json *json;
    const struct fb_json *list;

    send("{\"t\":\"\303\251\",\"i\":-7,\"b\":true,\"n\":null,"
         "\"l\":[{\"x\":1},{\"x\":2}],\"o\":{\"y\":\"z\"},\"s\":[\"p\"]}");
    json = fb_json(&request);
    ck_assert_str_eq(fb_json_text(json, "t", 1, 1), "\303\251");
    ck_assert_int_eq(fb_json_int(json, "i", -7, -7), -7);
    ck_assert(fb_json_bool(json, "b"));
    ck_assert(fb_json_has(json, "t") && !fb_json_has(json, "n"));
    ck_assert_str_eq(fb_json_text_or(json, "n", 1, 9, "else"), "else");
    ck_assert_int_eq(fb_json_int_or(json, "none", 0, 9, 4), 4);
    ck_assert(fb_json_bool_or(json, "none", true));
    list = fb_json_list(json, "l", 2);
    ck_assert_uint_eq(fb_json_count(list), 2);
    ck_assert_int_eq(fb_json_int(fb_json_at(list, 1), "x", 0, 9), 2);
    ck_assert_str_eq(fb_json_text(fb_json_object(json, "o"), "y", 1, 9), "z");
    list = fb_json_list(json, "s", 9);
    ck_assert_str_eq(fb_json_text(fb_json_at(list, 0), NULL, 1, 9), "p");
    ck_assert(!fb_json_is_wrong(&request));
    ck_assert_ptr_eq(fb_json(&request), json);
}
END_TEST

static const char *body_of(const struct fb_request *of)
{
    return fb_printf(&request, "%.*s", (int)of->out.length, of->out.bytes);
}

START_TEST(every_wrong_field_is_named_once_and_reads_as_nothing)
{
    const struct fb_json *json;
    const struct fb_json *absent;
    const struct fb_json *list;

    send("{\"t\":1,\"long\":\"abc\",\"i\":1.5,\"b\":0,\"l\":[{\"a/b~\":10}],"
         "\"o\":[],\"m\":[1,2]}");
    json = fb_json(&request);
    ck_assert_str_eq(fb_json_text(json, "t", 0, 9), "");
    ck_assert_str_eq(fb_json_text(json, "long", 1, 2), "");
    ck_assert_int_eq(fb_json_int(json, "i", 0, 9), 0);
    ck_assert(!fb_json_bool(json, "b"));
    fb_json_int(fb_json_at(fb_json_list(json, "l", 1), 0), "a/b~", 0, 9);
    absent = fb_json_object(json, "o");
    ck_assert_str_eq(fb_json_text(absent, "within", 1, 9), "");
    list = fb_json_list(json, "m", 1);
    ck_assert_uint_eq(fb_json_count(list), 0);
    fb_json_text(json, "none", 1, 9);
    fb_json_error(json, "long", "is sold out");
    ck_assert(fb_json_is_wrong(&request));
    problem_write(&request, 422);
    ck_assert_str_eq(request.content_type, "application/problem+json");
    ck_assert_int_eq(request.status, 422);
    ck_assert_str_eq(
        body_of(&request),
        "{\"type\":\"about:blank\",\"title\":\"Unprocessable Content\","
        "\"status\":422,\"errors\":["
        "{\"pointer\":\"#/t\",\"detail\":\"must be text of at most 9 "
        "characters\"},"
        "{\"pointer\":\"#/long\",\"detail\":\"must be text of 1 to 2 "
        "characters\"},"
        "{\"pointer\":\"#/i\",\"detail\":\"must be a whole number from 0 to "
        "9\"},"
        "{\"pointer\":\"#/b\",\"detail\":\"must be true or false\"},"
        "{\"pointer\":\"#/l/0/a~1b~0\",\"detail\":\"must be a whole number "
        "from 0 to 9\"},"
        "{\"pointer\":\"#/o\",\"detail\":\"must be an object\"},"
        "{\"pointer\":\"#/m\",\"detail\":\"must be a list of at most 1 "
        "elements\"},"
        "{\"pointer\":\"#/none\",\"detail\":\"is missing\"},"
        "{\"pointer\":\"#/long\",\"detail\":\"is sold out\"}]}");
}
END_TEST

START_TEST(errors_are_counted_up_to_a_limit)
{
    const struct json_error *error;
    const struct fb_json *json;
    int count = 0;
    int i;

    send("{}");
    json = fb_json(&request);
    for (i = 0; i < 1000; i++) {
        fb_json_bool(json, "none");
    }
    for (error = request.json_errors; error != NULL; error = error->next) {
        count++;
    }
    ck_assert_int_eq(count, JSON_ERRORS_MAX);
}
END_TEST

START_TEST(a_reply_is_written_field_by_field)
{
    struct fb_json_out *out = fb_json_reply(&request);

    fb_json_put(out, "text",
                "a\"b\\c</script>\342\200\250\342\200\251&'\n\t\001"
                "\303\251");
    fb_json_put(out, "broken", "\377x");
    fb_json_put_text(out, "nothing", NULL);
    fb_json_put(out, "least", INT64_MIN);
    fb_json_put(out, "most", UINT64_MAX);
    fb_json_put(out, "yes", (bool)true);
    fb_json_put_list(out, "list");
    fb_json_put(out, NULL, 1);
    fb_json_put_object(out, NULL);
    fb_json_put_end(out);
    fb_json_put_list(out, NULL);
    fb_json_put_end(out);
    fb_json_put_end(out);
    request.finish(&request);
    ck_assert_str_eq(
        body_of(&request),
        "{\"text\":\"a\\\"b\\\\c\\u003c/script\\u003e\\u2028\\u2029\\u0026"
        "\\u0027\\n\\t\\u0001\303\251\",\"broken\":\"\\ufffdx\","
        "\"nothing\":null,\"least\":-9223372036854775808,"
        "\"most\":18446744073709551615,\"yes\":true,\"list\":[1,{},[]]}");
    ck_assert_str_eq(request.content_type, "application/json");
}
END_TEST

static void key_in_list(struct fb_json_out *out)
{
    fb_json_put_list(out, "a");
    fb_json_put(out, "b", 1);
}

static void no_key(struct fb_json_out *out)
{
    fb_json_put(out, NULL, 1);
}

static void stays_open(struct fb_json_out *out)
{
    fb_json_put_list(out, "a");
    request.finish(&request);
}

static void closed_twice(struct fb_json_out *out)
{
    fb_json_put_end(out);
}

static void too_deep(struct fb_json_out *out)
{
    int i;

    fb_json_put_list(out, "a");
    for (i = 0; i < JSON_DEPTH_MAX; i++) {
        fb_json_put_list(out, NULL);
    }
}

static void written_after_the_end(struct fb_json_out *out)
{
    request.finish(&request);
    fb_json_put(out, "a", 1);
}

static void begun_twice(struct fb_json_out *out)
{
    (void)out;
    fb_json_reply(&request);
}

static void (*const mistakes[])(struct fb_json_out *out) = {
    key_in_list,           no_key,      stays_open, closed_twice, too_deep,
    written_after_the_end, begun_twice,
};

START_TEST(what_would_be_no_json_ends_the_handler)
{
    struct fb_json_out *out = fb_json_reply(&request);

    request.escape_is_set = true;
    if (sigsetjmp(request.escape, 0) == 0) {
        mistakes[_i](out);
        ck_abort_msg("mistake %d was written", _i);
    }
    ck_assert_int_eq(request.escape_status, 500);
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_loop_test(tests, a_body_is_taken_or_refused_with_its_place, 0,
                        UNIT_ROWS(bodies));
    tcase_add_test(tests, a_body_with_a_nul_or_none_at_all_is_refused);
    tcase_add_test(tests, another_content_type_is_415);
    tcase_add_test(
        tests,
        a_body_that_uses_up_the_memory_ends_the_request_and_nothing_is_left);
    tcase_add_test(tests, fields_are_read_by_their_type);
    tcase_add_test(tests, every_wrong_field_is_named_once_and_reads_as_nothing);
    tcase_add_test(tests, errors_are_counted_up_to_a_limit);
    tcase_add_test(tests, a_reply_is_written_field_by_field);
    tcase_add_loop_test(tests, what_would_be_no_json_ends_the_handler, 0,
                        UNIT_ROWS(mistakes));
}

UNIT_MAIN("json", add_tests)
