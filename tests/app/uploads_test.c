/*
 * Uploads without a server: the application of the tests of uploads, asked by
 * fb_test_upload(). It is linked with that application and run by
 * engine_uploads_handlers.test.
 */

#include <foobar/test.h>

#include <stdio.h>
#include <string.h>

#include "../pictures.h"

START_TEST(a_file_is_published_and_sent)
{
    const struct fb_test_file file = {"paper", "../a.txt", "words\0", 5};
    const struct fb_test_reply *reply;
    const char *where;

    reply = fb_test_upload("/paper", &file, {"title", "T"});
    fb_assert_status(reply, 303);
    ck_assert_str_eq(fb_test_header_of(reply, "X-Name"), "a.txt");
    where = fb_test_header_of(reply, "Location");
    ck_assert_str_eq(where + strlen(where) - 4, ".txt");
    reply = fb_test_get(where);
    fb_assert_status(reply, 200);
    ck_assert_str_eq(reply->body, "words");
    ck_assert_str_eq(fb_test_sql_value("SELECT COUNT(*) FROM file_uses"), "1");
}
END_TEST

START_TEST(a_large_file_goes_through_the_spool)
{
    size_t size = (size_t)1 << 20;
    char *bytes = picture_must(malloc(size));
    struct fb_test_file file = {"paper", "a.txt", bytes, size};
    const struct fb_test_reply *reply;

    memset(bytes, 'x', size);
    reply = fb_test_upload("/paper", &file, {"title", "T"});
    fb_assert_status(reply, 303);
    reply = fb_test_get(fb_test_header_of(reply, "Location"));
    ck_assert_uint_eq(reply->length, size);
    ck_assert_mem_eq(reply->body, bytes, size);
    free(bytes);
}
END_TEST

START_TEST(a_wrong_file_is_told_beside_its_field)
{
    const struct fb_test_file file = {"paper", "a.pdf", "\1\2\3", 3};
    const struct fb_test_reply *reply = fb_test_upload("/paper", &file);

    fb_assert_status(reply, 422);
    fb_assert_has(reply, "Your paper must be a file of the kind pdf, txt, png");
    fb_assert_has(reply, "Enter title");
}
END_TEST

START_TEST(a_picture_is_drawn_anew)
{
    struct picture_file jpeg = picture_jpeg(300, 100, 8, 0);
    struct fb_test_file file = {"picture", "me.jpg", jpeg.bytes, jpeg.length};
    const struct fb_test_reply *reply;
    const char *url;
    char path[128];

    reply = fb_test_upload("/picture", &file);
    fb_assert_status(reply, 200);
    fb_assert_has(reply, "64x192 /files/");
    fb_assert_has(reply, "100x300 /files/");
    url = strstr(reply->body, "/files/");
    snprintf(path, sizeof(path), "%.*s", (int)strcspn(url, "\n"), url);
    reply = fb_test_get(path);
    fb_assert_status(reply, 200);
    ck_assert_str_eq(reply->type, "image/webp");
    ck_assert_ptr_null(memmem(reply->body, reply->length, PICTURE_SECRET,
                              strlen(PICTURE_SECRET)));
    free(jpeg.bytes);
}
END_TEST

FB_TEST_MAIN("uploads without a server", a_file_is_published_and_sent,
             a_large_file_goes_through_the_spool,
             a_wrong_file_is_told_beside_its_field, a_picture_is_drawn_anew)
