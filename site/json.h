/* The pages as programs read them: the same views, written as JSON. */

#ifndef SITE_JSON_H
#define SITE_JSON_H

#include "views.h"

#include <foobar/foobar.h>

void home_json(struct fb_request *request, const struct home_view *view);
void post_json(struct fb_request *request, const struct post_view *view);
void products_json(struct fb_request *request,
                   const struct products_view *view);

#endif
