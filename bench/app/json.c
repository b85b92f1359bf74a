/* The least page that is JSON: beside plaintext, what a type of its own costs. */

#include "pages.h"

enum fb_result json_page(struct fb_request *request)
{
    static const char text[] = "{\"message\":\"Hello, World!\"}";

    fb_content_type(request, "application/json");
    fb_out_literal(fb_body(request), text, sizeof(text) - 1);
    return FB_OK;
}
