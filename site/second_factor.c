/*
 * The second factor: the second step of a log-in, and the page where a member
 * gives himself one, gets new recovery codes and takes it off again. Whatever
 * changes it asks for the password first.
 */

#include "account.h"
#include "letters.h"
#include "pages.h"
#include "templates.h"
#include "text.h"
#include "views.h"

FB_FORM(step_form, STEP_FIELDS, .id = NULL);
FB_FORM(factor_form, FACTOR_FIELDS, .id = "confirm");
FB_FORM(factor_begin_form, AGAIN_FIELDS, .id = "begin");
FB_FORM(factor_codes_form, AGAIN_FIELDS, .id = "codes");
FB_FORM(factor_off_form, AGAIN_FIELDS, .id = "off");

enum fb_result second_step_page(struct fb_request *request)
{
    struct fb_form *form = fb_form(request);
    enum fb_result result = FB_INVALID;

    if (!fb_second_step_is_wanted(request)) {
        fb_redirect(request, fb_account(request) != NULL
                                 ? fb_safe_next(request, "/")
                                 : fb_keep_next(request, "/login"));
        return fb_account_result(request);
    }
    if (fb_form_ok(form)) {
        result = fb_second_step(request, fb_form_text(form, STEP_CODE), form,
                                STEP_CODE);
    }
    if (result == FB_INVALID) {
        second_step_html(fb_body(request), form,
                         fb_keep_next(request, "/login/code"));
        return FB_OK;
    }
    if (result == FB_OK) {
        notice_of_browser(request);
        fb_redirect(request, fb_safe_next(request, "/"));
    }
    return result;
}

/* The form of this type: the one that was sent, or an empty one. */
static struct fb_form *form_of(struct fb_request *request,
                               const struct fb_form_type *type,
                               const struct fb_form_type *sent)
{
    return type == sent ? fb_form(request) : fb_form_blank(request, type);
}

static enum fb_result load(struct fb_request *request,
                           struct second_factor_view *view)
{
    struct fb_second_factor factor;
    struct fb_enrolment enrolment;
    enum fb_result result = fb_second_factor(request, &factor);

    if (result != FB_OK) {
        return result;
    }
    view->is_on = factor.is_on;
    view->recovery_codes = factor.recovery_codes;
    if (factor.is_on) {
        view->since = text_day(request, factor.since);
    }
    if (factor.is_pending && fb_recently_confirmed(request)) {
        result = fb_enrolment(request, &enrolment);
        view->secret = enrolment.secret;
        view->qr = enrolment.qr;
    }
    return result;
}

/* `sent`: which of the forms of the page is drawn with its messages. */
static enum fb_result show(struct fb_request *request,
                           const struct fb_form_type *sent)
{
    struct second_factor_view view = {
        .begin = form_of(request, &factor_begin_form, sent),
        .confirm = form_of(request, &factor_form, sent),
        .codes = form_of(request, &factor_codes_form, sent),
        .off = form_of(request, &factor_off_form, sent),
        .sent = sent != NULL ? fb_form(request) : NULL};
    enum fb_result result = load(request, &view);

    if (result == FB_OK) {
        second_factor_html(fb_body(request), &view);
    }
    return result;
}

enum fb_result second_factor_page(struct fb_request *request)
{
    return show(request, NULL);
}

static enum fb_result ask_again(struct fb_request *request)
{
    struct fb_form *form = fb_form(request);

    return fb_form_ok(form)
               ? fb_confirm_password(request,
                                     fb_form_text(form, AGAIN_PASSWORD), form,
                                     AGAIN_PASSWORD)
               : FB_INVALID;
}

static enum fb_result go_back(struct fb_request *request,
                              const struct fb_form_type *sent,
                              enum fb_result result)
{
    if (result == FB_OK) {
        fb_redirect(request, "/me/second-factor");
    }
    return result == FB_INVALID ? show(request, sent) : result;
}

static enum fb_result show_codes(struct fb_request *request,
                                 const struct fb_form_type *sent,
                                 enum fb_result result,
                                 const struct fb_recovery_codes *codes)
{
    if (result == FB_OK) {
        recovery_codes_html(fb_body(request), codes);
    }
    return result == FB_INVALID ? show(request, sent) : result;
}

enum fb_result second_factor_begin(struct fb_request *request)
{
    enum fb_result result = ask_again(request);

    if (result == FB_OK) {
        result = fb_second_factor_begin(request);
    }
    return go_back(request, &factor_begin_form, result);
}

enum fb_result second_factor_confirm(struct fb_request *request)
{
    struct fb_form *form = fb_form(request);
    struct fb_recovery_codes codes;
    enum fb_result result = FB_INVALID;

    if (fb_form_ok(form)) {
        result =
            fb_second_factor_confirm(request, fb_form_text(form, FACTOR_CODE),
                                     form, FACTOR_CODE, &codes);
    }
    if (result == FB_NOT_FOUND || result == FB_FORBIDDEN) {
        /* It took too long: the page says how to begin again. */
        return go_back(request, &factor_form, FB_OK);
    }
    return show_codes(request, &factor_form, result, &codes);
}

enum fb_result second_factor_codes(struct fb_request *request)
{
    struct fb_recovery_codes codes;
    enum fb_result result = ask_again(request);

    if (result == FB_OK) {
        result = fb_recovery_codes(request, &codes);
    }
    return show_codes(request, &factor_codes_form, result, &codes);
}

enum fb_result second_factor_off(struct fb_request *request)
{
    enum fb_result result = ask_again(request);

    if (result == FB_OK) {
        result = fb_second_factor_off(request);
    }
    return go_back(request, &factor_off_form, result);
}
