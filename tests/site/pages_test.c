/* Pages of the site, called without a server, on the demo data. */

#include <foobar/test.h>

#include <string.h>

#include "templates.h"
#include "views.h"

#include "../pictures.h"

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

/* ------------------------------------------------------------- the picture */

static void log_in_as_a_member(void)
{
    char sql[256];

    snprintf(sql, sizeof(sql),
             "INSERT INTO members (handle, name, joined_at, account_id) "
             "VALUES ('face', 'Fay', UTC_TIMESTAMP(6), %lld)",
             (long long)fb_test_log_in("fay@example.org", NULL));
    fb_test_sql(sql);
}

START_TEST(a_member_shows_a_picture_of_himself)
{
    struct picture_file jpeg = picture_jpeg(400, 400, 6, 0);
    struct fb_test_file file = {"picture", "me.jpg", jpeg.bytes, jpeg.length};
    const struct fb_test_reply *reply;
    const char *first;

    log_in_as_a_member();
    reply = fb_test_upload("/me/picture", &file);
    fb_assert_status(reply, 303);
    first = fb_test_sql_value("SELECT picture FROM members "
                              "WHERE handle = 'face'");
    fb_assert_has(fb_test_get("/me"), first);
    reply = fb_test_get(first);
    fb_assert_status(reply, 200);
    ck_assert_str_eq(reply->type, "image/webp");
    ck_assert_ptr_null(memmem(reply->body, reply->length, PICTURE_SECRET, 3));
    free(jpeg.bytes);

    /* Another one comes in its place. */
    jpeg = picture_jpeg(300, 200, 0, 0);
    file.bytes = jpeg.bytes;
    file.size = jpeg.length;
    fb_assert_status(fb_test_upload("/me/picture", &file), 303);
    fb_assert_status(fb_test_get(first), 404);
    ck_assert_str_eq(fb_test_sql_value("SELECT COUNT(*) FROM file_uses"), "1");
    free(jpeg.bytes);
}
END_TEST

START_TEST(what_is_no_picture_is_told_on_the_members_page)
{
    static const char svg[] = "<svg onload='alert(1)'/>";
    const struct fb_test_file file = {"picture", "me.png", svg, sizeof(svg)};
    const struct fb_test_reply *reply;

    log_in_as_a_member();
    reply = fb_test_upload("/me/picture", &file);
    fb_assert_status(reply, 422);
    fb_assert_has(reply, "A picture of you must be a picture: a JPEG, PNG or");
    fb_test_header("Accept-Language", "de");
    fb_assert_has(fb_test_upload("/me/picture", &file), "muss ein Bild sein");
}
END_TEST

START_TEST(a_stranger_sends_no_picture)
{
    const struct fb_test_file file = {"picture", "me.png", "x", 1};

    fb_assert_status(fb_test_upload("/me/picture", &file), 401);
    ck_assert_str_eq(fb_test_sql_value("SELECT COUNT(*) FROM files"), "0");
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
             a_template_draws_what_it_is_given,
             a_member_shows_a_picture_of_himself,
             what_is_no_picture_is_told_on_the_members_page,
             a_stranger_sends_no_picture)
