/* A post's page is drawn by its own handler and by the comment form's. */

#ifndef SITE_POST_H
#define SITE_POST_H

#include "views.h"

#include <foobar/foobar.h>

enum {
    COMMENTS_A_PAGE = 100
};

/*
 * Draws a post, one page of its comments, and the form as it stands.
 * FB_NOT_FOUND when there is no such post or no such page of comments.
 */
enum fb_result post_show(struct fb_request *request, int64_t post, int64_t page,
                         const struct comment_form *form);

#endif
