/*
 * One function a kind of thing in the shop. Long things lie flat across the
 * sheet and are then turned a little, as if somebody had put them down.
 */

#include "pictures.h"

#include <string.h>

#define MAIN (pen->colours->main)
#define DARK (pen->colours->dark)
#define LIGHT (pen->colours->light)

/* A turned handle with its end at x = 40; the tool begins at x = 165. */
static void handle(const struct pen *pen, const char *fill, const char *lit)
{
    draw_path(pen, fill,
              "M44 150C44 128 62 126 84 131S128 138 152 132L165 134V166"
              "L152 168C128 162 106 164 84 169S44 172 44 150Z");
    draw_stroke(pen, lit, 4, "M60 142C80 134 110 144 146 140");
}

static void draw_mallet(const struct pen *pen)
{
    draw_turned(pen, 28);
    draw_rect(pen, 187, 100, 26, 175, 11, WOOD);
    draw_rect(pen, 192, 150, 5, 118, 2, WOOD_LIGHT);
    draw_path(pen, MAIN, "M112 42H288L300 136H100Z");
    draw_path(pen, DARK, "M102 122L100 136H300L298 122Z");
    draw_path(pen, LIGHT, "M112 42H288L290 54H110Z");
    draw_stroke(pen, DARK, 2, "M128 78C170 70 220 86 272 76");
    draw_stroke(pen, DARK, 2, "M124 104C180 96 230 112 278 102");
    draw_rect(pen, 189, 34, 22, 10, 2, WOOD);
    draw_rect(pen, 197, 34, 5, 10, 0, WOOD_DARK);
    draw_level(pen);
}

/* A chisel whose blade is 2 * half wide and begins at x = from. */
static void chisel(const struct pen *pen, int from, int half)
{
    draw_turned(pen, -24);
    handle(pen, MAIN, LIGHT);
    draw_rect(pen, 160, 132, 14, 36, 3, BRASS);
    draw_rect(pen, 174, 142, from - 170, 16, 2, STEEL);
    fprintf(pen->out,
            "<path fill=\"%s\" d=\"M%d 142L%d %dH362V%dH%dL%d 158z\"/>\n",
            STEEL, from - 8, from, 150 - half, 150 + half, from, from - 8);
    draw_rect(pen, from, 150 - half, 362 - from, half / 2, 0, STEEL_LIGHT);
    draw_rect(pen, 342, 150 - half, 20, 2 * half, 0, STEEL_DARK);
    draw_level(pen);
}

static void draw_chisel(const struct pen *pen)
{
    chisel(pen, 238, 11);
}

static void draw_paring(const struct pen *pen)
{
    chisel(pen, 200, 22);
}

static void draw_plane(const struct pen *pen)
{
    draw_path(pen, WOOD, "M52 190H348V232H52Z");
    draw_path(pen, WOOD_DARK, "M52 222H348V232H52Z");
    draw_path(pen, WOOD_LIGHT, "M52 190H348V197H52Z");
    draw_path(pen, MAIN,
              "M268 190C262 160 276 122 304 112C318 107 326 118 318 128"
              "C304 144 312 168 324 190Z");
    draw_stroke(pen, LIGHT, 4, "M280 178C278 156 288 132 304 122");
    draw_path(pen, STEEL, "M168 190L226 92L244 102L196 190Z");
    draw_path(pen, STEEL_LIGHT, "M168 190L226 92L231 95L176 190Z");
    draw_circle(pen, 214, 148, 7, STEEL_DARK);
    draw_path(pen, MAIN, "M84 190C74 176 78 150 98 150S122 176 112 190Z");
    draw_circle(pen, 98, 146, 17, MAIN);
    draw_circle(pen, 93, 141, 5, LIGHT);
    draw_path(pen, INK, "M150 190H200L182 206H162Z");
    draw_stroke(pen, WOOD_LIGHT, 5,
                "M150 92C132 72 108 84 116 104S146 116 142 98");
}

/* Teeth, one beside the other, along a line. */
static void teeth(const struct pen *pen, int x, int y, int count, int pitch,
                  const char *fill)
{
    fprintf(pen->out, "<path fill=\"%s\" d=\"M%d %d", fill, x, y);
    for (int i = 0; i < count; i++) {
        fprintf(pen->out, "l%d %dL%d %d", pitch / 2, pitch, x + (i + 1) * pitch,
                y);
    }
    fprintf(pen->out, "Z\"/>\n");
}

static void draw_saw(const struct pen *pen)
{
    draw_turned(pen, -14);
    draw_rect(pen, 138, 116, 222, 66, 2, STEEL);
    draw_path(pen, STEEL_LIGHT, "M138 136H360V146H138Z");
    teeth(pen, 140, 182, 36, 6, STEEL);
    draw_rect(pen, 134, 106, 230, 20, 3, BRASS);
    draw_rect(pen, 134, 119, 230, 7, 2, BRASS_DARK);
    draw_path(pen, MAIN,
              "M150 112C140 94 116 96 96 90C76 84 50 92 50 106"
              "C62 104 66 112 58 126C46 148 44 172 40 196C38 210 60 214 68 202"
              "C78 190 90 186 104 186C118 186 124 192 138 192L154 182Z");
    draw_path(pen, pen->colours->back,
              "M92 118C112 112 122 126 118 144C114 160 98 166 84 172"
              "C74 176 70 168 74 154C78 142 80 122 92 118Z");
    draw_circle(pen, 140, 138, 5, BRASS);
    draw_circle(pen, 140, 168, 5, BRASS);
    draw_level(pen);
}

static void draw_hammer(const struct pen *pen)
{
    draw_turned(pen, 32);
    draw_path(pen, WOOD,
              "M190 96H210L216 200C218 240 214 276 200 276"
              "S182 240 184 200Z");
    draw_path(pen, MAIN,
              "M184 196H216C220 240 214 277 200 277"
              "S180 240 184 196Z");
    draw_rect(pen, 176, 60, 48, 44, 4, STEEL_DARK);
    draw_path(pen, STEEL, "M224 62H268L276 56H290V108H276L268 102H224Z");
    draw_path(pen, STEEL, "M176 62L104 78V86L176 102Z");
    draw_path(pen, STEEL_LIGHT, "M224 62H268L276 56H290V66H224Z");
    draw_path(pen, STEEL_LIGHT, "M176 62L104 78L176 72Z");
    draw_rect(pen, 191, 52, 18, 10, 2, WOOD_LIGHT);
    draw_level(pen);
}

/* Marks along an edge, every fifth and every tenth of them longer. */
static void scale(const struct pen *pen, int x, int y, int count, int step,
                  int down)
{
    fprintf(pen->out,
            "<path fill=\"none\" stroke=\"%s\" stroke-width=\"1\" d=\"", INK);
    for (int i = 0; i <= count; i++) {
        int length = i % 10 == 0 ? 20 : i % 5 == 0 ? 14 : 8;

        fprintf(pen->out, "M%d %dv%d", x + i * step, y,
                down ? length : -length);
    }
    fprintf(pen->out, "\"/>\n");
}

static void draw_square(const struct pen *pen)
{
    draw_turned(pen, -8);
    draw_path(pen, STEEL, "M138 62H338V98H138Z");
    draw_path(pen, STEEL_LIGHT, "M138 62H338V70H138Z");
    scale(pen, 150, 98, 36, 5, 0);
    draw_rect(pen, 92, 48, 54, 206, 5, MAIN);
    draw_rect(pen, 138, 48, 8, 206, 0, BRASS);
    draw_rect(pen, 92, 48, 9, 206, 4, DARK);
    draw_circle(pen, 118, 72, 5, BRASS);
    draw_circle(pen, 118, 90, 5, BRASS);
    draw_circle(pen, 118, 108, 5, BRASS);
    draw_level(pen);
}

static void draw_gauge(const struct pen *pen)
{
    draw_turned(pen, -18);
    draw_rect(pen, 50, 140, 300, 20, 9, STEEL);
    draw_rect(pen, 50, 142, 300, 6, 3, STEEL_LIGHT);
    draw_rect(pen, 38, 126, 18, 48, 4, STEEL_DARK);
    draw_rect(pen, 34, 128, 6, 44, 2, STEEL_LIGHT);
    draw_rect(pen, 176, 88, 62, 124, 22, MAIN);
    draw_rect(pen, 168, 90, 14, 120, 5, BRASS);
    draw_rect(pen, 222, 96, 8, 108, 4, DARK);
    draw_rect(pen, 196, 70, 22, 22, 4, BRASS);
    draw_rect(pen, 192, 58, 30, 14, 5, BRASS_DARK);
    draw_level(pen);
}

static void draw_ruler(const struct pen *pen)
{
    draw_turned(pen, -20);
    draw_rect(pen, 24, 118, 352, 64, 5, STEEL_LIGHT);
    draw_rect(pen, 24, 174, 352, 8, 3, STEEL);
    scale(pen, 36, 118, 80, 4, 1);
    scale(pen, 36, 182, 40, 8, 0);
    for (int i = 1; i < 8; i++) {
        char number[2] = {(char)('0' + i), '\0'};

        draw_text(pen, 36 + i * 40, 154, 15, DARK, number);
    }
    draw_circle(pen, 362, 150, 6, pen->colours->back);
    draw_level(pen);
}

static void draw_caliper(const struct pen *pen)
{
    draw_turned(pen, -16);
    draw_rect(pen, 50, 112, 316, 32, 3, STEEL);
    draw_rect(pen, 50, 112, 316, 7, 3, STEEL_LIGHT);
    draw_path(pen, STEEL_DARK, "M50 112H90V144L84 236H74L50 150Z");
    draw_path(pen, STEEL_DARK, "M60 112V72L76 112Z");
    draw_path(pen, MAIN, "M120 104H224V168H142L126 236H116L120 160Z");
    draw_path(pen, LIGHT, "M120 104H224V111H120Z");
    draw_path(pen, MAIN, "M124 104V72L108 104Z");
    draw_rect(pen, 134, 122, 80, 38, 2, PAPER);
    scale(pen, 140, 122, 17, 4, 1);
    scale(pen, 234, 144, 24, 5, 0);
    draw_circle(pen, 196, 98, 9, BRASS);
    draw_level(pen);
}

static void draw_divider(const struct pen *pen)
{
    draw_path(pen, STEEL, "M190 70L206 70L130 262L124 264L122 258Z");
    draw_path(pen, STEEL_DARK, "M194 70L210 70L278 258L276 264L270 262Z");
    draw_stroke(pen, BRASS, 8, "M150 190C180 206 222 206 252 190");
    draw_circle(pen, 160, 190, 10, MAIN);
    draw_circle(pen, 200, 66, 22, MAIN);
    draw_circle(pen, 200, 66, 9, BRASS);
    draw_rect(pen, 192, 26, 16, 28, 5, DARK);
}

static void draw_pencil(const struct pen *pen)
{
    const char *const bodies[] = {MAIN, DARK, LIGHT};

    draw_turned(pen, -22);
    for (int i = 0; i < 3; i++) {
        int y = 78 + i * 52;
        int x = 60 + i * 16;

        draw_rect(pen, x, y, 220, 36, 4, bodies[i]);
        draw_rect(pen, x, y + 14, 220, 4, 0, PAPER);
        fprintf(pen->out,
                "<path fill=\"%s\" d=\"M%d %dl52 18l-52 18z\"/>\n"
                "<path fill=\"%s\" d=\"M%d %dl18 6l-18 6z\"/>\n",
                WOOD_LIGHT, x + 220, y, INK, x + 254, y + 12);
    }
    draw_level(pen);
}

static void draw_stone(const struct pen *pen)
{
    draw_path(pen, WOOD, "M60 186H340L352 226H48Z");
    draw_path(pen, WOOD_DARK, "M50 218L48 226H352L350 218Z");
    draw_path(pen, LIGHT, "M96 120H318L344 158H70Z");
    draw_path(pen, MAIN, "M70 158H344V190H70Z");
    draw_path(pen, DARK, "M70 182H344V190H70Z");
    draw_stroke(pen, PAPER, 3, "M122 134C160 126 190 142 230 132");
    draw_circle(pen, 256, 140, 5, PAPER);
    draw_circle(pen, 278, 132, 3, PAPER);
    draw_path(pen, "#9ec7dc",
              "M336 92C346 108 350 116 336 120"
              "C322 116 326 108 336 92Z");
}

static void draw_strop(const struct pen *pen)
{
    draw_turned(pen, -20);
    draw_rect(pen, 40, 134, 110, 32, 15, WOOD);
    draw_rect(pen, 130, 108, 230, 84, 10, WOOD);
    draw_rect(pen, 140, 114, 214, 72, 6, MAIN);
    draw_rect(pen, 140, 114, 214, 14, 6, LIGHT);
    draw_path(pen, "#7fa75a", "M180 138L330 134L326 164L176 168Z");
    draw_circle(pen, 58, 150, 6, pen->colours->back);
    draw_level(pen);
}

static void draw_guide(const struct pen *pen)
{
    draw_turned(pen, -14);
    draw_path(pen, STEEL, "M176 40H224V250L200 268L176 250Z");
    draw_path(pen, STEEL_LIGHT, "M176 40H188V258L176 250Z");
    draw_rect(pen, 96, 128, 70, 54, 12, MAIN);
    draw_rect(pen, 234, 128, 70, 54, 12, MAIN);
    draw_rect(pen, 96, 128, 70, 12, 6, LIGHT);
    draw_rect(pen, 234, 128, 70, 12, 6, LIGHT);
    draw_rect(pen, 76, 148, 248, 12, 5, BRASS);
    draw_rect(pen, 166, 132, 12, 46, 3, DARK);
    draw_rect(pen, 222, 132, 12, 46, 3, DARK);
    draw_rect(pen, 158, 192, 84, 26, 12, STEEL_DARK);
    draw_circle(pen, 70, 154, 14, BRASS_DARK);
    draw_level(pen);
}

static void draw_file(const struct pen *pen)
{
    draw_turned(pen, -24);
    handle(pen, WOOD, WOOD_LIGHT);
    draw_rect(pen, 156, 134, 14, 32, 4, MAIN);
    draw_path(pen, STEEL_DARK,
              "M170 146L196 134H352L368 150L352 166H196"
              "L170 154Z");
    draw_path(pen, STEEL, "M196 134H352L368 150H170L190 138Z");
    for (int x = 202; x < 350; x += 7) {
        fprintf(pen->out,
                "<path stroke=\"%s\" stroke-width=\"1\" d=\"M%d 164l8-28\"/>\n",
                INK, x);
    }
    draw_level(pen);
}

static void draw_grinder(const struct pen *pen)
{
    draw_path(pen, DARK, "M160 170H250L270 262H140Z");
    draw_rect(pen, 120, 256, 170, 16, 4, STEEL_DARK);
    draw_circle(pen, 170, 142, 82, STEEL_DARK);
    draw_circle(pen, 170, 142, 74, "#a9b0a8");
    draw_ring(pen, 170, 142, 52, 2, STEEL_LIGHT);
    draw_circle(pen, 170, 142, 26, MAIN);
    draw_circle(pen, 170, 142, 9, BRASS);
    draw_path(pen, MAIN,
              "M84 140C82 90 120 54 170 52L172 70"
              "C128 72 102 104 102 140Z");
    draw_stroke(pen, STEEL, 14, "M236 142H292V84");
    draw_rect(pen, 280, 46, 50, 26, 12, WOOD);
    draw_rect(pen, 286, 66, 12, 24, 3, STEEL_DARK);
    draw_stroke(pen, BRASS, 3, "M66 176L48 190M64 190L54 208M70 162L46 166");
}

static void draw_iron(const struct pen *pen)
{
    draw_turned(pen, -26);
    draw_stroke(pen, INK, 9, "M62 150C30 150 24 180 44 200S40 250 66 258");
    draw_rect(pen, 58, 132, 128, 36, 16, MAIN);
    draw_rect(pen, 66, 136, 112, 9, 4, LIGHT);
    draw_rect(pen, 150, 128, 20, 44, 6, DARK);
    draw_rect(pen, 184, 138, 18, 24, 3, INK);
    draw_rect(pen, 202, 141, 108, 18, 4, STEEL);
    draw_rect(pen, 202, 143, 108, 5, 2, STEEL_LIGHT);
    draw_path(pen, BRASS, "M310 142L338 145L362 150L338 155L310 158Z");
    draw_circle(pen, 128, 150, 5, "#f4d35e");
    draw_level(pen);
    draw_stroke(pen, STEEL_DARK, 3,
                "M348 62C340 50 358 44 350 30M332 54C326 46 338 40 332 30");
}

static void draw_meter(const struct pen *pen)
{
    draw_stroke(pen, INK, 6, "M176 252C150 290 96 280 76 240S60 160 44 120");
    draw_stroke(pen, MAIN, 6,
                "M224 252C250 290 306 280 326 240S342 160 356 "
                "120");
    draw_path(pen, INK, "M36 124L44 60L52 124Z");
    draw_path(pen, DARK, "M348 124L356 60L364 124Z");
    draw_rect(pen, 126, 28, 148, 238, 18, MAIN);
    draw_rect(pen, 138, 40, 124, 214, 10, INK);
    draw_rect(pen, 150, 54, 100, 56, 5, "#cfdcc0");
    draw_text(pen, 200, 94, 34, INK, "4.71");
    draw_circle(pen, 200, 168, 38, "#465157");
    draw_ring(pen, 200, 168, 38, 2, STEEL_DARK);
    draw_stroke(pen, PAPER, 6, "M200 168L222 144");
    draw_circle(pen, 176, 236, 9, "#11171a");
    draw_circle(pen, 224, 236, 9, MAIN);
}

static void draw_spool(const struct pen *pen)
{
    draw_rect(pen, 120, 52, 160, 30, 8, MAIN);
    draw_rect(pen, 120, 218, 160, 30, 8, DARK);
    draw_rect(pen, 138, 82, 124, 136, 0, STEEL);
    for (int y = 90; y < 216; y += 9) {
        fprintf(pen->out,
                "<path stroke=\"%s\" stroke-width=\"2\" d=\"M138 %dh124\"/>\n",
                STEEL_DARK, y);
    }
    draw_rect(pen, 146, 82, 16, 136, 0, STEEL_LIGHT);
    draw_rect(pen, 120, 52, 160, 8, 4, LIGHT);
    draw_rect(pen, 166, 124, 68, 52, 4, PAPER);
    draw_text(pen, 200, 147, 16, INK, "0.7");
    draw_text(pen, 200, 166, 12, DARK, "100 g");
    draw_stroke(pen, STEEL_DARK, 4,
                "M262 196C320 200 352 180 338 146S296 134 306 160");
}

static void draw_board(const struct pen *pen)
{
    draw_turned(pen, -10);
    draw_rect(pen, 44, 76, 312, 148, 8, PAPER);
    draw_rect(pen, 52, 88, 296, 2, 0, "#c8503a");
    draw_rect(pen, 52, 210, 296, 2, 0, "#3f6fa8");
    draw_rect(pen, 44, 144, 312, 12, 0, "#ebe6d8");
    for (int column = 0; column < 24; column++) {
        for (int row = 0; row < 8; row++) {
            int y = 98 + row * 11 + (row > 3 ? 17 : 0);

            draw_rect(pen, 57 + column * 12, y, 5, 5, 1, "#9a9484");
        }
    }
    draw_rect(pen, 146, 128, 88, 44, 4, INK);
    draw_circle(pen, 156, 150, 4, STEEL_DARK);
    draw_stroke(pen, MAIN, 5, "M84 112C84 80 132 84 156 120");
    draw_stroke(pen, "#c8503a", 5, "M226 180C250 236 300 220 312 190");
    draw_circle(pen, 300, 112, 11, LIGHT);
    draw_level(pen);
}

/* One resistor, its bands in the colours of 4.7 thousand ohms. */
static void resistor(const struct pen *pen, int x, int y, const char *third)
{
    fprintf(pen->out,
            "<path stroke=\"%s\" stroke-width=\"4\" d=\"M%d %dh150\"/>\n",
            STEEL_DARK, x - 35, y + 13);
    draw_rect(pen, x, y, 80, 26, 12, "#e6cfa3");
    draw_rect(pen, x + 14, y, 7, 26, 0, "#d79a2b");
    draw_rect(pen, x + 27, y, 7, 26, 0, "#7a4fa0");
    draw_rect(pen, x + 40, y, 7, 26, 0, third);
    draw_rect(pen, x + 62, y, 6, 26, 0, BRASS);
}

static void draw_resistors(const struct pen *pen)
{
    draw_turned(pen, -12);
    draw_rect(pen, 60, 48, 280, 204, 16, DARK);
    draw_rect(pen, 72, 60, 256, 180, 8, PAPER);
    resistor(pen, 160, 78, "#c8503a");
    resistor(pen, 160, 118, "#2f8f86");
    resistor(pen, 160, 158, INK);
    resistor(pen, 160, 198, MAIN);
    draw_level(pen);
}

static void draw_lamp(const struct pen *pen)
{
    draw_path(pen, "#fff3c4", "M206 118L128 268H330L290 104Z");
    draw_rect(pen, 52, 252, 110, 20, 9, DARK);
    draw_stroke(pen, STEEL_DARK, 10, "M106 250L84 150L196 64");
    draw_circle(pen, 84, 150, 12, BRASS);
    draw_circle(pen, 106, 248, 11, BRASS);
    draw_path(pen, MAIN,
              "M192 52L226 40C268 46 294 72 300 106L196 130"
              "C182 104 180 72 192 52Z");
    draw_path(pen, LIGHT,
              "M192 52L206 47C196 72 198 100 210 127L196 130"
              "C182 104 180 72 192 52Z");
    draw_path(pen, "#ffe28a", "M196 130L300 106C296 128 210 148 196 130Z");
}

static void draw_awl(const struct pen *pen)
{
    draw_turned(pen, -28);
    draw_path(pen, MAIN,
              "M52 150C52 112 92 108 124 124S176 132 190 140V160"
              "C176 168 156 160 124 176S52 188 52 150Z");
    draw_stroke(pen, LIGHT, 6, "M76 136C92 124 112 134 138 138");
    draw_rect(pen, 186, 138, 20, 24, 4, BRASS);
    draw_path(pen, STEEL, "M206 144H318L366 150L318 156H206Z");
    draw_path(pen, STEEL_LIGHT, "M206 144H318L366 150H206Z");
    draw_level(pen);
}

static void draw_needles(const struct pen *pen)
{
    draw_rect(pen, 92, 60, 216, 190, 8, MAIN);
    draw_rect(pen, 104, 72, 192, 166, 4, PAPER);
    draw_rect(pen, 104, 142, 192, 20, 0, LIGHT);
    for (int i = 0; i < 7; i++) {
        int x = 122 + i * 26;

        fprintf(pen->out,
                "<path fill=\"%s\" d=\"M%d 84q3-6 6 0l1 128-4 14-4-14z\"/>\n"
                "<path fill=\"%s\" d=\"M%d 88h2v14h-2z\"/>\n",
                STEEL_DARK, x - 3, PAPER, x - 1);
    }
    draw_stroke(pen, "#c8503a", 3,
                "M278 95C310 60 346 92 338 130S300 196 344 236");
}

static void draw_thread(const struct pen *pen)
{
    draw_path(pen, WOOD, "M126 66H274L262 86H138Z");
    draw_path(pen, WOOD_DARK, "M138 214H262L274 236H126Z");
    draw_path(pen, MAIN,
              "M140 86H260C272 126 272 174 260 214H140"
              "C128 174 128 126 140 86Z");
    for (int y = 96; y < 212; y += 10) {
        fprintf(pen->out,
                "<path fill=\"none\" stroke=\"%s\" stroke-width=\"3\" "
                "d=\"M134 %dQ200 %d 266 %d\"/>\n",
                y % 20 == 16 ? LIGHT : DARK, y, y + 14, y - 4);
    }
    draw_stroke(pen, MAIN, 4,
                "M262 196C300 210 330 190 326 160S352 120 366 "
                "140");
    draw_rect(pen, 126, 60, 148, 8, 3, WOOD_LIGHT);
}

static void draw_folder(const struct pen *pen)
{
    draw_path(pen, PAPER, "M60 92L300 70L338 222L92 250Z");
    draw_path(pen, "#ece6d6", "M60 92L176 81L212 236L92 250Z");
    draw_stroke(pen, LIGHT, 2, "M176 81L212 236");
    draw_turned(pen, -36);
    draw_path(pen, "#f6ecd2",
              "M70 150C70 132 84 128 104 128H300"
              "C330 128 352 140 364 150C352 160 330 172 300 "
              "172H104C84 172 70 168 70 150Z");
    draw_path(pen, MAIN,
              "M84 164C90 171 96 172 104 172H300C330 172 352 160 "
              "364 150C340 160 320 164 300 164Z");
    draw_level(pen);
}

static void draw_apron(const struct pen *pen)
{
    draw_stroke(pen, DARK, 9, "M160 70C160 14 240 14 240 70");
    draw_stroke(pen, DARK, 8,
                "M112 148C76 150 62 172 50 196M288 148"
                "C324 150 338 172 350 196");
    draw_path(pen, MAIN,
              "M152 60H248C250 104 264 132 292 146L298 276H102"
              "L108 146C136 132 150 104 152 60Z");
    draw_path(pen, LIGHT, "M152 60H248L249 72H151Z");
    draw_rect(pen, 182, 78, 7, 46, 3, BRASS);
    draw_rect(pen, 166, 104, 68, 36, 4, DARK);
    draw_rect(pen, 222, 158, 9, 44, 3, STEEL);
    draw_rect(pen, 240, 152, 13, 50, 4, WOOD);
    draw_rect(pen, 126, 186, 68, 56, 5, DARK);
    draw_rect(pen, 206, 186, 68, 56, 5, DARK);
    draw_circle(pen, 132, 192, 3, BRASS);
    draw_circle(pen, 268, 192, 3, BRASS);
}

static void draw_roll(const struct pen *pen)
{
    draw_rect(pen, 50, 66, 300, 168, 8, MAIN);
    draw_path(pen, DARK, "M50 156H350V226Q350 234 342 234H58Q50 234 50 226Z");
    for (int i = 0; i < 6; i++) {
        int x = 72 + i * 47;
        const char *const grips[] = {WOOD, "#c8503a", BRASS};

        draw_rect(pen, x, 88 - i % 3 * 8, 22, 74 + i % 3 * 8, 9, grips[i % 3]);
        draw_rect(pen, x + 4, 96 - i % 3 * 8, 4, 50, 2, PAPER);
        draw_rect(pen, x - 8, 156, 38, 78, 2, DARK);
        draw_rect(pen, x + 34, 160, 2, 70, 0, LIGHT);
    }
    draw_rect(pen, 350, 112, 34, 14, 3, WOOD_DARK);
    draw_rect(pen, 350, 178, 34, 14, 3, WOOD_DARK);
    draw_stroke(pen, LIGHT, 2, "M50 156H350");
}

static void draw_bottle(const struct pen *pen)
{
    draw_rect(pen, 178, 24, 44, 34, 6, INK);
    draw_path(pen, DARK,
              "M182 56H218V88C218 104 256 112 256 140V256"
              "Q256 272 240 272H160Q144 272 144 256V140"
              "C144 112 182 104 182 88Z");
    draw_path(pen, MAIN,
              "M152 150C170 142 230 158 248 150V254Q248 264 238 "
              "264H162Q152 264 152 254Z");
    draw_rect(pen, 154, 160, 92, 76, 4, PAPER);
    draw_path(pen, LIGHT, "M190 116C190 108 208 108 208 116L206 132H192Z");
    draw_text(pen, 200, 192, 16, INK, "linseed");
    draw_text(pen, 200, 216, 13, DARK, "500 ml");
    draw_rect(pen, 158, 128, 7, 130, 3, LIGHT);
}

static void draw_tin(const struct pen *pen)
{
    draw_path(pen, DARK, "M80 130V206C80 238 320 238 320 206V130Z");
    draw_path(pen, MAIN, "M80 128V156C80 188 320 188 320 156V128Z");
    fprintf(pen->out,
            "<ellipse cx=\"200\" cy=\"126\" rx=\"120\" ry=\"40\" "
            "fill=\"%s\"/>\n<ellipse cx=\"200\" cy=\"124\" rx=\"104\" "
            "ry=\"32\" fill=\"%s\"/>\n",
            LIGHT, PAPER);
    draw_path(pen, BRASS, "M186 112L200 104L214 112V128L200 136L186 128Z");
    draw_path(pen, BRASS, "M158 128L172 120L186 128V138L172 146L158 138Z");
    draw_path(pen, BRASS, "M214 128L228 120L242 128V138L228 146L214 138Z");
    draw_stroke(pen, LIGHT, 4, "M104 182C104 200 120 208 140 214");
}

static void draw_brush(const struct pen *pen)
{
    draw_turned(pen, -30);
    draw_path(pen, MAIN,
              "M44 150C44 136 60 134 80 138S130 136 160 118H186"
              "V182H160C130 164 100 166 80 162S44 164 44 150Z");
    draw_circle(pen, 66, 150, 5, pen->colours->back);
    draw_stroke(pen, LIGHT, 4, "M92 144C120 144 140 136 164 126");
    draw_rect(pen, 182, 112, 50, 76, 3, "#c98a5b");
    draw_rect(pen, 182, 112, 50, 12, 3, "#e0aa80");
    draw_circle(pen, 196, 150, 3, INK);
    draw_circle(pen, 218, 150, 3, INK);
    draw_path(pen, "#e9dcc0",
              "M232 114H330L344 122L336 130L350 138L340 146"
              "L352 154L340 162L350 170L336 178L342 186H232Z");
    for (int y = 124; y < 186; y += 11) {
        fprintf(pen->out,
                "<path stroke=\"#cdbb92\" stroke-width=\"2\" "
                "d=\"M236 %dh90\"/>\n",
                y);
    }
    draw_level(pen);
}

static void draw_notebook(const struct pen *pen)
{
    draw_turned(pen, -9);
    draw_rect(pen, 118, 42, 176, 224, 6, "#e7e0cf");
    draw_rect(pen, 112, 36, 176, 224, 6, MAIN);
    draw_rect(pen, 112, 36, 26, 224, 5, DARK);
    for (int y = 60; y < 250; y += 30) {
        fprintf(pen->out,
                "<path stroke=\"%s\" stroke-width=\"3\" d=\"M118 %dh14\"/>\n",
                PAPER, y);
    }
    draw_rect(pen, 164, 74, 98, 54, 4, PAPER);
    draw_rect(pen, 176, 90, 74, 4, 2, LIGHT);
    draw_rect(pen, 176, 106, 52, 4, 2, LIGHT);
    draw_rect(pen, 262, 36, 9, 224, 0, INK);
    draw_path(pen, "#c8503a", "M206 258H222V292L214 282L206 292Z");
    draw_level(pen);
}

static void draw_mug(const struct pen *pen)
{
    draw_ring(pen, 276, 158, 44, 16, DARK);
    draw_path(pen, MAIN,
              "M104 82H276L266 250Q265 262 252 262H128"
              "Q115 262 114 250Z");
    draw_path(pen, LIGHT, "M122 100H140L146 244H130Z");
    fprintf(pen->out,
            "<ellipse cx=\"190\" cy=\"82\" rx=\"88\" ry=\"18\" "
            "fill=\"%s\"/>\n<ellipse cx=\"190\" cy=\"84\" "
            "rx=\"76\" ry=\"13\" fill=\"#7a4a2a\"/>\n",
            PAPER);
    draw_circle(pen, 232, 196, 4, DARK);
    draw_circle(pen, 244, 210, 3, DARK);
    draw_stroke(pen, PAPER, 5,
                "M168 58C160 44 180 38 172 22M206 58C198 44 218 38 210 22");
}

static void draw_stool(const struct pen *pen)
{
    draw_path(pen, WOOD_DARK, "M190 118H212L216 268H198Z");
    draw_path(pen, WOOD, "M112 112H136L112 270H94Z");
    draw_path(pen, WOOD, "M264 112H288L306 270H288Z");
    draw_stroke(pen, WOOD_DARK, 10, "M108 214H204M206 230H296");
    fprintf(pen->out,
            "<ellipse cx=\"200\" cy=\"104\" rx=\"132\" ry=\"34\" "
            "fill=\"%s\"/>\n<ellipse cx=\"200\" cy=\"92\" rx=\"132\" "
            "ry=\"34\" fill=\"%s\"/>\n",
            DARK, MAIN);
    draw_stroke(pen, LIGHT, 3, "M100 90C150 76 240 76 298 92");
    draw_stroke(pen, LIGHT, 3, "M120 104C170 94 240 96 276 106");
    draw_rect(pen, 124, 86, 14, 5, 2, DARK);
    draw_rect(pen, 262, 86, 14, 5, 2, DARK);
    draw_rect(pen, 194, 108, 14, 5, 2, DARK);
}

static const struct {
    const char *name;
    drawing *draw;
} drawings[] = {
    {"mallet", draw_mallet},     {"chisel", draw_chisel},
    {"paring", draw_paring},     {"plane", draw_plane},
    {"saw", draw_saw},           {"hammer", draw_hammer},
    {"square", draw_square},     {"gauge", draw_gauge},
    {"ruler", draw_ruler},       {"caliper", draw_caliper},
    {"divider", draw_divider},   {"pencil", draw_pencil},
    {"stone", draw_stone},       {"strop", draw_strop},
    {"guide", draw_guide},       {"file", draw_file},
    {"grinder", draw_grinder},   {"iron", draw_iron},
    {"meter", draw_meter},       {"spool", draw_spool},
    {"board", draw_board},       {"resistors", draw_resistors},
    {"lamp", draw_lamp},         {"awl", draw_awl},
    {"needles", draw_needles},   {"thread", draw_thread},
    {"folder", draw_folder},     {"apron", draw_apron},
    {"roll", draw_roll},         {"bottle", draw_bottle},
    {"tin", draw_tin},           {"brush", draw_brush},
    {"notebook", draw_notebook}, {"mug", draw_mug},
    {"stool", draw_stool},
};

drawing *drawing_by_name(const char *name)
{
    for (size_t i = 0; i < sizeof(drawings) / sizeof(drawings[0]); i++) {
        if (strcmp(drawings[i].name, name) == 0) {
            return drawings[i].draw;
        }
    }
    return NULL;
}
