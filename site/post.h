/* A post's page is drawn by its own handler and by the comment form's. */

#ifndef SITE_POST_H
#define SITE_POST_H

#include <foobar/foobar.h>

enum {
    COMMENTS_A_PAGE = 100
};

/*
 * Draws a post, the first page of its comments, and the form as it stands.
 * FB_NOT_FOUND when there is no such post.
 */
enum fb_result post_show(struct fb_request *request, int64_t id,
                         struct fb_form *form);

#endif
