/* The shop's catalogue: every product, under its category. */

#include "json.h"
#include "pages.h"
#include "statements.h"
#include "templates.h"
#include "text.h"

#include <string.h>

/* The category of the row: the last one, or a new one behind it. */
static struct category_view *category_of(const struct catalogue_row *row,
                                         struct category_view *categories,
                                         struct products_view *view)
{
    struct category_view *category;

    if (view->category_count > 0) {
        category = &categories[view->category_count - 1];
        if (strcmp(category->slug, row->category_slug) == 0) {
            return category;
        }
    }
    category = &categories[view->category_count++];
    category->slug = row->category_slug;
    category->name = row->category_name;
    category->description = row->category_description;
    return category;
}

static void fill_product(struct fb_request *request,
                         const struct catalogue_row *row,
                         struct product_view *product)
{
    product->slug = row->slug;
    product->name = row->name;
    product->description = row->description;
    product->price_cents = row->price_cents;
    product->price = text_price(request, row->price_cents);
    product->stock = row->stock;
}

enum fb_result products_page(struct fb_request *request)
{
    struct products_view view = {0};
    const struct catalogue_row *rows;
    struct category_view *categories;
    struct product_view *products;
    enum fb_result result;
    size_t count;

    result = fb_list(request, SQL_CATALOGUE, &rows, &count);
    if (result != FB_OK) {
        return result;
    }
    /* There are no more categories than products; both may be none. */
    categories = fb_alloc(request, (count + 1) * sizeof(*categories));
    products = fb_alloc(request, (count + 1) * sizeof(*products));
    for (size_t i = 0; i < count; i++) {
        struct category_view *category =
            category_of(&rows[i], categories, &view);

        fill_product(request, &rows[i], &products[i]);
        if (category->product_count++ == 0) {
            category->products = &products[i];
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
