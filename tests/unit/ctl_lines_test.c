/* Cutting logs into lines, and keeping the last: ops/foobarctl/lines.c */

#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "lines.h"

/* Collects lines as "one|two|". */
struct heard {
    char text[3 * LINES_MAX_BYTES];
    size_t length;
};

static void take(void *context, const char *line, size_t length)
{
    struct heard *heard = context;

    ck_assert_uint_lt(heard->length + length + 1, sizeof(heard->text));
    memcpy(heard->text + heard->length, line, length);
    heard->length += length;
    heard->text[heard->length++] = '|';
    heard->text[heard->length] = '\0';
}

static const struct {
    const char *pieces[4];
    const char *before_end; /* what was heard before the stream was over */
    const char *after_end;
} rows[] = {
    {{"one\ntwo\n"}, "one|two|", "one|two|"},
    {{"one\n", "two\n"}, "one|two|", "one|two|"},
    {{"o", "ne", "\ntw", "o"}, "one|", "one|two|"},
    {{"\n\n"}, "||", "||"},
    {{"one\r\ntwo\r\n"}, "one|two|", "one|two|"},
    {{"one\r", "\n"}, "one|", "one|"},
    {{"without an end"}, "", "without an end|"},
    {{NULL}, "", ""},
};

START_TEST(pieces_become_lines)
{
    struct lines *lines = calloc(1, sizeof(*lines));
    struct heard *heard = calloc(1, sizeof(*heard));
    size_t i;

    for (i = 0; i < 4 && rows[_i].pieces[i] != NULL; i++) {
        lines_push(lines, rows[_i].pieces[i], strlen(rows[_i].pieces[i]), take,
                   heard);
    }
    ck_assert_str_eq(heard->text, rows[_i].before_end);
    lines_finish(lines, take, heard);
    ck_assert_str_eq(heard->text, rows[_i].after_end);
    free(heard);
    free(lines);
}
END_TEST

START_TEST(a_long_line_comes_in_several)
{
    struct lines *lines = calloc(1, sizeof(*lines));
    struct heard *heard = calloc(1, sizeof(*heard));
    char *text = malloc(LINES_MAX_BYTES + 10);

    memset(text, 'x', LINES_MAX_BYTES + 9);
    text[LINES_MAX_BYTES + 9] = '\n';
    lines_push(lines, text, LINES_MAX_BYTES + 10, take, heard);
    ck_assert_uint_eq(heard->length, LINES_MAX_BYTES + 9 + 2);
    ck_assert_int_eq(heard->text[LINES_MAX_BYTES], '|');
    free(text);
    free(heard);
    free(lines);
}
END_TEST

START_TEST(a_line_that_just_fits_stays_one)
{
    struct lines *lines = calloc(1, sizeof(*lines));
    struct heard *heard = calloc(1, sizeof(*heard));
    char *text = malloc(LINES_MAX_BYTES + 1);

    memset(text, 'x', LINES_MAX_BYTES);
    text[LINES_MAX_BYTES] = '\n';
    lines_push(lines, text, LINES_MAX_BYTES + 1, take, heard);
    ck_assert_uint_eq(heard->length, LINES_MAX_BYTES + 1);
    free(text);
    free(heard);
    free(lines);
}
END_TEST

START_TEST(the_tail_is_the_last_lines_in_order)
{
    struct tail *tail = calloc(1, sizeof(*tail));
    char text[32];
    int i;

    ck_assert_ptr_null(tail_line(tail, 0));
    for (i = 0; i < TAIL_LINES + 3; i++) {
        snprintf(text, sizeof(text), "line %d", i);
        tail_add(tail, text, strlen(text));
    }
    ck_assert_str_eq(tail_line(tail, 0), "line 3");
    snprintf(text, sizeof(text), "line %d", TAIL_LINES + 2);
    ck_assert_str_eq(tail_line(tail, TAIL_LINES - 1), text);
    ck_assert_ptr_null(tail_line(tail, TAIL_LINES));
    free(tail);
}
END_TEST

START_TEST(a_long_line_of_the_tail_is_cut)
{
    struct tail *tail = calloc(1, sizeof(*tail));
    char text[2 * TAIL_LINE_BYTES];

    memset(text, 'x', sizeof(text));
    tail_add(tail, text, sizeof(text));
    ck_assert_uint_eq(strlen(tail_line(tail, 0)), TAIL_LINE_BYTES - 1);
    free(tail);
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_loop_test(tests, pieces_become_lines, 0, UNIT_ROWS(rows));
    tcase_add_test(tests, a_long_line_comes_in_several);
    tcase_add_test(tests, a_line_that_just_fits_stays_one);
    tcase_add_test(tests, the_tail_is_the_last_lines_in_order);
    tcase_add_test(tests, a_long_line_of_the_tail_is_cut);
}

UNIT_MAIN("foobarctl's log lines", add_tests)
