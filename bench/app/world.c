/*
 * Rows of the table `world` as JSON: one by its key, several of them one by
 * one, and several that are read and then changed.
 */

#include "pages.h"
#include "statements.h"

#include <stdlib.h>

#define LITERAL(out, text) fb_out_literal((out), (text), sizeof(text) - 1)

struct world {
    int64_t id;
    int64_t number;
};

struct worlds {
    struct world *rows;
    unsigned count;
};

/*
 * ?queries=: from 1 to QUERIES_MOST, and 1 for whatever is no number: these
 * are the rules of the test.
 */
static unsigned wanted_rows(struct fb_request *request)
{
    const char *text = fb_query(request, "queries");
    long count = text != NULL ? strtol(text, NULL, 10) : 1;

    if (count < 1) {
        return 1;
    }
    return count > QUERIES_MOST ? QUERIES_MOST : (unsigned)count;
}

/* From 1 to WORLD_ROWS; never seeded, so that every run asks for the same. */
static int64_t pick(void)
{
    return 1 + random() % WORLD_ROWS;
}

static enum fb_result read_world(struct fb_request *request, int64_t id,
                                 struct world *world)
{
    struct fb_rows *rows;
    enum fb_result result = fb_select(request, SQL_WORLD, &rows, fb_int(id));

    if (result != FB_OK) {
        return result;
    }
    if (!fb_next(rows)) {
        return FB_NOT_FOUND;
    }
    world->id = fb_column_int(rows, 0);
    world->number = fb_column_int(rows, 1);
    return FB_OK;
}

static int by_id(const void *a, const void *b)
{
    const struct world *left = a;
    const struct world *right = b;

    return (left->id > right->id) - (left->id < right->id);
}

/* Reads as many rows as were asked for, each by a question of its own. */
static enum fb_result read_worlds(struct fb_request *request,
                                  struct worlds *worlds)
{
    enum fb_result result = FB_OK;
    unsigned i;

    worlds->count = wanted_rows(request);
    worlds->rows = fb_alloc(request, worlds->count * sizeof(*worlds->rows));
    for (i = 0; i < worlds->count && result == FB_OK; i++) {
        result = read_world(request, pick(), &worlds->rows[i]);
    }
    return result;
}

static void write_world(struct fb_out *out, const struct world *world)
{
    LITERAL(out, "{\"id\":");
    fb_out_int(out, world->id);
    LITERAL(out, ",\"randomNumber\":");
    fb_out_int(out, world->number);
    LITERAL(out, "}");
}

static void write_worlds(struct fb_request *request,
                         const struct worlds *worlds)
{
    struct fb_out *out = fb_body(request);
    unsigned i;

    fb_content_type(request, "application/json");
    LITERAL(out, "[");
    for (i = 0; i < worlds->count; i++) {
        if (i > 0) {
            LITERAL(out, ",");
        }
        write_world(out, &worlds->rows[i]);
    }
    LITERAL(out, "]");
}

enum fb_result db_page(struct fb_request *request)
{
    struct world world;
    enum fb_result result = read_world(request, pick(), &world);

    if (result == FB_OK) {
        fb_content_type(request, "application/json");
        write_world(fb_body(request), &world);
    }
    return result;
}

enum fb_result queries_page(struct fb_request *request)
{
    struct worlds worlds;
    enum fb_result result = read_worlds(request, &worlds);

    if (result == FB_OK) {
        write_worlds(request, &worlds);
    }
    return result;
}

static enum fb_result write_numbers(struct fb_request *request, void *context)
{
    const struct worlds *worlds = context;
    enum fb_result result = FB_OK;
    unsigned i;

    for (i = 0; i < worlds->count && result == FB_OK; i++) {
        result =
            fb_execute(request, SQL_RENUMBER, fb_int(worlds->rows[i].number),
                       fb_int(worlds->rows[i].id));
    }
    return result;
}

/*
 * The rows are changed in the order of their keys: two requests that want
 * the same ones wait for each other, and never both at once.
 */
enum fb_result updates_page(struct fb_request *request)
{
    struct worlds worlds;
    enum fb_result result = read_worlds(request, &worlds);
    unsigned i;

    if (result != FB_OK) {
        return result;
    }
    qsort(worlds.rows, worlds.count, sizeof(*worlds.rows), by_id);
    for (i = 0; i < worlds.count; i++) {
        worlds.rows[i].number = pick();
    }
    result = fb_transaction(request, write_numbers, &worlds);
    if (result == FB_OK) {
        write_worlds(request, &worlds);
    }
    return result;
}
