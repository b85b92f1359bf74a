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

#endif
