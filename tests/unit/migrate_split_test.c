/* Cutting a migration into its statements: tools/migrate_split.c */

#include "unit.h"

#include <string.h>

#include "migrate_split.h"

static const struct {
    const char *text;
    size_t count;
    const char *last; /* the text of the last statement */
    int line;         /* where it begins */
} files[] = {
    {"", 0, NULL, 0},
    {"-- nothing\n", 0, NULL, 0},
    {";;\n;", 0, NULL, 0},
    {"SELECT 1;", 1, "SELECT 1", 1},
    {"SELECT 1;\nSELECT 2;\n", 2, "SELECT 2", 2},
    {"-- a; b\nSELECT 1;", 1, "SELECT 1", 2},
    {"# a; b\nSELECT 1;", 1, "SELECT 1", 2},
    {"/* a;\n b */ SELECT 1;", 1, "SELECT 1", 2},
    {"SELECT ';';SELECT 2;", 2, "SELECT 2", 1},
    {"SELECT 'it''s;';SELECT 2;", 2, "SELECT 2", 1},
    {"SELECT 'a\\';';SELECT 2;", 2, "SELECT 2", 1},
    {"SELECT \";\";SELECT 2;", 2, "SELECT 2", 1},
    {"SELECT `;`;SELECT 2;", 2, "SELECT 2", 1},
    {"SELECT `\\`;SELECT 2;", 2, "SELECT 2", 1},
    {"SELECT 5--1;", 1, "SELECT 5--1", 1},
    {"SELECT 1 -- one;\n;", 1, "SELECT 1 -- one;\n", 1},
    {"SELECT /*!99999 1 */ 2;", 1, "SELECT /*!99999 1 */ 2", 1},
};

START_TEST(a_file_is_cut_at_its_semicolons)
{
    struct statements statements;
    const char *wrong = "";
    int line;

    ck_assert_msg(split_statements(&statements, files[_i].text,
                                   strlen(files[_i].text), &wrong, &line),
                  "%s", wrong);
    ck_assert_uint_eq(statements.count, files[_i].count);
    if (files[_i].count > 0) {
        const struct statement *last = &statements.list[statements.count - 1];

        ck_assert_uint_eq(last->length, strlen(files[_i].last));
        ck_assert_mem_eq(last->text, files[_i].last, last->length);
        ck_assert_int_eq(last->line, files[_i].line);
        ck_assert_int_eq(files[_i].text[last->end - 1], ';');
    }
    free_statements(&statements);
}
END_TEST

static const struct {
    const char *text;
    int line;
    const char *says;
} broken[] = {
    {"SELECT 1;\nSELECT 2", 2, "the last statement does not end with ';'"},
    {"\n\nSELECT 'a;\n", 3, "a quote is not closed"},
    {"SELECT 1;\n/* a\n", 2, "a comment is not closed"},
};

START_TEST(a_file_that_is_cut_off_is_refused_with_its_line)
{
    struct statements statements;
    const char *wrong = "";
    int line = 0;

    ck_assert(!split_statements(&statements, broken[_i].text,
                                strlen(broken[_i].text), &wrong, &line));
    ck_assert_str_eq(wrong, broken[_i].says);
    ck_assert_int_eq(line, broken[_i].line);
    ck_assert_uint_eq(statements.count, 0);
}
END_TEST

static const struct {
    const char *text;
    bool is_data;
} kinds[] = {
    {"INSERT INTO t VALUES (1)", true},
    {"update t SET a = 1", true},
    {"DELETE\nFROM t", true},
    {"REPLACE INTO t VALUES (1)", true},
    {"CREATE TABLE t (a INT)", false},
    {"ALTER TABLE t ADD b INT", false},
    {"UPDATES", false},
    {"GRANT SELECT ON t TO r", false},
};

START_TEST(statements_that_only_change_rows_are_told_apart)
{
    struct statement statement = {.text = kinds[_i].text,
                                  .length = strlen(kinds[_i].text)};

    ck_assert_int_eq(is_data_statement(&statement), kinds[_i].is_data);
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_loop_test(tests, a_file_is_cut_at_its_semicolons, 0,
                        UNIT_ROWS(files));
    tcase_add_loop_test(tests, a_file_that_is_cut_off_is_refused_with_its_line,
                        0, UNIT_ROWS(broken));
    tcase_add_loop_test(tests, statements_that_only_change_rows_are_told_apart,
                        0, UNIT_ROWS(kinds));
}

UNIT_MAIN("migrate_split", add_tests)
