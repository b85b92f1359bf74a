/*
 * The notes: a list of them, and a form that adds one. People get a page, and
 * programs that ask for JSON the same as data.
 */

#include "notes.h"

#include "pages.h"
#include "templates.h"
#include "views.h"

FB_FORM(note_form, NOTE_FIELDS, .once = true);

static void tell_program(struct fb_request *request,
                         const struct home_view *view)
{
    struct fb_json_out *out = fb_json_reply(request);

    fb_json_put_list(out, "notes");
    for (size_t i = 0; i < view->note_count; i++) {
        fb_json_put_object(out, NULL);
        fb_json_put(out, "title", view->notes[i].title);
        fb_json_put_html(out, "html", view->notes[i].body);
        fb_json_put_end(out);
    }
    fb_json_put_end(out);
}

static enum fb_result show(struct fb_request *request, struct fb_form *form)
{
    struct home_view view = {.form = form};
    const struct note_row *rows;
    struct note_view *notes;
    enum fb_result result =
        fb_list(request, SQL_NOTES, &rows, &view.note_count);

    if (result != FB_OK) {
        return result;
    }
    notes = fb_alloc(request, (view.note_count + 1) * sizeof(*notes));
    for (size_t i = 0; i < view.note_count; i++) {
        notes[i].title = rows[i].title;
        notes[i].body = fb_markdown(request, rows[i].body, NULL);
    }
    view.notes = notes;
    if (fb_wants(request) == FB_JSON) {
        tell_program(request, &view);
    } else {
        home_html(fb_body(request), &view);
    }
    return FB_OK;
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
    bool is_program = fb_wants(request) == FB_JSON;
    enum fb_result result;

    if (!fb_form_ok(form)) {
        return is_program ? FB_INVALID : show(request, form);
    }
    result = fb_transaction(request, store, form);
    return result == FB_CONFLICT && !is_program ? show(request, form) : result;
}
