/* Forms as rows: reading and checking; forms.h says what is promised. */

#include "forms.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <foobar/request.h>

#include "characters.h"
#include "form.h"
#include "form_files.h"
#include "json.h"
#include "locale.h"
#include "request.h"
#include "words.h"

#define EMAIL_MOST 254 /* what SMTP can carry */
#define EMAIL_LOCAL_MOST 64
#define URL_MOST 2000
#define SLUG_MOST 60
#define HOST_LABEL_MOST 63
#define HOST_MOST 253
#define INTEGER_BYTES 24
#define DATE_BYTES ((size_t)10)
#define FILE_NAME_BYTES 1024 /* of a file that was sent as its name alone */
#define BYTES_A_CHARACTER 12 /* the longest is four bytes, each as %XX */

static const char lower_digits[] = "abcdefghijklmnopqrstuvwxyz0123456789";
static const char name_characters[] = "abcdefghijklmnopqrstuvwxyz0123456789_";
static const char host_characters[] =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-";
static const char mailbox_characters[] =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
    ".!#$%&'*+/=?^_`{|}~-";

static const struct fb_field *field_of(const struct fb_form *form,
                                       unsigned field)
{
    if (field >= form->type->field_count) {
        request_fail(form->request, "the form has no field %u", field);
    }
    return &form->type->fields[field];
}

static bool is_text_kind(enum fb_field_kind kind)
{
    return kind == FB_LINE || kind == FB_LINES || kind == FB_PASSWORD ||
           kind == FB_HIDDEN;
}

int64_t forms_most(const struct fb_field *field)
{
    if (field->most != 0) {
        return field->most;
    }
    switch (field->kind) {
    case FB_EMAIL:
        return EMAIL_MOST;
    case FB_URL:
        return URL_MOST;
    case FB_SLUG:
        return SLUG_MOST;
    default:
        return 0;
    }
}

/* ---------------------------------------------------------------- messages */

static bool is_lower(char c)
{
    return c >= 'a' && c <= 'z';
}

static bool is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

/* As it stands beside the field; hidden ones have none. */
static const char *label_of(const struct fb_form *form,
                            const struct fb_field *field)
{
    return field->label != NULL ? fb_words(&form->request->out, field->label)
                                : field->name;
}

/* How messages call the field: its noun, or its label as in mid-sentence. */
static const char *noun_of(const struct fb_form *form,
                           const struct fb_field *field)
{
    const char *label;
    char *noun;

    if (field->noun != NULL) {
        return fb_words(&form->request->out, field->noun);
    }
    label = label_of(form, field);
    noun = request_strndup(form->request, label, strlen(label));
    /* "URL of the picture" stays as it is. */
    if (is_upper(noun[0]) && !is_upper(noun[1])) {
        noun[0] = (char)(noun[0] - 'A' + 'a');
    }
    return noun;
}

/* The same at the beginning of a sentence. */
static const char *subject_of(const struct fb_form *form,
                              const struct fb_field *field)
{
    const char *noun = noun_of(form, field);
    char *subject = request_strndup(form->request, noun, strlen(noun));

    if (is_lower(subject[0])) {
        subject[0] = (char)(subject[0] - 'a' + 'A');
    }
    return subject;
}

static const char *digits_of(const struct fb_form *form, int64_t number)
{
    return fb_printf(form->request, "%lld", (long long)number);
}

/*
 * One of the engine's sentences about a field. A language that bends its nouns
 * says {label}, between quotation marks, where English says {noun}.
 */
static const char *say(const struct fb_form *form, const struct fb_field *field,
                       const char *words, int64_t count)
{
    const struct words_value values[] = {
        {"label", label_of(form, field)},
        {"noun", noun_of(form, field)},
        {"subject", subject_of(form, field)},
        {"least", digits_of(form, field->least)},
        {"most", digits_of(form, forms_most(field))},
        {"count", digits_of(form, count)},
        {NULL, NULL}};

    return words_say(form->request, words, values);
}

static const char *missing(const struct fb_form *form,
                           const struct fb_field *field)
{
    if (field->missing != NULL) {
        return fb_words(&form->request->out, field->missing);
    }
    switch (field->kind) {
    case FB_CHECKBOX:
        return say(form, field, WORDS("Tick the box \"{label}\" to go on"), 0);
    case FB_CHOICE:
        return say(form, field, WORDS("Select {noun}"), 0);
    case FB_FILE:
    case FB_PICTURE:
        return say(form, field, WORDS("Choose {noun}"), 0);
    default:
        return say(form, field, WORDS("Enter {noun}"), 0);
    }
}

/* What its kind asks for, unless the author has words of his own. */
static const char *must_be(const struct fb_form *form,
                           const struct fb_field *field, const char *words)
{
    return field->invalid != NULL
               ? fb_words(&form->request->out, field->invalid)
               : say(form, field, words, 0);
}

/* ------------------------------------------------------------------ checks */

static const char *check_length(const struct fb_form *form,
                                const struct fb_field *field, const char *text)
{
    int64_t count = (int64_t)characters_count(text);

    if (count > forms_most(field)) {
        return say(form, field,
                   WORDS("{subject} must be {most} characters or fewer; it "
                         "has {count}"),
                   count);
    }
    if (count < field->least) {
        return say(form, field,
                   WORDS("{subject} must be {least} characters or more; it "
                         "has {count}"),
                   count);
    }
    return NULL;
}

static const char *check_controls(const struct fb_form *form,
                                  const struct fb_field *field,
                                  const char *text)
{
    if (!characters_have_controls(text, field->kind == FB_LINES)) {
        return NULL;
    }
    if (field->kind == FB_LINES) {
        return say(form, field,
                   WORDS("{subject} holds control characters that cannot be "
                         "shown; remove them"),
                   0);
    }
    return say(form, field,
               WORDS("{subject} must be one line of ordinary characters"), 0);
}

/* Labels between dots, none empty and none with a hyphen at an end. */
static bool is_host(const char *text, size_t length, unsigned least_labels)
{
    const char *end = text + length;
    unsigned labels = 0;

    if (length == 0 || length > HOST_MOST) {
        return false;
    }
    for (;;) {
        size_t label = strspn(text, host_characters);

        if (label > (size_t)(end - text)) {
            label = (size_t)(end - text);
        }
        if (label == 0 || label > HOST_LABEL_MOST || text[0] == '-' ||
            text[label - 1] == '-') {
            return false;
        }
        labels++;
        text += label;
        if (text == end) {
            return labels >= least_labels;
        }
        if (*text++ != '.') {
            return false;
        }
    }
}

bool forms_is_email(const char *text)
{
    size_t local = strspn(text, mailbox_characters);

    return local > 0 && local <= EMAIL_LOCAL_MOST && text[0] != '.' &&
           text[local - 1] != '.' && text[local] == '@' &&
           (strstr(text, "..") == NULL) &&
           is_host(text + local + 1, strlen(text + local + 1), 2);
}

static bool is_url(const char *text)
{
    static const char *const schemes[] = {"https://", "http://"};
    const char *c;
    size_t i;

    for (c = text; *c != '\0'; c++) {
        if ((unsigned char)*c <= ' ' || strchr("\"<>\\^`{|}\x7f", *c) != NULL) {
            return false;
        }
    }
    for (i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++) {
        size_t length = strlen(schemes[i]);

        if (strncasecmp(text, schemes[i], length) == 0) {
            const char *host = text + length;
            size_t end = strcspn(host, ":/?#");
            size_t port =
                host[end] == ':' ? strspn(host + end + 1, "0123456789") : 0;
            const char *rest = host + end + (host[end] == ':') + port;

            /* A name and a password before the host are a trick, not a link. */
            return is_host(host, end, 1) && port <= 5 &&
                   (*rest == '\0' || strchr("/?#", *rest) != NULL);
        }
    }
    return false;
}

static bool is_slug(const char *text)
{
    while (*text != '\0') {
        size_t part = strspn(text, lower_digits);

        if (part == 0) {
            return false;
        }
        text += part;
        if (*text == '-' && text[1] != '\0') {
            text++;
        } else if (*text != '\0') {
            return false;
        }
    }
    return true;
}

/* A day that the calendar has: the beginning of it is a time. */
static bool is_date(const char *text)
{
    char time[] = "0000-00-00T00:00:00Z";

    if (strlen(text) != DATE_BYTES) {
        return false;
    }
    memcpy(time, text, DATE_BYTES);
    return fb_time(time) != FB_NO_TIME;
}

static const char *check_integer(const struct fb_form *form,
                                 const struct fb_field *field,
                                 struct forms_value *value)
{
    const char *digits = value->text + (value->text[0] == '-');
    long long number;
    bool is_whole =
        *digits != '\0' && digits[strspn(digits, "0123456789")] == '\0';

    if (!is_whole) {
        return must_be(form, field, WORDS("{subject} must be a whole number"));
    }
    errno = 0;
    number = strtoll(value->text, NULL, 10);
    if (errno != 0 || number < field->least || number > field->most) {
        return must_be(form, field,
                       WORDS("{subject} must be between {least} and {most}"));
    }
    value->integer = number;
    return NULL;
}

static bool is_choice(const struct fb_field *field, const char *text)
{
    const struct fb_choice *choice;

    for (choice = field->choices; choice->value != NULL; choice++) {
        if (strcmp(choice->value, text) == 0) {
            return true;
        }
    }
    return false;
}

/* What the kind asks for; the text is not empty. */
static const char *check_kind(const struct fb_form *form,
                              const struct fb_field *field,
                              struct forms_value *value)
{
    const char *text = value->text;

    switch (field->kind) {
    case FB_EMAIL:
        return forms_is_email(text)
                   ? NULL
                   : must_be(form, field,
                             WORDS("{subject} must be an e-mail address, like "
                                   "name@example.org"));
    case FB_URL:
        return is_url(text) ? NULL
                            : must_be(form, field,
                                      WORDS("{subject} must be a web address, "
                                            "like https://www.example.org/"));
    case FB_SLUG:
        return is_slug(text)
                   ? NULL
                   : must_be(form, field,
                             WORDS("{subject} must be made of a-z, 0-9 and "
                                   "single hyphens between them"));
    case FB_DATE:
        return is_date(text)
                   ? NULL
                   : must_be(
                         form, field,
                         WORDS(
                             "{subject} must be a real date, like 2026-03-31"));
    case FB_CHOICE:
        return is_choice(field, text)
                   ? NULL
                   : must_be(form, field,
                             WORDS("{subject} must be one of the list"));
    case FB_INTEGER:
        return check_integer(form, field, value);
    default:
        return NULL;
    }
}

static const char *check_file(const struct fb_form *form,
                              const struct fb_field *field,
                              const struct forms_value *value)
{
    struct form_fault fault;

    if (value->text[0] == '\0') {
        return field->required ? missing(form, field) : NULL;
    }
    fault = form_files_fault(form->request, field, value);
    if (fault.words != NULL) {
        const struct words_value values[] = {
            {"label", label_of(form, field)},
            {"subject", subject_of(form, field)},
            fault.values[0],
            fault.values[1],
            {NULL, NULL}};

        return field->invalid != NULL
                   ? fb_words(&form->request->out, field->invalid)
                   : words_say(form->request, fault.words, values);
    }
    return field->check != NULL ? field->check(form->request, value->text)
                                : NULL;
}

static bool is_empty(const struct fb_field *field, const char *text)
{
    return field->kind == FB_PASSWORD ? text[0] == '\0'
                                      : !characters_are_visible(text);
}

static const char *check_value(const struct fb_form *form,
                               const struct fb_field *field,
                               struct forms_value *value)
{
    const char *error;

    if (uploads_is_file(field->kind)) {
        return check_file(form, field, value);
    }
    if (field->kind == FB_CHECKBOX) {
        value->integer = value->text[0] != '\0';
        return field->required && value->integer == 0 ? missing(form, field)
                                                      : NULL;
    }
    if (is_empty(field, value->text)) {
        value->text = "";
        return field->required ? missing(form, field) : NULL;
    }
    if (forms_most(field) > 0 && field->kind != FB_INTEGER) {
        error = check_length(form, field, value->text);
        if (error != NULL) {
            return error;
        }
    }
    error = check_controls(form, field, value->text);
    if (error == NULL) {
        error = check_kind(form, field, value);
    }
    if (error == NULL && field->check != NULL) {
        error = field->check(form->request, value->text);
    }
    return error;
}

/* ----------------------------------------------------------------- reading */

static const char *tidied(struct fb_request *request,
                          const struct fb_field *field, const char *typed)
{
    const char *text = characters_compose(request->arena, typed);

    if (text != NULL && field->kind != FB_PASSWORD) {
        text = characters_tidy(request->arena, text);
    }
    return text;
}

static struct fb_form *make(struct fb_request *request,
                            const struct fb_form_type *type)
{
    struct fb_form *form = fb_alloc(request, sizeof(*form));
    size_t i;

    form->request = request;
    form->type = type;
    form->values = fb_alloc(request, type->field_count * sizeof(*form->values));
    for (i = 0; i < type->field_count; i++) {
        form->values[i].text = "";
    }
    return form;
}

/* A field has one type in JSON, so that "false" ticks no box. */
static const char *check_type(const struct fb_form *form,
                              const struct fb_field *field, enum json_kind kind)
{
    if (kind == JSON_NOTHING) {
        return NULL;
    }
    switch (field->kind) {
    case FB_INTEGER:
        return kind == JSON_WHOLE
                   ? NULL
                   : must_be(form, field,
                             WORDS("{subject} must be a whole number"));
    case FB_CHECKBOX:
        return kind == JSON_TRUTH
                   ? NULL
                   : must_be(form, field,
                             WORDS("{subject} must be true or false"));
    case FB_FILE:
    case FB_PICTURE:
        return must_be(
            form, field,
            WORDS("{subject} must be sent as multipart/form-data; JSON "
                  "holds no files"));
    default:
        return kind == JSON_TEXT
                   ? NULL
                   : must_be(form, field, WORDS("{subject} must be text"));
    }
}

static bool is_repeated(const struct form *sent, const char *name)
{
    size_t times = 0;
    size_t i;

    for (i = 0; i < sent->count; i++) {
        times += strcmp(sent->fields[i].name, name) == 0;
    }
    return times > 1;
}

/*
 * A name that comes twice means different things to different programs, so
 * that a check could look at one value and the work be done with the other.
 */
static const char *refuse_repeated(struct fb_request *request,
                                   const struct fb_form_type *type)
{
    size_t i;

    for (i = 0; i < type->field_count; i++) {
        if (is_repeated(&request->form, type->fields[i].name)) {
            return "a field of the form was sent twice";
        }
    }
    return is_repeated(&request->form, FORMS_TOKEN_FIELD) ||
                   is_repeated(&request->form, FORMS_KEY_FIELD)
               ? "a field of the engine was sent twice"
               : NULL;
}

static void check_values(struct fb_form *form)
{
    size_t i;

    for (i = 0; i < form->type->field_count; i++) {
        struct forms_value *value = &form->values[i];

        if (value->error == NULL) {
            value->error = check_value(form, &form->type->fields[i], value);
        }
        form->is_wrong = form->is_wrong || value->error != NULL;
    }
}

/* What was sent for a field, of a form or of an object; NULL: nothing was. */
static const char *typed_for(struct fb_form *form, size_t index,
                             const struct fb_json *json)
{
    const struct fb_field *field = &form->type->fields[index];
    enum json_kind kind;
    const char *typed;

    if (json == NULL) {
        return form_value(&form->request->form, field->name);
    }
    kind = json_typed(json, field->name, &typed);
    form->values[index].error = check_type(form, field, kind);
    return typed;
}

const char *forms_read(struct fb_request *request,
                       const struct fb_form_type *type)
{
    const char *wrong = refuse_repeated(request, type);
    const struct fb_json *json;
    struct fb_form *form;
    size_t i;

    if (wrong != NULL) {
        return wrong;
    }
    json = json_is_sent(request) ? fb_json(request) : NULL;
    form = make(request, type);
    form->was_sent = true;
    for (i = 0; i < type->field_count; i++) {
        const char *typed = typed_for(form, i, json);

        if (typed != NULL) {
            form->values[i].text = tidied(request, &type->fields[i], typed);
            if (form->values[i].text == NULL) {
                return "a field is too long to be read";
            }
        }
        form_files_take(request, (unsigned)i, &form->values[i]);
    }
    check_values(form);
    request->posted = form;
    return NULL;
}

/* --------------------------------------------------------------- the calls */

struct fb_form *fb_form(struct fb_request *request)
{
    const struct fb_page *page = request->match.page;

    if (page == NULL || page->form == NULL) {
        request_fail(request, "fb_form(): the row of page %s has no form",
                     page != NULL ? page->name : "(none)");
    }
    if (request->posted == NULL) {
        request->posted = make(request, page->form);
    }
    return request->posted;
}

struct fb_form *fb_form_blank(struct fb_request *request,
                              const struct fb_form_type *type)
{
    return make(request, type);
}

bool fb_form_ok(struct fb_form *form)
{
    if (form->was_sent && form->is_wrong) {
        fb_status(form->request, 422);
    }
    return form->was_sent && !form->is_wrong;
}

const char *fb_form_text(const struct fb_form *form, unsigned field)
{
    (void)field_of(form, field);
    return form->values[field].text;
}

int64_t fb_form_int(const struct fb_form *form, unsigned field)
{
    if (field_of(form, field)->kind != FB_INTEGER) {
        request_fail(form->request, "fb_form_int(): %s is no integer",
                     field_of(form, field)->name);
    }
    return form->values[field].integer;
}

bool fb_form_is_ticked(const struct fb_form *form, unsigned field)
{
    if (field_of(form, field)->kind != FB_CHECKBOX) {
        request_fail(form->request, "fb_form_is_ticked(): %s is no checkbox",
                     field_of(form, field)->name);
    }
    return form->values[field].text[0] != '\0';
}

bool fb_form_has(const struct fb_form *form, unsigned field)
{
    (void)field_of(form, field);
    return form->values[field].text[0] != '\0';
}

void fb_form_set(struct fb_form *form, unsigned field, const char *text)
{
    (void)field_of(form, field);
    form->values[field].text = text;
}

void fb_form_error(struct fb_form *form, unsigned field, const char *message)
{
    const char **error = &form->whole_error;

    if (field != FB_WHOLE_FORM) {
        (void)field_of(form, field);
        error = &form->values[field].error;
    }
    if (*error == NULL) {
        *error = message;
    }
    form->is_wrong = true;
    fb_status(form->request, 422);
}

const char *fb_form_error_of(const struct fb_form *form, unsigned field)
{
    if (field == FB_WHOLE_FORM) {
        return form->whole_error;
    }
    (void)field_of(form, field);
    return form->values[field].error;
}

bool fb_form_is_wrong(const struct fb_form *form)
{
    return form->is_wrong;
}

/* --------------------------------------------------------------- the table */

static bool is_name(const char *text, const char *characters)
{
    size_t length = text != NULL ? strlen(text) : 0;

    return length > 0 && length <= 64 && strspn(text, characters) == length;
}

static const char *check_limits(const struct fb_field *field)
{
    switch (field->kind) {
    case FB_INTEGER:
        return field->least < field->most
                   ? NULL
                   : "an integer needs a least and a most above it";
    case FB_FILE:
    case FB_PICTURE:
        return NULL; /* form_files_check_row() has looked */
    case FB_CHOICE:
    case FB_CHECKBOX:
    case FB_DATE:
        return field->least == 0 && field->most == 0
                   ? NULL
                   : "least and most mean nothing for its kind";
    default:
        break;
    }
    if (is_text_kind(field->kind) && field->most == 0) {
        return "a text needs the most characters that it may have";
    }
    if (field->least < 0 || field->least > forms_most(field)) {
        return "its least is above its most";
    }
    if (field->most < 0 || field->most > FB_FIELD_CHARACTERS_MAX) {
        return "its most is above a million characters";
    }
    return NULL;
}

static const char *check_choices(const struct fb_field *field)
{
    if (field->kind != FB_CHOICE) {
        return field->choices == NULL
                   ? NULL
                   : "it has choices, and its kind is not FB_CHOICE";
    }
    if (field->choices == NULL || field->choices[0].value == NULL) {
        return "it is a choice and has no choices";
    }
    return NULL;
}

static const char *check_row(const struct fb_form_type *type, size_t index)
{
    const struct fb_field *field = &type->fields[index];
    const char *wrong;
    size_t i;

    if (!is_name(field->name, name_characters)) {
        return "its name must be made of a-z, 0-9 and _";
    }
    if (strncmp(field->name, "fb_", 3) == 0) {
        return "names that begin with fb_ are the engine's";
    }
    if (field->kind < FB_LINE || field->kind > FB_PICTURE) {
        return "it has no kind, or one that does not exist";
    }
    if (field->label == NULL && field->kind != FB_HIDDEN) {
        return "it has no label";
    }
    for (i = 0; i < index; i++) {
        if (strcmp(type->fields[i].name, field->name) == 0) {
            return "another field has the same name";
        }
    }
    wrong = form_files_check_row(field);
    if (wrong == NULL) {
        wrong = check_limits(field);
    }
    return wrong != NULL ? wrong : check_choices(field);
}

const char *forms_check(const struct fb_form_type *type, char *problem,
                        size_t size)
{
    static const char id_characters[] = "abcdefghijklmnopqrstuvwxyz0123456789-";
    size_t i;

    if (type->fields == NULL || type->field_count == 0 ||
        type->field_count > FB_FORM_FIELDS_MAX) {
        snprintf(problem, size, "its form must have 1 to %d fields",
                 FB_FORM_FIELDS_MAX);
        return problem;
    }
    if (type->id != NULL && !is_name(type->id, id_characters)) {
        snprintf(problem, size,
                 "the id of its form must be made of a-z, 0-9 and -");
        return problem;
    }
    for (i = 0; i < type->field_count; i++) {
        const char *wrong = check_row(type, i);

        if (wrong != NULL) {
            snprintf(problem, size, "field %zu of its form (%s): %s", i + 1,
                     type->fields[i].name ? type->fields[i].name
                                          : "without a name",
                     wrong);
            return problem;
        }
    }
    return NULL;
}

size_t forms_value_bytes(const struct fb_field *field)
{
    const struct fb_choice *choice;
    size_t longest = 0;

    switch (field->kind) {
    case FB_CHOICE:
        for (choice = field->choices; choice->value != NULL; choice++) {
            size_t length = strlen(choice->value);

            longest = length > longest ? length : longest;
        }
        return 3 * longest;
    case FB_INTEGER:
    case FB_CHECKBOX:
    case FB_DATE:
        return 3 * (size_t)INTEGER_BYTES;
    case FB_EMAIL:
    case FB_URL:
    case FB_SLUG:
        return 3 * (size_t)forms_most(field);
    case FB_FILE:
    case FB_PICTURE:
        return FILE_NAME_BYTES;
    default:
        return BYTES_A_CHARACTER * (size_t)field->most;
    }
}

size_t forms_body_bytes(const struct fb_form_type *type)
{
    /* Names, "=", "&" and values of the engine's fields. */
    size_t bytes = 256;
    size_t i;

    for (i = 0; i < type->field_count; i++) {
        bytes += strlen(type->fields[i].name) + 2 +
                 forms_value_bytes(&type->fields[i]);
    }
    return bytes + form_files_bytes(type);
}

size_t forms_slack(const struct fb_form_type *type)
{
    size_t files = form_files_bytes(type);

    return FORMS_SLACK + (files < FILES_SLACK_MOST ? files : FILES_SLACK_MOST);
}
