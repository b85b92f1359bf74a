/* The handlers that the table of pages in app.c names. */

#ifndef PAGES_H
#define PAGES_H

#include <foobar/foobar.h>

enum fb_result home_page(struct fb_request *request);
enum fb_result note_add(struct fb_request *request);

void error_page(struct fb_request *request, int status);

#endif
