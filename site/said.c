/* See said.h. */

#include "said.h"

#include "templates.h"

enum fb_result said(struct fb_request *request, const struct said_view *view)
{
    said_html(fb_body(request), view);
    return FB_OK;
}

enum fb_result said_gone(struct fb_request *request, const char *path,
                         const char *link)
{
    fb_status(request, 404);
    return said(
        request,
        &(struct said_view){
            .title = fb_gettext(request, "This link works no more"),
            .text = fb_gettext(request, "It was used, a newer one was sent, or "
                                        "its time is over."),
            .path = path,
            .link = link});
}
