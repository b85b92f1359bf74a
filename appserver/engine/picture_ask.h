/* A worker has a picture drawn anew; pictures.h says by whom. */

#ifndef ENGINE_PICTURE_ASK_H
#define ENGINE_PICTURE_ASK_H

#include "picture.h"
#include "uploads.h"

/*
 * Fills in upload->picture, with a size for each of the widths (rising, ended
 * by 0) that the picture has. Ends the request with 503 when nobody could draw it in time, or the
 * spool is full.
 */
enum picture_result picture_ask(struct fb_request *request,
                                struct upload *upload, const unsigned *widths);

#endif
