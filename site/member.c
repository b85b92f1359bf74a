/*
 * Who is here, and the part of each page that says so. It is drawn by a function
 * of its own, so that all the rest of a page is the same for everybody.
 */

#include "member.h"

#include "pages.h"
#include "templates.h"
#include "views.h"

const struct member_row *member_here(struct fb_request *request)
{
    const struct fb_account *account = fb_account(request);
    const struct member_row *member = NULL;

    if (account != NULL) {
        (void)fb_find(request, SQL_MEMBER_OF_ACCOUNT, &member,
                      fb_int(account->id));
    }
    return member;
}

void personal_html(struct fb_out *out)
{
    struct fb_request *request = fb_request_of(out);
    const struct fb_account *account = fb_account(request);
    const struct member_row *member = member_here(request);

    personal_links_html(out,
                        account == NULL  ? NULL
                        : member != NULL ? member->name
                                         : account->email,
                        member != NULL ? member->picture : NULL);
}
