/* Ready pages: what errors are said in, and what is drawn on their pages. */

#include <foobar/foobar.h>

#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "dispatch.h"
#include "ready.h"
#include "request.h"

#include "unit.h"

/* All that error_page() of foobar_app is called for. */
static const int statuses[] = {400, 401, 403, 404, 405, 406, 409, 413,
                               415, 422, 429, 500, 502, 503, 504};

static struct fb_ready shown;
static const char *title;

static void frame(struct fb_out *out, const struct fb_ready *ready)
{
    shown = *ready;
    title = ready->title;
    fb_account_links_html(out);
    fb_ready_main_html(out, ready);
}

static const char *const locales[] = {"en-GB", "de", NULL};
/* It speaks German, and has no word of its own. */
static const struct fb_catalogue_language languages[] = {{.name = "en"},
                                                         {.name = "de"}};
static const struct fb_catalogue catalogue = {languages, UNIT_ROWS(languages)};
static const struct fb_accounts accounts = {.roles = "member"};
static const struct fb_page pages[] = {FB_ACCOUNT_PAGES};
static const struct fb_app app = {.name = "ready",
                                  .pages = pages,
                                  .page_count = 3,
                                  .locales = locales,
                                  .catalogue = &catalogue,
                                  .frame = frame,
                                  .accounts = &accounts,
                                  .login_path = "/login"};

static struct arena arena;
static struct fb_request request;

static const char *error_page(int status, const char *locale)
{
    arena_init(&arena, (size_t)1 << 20);
    request_init(&request, &arena, &app, NULL);
    request.locale = locale;
    dispatch_error(&request, status);
    ck_assert_int_eq(request.status, status);
    ck_assert_int_eq(shown.status, status);
    ck_assert_ptr_null(shown.form);
    return fb_printf(&request, "%.*s", (int)request.out.length,
                     request.out.bytes);
}

static size_t sentences(const char *page)
{
    size_t count = 0;

    while ((page = strstr(page, "<p>")) != NULL) {
        count++;
        page += 3;
    }
    return count;
}

START_TEST(each_error_has_a_title_and_says_what_to_do)
{
    int status = statuses[_i];
    const char *page = error_page(status, "en-GB");
    const char *general = "Something went wrong here";

    ck_assert_uint_eq(sentences(page), 3); /* the third is the link */
    ck_assert_ptr_nonnull(strstr(page, "<a href=\"/\">To the front page</a>"));
    ck_assert_msg((strcmp(title, general) == 0) == (status == 500),
                  "%d is \"%s\"", status, title);
    arena_free(&arena);
}
END_TEST

START_TEST(it_does_so_in_german)
{
    int status = statuses[_i];
    const char *english;
    const char *page;
    char before[200];

    error_page(status, "en-GB");
    ck_assert_uint_lt(strlen(title), sizeof(before));
    memcpy(before, title, strlen(title) + 1);
    english = before;
    arena_free(&arena);
    page = error_page(status, "de");
    ck_assert_str_ne(title, english);
    ck_assert_ptr_nonnull(strstr(page, "Zur Startseite"));
    arena_free(&arena);
}
END_TEST

START_TEST(an_error_page_does_not_ask_who_is_there)
{
    const char *page = error_page(503, "en-GB");

    ck_assert_ptr_null(strstr(page, "personal"));
    ck_assert_ptr_null(request.account);
    arena_free(&arena);
}
END_TEST

START_TEST(a_reason_that_was_given_is_said_instead)
{
    const char *page;

    arena_init(&arena, (size_t)1 << 20);
    request_init(&request, &arena, &app, NULL);
    request.refusal = "A <reason>.";
    request.locale = "en-GB";
    ready_error_page(&request, 403);
    page =
        fb_printf(&request, "%.*s", (int)request.out.length, request.out.bytes);
    ck_assert_ptr_nonnull(strstr(page, "<p>A &lt;reason&gt;.</p>"));
    arena_free(&arena);
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_loop_test(tests, each_error_has_a_title_and_says_what_to_do, 0,
                        UNIT_ROWS(statuses));
    tcase_add_loop_test(tests, it_does_so_in_german, 0, UNIT_ROWS(statuses));
    tcase_add_test(tests, an_error_page_does_not_ask_who_is_there);
    tcase_add_test(tests, a_reason_that_was_given_is_said_instead);
}

UNIT_MAIN("ready pages", add_tests)
