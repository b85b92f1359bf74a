/* Members of the site: signing up, logging in, one's own page, comments. */

#include <foobar/test.h>

#include "members.h"

#include <stdio.h>
#include <string.h>

#define PASSWORD "a fine long password"

static const struct fb_test_reply *
sign_up(const char *handle, const char *email, const char *password)
{
    return fb_test_post("/signup", {"name", "Xena <X>"}, {"handle", handle},
                        {"email", email}, {"password", password});
}

/* What a stranger's browser has. */
static void forget_cookies(void)
{
    fb_test_cookie("session", NULL);
    fb_test_cookie("device", NULL);
}

START_TEST(a_member_is_shown_on_each_page)
{
    const struct fb_test_reply *reply;

    fb_assert_has(fb_test_get("/"), "href=\"/signup\"");
    join("Xena <X>", "xena", "Xena@example.org", PASSWORD);
    reply = fb_test_get("/");
    fb_assert_has(reply, "Xena &lt;X&gt;");
    fb_assert_has_not(reply, "href=\"/signup\"");
    ck_assert_str_eq(fb_test_header_of(reply, "Cache-Control"),
                     "private, no-store");
}
END_TEST

START_TEST(a_page_is_the_same_for_all_who_are_not_logged_in)
{
    ck_assert_str_eq(
        fb_test_header_of(fb_test_get("/posts/1"), "X-Accel-Expires"), "60");
    fb_test_log_in("xena@example.org", NULL);
    ck_assert_str_eq(
        fb_test_header_of(fb_test_get("/posts/1"), "Cache-Control"),
        "private, no-store");
}
END_TEST

START_TEST(what_is_wrong_with_a_sign_up_stands_beside_its_field)
{
    const struct fb_test_reply *reply;

    join("Xena <X>", "xena", "xena@example.org", PASSWORD);
    forget_cookies();
    reply = sign_up("xena", "other@example.org", PASSWORD);
    fb_assert_status(reply, 422);
    fb_assert_has(reply, "This short name is taken");
    reply = sign_up("xena-2", "other@example.org", "foobar123");
    fb_assert_status(reply, 422);
    fb_assert_has(reply, "one of the first that others would try");
    /* A member that was not made has no account either. */
    ck_assert_str_eq(
        fb_test_sql_value("SELECT COUNT(*) FROM accounts WHERE email_key = "
                          "'other@example.org'"),
        "0");
}
END_TEST

START_TEST(everybody_of_the_demo_can_log_in)
{
    const struct fb_test_reply *reply;

    reply = fb_test_post("/login?next=%2Fme", {"email", "chidi@example.org"},
                         {"password", "the door stands open"});
    fb_assert_status(reply, 303);
    ck_assert_str_eq(fb_test_header_of(reply, "Location"), "/me");
    reply = fb_test_get("/me");
    fb_assert_status(reply, 200);
    fb_assert_has(reply, "Chidi Okonkwo");
    fb_assert_has(reply, "logged in");
}
END_TEST

START_TEST(a_wrong_password_and_an_unknown_address_read_the_same)
{
    const struct fb_test_reply *wrong =
        fb_test_post("/login", {"email", "ada@example.org"},
                     {"password", "not her password"});
    const struct fb_test_reply *unknown =
        fb_test_post("/login", {"email", "abc@example.org"},
                     {"password", "not her password"});
    const char *at;

    fb_assert_status(wrong, 422);
    fb_assert_status(unknown, 422);
    ck_assert_uint_eq(wrong->length, unknown->length);
    at = strstr(wrong->body, "ada@example.org");
    ck_assert_ptr_nonnull(at);
    ck_assert_int_eq(
        strncmp(wrong->body, unknown->body, (size_t)(at - wrong->body)), 0);
    ck_assert_str_eq(at + 3, strstr(unknown->body, "abc@example.org") + 3);
}
END_TEST

START_TEST(a_strangers_way_leads_over_the_log_in)
{
    const struct fb_test_reply *reply = fb_test_get("/me");

    fb_assert_status(reply, 303);
    ck_assert_str_eq(fb_test_header_of(reply, "Location"), "/login?next=%2Fme");
    fb_assert_has(fb_test_get("/login?next=%2Fme"),
                  "action=\"/login?next=/me#");
    reply = fb_test_post("/me/password", {"old", "x"}, {"new", PASSWORD});
    fb_assert_status(reply, 401);
    fb_assert_has(reply, "Log in first");
}
END_TEST

START_TEST(a_members_comment_carries_the_members_name)
{
    const struct fb_test_reply *reply;

    join("Xena <X>", "xena", "xena@example.org", PASSWORD);
    reply = fb_test_get("/posts/1");
    fb_assert_has(reply, "You write as");
    reply = fb_test_post("/posts/1/comments", {"author", "Somebody else"},
                         {"text", "Xyzzy"},
                         {"member", fb_test_input_of(reply, "member")});
    fb_assert_status(reply, 303);
    ck_assert_str_eq(
        fb_test_sql_value("SELECT name FROM comments JOIN members ON "
                          "members.id = member_id WHERE body = 'Xyzzy'"),
        "Xena <X>");
    ck_assert_ptr_null(fb_test_sql_value(
        "SELECT guest_name FROM comments WHERE body = 'Xyzzy'"));
}
END_TEST

START_TEST(a_member_whose_session_has_ended_does_not_become_a_guest)
{
    const struct fb_test_reply *reply =
        fb_test_post("/posts/1/comments", {"author", "Xena"}, {"text", "Xyzzy"},
                     {"member", "7"});

    fb_assert_status(reply, 422);
    fb_assert_has(reply, "You are not logged in any more");
    fb_assert_has(reply, "Xyzzy");
    ck_assert_str_eq(
        fb_test_sql_value("SELECT COUNT(*) FROM comments WHERE body = 'Xyzzy'"),
        "0");
    /* As the page was drawn again it is a guest's. */
    fb_assert_status(
        fb_test_post(
            "/posts/1/comments", {"author", fb_test_input_of(reply, "author")},
            {"text", "Xyzzy"}, {"member", fb_test_input_of(reply, "member")}),
        303);
}
END_TEST

START_TEST(sessions_are_listed_and_ended)
{
    const struct fb_test_reply *reply;
    char first[64];

    fb_test_log_in("xena@example.org", NULL);
    snprintf(first, sizeof(first), "%s", fb_test_cookie_of("session"));
    fb_test_cookie("session", NULL);
    fb_test_header("User-Agent", "<Netscape> 4");
    fb_test_log_in("xena@example.org", NULL);
    reply = fb_test_get("/me");
    fb_assert_has(reply, "This browser");
    fb_assert_has(reply, "Log out there");
    fb_assert_status(fb_test_post("/me/sessions", {"number", ""}), 303);
    fb_assert_has_not(fb_test_get("/me"), "Log out there");
    fb_assert_status(fb_test_post("/me/sessions", {"number", "x"}), 404);
    fb_assert_status(fb_test_post("/logout", {"number", ""}), 303);
    ck_assert_ptr_null(fb_test_cookie_of("session"));
    fb_test_cookie("session", first);
    fb_assert_status(fb_test_get("/me"), 303);
}
END_TEST

START_TEST(a_password_is_changed_by_who_knows_it)
{
    const struct fb_test_reply *reply;

    join("Xena <X>", "xena", "xena@example.org", PASSWORD);
    reply = fb_test_post("/me/password", {"old", "not it"},
                         {"new", "another fine one"});
    fb_assert_status(reply, 422);
    fb_assert_has(reply, "This is not your password");
    fb_test_header("Accept-Language", "de");
    reply = fb_test_post("/me/password", {"old", "not it"},
                         {"new", "another fine one"});
    fb_assert_has(reply, "Das ist nicht Ihr Passwort");
    fb_assert_has(reply, "ein falsches Passwort");
    fb_assert_status(fb_test_post("/me/password", {"old", PASSWORD},
                                  {"new", "another fine one"}),
                     303);
    fb_assert_status(fb_test_get("/me"), 200);
}
END_TEST

START_TEST(a_form_without_the_sessions_token_is_refused)
{
    fb_test_log_in("xena@example.org", NULL);
    fb_test_header("X-CSRF-Token", "wrong");
    fb_assert_status(fb_test_post("/logout", {"number", ""}), 403);
    fb_test_header("X-CSRF-Token", NULL);
    fb_assert_status(fb_test_post("/logout", {"number", ""}), 303);
}
END_TEST

FB_TEST_MAIN("members", a_member_is_shown_on_each_page,
             a_page_is_the_same_for_all_who_are_not_logged_in,
             what_is_wrong_with_a_sign_up_stands_beside_its_field,
             everybody_of_the_demo_can_log_in,
             a_wrong_password_and_an_unknown_address_read_the_same,
             a_strangers_way_leads_over_the_log_in,
             a_members_comment_carries_the_members_name,
             a_member_whose_session_has_ended_does_not_become_a_guest,
             sessions_are_listed_and_ended,
             a_password_is_changed_by_who_knows_it,
             a_form_without_the_sessions_token_is_refused)
