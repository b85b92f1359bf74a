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

static void fill_card(struct fb_request *request, const struct fb_rows *rows,
                      struct post_card *card)
{
    card->id = fb_column_int(rows, 0);
    card->title = fb_column_text(rows, 1);
    card->excerpt = text_excerpt(
        request, fb_markdown_text(request, fb_column_text(rows, 2)),
        EXCERPT_CHARACTERS);
    card->published = text_day(request, fb_column_text(rows, 3));
    card->author = fb_column_text(rows, 4);
    card->comments = fb_column_int(rows, 5);
}

enum fb_result home_page(struct fb_request *request)
{
    struct home_view view = {0};
    struct post_card *cards;
    struct fb_rows *rows;
    enum fb_result result;
    int64_t page;

    if (!text_page(fb_query(request, "page"), &page)) {
        return FB_BAD_REQUEST;
    }
    /* One row more than is shown tells whether there is a next page. */
    result =
        fb_select(request, SQL_NEWEST_POSTS, &rows, fb_int(POSTS_A_PAGE + 1),
                  fb_int((page - 1) * POSTS_A_PAGE));
    if (result != FB_OK) {
        return result;
    }
    if (fb_row_count(rows) == 0 && page > 1) {
        return FB_NOT_FOUND;
    }

    cards = fb_alloc(request, POSTS_A_PAGE * sizeof(*cards));
    while (view.post_count < POSTS_A_PAGE && fb_next(rows)) {
        fill_card(request, rows, &cards[view.post_count++]);
    }
    view.posts = cards;
    view.pager = text_pager(page, fb_row_count(rows) > POSTS_A_PAGE);
    if (fb_wants(request) == FB_JSON) {
        home_json(request, &view);
    } else {
        home_html(fb_body(request), &view);
    }
    return FB_OK;
}
