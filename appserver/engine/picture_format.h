/*
 * What the readers of the formats and picture.c have between them. A reader
 * says first how large the picture is, is told whether that will do and how
 * large it shall become, and then gives its rows.
 */

#ifndef ENGINE_PICTURE_FORMAT_H
#define ENGINE_PICTURE_FORMAT_H

#include <stdbool.h>
#include <stddef.h>

#include "picture.h"

struct picture_reading {
    const unsigned char *bytes;
    size_t length;
    const struct picture_limits *limits;
    unsigned width; /* as it is stored */
    unsigned height;
    unsigned orientation;
    unsigned char *profile; /* ICC, of what is RGB; NULL: sRGB is assumed */
    size_t profile_length;
    struct picture_scale scale;
    bool is_scaling;
};

/* Once width, height and orientation are known. */
enum picture_result picture_check(const struct picture_reading *reading);

/* How wide and high it becomes, as it is stored. */
void picture_target(const struct picture_reading *reading, unsigned *width,
                    unsigned *height);

/*
 * From now on rows come, of this size: the stored one, or a smaller one that
 * the reader can make cheaply and that is no smaller than the target. Four
 * bytes a pixel.
 */
enum picture_result picture_begin(struct picture_reading *reading,
                                  unsigned width, unsigned height);
void picture_row(struct picture_reading *reading, const unsigned char *row);

/* Keeps a copy of the profile, if it is one of a likely size. */
void picture_keep_profile(struct picture_reading *reading,
                          const unsigned char *bytes, size_t length);

enum picture_result picture_read_jpeg(struct picture_reading *reading);
enum picture_result picture_read_png(struct picture_reading *reading);
enum picture_result picture_read_webp(struct picture_reading *reading);

#endif
