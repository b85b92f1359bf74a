/*
 * A picture that a telephone reads, drawn as SVG into the page: no address that
 * holds the text is asked for, and no other server sees it.
 */

#ifndef ENGINE_QR_H
#define ENGINE_QR_H

#include <foobar/html.h>

struct fb_request;

/*
 * `text` has 1000 bytes at most, and `label` is what is said to whoever does
 * not see it. Belongs to the request.
 */
struct fb_safe_html qr_html(struct fb_request *request, const char *text,
                            const char *label);

#endif
