/* The notes as a visitor sees them, without a server. */

#include <foobar/test.h>

#include "pages.h"
#include "templates.h"
#include "views.h"

START_TEST(a_page_without_notes_says_so)
{
    const struct fb_test_reply *reply = fb_test_get("/");

    fb_assert_status(reply, 200);
    fb_assert_has(reply, "There are no notes yet.");
}
END_TEST

START_TEST(a_note_that_was_added_is_shown)
{
    const struct fb_test_reply *reply;

    reply = fb_test_post("/notes", {"title", "Milk"}, {"text", "Two bottles"});
    fb_assert_status(reply, 303);
    reply = fb_test_get(fb_test_header_of(reply, "Location"));
    fb_assert_has(reply, "<h2>Milk</h2>");
    fb_assert_has(reply, "Two bottles");
}
END_TEST

START_TEST(a_note_without_a_title_comes_back_as_it_was_typed)
{
    const struct fb_test_reply *reply =
        fb_test_post("/notes", {"title", ""}, {"text", "Two bottles"});

    fb_assert_status(reply, 422);
    fb_assert_has(reply, "The note was not added");
    fb_assert_has(reply, "Two bottles</textarea>");
    ck_assert_str_eq(fb_test_sql_value("SELECT COUNT(*) FROM notes"), "0");
}
END_TEST

START_TEST(the_text_of_a_note_is_markdown_and_its_html_is_text)
{
    const struct fb_test_reply *reply;

    fb_test_post("/notes", {"title", "Milk"}, {"text", "**Two** <i>bottles"});
    reply = fb_test_get("/");
    fb_assert_has(reply, "<strong>Two</strong> &lt;i&gt;bottles");
}
END_TEST

START_TEST(a_program_reads_and_writes_json)
{
    const struct fb_test_reply *reply;

    fb_test_header("Accept", "application/json");
    reply = fb_test_send("POST", "/notes", "application/json",
                         "{\"title\": \"Milk\", \"text\": \"Two\"}");
    fb_assert_status(reply, 303);
    fb_assert_has(fb_test_get("/"), "{\"title\":\"Milk\",\"html\":\"");
    reply = fb_test_send("POST", "/notes", "application/json", "{}");
    fb_assert_status(reply, 422);
    fb_assert_has(reply,
                  "{\"pointer\":\"#/title\",\"detail\":\"Enter title\"}");
}
END_TEST

START_TEST(markup_in_a_note_is_text)
{
    const struct note_view note = {.title = "<script>"};
    const struct home_view view = {
        .notes = &note,
        .note_count = 1,
        .form = fb_form_blank(fb_test_request(), &note_form)};

    fb_assert_has(fb_test_render(home_html, &view), "<h2>&lt;script&gt;</h2>");
}
END_TEST

START_TEST(what_is_not_there_is_not_found)
{
    fb_assert_status(fb_test_get("/nowhere"), 404);
}
END_TEST

FB_TEST_MAIN("notes", a_page_without_notes_says_so,
             a_note_that_was_added_is_shown,
             a_note_without_a_title_comes_back_as_it_was_typed,
             the_text_of_a_note_is_markdown_and_its_html_is_text,
             a_program_reads_and_writes_json, markup_in_a_note_is_text,
             what_is_not_there_is_not_found)
