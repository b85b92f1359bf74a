/* The least page there is: what nginx, FastCGI and the engine cost. */

#include "pages.h"

enum fb_result plaintext_page(struct fb_request *request)
{
    static const char text[] = "Hello, World!";

    fb_content_type(request, "text/plain");
    fb_out_literal(fb_body(request), text, sizeof(text) - 1);
    return FB_OK;
}
