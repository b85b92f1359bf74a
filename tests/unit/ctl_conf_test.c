/* Replacing and cutting in nginx.conf.example: ops/foobarctl/conf.c */

#include "unit.h"

#include <string.h>

#include "conf.h"

static const struct {
    const char *text;
    const char *expected; /* NULL: `missing` is said to be missing */
    const char *missing;
} rows[] = {
    {"a /run/x b /etc/y", "a RUN b ETC", NULL},
    {"/run/x/run/x/etc/y", "RUNRUNETC", NULL},
    {"/etc/y", NULL, "/run/x"},
    {"/run/x", NULL, "/etc/y"},
    {"", NULL, "/run/x"},
    {"/run/ x /etc/y", NULL, "/run/x"},
};

START_TEST(each_string_is_replaced_or_missed)
{
    const struct conf_replacement table[] = {{"/run/x", "RUN"},
                                             {"/etc/y", "ETC"}};
    const char *missing = NULL;
    char *result = conf_replace(rows[_i].text, table, 2, &missing);

    if (rows[_i].expected == NULL) {
        ck_assert_ptr_null(result);
        ck_assert_str_eq(missing, rows[_i].missing);
    } else {
        ck_assert_ptr_nonnull(result);
        ck_assert_str_eq(result, rows[_i].expected);
    }
    free(result);
}
END_TEST

START_TEST(what_was_put_in_is_not_replaced_again)
{
    const struct conf_replacement table[] = {{"/etc/", "/clone/run/"},
                                             {"/run/", "/etc/"}};
    const char *missing = NULL;
    char *result = conf_replace("/etc/a /run/b", table, 2, &missing);

    ck_assert_str_eq(result, "/clone/run/a /etc/b");
    free(result);
}
END_TEST

START_TEST(of_several_that_fit_the_longest_is_taken)
{
    const struct conf_replacement table[] = {{"listen 80", "L"},
                                             {"listen 80 default;", "M"}};
    const char *missing = NULL;
    char *result =
        conf_replace("listen 80 default; listen 80;", table, 2, &missing);

    ck_assert_str_eq(result, "M L;");
    free(result);
}
END_TEST

START_TEST(an_empty_replacement_removes)
{
    const struct conf_replacement table[] = {{"user www-data;", ""}};
    const char *missing = NULL;
    char *result = conf_replace("user www-data;\n", table, 1, &missing);

    ck_assert_str_eq(result, "\n");
    free(result);
}
END_TEST

static const struct {
    const char *text;
    const char *expected; /* NULL: `missing` is said to be missing */
    const char *missing;
} cuts[] = {
    {"a\n# begin {\nb\n# } end\nc\n", "a\nc\n", NULL},
    {"# begin {\nb\n# } end", "", NULL},
    {"a\n  # begin {\n# } end\nb\n# begin {\nc\n# } end\nd", "a\nb\nd", NULL},
    {"a\n", NULL, "# begin {"},
    {"", NULL, "# begin {"},
    {"a\n# begin {\nb\n", NULL, "# } end"},
    {"a\n# } end\n# begin {\nb\n# } end\n", NULL, "# begin {"},
    {"# begin {\n# } end\na\n# } end\n", NULL, "# begin {"},
    {"# begin\n{ b\n# }\n end", NULL, "# begin {"},
};

START_TEST(lines_between_two_marks_are_cut_or_a_mark_is_missed)
{
    const char *missing = NULL;
    char *result = conf_cut(cuts[_i].text, "# begin {", "# } end", &missing);

    if (cuts[_i].expected == NULL) {
        ck_assert_ptr_null(result);
        ck_assert_str_eq(missing, cuts[_i].missing);
    } else {
        ck_assert_ptr_nonnull(result);
        ck_assert_str_eq(result, cuts[_i].expected);
    }
    free(result);
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_loop_test(tests, each_string_is_replaced_or_missed, 0,
                        UNIT_ROWS(rows));
    tcase_add_test(tests, what_was_put_in_is_not_replaced_again);
    tcase_add_test(tests, of_several_that_fit_the_longest_is_taken);
    tcase_add_test(tests, an_empty_replacement_removes);
    tcase_add_loop_test(tests,
                        lines_between_two_marks_are_cut_or_a_mark_is_missed, 0,
                        UNIT_ROWS(cuts));
}

UNIT_MAIN("foobarctl's configuration files", add_tests)
