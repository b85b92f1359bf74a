/* What is known of the pages' pace: appserver/engine/pace.c */

#include "unit.h"

#include "pace.h"

static struct pace pace;

static void set_up(void)
{
    ck_assert(pace_init(&pace, 2));
}

static void tear_down(void)
{
    pace_free(&pace);
}

static void take(size_t page, int64_t us, int times)
{
    while (times-- > 0) {
        pace_note(&pace, page, us);
    }
}

START_TEST(a_page_is_quick_until_it_was_slow)
{
    ck_assert(!pace_is_slow(&pace, 0));
    take(0, 100000, 1);
    ck_assert(pace_is_slow(&pace, 0));
    ck_assert(!pace_is_slow(&pace, 1));
}
END_TEST

START_TEST(one_hiccup_makes_no_slow_page)
{
    take(0, 50, 20);
    take(0, 5000, 1);
    ck_assert(!pace_is_slow(&pace, 0));
}
END_TEST

START_TEST(a_page_that_became_quick_is_quick_again)
{
    take(0, 86400LL * 1000000, 50);
    ck_assert(pace_is_slow(&pace, 0));
    take(0, 50, 80);
    ck_assert(!pace_is_slow(&pace, 0));
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, a_page_is_quick_until_it_was_slow);
    tcase_add_test(tests, one_hiccup_makes_no_slow_page);
    tcase_add_test(tests, a_page_that_became_quick_is_quick_again);
}

UNIT_MAIN("The pace of the pages", add_tests)
