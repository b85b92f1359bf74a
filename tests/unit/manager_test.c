/* How many workers there should be: appserver/engine/manager.c */

#include "unit.h"

#include <string.h>

#include "manager.h"

static struct settings settings;
static struct manager manager;
static int64_t now;
static char problem[256];
static struct findings findings;

static void set(const char *key, const char *value)
{
    ck_assert_msg(settings_set(&settings, key, value, problem, sizeof(problem)),
                  "%s", problem);
}

static void set_up(void)
{
    settings_init(&settings);
    set("workers", "16");
    set("workers-min", "2");
    set("spare-min", "2");
    set("spare-max", "4");
    set("idle-seconds", "1");
    now = 1000;
}

static void tear_down(void)
{
    settings_free(&settings);
    findings_free(&findings);
}

static void begin(const char *kind)
{
    set("manager", kind);
    manager_check(&settings, &findings);
    ck_assert_uint_eq(findings.count, 0);
    manager_begin(&manager, &settings);
}

/* A tick later, with so many that are idle, busy and starting. */
static unsigned look(unsigned idle, unsigned busy, unsigned starting)
{
    struct manager_load load = {idle, busy, starting};

    now += MANAGER_TICK_MS;
    manager_look(&manager, &load, now);
    return manager.wanted;
}

START_TEST(static_workers_stay_as_many_as_they_are)
{
    begin("static");
    ck_assert_uint_eq(manager.wanted, 16);
    ck_assert_uint_eq(look(0, 16, 0), 16);
    ck_assert_uint_eq(look(16, 0, 0), 16);
}
END_TEST

START_TEST(dynamic_workers_begin_with_the_least)
{
    begin("dynamic");
    ck_assert_uint_eq(manager.wanted, 2);
    ck_assert_uint_eq(look(2, 0, 0), 2);
}
END_TEST

START_TEST(when_spare_ones_are_missing_growth_doubles_up_to_the_most)
{
    begin("dynamic");
    ck_assert_uint_eq(look(0, 2, 0), 4);
    ck_assert_uint_eq(look(0, 4, 0), 6);
    ck_assert_uint_eq(look(0, 6, 0), 10);
    ck_assert_uint_eq(look(0, 10, 0), 16);
    ck_assert_uint_eq(look(0, 16, 0), 16);
}
END_TEST

START_TEST(those_that_start_count_as_spare_ones)
{
    begin("dynamic");
    ck_assert_uint_eq(look(0, 2, 0), 4);
    ck_assert_uint_eq(look(0, 2, 2), 4);
}
END_TEST

START_TEST(too_many_idle_ones_leave_one_by_one_and_not_at_once)
{
    begin("dynamic");
    manager.wanted = 8;
    for (int tick = 0; tick < 10; tick++) {
        ck_assert_uint_eq(look(8, 0, 0), 8);
    }
    ck_assert_uint_eq(look(8, 0, 0), 7);
    ck_assert_uint_eq(look(7, 0, 0), 6);
    ck_assert_uint_eq(look(6, 0, 0), 5);
    ck_assert_uint_eq(look(5, 0, 0), 4);
    ck_assert_uint_eq(look(4, 0, 0), 4);
}
END_TEST

START_TEST(a_busy_moment_makes_them_wait_anew)
{
    begin("dynamic");
    manager.wanted = 8;
    for (int tick = 0; tick < 9; tick++) {
        look(8, 0, 0);
    }
    look(3, 5, 0);
    ck_assert_uint_eq(look(8, 0, 0), 8);
    ck_assert_uint_eq(look(8, 0, 0), 8);
}
END_TEST

START_TEST(on_demand_all_leave_and_one_comes_when_somebody_waits)
{
    begin("ondemand");
    ck_assert_uint_eq(manager.wanted, 1);
    for (int tick = 0; tick < 10; tick++) {
        ck_assert_uint_eq(look(1, 0, 0), 1);
    }
    ck_assert_uint_eq(look(1, 0, 0), 0);
    ck_assert_uint_eq(look(0, 0, 0), 0);
    manager_wake(&manager);
    ck_assert_uint_eq(manager.wanted, 1);
}
END_TEST

START_TEST(on_demand_one_more_comes_when_all_are_busy)
{
    begin("ondemand");
    ck_assert_uint_eq(look(0, 1, 0), 2);
    ck_assert_uint_eq(look(0, 1, 1), 2);
    ck_assert_uint_eq(look(1, 1, 0), 2);
}
END_TEST

static const struct {
    const char *key;
    const char *value;
    const char *says;
} contradictions[] = {
    {"manager", "magic", "manager takes static, dynamic or ondemand"},
    {"workers", "1", "workers-min (2) is above workers (1)"},
    {"spare-max", "1", "spare-min (2) is above spare-max (1)"},
};

START_TEST(a_contradiction_is_refused_and_named)
{
    set("manager", "dynamic");
    set(contradictions[_i].key, contradictions[_i].value);
    manager_check(&settings, &findings);
    ck_assert_uint_ge(findings.count, 1);
    findings_sum(&findings, problem, sizeof(problem));
    ck_assert_msg(strstr(problem, contradictions[_i].says) != NULL, "%s",
                  problem);
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, static_workers_stay_as_many_as_they_are);
    tcase_add_test(tests, dynamic_workers_begin_with_the_least);
    tcase_add_test(tests,
                   when_spare_ones_are_missing_growth_doubles_up_to_the_most);
    tcase_add_test(tests, those_that_start_count_as_spare_ones);
    tcase_add_test(tests, too_many_idle_ones_leave_one_by_one_and_not_at_once);
    tcase_add_test(tests, a_busy_moment_makes_them_wait_anew);
    tcase_add_test(tests,
                   on_demand_all_leave_and_one_comes_when_somebody_waits);
    tcase_add_test(tests, on_demand_one_more_comes_when_all_are_busy);
    tcase_add_loop_test(tests, a_contradiction_is_refused_and_named, 0,
                        UNIT_ROWS(contradictions));
}

UNIT_MAIN("How many workers there should be", add_tests)
