/* Atom feeds: appserver/engine/atom.c */

#include "unit.h"

#include <foobar/atom.h>
#include <foobar/locale.h>
#include <string.h>

#include "request.h"

static struct arena arena;
static struct fb_request request;

static void set_up(void)
{
    arena_init(&arena, 1 << 20);
    request_init(&request, &arena, NULL, NULL);
}

static void tear_down(void)
{
    arena_free(&arena);
}

static const struct fb_atom_feed feed = {
    .authority = "x.example,2026",
    .id = "posts",
    .title = "T",
    .path = "/feed.atom",
    .page = "/",
};

static const struct fb_atom_entry entry = {
    .id = "post-7",
    .title = "a<b>&\"c\001\013\177\357\277\277\355\240\200\342\202\254\rd",
    .author = "Zo\303\253",
    .path = "/posts/7?a=1&b=2",
    .summary = "]]>",
    .content = {"<p>x &amp; y</p>", 16},
    .published = FB_NO_TIME,
    .updated = 1772719331,
};

START_TEST(an_entry_cannot_be_ill_formed)
{
    fb_atom_begin(&request, &feed);
    fb_atom_entry(&request, &entry);
    request.finish(&request);
    fb_out_literal(&request.out, "", 1);
    ck_assert_str_eq(
        request.out.bytes,
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
        "<feed xmlns=\"http://www.w3.org/2005/Atom\">\n"
        "<id>tag:x.example,2026:posts</id>\n"
        "<title>T</title>\n"
        "<link rel=\"self\" type=\"application/atom+xml\" "
        "href=\"/feed.atom\"/>\n"
        "<link rel=\"alternate\" type=\"text/html\" href=\"/\"/>\n"
        "<updated>1970-01-01T00:00:00Z</updated>\n"
        "<entry>\n"
        "<id>tag:x.example,2026:post-7</id>\n"
        "<title>a&lt;b&gt;&amp;&quot;c\342\202\254&#13;d</title>\n"
        "<author><name>Zo\303\253</name></author>\n"
        "<link rel=\"alternate\" type=\"text/html\" "
        "href=\"/posts/7?a=1&amp;b=2\"/>\n"
        "<updated>2026-03-05T14:02:11Z</updated>\n"
        "<summary>]]&gt;</summary>\n"
        "<content type=\"html\">&lt;p&gt;x &amp;amp; y&lt;/p&gt;</content>\n"
        "</entry>\n"
        "</feed>\n");
    ck_assert_str_eq(request.content_type,
                     "application/atom+xml; charset=utf-8");
}
END_TEST

/* clang-format off */
#define ENTRY(...) \
    {.id = "a", .title = "b", .author = "c", .path = "/d", __VA_ARGS__}
/* clang-format on */

/* GCC says that a field is set twice; the second one is the mistake. */
#pragma GCC diagnostic ignored "-Woverride-init"
static const struct fb_atom_entry wrong[] = {
    ENTRY(.id = NULL),          ENTRY(.id = "a b"),
    ENTRY(.id = "\"/><x>"),     ENTRY(.title = NULL),
    ENTRY(.title = ""),         ENTRY(.author = NULL),
    ENTRY(.path = NULL),        ENTRY(.path = "//x.example/"),
    ENTRY(.path = "http://x/"), ENTRY(.updated = FB_NO_TIME),
};

START_TEST(what_the_standard_demands_cannot_be_left_out)
{
    fb_atom_begin(&request, &feed);
    request.escape_is_set = true;
    if (sigsetjmp(request.escape, 0) == 0) {
        fb_atom_entry(&request, &wrong[_i]);
        ck_abort_msg("entry %d was written", _i);
    }
    ck_assert_int_eq(request.escape_status, 500);
}
END_TEST

START_TEST(an_entry_needs_a_feed)
{
    request.escape_is_set = true;
    if (sigsetjmp(request.escape, 0) == 0) {
        fb_atom_entry(&request, &entry);
        ck_abort_msg("it was written");
    }
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, an_entry_cannot_be_ill_formed);
    tcase_add_loop_test(tests, what_the_standard_demands_cannot_be_left_out, 0,
                        UNIT_ROWS(wrong));
    tcase_add_test(tests, an_entry_needs_a_feed);
}

UNIT_MAIN("atom", add_tests)
