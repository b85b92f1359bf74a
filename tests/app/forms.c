/*
 * The application of the tests of forms, tokens, keys, lists and searches. Who
 * has a cookie "session" or "remember" is taken for somebody who is logged in.
 */

#include <foobar/foobar.h>

#include <string.h>
#include <time.h>

static void say(struct fb_request *request, const char *text)
{
    fb_content_type(request, "text/plain; charset=utf-8");
    fb_out_literal(fb_body(request), text, strlen(text));
}

/* -------------------------------------------------------------- statements */

#define NOTE_ROW(COLUMN) COLUMN(INT, id) COLUMN(TEXT, words)
FB_ROW(note_row, NOTE_ROW);

#define FORMS_STATEMENTS(STATEMENT)                                        \
    STATEMENT(SQL_ADD_NOTE, "add_note", fb_no_row,                         \
              "INSERT INTO notes (words) VALUES (?)", FB_EXAMPLE("words")) \
    STATEMENT(SQL_NOTES, "notes", note_row,                                \
              "SELECT id, words FROM notes WHERE words > ? OR "            \
              "(words = ? AND id > ?) ORDER BY words, id LIMIT ?",         \
              FB_EXAMPLE("a", "a", "1", "4"))                              \
    STATEMENT(SQL_NOTES_BEFORE, "notes_before", note_row,                  \
              "SELECT id, words FROM notes WHERE words < ? OR "            \
              "(words = ? AND id < ?) "                                    \
              "ORDER BY words DESC, id DESC LIMIT ?",                      \
              FB_EXAMPLE("a", "a", "1", "4"))                              \
    STATEMENT(SQL_FIND_NOTES, "find_notes", note_row,                      \
              "SELECT id, words FROM notes WHERE MATCH (words) "           \
              "AGAINST (? IN BOOLEAN MODE) ORDER BY id LIMIT 20",          \
              FB_EXAMPLE("+nothing*"))
FB_STATEMENTS(forms_statement, FORMS_STATEMENTS);

static const struct fb_statement statements[] = {
    FORMS_STATEMENTS(FB_STATEMENT)};

/* ---------------------------------------------------- a field of every kind */

static const struct fb_choice sizes[] = {
    {"s", "Small"}, {"l", "Large <and wide>"}, {NULL, NULL}};

static const char *refuse_admin(struct fb_request *request, const char *text)
{
    return strcmp(text, "admin") == 0
               ? fb_printf(request, "The name %s is taken", text)
               : NULL;
}

#define ALL_FIELDS(FIELD)                                                      \
    FIELD(ALL_NAME, .name = "name", .kind = FB_LINE, .label = "Your name",     \
          .required = true, .least = 2, .most = 10, .check = refuse_admin)     \
    FIELD(ALL_ABOUT, .name = "about", .kind = FB_LINES,                        \
          .label = "About <you>", .hint = "Be \"brief\"", .most = 40)          \
    FIELD(ALL_EMAIL, .name = "email", .kind = FB_EMAIL,                        \
          .label = "E-mail address", .autocomplete = "email")                  \
    FIELD(ALL_SITE, .name = "site", .kind = FB_URL, .label = "Web site")       \
    FIELD(ALL_AGE, .name = "age", .kind = FB_INTEGER, .label = "Your age",     \
          .least = -5, .most = 150)                                            \
    FIELD(ALL_SIZE, .name = "size", .kind = FB_CHOICE, .label = "Size",        \
          .choices = sizes)                                                    \
    FIELD(ALL_TERMS, .name = "terms", .kind = FB_CHECKBOX, .label = "I agree") \
    FIELD(ALL_DAY, .name = "day", .kind = FB_DATE, .label = "Day")             \
    FIELD(ALL_SLUG, .name = "slug", .kind = FB_SLUG, .label = "Address")       \
    FIELD(ALL_SECRET, .name = "secret", .kind = FB_PASSWORD,                   \
          .label = "Password", .least = 8, .most = 64)                         \
    FIELD(ALL_FROM, .name = "from", .kind = FB_HIDDEN, .most = 20)
FB_FORM_FIELDS(all_field, ALL_FIELDS);
FB_FORM(all_form, ALL_FIELDS, .id = "all");

static void draw_all(struct fb_request *request, struct fb_form *form)
{
    struct fb_out *out = fb_body(request);
    unsigned field;

    fb_form_summary_html(out, form, "It was not saved");
    fb_form_begin_html(out, form, "/all");
    for (field = ALL_NAME; field < ALL_FROM; field++) {
        fb_form_field_html(out, form, field);
    }
    fb_form_end_html(out, form, "Save");
}

/* GET shows the form, POST says what was understood of it. */
static enum fb_result all(struct fb_request *request)
{
    struct fb_form *form = fb_form(request);

    if (!fb_form_ok(form)) {
        if (fb_method(request) == FB_GET) {
            fb_form_set(form, ALL_FROM, "here");
        }
        draw_all(request, form);
        return FB_OK;
    }
    say(request,
        fb_printf(
            request,
            "name=%s about=%s email=%s site=%s age=%lld size=%s "
            "terms=%d day=%s slug=%s secret=%s from=%s\n",
            fb_form_text(form, ALL_NAME), fb_form_text(form, ALL_ABOUT),
            fb_form_text(form, ALL_EMAIL), fb_form_text(form, ALL_SITE),
            (long long)fb_form_int(form, ALL_AGE), fb_form_text(form, ALL_SIZE),
            fb_form_is_ticked(form, ALL_TERMS), fb_form_text(form, ALL_DAY),
            fb_form_text(form, ALL_SLUG), fb_form_text(form, ALL_SECRET),
            fb_form_text(form, ALL_FROM)));
    return FB_OK;
}

/* ------------------------------------------- what happens once: a note more */

#define NOTE_FIELDS(FIELD)                                                \
    FIELD(NOTE_WORDS, .name = "words", .kind = FB_LINE, .label = "Words", \
          .required = true, .most = 100)
FB_FORM_FIELDS(note_field, NOTE_FIELDS);
FB_FORM(note_form, NOTE_FIELDS, .once = true);

/* "slow ..." takes its time inside of the transaction. */
static enum fb_result store(struct fb_request *request, void *context)
{
    const char *words = fb_form_text(context, NOTE_WORDS);
    struct timespec pause = {0, 300 * 1000000};
    enum fb_result result;

    result = fb_execute(request, SQL_ADD_NOTE, fb_text(words));
    if (result != FB_OK) {
        return result;
    }
    if (strncmp(words, "slow", 4) == 0) {
        nanosleep(&pause, NULL);
    }
    if (strcmp(words, "nowhere") != 0) {
        fb_redirect(request, fb_printf(request, "/notes/%lld",
                                       (long long)fb_insert_id(request)));
    }
    return FB_OK;
}

static enum fb_result draw_note(struct fb_request *request,
                                struct fb_form *form)
{
    struct fb_out *out = fb_body(request);

    fb_form_summary_html(out, form, "It was not added");
    fb_form_begin_html(out, form, "/note");
    fb_form_field_html(out, form, NOTE_WORDS);
    fb_form_end_html(out, form, "Add");
    return FB_OK;
}

static enum fb_result note(struct fb_request *request)
{
    struct fb_form *form = fb_form(request);
    enum fb_result result;

    if (!fb_form_ok(form)) {
        return draw_note(request, form);
    }
    result = fb_transaction(request, store, form);
    return result == FB_CONFLICT ? draw_note(request, form) : result;
}

/* The same, returning the conflict as it is; and with a path in its key. */
static enum fb_result plain_note(struct fb_request *request)
{
    struct fb_form *form = fb_form(request);

    return fb_form_ok(form) ? fb_transaction(request, store, form)
                            : FB_BAD_REQUEST;
}

/* A page that may be kept shows the form of another. */
static enum fb_result kept(struct fb_request *request)
{
    return draw_note(request, fb_form_blank(request, &note_form));
}

/* ---------------------------------------------------- lists, and searching */

static void say_notes(struct fb_request *request, const struct note_row *rows,
                      size_t count)
{
    size_t i;

    fb_content_type(request, "text/plain; charset=utf-8");
    for (i = 0; i < count; i++) {
        fb_out_literal(fb_body(request), i > 0 ? " " : "", i > 0);
        fb_out_literal(fb_body(request), rows[i].words, strlen(rows[i].words));
    }
}

static enum fb_result notes(struct fb_request *request)
{
    enum {
        SIZE = 3
    };
    const struct note_row *rows;
    struct fb_place place;
    enum fb_result result;
    const char *key;
    size_t count;

    if (!fb_place(request, &place)) {
        return FB_BAD_REQUEST;
    }
    key = place.key != NULL ? place.key : "";
    result =
        place.is_before
            ? fb_list(request, SQL_NOTES_BEFORE, &rows, &count, fb_text(key),
                      fb_text(key), fb_int(place.id), fb_int(SIZE + 1))
            : fb_list(request, SQL_NOTES, &rows, &count, fb_text(key),
                      fb_text(key), fb_int(place.id), fb_int(SIZE + 1));
    if (result != FB_OK) {
        return result;
    }
    fb_turn(request, &place, &rows, &count, SIZE);
    if (place.has_previous && count > 0) {
        fb_header(request, "X-Before",
                  fb_cursor(request, rows[0].words, rows[0].id));
    }
    if (place.has_next && count > 0) {
        fb_header(
            request, "X-After",
            fb_cursor(request, rows[count - 1].words, rows[count - 1].id));
    }
    say_notes(request, rows, count);
    return FB_OK;
}

static enum fb_result search(struct fb_request *request)
{
    const char *terms = fb_search_terms(request, fb_query(request, "q"));
    const struct note_row *rows;
    enum fb_result result;
    size_t count;

    if (terms == NULL) {
        say(request, "nothing to look for");
        return FB_OK;
    }
    result = fb_list(request, SQL_FIND_NOTES, &rows, &count, fb_text(terms));
    if (result == FB_OK) {
        say_notes(request, rows, count);
    }
    return result;
}

/* ------------------------------------------------------------------- pages */

/* Says the token that a script would send. */
static enum fb_result token(struct fb_request *request)
{
    const char *text = fb_token(request);

    say(request, text != NULL ? text : "none");
    return FB_OK;
}

/* A page without a form that changes something. */
static enum fb_result act(struct fb_request *request)
{
    say(request, "done");
    return FB_OK;
}

static const struct fb_page pages[] = {
    {.name = "all",
     .path = "/all",
     .methods = FB_GET | FB_POST,
     .handler = all,
     .form = &all_form},
    {.name = "note",
     .path = "/note",
     .methods = FB_GET | FB_POST,
     .handler = note,
     .form = &note_form},
    {.name = "plain_note",
     .path = "/plain-note/{id:int}",
     .methods = FB_POST,
     .handler = plain_note,
     .form = &note_form},
    {.name = "kept",
     .path = "/kept",
     .methods = FB_GET,
     .handler = kept,
     .cache_seconds = 60,
     .varies = FB_BY_AUDIENCE},
    {.name = "notes", .path = "/notes", .methods = FB_GET, .handler = notes},
    {.name = "search", .path = "/search", .methods = FB_GET, .handler = search},
    {.name = "token", .path = "/token", .methods = FB_GET, .handler = token},
    {.name = "act",
     .path = "/act",
     .methods = FB_GET | FB_POST | FB_PUT | FB_PATCH | FB_DELETE,
     .handler = act,
     .body_limit = 1000},
};

static void error_page(struct fb_request *request, int status)
{
    const char *why = fb_refusal(request);

    fb_content_type(request, "text/plain; charset=utf-8");
    fb_out_int(fb_body(request), status);
    if (why != NULL) {
        fb_out_literal(fb_body(request), " ", 1);
        fb_out_literal(fb_body(request), why, strlen(why));
    }
}

const struct fb_app foobar_app = {
    .api_version = FB_API_VERSION,
    .size = sizeof(struct fb_app),
    .name = "the tests of forms",
    .pages = pages,
    .page_count = sizeof(pages) / sizeof(pages[0]),
    .statements = statements,
    .statement_count = sizeof(statements) / sizeof(statements[0]),
    .error_page = error_page,
    .login_path = "/token",
    .session_cookies = "session,remember",
};
