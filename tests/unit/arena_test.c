/* The memory of a request: appserver/engine/arena.c */

#include "unit.h"

#include <stdint.h>
#include <string.h>

#include "arena.h"

START_TEST(pieces_are_zeroed_aligned_and_apart)
{
    struct arena arena;
    char *first;
    char *second;

    arena_init(&arena, 1 << 20);
    first = arena_alloc(&arena, 3);
    second = arena_alloc(&arena, 5);
    ck_assert_ptr_nonnull(first);
    ck_assert_ptr_nonnull(second);
    ck_assert_uint_eq((uintptr_t)second % _Alignof(max_align_t), 0);
    memset(first, 'x', 3);
    ck_assert_mem_eq(second, "\0\0\0\0\0", 5);
    arena_free(&arena);
}
END_TEST

START_TEST(a_piece_may_be_larger_than_a_chunk)
{
    struct arena arena;
    char *piece;

    arena_init(&arena, 1 << 20);
    piece = arena_alloc(&arena, 500000);
    ck_assert_ptr_nonnull(piece);
    memset(piece, 'x', 500000);
    arena_free(&arena);
}
END_TEST

START_TEST(the_limit_is_kept_and_reset_makes_room)
{
    struct arena arena;
    int i;

    arena_init(&arena, 100000);
    for (i = 0; i < 1000 && arena_alloc(&arena, 1000) != NULL; i++) {
    }
    ck_assert_int_lt(i, 100);
    ck_assert_int_gt(i, 50);
    ck_assert_ptr_null(arena_alloc(&arena, 1000));
    arena_reset(&arena);
    ck_assert_ptr_nonnull(arena_alloc(&arena, 1000));
    arena_free(&arena);
}
END_TEST

START_TEST(a_size_near_the_largest_number_is_refused)
{
    struct arena arena;

    arena_init(&arena, 1 << 20);
    ck_assert_ptr_null(arena_alloc(&arena, SIZE_MAX));
    ck_assert_ptr_null(arena_alloc(&arena, SIZE_MAX - 15));
    arena_free(&arena);
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_test(tests, pieces_are_zeroed_aligned_and_apart);
    tcase_add_test(tests, a_piece_may_be_larger_than_a_chunk);
    tcase_add_test(tests, the_limit_is_kept_and_reset_makes_room);
    tcase_add_test(tests, a_size_near_the_largest_number_is_refused);
}

UNIT_MAIN("arena", add_tests)
