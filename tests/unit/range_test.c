/* Parts of files that clients ask for: appserver/engine/range.c */

#include "unit.h"

#include "range.h"

static const struct {
    const char *header;
    int64_t size;
    enum range_result result;
    int64_t first;
    int64_t last;
} rows[] = {
    {NULL, 1000, RANGE_WHOLE, 0, 0},
    {"", 1000, RANGE_WHOLE, 0, 0},
    {"bytes=0-499", 1000, RANGE_PART, 0, 499},
    {"Bytes=500-999", 1000, RANGE_PART, 500, 999},
    {"bytes=0-0", 1000, RANGE_PART, 0, 0},
    {"bytes=0-", 1000, RANGE_PART, 0, 999},
    {"bytes=999-", 1000, RANGE_PART, 999, 999},
    {"bytes=900-5000", 1000, RANGE_PART, 900, 999},
    {"bytes=-100", 1000, RANGE_PART, 900, 999},
    {"bytes=-5000", 1000, RANGE_PART, 0, 999},
    {"bytes=-0", 1000, RANGE_UNREACHABLE, 0, 0},
    {"bytes=1000-", 1000, RANGE_UNREACHABLE, 0, 0},
    {"bytes=99999999999999999999999-", 1000, RANGE_UNREACHABLE, 0, 0},
    {"bytes=0-99999999999999999999999", 1000, RANGE_PART, 0, 999},
    {"bytes=-99999999999999999999999", 1000, RANGE_PART, 0, 999},
    {"bytes=0-", 0, RANGE_UNREACHABLE, 0, 0},
    {"bytes=-1", 0, RANGE_UNREACHABLE, 0, 0},
    {"bytes=5-4", 1000, RANGE_WHOLE, 0, 0},
    {"bytes=-", 1000, RANGE_WHOLE, 0, 0},
    {"bytes=a-b", 1000, RANGE_WHOLE, 0, 0},
    {"bytes=0-1,5-6", 1000, RANGE_WHOLE, 0, 0},
    {"bytes= 0-1", 1000, RANGE_WHOLE, 0, 0},
    {"lines=0-1", 1000, RANGE_WHOLE, 0, 0},
};

START_TEST(a_range_is_read_or_the_whole_is_sent)
{
    int64_t first = 0;
    int64_t last = 0;

    ck_assert_int_eq(range_read(rows[_i].header, rows[_i].size, &first, &last),
                     rows[_i].result);
    ck_assert_int_eq(first, rows[_i].first);
    ck_assert_int_eq(last, rows[_i].last);
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_loop_test(tests, a_range_is_read_or_the_whole_is_sent, 0,
                        UNIT_ROWS(rows));
}

UNIT_MAIN("parts of files", add_tests)
