/*
 * Forms as rows: drawing. Whatever the check of a field refuses is said to the
 * browser as well, by the attributes that HTML has for it; the look is that of
 * the classes field, wrong, hint, error, errors, button and strong.
 */

#include <foobar/html.h>

#include <string.h>

#include "csrf.h"
#include "forms.h"
#include "kept.h"
#include "once.h"
#include "request.h"
#include "uploads.h"
#include "words.h"

#define LINES 7

static void literal(struct fb_out *out, const char *text)
{
    fb_out_literal(out, text, strlen(text));
}

/* ` name="value"`; nothing for NULL. */
static void attribute(struct fb_out *out, const char *name, const char *value)
{
    if (value != NULL) {
        literal(out, " ");
        literal(out, name);
        literal(out, "=\"");
        fb_out_text(out, value);
        literal(out, "\"");
    }
}

static void number_attribute(struct fb_out *out, const char *name,
                             int64_t value)
{
    literal(out, " ");
    literal(out, name);
    literal(out, "=\"");
    fb_out_int(out, value);
    literal(out, "\"");
}

static void write_id(struct fb_out *out, const struct fb_form *form,
                     const char *name)
{
    if (form->type->id != NULL) {
        fb_out_text(out, form->type->id);
        literal(out, "-");
    }
    fb_out_text(out, name);
}

static void hidden(struct fb_out *out, const char *name, const char *value)
{
    if (value != NULL) {
        literal(out, "<input type=\"hidden\"");
        attribute(out, "name", name);
        attribute(out, "value", value);
        literal(out, ">\n");
    }
}

/* A reply with somebody's own token or key is for nobody else. */
static void keep_private(struct fb_request *request)
{
    if (request->reply_has_begun) {
        request_fail(request, "fb_form_begin() after fb_send()");
    }
    kept_is_personal(request);
}

/*
 * The address ends in the id of the summary: when the form comes back with
 * errors, the browser goes there and gives it the focus, without a script.
 */
void fb_form_begin_html(struct fb_out *out, struct fb_form *form,
                        const char *action)
{
    const char *token = csrf_token(form->request);
    const char *key = once_key(form);
    size_t i;

    if (action[0] != '/' || action[1] == '/' || action[1] == '\\' ||
        strchr(action, '#') != NULL) {
        request_fail(form->request,
                     "fb_form_begin(): not a path of this site: %s", action);
    }
    literal(out, "<form method=\"post\" action=\"");
    fb_out_url(out, action);
    literal(out, "#");
    write_id(out, form, "errors");
    literal(out, uploads_has_file(form->type)
                     ? "\" enctype=\"multipart/form-data\">\n"
                     : "\">\n");
    hidden(out, FORMS_TOKEN_FIELD, token);
    hidden(out, FORMS_KEY_FIELD, key);
    for (i = 0; i < form->type->field_count; i++) {
        if (form->type->fields[i].kind == FB_HIDDEN) {
            hidden(out, form->type->fields[i].name, form->values[i].text);
        }
    }
    if (token != NULL || key != NULL) {
        keep_private(form->request);
    }
}

void fb_form_end_html(struct fb_out *out, const struct fb_form *form,
                      const char *button)
{
    (void)form;
    literal(out, "<button class=\"button strong\" type=\"submit\">");
    fb_out_text(out, fb_words(out, button));
    literal(out, "</button>\n</form>\n");
}

static void summary_line(struct fb_out *out, const struct fb_form *form,
                         const struct fb_field *field, const char *error)
{
    literal(out, "<li>");
    if (field != NULL && field->kind != FB_HIDDEN) {
        literal(out, "<a href=\"#");
        write_id(out, form, field->name);
        literal(out, "\">");
        fb_out_text(out, error);
        literal(out, "</a>");
    } else {
        fb_out_text(out, error);
    }
    literal(out, "</li>\n");
}

void fb_form_summary_html(struct fb_out *out, const struct fb_form *form,
                          const char *heading)
{
    size_t i;

    if (!form->is_wrong) {
        return;
    }
    literal(out, "<div class=\"errors\" id=\"");
    write_id(out, form, "errors");
    literal(out, "\" role=\"alert\" tabindex=\"-1\" aria-labelledby=\"");
    write_id(out, form, "errors-heading");
    literal(out, "\">\n<h3 id=\"");
    write_id(out, form, "errors-heading");
    literal(out, "\">");
    fb_out_text(out, fb_words(out, heading));
    literal(out, "</h3>\n<ul>\n");
    if (form->whole_error != NULL) {
        summary_line(out, form, NULL, form->whole_error);
    }
    for (i = 0; i < form->type->field_count; i++) {
        if (form->values[i].error != NULL) {
            summary_line(out, form, &form->type->fields[i],
                         form->values[i].error);
        }
    }
    literal(out, "</ul>\n</div>\n");
}

/* ` id="text" name="text"`. */
static void write_name(struct fb_out *out, const struct fb_form *form,
                       const struct fb_field *field)
{
    literal(out, " id=\"");
    write_id(out, form, field->name);
    literal(out, "\"");
    attribute(out, "name", field->name);
}

static void write_state(struct fb_out *out, const struct fb_form *form,
                        const struct fb_field *field, const char *error)
{
    if (field->required) {
        literal(out, " required");
    }
    attribute(out, "autocomplete", field->autocomplete);
    if (error != NULL) {
        literal(out, " aria-invalid=\"true\"");
    }
    if (error != NULL || field->hint != NULL) {
        literal(out, " aria-describedby=\"");
        if (error != NULL) {
            write_id(out, form, field->name);
            literal(out, "-error");
        }
        if (field->hint != NULL) {
            literal(out, error != NULL ? " " : "");
            write_id(out, form, field->name);
            literal(out, "-hint");
        }
        literal(out, "\"");
    }
}

/* What the kind is to a browser; its keyboard and its own check follow it. */
static void write_kind(struct fb_out *out, const struct fb_field *field)
{
    switch (field->kind) {
    case FB_EMAIL:
        literal(out, " type=\"email\" spellcheck=\"false\"");
        break;
    case FB_URL:
        literal(out, " type=\"url\" spellcheck=\"false\"");
        break;
    case FB_INTEGER:
        literal(out, " type=\"number\" inputmode=\"numeric\" step=\"1\"");
        number_attribute(out, "min", field->least);
        number_attribute(out, "max", field->most);
        break;
    case FB_DATE:
        literal(out, " type=\"date\"");
        break;
    case FB_SLUG:
        literal(out, " type=\"text\" pattern=\"[a-z0-9]+(-[a-z0-9]+)*\" "
                     "autocapitalize=\"none\" spellcheck=\"false\"");
        break;
    case FB_PASSWORD:
        literal(out, " type=\"password\"");
        break;
    case FB_FILE:
        literal(out, " type=\"file\"");
        attribute(out, "accept", field->accept);
        break;
    case FB_PICTURE:
        literal(out, " type=\"file\" "
                     "accept=\"image/jpeg,image/png,image/webp\"");
        break;
    default:
        literal(out, " type=\"text\" dir=\"auto\"");
    }
}

static void write_lengths(struct fb_out *out, const struct fb_field *field)
{
    int64_t most = forms_most(field);

    if (field->kind == FB_INTEGER || uploads_is_file(field->kind) ||
        most == 0) {
        return;
    }
    if (field->least > 1) {
        number_attribute(out, "minlength", field->least);
    }
    number_attribute(out, "maxlength", most);
}

static void write_input(struct fb_out *out, const struct fb_form *form,
                        const struct fb_field *field,
                        const struct forms_value *value)
{
    literal(out, "<input");
    write_name(out, form, field);
    write_kind(out, field);
    write_lengths(out, field);
    write_state(out, form, field, value->error);
    if (field->kind != FB_PASSWORD && !uploads_is_file(field->kind)) {
        attribute(out, "value", value->text);
    }
    literal(out, ">\n");
}

/* A browser drops one line break after <textarea>, so one is sent. */
static void write_textarea(struct fb_out *out, const struct fb_form *form,
                           const struct fb_field *field,
                           const struct forms_value *value)
{
    literal(out, "<textarea");
    write_name(out, form, field);
    number_attribute(out, "rows", field->lines != 0 ? field->lines : LINES);
    literal(out, " dir=\"auto\"");
    write_lengths(out, field);
    write_state(out, form, field, value->error);
    literal(out, ">\n");
    fb_out_text(out, value->text);
    literal(out, "</textarea>\n");
}

static void write_option(struct fb_out *out, const char *value,
                         const char *words, bool is_chosen)
{
    literal(out, "<option");
    attribute(out, "value", value);
    literal(out, is_chosen ? " selected>" : ">");
    fb_out_text(out, words);
    literal(out, "</option>\n");
}

static void write_select(struct fb_out *out, const struct fb_form *form,
                         const struct fb_field *field,
                         const struct forms_value *value)
{
    const struct fb_choice *choice;

    literal(out, "<select");
    write_name(out, form, field);
    write_state(out, form, field, value->error);
    literal(out, ">\n");
    write_option(out, "", words_translate(out->request, WORDS("Please choose")),
                 value->text[0] == '\0');
    for (choice = field->choices; choice->value != NULL; choice++) {
        write_option(out, choice->value,
                     choice->label != NULL ? fb_words(out, choice->label)
                                           : choice->value,
                     strcmp(choice->value, value->text) == 0);
    }
    literal(out, "</select>\n");
}

static void write_checkbox(struct fb_out *out, const struct fb_form *form,
                           const struct fb_field *field,
                           const struct forms_value *value)
{
    literal(out, "<input");
    write_name(out, form, field);
    literal(out, " type=\"checkbox\" value=\"1\"");
    literal(out, value->text[0] != '\0' ? " checked" : "");
    write_state(out, form, field, value->error);
    literal(out, ">\n");
}

static void write_label(struct fb_out *out, const struct fb_form *form,
                        const struct fb_field *field)
{
    literal(out, "<label for=\"");
    write_id(out, form, field->name);
    literal(out, "\">");
    fb_out_text(out, fb_words(out, field->label));
    literal(out, "</label>\n");
}

static void write_notes(struct fb_out *out, const struct fb_form *form,
                        const struct fb_field *field, const char *error)
{
    if (field->hint != NULL) {
        literal(out, "<p class=\"hint\" id=\"");
        write_id(out, form, field->name);
        literal(out, "-hint\">");
        fb_out_text(out, fb_words(out, field->hint));
        literal(out, "</p>\n");
    }
    if (error != NULL) {
        literal(out, "<p class=\"error\" id=\"");
        write_id(out, form, field->name);
        literal(out, "-error\"><span class=\"unseen\">");
        fb_out_text(out, words_translate(out->request, WORDS("Error: ")));
        literal(out, "</span>");
        fb_out_text(out, error);
        literal(out, ".</p>\n");
    }
}

static void write_control(struct fb_out *out, const struct fb_form *form,
                          const struct fb_field *field,
                          const struct forms_value *value)
{
    switch (field->kind) {
    case FB_LINES:
        write_textarea(out, form, field, value);
        break;
    case FB_CHOICE:
        write_select(out, form, field, value);
        break;
    default:
        write_input(out, form, field, value);
    }
}

/* A file was sent and is right, but something else was not. */
static void write_file_note(struct fb_out *out, const struct forms_value *value)
{
    if (value->upload != NULL && value->error == NULL) {
        const struct words_value values[] = {{"name", value->upload->file.name},
                                             {NULL, NULL}};

        literal(out, "<p class=\"hint\">");
        fb_out_text(out, words_say(out->request,
                                   WORDS("{name} was not kept: please choose "
                                         "the file again."),
                                   values));
        literal(out, "</p>\n");
    }
}

void fb_form_field_html(struct fb_out *out, const struct fb_form *form,
                        unsigned number)
{
    const char *error = fb_form_error_of(form, number);
    const struct fb_field *field = &form->type->fields[number];
    const struct forms_value *value = &form->values[number];

    if (field->kind == FB_HIDDEN) {
        request_fail(form->request,
                     "fb_form_field(): %s is hidden; fb_form_begin() draws it",
                     field->name);
    }
    literal(out, "<div class=\"field");
    literal(out, field->kind == FB_CHECKBOX ? " tick" : "");
    literal(out, error != NULL ? " wrong\">\n" : "\">\n");
    if (field->kind == FB_CHECKBOX) {
        /* A box stands before its label, and what is wrong before both. */
        write_notes(out, form, field, error);
        write_checkbox(out, form, field, value);
        write_label(out, form, field);
    } else {
        write_label(out, form, field);
        write_notes(out, form, field, error);
        write_file_note(out, value);
        write_control(out, form, field, value);
    }
    literal(out, "</div>\n");
}

void fb_form_all_html(struct fb_out *out, struct fb_form *form,
                      const char *action, const char *heading,
                      const char *button)
{
    unsigned i;

    fb_form_summary_html(out, form, heading);
    fb_form_begin_html(out, form, action);
    for (i = 0; i < form->type->field_count; i++) {
        if (form->type->fields[i].kind != FB_HIDDEN) {
            fb_form_field_html(out, form, i);
        }
    }
    fb_form_end_html(out, form, button);
}
