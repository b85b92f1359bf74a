/*
 * From a sign-up to a member: the link of a mail is opened, which changes
 * nothing, since programs that look for harm open links too, and the button of
 * its page is pressed.
 *
 * The key of a link is an argument, since a path would be in every line of logs.
 */

#include "account.h"
#include "letters.h"
#include "pages.h"
#include "said.h"
#include "statements.h"
#include "templates.h"

FB_FORM(address_form, ADDRESS_FIELDS, .id = NULL);
FB_FORM(verify_form, VERIFY_FIELDS, .id = NULL);

static enum fb_result send_again(struct fb_request *request, void *context)
{
    return letter_later(request, LETTER_VERIFY,
                        fb_form_text(context, ADDRESS_EMAIL));
}

enum fb_result signup_sent_page(struct fb_request *request)
{
    struct fb_form *form = fb_form(request);
    enum fb_result result;

    if (!fb_form_ok(form)) {
        sent_html(fb_body(request), form);
        return FB_OK;
    }
    if (!letter_may_go(request, fb_form_text(form, ADDRESS_EMAIL))) {
        return FB_TOO_MANY;
    }
    result = fb_transaction(request, send_again, form);
    if (result == FB_OK) {
        fb_redirect(request, "/signup/sent");
    }
    return result;
}

/* All of it, or the link stays good. */
static enum fb_result become_member(struct fb_request *request, void *context)
{
    struct fb_form *form = context;
    const struct signup_row *signup;
    struct fb_token token;
    enum fb_result result =
        fb_token_use(request, "verify", fb_query(request, "token"), &token);

    if (result == FB_OK) {
        result = fb_find(request, SQL_SIGNUP, &signup, fb_int(token.account));
    }
    if (result == FB_OK) {
        result = fb_execute(request, SQL_ADD_MEMBER,
                            fb_text(fb_form_text(form, VERIFY_HANDLE)),
                            fb_text(signup->name), fb_int(token.account));
    }
    if (result == FB_OK && fb_changed_rows(request) == 0) {
        fb_form_error(form, VERIFY_HANDLE,
                      fb_gettext(request, "This short name is taken"));
        result = FB_INVALID;
    }
    if (result == FB_OK) {
        result = fb_execute(request, SQL_END_SIGNUP, fb_int(token.account));
    }
    return result == FB_OK ? fb_set_verified(request, token.account) : result;
}

/* The form that the link leads to, with what was typed when signing up. */
static enum fb_result look(struct fb_request *request, struct fb_form *form)
{
    const struct signup_row *signup;
    struct fb_token token;
    enum fb_result result =
        fb_token_look(request, "verify", fb_query(request, "token"), &token);

    if (result == FB_OK) {
        result = fb_find(request, SQL_SIGNUP, &signup, fb_int(token.account));
    }
    if (result == FB_OK && fb_method(request) != FB_POST) {
        fb_form_set(form, VERIFY_HANDLE, signup->handle);
    }
    return result;
}

enum fb_result verify_page(struct fb_request *request)
{
    struct fb_form *form = fb_form(request);
    enum fb_result result = FB_INVALID;

    if (fb_form_ok(form)) {
        result = fb_transaction(request, become_member, form);
    }
    if (result == FB_INVALID) {
        result = look(request, form);
        if (result == FB_OK) {
            verify_html(fb_body(request), form,
                        fb_printf(request, "/verify?token=%s",
                                  fb_query(request, "token")));
        }
    } else if (result == FB_OK) {
        fb_redirect(request, "/verify/done");
    }
    return result == FB_NOT_FOUND
               ? said_gone(request, "/signup/sent",
                           fb_gettext(request, "Have another one sent"))
               : result;
}

enum fb_result verified_page(struct fb_request *request)
{
    return said(request,
                &(struct said_view){
                    .title = fb_gettext(request, "You are a member"),
                    .text = fb_gettext(request, "Your address is confirmed."),
                    .path = "/login",
                    .link = fb_gettext(request, "Log in")});
}
