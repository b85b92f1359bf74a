/*
 * What the drawings of drawings.c are made with: a pen on a sheet of 400 by
 * 300, and colours. Coordinates are whole numbers, so that the bytes of a
 * picture do not depend on how a machine rounds.
 */

#ifndef PICTURES_H
#define PICTURES_H

#include <stdio.h>

/* The colours of a product; those of materials are below. */
struct palette {
    const char *name;
    const char *back;  /* the sheet */
    const char *dots;  /* the pegboard's holes */
    const char *main;  /* the part that is coloured */
    const char *dark;  /* its shaded side */
    const char *light; /* its lit side */
};

struct pen {
    FILE *out;
    const struct palette *colours;
};

#define WOOD "#dcab6c"
#define WOOD_DARK "#b98546"
#define WOOD_LIGHT "#ecc993"
#define STEEL "#bcc7cd"
#define STEEL_DARK "#87949b"
#define STEEL_LIGHT "#e6ecef"
#define BRASS "#d9b24c"
#define BRASS_DARK "#b08a2c"
#define INK "#2f383c"
#define PAPER "#fdfbf5"

void draw_rect(const struct pen *pen, int x, int y, int width, int height,
               int round, const char *fill);
void draw_circle(const struct pen *pen, int x, int y, int radius,
                 const char *fill);
void draw_ring(const struct pen *pen, int x, int y, int radius, int width,
               const char *stroke);
void draw_path(const struct pen *pen, const char *fill, const char *path);
void draw_stroke(const struct pen *pen, const char *stroke, int width,
                 const char *path);
void draw_text(const struct pen *pen, int x, int y, int size, const char *fill,
               const char *text);

/* What follows is turned around the middle of the sheet, until draw_level. */
void draw_turned(const struct pen *pen, int degrees);
void draw_level(const struct pen *pen);

/* A drawing by its name in products.txt, or NULL. */
typedef void drawing(const struct pen *pen);
drawing *drawing_by_name(const char *name);

#endif
