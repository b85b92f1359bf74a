/* How much memory of its own a process has: engine/allowance.c */

#include "unit.h"

#include <string.h>
#include <sys/mman.h>

#include "allowance.h"

#define MIB ((size_t)1 << 20)
#define LARGE (4096 * MIB) /* sanitizers have much of their own */

static struct own_memory memory;
static char problem[256];

static void tear_down(void)
{
    allowance_forget(&memory);
}

START_TEST(without_a_limit_nobody_looks)
{
    size_t mib = 0;

    ck_assert(allowance_watch(&memory, 0, problem, sizeof(problem)));
    ck_assert_int_eq(memory.fd, -1);
    ck_assert(!allowance_is_passed(&memory, &mib));
}
END_TEST

START_TEST(what_a_process_has_touched_counts_and_what_it_gave_back_does_not)
{
    size_t bytes = 64 * MIB;
    size_t before = 0;
    size_t mib = 0;
    char *piece;

    ck_assert(
        allowance_watch(&memory, (int)(LARGE / MIB), problem, sizeof(problem)));
    memory.limit_bytes = 0;
    ck_assert(allowance_is_passed(&memory, &before));
    piece = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
                 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    ck_assert_ptr_ne(piece, MAP_FAILED);
    memory.looked_at = 0;
    ck_assert(allowance_is_passed(&memory, &mib));
    ck_assert_uint_lt(mib, before + 32); /* nothing was touched yet */
    memset(piece, 1, bytes);
    memory.looked_at = 0;
    ck_assert(allowance_is_passed(&memory, &mib));
    ck_assert_uint_ge(mib, before + 60);
    munmap(piece, bytes);
    memory.looked_at = 0;
    ck_assert(allowance_is_passed(&memory, &mib));
    ck_assert_uint_lt(mib, before + 32);
}
END_TEST

START_TEST(a_limit_below_what_it_begins_with_is_refused)
{
    size_t bytes = 8 * MIB;
    char *piece = malloc(bytes);

    ck_assert_ptr_nonnull(piece);
    memset(piece, 1, bytes);
    ck_assert(!allowance_watch(&memory, 1, problem, sizeof(problem)));
    ck_assert_ptr_nonnull(
        strstr(problem, "recycle-memory-mib = 1 is too little"));
    ck_assert_int_eq(piece[bytes - 1], 1);
    free(piece);
}
END_TEST

START_TEST(it_looks_ten_times_a_second_at_most)
{
    size_t mib = 0;

    ck_assert(
        allowance_watch(&memory, (int)(LARGE / MIB), problem, sizeof(problem)));
    memory.limit_bytes = 0;
    ck_assert(allowance_is_passed(&memory, &mib));
    ck_assert(!allowance_is_passed(&memory, &mib));
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_checked_fixture(tests, NULL, tear_down);
    tcase_add_test(tests, without_a_limit_nobody_looks);
    tcase_add_test(
        tests,
        what_a_process_has_touched_counts_and_what_it_gave_back_does_not);
    tcase_add_test(tests, a_limit_below_what_it_begins_with_is_refused);
    tcase_add_test(tests, it_looks_ten_times_a_second_at_most);
}

UNIT_MAIN("allowance", add_tests)
