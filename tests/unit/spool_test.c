/* Uploaded files on their way: appserver/engine/spool.c */

#include "unit.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "spool.h"

#define MIB (1024 * 1024)

#define TEMPLATE "/tmp/foobar-spool-test-XXXXXX"

static char folder[] = TEMPLATE;
static struct settings settings;
static char problem[512];
static char mebibyte[MIB];

static void set_up(void)
{
    memcpy(folder, TEMPLATE, sizeof(TEMPLATE));
    ck_assert_ptr_nonnull(mkdtemp(folder));
    settings_init(&settings);
    ck_assert(
        settings_set(&settings, "spool", folder, problem, sizeof(problem)));
    settings.spool_limit_mib = 3;
    settings.spool_free_mib = 0;
}

static void tear_down(void)
{
    char name[sizeof(folder) + 64];

    snprintf(name, sizeof(name), "%s/foobar-spool.%u", folder,
             (unsigned)geteuid());
    unlink(name);
    ck_assert_int_eq(rmdir(folder), 0);
    settings_free(&settings);
}

static struct spool *open_one(void)
{
    struct spool *spool = spool_open(&settings, problem, sizeof(problem));

    ck_assert_msg(spool != NULL, "%s", problem);
    return spool;
}

/* Writes mebibytes until there is no room; returns how many there was for. */
static int fill(struct spool *spool, int fd, int most)
{
    const char *reason = NULL;
    int count = 0;

    while (count < most &&
           spool_write(spool, fd, mebibyte, MIB, &reason) == SPOOL_OK) {
        count++;
    }
    ck_assert(count == most || strstr(reason, "full") != NULL);
    return count;
}

static int count_names(void)
{
    struct dirent *entry;
    DIR *stream = opendir(folder);
    int count = 0;

    ck_assert_ptr_nonnull(stream);
    while ((entry = readdir(stream)) != NULL) {
        count += entry->d_name[0] != '.';
    }
    closedir(stream);
    return count;
}

START_TEST(a_file_of_the_spool_has_no_name)
{
    struct spool *spool = open_one();
    int fd = spool_file(spool);
    struct stat status;
    const char *reason;
    char back[6];

    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(spool_write(spool, fd, "words", 6, &reason), SPOOL_OK);
    ck_assert_int_eq(pread(fd, back, sizeof(back), 0), 6);
    ck_assert_str_eq(back, "words");
    ck_assert_int_eq(fstat(fd, &status), 0);
    ck_assert_uint_eq(status.st_nlink, 0);
    ck_assert_uint_eq(status.st_mode & 0777, 0600);
    ck_assert_int_eq(count_names(), 1); /* the file with the locks */
    close(fd);
    spool_close(spool);
}
END_TEST

START_TEST(the_limit_holds_for_a_request_and_is_given_back)
{
    struct spool *spool = open_one();
    int fd = spool_file(spool);
    int turn;

    for (turn = 0; turn < 3; turn++) {
        ck_assert_int_eq(fill(spool, fd, 10), 3);
        spool_release(spool);
    }
    close(fd);
    spool_close(spool);
}
END_TEST

/* A sibling takes `count` and keeps it until it is killed; returns its pid. */
static pid_t start_sibling(int count)
{
    int ready[2];
    char byte;
    pid_t pid;

    ck_assert_int_eq(pipe(ready), 0);
    pid = fork();
    if (pid == 0) {
        struct spool *spool = open_one();

        if (fill(spool, spool_file(spool), count) == count) {
            (void)!write(ready[1], "r", 1);
        }
        pause();
    }
    ck_assert_int_gt(pid, 0);
    close(ready[1]);
    ck_assert_int_eq(read(ready[0], &byte, 1), 1);
    close(ready[0]);
    return pid;
}

START_TEST(the_limit_holds_over_all_workers_and_outlives_none)
{
    pid_t sibling = start_sibling(2);
    struct spool *spool = open_one();
    int fd = spool_file(spool);

    ck_assert_int_eq(fill(spool, fd, 10), 1);
    spool_release(spool);
    ck_assert_int_eq(kill(sibling, SIGKILL), 0);
    ck_assert_int_eq(waitpid(sibling, NULL, 0), sibling);
    ck_assert_int_eq(fill(spool, fd, 10), 3);
    close(fd);
    spool_close(spool);
}
END_TEST

START_TEST(free_space_is_left_to_others)
{
    struct spool *spool;
    const char *reason = "";
    int fd;

    settings.spool_free_mib = 1048576;
    spool = open_one();
    fd = spool_file(spool);
    ck_assert_int_eq(spool_write(spool, fd, "a", 1, &reason), SPOOL_FULL);
    ck_assert_ptr_nonnull(strstr(reason, "spool-free-mib"));
    close(fd);
    spool_close(spool);
}
END_TEST

START_TEST(a_disk_that_takes_no_more_is_told_and_kills_nobody)
{
    struct rlimit limit = {MIB, MIB};
    struct spool *spool = open_one();
    const char *reason = "";
    int fd = spool_file(spool);

    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
    ck_assert_int_eq(spool_write(spool, fd, mebibyte, MIB, &reason), SPOOL_OK);
    ck_assert_int_eq(spool_write(spool, fd, mebibyte, 1, &reason), SPOOL_FULL);
    ck_assert_ptr_nonnull(strstr(reason, "limit of the process"));
    close(fd);
    spool_close(spool);
}
END_TEST

START_TEST(a_folder_that_cannot_be_used_is_refused_with_a_reason)
{
    char name[sizeof(folder) + 64];

    snprintf(name, sizeof(name), "%s/none", folder);
    settings_set(&settings, "spool", name, problem, sizeof(problem));
    ck_assert_ptr_null(spool_open(&settings, problem, sizeof(problem)));
    ck_assert_ptr_nonnull(strstr(problem, "make the folder"));

    /* Somebody's link lies where ours should be. */
    settings_set(&settings, "spool", folder, problem, sizeof(problem));
    snprintf(name, sizeof(name), "%s/foobar-spool.%u", folder,
             (unsigned)geteuid());
    ck_assert_int_eq(symlink("/dev/null", name), 0);
    ck_assert_ptr_null(spool_open(&settings, problem, sizeof(problem)));
    ck_assert_ptr_nonnull(strstr(problem, strerror(ELOOP)));
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, a_file_of_the_spool_has_no_name);
    tcase_add_test(tests, the_limit_holds_for_a_request_and_is_given_back);
    tcase_add_test(tests, the_limit_holds_over_all_workers_and_outlives_none);
    tcase_add_test(tests, free_space_is_left_to_others);
    tcase_add_test(tests, a_disk_that_takes_no_more_is_told_and_kills_nobody);
    tcase_add_test(tests,
                   a_folder_that_cannot_be_used_is_refused_with_a_reason);
}

UNIT_MAIN("the spool", add_tests)
