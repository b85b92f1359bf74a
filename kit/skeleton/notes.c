/* The notes: a list of them, and a form that adds one. */

#include "pages.h"
#include "statements.h"
#include "templates.h"
#include "views.h"

#include <string.h>

enum {
    TITLE_MAX_BYTES = 320, /* 80 characters */
    TEXT_MAX_BYTES = 8000
};

static enum fb_result show(struct fb_request *request, struct home_view *view)
{
    struct fb_rows *rows;
    struct note *notes;
    enum fb_result result = fb_select(request, SQL_NOTES, &rows);

    if (result != FB_OK) {
        return result;
    }
    notes = fb_alloc(request, (fb_row_count(rows) + 1) * sizeof(*notes));
    while (fb_next(rows)) {
        notes[view->note_count++] = (struct note){
            .title = fb_column_text(rows, 0), .text = fb_column_text(rows, 1)};
    }
    view->notes = notes;
    home_html(fb_body(request), view);
    return FB_OK;
}

enum fb_result home_page(struct fb_request *request)
{
    struct home_view view = {.title = "", .text = ""};

    return show(request, &view);
}

/* It may run again from its beginning: see fb_transaction(). */
static enum fb_result store(struct fb_request *request, void *context)
{
    const struct home_view *view = context;

    return fb_execute(request, SQL_ADD_NOTE, fb_text(view->title),
                      fb_text(view->text));
}

/* NULL when the note can be stored. */
static const char *problem_of(const struct home_view *view)
{
    if (view->title[0] == '\0') {
        return "Enter a title";
    }
    if (strlen(view->title) > TITLE_MAX_BYTES ||
        strlen(view->text) > TEXT_MAX_BYTES) {
        return "The note is too long: shorten it";
    }
    return NULL;
}

enum fb_result note_add(struct fb_request *request)
{
    const char *title = fb_form(request, "title");
    const char *text = fb_form(request, "text");
    struct home_view view = {.title = title != NULL ? title : "",
                             .text = text != NULL ? text : ""};
    enum fb_result result;

    view.problem = problem_of(&view);
    if (view.problem != NULL) {
        fb_status(request, 422);
        return show(request, &view);
    }
    result = fb_transaction(request, store, &view);
    if (result == FB_OK) {
        fb_redirect(request, "/"); /* reloading the page sends nothing twice */
    }
    return result;
}
