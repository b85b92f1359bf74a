/*
 * Adding a comment to a post.
 *
 * The way of the form: a stranger's page may not send it (403); what is
 * wrong in it is said beside the field, with everything that was typed still
 * there (422); what is right is stored, and the browser is sent to the
 * comment by 303, so that reloading the page sends nothing twice. Pressing
 * the button twice stores one comment: the second finds the first.
 */

#include "pages.h"
#include "post.h"
#include "statements.h"
#include "text.h"

#include <inttypes.h>
#include <string.h>

enum {
    AUTHOR_CHARACTERS = 80,
    TEXT_CHARACTERS = 4000
};

/* Whether an origin, as "https://host:port", is that of the host asked. */
static bool is_origin_of(const char *origin, const char *host)
{
    static const char *const schemes[] = {"https://", "http://"};

    for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++) {
        size_t length = strlen(schemes[i]);

        if (strncmp(origin, schemes[i], length) == 0) {
            return strcmp(origin + length, host) == 0;
        }
    }
    return false;
}

/*
 * Whether the form was sent by a page of this site. Browsers say from where
 * a request comes: all current ones by Sec-Fetch-Site (over TLS), older ones
 * by Origin. A program that says nothing has no visitor whom it could abuse.
 */
static bool is_from_this_site(const struct fb_request *request)
{
    const char *site = fb_request_header(request, "Sec-Fetch-Site");
    const char *origin = fb_request_header(request, "Origin");
    const char *host = fb_request_header(request, "Host");

    if (site && strcmp(site, "same-origin") != 0 && strcmp(site, "none") != 0) {
        return false;
    }
    return !origin || (host && is_origin_of(origin, host));
}

static const char *author_error(struct fb_request *request, const char *author)
{
    size_t length = text_length(author);

    if (!text_is_visible(author)) {
        return "Enter your name";
    }
    if (length > AUTHOR_CHARACTERS) {
        return fb_printf(request,
                         "Your name must be %d characters or fewer; "
                         "it has %zu",
                         AUTHOR_CHARACTERS, length);
    }
    if (text_has_controls(author, false)) {
        return "Your name must be one line of ordinary characters";
    }
    return NULL;
}

static const char *text_error(struct fb_request *request, const char *text)
{
    size_t length = text_length(text);

    if (!text_is_visible(text)) {
        return "Enter a comment";
    }
    if (length > TEXT_CHARACTERS) {
        return fb_printf(request,
                         "Your comment must be %d characters or fewer; "
                         "it has %zu",
                         TEXT_CHARACTERS, length);
    }
    if (text_has_controls(text, true)) {
        return "Your comment holds control characters that cannot be shown; "
               "remove them";
    }
    return NULL;
}

/* What the transaction is given, and the comment's id, which it finds. */
struct new_comment {
    int64_t post;
    const char *author;
    const char *text;
    int64_t id;
};

/* The pages that show a comment or the number of comments of its post. */
static enum fb_result touch_pages(struct fb_request *request, int64_t post)
{
    enum fb_result result =
        fb_touch(request, fb_printf(request, "post-%lld", (long long)post));

    return result == FB_OK ? fb_touch(request, "posts") : result;
}

static enum fb_result store(struct fb_request *request, void *context)
{
    struct new_comment *comment = context;
    struct fb_rows *rows;
    enum fb_result result;

    result = fb_select(request, SQL_LOCK_POST, &rows, fb_int(comment->post));
    if (result != FB_OK) {
        return result;
    }
    if (!fb_next(rows)) {
        return FB_NOT_FOUND;
    }
    result = fb_select(request, SQL_SAME_COMMENT, &rows, fb_int(comment->post),
                       fb_text(comment->author), fb_text(comment->text));
    if (result != FB_OK) {
        return result;
    }
    if (fb_next(rows)) {
        comment->id = fb_column_int(rows, 0);
        return FB_OK;
    }
    result = fb_execute(request, SQL_ADD_COMMENT, fb_int(comment->post),
                        fb_text(comment->author), fb_text(comment->text));
    if (result != FB_OK) {
        return result;
    }
    comment->id = fb_insert_id(request);
    return touch_pages(request, comment->post);
}

/* Where the comment is shown, on the page of comments where it is. */
static const char *path_of(struct fb_request *request,
                           const struct new_comment *comment)
{
    struct fb_rows *rows;
    int64_t page = 1;

    /*
     * The comment is stored: if its place cannot be asked now, the first
     * page is still a better answer than an error.
     */
    if (fb_select(request, SQL_COMMENT_PLACE, &rows, fb_int(comment->post),
                  fb_int(comment->id)) == FB_OK &&
        fb_next(rows)) {
        page = (fb_column_int(rows, 0) - 1) / COMMENTS_A_PAGE + 1;
    }
    if (page > 1) {
        return fb_printf(request,
                         "/posts/%" PRId64 "?page=%" PRId64 "#comment-%" PRId64,
                         comment->post, page, comment->id);
    }
    return fb_printf(request, "/posts/%" PRId64 "#comment-%" PRId64,
                     comment->post, comment->id);
}

/* The same from a program: the fields come as JSON, and so does the answer. */
static enum fb_result add_from_json(struct fb_request *request,
                                    struct new_comment *comment)
{
    const struct fb_json *json = fb_json(request);
    struct fb_json_out *out;
    enum fb_result result;
    const char *path;

    comment->author =
        text_tidy(request, fb_json_text(json, "author", 1, AUTHOR_CHARACTERS));
    comment->text =
        text_tidy(request, fb_json_text(json, "text", 1, TEXT_CHARACTERS));
    if (fb_json_is_wrong(request)) {
        return FB_INVALID;
    }
    if (author_error(request, comment->author)) {
        fb_json_error(json, "author", author_error(request, comment->author));
    }
    if (text_error(request, comment->text)) {
        fb_json_error(json, "text", text_error(request, comment->text));
    }
    if (fb_json_is_wrong(request)) {
        return FB_INVALID;
    }
    result = fb_transaction(request, store, comment);
    if (result != FB_OK) {
        return result;
    }
    path = path_of(request, comment);
    out = fb_json_reply(request);
    fb_status(request, 201);
    fb_header(request, "Location", path);
    fb_json_put(out, "id", comment->id);
    fb_json_put(out, "url", path);
    return FB_OK;
}

enum fb_result comment_add(struct fb_request *request)
{
    struct new_comment comment = {.post = fb_path_int(request, "id")};
    struct comment_form form = {
        .author = text_tidy(request, fb_form(request, "author")),
        .text = text_tidy(request, fb_form(request, "text")),
    };
    enum fb_result result;

    if (!is_from_this_site(request)) {
        fb_log(request, "comment refused: sent by a page of another site");
        return FB_FORBIDDEN;
    }
    if (fb_json_is_sent(request)) {
        return add_from_json(request, &comment);
    }
    form.author_error = author_error(request, form.author);
    form.text_error = text_error(request, form.text);
    if (form.author_error || form.text_error) {
        fb_status(request, 422);
        return post_show(request, comment.post, 1, &form);
    }
    comment.author = form.author;
    comment.text = form.text;
    result = fb_transaction(request, store, &comment);
    if (result != FB_OK) {
        return result;
    }
    fb_redirect(request, path_of(request, &comment));
    return FB_OK;
}
