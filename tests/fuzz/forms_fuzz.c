/*
 * Fuzzes forms as rows: what was posted is read by a form with a field of each
 * kind, and drawn again.
 *
 * Whatever was sent: what is accepted keeps the limits of its row, and nothing
 * that was typed becomes markup in what is drawn. Cursors and searches are fed
 * with the same bytes.
 */

#include <foobar/foobar.h>

#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "characters.h"
#include "forms.h"
#include "request.h"

#define MEMORY ((size_t)16 << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct fb_choice choices[] = {
    {"a", "A"}, {"b", "B"}, {NULL, NULL}};

#define FUZZ_FIELDS(FIELD)                                                  \
    FIELD(F_LINE, .name = "a", .kind = FB_LINE, .label = "A", .most = 20,   \
          .least = 2, .required = true)                                     \
    FIELD(F_LINES, .name = "b", .kind = FB_LINES, .label = "B", .most = 50) \
    FIELD(F_EMAIL, .name = "c", .kind = FB_EMAIL, .label = "C")             \
    FIELD(F_URL, .name = "d", .kind = FB_URL, .label = "D")                 \
    FIELD(F_INTEGER, .name = "e", .kind = FB_INTEGER, .label = "E",         \
          .least = -7, .most = 7)                                           \
    FIELD(F_CHOICE, .name = "f", .kind = FB_CHOICE, .label = "F",           \
          .choices = choices)                                               \
    FIELD(F_BOX, .name = "g", .kind = FB_CHECKBOX, .label = "G")            \
    FIELD(F_DATE, .name = "h", .kind = FB_DATE, .label = "H")               \
    FIELD(F_SLUG, .name = "i", .kind = FB_SLUG, .label = "I")               \
    FIELD(F_SECRET, .name = "j", .kind = FB_PASSWORD, .label = "J",         \
          .most = 30)                                                       \
    FIELD(F_HIDDEN, .name = "k", .kind = FB_HIDDEN, .most = 9)
FB_FORM_FIELDS(fuzz_field, FUZZ_FIELDS);
FB_FORM(fuzz_form, FUZZ_FIELDS, .once = true);

static const struct fb_app app = {.name = "fuzz"};
static const struct fb_page page = {
    .name = "fuzz", .path = "/", .methods = FB_POST, .form = &fuzz_form};

static void must(bool holds)
{
    if (!holds) {
        abort();
    }
}

static void check_values(const struct fb_form *form)
{
    size_t i;

    for (i = 0; i < fuzz_form.field_count; i++) {
        const struct fb_field *field = &fuzz_form.fields[i];
        const char *text = form->values[i].text;
        int64_t most = forms_most(field);

        must(form->values[i].error == NULL);
        must(!characters_have_controls(text, field->kind == FB_LINES) ||
             field->kind == FB_CHECKBOX);
        must(most == 0 || field->kind == FB_INTEGER ||
             (int64_t)characters_count(text) <= most);
        must(form->values[i].integer >= -7 && form->values[i].integer <= 7);
    }
    must(form->values[F_LINE].text[0] != '\0');
}

/* Of the drawn bytes, each "<" begins a tag of ours. */
static void check_drawn(const struct fb_request *request)
{
    static const char *const tags[] = {
        "<div",      "</div>",      "<label",  "</label",       "<input",
        "<textarea", "</texta",     "<select", "</select",      "<option",
        "</option",  "<p class=",   "</p>",    "<span ",        "</span>",
        "<h3",       "</h3>",       "<ul>",    "</ul>",         "<li>",
        "</li>",     "<a href=\"#", "</a>",    "<form method=", "</form>",
        "<button ",  "</button>"};
    size_t i;
    size_t t;

    for (i = 0; i < request->out.length; i++) {
        bool is_ours = request->out.bytes[i] != '<';

        for (t = 0; !is_ours && t < sizeof(tags) / sizeof(tags[0]); t++) {
            size_t length = strlen(tags[t]);

            is_ours = request->out.length - i >= length &&
                      memcmp(request->out.bytes + i, tags[t], length) == 0;
        }
        must(is_ours);
    }
}

static void draw(struct fb_request *request, struct fb_form *form)
{
    unsigned i;

    fb_form_summary_html(&request->out, form, "Errors");
    fb_form_begin_html(&request->out, form, "/");
    for (i = 0; i < F_HIDDEN; i++) {
        fb_form_field_html(&request->out, form, i);
    }
    fb_form_end_html(&request->out, form, "Send");
    check_drawn(request);
}

static void read_form(struct fb_request *request)
{
    struct fb_form *form;

    if (forms_read(request, &fuzz_form) != NULL) {
        must(request->posted == NULL);
        return;
    }
    form = fb_form(request);
    if (fb_form_ok(form)) {
        check_values(form);
    } else {
        must(request->status == 422);
    }
    draw(request, form);
}

static void read_query(struct fb_request *request)
{
    struct fb_place place;
    const char *terms = fb_search_terms(request, fb_query(request, "a"));

    must(terms == NULL || (terms[0] == '+' && terms[strlen(terms) - 1] == '*' &&
                           strpbrk(terms, "-<>()~\"@'") == NULL));
    if (fb_place(request, &place) && !place.is_first) {
        const char *cursor = fb_cursor(request, place.key, place.id);

        must(strcmp(cursor, fb_query(request, place.is_before ? "before"
                                                              : "after")) == 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fb_request *request = calloc(1, sizeof(*request));
    struct arena arena;

    must(request != NULL);
    arena_init(&arena, MEMORY);
    request_init(request, &arena, &app, NULL);
    request->method = FB_POST;
    request->match.page = &page;
    if (form_decode(&request->form, &arena, (const char *)data, size) == NULL) {
        request->query = request->form;
        request->escape_is_set = true;
        if (sigsetjmp(request->escape, 0) == 0) {
            read_form(request);
            read_query(request);
        }
    }
    arena_free(&arena);
    free(request);
    return 0;
}
