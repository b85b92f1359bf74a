/* Slots for expensive work, over all processes: appserver/engine/expensive.c */

#include "unit.h"

#include <sched.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "expensive.h"

#define SLOTS 2
#define WAIT_MS 60

static struct expensive expensive;

static void set_up(void)
{
    ck_assert(expensive_open(&expensive, SLOTS, WAIT_MS));
}

static void tear_down(void)
{
    expensive_close(&expensive);
}

/* Another worker. It says over a pipe whether it entered, and then waits. */
struct worker {
    pid_t pid;
    int said;
};

static void work(int say)
{
    char entered = expensive_enter(&expensive) ? 'y' : 'n';

    if (write(say, &entered, 1) != 1) {
        _exit(1);
    }
    if (entered == 'y') {
        pause();
    }
    _exit(0);
}

static struct worker start_worker(void)
{
    struct worker worker;
    int ends[2];

    ck_assert_int_eq(pipe(ends), 0);
    worker.pid = fork();
    ck_assert_int_ge(worker.pid, 0);
    if (worker.pid == 0) {
        work(ends[1]);
    }
    close(ends[1]);
    worker.said = ends[0];
    return worker;
}

static bool has_entered(const struct worker *worker)
{
    char entered = 0;

    ck_assert_int_eq(read(worker->said, &entered, 1), 1);
    return entered == 'y';
}

static void end_worker(const struct worker *worker)
{
    kill(worker->pid, SIGKILL);
    ck_assert_int_eq(waitpid(worker->pid, NULL, 0), worker->pid);
    close(worker->said);
}

START_TEST(a_slot_is_taken_and_given_back)
{
    int i;

    for (i = 0; i < 3 * SLOTS; i++) {
        ck_assert(expensive_enter(&expensive));
        ck_assert_int_ge(expensive.taken, 0);
        expensive_leave(&expensive);
        ck_assert_int_eq(expensive.taken, -1);
    }
}
END_TEST

/* Of a user who may not stop yielding nothing is asked. */
static int expected_policy(void)
{
    return geteuid() == 0 ? SCHED_IDLE : SCHED_OTHER;
}

START_TEST(who_has_a_slot_lets_the_quick_go_first)
{
    ck_assert(expensive_enter(&expensive));
    ck_assert_int_eq(sched_getscheduler(0), expected_policy());
    expensive_mind(&expensive);
    ck_assert_int_eq(sched_getscheduler(0), expected_policy());
    expensive_leave(&expensive);
    ck_assert_int_eq(sched_getscheduler(0), SCHED_OTHER);
}
END_TEST

START_TEST(but_not_for_long)
{
    ck_assert(expensive_enter(&expensive));
    usleep((EXPENSIVE_YIELDS_MS + 1) * 1000);
    expensive_mind(&expensive);
    ck_assert_int_eq(sched_getscheduler(0), SCHED_OTHER);
    expensive_leave(&expensive);
    ck_assert_int_eq(sched_getscheduler(0), SCHED_OTHER);
}
END_TEST

START_TEST(leaving_without_a_slot_does_nothing)
{
    expensive_leave(&expensive);
    ck_assert_int_eq(expensive.taken, -1);
}
END_TEST

START_TEST(slots_are_counted_over_all_processes)
{
    struct worker workers[SLOTS];
    size_t i;

    for (i = 0; i < SLOTS; i++) {
        ck_assert(expensive_enter(&expensive));
        expensive_leave(&expensive);
        workers[i] = start_worker();
        ck_assert(has_entered(&workers[i]));
    }
    ck_assert(!expensive_enter(&expensive));
    ck_assert_int_eq(expensive.taken, -1);
    for (i = 0; i < SLOTS; i++) {
        end_worker(&workers[i]);
    }
}
END_TEST

START_TEST(the_slot_of_a_killed_process_comes_back)
{
    struct worker workers[SLOTS];
    size_t i;

    for (i = 0; i < SLOTS; i++) {
        workers[i] = start_worker();
        ck_assert(has_entered(&workers[i]));
    }
    ck_assert(!expensive_enter(&expensive));
    end_worker(&workers[0]);
    ck_assert(expensive_enter(&expensive));
    end_worker(&workers[1]);
}
END_TEST

START_TEST(nobody_waits_longer_than_allowed)
{
    struct worker workers[SLOTS];
    int64_t before;
    int64_t waited;
    size_t i;

    for (i = 0; i < SLOTS; i++) {
        workers[i] = start_worker();
        ck_assert(has_entered(&workers[i]));
    }
    before = clock_now_ms();
    ck_assert(!expensive_enter(&expensive));
    waited = clock_now_ms() - before;
    ck_assert_int_ge(waited, WAIT_MS);
    ck_assert_int_lt(waited, WAIT_MS + 2000);
    for (i = 0; i < SLOTS; i++) {
        end_worker(&workers[i]);
    }
}
END_TEST

/* Who waits stands in line, and the line moves when its head is killed. */
START_TEST(the_next_in_line_enters_when_a_slot_is_given_back)
{
    struct worker others[SLOTS - 1];
    struct worker waiting;
    size_t i;

    expensive.wait_ms = 10000;
    for (i = 0; i < SLOTS - 1; i++) {
        others[i] = start_worker();
        ck_assert(has_entered(&others[i]));
    }
    ck_assert(expensive_enter(&expensive));
    waiting = start_worker();
    usleep(20000);
    end_worker(&waiting);
    waiting = start_worker();
    expensive_leave(&expensive);
    ck_assert(has_entered(&waiting));
    end_worker(&waiting);
    for (i = 0; i < SLOTS - 1; i++) {
        end_worker(&others[i]);
    }
}
END_TEST

START_TEST(without_a_wait_the_answer_comes_at_once)
{
    struct worker workers[SLOTS];
    int64_t before;
    size_t i;

    expensive.wait_ms = 0;
    for (i = 0; i < SLOTS; i++) {
        workers[i] = start_worker();
        ck_assert(has_entered(&workers[i]));
    }
    before = clock_now_ms();
    ck_assert(!expensive_enter(&expensive));
    ck_assert_int_lt(clock_now_ms() - before, 1000);
    for (i = 0; i < SLOTS; i++) {
        end_worker(&workers[i]);
    }
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, a_slot_is_taken_and_given_back);
    tcase_add_test(tests, who_has_a_slot_lets_the_quick_go_first);
    tcase_add_test(tests, but_not_for_long);
    tcase_add_test(tests, leaving_without_a_slot_does_nothing);
    tcase_add_test(tests, slots_are_counted_over_all_processes);
    tcase_add_test(tests, the_slot_of_a_killed_process_comes_back);
    tcase_add_test(tests, nobody_waits_longer_than_allowed);
    tcase_add_test(tests, the_next_in_line_enters_when_a_slot_is_given_back);
    tcase_add_test(tests, without_a_wait_the_answer_comes_at_once);
}

UNIT_MAIN("Slots for expensive work", add_tests)
