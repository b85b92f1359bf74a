/*
 * Forms as rows.
 *
 * A form is a table of fields that is declared once, beside the page that
 * takes it:
 *
 *     #define COMMENT_FIELDS(FIELD)                                  \
 *         FIELD(COMMENT_AUTHOR, .name = "author", .kind = FB_LINE,   \
 *               .label = "Your name", .required = true, .most = 80)  \
 *         FIELD(COMMENT_TEXT, .name = "text", .kind = FB_LINES,      \
 *               .label = "Comment", .required = true, .most = 4000)
 *
 *     FB_FORM_FIELDS(comment_field, COMMENT_FIELDS);    in a header
 *     extern const struct fb_form_type comment_form;
 *
 *     FB_FORM(comment_form, COMMENT_FIELDS, .once = true);  in one source
 *
 * A page whose row says `.form = &comment_form` gets it read, tidied and
 * checked before its handler runs:
 *
 *     struct fb_form *form = fb_form(request);
 *
 *     if (!fb_form_ok(form)) {
 *         return show(request, form);
 *     }
 *     ... fb_form_text(form, COMMENT_AUTHOR) ...
 *
 * The same rows draw it, so that what the browser is told and what the server
 * checks never differ; in a template:
 *
 *     {% call fb_form_summary(form, "Your comment was not added") %}
 *     {% call fb_form_begin(form, "/comments") %}
 *     {% call fb_form_field(form, COMMENT_AUTHOR) %}
 *     {% call fb_form_field(form, COMMENT_TEXT) %}
 *     {% call fb_form_end(form, "Add comment") %}
 *
 * What is sent and what comes of it: a field that no row declares is ignored;
 * one that is missing counts as empty; one that comes twice refuses the whole
 * (400); one that is too long is an error beside the field; a body above the
 * page's limit is a 413; one that is neither a form nor JSON is a 415. Text
 * is valid UTF-8 in Unicode's composed form (NFC), without white space at its
 * ends and with "\n" between lines. The body of a page without a form is not
 * decoded at all.
 *
 * A program may send the same as one JSON object (json.h): text for a field, a
 * whole number for FB_INTEGER, true or false for FB_CHECKBOX. All rules are
 * the same, and the handler sees no difference. What is wrong is told to who
 * likes JSON when the handler returns FB_INVALID (or FB_CONFLICT): one entry
 * for each wrong field, in place of the page drawn again.
 *
 * A form with files is sent as multipart/form-data, which the browser is told,
 * and which any form may be sent as. JSON holds no files.
 */

#ifndef FOOBAR_FORM_H
#define FOOBAR_FORM_H

#include <foobar/app.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct fb_form;
struct fb_out;
struct fb_request;

/* How many rows a form may have, and how long a text may be. */
#define FB_FORM_FIELDS_MAX 64
#define FB_FIELD_CHARACTERS_MAX 1000000

enum fb_field_kind {
    FB_LINE = 1, /* text of one line; least and most are characters */
    FB_LINES,    /* text of several lines; least and most are characters */
    FB_EMAIL,    /* one address; most: 254 unless said */
    FB_URL,      /* http or https, with a host; most: 2000 unless said */
    FB_INTEGER,  /* a whole number from least to most, both included */
    FB_CHOICE,   /* a value of `choices` */
    FB_CHECKBOX, /* ticked or not; required: it must be ticked */
    FB_DATE,     /* a day of the calendar, as 2026-03-31 */
    FB_SLUG,     /* a-z, 0-9 and single hyphens; most: 60 unless said */
    FB_PASSWORD, /* kept as it was typed, and never shown again */
    FB_HIDDEN,   /* a line that the page sends to itself: see fb_form_set() */
    FB_FILE,     /* a file; most: bytes; see fb_form_file() in upload.h */
    FB_PICTURE   /* one that is drawn anew; see fb_form_picture() there */
};

/* A row of a FB_CHOICE; the last row has no value. */
struct fb_choice {
    const char *value;
    const char *label;
};

/*
 * A check of the author's own, which runs when the field is otherwise right
 * and not empty. Returns NULL, or the message, as of fb_printf().
 */
typedef const char *fb_field_check(struct fb_request *request,
                                   const char *text);

struct fb_field {
    const char *name; /* in the request: [a-z0-9_]+, not fb_... */
    enum fb_field_kind kind;
    const char *label; /* all kinds but FB_HIDDEN need one */
    const char *hint;  /* a sentence below the label; NULL: none */
    const char *noun;  /* in messages: "your name"; NULL: from the label */
    bool required;
    int64_t least;
    int64_t most; /* FB_LINE, FB_LINES, FB_PASSWORD, FB_HIDDEN need one */
    const struct fb_choice *choices; /* FB_CHOICE */
    const char *autocomplete;        /* HTML's token: "email"; NULL: none */
    unsigned lines;                  /* height of a FB_LINES; 0: 7 */
    const char *missing;   /* a better message than "Enter your name" */
    const char *invalid;   /* ... than "Your age must be a whole number" */
    fb_field_check *check; /* of a file: its name */
    const char *accept; /* FB_FILE: "application/pdf,text/plain"; NULL: all */
    const unsigned *widths; /* FB_PICTURE: {64, 256, 1024, 0}, rising */
};

struct fb_form_type {
    const struct fb_field *fields;
    size_t field_count;

    /*
     * Begins the HTML ids of this form, for a page with several: [a-z0-9-]+.
     * NULL: the id of a field is its name.
     */
    const char *id;

    /*
     * What the form asks for happens once, however often it is sent: see
     * fb_transaction() in database.h. A page carries a key for it; a program
     * sends one of its own, of 16 to 128 characters, in Idempotency-Key.
     */
    bool once;
};

/* The numbers of the fields, by which everything else names them. */
#define FB_FORM_FIELD_ID(id, ...) id,
#define FB_FORM_FIELDS(name, FIELDS) \
    enum name {                      \
        FIELDS(FB_FORM_FIELD_ID)     \
    }

/* The table itself; what follows FIELDS are fields of fb_form_type. */
#define FB_FORM_FIELD_ROW(id, ...) [id] = {__VA_ARGS__},
#define FB_FORM(form, FIELDS, ...)                                             \
    static const struct fb_field form##_fields[] = {                           \
        FIELDS(FB_FORM_FIELD_ROW)};                                            \
    const struct fb_form_type form = {.fields = form##_fields,                 \
                                      .field_count = sizeof(form##_fields) /   \
                                                     sizeof(form##_fields[0]), \
                                      __VA_ARGS__}

/*
 * The form of the page: as it was sent, or blank when this is a GET. A page
 * whose row has no form is an error of the program (500), and so is a field
 * that the form does not have, wherever one is named below.
 */
FB_API struct fb_form *fb_form(struct fb_request *request)
    __attribute__((returns_nonnull));

/* A blank form of another page, to be drawn on this one. */
FB_API struct fb_form *fb_form_blank(struct fb_request *request,
                                     const struct fb_form_type *type)
    __attribute__((returns_nonnull));

/*
 * Whether the form was sent and every field is right. When it was sent and
 * something is wrong, the status of the reply becomes 422: what is left to do
 * is to draw the page again.
 */
FB_API bool fb_form_ok(struct fb_form *form);

/*
 * What was typed. A number, a date and a choice that are wrong or empty are 0
 * and "". Text belongs to the request.
 */
FB_API const char *fb_form_text(const struct fb_form *form, unsigned field)
    __attribute__((returns_nonnull));
FB_API int64_t fb_form_int(const struct fb_form *form, unsigned field);
FB_API bool fb_form_is_ticked(const struct fb_form *form, unsigned field);

/* Whether anything was typed there. */
FB_API bool fb_form_has(const struct fb_form *form, unsigned field);

/* Fills in a field of a form that is to be drawn; `text` is not checked. */
FB_API void fb_form_set(struct fb_form *form, unsigned field, const char *text);

/*
 * Adds an error that only the handler can know ("This name is taken"); the
 * first one of a field counts. FB_WHOLE_FORM is for one of no single field.
 * The status becomes 422. The message is one sentence without a full stop.
 */
#define FB_WHOLE_FORM (~0U)
FB_API void fb_form_error(struct fb_form *form, unsigned field,
                          const char *message);

/* NULL: the field is right. fb_form_is_wrong: any field, or the whole. */
FB_API const char *fb_form_error_of(const struct fb_form *form, unsigned field);
FB_API bool fb_form_is_wrong(const struct fb_form *form);

/*
 * Drawing, as templates that are called. begin: the start of <form>, sent by
 * POST to `action`, a path of this site, and the hidden fields that prove that
 * the form is ours and is sent once. summary: the errors with links to their
 * fields, nothing when there are none. field: label, hint, error and input.
 * end: the button and the end of <form>. all: summary, begin, each field in its
 * order, end.
 *
 * With a session, or with `once`, a form is one visitor's own: the reply is
 * then sent with "Cache-Control: private, no-store". (A page that may be kept,
 * by cache_seconds, gets no key for `once`, since it would be everybody's;
 * what was typed is the key then.)
 */
FB_API void fb_form_begin_html(struct fb_out *out, struct fb_form *form,
                               const char *action);
FB_API void fb_form_summary_html(struct fb_out *out, const struct fb_form *form,
                                 const char *heading);
FB_API void fb_form_field_html(struct fb_out *out, const struct fb_form *form,
                               unsigned field);
FB_API void fb_form_end_html(struct fb_out *out, const struct fb_form *form,
                             const char *button);
FB_API void fb_form_all_html(struct fb_out *out, struct fb_form *form,
                             const char *action, const char *heading,
                             const char *button);

#endif
