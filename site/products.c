/* The shop's catalogue: every product, under its category. */

#include "json.h"
#include "pages.h"
#include "statements.h"
#include "templates.h"
#include "text.h"

#include <string.h>

/* The category of the row: the last one, or a new one behind it. */
static struct category_view *category_of(const struct fb_rows *rows,
                                         struct category_view *categories,
                                         struct products_view *view)
{
    const char *slug = fb_column_text(rows, 0);
    struct category_view *category;

    if (view->category_count > 0) {
        category = &categories[view->category_count - 1];
        if (strcmp(category->slug, slug) == 0) {
            return category;
        }
    }
    category = &categories[view->category_count++];
    category->slug = slug;
    category->name = fb_column_text(rows, 1);
    category->description = fb_column_text(rows, 2);
    return category;
}

static void fill_product(struct fb_request *request, const struct fb_rows *rows,
                         struct product_view *product)
{
    product->slug = fb_column_text(rows, 3);
    product->name = fb_column_text(rows, 4);
    product->description = fb_column_text(rows, 5);
    product->price_cents = fb_column_int(rows, 6);
    product->price = text_price(request, product->price_cents);
    product->stock = fb_column_int(rows, 7);
}

enum fb_result products_page(struct fb_request *request)
{
    struct products_view view = {0};
    struct category_view *categories;
    struct product_view *product;
    struct fb_rows *rows;
    enum fb_result result;
    size_t count;

    result = fb_select(request, SQL_CATALOGUE, &rows);
    if (result != FB_OK) {
        return result;
    }
    /* There are no more categories than products; both may be none. */
    count = fb_row_count(rows) + 1;
    categories = fb_alloc(request, count * sizeof(*categories));
    product = fb_alloc(request, count * sizeof(*product));
    for (; fb_next(rows); product++) {
        struct category_view *category = category_of(rows, categories, &view);

        fill_product(request, rows, product);
        if (category->product_count++ == 0) {
            category->products = product;
        }
    }
    view.categories = categories;
    if (fb_wants(request) == FB_JSON) {
        products_json(request, &view);
    } else {
        products_html(fb_body(request), &view);
    }
    return FB_OK;
}
