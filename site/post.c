/* One post, its comments in the order in which they came, and the form. */

#include "post.h"

#include "comment.h"
#include "json.h"
#include "member.h"
#include "pages.h"
#include "statements.h"
#include "templates.h"
#include "text.h"

#include <inttypes.h>

static void fill_comment(struct fb_request *request,
                         const struct comment_row *row,
                         struct comment_view *comment)
{
    comment->id = row->id;
    comment->is_guest = row->member == NULL;
    comment->author = comment->is_guest ? row->guest : row->member;
    comment->source = row->body;
    comment->body = text_comment(request, row->body);
    comment->created = text_minute(request, row->created);
}

static void fill_pager(struct fb_request *request, const struct fb_place *place,
                       const struct comment_row *rows, size_t count,
                       struct pager *pager)
{
    if (place->has_previous) {
        pager->previous = fb_cursor(request, NULL, rows[0].id);
    }
    if (place->has_next) {
        pager->next = fb_cursor(request, NULL, rows[count - 1].id);
    }
}

static enum fb_result load_comments(struct fb_request *request,
                                    struct post_view *view,
                                    struct fb_place *place)
{
    const struct comment_row *rows;
    struct comment_view *comments;
    size_t count;
    enum fb_result result;

    result =
        place->is_before
            ? fb_list(request, SQL_COMMENTS_BEFORE, &rows, &count,
                      fb_int(view->id), fb_int(place->id),
                      fb_int(COMMENTS_A_PAGE + 1))
            : fb_list(request, SQL_COMMENTS, &rows, &count, fb_int(view->id),
                      fb_int(place->id), fb_int(COMMENTS_A_PAGE + 1));
    if (result != FB_OK) {
        return result;
    }
    if (count == 0 && !place->is_first) {
        return FB_NOT_FOUND;
    }
    fb_turn(request, place, &rows, &count, COMMENTS_A_PAGE);
    comments = fb_alloc(request, COMMENTS_A_PAGE * sizeof(*comments));
    for (size_t i = 0; i < count; i++) {
        fill_comment(request, &rows[i], &comments[i]);
    }
    view->comments = comments;
    view->comment_count = count;
    fill_pager(request, place, rows, count, &view->pager);
    return FB_OK;
}

/* A member has a name already, and the form says whose it is. */
static const char *write_as(struct fb_request *request, struct fb_form *form)
{
    const struct member_row *member = member_here(request);

    if (member == NULL) {
        return NULL;
    }
    fb_form_set(form, COMMENT_AUTHOR, member->name);
    fb_form_set(form, COMMENT_MEMBER,
                fb_printf(request, "%" PRId64, member->id));
    return member->name;
}

static enum fb_result show(struct fb_request *request, int64_t id,
                           struct fb_place *place, struct fb_form *form)
{
    struct post_view view = {.id = id, .form = form};
    const struct post_row *post;
    enum fb_result result = fb_find(request, SQL_POST, &post, fb_int(id));

    if (result != FB_OK) {
        return result;
    }
    view.action = fb_printf(request, "/posts/%" PRId64 "/comments", id);
    view.writer = write_as(request, form);
    view.title = post->title;
    view.source = post->body;
    view.body = text_post(request, post->body);
    view.published = text_day(request, post->published);
    view.author = post->author;
    view.author_bio = post->author_bio;
    view.comment_total = post->comments;
    result = load_comments(request, &view, place);
    if (result != FB_OK) {
        return result;
    }
    if (fb_wants(request) == FB_JSON) {
        post_json(request, &view);
    } else {
        post_html(fb_body(request), &view);
    }
    return FB_OK;
}

enum fb_result post_show(struct fb_request *request, int64_t id,
                         struct fb_form *form)
{
    struct fb_place first = {.is_first = true};

    return show(request, id, &first, form);
}

/* Links of old give the number of a page of comments. */
static enum fb_result find_place(struct fb_request *request, int64_t post,
                                 struct fb_place *place)
{
    const struct comment_before_row *last;
    enum fb_result result;
    int64_t page;

    if (!fb_place(request, place) ||
        !text_page(fb_query(request, "page"), &page)) {
        return FB_BAD_REQUEST;
    }
    if (page == 1 || !place->is_first) {
        return FB_OK;
    }
    result = fb_find(request, SQL_COMMENT_PLACE, &last, fb_int(post),
                     fb_int((page - 1) * COMMENTS_A_PAGE - 1));
    if (result == FB_OK) {
        *place = (struct fb_place){.id = last->id};
    }
    return result;
}

enum fb_result post_page(struct fb_request *request)
{
    int64_t id = fb_path_int(request, "id");
    struct fb_place place;
    enum fb_result result = find_place(request, id, &place);

    return result == FB_OK ? show(request, id, &place,
                                  fb_form_blank(request, &comment_form))
                           : result;
}
