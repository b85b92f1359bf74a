/* What files are, and are called: engine/file_type.c, engine/file_name.c */

#include "unit.h"

#include <string.h>

#include "arena.h"
#include "characters.h"
#include "file_name.h"
#include "file_type.h"

#define BYTES(text) text, sizeof(text) - 1
#define ZIP "PK\003\004\024\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\010\0\0\0"

static const struct {
    const char *bytes;
    size_t length;
    const char *type;
} files[] = {
    {BYTES("\xFF\xD8\xFF\xE0\0\020JFIF"), "image/jpeg"},
    {BYTES("\x89PNG\r\n\x1A\n\0\0\0\rIHDR"), "image/png"},
    {BYTES("RIFF\x24\0\0\0WEBPVP8 "), "image/webp"},
    {BYTES("RIFF\x24\0\0\0WAVEfmt "), "audio/wav"},
    {BYTES("RIFF\x24\0\0\0AVI "), "application/octet-stream"},
    {BYTES("GIF89a\1\0\1\0"), "image/gif"},
    {BYTES("%PDF-1.7\n%\xE2\xE3"), "application/pdf"},
    {BYTES("PK\003\004\024\0"), "application/zip"},
    {BYTES(ZIP "mimetypeapplication/vnd.oasis.opendocument.text"),
     "application/vnd.oasis.opendocument.text"},
    {BYTES(ZIP "mimetypeapplication/vnd.oasis.opendocument.spreadsheet"),
     "application/vnd.oasis.opendocument.spreadsheet"},
    {BYTES(ZIP "mimetypeapplication/vnd.oasis"), "application/zip"},
    {BYTES("\x1F\x8B\x08\0"), "application/gzip"},
    {BYTES("\0\0\0\x20"
           "ftypisom"),
     "video/mp4"},
    {BYTES("\0\0\0\x20"
           "ftypheic"),
     "application/octet-stream"},
    {BYTES("just words\r\n\tand \xC3\xA4, \xE2\x82\xAC, \xF0\x9F\x98\x80"),
     "text/plain"},
    {BYTES("\xEF\xBB\xBFwith a mark"), "text/plain"},
    {BYTES("<!DOCTYPE html><script>alert(1)</script>"), "text/plain"},
    {BYTES("<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"x\"/>"),
     "text/plain"},
    {BYTES("<?php system($_GET[0]);"), "text/plain"},
    {BYTES("a\0b"), "application/octet-stream"},
    {BYTES("\x1B[31m"), "application/octet-stream"},
    {BYTES("latin \xE4"), "application/octet-stream"},
    {BYTES("cut \xE2\x82"), "application/octet-stream"},
    {BYTES("overlong \xC0\xAF"), "application/octet-stream"},
    {BYTES("overlong \xE0\x80\xAF"), "application/octet-stream"},
    {BYTES("surrogate \xED\xA0\x80"), "application/octet-stream"},
    {BYTES("above \xF4\x90\x80\x80"), "application/octet-stream"},
    {BYTES("\xFF\xFE"
           "a\0"),
     "application/octet-stream"},
    {BYTES("\x89PNG"), "application/octet-stream"},
    {BYTES(""), "application/octet-stream"},
};

START_TEST(the_type_of_a_file_is_told_from_its_bytes)
{
    const unsigned char *bytes = (const unsigned char *)files[_i].bytes;
    size_t step;
    size_t at;

    for (step = 1; step <= files[_i].length + 1; step++) {
        struct file_teller teller = {0};

        for (at = 0; at < files[_i].length; at += step) {
            size_t left = files[_i].length - at;

            file_teller_take(&teller, bytes + at, step < left ? step : left);
        }
        ck_assert_str_eq(file_teller_end(&teller)->type, files[_i].type);
    }
}
END_TEST

START_TEST(a_long_text_is_looked_at_to_its_end)
{
    static unsigned char text[100000];
    struct file_teller teller = {0};

    memset(text, 'a', sizeof(text));
    file_teller_take(&teller, text, sizeof(text));
    ck_assert_str_eq(file_teller_end(&teller)->type, "text/plain");
    text[sizeof(text) - 1] = '\0';
    file_teller_take(&teller, text, sizeof(text));
    ck_assert_str_eq(file_teller_end(&teller)->type,
                     "application/octet-stream");
}
END_TEST

START_TEST(a_type_is_found_by_its_whole_name)
{
    ck_assert_str_eq(file_type_find("image/png,text", 9)->ending, "png");
    ck_assert_str_eq(file_type_find("text/plain", 10)->ending, "txt");
    ck_assert_ptr_null(file_type_find("image/svg+xml", 13));
    ck_assert_ptr_null(file_type_find("text/html", 9));
    ck_assert_ptr_null(file_type_find("image/pn", 8));
    ck_assert_ptr_null(file_type_find("", 0));
}
END_TEST

static const struct {
    const char *sent;
    const char *label;
} names[] = {
    {"me.jpg", "me.jpg"},
    {"../../etc/passwd", "passwd"},
    {"C:\\Users\\me\\photo.png", "photo.png"},
    {"..\\..", ""},
    {"..", ""},
    {"/", ""},
    {"", ""},
    {".htaccess", "htaccess"},
    {"shell.php", "shell.php"},
    {"$(reboot).txt", "$(reboot).txt"},
    {"a\r\nSet-Cookie: b.txt", "aSet-Cookie: b.txt"},
    /* NOLINTNEXTLINE(misc-misleading-bidirectional): it is what is tested */
    {"evil\xE2\x80\xAEgpj.exe", "evilgpj.exe"},
    {"a\xE2\x80\xA8"
     "b",
     "ab"},
    {" spaces . ", "spaces"},
    {"A\xCC\x88.txt", "\xC3\x84.txt"},
};

START_TEST(the_name_of_a_file_is_a_label_without_tricks)
{
    struct arena arena;

    arena_init(&arena, 1 << 16);
    ck_assert_str_eq(file_name_clean(&arena, names[_i].sent), names[_i].label);
    arena_free(&arena);
}
END_TEST

START_TEST(a_long_name_is_cut_in_its_middle)
{
    char name[2 * 500 + sizeof(".jpg")];
    const char *label;
    struct arena arena;
    int i;

    for (i = 0; i < 500; i++) {
        name[2 * i] = (char)0xC3;
        name[2 * i + 1] = (char)0xA4;
    }
    memcpy(name + 1000, ".jpg", sizeof(".jpg"));
    arena_init(&arena, 1 << 16);
    label = file_name_clean(&arena, name);
    ck_assert_uint_eq(characters_count(label), FILE_NAME_CHARACTERS);
    ck_assert_str_eq(label + strlen(label) - 4, ".jpg");
    ck_assert_ptr_nonnull(strstr(label, "..."));
    arena_free(&arena);
}
END_TEST

START_TEST(the_ending_says_what_the_file_is)
{
    struct arena arena;

    arena_init(&arena, 1 << 16);
    ck_assert_str_eq(file_name_with_ending(&arena, "a.TXT", "txt"), "a.TXT");
    ck_assert_str_eq(file_name_with_ending(&arena, "a.php", "txt"),
                     "a.php.txt");
    ck_assert_str_eq(file_name_with_ending(&arena, "a", "txt"), "a.txt");
    arena_free(&arena);
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_loop_test(tests, the_type_of_a_file_is_told_from_its_bytes, 0,
                        UNIT_ROWS(files));
    tcase_add_test(tests, a_long_text_is_looked_at_to_its_end);
    tcase_add_test(tests, a_type_is_found_by_its_whole_name);
    tcase_add_loop_test(tests, the_name_of_a_file_is_a_label_without_tricks, 0,
                        UNIT_ROWS(names));
    tcase_add_test(tests, a_long_name_is_cut_in_its_middle);
    tcase_add_test(tests, the_ending_says_what_the_file_is);
}

UNIT_MAIN("files", add_tests)
