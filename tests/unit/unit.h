/*
 * What every unit test begins with: check, and a main function that runs one
 * suite. A test case is a function that adds tests to a suite; one row of a
 * table is one check (tcase_add_loop_test).
 */

#ifndef TESTS_UNIT_H
#define TESTS_UNIT_H

#include <check.h>
#include <stdlib.h>

#define UNIT_ROWS(table) ((int)(sizeof(table) / sizeof((table)[0])))

#define UNIT_MAIN(name, add_tests)                        \
    int main(void)                                        \
    {                                                     \
        Suite *suite = suite_create(name);                \
        SRunner *runner = srunner_create(suite);          \
        TCase *tests = tcase_create(name);                \
        int failed;                                       \
                                                          \
        suite_add_tcase(suite, tests);                    \
        add_tests(tests);                                 \
        srunner_run_all(runner, CK_NORMAL);               \
        failed = srunner_ntests_failed(runner);           \
        srunner_free(runner);                             \
        return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE; \
    }

#endif
