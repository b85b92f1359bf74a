/*
 * Pictures that visitors send are drawn anew: decoded, turned upright, made
 * smaller and encoded as WebP, so that what is kept holds pixels and nothing
 * else, and comes from our encoder and not from a stranger.
 *
 * All of this is done by a process of its own for each picture
 * (picture_helper.h). The functions here know nothing of that: bytes go in,
 * pixels come out, and a bad picture is a result and never a crash, as far as
 * the libraries keep to it.
 */

#ifndef ENGINE_PICTURE_H
#define ENGINE_PICTURE_H

#include <stddef.h>
#include <stdint.h>

#include "picture_scale.h"

#define PICTURE_SIZES_MAX 8
#define PICTURE_SIDE_MOST 32768 /* of what is sent */
#define PICTURE_WIDTH_MOST 2560 /* of what is made */
#define PICTURE_RATIO_MOST 6    /* how many times a side may be the other */

enum picture_result {
    PICTURE_OK,
    PICTURE_UNKNOWN,    /* no JPEG, PNG or WebP */
    PICTURE_DAMAGED,    /* one that cannot be read, or ends too early */
    PICTURE_TOO_LARGE,  /* more pixels than allowed, or sides too long */
    PICTURE_TOO_SLENDER /* by PICTURE_RATIO_MOST */
};

struct picture_limits {
    uint64_t pixels;
    unsigned width; /* the picture is made no wider than this */
};

/*
 * Reads a picture, upright, in sRGB and as wide as it is or as the limit says.
 * free() pixels->bytes.
 */
enum picture_result picture_read(const unsigned char *bytes, size_t length,
                                 const struct picture_limits *limits,
                                 struct picture_pixels *pixels);

/*
 * Encodes it; free() the bytes. NULL without memory.
 */
unsigned char *picture_write(const struct picture_pixels *pixels,
                             size_t *length);

#endif
