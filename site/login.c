/*
 * Signing up, logging in and out. What is right and what is wrong the engine
 * decides (foobar/account.h); a page says which form was meant, and where one
 * goes afterwards.
 */

#include "account.h"
#include "letters.h"
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
        notice_of_browser(request);
        fb_redirect(request, fb_safe_next(request, "/"));
    }
    return result;
}

/* Someone may have the name by the time that the address is confirmed. */
static enum fb_result check_handle(struct fb_request *request,
                                   struct fb_form *form)
{
    const struct handle_row *taken;
    enum fb_result result = fb_find(request, SQL_HANDLE, &taken,
                                    fb_text(fb_form_text(form, SIGNUP_HANDLE)));

    if (result == FB_OK) {
        fb_form_error(form, SIGNUP_HANDLE,
                      fb_gettext(request, "This short name is taken"));
        return FB_INVALID;
    }
    return result == FB_NOT_FOUND ? FB_OK : result;
}

/*
 * An address that has an account already is answered like a new one; what the
 * mail says differs.
 */
static enum fb_result join(struct fb_request *request, void *context)
{
    struct fb_form *form = context;
    const char *email = fb_form_text(form, SIGNUP_EMAIL);
    int64_t account;
    enum fb_result result = check_handle(request, form);

    if (result != FB_OK) {
        return result;
    }
    result = fb_sign_up(request,
                        &(struct fb_credentials){
                            .email = email,
                            .password = fb_form_text(form, SIGNUP_PASSWORD),
                            .form = form,
                            .email_field = SIGNUP_EMAIL,
                            .password_field = SIGNUP_PASSWORD},
                        &account);
    if (result == FB_OK) {
        result = fb_execute(request, SQL_KEEP_SIGNUP, fb_int(account),
                            fb_text(fb_form_text(form, SIGNUP_HANDLE)),
                            fb_text(fb_form_text(form, SIGNUP_NAME)));
    } else if (fb_account_problem(request) == FB_ACCOUNT_TAKEN) {
        result = FB_OK;
    }
    return result == FB_OK ? letter_later(request, LETTER_VERIFY, email)
                           : result;
}

enum fb_result signup_page(struct fb_request *request)
{
    struct fb_form *form = fb_form(request);
    enum fb_result result = FB_INVALID;

    if (fb_form_ok(form)) {
        if (!fb_limit(request, "sign_up", NULL, SIGNUPS_MOST,
                      SIGNUPS_SECONDS) ||
            !letter_may_go(request, fb_form_text(form, SIGNUP_EMAIL))) {
            return FB_TOO_MANY;
        }
        result = fb_transaction(request, join, form);
    }
    if (result == FB_INVALID) {
        signup_html(fb_body(request), form, fb_keep_next(request, "/signup"));
        return FB_OK;
    }
    if (result == FB_OK) {
        fb_redirect(request, "/signup/sent");
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
