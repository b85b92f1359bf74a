/*
 * The application of the tests of uploads: papers that are published, and
 * letters that only who knows the word may read.
 */

#include <foobar/foobar.h>

#include <string.h>

static void say(struct fb_request *request, const char *text)
{
    fb_content_type(request, "text/plain; charset=utf-8");
    fb_out_literal(fb_body(request), text, strlen(text));
}

/* ------------------------------------------------------------------ papers */

#define PAPER_FIELDS(FIELD)                                                    \
    FIELD(PAPER_TITLE, .name = "title", .kind = FB_LINE, .label = "Title",     \
          .required = true, .most = 100)                                       \
    FIELD(PAPER_FILE, .name = "paper", .kind = FB_FILE, .label = "Your paper", \
          .required = true, .accept = "application/pdf,text/plain,image/png",  \
          .most = 3 << 20)
FB_FORM_FIELDS(paper_field, PAPER_FIELDS);
FB_FORM(paper_form, PAPER_FIELDS, .once = true);

static enum fb_result draw(struct fb_request *request, struct fb_form *form,
                           const char *action, unsigned last)
{
    struct fb_out *out = fb_body(request);
    unsigned field;

    fb_form_summary_html(out, form, "It was not sent");
    fb_form_begin_html(out, form, action);
    for (field = 0; field <= last; field++) {
        fb_form_field_html(out, form, field);
    }
    fb_form_end_html(out, form, "Send");
    return FB_OK;
}

static enum fb_result publish(struct fb_request *request, void *context)
{
    const struct fb_file *paper = fb_form_file(context, PAPER_FILE);

    fb_redirect(request, fb_file_url(request, paper));
    fb_header(request, "X-Name", paper->name);
    return fb_file_publish(request, paper, "paper", 1);
}

static enum fb_result paper_page(struct fb_request *request)
{
    struct fb_form *form = fb_form(request);
    enum fb_result result;

    if (!fb_form_ok(form)) {
        return fb_method(request) != FB_GET && fb_wants(request) == FB_JSON
                   ? FB_INVALID
                   : draw(request, form, "/paper", PAPER_FILE);
    }
    result = fb_transaction(request, publish, form);
    return result == FB_CONFLICT ? draw(request, form, "/paper", PAPER_FILE)
                                 : result;
}

/* ----------------------------------------------------------------- letters */

#define LETTER_FIELDS(FIELD)                                                 \
    FIELD(LETTER_FILE, .name = "letter", .kind = FB_FILE, .label = "Letter", \
          .most = 40 << 20)                                                  \
    FIELD(LETTER_ID, .name = "id", .kind = FB_INTEGER, .label = "Number",    \
          .required = true, .least = 1, .most = 1000)
FB_FORM_FIELDS(letter_field, LETTER_FIELDS);
FB_FORM(letter_form, LETTER_FIELDS);

static enum fb_result keep(struct fb_request *request, void *context)
{
    return fb_file_keep(request, fb_form_file(context, LETTER_FILE), "letter",
                        fb_form_int(context, LETTER_ID));
}

/* Says what came, whether it is kept or not. */
static enum fb_result letter(struct fb_request *request)
{
    struct fb_form *form = fb_form(request);
    const struct fb_file *file = fb_form_file(form, LETTER_FILE);
    enum fb_result result;
    char begin[6] = "";

    if (!fb_form_ok(form)) {
        return draw(request, form, "/letter", LETTER_ID);
    }
    if (file == NULL) {
        say(request, "no letter\n");
        return FB_OK;
    }
    result = fb_transaction(request, keep, form);
    if (result == FB_OK) {
        fb_file_read(request, file, 0, begin, sizeof(begin) - 1);
        say(request, fb_printf(request, "%s|%s|%s|%lld|%d|%s\n", file->name,
                               file->type, file->sha256, (long long)file->size,
                               (int)fb_file_read(request, file, file->size,
                                                 begin + 5, 1),
                               file->type[0] == 't' ? begin : ""));
    }
    return result;
}

static enum fb_result read_letter(struct fb_request *request)
{
    const char *word = fb_query(request, "word");

    return word != NULL && strcmp(word, "please") == 0
               ? fb_send_file(request, fb_path_text(request, "hash"),
                              fb_query(request, "name"))
               : FB_FORBIDDEN;
}

static enum fb_result let_go(struct fb_request *request, void *context)
{
    (void)context;
    return fb_file_release(request, fb_path_text(request, "owner"),
                           fb_path_int(request, "id"));
}

static enum fb_result release(struct fb_request *request)
{
    say(request, "released\n");
    return fb_transaction(request, let_go, NULL);
}

/* ---------------------------------------------------------------- pictures */

static const unsigned picture_widths[] = {64, 256, 1024, 0};

#define PICTURE_FIELDS(FIELD)                                         \
    FIELD(PICTURE_FILE, .name = "picture", .kind = FB_PICTURE,        \
          .label = "Your picture", .required = true, .most = 4 << 20, \
          .widths = picture_widths)
FB_FORM_FIELDS(picture_field, PICTURE_FIELDS);
FB_FORM(picture_form, PICTURE_FIELDS);

static enum fb_result publish_sizes(struct fb_request *request, void *context)
{
    const struct fb_picture *picture = context;
    enum fb_result result = FB_OK;
    size_t i;

    for (i = 0; result == FB_OK && i < picture->count; i++) {
        result = fb_file_publish(request, picture->sizes[i], "picture", 1);
    }
    return result;
}

/* Says the sizes, the smallest first. */
static enum fb_result picture_page(struct fb_request *request)
{
    struct fb_form *form = fb_form(request);
    struct fb_picture sent;
    enum fb_result result;
    size_t i;

    if (!fb_form_ok(form)) {
        return draw(request, form, "/picture", PICTURE_FILE);
    }
    sent = *fb_form_picture(form, PICTURE_FILE);
    result = fb_transaction(request, publish_sizes, &sent);
    fb_content_type(request, "text/plain; charset=utf-8");
    for (i = 0; result == FB_OK && i < sent.count; i++) {
        const char *line = fb_printf(
            request, "%ux%u %s\n", sent.sizes[i]->width, sent.sizes[i]->height,
            fb_file_url(request, sent.sizes[i]));

        fb_out_literal(fb_body(request), line, strlen(line));
    }
    return result;
}

/* ------------------------------------------------------- a form of text alone */

#define WORDS_FIELDS(FIELD) \
    FIELD(WORDS_A, .name = "a", .kind = FB_LINE, .label = "A", .most = 9)
FB_FORM_FIELDS(words_field, WORDS_FIELDS);
FB_FORM(words_form, WORDS_FIELDS);

static enum fb_result words(struct fb_request *request)
{
    struct fb_form *form = fb_form(request);

    if (!fb_form_ok(form)) {
        return FB_INVALID;
    }
    say(request, fb_form_text(form, WORDS_A));
    return FB_OK;
}

static const struct fb_page pages[] = {
    {.name = "paper",
     .path = "/paper",
     .methods = FB_GET | FB_POST,
     .handler = paper_page,
     .form = &paper_form},
    {.name = "letter",
     .path = "/letter",
     .methods = FB_GET | FB_POST,
     .handler = letter,
     .form = &letter_form},
    {.name = "read_letter",
     .path = "/letters/{hash}",
     .methods = FB_GET,
     .handler = read_letter},
    {.name = "release",
     .path = "/release/{owner}/{id:int}",
     .methods = FB_POST,
     .handler = release},
    {.name = "picture",
     .path = "/picture",
     .methods = FB_GET | FB_POST,
     .handler = picture_page,
     .form = &picture_form},
    {.name = "words",
     .path = "/words",
     .methods = FB_POST,
     .handler = words,
     .form = &words_form},
};

static void error_page(struct fb_request *request, int status)
{
    fb_content_type(request, "text/plain; charset=utf-8");
    fb_out_int(fb_body(request), status);
}

const struct fb_app foobar_app = {
    .api_version = FB_API_VERSION,
    .size = sizeof(struct fb_app),
    .name = "the tests of uploads",
    .pages = pages,
    .page_count = sizeof(pages) / sizeof(pages[0]),
    .error_page = error_page,
};
