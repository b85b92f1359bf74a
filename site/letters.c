/*
 * The mails about accounts. Whoever asks for one types an address, which may be
 * anybody's: a mail says nothing that he has typed otherwise, or people could be
 * written to through us.
 */

#include "letters.h"

#include "statements.h"
#include "templates.h"
#include "views.h"

#include <string.h>

enum {
    VERIFY_SECONDS = 3 * 24 * 3600,
    RESET_SECONDS = 3600,
    HOUR = 3600,
    ASKED_MOST = 30,  /* of one visitor in an hour */
    ADDRESS_MOST = 5, /* for one address */
    EVENTS_READ = 100 /* of an account, to tell its first log-in */
};

bool letter_may_go(struct fb_request *request, const char *email)
{
    size_t length = strlen(email);
    char *key = fb_alloc(request, length + 1);

    for (size_t i = 0; i < length; i++) {
        key[i] =
            (char)(email[i] >= 'A' && email[i] <= 'Z' ? email[i] - 'A' + 'a'
                                                      : email[i]);
    }
    return fb_limit(request, "letter", NULL, ASKED_MOST, HOUR) &&
           fb_limit(request, "letter_to", key, ADDRESS_MOST, HOUR);
}

/* The payload: in which language, and to whom. */
enum fb_result letter_later(struct fb_request *request, enum letter letter,
                            const char *email)
{
    return fb_job_add(request,
                      letter == LETTER_RESET ? "reset_letter" : "verify_letter",
                      fb_printf(request, "%s %s", fb_locale(request), email));
}

static const char *read_payload(struct fb_request *request)
{
    const char *payload = fb_job_payload(request);
    size_t length = strcspn(payload, " ");

    /* One that was left by a release with other languages gets the first. */
    (void)fb_speak(request, fb_printf(request, "%.*s", (int)length, payload));
    return payload[length] == ' ' ? payload + length + 1 : "";
}

/* ------------------------------------------------------------- the letters */

static enum fb_result write_verify(struct fb_request *request,
                                   const struct fb_account *account)
{
    struct fb_out *text = fb_draft(request);
    struct fb_out *html = fb_draft(request);
    struct letter_view view;
    const char *token;
    enum fb_result result = fb_token_make(request, "verify", account->id,
                                          VERIFY_SECONDS, NULL, &token);

    if (result != FB_OK) {
        return result;
    }
    view.url =
        fb_site_url(request, fb_printf(request, "/verify?token=%s", token));
    letter_verify_txt(text, &view);
    letter_verify_html(html, &view);
    return fb_mail(request,
                   &(struct fb_mail){
                       .to = account->email,
                       .subject = fb_gettext(request, "Confirm your address"),
                       .text = fb_drafted(text),
                       .html = fb_drafted(html),
                       .kind = "verify"});
}

static enum fb_result write_reset(struct fb_request *request,
                                  const struct fb_account *account)
{
    struct fb_out *text = fb_draft(request);
    struct letter_view view;
    const char *token;
    enum fb_result result = fb_token_make(request, "reset", account->id,
                                          RESET_SECONDS, NULL, &token);

    if (result != FB_OK) {
        return result;
    }
    view.url =
        fb_site_url(request, fb_printf(request, "/reset/new?token=%s", token));
    letter_reset_txt(text, &view);
    return fb_mail(request,
                   &(struct fb_mail){
                       .to = account->email,
                       .subject = fb_gettext(request, "Choose a new password"),
                       .text = fb_drafted(text),
                       .kind = "reset"});
}

/* Somebody has signed up with an address that has an account. */
static enum fb_result write_taken(struct fb_request *request,
                                  const struct fb_account *account)
{
    struct fb_out *text = fb_draft(request);
    const struct letter_view view = {.url = fb_site_url(request, "/login"),
                                     .other = fb_site_url(request, "/reset")};

    letter_taken_txt(text, &view);
    return fb_mail(
        request,
        &(struct fb_mail){.to = account->email,
                          .subject = fb_gettext(request, "You have an account"),
                          .text = fb_drafted(text),
                          .kind = "taken"});
}

static enum fb_result write_letter(struct fb_request *request, void *context)
{
    const enum letter *letter = context;
    const struct fb_account *account;
    enum fb_result result =
        fb_find_account(request, read_payload(request), &account);

    if (result != FB_OK) {
        return result == FB_NOT_FOUND ? FB_OK : result;
    }
    if (!account->is_verified) {
        return write_verify(request, account);
    }
    return *letter == LETTER_RESET ? write_reset(request, account)
                                   : write_taken(request, account);
}

enum fb_result verify_letter(struct fb_request *request)
{
    enum letter letter = LETTER_VERIFY;

    return fb_transaction(request, write_letter, &letter);
}

enum fb_result reset_letter(struct fb_request *request)
{
    enum letter letter = LETTER_RESET;

    return fb_transaction(request, write_letter, &letter);
}

/* ------------------------------------------------------------- the notices */

enum fb_result notice_add(struct fb_request *request, enum notice notice,
                          int64_t account)
{
    struct fb_out *text = fb_draft(request);
    const char *agent = fb_request_header(request, "User-Agent");
    const struct notice_view view = {.is_password = notice == NOTICE_PASSWORD,
                                     .address = fb_address(request),
                                     .agent = agent != NULL ? agent : "",
                                     .url = fb_site_url(request, "/me"),
                                     .reset = fb_site_url(request, "/reset")};
    const struct fb_account *owner;
    enum fb_result result = fb_account_by_id(request, account, &owner);

    if (result != FB_OK) {
        return result;
    }
    letter_notice_txt(text, &view);
    return fb_mail(
        request,
        &(struct fb_mail){
            .to = owner->email,
            .subject = view.is_password
                           ? fb_gettext(request, "Your password was changed")
                           : fb_gettext(request, "A new log-in"),
            .text = fb_drafted(text),
            .kind = "notice"});
}

struct noticing {
    enum notice notice;
    int64_t account;
};

static enum fb_result send(struct fb_request *request, void *context)
{
    const struct noticing *noticing = context;

    return notice_add(request, noticing->notice, noticing->account);
}

enum fb_result notice_send(struct fb_request *request, enum notice notice,
                           int64_t account)
{
    struct noticing noticing = {notice, account};

    return fb_transaction(request, send, &noticing);
}

/* Not of the first log-in of all: who has just signed up knows of it. */
static bool is_worth_telling(struct fb_request *request, int64_t account)
{
    const struct fb_account_event *events;
    size_t count;
    size_t log_ins = 0;
    bool is_young = false;

    if (fb_account_events(request, account, EVENTS_READ, &events, &count) !=
        FB_OK) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        log_ins += strcmp(events[i].event, "log_in") == 0;
        is_young = is_young || strcmp(events[i].event, "verified") == 0;
    }
    return !is_young || log_ins > 1;
}

void notice_of_browser(struct fb_request *request)
{
    const struct fb_account *account = NULL;

    if (fb_is_new_browser(request)) {
        account = fb_account(request);
    }
    if (account != NULL && is_worth_telling(request, account->id)) {
        (void)notice_send(request, NOTICE_BROWSER, account->id);
    }
}
