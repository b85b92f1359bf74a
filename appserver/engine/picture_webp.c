/*
 * WebP, by libwebp. Of one that moves the first picture is taken. It is decoded
 * as a whole, as the library does in any case.
 */

#include "picture_format.h"

#include <stdlib.h>
#include <webp/decode.h>
#include <webp/demux.h>

#include "exif.h"

typedef void keeper(struct picture_reading *reading, const unsigned char *bytes,
                    size_t length);

static void keep_orientation(struct picture_reading *reading,
                             const unsigned char *bytes, size_t length)
{
    reading->orientation = exif_orientation(bytes, length);
}

static void read_chunk(const WebPDemuxer *webp, const char *name, keeper *keep,
                       struct picture_reading *reading)
{
    WebPChunkIterator chunk;

    if (WebPDemuxGetChunk(webp, name, 1, &chunk)) {
        keep(reading, chunk.chunk.bytes, chunk.chunk.size);
        WebPDemuxReleaseChunkIterator(&chunk);
    }
}

static enum picture_result read_rows(const WebPIterator *frame,
                                     struct picture_reading *reading)
{
    size_t row = (size_t)reading->width * 4;
    unsigned char *pixels = malloc(row * reading->height);
    enum picture_result result = PICTURE_DAMAGED;
    unsigned y;

    if (pixels == NULL) {
        return PICTURE_TOO_LARGE;
    }
    if (WebPDecodeRGBAInto(frame->fragment.bytes, frame->fragment.size, pixels,
                           row * reading->height, (int)row) != NULL) {
        for (y = 0; y < reading->height; y++) {
            picture_row(reading, pixels + y * row);
        }
        result = PICTURE_OK;
    }
    free(pixels);
    return result;
}

static enum picture_result read_frame(const WebPDemuxer *webp,
                                      const WebPIterator *frame,
                                      struct picture_reading *reading)
{
    enum picture_result result;

    reading->width = (unsigned)frame->width;
    reading->height = (unsigned)frame->height;
    read_chunk(webp, "EXIF", keep_orientation, reading);
    result = picture_check(reading);
    if (result != PICTURE_OK) {
        return result;
    }
    read_chunk(webp, "ICCP", picture_keep_profile, reading);
    result = picture_begin(reading, reading->width, reading->height);
    return result == PICTURE_OK ? read_rows(frame, reading) : result;
}

enum picture_result picture_read_webp(struct picture_reading *reading)
{
    WebPData data = {reading->bytes, reading->length};
    WebPDemuxer *webp = WebPDemux(&data);
    enum picture_result result = PICTURE_DAMAGED;
    WebPIterator frame;

    if (webp == NULL) {
        return PICTURE_DAMAGED;
    }
    if (WebPDemuxGetFrame(webp, 1, &frame)) {
        if (frame.complete) {
            result = read_frame(webp, &frame, reading);
        }
        WebPDemuxReleaseIterator(&frame);
    }
    WebPDemuxDelete(webp);
    return result;
}
