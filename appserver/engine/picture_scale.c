/* Pictures made smaller; picture_scale.h says by which rule. */

#include "picture_scale.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define CHANNELS 4
#define LIGHTS 65536

/* sRGB's curve, in both directions; filled once. */
static float light_of[256];
static unsigned char byte_of[LIGHTS];

static void make_tables(void)
{
    int i;

    if (byte_of[LIGHTS - 1] != 0) {
        return;
    }
    for (i = 0; i < 256; i++) {
        float s = (float)i / 255.0F;

        light_of[i] =
            s <= 0.04045F ? s / 12.92F : powf((s + 0.055F) / 1.055F, 2.4F);
    }
    for (i = 0; i < LIGHTS; i++) {
        float l = (float)i / (LIGHTS - 1);
        float s = l <= 0.0031308F ? l * 12.92F
                                  : 1.055F * powf(l, 1.0F / 2.4F) - 0.055F;

        byte_of[i] = (unsigned char)(s * 255.0F + 0.5F);
    }
}

bool picture_scale_begin(struct picture_scale *scale, unsigned from_width,
                         unsigned from_height, unsigned to_width,
                         unsigned to_height)
{
    size_t floats = (size_t)to_width * CHANNELS;

    make_tables();
    *scale = (struct picture_scale){
        .from_width = from_width,
        .from_height = from_height,
        .across = calloc(floats, sizeof(float)),
        .sum = calloc(floats, sizeof(float)),
        .to = {to_width, to_height, malloc(floats * to_height)}};
    if (scale->across != NULL && scale->sum != NULL &&
        scale->to.bytes != NULL) {
        return true;
    }
    picture_scale_end(scale, &(struct picture_pixels){0});
    return false;
}

static void add_pixel(float *to, const unsigned char *pixel, float weight)
{
    float opaque = weight * (float)pixel[3] / 255.0F;

    to[0] += opaque * light_of[pixel[0]];
    to[1] += opaque * light_of[pixel[1]];
    to[2] += opaque * light_of[pixel[2]];
    to[3] += opaque;
}

/*
 * A pixel of the source lies in one pixel of the result, or in two. Both are
 * measured in parts of 1 / (from * to) of the width, which are whole.
 */
static void reduce_row(struct picture_scale *scale, const unsigned char *row)
{
    const uint64_t from = scale->from_width;
    const uint64_t to = scale->to.width;
    const float whole = (float)to / (float)from;
    uint64_t i;

    memset(scale->across, 0, (size_t)to * CHANNELS * sizeof(float));
    for (i = 0; i < from; i++) {
        uint64_t bin = i * to / from;
        uint64_t border = (bin + 1) * from;
        float *sum = scale->across + bin * CHANNELS;

        if ((i + 1) * to <= border) {
            add_pixel(sum, row + i * CHANNELS, whole);
        } else {
            float part = (float)(border - i * to) / (float)from;

            add_pixel(sum, row + i * CHANNELS, part);
            add_pixel(sum + CHANNELS, row + i * CHANNELS, whole - part);
        }
    }
}

static unsigned char to_byte(float light)
{
    int index = (int)(light * (LIGHTS - 1) + 0.5F);

    return byte_of[index < 0 ? 0 : index >= LIGHTS ? LIGHTS - 1 : index];
}

static void put_row(struct picture_scale *scale)
{
    unsigned char *to =
        scale->to.bytes + (size_t)scale->made * scale->to.width * CHANNELS;
    unsigned i;

    for (i = 0; i < scale->to.width; i++) {
        float *sum = scale->sum + (size_t)i * CHANNELS;
        float opaque = sum[3];
        float share = opaque > 0.0F ? 1.0F / opaque : 0.0F;

        to[0] = to_byte(sum[0] * share);
        to[1] = to_byte(sum[1] * share);
        to[2] = to_byte(sum[2] * share);
        to[3] = (unsigned char)(fminf(opaque, 1.0F) * 255.0F + 0.5F);
        to += CHANNELS;
    }
    memset(scale->sum, 0, (size_t)scale->to.width * CHANNELS * sizeof(float));
    scale->made++;
}

static void add_row(struct picture_scale *scale, float weight)
{
    size_t floats = (size_t)scale->to.width * CHANNELS;
    size_t i;

    for (i = 0; i < floats; i++) {
        scale->sum[i] += weight * scale->across[i];
    }
}

/* Downwards it is as across, with rows in the place of pixels. */
void picture_scale_row(struct picture_scale *scale, const unsigned char *row)
{
    const uint64_t from = scale->from_height;
    const uint64_t to = scale->to.height;
    const float whole = (float)to / (float)from;
    uint64_t border = ((uint64_t)scale->made + 1) * from;
    uint64_t top = (uint64_t)scale->taken * to;

    if (scale->taken == scale->from_height) {
        return;
    }
    scale->taken++;
    reduce_row(scale, row);
    if (top + to < border) {
        add_row(scale, whole);
        return;
    }
    add_row(scale, (float)(border - top) / (float)from);
    put_row(scale);
    if (top + to > border) {
        add_row(scale, (float)(top + to - border) / (float)from);
    }
}

bool picture_scale_end(struct picture_scale *scale,
                       struct picture_pixels *pixels)
{
    bool is_whole = scale->to.bytes != NULL && scale->made == scale->to.height;

    free(scale->across);
    free(scale->sum);
    if (is_whole) {
        *pixels = scale->to;
    } else {
        free(scale->to.bytes);
    }
    memset(scale, 0, sizeof(*scale));
    return is_whole;
}

bool picture_scale_pixels(const struct picture_pixels *from, unsigned width,
                          unsigned height, struct picture_pixels *to)
{
    struct picture_scale scale;
    unsigned y;

    if (!picture_scale_begin(&scale, from->width, from->height, width,
                             height)) {
        return false;
    }
    for (y = 0; y < from->height; y++) {
        picture_scale_row(&scale,
                          from->bytes + (size_t)y * from->width * CHANNELS);
    }
    return picture_scale_end(&scale, to);
}

bool picture_turn(struct picture_pixels *pixels, unsigned orientation)
{
    bool is_mirrored = orientation == 2 || orientation == 3 ||
                       orientation == 7 || orientation == 8;
    bool is_upside_down = orientation == 3 || orientation == 4 ||
                          orientation == 6 || orientation == 7;
    bool is_lying = orientation >= 5;
    struct picture_pixels to = {is_lying ? pixels->height : pixels->width,
                                is_lying ? pixels->width : pixels->height,
                                NULL};
    unsigned x;
    unsigned y;

    if (orientation == 1) {
        return true;
    }
    to.bytes = malloc((size_t)to.width * to.height * CHANNELS);
    if (to.bytes == NULL) {
        return false;
    }
    for (y = 0; y < to.height; y++) {
        for (x = 0; x < to.width; x++) {
            unsigned column = is_lying ? y : x;
            unsigned row = is_lying ? x : y;

            column = is_mirrored ? pixels->width - 1 - column : column;
            row = is_upside_down ? pixels->height - 1 - row : row;
            memcpy(to.bytes + ((size_t)y * to.width + x) * CHANNELS,
                   pixels->bytes +
                       ((size_t)row * pixels->width + column) * CHANNELS,
                   CHANNELS);
        }
    }
    free(pixels->bytes);
    *pixels = to;
    return true;
}
