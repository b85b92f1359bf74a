/* @NAME@: its pages, and the table of them. */

#include "templates.h"

static enum fb_result home_page(struct fb_request *request)
{
    home_html(fb_body(request));
    return FB_OK;
}

static const struct fb_page pages[] = {
    {.name = "home", .path = "/", .methods = FB_GET, .handler = home_page},
};

FB_APP("@NAME@", pages, .frame = frame_html);
