/* One post, its comments in the order in which they came, and the form. */

#include "post.h"

#include "json.h"
#include "pages.h"
#include "statements.h"
#include "templates.h"
#include "text.h"

static void fill_comment(struct fb_request *request, const struct fb_rows *rows,
                         struct comment_view *comment)
{
    comment->id = fb_column_int(rows, 0);
    comment->is_guest = fb_column_is_null(rows, 1);
    comment->author = fb_column_text(rows, comment->is_guest ? 2 : 1);
    comment->source = fb_column_text(rows, 3);
    comment->body = text_comment(request, comment->source);
    comment->created = text_minute(request, fb_column_text(rows, 4));
}

static enum fb_result load_comments(struct fb_request *request,
                                    struct post_view *view, int64_t page)
{
    struct comment_view *comments;
    struct fb_rows *rows;
    enum fb_result result;

    /* One row more than is shown tells whether there is a next page. */
    result = fb_select(request, SQL_COMMENTS, &rows, fb_int(view->id),
                       fb_int(COMMENTS_A_PAGE + 1),
                       fb_int((page - 1) * COMMENTS_A_PAGE));
    if (result != FB_OK) {
        return result;
    }
    if (fb_row_count(rows) == 0 && page > 1) {
        return FB_NOT_FOUND;
    }
    comments = fb_alloc(request, COMMENTS_A_PAGE * sizeof(*comments));
    while (view->comment_count < COMMENTS_A_PAGE && fb_next(rows)) {
        fill_comment(request, rows, &comments[view->comment_count++]);
    }
    view->comments = comments;
    view->pager = text_pager(page, fb_row_count(rows) > COMMENTS_A_PAGE);
    return FB_OK;
}

enum fb_result post_show(struct fb_request *request, int64_t post, int64_t page,
                         const struct comment_form *form)
{
    struct post_view view = {.id = post, .form = form};
    struct fb_rows *rows;
    enum fb_result result;

    result = fb_select(request, SQL_POST, &rows, fb_int(post));
    if (result != FB_OK) {
        return result;
    }
    if (!fb_next(rows)) {
        return FB_NOT_FOUND;
    }
    view.title = fb_column_text(rows, 0);
    view.source = fb_column_text(rows, 1);
    view.body = text_post(request, view.source);
    view.published = text_day(request, fb_column_text(rows, 2));
    view.author = fb_column_text(rows, 3);
    view.author_bio = fb_column_text(rows, 4);
    view.comment_total = fb_column_int(rows, 5);

    result = load_comments(request, &view, page);
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

enum fb_result post_page(struct fb_request *request)
{
    static const struct comment_form empty = {.author = "", .text = ""};
    int64_t page;

    if (!text_page(fb_query(request, "page"), &page)) {
        return FB_BAD_REQUEST;
    }
    return post_show(request, fb_path_int(request, "id"), page, &empty);
}
