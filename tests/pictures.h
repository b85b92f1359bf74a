/*
 * Pictures for tests, good and hostile: made here, so that no test carries
 * somebody's photograph. The good ones are four fields of colour,
 *
 *     red    green
 *     blue   white
 *
 * by which a test sees what was turned. Memory is for free(), and none of
 * these fails: a test that has no memory ends.
 */

#ifndef TESTS_PICTURES_H
#define TESTS_PICTURES_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>
#include <spng.h>
#include <webp/encode.h>

/* What no picture that was drawn anew may hold. */
#define PICTURE_SECRET "N52 31.2 E13 24.6"

struct picture_file {
    unsigned char *bytes;
    size_t length;
};

static inline void *picture_must(void *memory)
{
    if (memory == NULL) {
        abort();
    }
    return memory;
}

static inline void picture_color_at(unsigned x, unsigned y, unsigned width,
                                    unsigned height, unsigned char *color)
{
    static const unsigned char colors[2][2][3] = {
        {{255, 0, 0}, {0, 255, 0}}, {{0, 0, 255}, {255, 255, 255}}};

    memcpy(color, colors[2 * y >= height][2 * x >= width], 3);
}

/* A block of Exif that says the orientation, and a secret behind it. */
static inline size_t picture_exif(unsigned char *block, unsigned orientation)
{
    static const unsigned char head[] = {
        'E',  'x', 'i', 'f', 0, 0, 'I', 'I', 42, 0, 8, 0, 0, 0, /* TIFF */
        1,    0,                                                /* entries */
        0x12, 1,   3,   0,   1, 0, 0,   0,   0,  0, 0, 0, 0, 0, 0, 0};

    memcpy(block, head, sizeof(head));
    block[24] = (unsigned char)orientation;
    memcpy(block + sizeof(head), PICTURE_SECRET, sizeof(PICTURE_SECRET));
    return sizeof(head) + sizeof(PICTURE_SECRET);
}

static inline struct picture_file picture_jpeg(unsigned width, unsigned height,
                                               unsigned orientation,
                                               int is_progressive)
{
    struct jpeg_compress_struct jpeg;
    struct jpeg_error_mgr errors;
    struct picture_file file = {0};
    unsigned char block[256];
    unsigned char *row = picture_must(malloc((size_t)width * 3));
    unsigned long length = 0;

    jpeg.err = jpeg_std_error(&errors);
    jpeg_create_compress(&jpeg);
    jpeg_mem_dest(&jpeg, &file.bytes, &length);
    jpeg.image_width = width;
    jpeg.image_height = height;
    jpeg.input_components = 3;
    jpeg.in_color_space = JCS_RGB;
    jpeg_set_defaults(&jpeg);
    jpeg_set_quality(&jpeg, 95, TRUE);
    if (is_progressive) {
        jpeg_simple_progression(&jpeg);
    }
    jpeg_start_compress(&jpeg, TRUE);
    if (orientation != 0) {
        jpeg_write_marker(&jpeg, JPEG_APP0 + 1, block,
                          (unsigned)picture_exif(block, orientation));
    }
    jpeg_write_marker(&jpeg, JPEG_COM, (const JOCTET *)PICTURE_SECRET,
                      sizeof(PICTURE_SECRET));
    while (jpeg.next_scanline < height) {
        unsigned x;

        for (x = 0; x < width; x++) {
            picture_color_at(x, jpeg.next_scanline, width, height,
                             row + (size_t)x * 3);
        }
        jpeg_write_scanlines(&jpeg, &row, 1);
    }
    jpeg_finish_compress(&jpeg);
    jpeg_destroy_compress(&jpeg);
    free(row);
    file.length = length;
    return file;
}

/* The four fields with this opacity. */
static inline unsigned char *picture_rgba(unsigned width, unsigned height,
                                          unsigned char opacity)
{
    unsigned char *pixels = picture_must(malloc((size_t)width * height * 4));
    size_t i;

    for (i = 0; i < (size_t)width * height; i++) {
        picture_color_at((unsigned)(i % width), (unsigned)(i / width), width,
                         height, pixels + i * 4);
        pixels[i * 4 + 3] = opacity;
    }
    return pixels;
}

static inline struct picture_file picture_png(unsigned width, unsigned height,
                                              unsigned char opacity,
                                              int is_interlaced)
{
    static char key[] = "Comment";
    static char secret[] = PICTURE_SECRET;
    unsigned char *pixels = picture_rgba(width, height, opacity);
    spng_ctx *png = picture_must(spng_ctx_new(SPNG_CTX_ENCODER));
    struct spng_ihdr head = {.width = width,
                             .height = height,
                             .bit_depth = 8,
                             .color_type = SPNG_COLOR_TYPE_TRUECOLOR_ALPHA,
                             .interlace_method = is_interlaced != 0};
    struct spng_text text = {
        .type = SPNG_TEXT, .length = sizeof(secret) - 1, .text = secret};
    struct picture_file file;
    int error = 0;

    memcpy(text.keyword, key, sizeof(key));
    spng_set_option(png, SPNG_ENCODE_TO_BUFFER, 1);
    spng_set_ihdr(png, &head);
    spng_set_text(png, &text, 1);
    if (spng_encode_image(png, pixels, (size_t)width * height * 4, SPNG_FMT_PNG,
                          SPNG_ENCODE_FINALIZE) != 0) {
        abort();
    }
    file.bytes = picture_must(spng_get_png_buffer(png, &file.length, &error));
    spng_ctx_free(png);
    free(pixels);
    return file;
}

static inline struct picture_file picture_webp(unsigned width, unsigned height)
{
    unsigned char *pixels = picture_rgba(width, height, 255);
    struct picture_file file;
    uint8_t *bytes = NULL;

    file.length = WebPEncodeLosslessRGBA(pixels, (int)width, (int)height,
                                         (int)width * 4, &bytes);
    free(pixels);
    file.bytes = picture_must(malloc(file.length + 1));
    memcpy(file.bytes, bytes, file.length);
    WebPFree(bytes);
    return file;
}

/* A PNG that claims to be this large, and is a few bytes. */
static inline struct picture_file picture_claim(uint32_t width, uint32_t height)
{
    struct picture_file file = picture_png(8, 8, 255, 0);
    uint32_t crc = 0xFFFFFFFF;
    size_t i;
    int bit;

    for (i = 0; i < 4; i++) {
        file.bytes[16 + i] = (unsigned char)(width >> (24 - 8 * i));
        file.bytes[20 + i] = (unsigned char)(height >> (24 - 8 * i));
    }
    for (i = 12; i < 29; i++) {
        crc ^= file.bytes[i];
        for (bit = 0; bit < 8; bit++) {
            crc = crc >> 1 ^ (crc & 1 ? 0xEDB88320 : 0);
        }
    }
    crc = ~crc;
    for (i = 0; i < 4; i++) {
        file.bytes[29 + i] = (unsigned char)(crc >> (24 - 8 * i));
    }
    return file;
}

#endif
