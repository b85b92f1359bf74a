/*
 * JPEG, by libjpeg-turbo. What is much larger than wanted is decoded at a half,
 * a quarter or an eighth, which the format offers nearly for nothing.
 *
 * libjpeg goes on with grey where data are missing; here that is an error. It
 * also decodes a file of a few bytes a thousand times over if that calls for
 * so many scans; here it may be as many as real pictures have.
 */

#include "picture_format.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>

#include <jerror.h>

#include "exif.h"

#define SCANS_MOST 64

struct jpeg {
    struct jpeg_decompress_struct base; /* first: it is cast back */
    struct jpeg_error_mgr errors;
    struct jpeg_progress_mgr progress;
    struct picture_reading *reading;
    unsigned char *row;
    unsigned char *pixels; /* the row as red, green, blue, opacity */
    JOCTET *profile;
    jmp_buf escape;
};

static void fail(j_common_ptr base)
{
    longjmp(((struct jpeg *)base)->escape, 1);
}

/* Level -1 is a warning: those that say that data are missing are errors. */
static void look_at_message(j_common_ptr base, int level)
{
    int code = base->err->msg_code;

    if (level < 0 && (code == JWRN_JPEG_EOF || code == JWRN_HIT_MARKER)) {
        fail(base);
    }
}

static void say_nothing(j_common_ptr base)
{
    (void)base;
}

static void count_scans(j_common_ptr base)
{
    if (((struct jpeg *)base)->base.input_scan_number > SCANS_MOST) {
        fail(base);
    }
}

static void set_up(struct jpeg *jpeg)
{
    jpeg->base.err = jpeg_std_error(&jpeg->errors);
    jpeg->errors.error_exit = fail;
    jpeg->errors.emit_message = look_at_message;
    jpeg->errors.output_message = say_nothing;
}

static void read_exif(struct jpeg *jpeg)
{
    jpeg_saved_marker_ptr marker;

    for (marker = jpeg->base.marker_list; marker != NULL;
         marker = marker->next) {
        if (marker->marker == JPEG_APP0 + 1 && marker->data_length >= 6 &&
            memcmp(marker->data, "Exif\0\0", 6) == 0) {
            jpeg->reading->orientation =
                exif_orientation(marker->data, marker->data_length);
            return;
        }
    }
}

static void read_profile(struct jpeg *jpeg)
{
    unsigned length;

    if (jpeg_read_icc_profile(&jpeg->base, &jpeg->profile, &length) &&
        (jpeg->base.jpeg_color_space == JCS_YCbCr ||
         jpeg->base.jpeg_color_space == JCS_RGB)) {
        picture_keep_profile(jpeg->reading, jpeg->profile, length);
    }
}

/* The smallest that libjpeg makes by itself and that is large enough. */
static void choose_scale(struct jpeg *jpeg)
{
    struct picture_reading *reading = jpeg->reading;
    unsigned part = 8;
    unsigned width;
    unsigned height;

    picture_target(reading, &width, &height);
    while (part > 1 &&
           (reading->width / part < width || reading->height / part < height)) {
        part /= 2;
    }
    jpeg->base.scale_num = 1;
    jpeg->base.scale_denom = part;
}

/* Adobe writes its four colours the other way round, as if on black. */
static void convert_cmyk(struct jpeg *jpeg)
{
    const unsigned char *from = jpeg->row;
    unsigned char *to = jpeg->pixels;
    bool is_inverted = jpeg->base.saw_Adobe_marker;
    unsigned x;
    unsigned i;

    for (x = 0; x < jpeg->base.output_width; x++) {
        unsigned black = is_inverted ? from[3] : 255U - from[3];

        for (i = 0; i < 3; i++) {
            unsigned ink = is_inverted ? from[i] : 255U - from[i];

            to[i] = (unsigned char)(ink * black / 255);
        }
        to[3] = 255;
        from += 4;
        to += 4;
    }
}

static void read_rows(struct jpeg *jpeg)
{
    size_t bytes = (size_t)jpeg->base.output_width * 4;
    bool is_cmyk = jpeg->base.out_color_space == JCS_CMYK;

    jpeg->row = malloc(bytes);
    jpeg->pixels = is_cmyk ? malloc(bytes) : NULL;
    if (jpeg->row == NULL || (is_cmyk && jpeg->pixels == NULL)) {
        fail((j_common_ptr)&jpeg->base);
    }
    while (jpeg->base.output_scanline < jpeg->base.output_height) {
        jpeg_read_scanlines(&jpeg->base, &jpeg->row, 1);
        if (is_cmyk) {
            convert_cmyk(jpeg);
        }
        picture_row(jpeg->reading, is_cmyk ? jpeg->pixels : jpeg->row);
    }
}

static enum picture_result decode(struct jpeg *jpeg)
{
    struct picture_reading *reading = jpeg->reading;
    enum picture_result result;

    jpeg_mem_src(&jpeg->base, reading->bytes, reading->length);
    jpeg_save_markers(&jpeg->base, JPEG_APP0 + 1, 0xFFFF);
    jpeg_save_markers(&jpeg->base, JPEG_APP0 + 2, 0xFFFF);
    jpeg->progress.progress_monitor = count_scans;
    jpeg->base.progress = &jpeg->progress;
    jpeg_read_header(&jpeg->base, TRUE);
    reading->width = jpeg->base.image_width;
    reading->height = jpeg->base.image_height;
    read_exif(jpeg);
    result = picture_check(reading);
    if (result != PICTURE_OK) {
        return result;
    }
    read_profile(jpeg);
    choose_scale(jpeg);
    jpeg->base.out_color_space =
        jpeg->base.num_components == 4 ? JCS_CMYK : JCS_EXT_RGBA;
    jpeg_start_decompress(&jpeg->base);
    result = picture_begin(reading, jpeg->base.output_width,
                           jpeg->base.output_height);
    if (result == PICTURE_OK) {
        read_rows(jpeg);
        jpeg_finish_decompress(&jpeg->base);
    }
    return result;
}

enum picture_result picture_read_jpeg(struct picture_reading *reading)
{
    struct jpeg *jpeg = calloc(1, sizeof(*jpeg));
    volatile enum picture_result result = PICTURE_DAMAGED;

    if (jpeg == NULL) {
        return PICTURE_TOO_LARGE;
    }
    jpeg->reading = reading;
    set_up(jpeg);
    if (setjmp(jpeg->escape) == 0) {
        jpeg_create_decompress(&jpeg->base);
        result = decode(jpeg);
    }
    jpeg_destroy_decompress(&jpeg->base);
    free(jpeg->row);
    free(jpeg->pixels);
    free(jpeg->profile);
    free(jpeg);
    return result;
}
