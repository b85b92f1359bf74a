/* The newest posts as an Atom feed, for those who would rather be told. */

#include "pages.h"
#include "statements.h"
#include "text.h"

#include <inttypes.h>

enum {
    FEED_ENTRIES = 20
};

static void put_entry(struct fb_request *request, const struct feed_row *row)
{
    int64_t published = fb_time(row->published);

    fb_atom_entry(request,
                  &(struct fb_atom_entry){
                      .id = fb_printf(request, "post-%" PRId64, row->id),
                      .title = row->title,
                      .author = row->author,
                      .path = fb_printf(request, "/posts/%" PRId64, row->id),
                      .content = text_post(request, row->body),
                      .published = published,
                      .updated = published,
                  });
}

enum fb_result feed_page(struct fb_request *request)
{
    const struct feed_row *rows;
    enum fb_result result;
    int64_t updated;
    size_t count;

    result = fb_list(request, SQL_FEED, &rows, &count, fb_int(FEED_ENTRIES));
    if (result != FB_OK) {
        return result;
    }
    /* The first row is the newest. A site without posts has a feed as well. */
    updated = count > 0 ? fb_time(rows[0].published) : 0;
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
    for (size_t i = 0; i < count; i++) {
        put_entry(request, &rows[i]);
    }
    fb_not_modified(request, NULL, updated);
    return FB_OK;
}
