/* One row by its primary key, as JSON: adds one question to the database. */

#include "pages.h"
#include "statements.h"

#include <stdlib.h>

#define LITERAL(out, text) fb_out_literal((out), (text), sizeof(text) - 1)

enum fb_result db_page(struct fb_request *request)
{
    struct fb_out *out = fb_body(request);
    struct fb_rows *rows;
    enum fb_result result;

    /* Never seeded: every worker asks for the same rows in every run. */
    result =
        fb_select(request, SQL_WORLD, &rows, fb_int(1 + random() % WORLD_ROWS));
    if (result != FB_OK) {
        return result;
    }
    if (!fb_next(rows)) {
        return FB_NOT_FOUND;
    }
    fb_content_type(request, "application/json");
    LITERAL(out, "{\"id\":");
    fb_out_int(out, fb_column_int(rows, 0));
    LITERAL(out, ",\"randomNumber\":");
    fb_out_int(out, fb_column_int(rows, 1));
    LITERAL(out, "}");
    return FB_OK;
}
