/*
 * Pictures made smaller, row by row: every pixel of the result is the average
 * of the area that it covers, in light and not in the bytes that stand for it
 * (which would make fine patterns too dark), each by how opaque it is. A
 * picture is never held as a whole before it is small.
 */

#ifndef ENGINE_PICTURE_SCALE_H
#define ENGINE_PICTURE_SCALE_H

#include <stdbool.h>
#include <stddef.h>

/* Four bytes a pixel: red, green, blue in sRGB, and opacity. */
struct picture_pixels {
    unsigned width;
    unsigned height;
    unsigned char *bytes;
};

struct picture_scale {
    unsigned from_width;
    unsigned from_height;
    unsigned taken; /* rows */
    unsigned made;
    float *across; /* one row of the source in the new width */
    float *sum;    /* what has come of the row that is being made */
    struct picture_pixels to;
};

/*
 * `to` is no wider or higher than the source. false without memory; what was
 * made is then free again, as by picture_scale_end().
 */
bool picture_scale_begin(struct picture_scale *scale, unsigned from_width,
                         unsigned from_height, unsigned to_width,
                         unsigned to_height);

/* The next row of the source. */
void picture_scale_row(struct picture_scale *scale, const unsigned char *row);

/*
 * The result, when all rows were taken; free() its bytes. false when some are
 * missing; then there is no result.
 */
bool picture_scale_end(struct picture_scale *scale,
                       struct picture_pixels *pixels);

/* The same from one picture in memory to another. */
bool picture_scale_pixels(const struct picture_pixels *from, unsigned width,
                          unsigned height, struct picture_pixels *to);

/*
 * Turns a picture upright, from an orientation of Exif (1 to 8). false without
 * memory; the picture is then as it was.
 */
bool picture_turn(struct picture_pixels *pixels, unsigned orientation);

#endif
