/*
 * Signing up, logging in and out. What is right and what is wrong the engine
 * decides (foobar/account.h); a page says which form was meant, and where one
 * goes afterwards.
 */

#include "account.h"
#include "pages.h"
#include "statements.h"
#include "templates.h"

/* Sign-ups of one address in an hour: a class of pupils, no machine. */
enum {
    SIGNUPS_MOST = 30,
    SIGNUPS_SECONDS = 3600
};

FB_FORM(login_form, LOGIN_FIELDS, .id = NULL);
FB_FORM(signup_form, SIGNUP_FIELDS, .id = NULL);

enum fb_result login_page(struct fb_request *request)
{
    struct fb_form *form = fb_form(request);
    enum fb_result result = FB_INVALID;

    if (fb_form_ok(form)) {
        result = fb_log_in(
            request, &(struct fb_credentials){
                         .email = fb_form_text(form, LOGIN_EMAIL),
                         .password = fb_form_text(form, LOGIN_PASSWORD),
                         .remember = fb_form_is_ticked(form, LOGIN_REMEMBER),
                         .form = form});
    }
    if (result == FB_INVALID) {
        login_html(fb_body(request), form, fb_keep_next(request, "/login"),
                   fb_keep_next(request, "/signup"));
        return FB_OK;
    }
    if (result == FB_OK) {
        fb_redirect(request, fb_safe_next(request, "/"));
    }
    return result;
}

/* The account and the member are made together, or neither is. */
static enum fb_result join(struct fb_request *request, void *context)
{
    struct fb_form *form = fb_form(request);
    int64_t *account = context;
    enum fb_result result;

    result = fb_sign_up(request,
                        &(struct fb_credentials){
                            .email = fb_form_text(form, SIGNUP_EMAIL),
                            .password = fb_form_text(form, SIGNUP_PASSWORD),
                            .form = form,
                            .email_field = SIGNUP_EMAIL,
                            .password_field = SIGNUP_PASSWORD},
                        account);
    if (result == FB_OK) {
        result = fb_execute(
            request, SQL_ADD_MEMBER, fb_text(fb_form_text(form, SIGNUP_HANDLE)),
            fb_text(fb_form_text(form, SIGNUP_NAME)), fb_int(*account));
    }
    if (result == FB_OK && fb_changed_rows(request) == 0) {
        fb_form_error(form, SIGNUP_HANDLE,
                      fb_gettext(request, "This short name is taken"));
        result = FB_INVALID;
    }
    return result;
}

enum fb_result signup_page(struct fb_request *request)
{
    struct fb_form *form = fb_form(request);
    enum fb_result result = FB_INVALID;
    int64_t account = 0;

    if (fb_form_ok(form)) {
        if (!fb_limit(request, "sign_up", NULL, SIGNUPS_MOST,
                      SIGNUPS_SECONDS)) {
            return FB_TOO_MANY;
        }
        result = fb_transaction(request, join, &account);
    }
    if (result == FB_INVALID) {
        signup_html(fb_body(request), form, fb_keep_next(request, "/signup"));
        return FB_OK;
    }
    if (result == FB_OK) {
        result = fb_log_in_account(request, account, false);
    }
    if (result == FB_OK) {
        fb_redirect(request, fb_safe_next(request, "/"));
    }
    return result;
}

enum fb_result logout_page(struct fb_request *request)
{
    enum fb_result result = fb_log_out(request);

    if (result == FB_OK) {
        fb_redirect(request, "/");
    }
    return result;
}
