/*
 * Between workers and the process that draws pictures anew.
 *
 *     worker                       helper                   its child
 *     ------                       ------                   ---------
 *     order, with the file and
 *     the end of a pipe     ---->  forks, when there are
 *                                  fewer than allowed --->  begins
 *     reads the pipe        <----------------------------   "begun"
 *                           <----------------------------   a size, its bytes
 *                                  ends it at its           ...
 *                                  time limit               "done"
 *     the pipe is closed: that was all, or the child has died
 *
 * Decoders of pictures are where servers are broken into. So no code of a
 * format runs where anything else is: each picture has a child of its own,
 * which has read nothing but that picture, can write into that pipe and ask
 * for memory, and dies at anything else that it asks of the kernel. The helper
 * itself never looks into a picture. It is started by the master, before any
 * code of the application is loaded, and again whenever it has ended.
 *
 * What comes out of the pipe is not trusted: a size has one of the widths that
 * were asked for, and no more bytes than a picture of it can have.
 */

#ifndef ENGINE_PICTURES_H
#define ENGINE_PICTURES_H

#include <stdbool.h>
#include <stdint.h>

#include "picture.h"
#include "settings.h"

/* What a worker wants; the descriptors come with it. */
struct picture_order {
    uint64_t length; /* of the file */
    uint64_t pixels; /* the most */
    uint32_t widths[PICTURE_SIZES_MAX];
    uint32_t count;
};

/* What the child says; behind PICTURES_SIZE follow the bytes. */
struct picture_note {
    uint32_t kind;
    uint32_t result; /* of PICTURES_DONE: an enum picture_result */
    uint32_t width;
    uint32_t height;
    uint32_t bytes;
};

enum picture_note_kind {
    PICTURES_BEGUN = 1,
    PICTURES_SIZE,
    PICTURES_DONE
};

/* Orders go from `ask_fd` to `serve_fd`; all processes have both. */
struct pictures {
    int ask_fd;
    int serve_fd;
};

bool pictures_open(struct pictures *pictures);
void pictures_close(struct pictures *pictures);

/* The helper's whole life; returns its exit status. */
int picture_helper_run(const struct pictures *pictures,
                       const struct settings *settings);

/* The child's: draws what was ordered and writes it to `reply_fd`. */
void picture_draw(const struct picture_order *order, const unsigned char *bytes,
                  int reply_fd);

#endif
