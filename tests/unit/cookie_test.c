/* Cookies, read and set: appserver/engine/cookie.c */

#include "unit.h"

#include <foobar/cookie.h>
#include <stdio.h>
#include <string.h>

#include "cookie.h"
#include "request.h"
#include "session.h"

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
    const char *header;
    const char *name;
    const char *value; /* NULL: there is no such cookie */
} headers[] = {
    {"a=1", "a", "1"},         {"a=1; b=2", "b", "2"},
    {"a=1;b=2", "b", "2"},     {" a=1 ; b=2 ", "b", "2"},
    {"a=1; a=2", "a", "1"},    {"A=1; a=2", "a", "2"},
    {"aa=1; a=2", "a", "2"},   {"a=", "a", ""},
    {"a=b=c", "a", "b=c"},     {"a=\"x\"", "a", "x"},
    {"a=\"", "a", NULL},       {"a=%C3%A9%20%3B", "a", "\303\251 ;"},
    {"a=1+2", "a", "1+2"},     {"", "a", NULL},
    {";;;", "a", NULL},        {"a", "a", NULL},
    {"b=1", "a", NULL},        {"b=a=1", "a", NULL},
    {"a=x y", "a", NULL},      {"a=x,y", "a", NULL},
    {"a=x\\y", "a", NULL},     {"a=\303\251", "a", NULL},
    {"a=%ff", "a", NULL},      {"a=%00", "a", NULL},
    {"a=%4", "a", NULL},       {"a=x y; a=2", "a", NULL},
    {"__Host-a=1", "a", NULL},
};

START_TEST(the_first_cookie_of_a_name_is_read_exactly)
{
    const char *value;

    environment[0] = (char *)(uintptr_t)fb_printf(&request, "HTTP_COOKIE=%s",
                                                  headers[_i].header);
    value = fb_cookie(&request, headers[_i].name);
    if (headers[_i].value == NULL) {
        ck_assert_ptr_null(value);
    } else {
        ck_assert_ptr_nonnull(value);
        ck_assert_str_eq(value, headers[_i].value);
    }
}
END_TEST

START_TEST(over_tls_only_a_cookie_of_this_host_counts)
{
    environment[0] = "HTTP_COOKIE=a=planted; __Host-a=own";
    environment[1] = "REQUEST_SCHEME=https";
    ck_assert_str_eq(fb_cookie(&request, "a"), "own");
    environment[1] = "HTTP_X_FORWARDED_PROTO=https";
    ck_assert_str_eq(fb_cookie(&request, "a"), "planted");
}
END_TEST

static const struct {
    const char *cookies;
    bool over_tls;
    const char *first; /* NULL: nobody is logged in */
    const char *second;
} sessions[] = {
    {"session=a", false, "a", NULL},
    {"session=a", true, "a", NULL},
    {"__Host-session=a", false, NULL, NULL},
    {"__Host-session=a", true, "a", NULL},
    {"session=planted; __Host-session=a", true, "a", NULL},
    {"remember=b; x=y; session=a", false, "a", "b"},
    {"session=; remember=b", false, "b", NULL},
    {"session=a; session=b", false, "a", NULL},
    {"xsession=a; session2=a; session", false, NULL, NULL},
};

START_TEST(a_session_is_found_by_any_of_its_cookies)
{
    static const struct fb_app app = {.session_cookies = "session,remember"};
    const char *const wanted[] = {sessions[_i].first, sessions[_i].second};
    unsigned next = 0;
    size_t i;

    request.app = &app;
    environment[0] = (char *)(uintptr_t)fb_printf(&request, "HTTP_COOKIE=%s",
                                                  sessions[_i].cookies);
    environment[1] = sessions[_i].over_tls ? "HTTPS=on" : NULL;
    for (i = 0; i < 2 && wanted[i] != NULL; i++) {
        ck_assert_pstr_eq(session_next(&request, &next), wanted[i]);
    }
    ck_assert_ptr_null(session_next(&request, &next));
}
END_TEST

START_TEST(cookies_behind_the_limit_are_not_looked_at)
{
    char header[COOKIES_MAX * 4 + 8];
    struct cookie_part value;
    size_t i;

    for (i = 0; i < COOKIES_MAX; i++) {
        snprintf(header + 4 * i, 5, "b=1;");
    }
    snprintf(header + 4 * i, 4, "a=1");
    ck_assert(!cookie_find(header, "a", &value));
    ck_assert(cookie_find(header + 4, "a", &value));
}
END_TEST

static const struct {
    struct fb_cookie cookie;
    bool over_tls;
    const char *header;
} set[] = {
    {{.name = "a", .value = "1"}, false, "a=1; Path=/; SameSite=Lax; HttpOnly"},
    {{.name = "a", .value = "1"},
     true,
     "__Host-a=1; Path=/; SameSite=Lax; HttpOnly; Secure"},
    {{.name = "a", .value = "1", .seconds = 60},
     false,
     "a=1; Path=/; Max-Age=60; SameSite=Lax; HttpOnly"},
    {{.name = "a"}, false, "a=; Path=/; Max-Age=0; SameSite=Lax; HttpOnly"},
    {{.name = "a", .value = "1", .same_site = FB_SAME_SITE_STRICT},
     false,
     "a=1; Path=/; SameSite=Strict; HttpOnly"},
    {{.name = "a",
      .value = "1",
      .same_site = FB_SAME_SITE_NONE,
      .for_scripts = true},
     true,
     "__Host-a=1; Path=/; SameSite=None; Secure"},
    {{.name = "a", .value = "x; Domain=evil\r\nSet-Cookie: b=1 \303\251%"},
     false,
     "a=x%3B%20Domain=evil%0D%0ASet-Cookie:%20b=1%20%C3%A9%25; Path=/; "
     "SameSite=Lax; HttpOnly"},
};

START_TEST(a_cookie_is_set_with_safe_defaults_and_nothing_is_smuggled)
{
    environment[0] = set[_i].over_tls ? "HTTPS=on" : "HTTPS=";
    fb_set_cookie(&request, &set[_i].cookie);
    ck_assert_uint_eq(request.header_count, 1);
    ck_assert_str_eq(request.headers[0].name, "Set-Cookie");
    ck_assert_str_eq(request.headers[0].value, set[_i].header);
}
END_TEST

static const struct fb_cookie wrong[] = {
    {.name = NULL, .value = "1"},
    {.name = "", .value = "1"},
    {.name = "a b", .value = "1"},
    {.name = "a=b", .value = "1"},
    {.name = "a;b", .value = "1"},
    {.name = "a\r\nb", .value = "1"},
    {.name = "__Host-a", .value = "1"},
    {.name = "a", .value = "1", .seconds = -1},
    {.name = "a", .value = "1", .same_site = FB_SAME_SITE_NONE},
};

START_TEST(what_cannot_be_a_cookie_ends_the_handler)
{
    request.escape_is_set = true;
    if (sigsetjmp(request.escape, 0) == 0) {
        fb_set_cookie(&request, &wrong[_i]);
        ck_abort_msg("row %d was set", _i);
    }
    ck_assert_int_eq(request.escape_status, 500);
}
END_TEST

START_TEST(a_cookie_survives_a_redirect_and_nothing_else_does)
{
    fb_header(&request, "X-One", "1");
    fb_set_cookie(&request, &(struct fb_cookie){.name = "a", .value = "1"});
    fb_redirect(&request, "/");
    ck_assert_uint_eq(request.header_count, 2);
    ck_assert_str_eq(request.headers[0].name, "Set-Cookie");
    ck_assert_str_eq(request.headers[1].name, "Location");
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_loop_test(tests, the_first_cookie_of_a_name_is_read_exactly, 0,
                        UNIT_ROWS(headers));
    tcase_add_loop_test(tests, a_session_is_found_by_any_of_its_cookies, 0,
                        UNIT_ROWS(sessions));
    tcase_add_test(tests, over_tls_only_a_cookie_of_this_host_counts);
    tcase_add_test(tests, cookies_behind_the_limit_are_not_looked_at);
    tcase_add_loop_test(
        tests, a_cookie_is_set_with_safe_defaults_and_nothing_is_smuggled, 0,
        UNIT_ROWS(set));
    tcase_add_loop_test(tests, what_cannot_be_a_cookie_ends_the_handler, 0,
                        UNIT_ROWS(wrong));
    tcase_add_test(tests, a_cookie_survives_a_redirect_and_nothing_else_does);
}

UNIT_MAIN("cookie", add_tests)
