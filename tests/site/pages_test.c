/* Pages of the site, called without a server, on the demo data. */

#include <foobar/test.h>

#include <string.h>

#include "templates.h"
#include "views.h"

/* What a visitor types into the form below a post. */
static const struct fb_test_reply *write_comment(const char *author,
                                                 const char *text)
{
    return fb_test_post("/posts/1/comments", {"author", author},
                        {"text", text});
}

static const char *count_comments(void)
{
    return fb_test_sql_value("SELECT COUNT(*) FROM comments WHERE post_id = 1");
}

START_TEST(the_front_page_shows_posts)
{
    const struct fb_test_reply *reply = fb_test_get("/");

    fb_assert_status(reply, 200);
    fb_assert_has(reply, "href=\"/posts/");
}
END_TEST

START_TEST(a_post_that_is_not_there_is_a_404_with_the_sites_own_page)
{
    const struct fb_test_reply *reply = fb_test_get("/posts/999999999");

    fb_assert_status(reply, 404);
    fb_assert_has(reply, "There is nothing here");
}
END_TEST

START_TEST(a_comment_is_stored_and_shown_as_text)
{
    const struct fb_test_reply *reply = write_comment("Ann", "<b>Xyzzy</b>");

    fb_assert_status(reply, 303);
    reply = fb_test_get(fb_test_header_of(reply, "Location"));
    fb_assert_status(reply, 200);
    fb_assert_has(reply, "&lt;b&gt;Xyzzy&lt;/b&gt;");
    fb_assert_has_not(reply, "<b>Xyzzy");
}
END_TEST

START_TEST(what_a_test_has_written_is_gone_with_it)
{
    ck_assert_str_eq(
        fb_test_sql_value(
            "SELECT COUNT(*) FROM comments WHERE body LIKE '%Xyzzy%'"),
        "0");
}
END_TEST

START_TEST(a_comment_without_a_text_is_shown_again)
{
    const char *before = count_comments();
    const struct fb_test_reply *reply;

    reply = write_comment("Ann", "");
    fb_assert_status(reply, 422);
    fb_assert_has(reply, "value=\"Ann\"");
    ck_assert_str_eq(count_comments(), before);
}
END_TEST

START_TEST(a_comment_from_another_site_is_refused)
{
    const struct fb_test_reply *reply;

    fb_test_header("Origin", "https://elsewhere.example");
    fb_test_header("Sec-Fetch-Site", "cross-site");
    reply = write_comment("Ann", "Words");
    fb_assert_status(reply, 403);
}
END_TEST

START_TEST(an_input_is_read_as_a_browser_reads_it)
{
    const char *author = "Ann & \"Bo\" <c> 'd'";
    const struct fb_test_reply *reply = write_comment(author, "");

    ck_assert_str_eq(fb_test_input_of(reply, "author"), author);
    ck_assert_ptr_null(fb_test_input_of(reply, "autho"));
}
END_TEST

START_TEST(another_method_is_refused_and_the_right_ones_are_named)
{
    const struct fb_test_reply *reply =
        fb_test_send("PUT", "/products", "text/plain", "words");

    fb_assert_status(reply, 405);
    ck_assert_ptr_nonnull(strstr(fb_test_header_of(reply, "allow"), "GET"));
    ck_assert_ptr_null(fb_test_header_of(reply, "Location"));
}
END_TEST

START_TEST(a_cookie_is_kept_until_it_is_taken_away)
{
    fb_test_cookie("taste", "sweet");
    ck_assert_str_eq(fb_test_cookie_of("taste"), "sweet");
    fb_assert_status(fb_test_get("/"), 200);
    fb_test_cookie("taste", NULL);
    ck_assert_ptr_null(fb_test_cookie_of("taste"));
}
END_TEST

START_TEST(a_template_draws_what_it_is_given)
{
    const struct error_view view = {
        .status = 404, .title = "<Title>", .what = "What", .what_next = "Next"};

    fb_assert_has(fb_test_render(error_html, &view), "&lt;Title&gt;");
}
END_TEST

FB_TEST_MAIN("site", the_front_page_shows_posts,
             a_post_that_is_not_there_is_a_404_with_the_sites_own_page,
             a_comment_is_stored_and_shown_as_text,
             what_a_test_has_written_is_gone_with_it,
             a_comment_without_a_text_is_shown_again,
             a_comment_from_another_site_is_refused,
             an_input_is_read_as_a_browser_reads_it,
             another_method_is_refused_and_the_right_ones_are_named,
             a_cookie_is_kept_until_it_is_taken_away,
             a_template_draws_what_it_is_given)
