/*
 * A member's own page: where he is logged in, what has happened to his account,
 * and another password.
 */

#include "account.h"
#include "letters.h"
#include "member.h"
#include "pages.h"
#include "templates.h"
#include "text.h"
#include "views.h"

#include <stdlib.h>
#include <string.h>

enum {
    EVENTS_SHOWN = 20
};

FB_FORM(password_form, PASSWORD_FIELDS, .id = "password");
FB_FORM(session_form, SESSION_FIELDS, .id = "session");

/* What the engine writes down, in words. */
static const char *words_of(struct fb_request *request, const char *event)
{
    static const struct {
        const char *event;
        const char *words;
    } rows[] = {
        {"sign_up", FB_WORDS("signed up")},
        {"log_in", FB_WORDS("logged in")},
        {"log_in_failed", FB_WORDS("a wrong password")},
        {"log_in_suspended", FB_WORDS("a log-in while suspended")},
        {"confirm_failed", FB_WORDS("a wrong password")},
        {"log_out", FB_WORDS("logged out")},
        {"sessions_ended", FB_WORDS("sessions ended")},
        {"password_changed", FB_WORDS("another password")},
        {"email_changed", FB_WORDS("another e-mail address")},
        {"role_changed", FB_WORDS("another role")},
        {"verified", FB_WORDS("the e-mail address was verified")},
        {"suspended", FB_WORDS("suspended")},
        {"restored", FB_WORDS("no longer suspended")},
        {"log_in_half", FB_WORDS("a right password, without the code")},
        {"second_factor_on", FB_WORDS("codes are asked for from now on")},
        {"second_factor_off", FB_WORDS("codes are no longer asked for")},
        {"second_factor_failed", FB_WORDS("a wrong code")},
        {"recovery_code_used", FB_WORDS("a recovery code")},
        {"recovery_codes_made", FB_WORDS("new recovery codes")},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (strcmp(event, rows[i].event) == 0) {
            return fb_gettext(request, rows[i].words);
        }
    }
    return event;
}

static enum fb_result load_sessions(struct fb_request *request,
                                    struct me_view *view)
{
    const struct fb_session *sessions;
    struct session_view *shown;
    enum fb_result result =
        fb_sessions(request, &sessions, &view->session_count);

    if (result != FB_OK) {
        return result;
    }
    shown = fb_alloc(request, (view->session_count + 1) * sizeof(*shown));
    for (size_t i = 0; i < view->session_count; i++) {
        shown[i].agent = sessions[i].agent;
        shown[i].address = sessions[i].address;
        shown[i].seen = text_minute(request, sessions[i].seen);
        shown[i].is_this = sessions[i].is_this;
        shown[i].form = fb_form_blank(request, &session_form);
        fb_form_set(shown[i].form, SESSION_NUMBER,
                    fb_printf(request, "%lld", (long long)sessions[i].number));
    }
    view->sessions = shown;
    return FB_OK;
}

static enum fb_result load_events(struct fb_request *request,
                                  struct me_view *view)
{
    const struct fb_account_event *events;
    struct event_view *shown;
    enum fb_result result =
        fb_account_events(request, fb_account(request)->id, EVENTS_SHOWN,
                          &events, &view->event_count);

    if (result != FB_OK) {
        return result;
    }
    shown = fb_alloc(request, (view->event_count + 1) * sizeof(*shown));
    for (size_t i = 0; i < view->event_count; i++) {
        shown[i].what = words_of(request, events[i].event);
        shown[i].address = events[i].address;
        shown[i].at = text_minute(request, events[i].at);
    }
    view->events = shown;
    return FB_OK;
}

enum fb_result me_show(struct fb_request *request, struct fb_form *password,
                       struct fb_form *picture)
{
    const struct fb_account *account = fb_account(request);
    const struct member_row *member = member_here(request);
    struct me_view view = {.form = password,
                           .picture_form = picture,
                           .email = account->email,
                           .name =
                               member != NULL ? member->name : account->role,
                           .picture = member != NULL ? member->picture : "",
                           .is_member = member != NULL,
                           .all_others = fb_form_blank(request, &session_form)};
    enum fb_result result = load_sessions(request, &view);

    if (password == NULL) {
        view.form = fb_form_blank(request, &password_form);
    }
    if (picture == NULL) {
        view.picture_form = fb_form_blank(request, &picture_form);
    }
    if (result == FB_OK) {
        result = load_events(request, &view);
    }
    if (result == FB_OK) {
        me_html(fb_body(request), &view);
    }
    return result;
}

enum fb_result me_page(struct fb_request *request)
{
    return me_show(request, NULL, NULL);
}

enum fb_result password_change(struct fb_request *request)
{
    struct fb_form *form = fb_form(request);
    enum fb_result result = FB_INVALID;

    if (fb_form_ok(form)) {
        result = fb_change_password(
            request, &(struct fb_new_password){
                         .old_password = fb_form_text(form, PASSWORD_OLD),
                         .new_password = fb_form_text(form, PASSWORD_NEW),
                         .form = form,
                         .old_field = PASSWORD_OLD,
                         .new_field = PASSWORD_NEW});
    }
    if (result == FB_OK) {
        result = notice_send(request, NOTICE_PASSWORD, fb_account(request)->id);
        fb_redirect(request, "/me");
    }
    return result == FB_INVALID ? me_show(request, form, NULL) : result;
}

enum fb_result session_end(struct fb_request *request)
{
    const char *number = fb_form_text(fb_form(request), SESSION_NUMBER);
    enum fb_result result =
        number[0] == '\0'
            ? fb_revoke_other_sessions(request)
            : fb_revoke_session(request, strtoll(number, NULL, 10));

    if (result == FB_OK) {
        fb_redirect(request, "/me");
    }
    return result;
}
