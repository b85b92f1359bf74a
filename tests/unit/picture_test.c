/* Pictures drawn anew: engine/picture.c, its readers, picture_scale.c, exif.c */

#include "unit.h"

#include <lcms2.h>
#include <math.h>
#include <string.h>
#include <webp/decode.h>

#include "exif.h"
#include "picture.h"

#include "../pictures.h"

#define NEAR 12 /* what JPEG and WebP may change of a field of colour */

static const struct picture_limits limits = {.pixels = 1000000, .width = 64};

/* ------------------------------------------------------------------- scaling */

static void check_pixel(const struct picture_pixels *pixels, unsigned x,
                        unsigned y, const unsigned char *color, int near)
{
    const unsigned char *pixel =
        pixels->bytes + ((size_t)y * pixels->width + x) * 4;
    int i;

    for (i = 0; i < 3; i++) {
        ck_assert_msg(abs(pixel[i] - color[i]) <= near,
                      "%u, %u: %u %u %u instead of %u %u %u", x, y, pixel[0],
                      pixel[1], pixel[2], color[0], color[1], color[2]);
    }
}

START_TEST(a_fine_pattern_keeps_its_light)
{
    unsigned char board[16 * 4];
    struct picture_pixels from = {4, 4, board};
    struct picture_pixels to;
    unsigned i;

    for (i = 0; i < 16; i++) {
        memset(board + (size_t)i * 4, (i + i / 4) % 2 ? 255 : 0, 3);
        board[i * 4 + 3] = 255;
    }
    ck_assert(picture_scale_pixels(&from, 2, 2, &to));
    for (i = 0; i < 4; i++) {
        /* Half the light of white is 188 of 255, and not 128. */
        ck_assert_uint_eq(to.bytes[i * 4], 188);
        ck_assert_uint_eq(to.bytes[i * 4 + 3], 255);
    }
    free(to.bytes);
}
END_TEST

START_TEST(what_cannot_be_seen_gives_no_color)
{
    unsigned char pixels[8] = {255, 0, 0, 255, 0, 255, 0, 0};
    struct picture_pixels from = {2, 1, pixels};
    struct picture_pixels to;

    ck_assert(picture_scale_pixels(&from, 1, 1, &to));
    ck_assert_uint_eq(to.bytes[0], 255);
    ck_assert_uint_eq(to.bytes[1], 0);
    ck_assert_uint_eq(to.bytes[3], 128);
    free(to.bytes);
}
END_TEST

START_TEST(a_picture_of_its_own_size_stays_as_it_is)
{
    unsigned char *pixels = picture_rgba(9, 7, 255);
    struct picture_pixels from = {9, 7, pixels};
    struct picture_pixels to;

    ck_assert(picture_scale_pixels(&from, 9, 7, &to));
    ck_assert_mem_eq(to.bytes, pixels, 9 * 7 * 4);
    free(to.bytes);
    free(pixels);
}
END_TEST

/* Sizes that do not divide: a plain color must come out everywhere. */
START_TEST(a_plain_field_stays_plain_at_any_size)
{
    unsigned char pixels[31 * 17 * 4];
    struct picture_pixels from = {31, 17, pixels};
    struct picture_pixels to;
    unsigned width;
    unsigned height;
    size_t i;

    memset(pixels, 200, sizeof(pixels));
    for (width = 1; width <= 31; width++) {
        for (height = 1; height <= 17; height++) {
            ck_assert(picture_scale_pixels(&from, width, height, &to));
            for (i = 0; i < (size_t)width * height * 4; i++) {
                ck_assert_int_le(abs(to.bytes[i] - 200), 1);
            }
            free(to.bytes);
        }
    }
}
END_TEST

START_TEST(a_picture_that_lacks_rows_is_none)
{
    struct picture_scale scale;
    struct picture_pixels to;
    unsigned char row[16] = {0};

    ck_assert(picture_scale_begin(&scale, 4, 4, 2, 2));
    picture_scale_row(&scale, row);
    picture_scale_row(&scale, row);
    picture_scale_row(&scale, row);
    ck_assert(!picture_scale_end(&scale, &to));
}
END_TEST

/* ------------------------------------------------------------------ formats */

static struct picture_file make_file(int kind, unsigned width, unsigned height)
{
    switch (kind) {
    case 0:
        return picture_jpeg(width, height, 0, 0);
    case 1:
        return picture_jpeg(width, height, 0, 1);
    case 2:
        return picture_png(width, height, 255, 0);
    case 3:
        return picture_png(width, height, 255, 1);
    default:
        return picture_webp(width, height);
    }
}

#define KINDS 5

static void check_fields(const struct picture_pixels *pixels,
                         const char *corners)
{
    static const unsigned char colors[][3] = {
        {255, 0, 0}, {0, 255, 0}, {0, 0, 255}, {255, 255, 255}};
    static const char letters[] = "rgbw";
    unsigned i;

    for (i = 0; i < 4; i++) {
        unsigned x = pixels->width * (1 + 2 * (i % 2)) / 4;
        unsigned y = pixels->height * (1 + 2 * (i / 2)) / 4;

        check_pixel(pixels, x, y, colors[strchr(letters, corners[i]) - letters],
                    NEAR);
    }
}

START_TEST(every_format_is_read_at_every_size)
{
    static const unsigned sizes[][2] = {{1, 1},     {2, 3},     {8, 8},
                                        {63, 64},   {64, 40},   {65, 30},
                                        {640, 400}, {1000, 999}};
    size_t i;

    for (i = 0; i < UNIT_ROWS(sizes); i++) {
        unsigned width = sizes[i][0];
        unsigned height = sizes[i][1];
        struct picture_file file = make_file(_i, width, height);
        struct picture_pixels pixels;
        unsigned made = width < 64 ? width : 64;

        ck_assert_int_eq(
            picture_read(file.bytes, file.length, &limits, &pixels),
            PICTURE_OK);
        ck_assert_uint_eq(pixels.width, made);
        ck_assert_uint_eq(pixels.height, (height * made + width / 2) / width);
        if (width >= 40) {
            check_fields(&pixels, "rgbw");
        }
        free(pixels.bytes);
        free(file.bytes);
    }
}
END_TEST

static const struct {
    unsigned orientation;
    const char *corners;
    bool is_turned;
} turns[] = {
    {1, "rgbw", false}, {2, "grwb", false}, {3, "wbgr", false},
    {4, "bwrg", false}, {5, "rbgw", true},  {6, "brwg", true},
    {7, "wgbr", true},  {8, "gwrb", true},
};

START_TEST(a_picture_is_turned_upright)
{
    struct picture_file file = picture_jpeg(160, 80, turns[_i].orientation, 0);
    struct picture_pixels pixels;

    ck_assert_int_eq(picture_read(file.bytes, file.length, &limits, &pixels),
                     PICTURE_OK);
    ck_assert_uint_eq(pixels.width, 64);
    ck_assert_uint_eq(pixels.height, turns[_i].is_turned ? 128 : 32);
    check_fields(&pixels, turns[_i].corners);
    free(pixels.bytes);
    free(file.bytes);
}
END_TEST

START_TEST(what_is_made_holds_pixels_and_nothing_else)
{
    struct picture_file files[] = {picture_jpeg(100, 100, 6, 0),
                                   picture_png(100, 100, 255, 0)};
    size_t i;

    for (i = 0; i < UNIT_ROWS(files); i++) {
        struct picture_pixels pixels;
        unsigned char *made;
        size_t length;
        int width;
        int height;

        ck_assert_ptr_nonnull(memmem(files[i].bytes, files[i].length,
                                     PICTURE_SECRET, strlen(PICTURE_SECRET)));
        ck_assert_int_eq(
            picture_read(files[i].bytes, files[i].length, &limits, &pixels),
            PICTURE_OK);
        made = picture_write(&pixels, &length);
        ck_assert_ptr_nonnull(made);
        ck_assert(WebPGetInfo(made, length, &width, &height));
        ck_assert_int_eq(width, 64);
        ck_assert_ptr_null(memmem(made, length, PICTURE_SECRET, 3));
        ck_assert_ptr_null(memmem(made, length, "EXIF", 4));
        ck_assert_ptr_null(memmem(made, length, "ICCP", 4));
        free(made);
        free(pixels.bytes);
        free(files[i].bytes);
    }
}
END_TEST

START_TEST(what_is_see_through_stays_so)
{
    struct picture_file file = picture_png(64, 64, 100, 0);
    struct picture_pixels pixels;
    unsigned char *made;
    uint8_t *again;
    size_t length;
    int width;
    int height;

    ck_assert_int_eq(picture_read(file.bytes, file.length, &limits, &pixels),
                     PICTURE_OK);
    made = picture_write(&pixels, &length);
    again = WebPDecodeRGBA(made, length, &width, &height);
    ck_assert_ptr_nonnull(again);
    ck_assert_int_le(abs(again[3] - 100), 2);
    WebPFree(again);
    free(made);
    free(pixels.bytes);
    free(file.bytes);
}
END_TEST

/* A green that only a wider space has becomes the strongest that sRGB has. */
START_TEST(a_profile_is_followed_into_srgb)
{
    cmsCIExyY white = {0.3127, 0.3290, 1.0};
    cmsCIExyYTRIPLE primaries = {
        {0.64, 0.33, 1.0}, {0.21, 0.71, 1.0}, {0.15, 0.06, 1.0}};
    cmsToneCurve *curve = cmsBuildGamma(NULL, 2.2);
    cmsToneCurve *curves[] = {curve, curve, curve};
    cmsHPROFILE profile = cmsCreateRGBProfile(&white, &primaries, curves);
    struct spng_iccp chunk = {.profile_name = "wide"};
    struct spng_ihdr head = {.width = 1,
                             .height = 1,
                             .bit_depth = 8,
                             .color_type = SPNG_COLOR_TYPE_TRUECOLOR};
    static const unsigned char grey_green[] = {150, 200, 150};
    spng_ctx *png = spng_ctx_new(SPNG_CTX_ENCODER);
    struct picture_file file;
    struct picture_pixels pixels;
    cmsUInt32Number length = 0;
    int error = 0;

    cmsSaveProfileToMem(profile, NULL, &length);
    chunk.profile = picture_must(malloc(length));
    cmsSaveProfileToMem(profile, chunk.profile, &length);
    chunk.profile_len = length;
    spng_set_option(png, SPNG_ENCODE_TO_BUFFER, 1);
    spng_set_ihdr(png, &head);
    spng_set_iccp(png, &chunk);
    ck_assert_int_eq(spng_encode_image(png, grey_green, 3, SPNG_FMT_PNG,
                                       SPNG_ENCODE_FINALIZE),
                     0);
    file.bytes = spng_get_png_buffer(png, &file.length, &error);
    ck_assert_int_eq(picture_read(file.bytes, file.length, &limits, &pixels),
                     PICTURE_OK);
    /* More colorful in the smaller space: red and blue fall far below. */
    ck_assert_uint_lt(pixels.bytes[0], 130);
    ck_assert_uint_gt(pixels.bytes[1], 195);
    free(pixels.bytes);
    free(file.bytes);
    free(chunk.profile);
    spng_ctx_free(png);
    cmsCloseProfile(profile);
    cmsFreeToneCurve(curve);
}
END_TEST

/* ------------------------------------------------------------ hostile files */

START_TEST(a_picture_that_ends_too_early_is_damaged)
{
    struct picture_file file = make_file(_i, 50, 50);
    struct picture_pixels pixels;
    size_t length;

    for (length = 0; length < file.length - 14; length += 7) {
        enum picture_result result =
            picture_read(file.bytes, length, &limits, &pixels);

        ck_assert(result == PICTURE_DAMAGED || result == PICTURE_UNKNOWN);
    }
    free(file.bytes);
}
END_TEST

START_TEST(a_picture_with_wrong_bytes_harms_nobody)
{
    struct picture_file file = make_file(_i, 40, 40);
    struct picture_pixels pixels;
    size_t at;

    for (at = 0; at < file.length; at += file.length / 200 + 1) {
        file.bytes[at] ^= 0x55;
        if (picture_read(file.bytes, file.length, &limits, &pixels) ==
            PICTURE_OK) {
            ck_assert_uint_le(pixels.width, 64);
            free(pixels.bytes);
        }
        file.bytes[at] ^= 0x55;
    }
    free(file.bytes);
}
END_TEST

static const struct {
    uint32_t width;
    uint32_t height;
    enum picture_result result;
} claims[] = {
    {1000, 1000, PICTURE_DAMAGED}, /* as large as may be, and not all there */
    {1001, 1000, PICTURE_TOO_LARGE},
    {30000, 30000, PICTURE_TOO_LARGE},
    {32769, 1, PICTURE_TOO_LARGE},
    {0x7FFFFFFF, 0x7FFFFFFF, PICTURE_DAMAGED}, /* no PNG may say that */
    {700, 100, PICTURE_TOO_SLENDER},
    {100, 700, PICTURE_TOO_SLENDER},
    {0, 100, PICTURE_DAMAGED},
};

START_TEST(what_a_picture_claims_is_checked_before_it_is_read)
{
    struct picture_file file =
        picture_claim(claims[_i].width, claims[_i].height);
    struct picture_pixels pixels;

    ck_assert_int_eq(picture_read(file.bytes, file.length, &limits, &pixels),
                     claims[_i].result);
    free(file.bytes);
}
END_TEST

static const char *const strangers[] = {
    "",
    "<svg xmlns=\"http://www.w3.org/2000/svg\"/>",
    "<?xml version=\"1.0\"?><svg/>",
    "GIF89a\1\0\1\0",
    "%PDF-1.7",
    "BM",
    "words",
};

START_TEST(what_is_no_picture_of_ours_is_told)
{
    struct picture_pixels pixels;

    ck_assert_int_eq(picture_read((const unsigned char *)strangers[_i],
                                  strlen(strangers[_i]), &limits, &pixels),
                     PICTURE_UNKNOWN);
}
END_TEST

/* --------------------------------------------------------------------- Exif */

#define BLOCK(text) text, sizeof(text) - 1
#define BIG "MM\0*\0\0\0\010"
#define LITTLE "II*\0\010\0\0\0"

static const struct {
    const char *block;
    size_t length;
    unsigned orientation;
} blocks[] = {
    {BLOCK(BIG "\0\1\1\022\0\3\0\0\0\1\0\6\0\0"), 6},
    {BLOCK(LITTLE "\1\0\022\1\3\0\1\0\0\0\010\0\0\0"), 8},
    {BLOCK("Exif\0\0" LITTLE "\1\0\022\1\3\0\1\0\0\0\3\0\0\0"), 3},
    {BLOCK(LITTLE "\2\0\0\1\3\0\1\0\0\0\5\0\0\0\022\1\3\0\1\0\0\0\2\0\0\0"), 2},
    {BLOCK(""), 1},
    {BLOCK("Exif\0\0"), 1},
    {BLOCK(LITTLE), 1},
    {BLOCK(LITTLE "\1"), 1},
    {BLOCK(LITTLE "\1\0\022\1\3\0\1\0\0\0\010\0\0"), 1},
    {BLOCK(LITTLE "\1\0\022\1\3\0\1\0\0\0\011\0\0\0"), 1},
    {BLOCK(LITTLE "\1\0\022\1\3\0\1\0\0\0\0\0\0\0"), 1},
    {BLOCK(LITTLE "\1\0\022\1\4\0\1\0\0\0\3\0\0\0"), 1},
    {BLOCK(LITTLE "\377\377\0\1\3\0\1\0\0\0\3\0\0\0"), 1},
    {BLOCK("II*\0\377\377\377\377\1\0\022\1\3\0\1\0\0\0\3\0\0\0"), 1},
    {BLOCK("II*\0\0\0\0\0\1\0\022\1\3\0\1\0\0\0\3\0\0\0"), 1},
    {BLOCK("II+\0\010\0\0\0\1\0\022\1\3\0\1\0\0\0\3\0\0\0"), 1},
    {BLOCK("XX*\0\010\0\0\0\1\0\022\1\3\0\1\0\0\0\3\0\0\0"), 1},
};

START_TEST(which_way_up_is_read_or_taken_for_upright)
{
    /* Of its own memory, so that a byte too many is found. */
    unsigned char *copy = picture_must(malloc(blocks[_i].length + 1));

    memcpy(copy, blocks[_i].block, blocks[_i].length);
    ck_assert_uint_eq(exif_orientation(copy, blocks[_i].length),
                      blocks[_i].orientation);
    free(copy);
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, a_fine_pattern_keeps_its_light);
    tcase_add_test(tests, what_cannot_be_seen_gives_no_color);
    tcase_add_test(tests, a_picture_of_its_own_size_stays_as_it_is);
    tcase_add_test(tests, a_plain_field_stays_plain_at_any_size);
    tcase_add_test(tests, a_picture_that_lacks_rows_is_none);
    tcase_add_loop_test(tests, every_format_is_read_at_every_size, 0, KINDS);
    tcase_add_loop_test(tests, a_picture_is_turned_upright, 0,
                        UNIT_ROWS(turns));
    tcase_add_test(tests, what_is_made_holds_pixels_and_nothing_else);
    tcase_add_test(tests, what_is_see_through_stays_so);
    tcase_add_test(tests, a_profile_is_followed_into_srgb);
    tcase_add_loop_test(tests, a_picture_that_ends_too_early_is_damaged, 0,
                        KINDS);
    tcase_add_loop_test(tests, a_picture_with_wrong_bytes_harms_nobody, 0,
                        KINDS);
    tcase_add_loop_test(tests,
                        what_a_picture_claims_is_checked_before_it_is_read, 0,
                        UNIT_ROWS(claims));
    tcase_add_loop_test(tests, what_is_no_picture_of_ours_is_told, 0,
                        UNIT_ROWS(strangers));
    tcase_add_loop_test(tests, which_way_up_is_read_or_taken_for_upright, 0,
                        UNIT_ROWS(blocks));
}

UNIT_MAIN("pictures", add_tests)
