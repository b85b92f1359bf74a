/* Writing a page, escaped by its place: appserver/engine/out.c */

#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "request.h"

static struct arena arena;
static struct fb_request request;

static void set_up(void)
{
    arena_init(&arena, 1 << 20);
    request_init(&request, &arena, NULL, NULL);
}

static void tear_down(void)
{
    arena_free(&arena);
}

static const char *written(void)
{
    fb_out_literal(&request.out, "", 1);
    return request.out.bytes;
}

static const char *const texts[][2] = {
    {"plain", "plain"},
    {"", ""},
    {"<b>&\"'", "&lt;b&gt;&amp;&#34;&#39;"},
    {"</script>", "&lt;/script&gt;"},
    {"a&amp;b", "a&amp;amp;b"},
    {"\303\251\360\237\230\200", "\303\251\360\237\230\200"},
};

START_TEST(text_cannot_become_markup)
{
    fb_out_text(&request.out, texts[_i][0]);
    ck_assert_str_eq(written(), texts[_i][1]);
}
END_TEST

static const char *const urls[][2] = {
    {"/posts/7?a=1&b=2", "/posts/7?a=1&amp;b=2"},
    {"https://www.foobar.com/", "https://www.foobar.com/"},
    {"HTTP://x", "HTTP://x"},
    {"mailto:a@b", "mailto:a@b"},
    {"posts", "posts"},
    {"#top", "#top"},
    {"?page=2:3", "?page=2:3"},
    {"javascript:alert(1)", "#"},
    {"JaVaScRiPt:alert(1)", "#"},
    {" javascript:alert(1)", "#"},
    {"java\tscript:alert(1)", "#"},
    {"\001javascript:alert(1)", "#"},
    {"data:text/html,x", "#"},
    {"vbscript:x", "#"},
    {"x:y", "#"},
    {"/\"onclick=x", "/&#34;onclick=x"},
};

START_TEST(a_url_cannot_become_a_script)
{
    fb_out_url(&request.out, urls[_i][0]);
    ck_assert_str_eq(written(), urls[_i][1]);
}
END_TEST

static const char *const parts[][2] = {
    {"wood-work", "wood-work"}, {"a/b?c#d&e", "a%2Fb%3Fc%23d%26e"},
    {"a b+c", "a%20b%2Bc"},     {"\303\251", "%C3%A9"},
    {"\"<>'", "%22%3C%3E%27"},
};

START_TEST(a_part_of_a_url_stays_a_part)
{
    fb_out_url_part(&request.out, parts[_i][0]);
    ck_assert_str_eq(written(), parts[_i][1]);
}
END_TEST

START_TEST(numbers_are_written_by_their_type)
{
    fb_out_value(&request.out, -7);
    fb_out_literal(&request.out, " ", 1);
    fb_out_value(&request.out, INT64_MIN);
    fb_out_literal(&request.out, " ", 1);
    fb_out_value(&request.out, UINT64_MAX);
    ck_assert_str_eq(written(), "-7 -9223372036854775808 18446744073709551615");
}
END_TEST

static const char *const json[][2] = {
    {"plain", "\"plain\""},
    {"", "\"\""},
    {"a\"b\\c", "\"a\\\"b\\\\c\""},
    {"</script>", "\"\\u003c/script\\u003e\""},
    {"<!--&amp;", "\"\\u003c!--\\u0026amp;\""},
    {"a\n\t\001\177", "\"a\\n\\t\\u0001\\u007f\""},
    {"\342\200\250\342\200\251", "\"\\u2028\\u2029\""},
    {"\342\200\246\342\202\254", "\"\342\200\246\342\202\254\""},
    {"\303\251\360\237\230\200", "\"\303\251\360\237\230\200\""},
    {"\342", "\"\\ufffd\""},
    {"it's", "\"it\\u0027s\""},
    {NULL, "null"},
};

START_TEST(json_cannot_end_its_script)
{
    fb_out_json(&request.out, json[_i][0]);
    ck_assert_str_eq(written(), json[_i][1]);
}
END_TEST

START_TEST(json_has_numbers_and_truth)
{
    fb_out_json(&request.out, (bool)true);
    fb_out_json(&request.out, (bool)false);
    fb_out_json(&request.out, -7);
    fb_out_json(&request.out, UINT64_MAX);
    ck_assert_str_eq(written(), "truefalse-718446744073709551615");
}
END_TEST

static void check_number(int64_t value)
{
    char expected[32];

    out_clear(&request.out);
    fb_out_int(&request.out, value);
    snprintf(expected, sizeof(expected), "%lld", (long long)value);
    ck_assert_str_eq(written(), expected);
}

START_TEST(each_length_of_a_number_is_written)
{
    int64_t value = 1;

    check_number(0);
    for (int i = 0; i < 18; i++, value *= 10) {
        check_number(value - 1);
        check_number(value);
        check_number(-value);
    }
    check_number(INT64_MAX);
    check_number(INT64_MIN);
}
END_TEST

START_TEST(a_missing_text_writes_nothing)
{
    fb_out_text(&request.out, NULL);
    fb_out_url(&request.out, NULL);
    fb_out_url_part(&request.out, NULL);
    ck_assert_str_eq(written(), "");
}
END_TEST

START_TEST(a_long_page_grows_whole)
{
    size_t i;

    for (i = 0; i < 20000; i++) {
        fb_out_int(&request.out, (int64_t)(i % 10));
    }
    ck_assert_uint_eq(request.out.length, 20000);
    for (i = 0; i < 20000; i++) {
        ck_assert_int_eq(request.out.bytes[i], (int)('0' + i % 10));
    }
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_loop_test(tests, text_cannot_become_markup, 0, UNIT_ROWS(texts));
    tcase_add_loop_test(tests, a_url_cannot_become_a_script, 0,
                        UNIT_ROWS(urls));
    tcase_add_loop_test(tests, a_part_of_a_url_stays_a_part, 0,
                        UNIT_ROWS(parts));
    tcase_add_test(tests, numbers_are_written_by_their_type);
    tcase_add_loop_test(tests, json_cannot_end_its_script, 0, UNIT_ROWS(json));
    tcase_add_test(tests, json_has_numbers_and_truth);
    tcase_add_test(tests, each_length_of_a_number_is_written);
    tcase_add_test(tests, a_missing_text_writes_nothing);
    tcase_add_test(tests, a_long_page_grows_whole);
}

UNIT_MAIN("out", add_tests)
