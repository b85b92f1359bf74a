/* Pictures drawn from names: site/avatar.c */

#include <foobar/test.h>

#include "avatar.h"

#include <string.h>

static const struct {
    const char *name;
    const char *letters;
} names[] = {
    {"Ada Lindqvist", "AL"},
    {"ada", "a"},
    {"Sanne \"Sanding\" Vos", "SV"},
    {"  two   words  ", "tw"},
    {"Søren Ågård", "SÅ"},
    {"Ōe Kenzaburō", "ŌK"},
    {"3M", "3"},
    {"Иван Петров", "ИП"},
    /* one is enough where letters join, or fill a square */
    {"مريم الحداد", "م"},
    {"יעל ברק", "י"},
    {"山田 太郎", "山"},
    {"山田 Taro", "山"},
    {"Taro 山田", "T"},
    {"😀 smile", "😀"},
    /* nothing to draw, and nothing is read beyond the end */
    {"", ""},
    {"...", ""},
    {"\xF0\x9F", ""},
    {"A \xE5", "A"},
};

START_TEST(its_letters_are_those_of_the_first_and_the_last_word)
{
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        char letters[AVATAR_LETTERS_SIZE];

        memset(letters, 'x', sizeof(letters));
        avatar_letters(names[i].name, letters);
        ck_assert_str_eq(letters, names[i].letters);
    }
}
END_TEST

START_TEST(each_tint_is_somebodys_and_there_are_no_others)
{
    unsigned seen = 0;

    for (char name[] = "a"; name[0] <= 'z'; name[0]++) {
        ck_assert_uint_lt(avatar_tint(name), AVATAR_TINTS);
        seen |= 1U << avatar_tint(name);
    }
    ck_assert_uint_eq(seen, (1U << AVATAR_TINTS) - 1);
}
END_TEST

START_TEST(a_picture_that_was_sent_comes_in_its_place)
{
    const struct fb_test_reply *reply =
        fb_test_render(avatar_html, "Ada Lindqvist", "/files/one.png");

    fb_assert_has(reply, "src=\"/files/one.png\"");
    fb_assert_has_not(reply, "<svg");
    fb_assert_has(fb_test_render(avatar_html, "Ada Lindqvist", ""),
                  ">AL</text>");
}
END_TEST

START_TEST(it_is_drawn_beside_each_name_and_read_aloud_nowhere)
{
    const struct fb_test_reply *reply = fb_test_get("/posts/1");

    fb_assert_has(reply, "aria-hidden=\"true\"><rect");
    fb_assert_has(reply, ">CO</text></svg>");
    fb_assert_has_not(reply, "style=");
}
END_TEST

FB_TEST_MAIN("avatars", its_letters_are_those_of_the_first_and_the_last_word,
             each_tint_is_somebodys_and_there_are_no_others,
             a_picture_that_was_sent_comes_in_its_place,
             it_is_drawn_beside_each_name_and_read_aloud_nowhere)
