/* A member's picture: sent on his own page, and published for everybody. */

#include "account.h"
#include "member.h"
#include "pages.h"

static const unsigned widths[] = {192, 0};

FB_FORM(picture_form, PICTURE_FIELDS, .id = "face");

/* The new one comes in the place of the old. */
static enum fb_result store(struct fb_request *request, void *context)
{
    const struct member_row *member = member_here(request);
    const struct fb_file *picture = fb_form_file(context, PICTURE_FILE);
    enum fb_result result;

    if (member == NULL) {
        return FB_FORBIDDEN; /* an operator, who is no member */
    }
    result = fb_file_release(request, "member", member->id);
    if (result == FB_OK) {
        result = fb_file_publish(request, picture, "member", member->id);
    }
    if (result == FB_OK) {
        result = fb_execute(request, SQL_SET_PICTURE,
                            fb_text(fb_file_url(request, picture)),
                            fb_int(member->id));
    }
    fb_redirect(request, "/me");
    return result;
}

enum fb_result picture_change(struct fb_request *request)
{
    struct fb_form *form = fb_form(request);

    return fb_form_ok(form) ? fb_transaction(request, store, form)
                            : me_show(request, NULL, form);
}
