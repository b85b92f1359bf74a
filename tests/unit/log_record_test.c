/* The lines of the log: appserver/engine/log_record.c */

#include "unit.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "log_record.h"

static char text[4096];

/* The record without its time and process id, which differ each time. */
static const char *line_of(enum log_format format, const char *message,
                           const struct log_subject *subject, size_t size)
{
    struct log_record record = {.text = text, .size = size};

    log_record_set_format(format);
    log_record_begin(&record, "warn", "worker");
    log_record_message(&record, message);
    if (subject != NULL) {
        log_record_request(&record, subject);
    }
    log_record_end(&record);
    ck_assert_uint_le(record.length, size);
    text[record.length] = '\0';
    return strchr(text, format == LOG_JSON ? ',' : ' ') + 1;
}

static const struct log_subject subject = {
    "9f",   "4b", "GET", "/a\n2026 error \"x\"\\\302\205\342\200\250\377",
    "post", 200};

START_TEST(a_line_of_text_cannot_be_forged)
{
    line_of(LOG_TEXT, "a\rb\nc", &subject, sizeof(text));
    ck_assert_ptr_nonnull(strstr(text, "warn worker["));
    ck_assert_ptr_nonnull(strstr(
        text,
        ": a?b?c request=9f trace=4b \"GET /a?2026 error \"x\"\\???\"\n"));
    ck_assert_ptr_eq(strchr(text, '\n'), text + strlen(text) - 1);
}
END_TEST

START_TEST(a_line_of_json_is_one_object_whatever_is_in_it)
{
    char expected[512];

    snprintf(expected, sizeof(expected),
             "\"level\":\"warn\",\"process\":\"worker\",\"pid\":%d,"
             "\"message\":\"a\\u000d\\u000ab\\u001b\",\"request\":\"9f\","
             "\"trace\":\"4b\","
             "\"method\":\"GET\",\"path\":\"/a\\u000a2026 error \\\"x\\\"\\\\"
             "\\u0085\\u2028\\ufffd\",\"route\":\"post\",\"status\":200}\n",
             (int)getpid());
    ck_assert_str_eq(line_of(LOG_JSON, "a\r\nb\033", &subject, sizeof(text)),
                     expected);
}
END_TEST

START_TEST(what_is_not_known_is_left_out)
{
    static const struct log_subject early = {"9f", "4b", "GET", "/", NULL, 0};

    line_of(LOG_JSON, "x", &early, sizeof(text));
    ck_assert_ptr_nonnull(strstr(text, "\"path\":\"/\"}\n"));
    line_of(LOG_JSON, "x", NULL, sizeof(text));
    ck_assert_ptr_nonnull(strstr(text, "\"message\":\"x\"}\n"));
}
END_TEST

/* Braces, brackets and quotation marks of an object that is whole. */
static bool is_balanced(const char *json)
{
    bool quoted = false;
    int depth = 0;

    for (; *json != '\n'; json++) {
        if (*json == '\\') {
            json++;
        } else if (*json == '"') {
            quoted = !quoted;
        } else if (!quoted) {
            depth +=
                (*json == '{' || *json == '[') - (*json == '}' || *json == ']');
        }
    }
    return !quoted && depth == 0 && json[1] == '\0';
}

START_TEST(a_record_that_is_cut_is_still_an_object_and_says_so)
{
    size_t size;

    for (size = 130; size < 600; size++) {
        bool is_cut;

        line_of(LOG_JSON, "abcdef\n\"ghi\\jkl", &subject, size);
        is_cut = strstr(text, "\"cut\":true") != NULL;
        ck_assert_msg(is_balanced(text), "%zu: %s", size, text);
        ck_assert(is_cut || strstr(text, "\"status\":200") != NULL);
    }
}
END_TEST

START_TEST(what_log_record_bytes_says_is_always_enough)
{
    char message[301];
    size_t size = log_record_bytes(300);

    memset(message, '\001', 300);
    message[300] = '\0';
    line_of(LOG_JSON, message, NULL, size);
    ck_assert_ptr_null(strstr(text, "cut"));
    line_of(LOG_TEXT, message, NULL, size);
    ck_assert_ptr_null(strstr(text, "[cut]"));
}
END_TEST

START_TEST(a_backtrace_is_a_list_of_its_lines)
{
    struct log_record record = {.text = text, .size = sizeof(text)};

    log_record_set_format(LOG_JSON);
    log_record_begin(&record, "error", "worker");
    log_record_message(&record, "crashed");
    log_record_backtrace(&record, "a(b+1)\n\"c\"\n", 11);
    log_record_end(&record);
    text[record.length] = '\0';
    ck_assert_ptr_nonnull(strstr(
        text,
        ",\"message\":\"crashed\",\"backtrace\":[\"a(b+1)\",\"\\\"c\\\"\"]}"
        "\n"));
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_test(tests, a_line_of_text_cannot_be_forged);
    tcase_add_test(tests, a_line_of_json_is_one_object_whatever_is_in_it);
    tcase_add_test(tests, what_is_not_known_is_left_out);
    tcase_add_test(tests, a_record_that_is_cut_is_still_an_object_and_says_so);
    tcase_add_test(tests, what_log_record_bytes_says_is_always_enough);
    tcase_add_test(tests, a_backtrace_is_a_list_of_its_lines);
}

UNIT_MAIN("log_record", add_tests)
