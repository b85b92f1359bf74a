/* Fields of queries and forms: appserver/engine/form.c */

#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "form.h"

static struct arena arena;

static void set_up(void)
{
    arena_init(&arena, 1 << 20);
}

static void tear_down(void)
{
    arena_free(&arena);
}

static const struct {
    const char *text;
    const char *name;
    const char *value; /* NULL: there is no such field */
} fields[] = {
    {"a=1", "a", "1"},
    {"a=1&b=2", "b", "2"},
    {"a=1&a=2", "a", "1"},
    {"a", "a", ""},
    {"a=", "a", ""},
    {"=x", "", "x"},
    {"&&a=1&", "a", "1"},
    {"a=b=c", "a", "b=c"},
    {"a+b=c+d", "a b", "c d"},
    {"a=%2B%26%3d", "a", "+&="},
    {"%61=1", "a", "1"},
    {"a=%C3%A9", "a", "\303\251"},
    {"a=\303\251", "a", "\303\251"},
    {"a=%F0%9F%98%80", "a", "\360\237\230\200"},
    {"", "a", NULL},
    {"b=1", "a", NULL},
};

START_TEST(a_field_is_decoded)
{
    struct form form;
    const char *value;

    ck_assert_ptr_null(
        form_decode(&form, &arena, fields[_i].text, strlen(fields[_i].text)));
    value = form_value(&form, fields[_i].name);
    if (fields[_i].value == NULL) {
        ck_assert_ptr_null(value);
    } else {
        ck_assert_str_eq(value, fields[_i].value);
    }
}
END_TEST

static const char *const broken[] = {
    "a=%",         "a=%4",        "a=%zz",          "a=%0",
    "a=%00",       "a=%ff",       "a=%C3",          "a=%C0%AF",
    "a=%ED%A0%80", "a=%E0%80%AF", "a=%F0%80%80%AF", "a=%F4%90%80%80",
    "%ff=1",       "a=%C3%28",    "a=%E2%82",
};

START_TEST(a_broken_field_refuses_the_form)
{
    struct form form;

    ck_assert_ptr_nonnull(
        form_decode(&form, &arena, broken[_i], strlen(broken[_i])));
    ck_assert_uint_eq(form.count, 0);
}
END_TEST

START_TEST(a_nul_byte_refuses_the_form)
{
    struct form form;

    ck_assert_ptr_nonnull(form_decode(&form, &arena, "a=x\0y", 5));
}
END_TEST

START_TEST(as_many_fields_as_the_limit_are_taken_and_one_more_is_refused)
{
    char text[FORM_FIELDS_MAX * 2 + 4];
    struct form form;
    size_t i;

    for (i = 0; i <= FORM_FIELDS_MAX; i++) {
        text[2 * i] = 'a';
        text[2 * i + 1] = '&';
    }
    ck_assert_ptr_null(
        form_decode(&form, &arena, text, 2 * FORM_FIELDS_MAX - 1));
    ck_assert_uint_eq(form.count, FORM_FIELDS_MAX);
    ck_assert_ptr_nonnull(
        form_decode(&form, &arena, text, 2 * FORM_FIELDS_MAX + 1));
}
END_TEST

START_TEST(a_form_larger_than_the_memory_limit_is_refused)
{
    static char text[100000];
    struct form form;

    memset(text, 'a', sizeof(text));
    arena.limit = 50000;
    ck_assert_ptr_nonnull(form_decode(&form, &arena, text, sizeof(text)));
}
END_TEST

START_TEST(a_path_keeps_its_plus)
{
    ck_assert_str_eq(form_decode_path(&arena, "/a+b%20c", 8), "/a+b c");
    ck_assert_ptr_null(form_decode_path(&arena, "/%00", 4));
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_loop_test(tests, a_field_is_decoded, 0, UNIT_ROWS(fields));
    tcase_add_loop_test(tests, a_broken_field_refuses_the_form, 0,
                        UNIT_ROWS(broken));
    tcase_add_test(tests, a_nul_byte_refuses_the_form);
    tcase_add_test(
        tests, as_many_fields_as_the_limit_are_taken_and_one_more_is_refused);
    tcase_add_test(tests, a_form_larger_than_the_memory_limit_is_refused);
    tcase_add_test(tests, a_path_keeps_its_plus);
}

UNIT_MAIN("form", add_tests)
