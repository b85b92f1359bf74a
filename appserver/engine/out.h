/*
 * The body of a reply while it is being written: one growing piece of the
 * request's memory. html.h says what writes to it.
 */

#ifndef ENGINE_OUT_H
#define ENGINE_OUT_H

#include <foobar/html.h>

#include <stddef.h>

struct fb_out {
    struct fb_request *request; /* whose memory it grows in */
    char *bytes;
    size_t length;
    size_t size;
    size_t language; /* its index in the catalogue, and 1; 0: not asked yet */
};

/* Forgets what was written. The memory stays for what is written next. */
void out_clear(struct fb_out *out);

#endif
