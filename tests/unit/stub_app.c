/*
 * The smallest application: one page, no database. tests/arrows.sh loads it
 * into the engine, which so proves that it knows nothing about the site.
 */

#include <foobar/foobar.h>

static enum fb_result hello(struct fb_request *request)
{
    fb_content_type(request, "text/plain");
    fb_out_text(fb_body(request), "hello\n");
    return FB_OK;
}

static void error_page(struct fb_request *request, int status)
{
    fb_out_int(fb_body(request), status);
}

static const struct fb_page pages[] = {
    {.name = "hello", .path = "/", .methods = FB_GET, .handler = hello},
};

FB_API const struct fb_app foobar_app = {
    .api_version = FB_API_VERSION,
    .size = sizeof(struct fb_app),
    .name = "stub",
    .pages = pages,
    .page_count = sizeof(pages) / sizeof(*pages),
    .error_page = error_page,
};
