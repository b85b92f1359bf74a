/*
 * A dozen rows and one more that is added here, sorted by their text and
 * escaped by a template: adds what a real page of a real site does.
 */

#include "pages.h"
#include "statements.h"
#include "templates.h"

#include <stdlib.h>
#include <string.h>

static int by_message(const void *a, const void *b)
{
    const struct fortune *left = a;
    const struct fortune *right = b;

    return strcmp(left->message, right->message);
}

enum fb_result fortunes_page(struct fb_request *request)
{
    struct fortunes_view view = {0};
    struct fortune *fortunes;
    struct fb_rows *rows;
    enum fb_result result;

    result = fb_select(request, SQL_FORTUNES, &rows);
    if (result != FB_OK) {
        return result;
    }
    fortunes = fb_alloc(request, (fb_row_count(rows) + 1) * sizeof(*fortunes));
    while (fb_next(rows)) {
        fortunes[view.count].id = fb_column_int(rows, 0);
        fortunes[view.count++].message = fb_column_text(rows, 1);
    }
    fortunes[view.count++].message = "Added while the page is made.";
    qsort(fortunes, view.count, sizeof(*fortunes), by_message);
    view.fortunes = fortunes;
    fortunes_html(fb_body(request), &view);
    return FB_OK;
}
