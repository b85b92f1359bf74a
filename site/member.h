/* The member who is logged in: the row of the site's own about an account. */

#ifndef SITE_MEMBER_H
#define SITE_MEMBER_H

#include <foobar/foobar.h>

#include "statements.h"

/*
 * Whose account is logged in; NULL: nobody's, or of nobody who is a member (an
 * operator's, made by `foobarctl user`).
 */
const struct member_row *member_here(struct fb_request *request);

/*
 * The member's own page, with these forms as they were sent; NULL is a blank
 * one.
 */
enum fb_result me_show(struct fb_request *request, struct fb_form *password,
                       struct fb_form *picture);

#endif
