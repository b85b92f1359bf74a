/*
 * The one thing that matters of what a camera writes into a picture: which way
 * up it was held. All else (when, where, by whom) is thrown away unread.
 */

#ifndef ENGINE_EXIF_H
#define ENGINE_EXIF_H

#include <stddef.h>

/*
 * The orientation in a block of Exif, from its TIFF head on ("II*\0"), with or
 * without "Exif\0\0" before it: 1 to 8 as the standard counts them. 1, which
 * is upright, when it is not said, or when the block is broken.
 */
unsigned exif_orientation(const unsigned char *block, size_t length);

#endif
