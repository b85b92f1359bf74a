/*
 * The pictures of the products: SVG, drawn by the functions of drawings.c on
 * a sheet that looks like the pegboard above a bench.
 */

#include "demo.h"
#include "pictures.h"

#include <errno.h>
#include <string.h>

/* clang-format off */
static const struct palette palettes[] = {
    /* name     back       dots       main       dark       light */
    {"teal",   "#e3eeeb", "#cbdeda", "#2f8f86", "#20716a", "#56b3a9"},
    {"red",    "#f5e7e1", "#e6d0c7", "#c8503a", "#a03b29", "#e07d68"},
    {"blue",   "#e4ebf3", "#ccd8e6", "#3f6fa8", "#2d5585", "#6b97ca"},
    {"yellow", "#f6efdb", "#e7dcbd", "#d79a2b", "#b07a1a", "#ecbd62"},
    {"green",  "#e8eedd", "#d3ddc1", "#6a8f3c", "#50702a", "#8fb262"},
    {"wood",   "#f2ebe0", "#e0d5c4", "#b5733a", "#925928", "#d29a63"},
};
/* clang-format on */

void draw_rect(const struct pen *pen, int x, int y, int width, int height,
               int round, const char *fill)
{
    fprintf(pen->out,
            "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"%d\" "
            "fill=\"%s\"/>\n",
            x, y, width, height, round, fill);
}

void draw_circle(const struct pen *pen, int x, int y, int radius,
                 const char *fill)
{
    fprintf(pen->out, "<circle cx=\"%d\" cy=\"%d\" r=\"%d\" fill=\"%s\"/>\n", x,
            y, radius, fill);
}

void draw_ring(const struct pen *pen, int x, int y, int radius, int width,
               const char *stroke)
{
    fprintf(pen->out,
            "<circle cx=\"%d\" cy=\"%d\" r=\"%d\" fill=\"none\" "
            "stroke=\"%s\" stroke-width=\"%d\"/>\n",
            x, y, radius, stroke, width);
}

void draw_path(const struct pen *pen, const char *fill, const char *path)
{
    fprintf(pen->out, "<path fill=\"%s\" d=\"%s\"/>\n", fill, path);
}

void draw_stroke(const struct pen *pen, const char *stroke, int width,
                 const char *path)
{
    fprintf(pen->out,
            "<path fill=\"none\" stroke=\"%s\" stroke-width=\"%d\" "
            "stroke-linecap=\"round\" stroke-linejoin=\"round\" "
            "d=\"%s\"/>\n",
            stroke, width, path);
}

void draw_text(const struct pen *pen, int x, int y, int size, const char *fill,
               const char *text)
{
    fprintf(pen->out,
            "<text x=\"%d\" y=\"%d\" font-size=\"%d\" fill=\"%s\" "
            "font-family=\"ui-monospace,Menlo,monospace\" "
            "text-anchor=\"middle\">%s</text>\n",
            x, y, size, fill, text);
}

void draw_turned(const struct pen *pen, int degrees)
{
    fprintf(pen->out, "<g transform=\"rotate(%d 200 150)\">\n", degrees);
}

void draw_level(const struct pen *pen)
{
    fprintf(pen->out, "</g>\n");
}

/* The sheet, its holes, and the shadow that everything upon it throws. */
static void begin_sheet(const struct pen *pen)
{
    fprintf(pen->out,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" "
            "viewBox=\"0 0 400 300\" width=\"400\" height=\"300\">\n"
            "<defs>\n"
            "<pattern id=\"pegs\" width=\"25\" height=\"25\" "
            "patternUnits=\"userSpaceOnUse\">"
            "<circle cx=\"12\" cy=\"12\" r=\"2\" fill=\"%s\"/></pattern>\n"
            "<filter id=\"shadow\" x=\"-20%%\" y=\"-20%%\" width=\"140%%\" "
            "height=\"150%%\">"
            "<feDropShadow dx=\"3\" dy=\"7\" stdDeviation=\"5\" "
            "flood-color=\"#2b2a26\" flood-opacity=\".28\"/></filter>\n"
            "</defs>\n",
            pen->colours->dots);
    draw_rect(pen, 0, 0, 400, 300, 0, pen->colours->back);
    draw_rect(pen, 0, 0, 400, 300, 0, "url(#pegs)");
    fprintf(pen->out, "<g filter=\"url(#shadow)\">\n");
}

static void end_sheet(const struct pen *pen)
{
    fprintf(pen->out, "</g>\n</svg>\n");
}

static const struct palette *palette_by_name(const char *name)
{
    for (size_t i = 0; i < sizeof(palettes) / sizeof(palettes[0]); i++) {
        if (strcmp(palettes[i].name, name) == 0) {
            return &palettes[i];
        }
    }
    return NULL;
}

static void write_picture(const struct demo_product *product,
                          const char *folder)
{
    drawing *draw = drawing_by_name(product->drawing);
    struct pen pen = {.colours = palette_by_name(product->colour)};
    char path[1024];
    int length =
        snprintf(path, sizeof(path), "%s/%s.svg", folder, product->slug);

    if (length < 0 || (size_t)length >= sizeof(path)) {
        demo_fail("%s: the name of the folder is too long", folder);
    }
    if (!draw || !pen.colours) {
        demo_fail("products.txt: %s: there is no %s \"%s\"", product->slug,
                  draw ? "colour" : "drawing",
                  draw ? product->colour : product->drawing);
    }
    pen.out = fopen(path, "wb");
    if (!pen.out) {
        demo_fail("%s: cannot be written: %s", path, strerror(errno));
    }
    begin_sheet(&pen);
    draw(&pen);
    end_sheet(&pen);
    if (ferror(pen.out) || fclose(pen.out) != 0) {
        demo_fail("%s: cannot be written: %s", path, strerror(errno));
    }
}

void demo_write_pictures(const struct demo *demo, const char *folder)
{
    for (size_t i = 0; i < demo->product_count; i++) {
        write_picture(&demo->products[i], folder);
    }
}
