/*
 * A password that was forgotten. Whether an address has an account is not told
 * here, and not by the time that the answer takes: a job looks. Nobody is logged
 * in by a link; whoever has followed it types his new password, and whatever
 * else his account asks for.
 */

#include "account.h"
#include "letters.h"
#include "pages.h"
#include "said.h"
#include "templates.h"

FB_FORM(reset_form, RESET_FIELDS, .id = NULL);

static enum fb_result ask_for_letter(struct fb_request *request, void *context)
{
    return letter_later(request, LETTER_RESET,
                        fb_form_text(context, ADDRESS_EMAIL));
}

enum fb_result forgotten_page(struct fb_request *request)
{
    struct fb_form *form = fb_form(request);
    enum fb_result result;

    if (!fb_form_ok(form)) {
        forgotten_html(fb_body(request), form);
        return FB_OK;
    }
    if (!letter_may_go(request, fb_form_text(form, ADDRESS_EMAIL))) {
        return FB_TOO_MANY;
    }
    result = fb_transaction(request, ask_for_letter, form);
    if (result == FB_OK) {
        fb_redirect(request, "/reset/sent");
    }
    return result;
}

enum fb_result reset_sent_page(struct fb_request *request)
{
    return said(request,
                &(struct said_view){
                    .title = fb_gettext(request, "Look into your mailbox"),
                    .text = fb_gettext(
                        request, "If the address has an account, a link is on "
                                 "its way to it. It works for an hour."),
                    .path = "/login",
                    .link = fb_gettext(request, "Log in")});
}

/* A password that is refused leaves the link good. */
static enum fb_result choose(struct fb_request *request, void *context)
{
    struct fb_form *form = context;
    struct fb_token token;
    enum fb_result result =
        fb_token_use(request, "reset", fb_query(request, "token"), &token);

    if (result == FB_OK) {
        result = fb_set_password(request, token.account,
                                 fb_form_text(form, RESET_PASSWORD), form,
                                 RESET_PASSWORD);
    }
    return result == FB_OK ? notice_add(request, NOTICE_PASSWORD, token.account)
                           : result;
}

enum fb_result reset_page(struct fb_request *request)
{
    struct fb_form *form = fb_form(request);
    const char *token = fb_query(request, "token");
    struct fb_token found;
    enum fb_result result = FB_INVALID;

    if (fb_form_ok(form)) {
        result = fb_transaction(request, choose, form);
    }
    if (result == FB_INVALID) {
        result = fb_token_look(request, "reset", token, &found);
        if (result == FB_OK) {
            reset_html(fb_body(request), form,
                       fb_printf(request, "/reset/new?token=%s", token));
        }
    } else if (result == FB_OK) {
        fb_redirect(request, "/reset/done");
    }
    return result == FB_NOT_FOUND
               ? said_gone(request, "/reset",
                           fb_gettext(request, "Have another one sent"))
               : result;
}

enum fb_result reset_done_page(struct fb_request *request)
{
    return said(
        request,
        &(struct said_view){
            .title = fb_gettext(request, "You have a new password"),
            .text = fb_gettext(request, "All browsers were logged out."),
            .path = "/login",
            .link = fb_gettext(request, "Log in")});
}
