/* What the table of pages in app.c names: handlers and forms. */

#ifndef PAGES_H
#define PAGES_H

#include <foobar/foobar.h>

enum fb_result home_page(struct fb_request *request);
enum fb_result note_add(struct fb_request *request);
extern const struct fb_form_type note_form;

void error_page(struct fb_request *request, int status);

#endif
