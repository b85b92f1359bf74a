/* The notes: a list of them, and a form that adds one. */

#include "notes.h"

#include "pages.h"
#include "templates.h"
#include "views.h"

FB_FORM(note_form, NOTE_FIELDS, .once = true);

static enum fb_result show(struct fb_request *request, struct fb_form *form)
{
    struct home_view view = {.form = form};
    enum fb_result result =
        fb_list(request, SQL_NOTES, &view.notes, &view.note_count);

    if (result == FB_OK) {
        home_html(fb_body(request), &view);
    }
    return result;
}

enum fb_result home_page(struct fb_request *request)
{
    return show(request, fb_form_blank(request, &note_form));
}

/* It may run again from its beginning: see fb_transaction(). */
static enum fb_result store(struct fb_request *request, void *context)
{
    const struct fb_form *form = context;
    enum fb_result result = fb_execute(request, SQL_ADD_NOTE,
                                       fb_text(fb_form_text(form, NOTE_TITLE)),
                                       fb_text(fb_form_text(form, NOTE_TEXT)));

    if (result == FB_OK) {
        fb_redirect(request, "/"); /* reloading the page sends nothing twice */
    }
    return result;
}

enum fb_result note_add(struct fb_request *request)
{
    struct fb_form *form = fb_form(request);
    enum fb_result result;

    if (!fb_form_ok(form)) {
        return show(request, form);
    }
    result = fb_transaction(request, store, form);
    return result == FB_CONFLICT ? show(request, form) : result;
}
