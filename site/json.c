/*
 * The pages as programs read them. Names and their meaning are a promise to
 * whoever has written such a program: fields may be added, none is renamed.
 * Times are in UTC, prices in the currency's smallest unit, and texts as they
 * were typed, with the HTML of the Markdown beside it.
 */

#include "json.h"

#include "text.h"

#include <inttypes.h>

static const char *post_path(struct fb_request *request, int64_t id)
{
    return fb_printf(request, "/posts/%" PRId64, id);
}

/* Where the neighbours of a page are: null where there is none. */
static void put_pager(struct fb_request *request, struct fb_json_out *out,
                      const char *path, const struct pager *pager)
{
    fb_json_put_text(
        out, "previous",
        pager->previous != NULL
            ? fb_printf(request, "%s?before=%s", path, pager->previous)
            : NULL);
    fb_json_put_text(out, "next",
                     pager->next != NULL
                         ? fb_printf(request, "%s?after=%s", path, pager->next)
                         : NULL);
}

void home_json(struct fb_request *request, const struct home_view *view)
{
    struct fb_json_out *out = fb_json_reply(request);

    fb_json_put_list(out, "posts");
    for (size_t i = 0; i < view->post_count; i++) {
        const struct post_card *post = &view->posts[i];

        fb_json_put_object(out, NULL);
        fb_json_put(out, "id", post->id);
        fb_json_put(out, "url", post_path(request, post->id));
        fb_json_put(out, "title", post->title);
        fb_json_put(out, "author", post->author);
        fb_json_put(out, "excerpt", post->excerpt);
        fb_json_put(out, "published", post->published.iso);
        fb_json_put(out, "comments", post->comments);
        fb_json_put_end(out);
    }
    fb_json_put_end(out);
    put_pager(request, out, "/", &view->pager);
}

static void put_comment(struct fb_json_out *out,
                        const struct comment_view *comment)
{
    fb_json_put_object(out, NULL);
    fb_json_put(out, "id", comment->id);
    fb_json_put(out, "author", comment->author);
    fb_json_put(out, "guest", comment->is_guest);
    fb_json_put(out, "text", comment->source);
    fb_json_put_html(out, "html", comment->body);
    fb_json_put(out, "created", comment->created.iso);
    fb_json_put_end(out);
}

void post_json(struct fb_request *request, const struct post_view *view)
{
    struct fb_json_out *out = fb_json_reply(request);
    const char *path = post_path(request, view->id);

    fb_json_put(out, "id", view->id);
    fb_json_put(out, "url", path);
    fb_json_put(out, "title", view->title);
    fb_json_put(out, "author", view->author);
    fb_json_put(out, "published", view->published.iso);
    fb_json_put(out, "text", view->source);
    fb_json_put_html(out, "html", view->body);
    fb_json_put(out, "comment_total", view->comment_total);
    fb_json_put_list(out, "comments");
    for (size_t i = 0; i < view->comment_count; i++) {
        put_comment(out, &view->comments[i]);
    }
    fb_json_put_end(out);
    put_pager(request, out, path, &view->pager);
}

static void put_product(struct fb_json_out *out,
                        const struct product_view *product)
{
    fb_json_put_object(out, NULL);
    fb_json_put(out, "slug", product->slug);
    fb_json_put(out, "name", product->name);
    fb_json_put(out, "description", product->description);
    fb_json_put_object(out, "price");
    fb_json_put(out, "amount", product->price_cents);
    fb_json_put(out, "currency", TEXT_CURRENCY);
    fb_json_put_end(out);
    fb_json_put(out, "stock", product->stock);
    fb_json_put_end(out);
}

void products_json(struct fb_request *request, const struct products_view *view)
{
    struct fb_json_out *out = fb_json_reply(request);

    fb_json_put_list(out, "categories");
    for (size_t i = 0; i < view->category_count; i++) {
        const struct category_view *category = &view->categories[i];

        fb_json_put_object(out, NULL);
        fb_json_put(out, "slug", category->slug);
        fb_json_put(out, "name", category->name);
        fb_json_put_list(out, "products");
        for (size_t k = 0; k < category->product_count; k++) {
            put_product(out, &category->products[k]);
        }
        fb_json_put_end(out);
        fb_json_put_end(out);
    }
    fb_json_put_end(out);
}
