/* The home page: the newest posts, twenty a page. */

#include "json.h"
#include "pages.h"
#include "statements.h"
#include "templates.h"
#include "text.h"

enum {
    POSTS_A_PAGE = 20,
    EXCERPT_CHARACTERS = 240
};

/* A time after all posts: the first page begins behind it. */
static const char end_of_time[] = "9999-12-31";

/*
 * Where the page begins. Links of old give its number; what stands before it
 * is then found in the index.
 */
static enum fb_result find_place(struct fb_request *request,
                                 struct fb_place *place)
{
    const struct post_place_row *last;
    enum fb_result result;
    int64_t page;

    if (!fb_place(request, place) ||
        !text_page(fb_query(request, "page"), &page)) {
        return FB_BAD_REQUEST;
    }
    if (page > 1 && place->is_first) {
        result = fb_find(request, SQL_POST_PLACE, &last,
                         fb_int((page - 1) * POSTS_A_PAGE - 1));
        if (result != FB_OK) {
            return result;
        }
        *place = (struct fb_place){.key = last->place, .id = last->id};
    }
    if (place->key == NULL) {
        place->key = end_of_time;
    }
    return FB_OK;
}

static void fill_card(struct fb_request *request, const struct card_row *row,
                      struct post_card *card)
{
    card->id = row->id;
    card->title = row->title;
    card->excerpt = text_excerpt(
        request, fb_markdown_text(request, row->excerpt), EXCERPT_CHARACTERS);
    card->published = text_day(request, row->published);
    card->author = row->author;
    card->comments = row->comments;
}

static void fill_pager(struct fb_request *request, const struct fb_place *place,
                       const struct card_row *rows, size_t count,
                       struct pager *pager)
{
    if (place->has_previous) {
        pager->previous = fb_cursor(request, rows[0].place, rows[0].id);
    }
    if (place->has_next) {
        pager->next =
            fb_cursor(request, rows[count - 1].place, rows[count - 1].id);
    }
}

enum fb_result home_page(struct fb_request *request)
{
    struct home_view view = {0};
    const struct card_row *rows;
    struct post_card *cards;
    struct fb_place place;
    enum fb_result result;

    result = find_place(request, &place);
    if (result != FB_OK) {
        return result;
    }
    result = place.is_before
                 ? fb_list(request, SQL_NEWER_POSTS, &rows, &view.post_count,
                           fb_text(place.key), fb_text(place.key),
                           fb_int(place.id), fb_int(POSTS_A_PAGE + 1))
                 : fb_list(request, SQL_OLDER_POSTS, &rows, &view.post_count,
                           fb_text(place.key), fb_text(place.key),
                           fb_int(place.id), fb_int(POSTS_A_PAGE + 1));
    if (result != FB_OK) {
        return result;
    }
    if (view.post_count == 0 && !place.is_first) {
        return FB_NOT_FOUND;
    }
    fb_turn(request, &place, &rows, &view.post_count, POSTS_A_PAGE);
    cards = fb_alloc(request, POSTS_A_PAGE * sizeof(*cards));
    for (size_t i = 0; i < view.post_count; i++) {
        fill_card(request, &rows[i], &cards[i]);
    }
    view.posts = cards;
    view.is_first = !place.has_previous;
    fill_pager(request, &place, rows, view.post_count, &view.pager);
    if (fb_wants(request) == FB_JSON) {
        home_json(request, &view);
    } else {
        home_html(fb_body(request), &view);
    }
    return FB_OK;
}
