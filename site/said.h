/* A page that says what has happened, and leads on. */

#ifndef SITE_SAID_H
#define SITE_SAID_H

#include <foobar/foobar.h>

#include "views.h"

enum fb_result said(struct fb_request *request, const struct said_view *view);

/* A link of a mail that was used, is too old, or never was: 404. */
enum fb_result said_gone(struct fb_request *request, const char *path,
                         const char *link);

#endif
