/* The versions of tags in their mapping: appserver/engine/tags.c */

#include "unit.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "foobar_tags.h"
#include "tags.h"

static char folder[32];
static char file[64];
static char problem[256];

static void set_up(void)
{
    snprintf(folder, sizeof(folder), "/tmp/foobar-tags-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(file, sizeof(file), "%s/tags", folder);
}

static void tear_down(void)
{
    unlink(file);
    rmdir(folder);
}

static struct tags *open_tags(void)
{
    struct tags *tags = tags_open(file, problem, sizeof(problem));

    ck_assert_msg(tags != NULL, "%s", problem);
    return tags;
}

START_TEST(a_bump_raises_the_version_of_its_tag_above_the_clock_before)
{
    struct tags *tags = open_tags();
    uint64_t before = tags_clock(tags);
    uint64_t other = tags_version(tags, "posts", 5);

    tags_bump(tags, "post-7", 6);
    ck_assert_uint_gt(tags_version(tags, "post-7", 6), before);
    ck_assert_uint_eq(tags_version(tags, "posts", 5), other);
    ck_assert_uint_ge(tags_clock(tags), tags_version(tags, "post-7", 6));
    tags_close(tags);
}
END_TEST

START_TEST(the_epoch_counts_for_every_tag)
{
    struct tags *tags = open_tags();
    uint64_t before = tags_clock(tags);

    tags_bump_all(tags);
    ck_assert_uint_gt(tags_version(tags, "anything", 8), before);
    tags_close(tags);
}
END_TEST

START_TEST(versions_outlive_the_process_that_bumped_them)
{
    struct tags *tags = open_tags();
    uint64_t before = tags_version(tags, "posts", 5);
    uint64_t after;
    int status;

    if (fork() == 0) {
        tags_bump(tags, "posts", 5);
        _exit(0);
    }
    wait(&status);
    after = tags_version(tags, "posts", 5);
    ck_assert_uint_gt(after, before);
    tags_close(tags);
    tags = open_tags();
    ck_assert_uint_eq(tags_version(tags, "posts", 5), after);
    tags_close(tags);
}
END_TEST

START_TEST(the_file_is_whole_on_the_disk_before_it_is_used)
{
    struct tags *tags = open_tags();
    FILE *stream = fopen(file, "re");

    ck_assert_ptr_nonnull(stream);
    fseek(stream, 0, SEEK_END);
    ck_assert_int_eq(ftell(stream), FOOBAR_TAGS_BYTES);
    fclose(stream);
    tags_close(tags);
}
END_TEST

START_TEST(a_new_file_makes_everything_stale_that_an_older_one_knew)
{
    struct tags *tags = open_tags();
    uint64_t clock = tags_clock(tags);

    tags_close(tags);
    unlink(file);
    usleep(2000);
    tags = open_tags();
    ck_assert_uint_gt(tags_version(tags, "posts", 5), clock);
    tags_close(tags);
}
END_TEST

START_TEST(rows_that_were_applied_are_remembered)
{
    struct tags *tags = open_tags();

    ck_assert(!tags_is_applied(tags, 12));
    tags_note_applied(tags, 12);
    ck_assert(tags_is_applied(tags, 12));
    tags_note_applied(tags, 12 + FOOBAR_TAGS_RECENT);
    ck_assert(!tags_is_applied(tags, 12));
    ck_assert_uint_eq(tags_journal(tags), 0);
    tags_set_journal(tags, 12);
    tags_set_journal(tags, 7);
    ck_assert_uint_eq(tags_journal(tags), 12);
    tags_close(tags);
}
END_TEST

static const struct {
    size_t size;
    size_t at; /* where a byte is changed */
    const char *says;
} strangers[] = {
    {FOOBAR_TAGS_BYTES - 1, 0, "has the size of another layout"},
    {FOOBAR_TAGS_BYTES + 1, 0, "has the size of another layout"},
    {FOOBAR_TAGS_BYTES, 0, "is not a file of tags of this version"},
    {FOOBAR_TAGS_BYTES, 8, "is not a file of tags of this version"},
    {FOOBAR_TAGS_BYTES, 16, "is not a file of tags of this version"},
};

START_TEST(a_file_of_another_layout_is_refused_and_left_alone)
{
    struct tags *tags = open_tags();
    int fd = open(file, O_RDWR);
    unsigned char byte;

    ck_assert_int_ge(fd, 0);
    tags_close(tags);
    ck_assert_int_eq(ftruncate(fd, (off_t)strangers[_i].size), 0);
    ck_assert_int_eq(pread(fd, &byte, 1, (off_t)strangers[_i].at), 1);
    byte ^= 0x55;
    ck_assert_int_eq(pwrite(fd, &byte, 1, (off_t)strangers[_i].at), 1);
    ck_assert_ptr_null(tags_open(file, problem, sizeof(problem)));
    ck_assert_msg(strstr(problem, strangers[_i].says) != NULL, "%s", problem);
    ck_assert_int_eq(lseek(fd, 0, SEEK_END), (off_t)strangers[_i].size);
    close(fd);
}
END_TEST

START_TEST(a_folder_that_is_not_there_is_named)
{
    ck_assert_ptr_null(tags_open("/nowhere/tags", problem, sizeof(problem)));
    ck_assert_str_eq(problem, "/nowhere/tags: No such file or directory");
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests,
                   a_bump_raises_the_version_of_its_tag_above_the_clock_before);
    tcase_add_test(tests, the_epoch_counts_for_every_tag);
    tcase_add_test(tests, versions_outlive_the_process_that_bumped_them);
    tcase_add_test(tests, the_file_is_whole_on_the_disk_before_it_is_used);
    tcase_add_test(tests,
                   a_new_file_makes_everything_stale_that_an_older_one_knew);
    tcase_add_test(tests, rows_that_were_applied_are_remembered);
    tcase_add_loop_test(tests,
                        a_file_of_another_layout_is_refused_and_left_alone, 0,
                        UNIT_ROWS(strangers));
    tcase_add_test(tests, a_folder_that_is_not_there_is_named);
}

UNIT_MAIN("tags", add_tests)
