/* What a client likes best, and has already: negotiate.c, not_modified.c */

#include "unit.h"

#include <foobar/locale.h>
#include <string.h>

#include "negotiate.h"
#include "not_modified.h"
#include "request.h"

static struct arena arena;
static struct fb_request request;
static char *environment[4];

static void set_up(void)
{
    arena_init(&arena, 1 << 20);
    request_init(&request, &arena, NULL, NULL);
    memset(environment, 0, sizeof(environment));
    request.environment = environment;
}

static void tear_down(void)
{
    arena_free(&arena);
}

static const struct {
    const char *accept;
    const char *type;
    int quality;
} accepts[] = {
    {"text/html", "text/html", 1000},
    {"TEXT/HTML", "text/html", 1000},
    {"text/html;q=0.5", "text/html", 500},
    {"text/html ; q=0.875 ", "text/html", 875},
    {"text/html;Q=0", "text/html", 0},
    {"text/html;q=1.000", "text/html", 1000},
    {"text/html;level=1;q=0.3", "text/html", 300},
    {"text/html;a=\"x,y;q=0\";q=0.3", "text/html", 300},
    {"text/*;q=0.4", "text/html", 400},
    {"*/*;q=0.1", "text/html", 100},
    {"*/*, text/html;q=0.2", "text/html", 200},
    {"text/*;q=0, text/html", "text/html", 1000},
    {"text/html;q=0, */*", "text/html", 0},
    {"text/html;q=0, */*", "application/json", 1000},
    {"a/b,text/html;q=0.7,c/d", "text/html", 700},
    {"text/html;q=0.2,text/html;q=0.9", "text/html", 900},
    {"", "text/html", 0},
    {",,,", "text/html", 0},
    {"application/json", "text/html", 0},
    {"text", "text/html", 0},
    {"text/htmlx", "text/html", 0},
    {"*", "text/html", 0},
    {"text/html;q=2", "text/html", 0},
    {"text/html;q=1.1", "text/html", 0},
    {"text/html;q=0.1234", "text/html", 0},
    {"text/html;q=", "text/html", 0},
    {"text/html;q=-1", "text/html", 0},
    {"text/html;q=0x1", "text/html", 0},
    {"text/html;q=.5", "text/html", 0},
    {"text/html;q=\"0.5\"", "text/html", 0},
    {"\"text/html", "text/html", 0},
    {"a/b;x=\"\\\"", "text/html", 0},
};

START_TEST(the_most_specific_range_says_how_much_a_type_is_liked)
{
    ck_assert_int_eq(negotiate_quality(accepts[_i].accept, accepts[_i].type),
                     accepts[_i].quality);
}
END_TEST

static const struct {
    const char *accept;
    const char *type; /* of the body that is sent */
    enum fb_format format;
} wishes[] = {
    {NULL, NULL, FB_HTML},
    {"*/*", NULL, FB_HTML},
    {"text/html,application/xhtml+xml,*/*;q=0.8", NULL, FB_HTML},
    {"application/json", NULL, FB_JSON},
    {"application/json;q=0.5, text/html;q=0.4", NULL, FB_JSON},
    {"application/*", NULL, FB_JSON},
    {"text/html, application/json", NULL, FB_HTML},
    {"application/problem+json", NULL, FB_JSON},
    {"*/*", "application/json", FB_JSON},
    {NULL, "application/json; charset=utf-8", FB_JSON},
    {"*/*", "application/jsonx", FB_HTML},
    {"text/html", "application/json", FB_HTML},
};

START_TEST(html_is_for_people_and_json_for_who_likes_it_better)
{
    size_t at = 0;

    if (wishes[_i].accept != NULL) {
        environment[at++] = (char *)(uintptr_t)fb_printf(
            &request, "HTTP_ACCEPT=%s", wishes[_i].accept);
    }
    if (wishes[_i].type != NULL) {
        environment[at++] = (char *)(uintptr_t)fb_printf(
            &request, "CONTENT_TYPE=%s", wishes[_i].type);
    }
    ck_assert_int_eq(fb_wants(&request), wishes[_i].format);
    ck_assert_uint_eq(request.vary, REQUEST_VARY_ACCEPT);
}
END_TEST

START_TEST(who_accepts_neither_gets_406_unless_something_was_to_be_done)
{
    environment[0] = "HTTP_ACCEPT=image/png";
    request.method = FB_POST;
    ck_assert_int_eq(fb_wants(&request), FB_HTML);
    request.method = FB_GET;
    request.escape_is_set = true;
    if (sigsetjmp(request.escape, 0) == 0) {
        fb_wants(&request);
        ck_abort_msg("it was answered");
    }
    ck_assert_int_eq(request.escape_status, 406);
}
END_TEST

static const struct {
    const char *accept;
    const char *locale; /* NULL: none is liked */
} languages[] = {
    {"de", "de"},
    {"DE", "de"},
    {"de-AT", "de"},
    {"de-Latn-AT-1996", "de"},
    {"en-US", "en-US"},
    {"en", "en-GB"},
    {"en-AU", "en-GB"},
    {"fr;q=0.5, de;q=0.4", "fr"},
    {"fr;q=0.4, de;q=0.5", "de"},
    {"de;q=0.5, de-AT;q=0.9, fr;q=0.8", "de"},
    {"it, fr;q=0.1", "fr"},
    {"*", "en-GB"},
    {"*;q=0.5, fr;q=0", "en-GB"},
    {"en;q=0, *", "de"},
    {"en-US;q=0, en", "en-GB"},
    {"it", NULL},
    {"", NULL},
    {"de;q=0", NULL},
    {"deu", NULL},
    {"d", NULL},
    {"-de", NULL},
    {",;,;q=1", NULL},
    {"de;q=x", NULL},
};

START_TEST(the_locale_that_is_liked_best_is_chosen)
{
    static const char *const locales[] = {"en-GB", "en-US", "de", "fr", NULL};
    const char *locale = negotiate_locale(languages[_i].accept, locales);

    if (languages[_i].locale == NULL) {
        ck_assert_ptr_null(locale);
    } else {
        ck_assert_ptr_nonnull(locale);
        ck_assert_str_eq(locale, languages[_i].locale);
    }
}
END_TEST

START_TEST(a_parameter_wins_over_the_header_and_both_over_the_default)
{
    static const char *const locales[] = {"en-GB", "de", "fr", NULL};
    struct fb_app app = {.locales = locales};
    struct form_field lang = {"lang", "fr"};

    request.app = &app;
    ck_assert_str_eq(fb_locale(&request), "en-GB");
    ck_assert_uint_eq(request.vary, REQUEST_VARY_LANGUAGE);
    request.locale = NULL;
    environment[0] = "HTTP_ACCEPT_LANGUAGE=de";
    ck_assert_str_eq(fb_locale(&request), "de");
    request.locale = NULL;
    request.query = (struct form){&lang, 1};
    ck_assert_str_eq(fb_locale(&request), "fr");
    request.locale = NULL;
    lang.value = "nonsense";
    ck_assert_str_eq(fb_locale(&request), "de");
}
END_TEST

static const struct {
    const char *list;
    bool matches;
} tags[] = {
    {"\"a\"", true},    {"W/\"a\"", true}, {"\"b\", W/\"a\"", true},
    {"*", true},        {"\"b\"", false},  {"a", false},
    {"\"a", false},     {"", false},       {"W/a", false},
    {"\"ab\"", false},  {"\"\"", false},   {"b, \"a\"", false},
    {" , \"a\"", true},
};

START_TEST(a_tag_is_found_in_the_list_of_the_client)
{
    ck_assert_int_eq(etag_matches(tags[_i].list, "a"), tags[_i].matches);
}
END_TEST

START_TEST(a_date_of_http_is_read_as_it_is_written)
{
    static const char *const broken[] = {
        "",
        "Fri, 05 Mar 2026 14:02:11 GMT",
        "Thu, 05 Mar 2026 14:02:11 UTC",
        "Thu, 31 Feb 2026 14:02:11 GMT",
        "Thu, 05 Mxr 2026 14:02:11 GMT",
        "Thursday, 05-Mar-26 14:02:11 GMT",
        "Thu Mar  5 14:02:11 2026",
    };
    char text[HTTP_DATE_BYTES];
    size_t i;

    ck_assert(http_date_write(fb_time("2026-03-05T14:02:11Z"), text));
    ck_assert_str_eq(text, "Thu, 05 Mar 2026 14:02:11 GMT");
    ck_assert_int_eq(http_date_read(text), fb_time("2026-03-05T14:02:11Z"));
    ck_assert(!http_date_write(FB_NO_TIME, text));
    for (i = 0; i < sizeof(broken) / sizeof(broken[0]); i++) {
        ck_assert_int_eq(http_date_read(broken[i]), FB_NO_TIME);
    }
}
END_TEST

static const struct {
    const char *header;
    bool has_it;
} conditions[] = {
    {"X=", false},
    {"HTTP_IF_NONE_MATCH=W/\"v7\"", true},
    {"HTTP_IF_NONE_MATCH=W/\"v6\"", false},
    {"HTTP_IF_MODIFIED_SINCE=Thu, 05 Mar 2026 14:02:11 GMT", true},
    {"HTTP_IF_MODIFIED_SINCE=Thu, 05 Mar 2026 14:02:10 GMT", false},
    {"HTTP_IF_MODIFIED_SINCE=yesterday", false},
};

START_TEST(who_has_the_page_gets_a_304_without_a_body)
{
    environment[0] = (char *)(uintptr_t)conditions[_i].header;
    fb_out_text(fb_body(&request), "body");
    ck_assert_int_eq(
        fb_not_modified(&request, "v7", fb_time("2026-03-05T14:02:11Z")),
        conditions[_i].has_it);
    ck_assert_int_eq(request.status, conditions[_i].has_it ? 304 : 200);
    ck_assert_uint_eq(request.out.length, conditions[_i].has_it ? 0 : 4);
    ck_assert_str_eq(request.headers[0].value, "W/\"v7\"");
    ck_assert_str_eq(request.headers[1].value, "Thu, 05 Mar 2026 14:02:11 GMT");
}
END_TEST

START_TEST(a_tag_wins_over_a_date_and_only_reading_is_conditional)
{
    environment[0] = "HTTP_IF_NONE_MATCH=\"other\"";
    environment[1] = "HTTP_IF_MODIFIED_SINCE=Thu, 05 Mar 2026 14:02:11 GMT";
    ck_assert(!fb_not_modified(&request, "v7", 0));
    environment[0] = "HTTP_IF_NONE_MATCH=*";
    request.method = FB_POST;
    ck_assert(!fb_not_modified(&request, "v7", 0));
    request.method = FB_HEAD;
    ck_assert(fb_not_modified(&request, "v7", 0));
}
END_TEST

START_TEST(another_form_or_language_has_another_tag)
{
    environment[0] = "HTTP_ACCEPT=application/json";
    fb_wants(&request);
    fb_locale(&request);
    fb_not_modified(&request, "v7", FB_NO_TIME);
    ck_assert_uint_eq(request.header_count, 1);
    ck_assert_str_eq(request.headers[0].value, "W/\"v7-json-en-GB\"");
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_loop_test(tests,
                        the_most_specific_range_says_how_much_a_type_is_liked,
                        0, UNIT_ROWS(accepts));
    tcase_add_loop_test(tests,
                        html_is_for_people_and_json_for_who_likes_it_better, 0,
                        UNIT_ROWS(wishes));
    tcase_add_test(
        tests, who_accepts_neither_gets_406_unless_something_was_to_be_done);
    tcase_add_loop_test(tests, the_locale_that_is_liked_best_is_chosen, 0,
                        UNIT_ROWS(languages));
    tcase_add_test(tests,
                   a_parameter_wins_over_the_header_and_both_over_the_default);
    tcase_add_loop_test(tests, a_tag_is_found_in_the_list_of_the_client, 0,
                        UNIT_ROWS(tags));
    tcase_add_test(tests, a_date_of_http_is_read_as_it_is_written);
    tcase_add_loop_test(tests, who_has_the_page_gets_a_304_without_a_body, 0,
                        UNIT_ROWS(conditions));
    tcase_add_test(tests,
                   a_tag_wins_over_a_date_and_only_reading_is_conditional);
    tcase_add_test(tests, another_form_or_language_has_another_tag);
}

UNIT_MAIN("accept", add_tests)
