/* Ready pages as the engine's other parts see them; api/foobar/ready.h. */

#ifndef ENGINE_READY_H
#define ENGINE_READY_H

#include <foobar/ready.h>

/* Draws the page of an error in the application's frame. */
void ready_error_page(struct fb_request *request, int status);

#endif
