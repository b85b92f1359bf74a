/* What of an application is checked at its start: appserver/engine/app.c */

#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "app.h"
#include "routes.h"

static enum fb_result handler(struct fb_request *request)
{
    (void)request;
    return FB_OK;
}

static void error_page(struct fb_request *request, int status)
{
    (void)request;
    (void)status;
}

static const char *const two_locales[] = {"en-GB", "de", NULL};
static const char *const one_locale[] = {"de", NULL};
static const char *const strange_locale[] = {"xx", NULL};
static const char *const two_currencies[] = {"EUR", "SEK", NULL};
static const char *const one_currency[] = {"EUR", NULL};
static const char *const no_currency[] = {"EUR", "eur", NULL};
static const char *const empty[] = {NULL};

static struct fb_app application(const struct fb_page *page)
{
    return (struct fb_app){.api_version = FB_API_VERSION,
                           .size = sizeof(struct fb_app),
                           .name = "test",
                           .pages = page,
                           .page_count = 1,
                           .error_page = error_page};
}

static struct fb_page page_that(unsigned varies, unsigned cache_seconds,
                                const char *arguments)
{
    return (struct fb_page){.name = "a",
                            .path = "/",
                            .methods = FB_GET,
                            .handler = handler,
                            .cache_seconds = cache_seconds,
                            .arguments = arguments,
                            .varies = varies};
}

static const struct {
    unsigned varies;
    const char *const *locales;
    const char *const *currencies;
    const char *problem; /* NULL: it starts */
} rows[] = {
    {0, NULL, NULL, NULL},
    {FB_BY_FORMAT | FB_BY_AUDIENCE, NULL, NULL, NULL},
    {FB_BY_LOCALE | FB_BY_CURRENCY, two_locales, two_currencies, NULL},
    {FB_BY_LOCALE, NULL, NULL, "page a: it varies by FB_BY_LOCALE"},
    {FB_BY_LOCALE, one_locale, NULL, "has no two locales"},
    {FB_BY_CURRENCY, two_locales, NULL, "page a: it varies by FB_BY_CURRENCY"},
    {FB_BY_CURRENCY, NULL, one_currency, "has no two currencies"},
    {0, NULL, one_currency, NULL},
    {0, NULL, no_currency, "\"eur\" is no currency in use"},
    {0, NULL, empty, "its list of currencies is empty"},
    {0, empty, NULL, "its list of locales is empty"},
    {0, strange_locale, NULL, "does not know how \"xx\" writes dates"},
};

START_TEST(an_application_has_what_its_pages_vary_by)
{
    struct fb_page page = page_that(rows[_i].varies, 0, NULL);
    struct fb_app table = application(&page);
    struct app app = {0};
    char problem[1024] = "";
    bool starts;

    table.locales = rows[_i].locales;
    table.currencies = rows[_i].currencies;
    starts = app_use(&app, &table, "test", problem, sizeof(problem));
    ck_assert_msg(starts == (rows[_i].problem == NULL), "%s", problem);
    if (!starts) {
        ck_assert_msg(strstr(problem, rows[_i].problem) != NULL, "%s", problem);
    }
    app_unload(&app);
}
END_TEST

static const struct {
    unsigned varies;
    unsigned cache_seconds;
    const char *row;
    const char *known;
} arguments[] = {
    {0, 60, NULL, NULL},
    {FB_BY_LOCALE, 60, NULL, "lang"},
    {FB_BY_LOCALE, 60, "page,sort", "page,sort,lang"},
    {FB_BY_LOCALE, 60, "page,lang", "page,lang"},
    {FB_BY_LOCALE, 60, "language,slang", "language,slang,lang"},
    {FB_BY_LOCALE | FB_BY_CURRENCY, 60, "page", "page,lang,currency"},
    /* Of a page that is not kept nginx takes nothing away. */
    {FB_BY_LOCALE | FB_BY_CURRENCY, 0, "page", "page"},
};

START_TEST(nginx_leaves_a_page_what_it_varies_by)
{
    struct fb_page page = page_that(
        arguments[_i].varies, arguments[_i].cache_seconds, arguments[_i].row);
    struct fb_app table = application(&page);
    struct app app = {0};
    char problem[1024] = "";

    table.locales = two_locales;
    table.currencies = two_currencies;
    ck_assert_msg(app_use(&app, &table, "test", problem, sizeof(problem)), "%s",
                  problem);
    ck_assert_pstr_eq(app.pages[1].arguments, arguments[_i].known);
    app_unload(&app);
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_loop_test(tests, an_application_has_what_its_pages_vary_by, 0,
                        UNIT_ROWS(rows));
    tcase_add_loop_test(tests, nginx_leaves_a_page_what_it_varies_by, 0,
                        UNIT_ROWS(arguments));
}

UNIT_MAIN("app", add_tests)
