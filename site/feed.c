/* The newest posts as an Atom feed, for those who would rather be told. */

#include "pages.h"
#include "statements.h"
#include "text.h"

#include <inttypes.h>

enum {
    FEED_ENTRIES = 20
};

static void put_entry(struct fb_request *request, const struct fb_rows *rows)
{
    int64_t id = fb_column_int(rows, 0);
    int64_t published = fb_time(fb_column_text(rows, 3));

    fb_atom_entry(request,
                  &(struct fb_atom_entry){
                      .id = fb_printf(request, "post-%" PRId64, id),
                      .title = fb_column_text(rows, 1),
                      .author = fb_column_text(rows, 4),
                      .path = fb_printf(request, "/posts/%" PRId64, id),
                      .content = text_post(request, fb_column_text(rows, 2)),
                      .published = published,
                      .updated = published,
                  });
}

static void begin(struct fb_request *request, int64_t updated)
{
    fb_atom_begin(request, &(struct fb_atom_feed){
                               .authority = "foobar.com,2026",
                               .id = "posts",
                               .title = "Foobar",
                               .subtitle = "Posts from the workshop",
                               .path = "/feed.atom",
                               .page = "/",
                               .language = "en-GB",
                               .updated = updated,
                           });
}

enum fb_result feed_page(struct fb_request *request)
{
    struct fb_rows *rows;
    enum fb_result result;
    int64_t updated = 0;

    result = fb_select(request, SQL_FEED, &rows, fb_int(FEED_ENTRIES));
    if (result != FB_OK) {
        return result;
    }
    /* The first row is the newest. A site without posts has a feed as well. */
    if (fb_next(rows)) {
        updated = fb_time(fb_column_text(rows, 3));
        begin(request, updated);
        do {
            put_entry(request, rows);
        } while (fb_next(rows));
    } else {
        begin(request, updated);
    }
    fb_not_modified(request, NULL, updated);
    return FB_OK;
}
