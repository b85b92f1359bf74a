/* Pictures drawn anew: what all formats have in common; see picture.h. */

#include "picture.h"

#include <lcms2.h>
#include <stdlib.h>
#include <string.h>
#include <webp/encode.h>

#include "file_type.h"
#include "picture_format.h"

#define PROFILE_LEAST ((size_t)128) /* its head alone */
#define PROFILE_MOST ((size_t)1 << 20)
#define QUALITY 82.0F

/* ------------------------------------------------------------------ reading */

static bool is_lying(const struct picture_reading *reading)
{
    return reading->orientation >= 5;
}

enum picture_result picture_check(const struct picture_reading *reading)
{
    uint64_t width = reading->width;
    uint64_t height = reading->height;

    if (width == 0 || height == 0) {
        return PICTURE_DAMAGED;
    }
    if (width > PICTURE_SIDE_MOST || height > PICTURE_SIDE_MOST ||
        width * height > reading->limits->pixels) {
        return PICTURE_TOO_LARGE;
    }
    return width > height * PICTURE_RATIO_MOST ||
                   height > width * PICTURE_RATIO_MOST
               ? PICTURE_TOO_SLENDER
               : PICTURE_OK;
}

/* The limit is one of the width as people see it. */
void picture_target(const struct picture_reading *reading, unsigned *width,
                    unsigned *height)
{
    unsigned seen = is_lying(reading) ? reading->height : reading->width;
    uint64_t wanted =
        seen < reading->limits->width ? seen : reading->limits->width;

    *width = (unsigned)((reading->width * wanted + seen / 2) / seen);
    *height = (unsigned)((reading->height * wanted + seen / 2) / seen);
    *width = *width > 0 ? *width : 1;
    *height = *height > 0 ? *height : 1;
}

enum picture_result picture_begin(struct picture_reading *reading,
                                  unsigned width, unsigned height)
{
    unsigned to_width;
    unsigned to_height;

    picture_target(reading, &to_width, &to_height);
    reading->is_scaling = picture_scale_begin(&reading->scale, width, height,
                                              to_width, to_height);
    return reading->is_scaling ? PICTURE_OK : PICTURE_TOO_LARGE;
}

void picture_row(struct picture_reading *reading, const unsigned char *row)
{
    picture_scale_row(&reading->scale, row);
}

void picture_keep_profile(struct picture_reading *reading,
                          const unsigned char *bytes, size_t length)
{
    if (reading->profile != NULL || length < PROFILE_LEAST ||
        length > PROFILE_MOST) {
        return;
    }
    reading->profile = malloc(length);
    if (reading->profile != NULL) {
        memcpy(reading->profile, bytes, length);
        reading->profile_length = length;
    }
}

/* Into sRGB. A profile that makes no sense changes nothing. */
static void use_profile(const struct picture_reading *reading,
                        const struct picture_pixels *pixels)
{
    cmsHPROFILE from = cmsOpenProfileFromMem(
        reading->profile, (cmsUInt32Number)reading->profile_length);
    cmsHPROFILE to = cmsCreate_sRGBProfile();
    cmsHTRANSFORM transform = NULL;

    if (from != NULL && to != NULL && cmsGetColorSpace(from) == cmsSigRgbData) {
        transform = cmsCreateTransform(from, TYPE_RGBA_8, to, TYPE_RGBA_8,
                                       INTENT_PERCEPTUAL, cmsFLAGS_COPY_ALPHA);
    }
    if (transform != NULL) {
        cmsDoTransform(transform, pixels->bytes, pixels->bytes,
                       pixels->width * pixels->height);
        cmsDeleteTransform(transform);
    }
    if (from != NULL) {
        cmsCloseProfile(from);
    }
    if (to != NULL) {
        cmsCloseProfile(to);
    }
}

static enum picture_result read_by_type(struct picture_reading *reading)
{
    struct file_teller teller = {0};
    const char *type;

    file_teller_take(&teller, reading->bytes,
                     reading->length < FILE_TYPE_HEAD ? reading->length
                                                      : FILE_TYPE_HEAD);
    type = file_teller_end(&teller)->type;
    if (strcmp(type, "image/jpeg") == 0) {
        return picture_read_jpeg(reading);
    }
    if (strcmp(type, "image/png") == 0) {
        return picture_read_png(reading);
    }
    return strcmp(type, "image/webp") == 0 ? picture_read_webp(reading)
                                           : PICTURE_UNKNOWN;
}

enum picture_result picture_read(const unsigned char *bytes, size_t length,
                                 const struct picture_limits *limits,
                                 struct picture_pixels *pixels)
{
    struct picture_reading reading = {
        .bytes = bytes, .length = length, .limits = limits, .orientation = 1};
    enum picture_result result = read_by_type(&reading);

    if (reading.is_scaling && !picture_scale_end(&reading.scale, pixels)) {
        result = result == PICTURE_OK ? PICTURE_DAMAGED : result;
    } else if (reading.is_scaling && result != PICTURE_OK) {
        free(pixels->bytes);
    }
    if (result == PICTURE_OK && reading.profile != NULL) {
        use_profile(&reading, pixels);
    }
    free(reading.profile);
    if (result == PICTURE_OK && !picture_turn(pixels, reading.orientation)) {
        free(pixels->bytes);
        result = PICTURE_TOO_LARGE;
    }
    return result;
}

/* ------------------------------------------------------------------ writing */

unsigned char *picture_write(const struct picture_pixels *pixels,
                             size_t *length)
{
    WebPConfig config;
    WebPPicture picture;
    WebPMemoryWriter writer;
    bool good;

    WebPMemoryWriterInit(&writer);
    if (!WebPConfigPreset(&config, WEBP_PRESET_PHOTO, QUALITY) ||
        !WebPPictureInit(&picture)) {
        return NULL;
    }
    config.use_sharp_yuv = 1;
    picture.width = (int)pixels->width;
    picture.height = (int)pixels->height;
    picture.writer = WebPMemoryWrite;
    picture.custom_ptr = &writer;
    good = WebPPictureImportRGBA(&picture, pixels->bytes,
                                 (int)pixels->width * 4) &&
           WebPEncode(&config, &picture);
    WebPPictureFree(&picture);
    if (!good) {
        WebPMemoryWriterClear(&writer);
        return NULL;
    }
    *length = writer.size;
    return writer.mem;
}
