/* Parameters of a FastCGI request as text: appserver/engine/params.c */

#include "unit.h"

#include <string.h>

#include "params.h"

#define BYTES_MAX ((size_t)128 * 1024)
#define MEMORY ((size_t)1024 * 1024)

enum type {
    BEGIN_REQUEST = 1,
    PARAMS = 4,
    STDIN = 5
};

static unsigned char bytes[BYTES_MAX];
static size_t length;
static struct arena arena;

static void set_up(void)
{
    length = 0;
    arena_init(&arena, MEMORY);
}

static void tear_down(void)
{
    arena_free(&arena);
}

static void put(enum type type, unsigned id, const void *content, size_t size,
                unsigned char padding)
{
    const unsigned char head[8] = {1,
                                   (unsigned char)type,
                                   (unsigned char)(id >> 8),
                                   (unsigned char)id,
                                   (unsigned char)(size >> 8),
                                   (unsigned char)size,
                                   padding};

    memcpy(bytes + length, head, sizeof(head));
    length += sizeof(head);
    if (size > 0) {
        memcpy(bytes + length, content, size);
    }
    memset(bytes + length + size, 0xff, padding);
    length += size + padding;
}

static void begin(unsigned id)
{
    put(BEGIN_REQUEST, id, "\0\1\1\0\0\0\0\0", 8, 0);
}

/* The parameters of what was put, from bytes of exactly that length. */
static char *const *read_all(void)
{
    unsigned char *copy = malloc(length);
    char *const *params;
    struct head head;

    ck_assert_ptr_nonnull(copy);
    memcpy(copy, bytes, length);
    head = head_look(copy, length);
    ck_assert_int_eq(head.state, HEAD_WHOLE);
    params = params_read(&arena, copy, &head);
    ck_assert_mem_eq(copy, bytes, length);
    free(copy);
    return params;
}

/* Lengths of one byte and of four, an empty value, an empty name. */
static const char pairs[] = "\3\5ONEfirst"
                            "\200\0\0\3\200\0\0\6TWOsecond"
                            "\5\0EMPTY"
                            "\0\1x"
                            "\4\2A=B=c=";

#define PAIRS_BYTES (sizeof(pairs) - 1)

static void are_pairs(char *const *params)
{
    static const char *const expected[] = {"ONE=first", "TWO=second",
                                           "EMPTY=", "=x", "A=B==c="};
    size_t i;

    ck_assert_ptr_nonnull(params);
    for (i = 0; i < sizeof(expected) / sizeof(expected[0]); i++) {
        ck_assert_str_eq(params[i], expected[i]);
    }
    ck_assert_ptr_null(params[i]);
}

START_TEST(each_is_a_name_and_a_value_in_the_order_in_which_they_came)
{
    begin(1);
    put(PARAMS, 1, pairs, PAIRS_BYTES, 0);
    put(PARAMS, 1, NULL, 0, 0);
    are_pairs(read_all());
}
END_TEST

START_TEST(borders_of_records_do_not_matter)
{
    size_t border;

    for (border = 1; border < PAIRS_BYTES; border++) {
        length = 0;
        begin(0x102);
        put(PARAMS, 0x102, pairs, border, 7);
        put(PARAMS, 0x102, pairs + border, PAIRS_BYTES - border, 255);
        put(PARAMS, 0x102, NULL, 0, 0);
        are_pairs(read_all());
    }
}
END_TEST

START_TEST(records_of_other_requests_are_passed_over)
{
    begin(1);
    begin(2);
    put(PARAMS, 2, "\1\1XY", 4, 0);
    put(PARAMS, 1, pairs, 4, 0);
    put(STDIN, 3, "\1\1XY", 4, 1);
    put(PARAMS, 1, pairs + 4, PAIRS_BYTES - 4, 0);
    begin(2);
    put(PARAMS, 1, NULL, 0, 0);
    are_pairs(read_all());
}
END_TEST

START_TEST(there_may_be_none)
{
    char *const *params;

    begin(1);
    put(PARAMS, 1, NULL, 0, 0);
    params = read_all();
    ck_assert_ptr_nonnull(params);
    ck_assert_ptr_null(params[0]);
}
END_TEST

START_TEST(as_many_are_read_as_a_head_may_have)
{
    char *const *params;
    size_t count;

    begin(1);
    for (count = 0; count < HEAD_PARAMS_MAX; count++) {
        put(PARAMS, 1, "\1\3ABCD", 6, 0);
    }
    put(PARAMS, 1, NULL, 0, 0);
    params = read_all();
    for (count = 0; params[count] != NULL; count++) {
        ck_assert_str_eq(params[count], "A=BCD");
    }
    ck_assert_uint_eq(count, HEAD_PARAMS_MAX);
}
END_TEST

START_TEST(a_long_value_comes_whole)
{
    static char pair[40000 + 8] = "\200\0\0\4\200\0\x9c\x3cNAME";
    char *const *params;

    memset(pair + 12, 'v', sizeof(pair) - 12);
    begin(1);
    put(PARAMS, 1, pair, sizeof(pair), 0);
    put(PARAMS, 1, NULL, 0, 0);
    params = read_all();
    ck_assert_uint_eq(strlen(params[0]), 5 + sizeof(pair) - 12);
    ck_assert_ptr_null(params[1]);
}
END_TEST

START_TEST(without_memory_there_is_no_list)
{
    arena.limit = 1;
    begin(1);
    put(PARAMS, 1, pairs, PAIRS_BYTES, 0);
    put(PARAMS, 1, NULL, 0, 0);
    ck_assert_ptr_null(read_all());
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests,
                   each_is_a_name_and_a_value_in_the_order_in_which_they_came);
    tcase_add_test(tests, borders_of_records_do_not_matter);
    tcase_add_test(tests, records_of_other_requests_are_passed_over);
    tcase_add_test(tests, there_may_be_none);
    tcase_add_test(tests, as_many_are_read_as_a_head_may_have);
    tcase_add_test(tests, a_long_value_comes_whole);
    tcase_add_test(tests, without_memory_there_is_no_list);
}

UNIT_MAIN("parameters of a request", add_tests)
