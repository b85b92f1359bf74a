/*
 * PNG, by libspng, which reads it row by row. One that is interlaced comes in
 * seven passes over the whole picture and is held as such.
 */

#include "picture_format.h"

#include <spng.h>
#include <stdlib.h>

#include "exif.h"

#define CHUNK_MOST ((size_t)4 << 20)  /* of a chunk that is no pixels */
#define CHUNKS_MOST ((size_t)8 << 20) /* of all of them */

static void read_extras(spng_ctx *png, const struct spng_ihdr *head,
                        struct picture_reading *reading)
{
    struct spng_exif exif;
    struct spng_iccp profile;
    bool is_grey = (head->color_type & SPNG_COLOR_TYPE_TRUECOLOR) == 0;

    if (spng_get_exif(png, &exif) == 0) {
        reading->orientation =
            exif_orientation((const unsigned char *)exif.data, exif.length);
    }
    if (!is_grey && spng_get_iccp(png, &profile) == 0) {
        picture_keep_profile(reading, (const unsigned char *)profile.profile,
                             profile.profile_len);
    }
}

static enum picture_result read_rows(spng_ctx *png,
                                     struct picture_reading *reading)
{
    size_t bytes = (size_t)reading->width * 4;
    unsigned char *row = malloc(bytes);
    int error =
        row == NULL
            ? SPNG_EMEM
            : spng_decode_image(png, NULL, 0, SPNG_FMT_RGBA8,
                                SPNG_DECODE_TRNS | SPNG_DECODE_PROGRESSIVE);
    unsigned y;

    for (y = 0; error == 0 && y < reading->height; y++) {
        error = spng_decode_row(png, row, bytes);
        if (error == 0 || error == SPNG_EOI) {
            picture_row(reading, row);
        }
    }
    free(row);
    return error == SPNG_EOI ? PICTURE_OK : PICTURE_DAMAGED;
}

static enum picture_result read_whole(spng_ctx *png,
                                      struct picture_reading *reading)
{
    size_t row = (size_t)reading->width * 4;
    unsigned char *pixels = malloc(row * reading->height);
    enum picture_result result = PICTURE_DAMAGED;
    unsigned y;

    if (pixels == NULL) {
        return PICTURE_TOO_LARGE;
    }
    if (spng_decode_image(png, pixels, row * reading->height, SPNG_FMT_RGBA8,
                          SPNG_DECODE_TRNS) == 0) {
        for (y = 0; y < reading->height; y++) {
            picture_row(reading, pixels + y * row);
        }
        result = PICTURE_OK;
    }
    free(pixels);
    return result;
}

static enum picture_result decode(spng_ctx *png,
                                  struct picture_reading *reading)
{
    struct spng_ihdr head;
    enum picture_result result;

    if (spng_set_png_buffer(png, reading->bytes, reading->length) != 0 ||
        spng_set_chunk_limits(png, CHUNK_MOST, CHUNKS_MOST) != 0 ||
        spng_get_ihdr(png, &head) != 0) {
        return PICTURE_DAMAGED;
    }
    reading->width = head.width;
    reading->height = head.height;
    result = picture_check(reading);
    if (result != PICTURE_OK) {
        return result;
    }
    read_extras(png, &head, reading);
    result = picture_begin(reading, head.width, head.height);
    if (result != PICTURE_OK) {
        return result;
    }
    return head.interlace_method == SPNG_INTERLACE_NONE
               ? read_rows(png, reading)
               : read_whole(png, reading);
}

enum picture_result picture_read_png(struct picture_reading *reading)
{
    spng_ctx *png = spng_ctx_new(0);
    enum picture_result result;

    if (png == NULL) {
        return PICTURE_TOO_LARGE;
    }
    result = decode(png, reading);
    spng_ctx_free(png);
    return result;
}
