/*
 * Characters, cursors and search terms: appserver/engine/characters.c,
 * paging.c, search.c; and how much a form may need: forms.c
 */

#include "unit.h"

#include <foobar/foobar.h>

#include <string.h>

#include "characters.h"
#include "forms.h"
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

/* Written as bytes: an editor would obey them. */
static const char right_to_left[] = {'a',        (char)0xe2, (char)0x80,
                                     (char)0xae, 'b',        '\0'};
static const char isolate[] = {'a',        (char)0xe2, (char)0x81,
                               (char)0xa6, 'b',        '\0'};

static const struct {
    const char *text;
    size_t count;
    bool is_visible;
    bool fits_line;
    bool fits_lines;
} texts[] = {
    {"", 0, false, true, true},
    {"abc", 3, true, true, true},
    {" \t\n", 3, false, false, true},
    {"\303\251\360\237\230\200", 2, true, true, true},
    {"\342\200\213\302\240", 2, false, true, true},
    {"a\007", 2, true, false, false},
    {"a\302\205", 2, true, false, false},
    {right_to_left, 3, true, false, false},
    {isolate, 3, true, false, false},
    {"a\nb", 3, true, false, true},
};

START_TEST(characters_are_counted_seen_and_refused)
{
    const char *text = texts[_i].text;

    ck_assert_uint_eq(characters_count(text), texts[_i].count);
    ck_assert_int_eq(characters_are_visible(text), texts[_i].is_visible);
    ck_assert_int_eq(!characters_have_controls(text, false),
                     texts[_i].fits_line);
    ck_assert_int_eq(!characters_have_controls(text, true),
                     texts[_i].fits_lines);
}
END_TEST

static const char *const composed[][2] = {
    {"", ""},
    {"plain", "plain"},
    {"\303\251", "\303\251"},
    {"e\314\201", "\303\251"},
    {"\341\204\222\341\205\241\341\206\253", "\355\225\234"},
    {"\342\204\253", "\303\205"},     /* the sign for angstrom is a letter */
    {"\357\254\201", "\357\254\201"}, /* a ligature stays one */
    {"\340\245\230", "\340\244\225\340\244\274"}, /* one that stays apart */
};

START_TEST(a_letter_and_its_mark_become_one_character)
{
    ck_assert_str_eq(characters_compose(&arena, composed[_i][0]),
                     composed[_i][1]);
}
END_TEST

static const char *const tidied[][2] = {
    {"", ""},
    {"  a  ", "a"},
    {"\r\n a \r\n b \n\t", "a \n b"},
    {"a\rb\r\nc", "a\nb\nc"},
    {"\r\r", ""},
};

START_TEST(ends_are_trimmed_and_lines_end_alike)
{
    ck_assert_str_eq(characters_tidy(&arena, tidied[_i][0]), tidied[_i][1]);
}
END_TEST

START_TEST(a_text_beyond_the_memory_limit_is_null)
{
    static char text[100000];

    memset(text, 'a', sizeof(text) - 1);
    arena.limit = 50000;
    ck_assert_ptr_null(characters_tidy(&arena, text));
    text[0] = (char)0xcc;
    text[1] = (char)0x81;
    ck_assert_ptr_null(characters_compose(&arena, text));
}
END_TEST

static const struct {
    const char *key;
    int64_t id;
} places[] = {
    {NULL, 0},          {NULL, 7},
    {NULL, -1},         {NULL, INT64_MAX},
    {NULL, INT64_MIN},  {"2026-03-05 14:02:11.000001", 42},
    {"' OR 1=1 --", 1}, {"\303\251\360\237\230\200", 2},
};

START_TEST(a_cursor_says_the_place_that_it_was_made_of)
{
    struct form_field field = {"after", NULL};
    struct fb_place place;

    field.value = fb_cursor(&request, places[_i].key, places[_i].id);
    ck_assert_uint_eq(strspn(field.value, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                          "abcdefghijklmnopqrstuvwxyz"
                                          "0123456789-_"),
                      strlen(field.value));
    request.query = (struct form){&field, 1};
    ck_assert(fb_place(&request, &place));
    ck_assert(!place.is_first && !place.is_before);
    ck_assert_int_eq(place.id, places[_i].id);
    ck_assert_pstr_eq(place.key, places[_i].key);
}
END_TEST

static const char *const no_cursors[] = {
    "",
    "A",
    "AAAAAAAAAA",
    "AAAAAAAAAAA=",
    "AAAAAAAAAA+",
    "AAAAAAAAAAA ",
    "AAAAAAAAAAAAAAA",
    "AAAAAAAAAAD_",
};

START_TEST(what_is_no_cursor_is_refused)
{
    struct form_field field = {"before", no_cursors[_i]};
    struct fb_place place;

    request.query = (struct form){&field, 1};
    ck_assert(!fb_place(&request, &place));
}
END_TEST

static const struct {
    const char *words;
    const char *terms; /* NULL: there is nothing to look for */
} searches[] = {
    {NULL, NULL},
    {"", NULL},
    {"a of the", NULL},
    {"+-<>()~*\"@", NULL},
    {"oak", "+oak*"},
    {"oak chair", "+oak* +chair*"},
    {"oak-chair", "+oak* +chair*"},
    {"\"the oak\" (chair*", "+oak* +chair*"},
    {"Gr\303\266\303\237e", "+Gr\303\266\303\237e*"},
    {"o'clock", "+clock*"},
    {"one two three four five six seven eight nine",
     "+one* +two* +three* +four* +five* +six* +seven* +eight*"},
    {"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaabbb",
     "+aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa*"},
};

START_TEST(words_become_terms_without_operators)
{
    ck_assert_pstr_eq(fb_search_terms(&request, searches[_i].words),
                      searches[_i].terms);
}
END_TEST

START_TEST(a_form_needs_twelve_bytes_a_character_and_its_names)
{
    static const struct fb_field fields[] = {
        {.name = "text", .kind = FB_LINES, .label = "Text", .most = 1000},
        {.name = "mail", .kind = FB_EMAIL, .label = "Mail"},
    };
    const struct fb_form_type type = {.fields = fields, .field_count = 2};
    size_t bytes = forms_body_bytes(&type);

    ck_assert_uint_ge(bytes, 12000 + 3 * 254 + strlen("text=&mail=&"));
    ck_assert_uint_le(bytes, 12000 + 3 * 254 + 300);
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_loop_test(tests, characters_are_counted_seen_and_refused, 0,
                        UNIT_ROWS(texts));
    tcase_add_loop_test(tests, a_letter_and_its_mark_become_one_character, 0,
                        UNIT_ROWS(composed));
    tcase_add_loop_test(tests, ends_are_trimmed_and_lines_end_alike, 0,
                        UNIT_ROWS(tidied));
    tcase_add_test(tests, a_text_beyond_the_memory_limit_is_null);
    tcase_add_loop_test(tests, a_cursor_says_the_place_that_it_was_made_of, 0,
                        UNIT_ROWS(places));
    tcase_add_loop_test(tests, what_is_no_cursor_is_refused, 0,
                        UNIT_ROWS(no_cursors));
    tcase_add_loop_test(tests, words_become_terms_without_operators, 0,
                        UNIT_ROWS(searches));
    tcase_add_test(tests, a_form_needs_twelve_bytes_a_character_and_its_names);
}

UNIT_MAIN("forms", add_tests)
