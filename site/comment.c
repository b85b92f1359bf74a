/*
 * Adding a comment to a post.
 *
 * The way of the form: the engine has refused what a stranger's page sent, and
 * has checked the fields. What is wrong is said beside them, with everything
 * that was typed still there (422); what is right is stored, and the browser
 * is sent to the comment by 303, so that reloading the page sends nothing
 * twice. The form is `.once`: pressing the button twice stores one comment.
 *
 * A program may send the same fields as JSON, and is told in JSON what was
 * wrong with them, or where the comment is (201).
 */

#include "comment.h"

#include "member.h"
#include "pages.h"
#include "post.h"
#include "statements.h"

#include <inttypes.h>

FB_FORM(comment_form, COMMENT_FIELDS, .once = true);

/* The pages that show a comment or the number of comments of its post. */
static enum fb_result touch_pages(struct fb_request *request, int64_t post)
{
    enum fb_result result =
        fb_touch(request, fb_printf(request, "post-%" PRId64, post));

    return result == FB_OK ? fb_touch(request, "posts") : result;
}

/* Sends the browser to the comment, on the page of comments where it is. */
static enum fb_result go_to(struct fb_request *request, int64_t post,
                            int64_t comment)
{
    const struct comment_before_row *before;
    enum fb_result result =
        fb_find(request, SQL_COMMENT_BEFORE, &before, fb_int(post),
                fb_int(comment), fb_int(COMMENTS_A_PAGE - 1));
    const char *query = "";

    if (result != FB_OK && result != FB_NOT_FOUND) {
        return result;
    }
    if (result == FB_OK) {
        query = fb_printf(request, "?after=%s",
                          fb_cursor(request, NULL, before->id));
    }
    fb_redirect(request,
                fb_printf(request, "/posts/%" PRId64 "%s#comment-%" PRId64,
                          post, query, comment));
    return FB_OK;
}

static enum fb_result store(struct fb_request *request, void *context)
{
    int64_t post = fb_path_int(request, "id");
    const struct member_row *member = member_here(request);
    const struct fb_form *form = context;
    const struct locked_post_row *locked;
    enum fb_result result;
    int64_t comment;

    result = fb_find(request, SQL_LOCK_POST, &locked, fb_int(post));
    if (result != FB_OK) {
        return result;
    }
    result = member != NULL
                 ? fb_execute(request, SQL_ADD_MEMBERS_COMMENT, fb_int(post),
                              fb_int(member->id),
                              fb_text(fb_form_text(form, COMMENT_TEXT)))
                 : fb_execute(request, SQL_ADD_COMMENT, fb_int(post),
                              fb_text(fb_form_text(form, COMMENT_AUTHOR)),
                              fb_text(fb_form_text(form, COMMENT_TEXT)));
    if (result != FB_OK) {
        return result;
    }
    comment = fb_insert_id(request);
    result = touch_pages(request, post);
    return result == FB_OK ? go_to(request, post, comment) : result;
}

/* The header Location stays, and the body says the same. */
static void tell_program(struct fb_request *request)
{
    fb_status(request, 201);
    fb_json_put(fb_json_reply(request), "url", fb_location(request));
}

/*
 * Who wrote as a member does not become a guest of that name because the session
 * has ended meanwhile; the words are still there, and can be sent again.
 */
static void check_writer(struct fb_request *request, struct fb_form *form)
{
    if (fb_form_has(form, COMMENT_MEMBER) && member_here(request) == NULL) {
        fb_form_set(form, COMMENT_MEMBER, "");
        fb_form_error(form, FB_WHOLE_FORM,
                      fb_gettext(request,
                                 "You are not logged in any more: log in, or "
                                 "send it once more as a guest"));
    }
}

enum fb_result comment_add(struct fb_request *request)
{
    int64_t post = fb_path_int(request, "id");
    struct fb_form *form = fb_form(request);
    bool is_program = fb_wants(request) == FB_JSON;
    enum fb_result result;

    check_writer(request, form);
    if (!fb_form_ok(form)) {
        return is_program ? FB_INVALID : post_show(request, post, form);
    }
    result = fb_transaction(request, store, form);
    if (result == FB_CONFLICT && !is_program) {
        return post_show(request, post, form);
    }
    if (result == FB_OK && is_program) {
        tell_program(request);
    }
    return result;
}
