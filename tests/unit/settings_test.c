/* Settings from files and from the command line: engine/settings.c */

#include "unit.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "settings.h"

static struct settings settings;
static char problem[512];
static char file[32];

static void set_up(void)
{
    int fd;

    snprintf(file, sizeof(file), "/tmp/foobar-settings-XXXXXX");
    fd = mkstemp(file);
    ck_assert_int_ge(fd, 0);
    close(fd);
    problem[0] = '\0';
    settings_init(&settings);
}

static void tear_down(void)
{
    settings_free(&settings);
    unlink(file);
}

static bool read_text(const char *text)
{
    FILE *stream = fopen(file, "w");

    ck_assert_ptr_nonnull(stream);
    fputs(text, stream);
    fclose(stream);
    return settings_read(&settings, file, problem, sizeof(problem));
}

START_TEST(everything_has_a_default)
{
    ck_assert_int_eq(settings.workers, 8);
    ck_assert_str_eq(settings.db_name, "foobar");
}
END_TEST

START_TEST(a_file_and_then_an_option_win_over_the_default)
{
    ck_assert(read_text("# comment\n\n  workers = 7  \ndb_name=x\nsite =\n"));
    ck_assert_int_eq(settings.workers, 7);
    ck_assert_str_eq(settings.db_name, "x");
    ck_assert_str_eq(settings.site, "");
    ck_assert(
        settings_set(&settings, "workers", "8", problem, sizeof(problem)));
    ck_assert_int_eq(settings.workers, 8);
}
END_TEST

static const struct {
    const char *text;
    const char *says;
} broken[] = {
    {"workers = 0\n", ":1: workers takes a number from 1 to 1024, not \"0\""},
    {"\nworkers = 4x\n", ":2: workers takes a number"},
    {"workers =\n", ":1: workers takes a number"},
    {"workers = 99999999999999999999\n", ":1: workers takes a number"},
    {"worker = 4\n", ":1: there is no setting \"worker\""},
    {"workers 4\n", ":1: a line is \"key = value\""},
};

START_TEST(a_broken_line_is_named_with_its_file)
{
    char expected[512];

    ck_assert(!read_text(broken[_i].text));
    snprintf(expected, sizeof(expected), "%s%s", file, broken[_i].says);
    ck_assert_msg(strncmp(problem, expected, strlen(expected)) == 0, "%s",
                  problem);
}
END_TEST

START_TEST(a_line_that_is_too_long_is_refused)
{
    static char text[10000];

    memset(text, 'x', sizeof(text) - 1);
    ck_assert(!read_text(text));
    ck_assert_ptr_nonnull(strstr(problem, ":1: the line is too long"));
}
END_TEST

START_TEST(a_missing_file_is_named)
{
    ck_assert(!settings_read(&settings, "/nowhere/foobar.conf", problem,
                             sizeof(problem)));
    ck_assert_str_eq(problem,
                     "/nowhere/foobar.conf: No such file or directory");
}
END_TEST

START_TEST(a_secret_is_the_first_line_of_its_file)
{
    char secret[16];

    read_text("hunter2\nworkers=1\n");
    ck_assert(settings_read_secret(file, secret, sizeof(secret), problem,
                                   sizeof(problem)));
    ck_assert_str_eq(secret, "hunter2");
    read_text("a password that is much too long for its place\n");
    ck_assert(!settings_read_secret(file, secret, sizeof(secret), problem,
                                    sizeof(problem)));
    ck_assert(settings_read_secret("", secret, sizeof(secret), problem,
                                   sizeof(problem)));
    ck_assert_str_eq(secret, "");
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, everything_has_a_default);
    tcase_add_test(tests, a_file_and_then_an_option_win_over_the_default);
    tcase_add_loop_test(tests, a_broken_line_is_named_with_its_file, 0,
                        UNIT_ROWS(broken));
    tcase_add_test(tests, a_line_that_is_too_long_is_refused);
    tcase_add_test(tests, a_missing_file_is_named);
    tcase_add_test(tests, a_secret_is_the_first_line_of_its_file);
}

UNIT_MAIN("settings", add_tests)
