/* Requests that come too late to be of use: appserver/engine/overload.c */

#include "unit.h"

#include "overload.h"

static struct overload overload;

static void set_up(void)
{
    overload = (struct overload){.limit_ms = 1000};
}

/* A request that the worker was waiting for. */
static bool refuses_when_idle(int64_t waited_ms)
{
    overload.was_idle = true;
    return overload_refuses(&overload, waited_ms, true);
}

static bool refuses(int64_t waited_ms)
{
    return overload_refuses(&overload, waited_ms, true);
}

START_TEST(who_waited_longer_than_the_limit_is_refused)
{
    ck_assert(!refuses(0));
    ck_assert(!refuses(1000));
    ck_assert(refuses(1001));
}
END_TEST

START_TEST(without_a_limit_nobody_is)
{
    overload.limit_ms = 0;
    ck_assert(!refuses(1000000));
}
END_TEST

START_TEST(nor_where_nobody_knows_how_long_it_was)
{
    ck_assert(!refuses(-1));
    ck_assert(!overload_refuses(&overload, 5000, false));
}
END_TEST

/* Nobody waits for an idle worker: what it looks like is the clocks'. */
START_TEST(clocks_that_differ_refuse_nobody)
{
    ck_assert(!refuses_when_idle(30000));
    ck_assert(!refuses(30500));
    ck_assert(refuses(31001));
    ck_assert(!refuses_when_idle(2));
    ck_assert(refuses(30500));
}
END_TEST

START_TEST(an_idle_moment_is_one_request_long)
{
    ck_assert(!refuses_when_idle(0));
    ck_assert(refuses(5000));
    ck_assert(refuses(5000));
}
END_TEST

START_TEST(half_of_the_limit_is_late_and_a_quick_one_ends_that)
{
    ck_assert(!refuses(500));
    ck_assert(!overload.is_late);
    ck_assert(!refuses(501));
    ck_assert(overload.is_late);
    ck_assert(!overload_refuses(&overload, 0, false));
    ck_assert_msg(overload.is_late, "what tells nothing changed it");
    ck_assert(!refuses(400));
    ck_assert(!overload.is_late);
    ck_assert(refuses(5000));
    ck_assert(!refuses_when_idle(5000));
    ck_assert(!overload.is_late);
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_checked_fixture(tests, set_up, NULL);
    tcase_add_test(tests, who_waited_longer_than_the_limit_is_refused);
    tcase_add_test(tests, without_a_limit_nobody_is);
    tcase_add_test(tests, nor_where_nobody_knows_how_long_it_was);
    tcase_add_test(tests, clocks_that_differ_refuse_nobody);
    tcase_add_test(tests, an_idle_moment_is_one_request_long);
    tcase_add_test(tests, half_of_the_limit_is_late_and_a_quick_one_ends_that);
}

UNIT_MAIN("Requests that come too late", add_tests)
