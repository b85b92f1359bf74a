/* The second factor of a member: getting it, logging in with it, losing it. */

#include <foobar/test.h>

#include "members.h"

#include <ctype.h>
#include <liboath/oath.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PASSWORD "a fine long password"
#define HERE "/me/second-factor"

static char key[64];

static const struct fb_test_reply *log_in(const char *path)
{
    return fb_test_post(path, {"email", "xena@example.org"},
                        {"password", PASSWORD});
}

static void sign_up(void)
{
    join("Xena", "xena", "xena@example.org", PASSWORD);
}

/* The text between two marks of a page. */
static void cut(const struct fb_test_reply *reply, const char *from, char *text,
                size_t size)
{
    const char *at = strstr(reply->body, from);

    ck_assert_msg(at != NULL, "%s is not in:\n%s", from, reply->body);
    at += strlen(from);
    snprintf(text, size, "%.*s", (int)strcspn(at, "<"), at);
}

/* What the app shows now, by the clock of the database. */
static const char *code_now(void)
{
    static char code[7];
    const char *step = fb_test_sql_value("SELECT UNIX_TIMESTAMP() DIV 30");
    char *secret;
    size_t length;

    ck_assert_int_eq(oath_base32_decode(key, strlen(key), &secret, &length),
                     OATH_OK);
    ck_assert_uint_eq(length, 20);
    ck_assert_int_eq(oath_hotp_generate(secret, length,
                                        strtoull(step, NULL, 10), 6, false,
                                        OATH_HOTP_DYNAMIC_TRUNCATION, code),
                     OATH_OK);
    free(secret);
    return code;
}

static const struct fb_test_reply *confirm(void)
{
    const struct fb_test_reply *reply;
    char *c;

    fb_assert_status(fb_test_post(HERE "/begin", {"password", PASSWORD}), 303);
    reply = fb_test_get(HERE);
    fb_assert_has(reply, "<svg class=\"qr\"");
    cut(reply, "<p><code>", key, sizeof(key));
    for (c = key; *c != '\0'; c++) {
        *c = (char)toupper((unsigned char)*c);
    }
    return fb_test_post(HERE "/confirm", {"code", code_now()});
}

/* As if the next 30 seconds had begun. */
static void wait_for_the_next_code(void)
{
    fb_test_sql("UPDATE second_factors SET last_step = 0");
}

START_TEST(a_member_gets_a_second_factor_and_ten_codes_that_are_shown_once)
{
    const struct fb_test_reply *reply;
    char code[32];

    sign_up();
    fb_assert_has(fb_test_get("/me"), "href=\"" HERE "\"");
    fb_assert_has_not(fb_test_get(HERE), "<svg class=\"qr\"");
    reply = fb_test_post(HERE "/begin", {"password", "not hers"});
    fb_assert_status(reply, 422);
    fb_assert_has(reply, "This is not your password");
    reply = confirm();
    fb_assert_status(reply, 200);
    fb_assert_has(reply, "Print these");
    cut(reply, "<li><code>", code, sizeof(code));
    ck_assert_uint_eq(strlen(code), 19);
    ck_assert_str_eq(fb_test_header_of(reply, "Cache-Control"),
                     "private, no-store");
    reply = fb_test_get(HERE);
    fb_assert_has(reply, "10 recovery codes are left");
    fb_assert_has_not(reply, code);
    fb_assert_has_not(reply, key);
    fb_assert_has(fb_test_get("/me"), "codes are asked for from now on");
}
END_TEST

START_TEST(logging_in_takes_two_steps_and_goes_on_to_the_wanted_page)
{
    const struct fb_test_reply *reply;

    sign_up();
    fb_assert_status(confirm(), 200);
    wait_for_the_next_code();
    reply = log_in("/login?next=%2Fme");
    fb_assert_status(reply, 303);
    ck_assert_str_eq(fb_test_header_of(reply, "Location"),
                     "/login/code?next=/me");
    fb_assert_has(fb_test_get("/"), "href=\"/login\"");
    reply = fb_test_get("/me");
    fb_assert_status(reply, 303);
    reply = fb_test_get("/login/code?next=/me");
    fb_assert_has(reply, "autocomplete=\"one-time-code\"");
    reply = fb_test_post("/login/code?next=/me", {"code", "12345x"});
    fb_assert_status(reply, 422);
    fb_assert_has(reply, "This code is not right");
    reply = fb_test_post("/login/code?next=/me", {"code", code_now()});
    fb_assert_status(reply, 303);
    ck_assert_str_eq(fb_test_header_of(reply, "Location"), "/me");
    reply = fb_test_get("/me");
    fb_assert_status(reply, 200);
    fb_assert_has(reply, "a right password, without the code");
    fb_assert_has(reply, "a wrong code");
}
END_TEST

START_TEST(a_recovery_code_logs_in_once)
{
    char code[32];

    sign_up();
    cut(confirm(), "<li><code>", code, sizeof(code));
    fb_assert_status(log_in("/login"), 303);
    fb_assert_status(fb_test_post("/login/code", {"code", code}), 303);
    fb_assert_has(fb_test_get(HERE), "9 recovery codes are left");
    fb_assert_status(log_in("/login"), 303);
    fb_assert_status(fb_test_post("/login/code", {"code", code}), 422);
}
END_TEST

START_TEST(new_recovery_codes_and_the_end_ask_for_the_password)
{
    const struct fb_test_reply *reply;

    sign_up();
    fb_assert_status(confirm(), 200);
    reply = fb_test_post(HERE "/codes", {"password", "not hers"});
    fb_assert_status(reply, 422);
    reply = fb_test_post(HERE "/codes", {"password", PASSWORD});
    fb_assert_status(reply, 200);
    fb_assert_has(reply, "Print these");
    reply = fb_test_post(HERE "/off", {"password", "not hers"});
    fb_assert_status(reply, 422);
    fb_assert_status(fb_test_post(HERE "/off", {"password", PASSWORD}), 303);
    fb_assert_has_not(fb_test_get(HERE), "recovery code");
    fb_assert_status(fb_test_post("/logout", {"number", ""}), 303);
    ck_assert_str_eq(fb_test_header_of(log_in("/login"), "Location"), "/");
}
END_TEST

START_TEST(one_who_took_too_long_begins_again)
{
    sign_up();
    fb_assert_status(fb_test_post(HERE "/begin", {"password", PASSWORD}), 303);
    fb_test_sql("UPDATE second_factors SET pending_at = '2026-01-01'");
    fb_assert_status(fb_test_post(HERE "/confirm", {"code", "123456"}), 303);
    fb_assert_has_not(fb_test_get(HERE), "<svg class=\"qr\"");
}
END_TEST

START_TEST(the_second_step_without_a_first_leads_to_the_log_in)
{
    const struct fb_test_reply *reply = fb_test_get("/login/code?next=/me");

    fb_assert_status(reply, 303);
    ck_assert_str_eq(fb_test_header_of(reply, "Location"), "/login?next=/me");
    fb_test_log_in("xena@example.org", NULL);
    reply = fb_test_get("/login/code?next=/me");
    ck_assert_str_eq(fb_test_header_of(reply, "Location"), "/me");
}
END_TEST

START_TEST(a_forgotten_password_leads_around_no_second_factor)
{
    const struct fb_test_reply *reply;

    sign_up();
    fb_assert_status(confirm(), 200);
    fb_test_cookie("session", NULL);
    fb_assert_status(fb_test_post("/reset", {"email", "xena@example.org"}),
                     303);
    ck_assert_uint_eq(fb_test_run_jobs(), 1);
    fb_assert_status(
        fb_test_post(fb_test_link_of(fb_test_mail(NULL), "/reset/new?token="),
                     {"password", "another fine one"}),
        303);
    fb_assert_status(fb_test_get("/me"), 303);
    reply = fb_test_post("/login", {"email", "xena@example.org"},
                         {"password", "another fine one"});
    fb_assert_status(reply, 303);
    ck_assert_str_eq(fb_test_header_of(reply, "Location"), "/login/code");
    fb_assert_status(fb_test_get("/me"), 303);
}
END_TEST

START_TEST(the_owner_hears_of_a_new_browser_after_both_steps)
{
    unsigned before;

    sign_up();
    fb_assert_status(confirm(), 200);
    wait_for_the_next_code();
    fb_test_cookie("device", NULL);
    before = fb_test_mail_count("xena@example.org");
    fb_assert_status(log_in("/login"), 303);
    ck_assert_uint_eq(fb_test_mail_count("xena@example.org"), before);
    fb_assert_status(fb_test_post("/login/code", {"code", code_now()}), 303);
    ck_assert_uint_eq(fb_test_mail_count("xena@example.org"), before + 1);
    ck_assert_str_eq(fb_test_mail(NULL)->subject, "A new log-in");
}
END_TEST

START_TEST(it_speaks_german_too)
{
    const struct fb_test_reply *reply;

    sign_up();
    fb_test_header("Accept-Language", "de");
    reply = confirm();
    fb_assert_has(reply, "Drucken Sie diese aus");
    reply = fb_test_get(HERE);
    fb_assert_has(reply, "10 Ersatzcodes sind noch da");
    fb_assert_status(log_in("/login"), 303);
    reply = fb_test_post("/login/code", {"code", "nichts"});
    fb_assert_has(reply, "Dieser Code stimmt nicht");
}
END_TEST

FB_TEST_MAIN("second factors",
             a_member_gets_a_second_factor_and_ten_codes_that_are_shown_once,
             logging_in_takes_two_steps_and_goes_on_to_the_wanted_page,
             a_recovery_code_logs_in_once,
             new_recovery_codes_and_the_end_ask_for_the_password,
             one_who_took_too_long_begins_again,
             the_second_step_without_a_first_leads_to_the_log_in,
             a_forgotten_password_leads_around_no_second_factor,
             the_owner_hears_of_a_new_browser_after_both_steps,
             it_speaks_german_too)
