/*
 * @NAME@: the table of its pages, and what the engine needs to know. A page is
 * a row here; a path that stands in no row is a 404, and no worker hears of it.
 */

#include "pages.h"
#include "statements.h"
#include "templates.h"

static const struct fb_page pages[] = {
    {.name = "home", .path = "/", .methods = FB_GET, .handler = home_page},
    {.name = "note_add",
     .path = "/notes",
     .methods = FB_POST,
     .handler = note_add,
     .form = &note_form},
};

static const struct fb_statement statements[] = {STATEMENTS(FB_STATEMENT)};

const struct fb_app foobar_app = {
    .api_version = FB_API_VERSION,
    .size = sizeof(struct fb_app),
    .name = "@NAME@",
    .pages = pages,
    .page_count = sizeof(pages) / sizeof(pages[0]),
    .statements = statements,
    .statement_count = sizeof(statements) / sizeof(statements[0]),
    .error_page = error_page,
    .catalogue = &app_catalogue,
};
