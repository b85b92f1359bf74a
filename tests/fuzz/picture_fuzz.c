/*
 * Fuzzes the decoding of pictures, in all formats, as the process that draws
 * them anew does it, with the block of Exif in them.
 *
 * Whatever the bytes are: a picture that is read is no larger than the limits
 * say, and can be written; any other leaves nothing behind.
 *
 * seeds: tests/fuzz/seeds/picture
 */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "exif.h"
#include "picture.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
    if (!holds) {
        abort();
    }
}

/* Small, so that the time goes into what reads and not into pixels. */
static const struct picture_limits limits = {.pixels = 40000, .width = 32};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct picture_pixels pixels;
    unsigned orientation = exif_orientation(data, size);
    unsigned char *bytes;
    size_t length;

    must(orientation >= 1 && orientation <= 8);
    if (picture_read(data, size, &limits, &pixels) != PICTURE_OK) {
        return 0;
    }
    must(pixels.width >= 1 && pixels.width <= 32);
    must(pixels.height >= 1 &&
         pixels.height <= pixels.width * PICTURE_RATIO_MOST + 1);
    bytes = picture_write(&pixels, &length);
    must(bytes != NULL && length > 0);
    free(bytes);
    free(pixels.bytes);
    return 0;
}
