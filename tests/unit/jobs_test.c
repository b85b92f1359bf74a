/* The table of jobs, and their last words: appserver/engine/jobs.c */

#include "unit.h"

#include "clean_ups.h"
#include "jobs.h"

#include <string.h>

static enum fb_result handler(struct fb_request *request)
{
    (void)request;
    return FB_OK;
}

/* `wrong` is a part of what is said; NULL: nothing is. */
static const struct {
    struct fb_job row;
    const char *wrong;
} rows[] = {
    {{.name = "a", .handler = handler}, NULL},
    {{.name = "a", .handler = handler, .every = 60}, NULL},
    {{.name = "a", .handler = handler, .at = "00:00"}, NULL},
    {{.name = "a", .handler = handler, .at = "23:59"}, NULL},
    {{.handler = handler}, "its name is not"},
    {{.name = "", .handler = handler}, "its name is not"},
    {{.name = "clean.jobs", .handler = handler}, "its name is not"},
    {{.name = "a,b", .handler = handler}, "its name is not"},
    {{.name = "a"}, "no handler"},
    {{.name = "a", .handler = handler, .at = "24:00"}, "no time of the day"},
    {{.name = "a", .handler = handler, .at = "3:15"}, "no time of the day"},
    {{.name = "a", .handler = handler, .at = "03:60"}, "no time of the day"},
    {{.name = "a", .handler = handler, .at = "03:15h"}, "no time of the day"},
    {{.name = "a", .handler = handler, .at = "-1:15"}, "no time of the day"},
    {{.name = "a", .handler = handler, .at = "03 15"}, "no time of the day"},
    {{.name = "a", .handler = handler, .at = "03:15", .every = 1}, "both"},
    {{.name = "a", .handler = handler, .seconds = 86401}, "a day at most"},
    {{.name = "a", .handler = handler, .pause_seconds = 86401},
     "a day at most"},
    {{.name = "a", .handler = handler, .every = 4000000000}, "too large"},
    {{.name = "known", .handler = handler}, "another job has that name"},
};

START_TEST(a_row_is_refused_for_what_is_wrong_with_it)
{
    const struct fb_job jobs[] = {{.name = "known", .handler = handler},
                                  rows[_i].row};
    const struct fb_app app = {.jobs = jobs, .job_count = 2};
    char reason[256];
    const char *wrong = jobs_check(&app, reason, sizeof(reason));

    if (rows[_i].wrong == NULL) {
        ck_assert_ptr_null(wrong);
    } else {
        ck_assert_ptr_nonnull(wrong);
        ck_assert_ptr_nonnull(strstr(wrong, rows[_i].wrong));
    }
}
END_TEST

START_TEST(a_name_of_65_letters_is_refused)
{
    char name[66];
    const struct fb_job job = {.name = name, .handler = handler};
    const struct fb_app app = {.jobs = &job, .job_count = 1};
    char reason[256];

    memset(name, 'a', sizeof(name));
    name[65] = '\0';
    ck_assert_ptr_nonnull(jobs_check(&app, reason, sizeof(reason)));
    name[64] = '\0';
    ck_assert_ptr_null(jobs_check(&app, reason, sizeof(reason)));
}
END_TEST

START_TEST(what_a_row_does_not_say_has_a_default)
{
    const struct fb_job job = {.name = "a", .handler = handler};
    const struct fb_app app = {.jobs = &job, .job_count = 1};
    struct job_table table = {0};

    ck_assert(jobs_list(&table, &app));
    ck_assert_uint_eq(table.count, 1 + CLEAN_UP_COUNT);
    ck_assert_uint_eq(table.rows[0].most_tries, 8);
    ck_assert_uint_eq(table.rows[0].pause_seconds, 10);
    ck_assert_uint_eq(table.rows[0].seconds, 60);
    ck_assert_ptr_eq(strstr(table.names, "a,clean."), table.names);
    jobs_free(&table);
}
END_TEST

static const struct {
    const char *text;
    const char *noted;
} words[] = {
    {"", ""},
    {"plain", "plain"},
    {"two\nlines", "two\nlines"},
    {"a bell\a", "a bell?"},
    {"gr\xc3\xbc\xc3\x9f", "gr\xc3\xbc\xc3\x9f"},
    {"half \xc3", "half ?"},
    {"\xff\xfe", "??"},
};

START_TEST(last_words_are_a_text_that_a_column_takes)
{
    struct job job = {0};

    jobs_note(&job, words[_i].text);
    ck_assert_str_eq(job.error, words[_i].noted);
}
END_TEST

START_TEST(last_words_that_are_too_long_are_cut_between_characters)
{
    char text[3 * JOB_ERROR_MAX + 1];
    struct job job = {0};
    size_t i;

    for (i = 0; i < JOB_ERROR_MAX; i++) {
        memcpy(text + 3 * i, "\xe2\x82\xac", 3);
    }
    text[sizeof(text) - 1] = '\0';
    jobs_note(&job, text);
    ck_assert_uint_le(strlen(job.error), JOB_ERROR_MAX);
    ck_assert_uint_gt(strlen(job.error), JOB_ERROR_MAX - 8);
    ck_assert_uint_eq(strlen(job.error) % 3, 0);
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_loop_test(tests, a_row_is_refused_for_what_is_wrong_with_it, 0,
                        UNIT_ROWS(rows));
    tcase_add_test(tests, a_name_of_65_letters_is_refused);
    tcase_add_test(tests, what_a_row_does_not_say_has_a_default);
    tcase_add_loop_test(tests, last_words_are_a_text_that_a_column_takes, 0,
                        UNIT_ROWS(words));
    tcase_add_test(tests,
                   last_words_that_are_too_long_are_cut_between_characters);
}

UNIT_MAIN("jobs", add_tests)
