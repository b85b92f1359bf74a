/* QR codes as SVG: see qr.h. libqrencode decides which modules are dark. */

#include "qr.h"

#include <qrencode.h>
#include <stdlib.h>
#include <string.h>

#include "out.h"
#include "request.h"

#define QUIET 4 /* light modules around it, as the standard asks for */
#define FIRST_SIZE ((size_t)4096)
#define MODULES_MOST ((size_t)177 * 177)

static void put(struct fb_out *out, const char *markup)
{
    fb_out_literal(out, markup, strlen(markup));
}

/* Colours of its own: it is dark on light in a dark page too. */
static void begin(struct fb_out *out, int side, const char *label)
{
    put(out, "<svg class=\"qr\" role=\"img\" width=\"240\" height=\"240\" "
             "shape-rendering=\"crispEdges\" viewBox=\"0 0 ");
    fb_out_int(out, side);
    put(out, " ");
    fb_out_int(out, side);
    put(out, "\" aria-label=\"");
    fb_out_text(out, label);
    put(out, "\"><path fill=\"#fff\" d=\"M0 0h");
    fb_out_int(out, side);
    put(out, "v");
    fb_out_int(out, side);
    put(out, "H0z\"/><path fill=\"#000\" d=\"");
}

/* The dark modules of a row that stand side by side are one rectangle. */
static void draw_row(struct fb_out *out, const unsigned char *modules,
                     int width, int y)
{
    int x = 0;

    while (x < width) {
        int from = x;

        while (x < width && (modules[x] & 1) != 0) {
            x++;
        }
        if (x > from) {
            put(out, "M");
            fb_out_int(out, from + QUIET);
            put(out, " ");
            fb_out_int(out, y + QUIET);
            put(out, "h");
            fb_out_int(out, x - from);
            put(out, "v1H");
            fb_out_int(out, from + QUIET);
            put(out, "z");
        }
        x++;
    }
}

static QRcode *encode(struct fb_request *request, const char *text)
{
    QRcode *code = QRcode_encodeString8bit(text, 0, QR_ECLEVEL_M);

    if (code == NULL) {
        request_fail(request, "no QR code could be made of %zu bytes",
                     strlen(text));
    }
    return code;
}

struct fb_safe_html qr_html(struct fb_request *request, const char *text,
                            const char *label)
{
    struct fb_out out = {.request = request, .size = FIRST_SIZE};
    unsigned char *modules = request_alloc_raw(request, MODULES_MOST);
    QRcode *code = encode(request, text);
    int width;
    int y;

    width = code->width;
    memcpy(modules, code->data, (size_t)width * (size_t)width);
    QRcode_free(code); /* before anything that may not come back */
    out.bytes = request_alloc_raw(request, out.size);
    begin(&out, width + 2 * QUIET, label);
    for (y = 0; y < width; y++) {
        draw_row(&out, modules + (ptrdiff_t)y * width, width, y);
    }
    put(&out, "\"/></svg>");
    return (struct fb_safe_html){.bytes = out.bytes, .length = out.length};
}
