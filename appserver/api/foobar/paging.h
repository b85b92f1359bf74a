/*
 * Lists in pages by key, not by number.
 *
 * OFFSET reads all that it passes over, and when something is added while
 * somebody turns pages, they see a row twice. So a page begins behind the last
 * row of the one before. A link carries that row's place in the list, as a
 * cursor: "?after=CURSOR" for what follows, "?before=CURSOR" for what was
 * before.
 *
 * The place is a number (an id), or a text and a number that settles the order
 * where the text is the same (a time and an id). A handler:
 *
 *     struct fb_place place;
 *
 *     if (!fb_place(request, &place)) {
 *         return FB_BAD_REQUEST;
 *     }
 *     result = fb_list(request, place.is_before ? SQL_BEFORE : SQL_AFTER,
 *                      &rows, &count, fb_text(place.key), fb_int(place.id),
 *                      fb_int(SIZE + 1));
 *     fb_turn(request, &place, &rows, &count, SIZE);
 *     if (place.has_next) { ... fb_cursor(request, last->time, last->id) ... }
 *
 * The statement after asks for one row more than is shown, in the order of the
 * list; the statement before does so in the reverse order. The first page is
 * the one behind everything that can be: an empty cursor, for which the
 * handler puts in the values that stand before all others.
 */

#ifndef FOOBAR_PAGING_H
#define FOOBAR_PAGING_H

#include <foobar/app.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct fb_request;

/* Bytes of a place's text. */
#define FB_PLACE_TEXT_MAX 200

struct fb_place {
    bool is_first;   /* neither after nor before was asked for */
    bool is_before;  /* what was before the place is asked for */
    const char *key; /* NULL when the cursor has no text */
    int64_t id;

    /* After fb_turn(): whether there is a page on either side. */
    bool has_previous;
    bool has_next;
};

/*
 * Reads ?after= or ?before= of the query. False when it is no cursor of
 * fb_cursor(), or when both were sent: answer FB_BAD_REQUEST. What a visitor
 * makes up may be any text and number; both go beside a statement, never into
 * it.
 */
FB_API bool fb_place(struct fb_request *request, struct fb_place *place);

/*
 * The cursor of a row: letters, digits, "-" and "_" alone, so that it can
 * stand in a URL. `key` may be NULL.
 */
FB_API const char *fb_cursor(struct fb_request *request, const char *key,
                             int64_t id) __attribute__((returns_nonnull));

/*
 * Makes a page of what was found: puts it into the order of the list, drops
 * the row too many, and says whether there are neighbours. `rows` is what
 * fb_list() filled in, by its address.
 */
#define fb_turn(request, place, rows, count, size) \
    fb_turn_rows((request), (place), (rows), sizeof(**(rows)), (count), (size))
FB_API void fb_turn_rows(struct fb_request *request, struct fb_place *place,
                         void *rows, size_t row_size, size_t *count,
                         size_t size);

#endif
