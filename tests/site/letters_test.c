/* From a sign-up to a member, forgotten passwords, and what owners are told. */

#include <foobar/test.h>

#include <stdio.h>
#include <string.h>

#define PASSWORD "a fine long password"
#define OTHER "another fine one"

static const struct fb_test_reply *
sign_up(const char *handle, const char *email, const char *password)
{
    return fb_test_post("/signup", {"name", "Xena <X>"}, {"handle", handle},
                        {"email", email}, {"password", password});
}

static const struct fb_test_reply *log_in(const char *email,
                                          const char *password)
{
    return fb_test_post("/login", {"email", email}, {"password", password});
}

/* What a stranger's browser has. */
static void forget_cookies(void)
{
    fb_test_cookie("session", NULL);
    fb_test_cookie("device", NULL);
}

/* The link of the last mail to this address. */
static const char *link_to(const char *email, const char *path)
{
    const struct fb_test_mail *mail = fb_test_mail(email);
    const char *link;

    ck_assert_msg(mail != NULL, "nothing was written to %s", email);
    link = fb_test_link_of(mail, path);
    ck_assert_msg(link != NULL, "no link to %s in: %s", path, mail->text);
    return link;
}

static const char *signed_up(const char *handle, const char *email,
                             const char *password)
{
    const struct fb_test_reply *reply = sign_up(handle, email, password);

    fb_assert_status(reply, 303);
    ck_assert_str_eq(fb_test_header_of(reply, "Location"), "/signup/sent");
    ck_assert_uint_eq(fb_test_run_jobs(), 1);
    return link_to(email, "/verify?token=");
}

static void assert_gone(const char *link)
{
    const struct fb_test_reply *reply = fb_test_get(link);

    fb_assert_status(reply, 404);
    fb_assert_has(reply, "This link works no more");
}

static void assert_leads(const struct fb_test_reply *reply, const char *path)
{
    fb_assert_status(reply, 303);
    ck_assert_str_eq(fb_test_header_of(reply, "Location"), path);
}

START_TEST(a_member_signs_up_confirms_and_logs_in)
{
    const char *link = signed_up("xena", "xena@example.org", PASSWORD);
    const struct fb_test_mail *mail = fb_test_mail("xena@example.org");
    const struct fb_test_reply *reply;

    ck_assert_str_eq(mail->kind, "verify");
    ck_assert_ptr_nonnull(strstr(mail->html, link));
    /* Nobody is a member, or logs in, before that. */
    fb_assert_status(log_in("xena@example.org", PASSWORD), 422);
    ck_assert_ptr_null(
        fb_test_sql_value("SELECT id FROM members WHERE handle = 'xena'"));
    /* To open the link, as scanners of mail do, changes nothing. */
    fb_assert_status(fb_test_get(link), 200);
    reply = fb_test_get(link);
    fb_assert_status(reply, 200);
    ck_assert_str_eq(fb_test_input_of(reply, "handle"), "xena");
    assert_leads(fb_test_post(link, {"handle", "xena"}), "/verify/done");
    fb_assert_has(fb_test_get("/verify/done"), "You are a member");
    fb_assert_has(fb_test_get("/"), "href=\"/signup\"");
    assert_leads(log_in("xena@example.org", PASSWORD), "/");
    fb_assert_has(fb_test_get("/"), "Xena &lt;X&gt;");
    ck_assert_str_eq(
        fb_test_sql_value("SELECT role FROM accounts WHERE email_key = "
                          "'xena@example.org' AND verified_at IS NOT NULL"),
        "member");
    ck_assert_str_eq(fb_test_sql_value("SELECT COUNT(*) FROM signups"), "0");
    /* Used up; and the first log-in is no news. */
    assert_gone(link);
    fb_assert_status(fb_test_post(link, {"handle", "xena"}), 404);
    ck_assert_uint_eq(fb_test_mail_count("xena@example.org"), 1);
}
END_TEST

START_TEST(an_address_that_is_taken_is_answered_like_a_new_one)
{
    const struct fb_test_mail *mail;
    const struct fb_test_reply *new_one =
        sign_up("xena", "x@example.org", PASSWORD);
    const struct fb_test_reply *taken =
        sign_up("xena-2", "ADA@example.org", PASSWORD);

    assert_leads(new_one, "/signup/sent");
    assert_leads(taken, "/signup/sent");
    ck_assert_uint_eq(new_one->length, taken->length);
    ck_assert_uint_eq(fb_test_run_jobs(), 2);
    mail = fb_test_mail("ada@example.org");
    ck_assert_ptr_nonnull(mail);
    ck_assert_str_eq(mail->kind, "taken");
    ck_assert_ptr_null(fb_test_link_of(mail, "/verify?token="));
    ck_assert_ptr_nonnull(fb_test_link_of(mail, "/reset"));
    /* Neither can log in with it, nor does the short name tell. */
    fb_assert_status(log_in("x@example.org", PASSWORD), 422);
    fb_assert_status(log_in("ada@example.org", PASSWORD), 422);
    assert_leads(sign_up("xena", "y@example.org", PASSWORD), "/signup/sent");
    assert_leads(sign_up("xena-2", "z@example.org", PASSWORD), "/signup/sent");
    assert_leads(log_in("ada@example.org", "the door stands open"), "/");
}
END_TEST

START_TEST(who_signs_up_anew_takes_the_place_of_the_one_before)
{
    const char *first = signed_up("thief", "xena@example.org", OTHER);
    const char *second;

    /* At once, and not only when the mail is written. */
    assert_leads(sign_up("xena", "xena@example.org", PASSWORD), "/signup/sent");
    assert_gone(first);
    ck_assert_uint_eq(fb_test_run_jobs(), 1);
    second = link_to("xena@example.org", "/verify?token=");
    ck_assert_str_ne(first, second);
    assert_leads(fb_test_post(second, {"handle", "xena"}), "/verify/done");
    fb_assert_status(log_in("xena@example.org", OTHER), 422);
    assert_leads(log_in("xena@example.org", PASSWORD), "/");
}
END_TEST

START_TEST(a_short_name_is_whose_address_is_confirmed_first)
{
    const char *link = signed_up("xena", "slow@example.org", PASSWORD);
    const char *fast = signed_up("xena", "fast@example.org", PASSWORD);
    const struct fb_test_reply *reply;

    assert_leads(fb_test_post(fast, {"handle", "xena"}), "/verify/done");
    reply = fb_test_post(link, {"handle", "xena"});
    fb_assert_status(reply, 422);
    fb_assert_has(reply, "This short name is taken");
    assert_leads(fb_test_post(link, {"handle", "xena-2"}), "/verify/done");
    assert_leads(log_in("slow@example.org", PASSWORD), "/");
}
END_TEST

START_TEST(a_mail_is_sent_again_in_the_language_of_who_asks)
{
    const char *first = signed_up("xena", "xena@example.org", PASSWORD);
    const struct fb_test_mail *mail;

    fb_assert_has(fb_test_get("/signup/sent"), "Nothing came?");
    fb_test_header("Accept-Language", "de");
    assert_leads(fb_test_post("/signup/sent", {"email", "XENA@example.org"}),
                 "/signup/sent");
    assert_leads(fb_test_post("/signup/sent", {"email", "no@example.org"}),
                 "/signup/sent");
    ck_assert_uint_eq(fb_test_run_jobs(), 2);
    ck_assert_uint_eq(fb_test_mail_count(NULL), 2);
    mail = fb_test_mail("xena@example.org");
    ck_assert_str_eq(mail->subject, "Bestätigen Sie Ihre Adresse");
    ck_assert_ptr_nonnull(strstr(mail->text, "drei Tage"));
    fb_assert_has(fb_test_get(fb_test_link_of(mail, "/verify?token=")),
                  "Bestätigen Sie Ihre Adresse");
    fb_test_header("Accept-Language", NULL);
    assert_gone(first);
}
END_TEST

START_TEST(a_forgotten_password_is_set_anew_by_its_owner)
{
    const struct fb_test_reply *known;
    const struct fb_test_reply *unknown;
    const struct fb_test_mail *mail;
    const char *link;

    fb_assert_has(fb_test_get("/login"), "href=\"/reset\"");
    known = fb_test_post("/reset", {"email", "ada@example.org"});
    unknown = fb_test_post("/reset", {"email", "nobody@example.org"});
    assert_leads(known, "/reset/sent");
    assert_leads(unknown, "/reset/sent");
    ck_assert_uint_eq(known->length, unknown->length);
    ck_assert_uint_eq(fb_test_run_jobs(), 2);
    ck_assert_ptr_null(fb_test_mail("nobody@example.org"));
    link = link_to("ada@example.org", "/reset/new?token=");
    fb_assert_status(fb_test_get(link), 200);
    /* One that is refused leaves the link good. */
    fb_assert_status(fb_test_post(link, {"password", "short"}), 422);
    assert_leads(fb_test_post(link, {"password", OTHER}), "/reset/done");
    assert_gone(link);
    fb_assert_status(fb_test_post(link, {"password", PASSWORD}), 404);
    /* Nobody is logged in by it, and the owner hears of it. */
    fb_assert_status(fb_test_get("/me"), 303);
    mail = fb_test_mail("ada@example.org");
    ck_assert_str_eq(mail->subject, "Your password was changed");
    fb_assert_status(log_in("ada@example.org", "the door stands open"), 422);
    assert_leads(log_in("ada@example.org", OTHER), "/");
}
END_TEST

START_TEST(a_reset_that_comes_too_late_does_nothing)
{
    const char *link;

    fb_test_post("/reset", {"email", "ada@example.org"});
    fb_test_run_jobs();
    link = link_to("ada@example.org", "/reset/new?token=");
    fb_test_sql(
        "UPDATE account_tokens SET ends_at = ends_at - INTERVAL 1 HOUR");
    assert_gone(link);
    fb_assert_status(fb_test_post(link, {"password", OTHER}), 404);
    assert_gone("/reset/new?token=none");
    assert_gone("/verify?token=none");
    /* A link is good for what it was sent for. */
    fb_test_post("/reset", {"email", "ada@example.org"});
    fb_test_run_jobs();
    link = link_to("ada@example.org", "/reset/new?token=");
    assert_gone(fb_printf(fb_test_request(), "/verify?token=%s",
                          link + strlen("/reset/new?token=")));
}
END_TEST

START_TEST(who_has_not_confirmed_resets_nothing)
{
    signed_up("xena", "xena@example.org", PASSWORD);
    assert_leads(fb_test_post("/reset", {"email", "xena@example.org"}),
                 "/reset/sent");
    ck_assert_uint_eq(fb_test_run_jobs(), 1);
    ck_assert_ptr_null(
        fb_test_link_of(fb_test_mail("xena@example.org"), "/reset/new?token="));
    ck_assert_ptr_nonnull(
        fb_test_link_of(fb_test_mail("xena@example.org"), "/verify?token="));
}
END_TEST

START_TEST(an_owner_hears_of_new_browsers_and_passwords)
{
    const struct fb_test_mail *mail;

    fb_test_header("User-Agent", "Netscape\t4");
    assert_leads(log_in("chidi@example.org", "the door stands open"), "/");
    mail = fb_test_mail("chidi@example.org");
    ck_assert_ptr_nonnull(mail);
    ck_assert_str_eq(mail->subject, "A new log-in");
    ck_assert_ptr_nonnull(strstr(mail->text, "From: 127.0.0.1"));
    ck_assert_ptr_nonnull(strstr(mail->text, "Netscape"));
    /* The same browser again is no news. */
    fb_test_cookie("session", NULL);
    assert_leads(log_in("chidi@example.org", "the door stands open"), "/");
    ck_assert_uint_eq(fb_test_mail_count("chidi@example.org"), 1);
    assert_leads(fb_test_post("/me/password", {"old", "the door stands open"},
                              {"new", OTHER}),
                 "/me");
    mail = fb_test_mail("chidi@example.org");
    ck_assert_str_eq(mail->subject, "Your password was changed");
    /* A wrong password is none of either. */
    forget_cookies();
    fb_assert_status(log_in("chidi@example.org", PASSWORD), 422);
    ck_assert_uint_eq(fb_test_mail_count("chidi@example.org"), 2);
}
END_TEST

START_TEST(nobody_is_written_to_for_ever)
{
    unsigned i;

    for (i = 0; i < 5; i++) {
        assert_leads(fb_test_post("/reset", {"email", "ada@example.org"}),
                     "/reset/sent");
    }
    fb_assert_status(fb_test_post("/reset", {"email", "ADA@example.org"}), 429);
    fb_assert_status(fb_test_post("/signup/sent", {"email", "ada@example.org"}),
                     429);
    fb_assert_status(sign_up("xena", "ada@example.org", PASSWORD), 429);
    assert_leads(fb_test_post("/reset", {"email", "benno@example.org"}),
                 "/reset/sent");
    ck_assert_uint_eq(fb_test_run_jobs(), 6);
}
END_TEST

START_TEST(what_is_no_address_is_told_beside_the_field)
{
    fb_assert_status(fb_test_post("/reset", {"email", "nonsense"}), 422);
    fb_assert_status(fb_test_post("/signup/sent", {"email", ""}), 422);
    ck_assert_uint_eq(fb_test_run_jobs(), 0);
}
END_TEST

FB_TEST_MAIN("mails to members", a_member_signs_up_confirms_and_logs_in,
             an_address_that_is_taken_is_answered_like_a_new_one,
             who_signs_up_anew_takes_the_place_of_the_one_before,
             a_short_name_is_whose_address_is_confirmed_first,
             a_mail_is_sent_again_in_the_language_of_who_asks,
             a_forgotten_password_is_set_anew_by_its_owner,
             a_reset_that_comes_too_late_does_nothing,
             who_has_not_confirmed_resets_nothing,
             an_owner_hears_of_new_browsers_and_passwords,
             nobody_is_written_to_for_ever,
             what_is_no_address_is_told_beside_the_field)
