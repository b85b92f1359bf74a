/*
 * How long drawing a page takes, by itself: a post with 30 comments, by a
 * template of ours and by one of ctemplate, from the same values, both with
 * escaping by context. Without a server, a database or a network.
 *
 *     bench-drawing TEMPLATE      turns of both sides, and their ratio
 *     bench-drawing --ours N      N pages of ours, for a profiler
 *     bench-drawing --theirs N TEMPLATE
 *
 * Both pages must be the same, byte by byte, or nothing is measured.
 */

#include "arena.h"
#include "request.h"
#include "templates.h"
#include "views.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define COMMENTS 30
#define PAGES_A_TURN 2000
#define TURNS 25 /* odd, for the median */

static struct arena arena;

/* What a handler's page costs: the memory is new for each, as in a worker. */
static struct drawing ours_draw(const struct drawn_post *post)
{
    static struct fb_request request;

    arena_reset(&arena);
    request_init(&request, &arena, NULL, NULL);
    comments_html(&request.out, post);
    return (struct drawing){request.out.bytes, request.out.length};
}

static const struct drawn_post *make_post(void)
{
    static struct drawn_comment comments[COMMENTS];
    static const struct drawn_post post = {.id = 7,
                                           .title = "Sharpening <b> & honing",
                                           .comments = comments,
                                           .comment_count = COMMENTS};

    for (size_t i = 0; i < COMMENTS; i++) {
        comments[i] = (struct drawn_comment){
            .id = (int64_t)(1000 + i),
            .author = i % 3 ? "Ada Brewster" : "R\303\251my & Co",
            .created = "5 March 2026, 14:02",
            .text = "A stone that is flat costs more than one that is not, "
                    "and less than the edge you lose; 600 < 1000 grit & up.",
        };
    }
    return &post;
}

static double now_us(void)
{
    struct timespec time;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (double)time.tv_sec * 1e6 + (double)time.tv_nsec / 1e3;
}

typedef struct drawing draw_function(const struct drawn_post *post);

/* Microseconds of CPU time a page. */
static double measure(draw_function *draw, const struct drawn_post *post)
{
    double begin = now_us();

    for (size_t i = 0; i < PAGES_A_TURN; i++) {
        draw(post);
    }
    return (now_us() - begin) / PAGES_A_TURN;
}

static int compare(const void *a, const void *b)
{
    const double *one = a;
    const double *other = b;

    return (*one > *other) - (*one < *other);
}

static void tell(const char *name, double *figures, const char *unit)
{
    qsort(figures, TURNS, sizeof(*figures), compare);
    printf("%-12s %6.2f %s (%.2f to %.2f)\n", name, figures[TURNS / 2], unit,
           figures[0], figures[TURNS - 1]);
}

static int compare_sides(const struct drawn_post *post, const char *template)
{
    double ours[TURNS];
    double theirs[TURNS];
    double ratio[TURNS];
    struct drawing one;
    struct drawing other;

    theirs_open(template);
    one = ours_draw(post);
    other = theirs_draw(post);
    if (one.length != other.length ||
        memcmp(one.bytes, other.bytes, one.length) != 0) {
        fprintf(stderr, "drawing: the pages differ; ours:\n%.*s\ntheirs:\n%.*s",
                (int)one.length, one.bytes, (int)other.length, other.bytes);
        return 1;
    }
    for (size_t i = 0; i < TURNS; i++) {
        ours[i] = measure(ours_draw, post);
        theirs[i] = measure(theirs_draw, post);
        ratio[i] = theirs[i] / ours[i];
    }
    printf("a page of %d comments, %zu bytes; median of %d turns of %d pages "
           "(lowest to highest)\n",
           COMMENTS, one.length, TURNS, PAGES_A_TURN);
    tell("ours", ours, "us");
    tell("ctemplate", theirs, "us");
    tell("ratio", ratio, "times");
    return 0;
}

int main(int argc, char **argv)
{
    const struct drawn_post *post = make_post();
    bool is_theirs = argc == 4 && strcmp(argv[1], "--theirs") == 0;
    size_t pages = argc > 2 ? strtoul(argv[2], NULL, 10) : 0;

    arena_init(&arena, (size_t)1 << 20);
    if (argc == 2 && argv[1][0] != '-') {
        return compare_sides(post, argv[1]);
    }
    if (!is_theirs && !(argc == 3 && strcmp(argv[1], "--ours") == 0)) {
        fputs("usage: bench-drawing TEMPLATE\n"
              "       bench-drawing --ours N\n"
              "       bench-drawing --theirs N TEMPLATE\n",
              stderr);
        return 2;
    }
    if (is_theirs) {
        theirs_open(argv[3]);
    }
    for (size_t i = 0; i < pages; i++) {
        (is_theirs ? theirs_draw : ours_draw)(post);
    }
    return 0;
}
