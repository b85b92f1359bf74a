/* What a child of the helper does with its picture; see pictures.h. */

#include "pictures.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

static bool write_all(int fd, const void *bytes, size_t length)
{
    const char *at = bytes;

    while (length > 0) {
        ssize_t written = write(fd, at, length);

        if (written < 0 && errno == EINTR) {
            continue;
        }
        if (written <= 0) {
            return false;
        }
        at += written;
        length -= (size_t)written;
    }
    return true;
}

static bool say(int fd, const struct picture_note *note)
{
    return write_all(fd, note, sizeof(*note));
}

static bool write_size(const struct picture_pixels *pixels, int fd)
{
    struct picture_note note = {.kind = PICTURES_SIZE,
                                .width = pixels->width,
                                .height = pixels->height};
    size_t length = 0;
    unsigned char *bytes = picture_write(pixels, &length);
    bool good;

    note.bytes = (uint32_t)length;
    good = bytes != NULL && length <= UINT32_MAX && say(fd, &note) &&
           write_all(fd, bytes, length);
    free(bytes);
    return good;
}

/* One of the smaller sizes, from the largest. */
static bool draw_smaller(const struct picture_pixels *largest, unsigned width,
                         int fd)
{
    uint64_t height = ((uint64_t)largest->height * width + largest->width / 2) /
                      largest->width;
    struct picture_pixels smaller;
    bool good;

    if (!picture_scale_pixels(largest, width, height > 0 ? (unsigned)height : 1,
                              &smaller)) {
        return false;
    }
    good = write_size(&smaller, fd);
    free(smaller.bytes);
    return good;
}

/* The largest first; widths that the picture does not have are left out. */
static bool draw_all(const struct picture_order *order,
                     const struct picture_pixels *largest, int fd)
{
    uint32_t i;

    if (!write_size(largest, fd)) {
        return false;
    }
    for (i = order->count; i-- > 0;) {
        if (order->widths[i] < largest->width &&
            !draw_smaller(largest, order->widths[i], fd)) {
            return false;
        }
    }
    return true;
}

void picture_draw(const struct picture_order *order, const unsigned char *bytes,
                  int reply_fd)
{
    struct picture_limits limits = {.pixels = order->pixels,
                                    .width = order->widths[order->count - 1]};
    struct picture_note begun = {.kind = PICTURES_BEGUN};
    struct picture_note done = {.kind = PICTURES_DONE};
    struct picture_pixels pixels;

    if (!say(reply_fd, &begun)) {
        return;
    }
    done.result = picture_read(bytes, order->length, &limits, &pixels);
    if (done.result == PICTURE_OK) {
        bool good = draw_all(order, &pixels, reply_fd);

        free(pixels.bytes);
        if (!good) {
            return;
        }
    }
    say(reply_fd, &done);
}
