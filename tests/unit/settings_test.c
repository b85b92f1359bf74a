/* Settings from files and from the command line: engine/settings.c */

#include "unit.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "settings.h"
#include "settings_check.h"

static struct settings settings;
static char problem[512];
static struct findings findings;
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
    findings_free(&findings);
    unlink(file);
}

static void write_text(const char *text)
{
    FILE *stream = fopen(file, "w");

    ck_assert_ptr_nonnull(stream);
    fputs(text, stream);
    fclose(stream);
}

static bool read_text(const char *text)
{
    write_text(text);
    settings_read(&settings, file, &findings);
    if (findings.count > 0) {
        findings_sum(&findings, problem, sizeof(problem));
    }
    return findings.count == 0;
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
    settings_read(&settings, "/nowhere/foobar.conf", &findings);
    ck_assert_uint_eq(findings.count, 1);
    ck_assert_str_eq(findings.lines[0],
                     "/nowhere/foobar.conf: No such file or directory");
}
END_TEST

START_TEST(a_pipe_is_no_file_of_settings)
{
    unlink(file);
    ck_assert_int_eq(mkfifo(file, 0600), 0);
    settings_read(&settings, file, &findings);
    ck_assert_uint_eq(findings.count, 1);
    ck_assert_ptr_nonnull(
        strstr(findings.lines[0], ": it is no ordinary file"));
}
END_TEST

START_TEST(all_that_is_wrong_with_a_file_is_told)
{
    ck_assert(!read_text("worker = 1\nworkers = 2\nslow-ms = soon\nx\n"));
    ck_assert_uint_eq(findings.count, 3);
    ck_assert_ptr_nonnull(strstr(findings.lines[0], ":1: there is no"));
    ck_assert_ptr_nonnull(strstr(findings.lines[1], ":3: slow-ms takes"));
    ck_assert_ptr_nonnull(strstr(findings.lines[2], ":4: a line is"));
    ck_assert_ptr_nonnull(
        strstr(problem, " (and 2 more: --check tells all of them)"));
    ck_assert_int_eq(settings.workers, 2);
}
END_TEST

START_TEST(more_findings_than_there_is_room_for_are_counted)
{
    static char text[2 * (FINDINGS_MOST + 5) + 1];
    size_t i;

    for (i = 0; i < FINDINGS_MOST + 5; i++) {
        memcpy(text + 2 * i, "x\n", 3);
    }
    ck_assert(!read_text(text));
    ck_assert_uint_eq(findings.count, FINDINGS_MOST + 5);
    ck_assert_uint_eq(findings_lines(&findings), FINDINGS_MOST);
}
END_TEST

/* What contradicts is named where it was given, not where it was not. */
static const struct {
    const char *text;
    const char *says;
} contradictions[] = {
    {"log-level = loud", ":1: log-level takes error, warn, info or debug"},
    {"log-format = xml", ":1: log-format takes text or json"},
    {"server-timing = all", ":1: server-timing takes off, on or"},
    {"listen = 9000", ":1: listen takes unix:/path or tcp:ADDRESS:PORT"},
    {"status-listen = tcp:localhost:1", ":1: \"tcp:localhost:1\" is not"},
    {"listen-mode = 0999", ":1: listen-mode takes 0 to 0777"},
    {"allowed-clients = me", ":1: "},
    {"group = games", ":1: group is set, but user is not"},
    {"manager = magic", ":1: manager takes static, dynamic or ondemand"},
    {"manager = dynamic\nworkers = 1",
     ":2: workers-min (2) is above workers (1)"},
    {"worker-memory-mib = 32",
     ":1: worker-memory-mib (32) must be above request-memory-mib (32)"},
    {"\nrequest-memory-mib = 512",
     ":2: worker-memory-mib (512) must be above request-memory-mib (512)"},
    {"recycle-memory-mib = 512", ":1: recycle-memory-mib (512) must be"},
    {"nofile = 63", ":1: nofile takes 0 or 64 and more, not 63"},
    {"request-seconds = 2\nslow-ms = 2001",
     ":2: slow-ms (2001) is more than request-seconds (2)"},
    {"request-seconds = 2\nexpensive-wait-ms = 3000",
     ":2: expensive-wait-ms (3000) is more than request-seconds (2)"},
    {"request-seconds = 1\ndb-connect-seconds = 3",
     ":2: db-connect-seconds (3) is more than request-seconds (1)"},
    {"db-query-seconds = 31",
     ":1: db-query-seconds (31) is more than request-seconds (30)"},
};

START_TEST(a_contradiction_is_told_with_its_line)
{
    ck_assert(read_text(contradictions[_i].text));
    settings_check(&settings, &findings);
    ck_assert_uint_eq(findings.count, 1);
    ck_assert_int_eq(strncmp(findings.lines[0], file, strlen(file)), 0);
    ck_assert_msg(strstr(findings.lines[0], contradictions[_i].says) ==
                      findings.lines[0] + strlen(file),
                  "%s", findings.lines[0]);
}
END_TEST

/* Who shortens requests need not shorten all that has a default. */
START_TEST(a_default_contradicts_nothing)
{
    ck_assert(read_text("request-seconds = 1\n"));
    settings_check(&settings, &findings);
    ck_assert_uint_eq(findings.count, 0);
}
END_TEST

START_TEST(an_option_is_named_as_one)
{
    ck_assert(settings_set(&settings, "nofile", "9", problem, sizeof(problem)));
    settings_check(&settings, &findings);
    ck_assert_uint_eq(findings.count, 1);
    ck_assert_str_eq(findings.lines[0],
                     "--nofile: nofile takes 0 or 64 and more, not 9");
}
END_TEST

START_TEST(names_of_what_is_not_there_are_told)
{
    ck_assert(read_text("user = no-such-user\ngroup = no-such-group\n"
                        "listen-owner = no-such-owner\n"
                        "listen-group = no-such-group\n"
                        "db-password-file = /nowhere/password\n"
                        "secret-file = credential:none\n"
                        "sandbox-allow = no_such_call\n"));
    settings_check_names(&settings, &findings);
    ck_assert_uint_eq(findings.count, 7);
    ck_assert_ptr_nonnull(strstr(findings.lines[4], ":5: db-password-file: "
                                                    "/nowhere/password"));
    ck_assert_ptr_nonnull(strstr(findings.lines[5], "LoadCredential="));
    ck_assert_ptr_nonnull(strstr(findings.lines[6], "no_such_call"));
}
END_TEST

START_TEST(a_secret_is_the_first_line_of_its_file)
{
    char secret[16];

    write_text("hunter2\nworkers=1\n");
    ck_assert(settings_read_secret(file, secret, sizeof(secret), problem,
                                   sizeof(problem)));
    ck_assert_str_eq(secret, "hunter2");
    write_text("a password that is much too long for its place\n");
    ck_assert(!settings_read_secret(file, secret, sizeof(secret), problem,
                                    sizeof(problem)));
    ck_assert(settings_read_secret("", secret, sizeof(secret), problem,
                                   sizeof(problem)));
    ck_assert_str_eq(secret, "");
}
END_TEST

START_TEST(a_credential_is_a_file_of_systemds_folder)
{
    char secret[16];
    char name[64];

    write_text("hunter2\n");
    setenv("CREDENTIALS_DIRECTORY", "/tmp", 1);
    snprintf(name, sizeof(name), "credential:%s", strrchr(file, '/') + 1);
    ck_assert_msg(settings_read_secret(name, secret, sizeof(secret), problem,
                                       sizeof(problem)),
                  "%s", problem);
    ck_assert_str_eq(secret, "hunter2");
    snprintf(name, sizeof(name), "credential:../tmp%s", strrchr(file, '/'));
    ck_assert(!settings_read_secret(name, secret, sizeof(secret), problem,
                                    sizeof(problem)));
    ck_assert_ptr_nonnull(strstr(problem, "has no /"));
    unsetenv("CREDENTIALS_DIRECTORY");
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
    tcase_add_test(tests, a_pipe_is_no_file_of_settings);
    tcase_add_test(tests, all_that_is_wrong_with_a_file_is_told);
    tcase_add_test(tests, more_findings_than_there_is_room_for_are_counted);
    tcase_add_loop_test(tests, a_contradiction_is_told_with_its_line, 0,
                        UNIT_ROWS(contradictions));
    tcase_add_test(tests, a_default_contradicts_nothing);
    tcase_add_test(tests, an_option_is_named_as_one);
    tcase_add_test(tests, names_of_what_is_not_there_are_told);
    tcase_add_test(tests, a_secret_is_the_first_line_of_its_file);
    tcase_add_test(tests, a_credential_is_a_file_of_systemds_folder);
}

UNIT_MAIN("settings", add_tests)
