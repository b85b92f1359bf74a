/* Connections on their way between workers: appserver/engine/pool.c */

#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "pool.h"

#define FULL_MAX 100000 /* far more than any pool holds */

static struct pool pool;

static void set_up(void)
{
    ck_assert(pool_open(&pool));
}

static void tear_down(void)
{
    pool_close(&pool);
}

static void make_pair(int pair[2])
{
    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair),
                     0);
}

static void check_they_talk(int here, int there)
{
    char byte = 0;

    ck_assert_int_eq(write(here, "x", 1), 1);
    ck_assert_int_eq(read(there, &byte, 1), 1);
    ck_assert_int_eq(byte, 'x');
}

/* Gives `fd` until there is no room; returns how many went in. */
static int fill(int fd)
{
    int count = 0;

    while (pool_give(&pool, fd)) {
        ck_assert_int_lt(++count, FULL_MAX);
    }
    return count;
}

START_TEST(an_empty_pool_gives_nothing)
{
    ck_assert_int_eq(pool_take(&pool), -1);
}
END_TEST

START_TEST(what_was_given_is_taken_once)
{
    int pair[2];
    int taken;

    make_pair(pair);
    ck_assert(pool_give(&pool, pair[1]));
    taken = pool_take(&pool);
    ck_assert_int_ge(taken, 0);
    check_they_talk(pair[0], taken);
    ck_assert_int_eq(pool_take(&pool), -1);
    close(taken);
    close(pair[0]);
    close(pair[1]);
}
END_TEST

START_TEST(it_comes_out_in_the_order_in_which_it_went_in)
{
    int pairs[3][2];
    size_t i;

    for (i = 0; i < 3; i++) {
        make_pair(pairs[i]);
        ck_assert(pool_give(&pool, pairs[i][1]));
    }
    for (i = 0; i < 3; i++) {
        int taken = pool_take(&pool);

        check_they_talk(pairs[i][0], taken);
        close(taken);
        close(pairs[i][0]);
        close(pairs[i][1]);
    }
}
END_TEST

START_TEST(it_is_closed_by_a_program_that_is_started)
{
    int pair[2];
    int taken;

    make_pair(pair);
    ck_assert(pool_give(&pool, pair[1]));
    taken = pool_take(&pool);
    ck_assert_int_eq(fcntl(taken, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
    close(taken);
    close(pair[0]);
    close(pair[1]);
}
END_TEST

START_TEST(it_works_after_the_giver_closed_its_own)
{
    int pair[2];
    int taken;

    make_pair(pair);
    ck_assert_int_eq(write(pair[0], "x", 1), 1);
    ck_assert(pool_give(&pool, pair[1]));
    close(pair[1]);
    taken = pool_take(&pool);
    check_they_talk(taken, pair[0]);
    check_they_talk(pair[0], taken);
    close(taken);
    close(pair[0]);
}
END_TEST

/* The other end notices nothing: a worker gives what it has, and ends. */
START_TEST(it_outlives_the_process_that_gave_it)
{
    int pair[2];
    int status;
    int taken;
    pid_t giver;

    make_pair(pair);
    giver = fork();
    ck_assert_int_ge(giver, 0);
    if (giver == 0) {
        _exit(pool_give(&pool, pair[1]) ? 0 : 1);
    }
    close(pair[1]);
    ck_assert_int_eq(waitpid(giver, &status, 0), giver);
    ck_assert_int_eq(status, 0);
    taken = pool_take(&pool);
    ck_assert_int_ge(taken, 0);
    check_they_talk(pair[0], taken);
    close(taken);
    close(pair[0]);
}
END_TEST

START_TEST(a_full_pool_says_so_and_takes_again_later)
{
    int pair[2];
    int count;
    int i;

    make_pair(pair);
    count = fill(pair[1]);
    ck_assert_int_gt(count, 0);
    ck_assert(errno == EAGAIN || errno == ETOOMANYREFS);
    close(pool_take(&pool));
    ck_assert(pool_give(&pool, pair[1]));
    for (i = 0; i < count; i++) {
        close(pool_take(&pool));
    }
    ck_assert_int_eq(pool_take(&pool), -1);
    close(pair[0]);
    close(pair[1]);
}
END_TEST

START_TEST(waiting_for_room_has_an_end)
{
    int64_t before;
    int64_t waited;
    int pair[2];

    make_pair(pair);
    fill(pair[1]);
    before = clock_now_ms();
    ck_assert(!pool_give_waiting(&pool, pair[1], 50));
    waited = clock_now_ms() - before;
    ck_assert_int_ge(waited, 45);
    ck_assert_int_lt(waited, 3000);
    close(pair[0]);
    close(pair[1]);
}
END_TEST

START_TEST(waiting_ends_when_there_is_room)
{
    int pair[2];
    int status;
    pid_t taker;

    make_pair(pair);
    fill(pair[1]);
    taker = fork();
    ck_assert_int_ge(taker, 0);
    if (taker == 0) {
        usleep(20000);
        _exit(pool_take(&pool) >= 0 ? 0 : 1);
    }
    ck_assert(pool_give_waiting(&pool, pair[1], 3000));
    ck_assert_int_eq(waitpid(taker, &status, 0), taker);
    ck_assert_int_eq(status, 0);
    close(pair[0]);
    close(pair[1]);
}
END_TEST

START_TEST(what_is_no_descriptor_is_refused_at_once)
{
    int64_t before = clock_now_ms();

    ck_assert(!pool_give(&pool, -1));
    ck_assert(!pool_give_waiting(&pool, -1, 3000));
    ck_assert_int_lt(clock_now_ms() - before, 1000);
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, an_empty_pool_gives_nothing);
    tcase_add_test(tests, what_was_given_is_taken_once);
    tcase_add_test(tests, it_comes_out_in_the_order_in_which_it_went_in);
    tcase_add_test(tests, it_is_closed_by_a_program_that_is_started);
    tcase_add_test(tests, it_works_after_the_giver_closed_its_own);
    tcase_add_test(tests, it_outlives_the_process_that_gave_it);
    tcase_add_test(tests, a_full_pool_says_so_and_takes_again_later);
    tcase_add_test(tests, waiting_for_room_has_an_end);
    tcase_add_test(tests, waiting_ends_when_there_is_room);
    tcase_add_test(tests, what_is_no_descriptor_is_refused_at_once);
}

UNIT_MAIN("The pool of connections", add_tests)
