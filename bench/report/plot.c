/*
 * The result as a drawing (SVG). Each lane is a line of two fields: a bar
 * for its requests a second, with a whisker from the lowest to the highest
 * round, and beside it the latency from p50 (dot) to p99 (tick) on a scale
 * of powers of ten, because the lanes lie far apart there.
 */

#include "plot.h"

#include <math.h>

enum {
    LABEL_WIDTH = 210,
    RATE_WIDTH = 430,
    GAP = 90,
    LATENCY_WIDTH = 270,
    MARGIN = 20,
    ROW = 26,
    HEAD = 64, /* title of the drawing */
    PANEL_HEAD = 44,
    PANEL_FOOT = 30
};

#define RATE_LEFT (MARGIN + LABEL_WIDTH)
#define LATENCY_LEFT (RATE_LEFT + RATE_WIDTH + GAP)
#define WIDTH (LATENCY_LEFT + LATENCY_WIDTH + MARGIN + 20)

static const char *const colours[PARTY_COUNT] = {
    "#8a8f98", "#1f6f5c", "#7a5fa8", "#b0822f",
    "#3f7fae", "#a84f4f", "#55585e"};

struct scale {
    double rate_most;     /* the right end of the bars */
    double latency_least; /* the ends of the latency, powers of ten */
    double latency_most;
};

/* Lanes that were not run have no row. */
static int rows_height(const struct results *results)
{
    int rows = 0;
    unsigned lane;

    for (lane = 0; lane < LANE_COUNT; lane++) {
        rows += results_have(results, (enum lane_id)lane) ? 1 : 0;
    }
    return rows * ROW;
}

static void widen(struct scale *scale, const struct results *results,
                  enum lane_id lane, unsigned connections)
{
    struct spread rate = results_of(results, lane, connections, figure_rate);
    struct spread p50 = results_of(results, lane, connections, figure_p50);
    struct spread p99 = results_of(results, lane, connections, figure_p99);

    if (rate.count == 0) {
        return;
    }
    scale->rate_most = fmax(scale->rate_most, rate.high);
    scale->latency_least = fmin(scale->latency_least, p50.median);
    scale->latency_most = fmax(scale->latency_most, p99.median);
}

static struct scale scale_of(const struct results *results)
{
    struct scale scale = {.latency_least = 1e9, .latency_most = 1};
    unsigned level;
    unsigned lane;

    for (level = 0; level < results->level_count; level++) {
        for (lane = 0; lane < LANE_COUNT; lane++) {
            widen(&scale, results, (enum lane_id)lane, results->levels[level]);
        }
    }
    scale.latency_least = pow(10, floor(log10(scale.latency_least)));
    scale.latency_most = pow(10, ceil(log10(scale.latency_most)));
    return scale;
}

static double rate_x(const struct scale *scale, double rate)
{
    return RATE_LEFT + RATE_WIDTH * rate / scale->rate_most;
}

static double latency_x(const struct scale *scale, double microseconds)
{
    double all = log10(scale->latency_most / scale->latency_least);

    return LATENCY_LEFT +
           LATENCY_WIDTH * log10(microseconds / scale->latency_least) / all;
}

static void line(FILE *out, double x1, double y1, double x2, double y2,
                 const char *colour, double width)
{
    fprintf(out,
            "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" "
            "stroke=\"%s\" stroke-width=\"%.1f\"/>\n",
            x1, y1, x2, y2, colour, width);
}

static void write_text(FILE *out, double x, double y, const char *anchor,
                       const char *text)
{
    fprintf(out, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">", x, y,
            anchor);
    for (; *text != '\0'; text++) {
        switch (*text) {
        case '<':
            fputs("&lt;", out);
            break;
        case '&':
            fputs("&amp;", out);
            break;
        default:
            fputc(*text, out);
        }
    }
    fputs("</text>\n", out);
}

static void draw_rate(FILE *out, const struct scale *scale, struct spread rate,
                      const char *colour, double y)
{
    double end = rate_x(scale, rate.median);
    char words[32];

    fprintf(out,
            "<rect x=\"%d\" y=\"%.1f\" width=\"%.1f\" height=\"14\" "
            "fill=\"%s\"/>\n",
            RATE_LEFT, y + 6, end - RATE_LEFT, colour);
    line(out, rate_x(scale, rate.low), y + 13, rate_x(scale, rate.high), y + 13,
         "#222", 1.2);
    snprintf(words, sizeof(words), "%.1f k", rate.median / 1e3);
    write_text(out, rate_x(scale, rate.high) + 6, y + 17, "start", words);
}

static void draw_latency(FILE *out, const struct scale *scale, double p50,
                         double p99, const char *colour, double y)
{
    double left = latency_x(scale, p50);
    double right = latency_x(scale, p99);

    line(out, left, y + 13, right, y + 13, colour, 3);
    line(out, right, y + 7, right, y + 19, colour, 2);
    fprintf(out, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"4\" fill=\"%s\"/>\n",
            left, y + 13, colour);
}

static void draw_lane(FILE *out, const struct results *results,
                      const struct scale *scale, enum lane_id lane,
                      unsigned connections, double y)
{
    struct spread rate = results_of(results, lane, connections, figure_rate);
    const char *colour = colours[lanes[lane].party];

    write_text(out, RATE_LEFT - 8, y + 17, "end", lanes[lane].label);
    if (rate.count == 0) {
        write_text(out, RATE_LEFT + 6, y + 17, "start", "not measured");
        return;
    }
    draw_rate(out, scale, rate, colour, y);
    draw_latency(
        out, scale, results_of(results, lane, connections, figure_p50).median,
        results_of(results, lane, connections, figure_p99).median, colour, y);
}

/* The powers of ten under the latencies. */
static void draw_axis(FILE *out, const struct scale *scale, double top,
                      double bottom)
{
    int power = (int)lround(log10(scale->latency_least));
    int last = (int)lround(log10(scale->latency_most));
    char words[32];

    for (; power <= last; power++) {
        double mark = pow(10, power);
        double x = latency_x(scale, mark);

        line(out, x, top, x, bottom, "#ddd", 1);
        snprintf(words, sizeof(words), "%g ms", mark / 1e3);
        write_text(out, x, bottom + 16, "middle", words);
    }
}

static void draw_panel(FILE *out, const struct results *results,
                       const struct scale *scale, unsigned connections,
                       double y)
{
    double top = y + PANEL_HEAD;
    double bottom = top + rows_height(results);
    double at = top;
    char words[64];
    unsigned lane;

    snprintf(words, sizeof(words), "%u connections: requests a second",
             connections);
    write_text(out, RATE_LEFT, top - 12, "start", words);
    write_text(out, LATENCY_LEFT, top - 12, "start",
               "latency: p50 (dot) to p99 (tick)");
    draw_axis(out, scale, top, bottom);
    for (lane = 0; lane < LANE_COUNT; lane++) {
        if (results_have(results, (enum lane_id)lane)) {
            draw_lane(out, results, scale, (enum lane_id)lane, connections, at);
            at += ROW;
        }
    }
    line(out, RATE_LEFT, top, RATE_LEFT, bottom, "#222", 1);
}

void plot_write(FILE *out, const struct results *results, const char *what)
{
    struct scale scale = scale_of(results);
    int panel = PANEL_HEAD + rows_height(results) + PANEL_FOOT;
    int height = HEAD + (int)results->level_count * panel;
    unsigned level;

    fprintf(out,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" "
            "height=\"%d\" viewBox=\"0 0 %d %d\" "
            "font-family=\"sans-serif\" font-size=\"13\" fill=\"#222\">\n"
            "<title>Foobar: measured side by side</title>\n"
            "<rect width=\"%d\" height=\"%d\" fill=\"#fff\"/>\n",
            WIDTH, height, WIDTH, height, WIDTH, height);
    fputs("<g font-size=\"18\" font-weight=\"bold\">\n", out);
    write_text(out, MARGIN, 32, "start", "Foobar: measured side by side");
    fputs("</g>\n", out);
    write_text(out, MARGIN, 54, "start", what);
    for (level = 0; level < results->level_count; level++) {
        draw_panel(out, results, &scale, results->levels[level],
                   HEAD + (int)level * panel);
    }
    fputs("</svg>\n", out);
}
