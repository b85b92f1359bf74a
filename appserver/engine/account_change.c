/*
 * Accounts are made and changed. Whatever takes power from somebody takes it at
 * once: the sessions of the account end in the same transaction.
 */

#include "account.h"

#include <foobar/database.h>
#include <foobar/form.h>

#include <string.h>

#include "database.h"
#include "request.h"

#define REASON_MOST 500
#define FOR_EVER ((int64_t)100 * 365 * 24 * 3600)

/* ------------------------------------------------------------ signing up */

struct signing_up {
    const char *email;
    const char *key;
    const char *hash;
    const char *role;
    bool verified_first;
    int64_t id; /* 0: the address has an account */
};

/* In place of who has signed up before, whose link is good no more. */
static enum fb_result add_again(struct fb_request *request,
                                struct signing_up *who)
{
    enum fb_result result =
        account_execute(request, ACCOUNT_ADD_AGAIN, fb_text(who->email),
                        fb_text(who->hash), fb_text(who->key));

    if (result != FB_OK || fb_changed_rows(request) == 0) {
        return result;
    }
    who->id = fb_insert_id(request);
    return account_execute(request, TOKEN_END_ALL, fb_int(who->id));
}

static enum fb_result add(struct fb_request *request, void *context)
{
    struct signing_up *who = context;
    enum fb_result result = account_execute(
        request, ACCOUNT_ADD, fb_text(who->email), fb_text(who->key),
        fb_text(who->hash), fb_text(who->role));

    who->id = result == FB_OK && fb_changed_rows(request) > 0
                  ? fb_insert_id(request)
                  : 0;
    if (result == FB_OK && who->id == 0 && who->verified_first) {
        result = add_again(request, who);
    }
    return result == FB_OK && who->id != 0
               ? account_event_add(request, who->id, "sign_up")
               : result;
}

/* The first role of the list. */
static const char *first_role(struct fb_request *request)
{
    const char *roles = request->app->accounts->roles;

    return request_strndup(request, roles, strcspn(roles, ","));
}

/* The password is hashed first: an address that is known takes as long. */
enum fb_result fb_sign_up(struct fb_request *request,
                          const struct fb_credentials *credentials,
                          int64_t *account)
{
    enum fb_account_problem problem;
    struct fb_accounts rules;
    struct signing_up who = {.email = credentials->email};
    enum fb_result result;

    *account = 0;
    (void)account_state(request);
    rules = account_rules(request);
    who.key = account_email_key(request, credentials->email);
    if (who.key == NULL) {
        return account_refuse(request, FB_ACCOUNT_ADDRESS, credentials->form,
                              credentials->email_field);
    }
    problem = account_password_check(&rules, credentials->password, who.key);
    if (problem != FB_ACCOUNT_FINE) {
        return account_refuse(request, problem, credentials->form,
                              credentials->password_field);
    }
    who.hash = account_password_hash(request, credentials->password, &result);
    if (result != FB_OK) {
        return result;
    }
    who.role = first_role(request);
    who.verified_first = rules.verified_first;
    result = database_transaction(request, add, &who);
    if (result == FB_OK && who.id == 0) {
        return account_refuse(request, FB_ACCOUNT_TAKEN, credentials->form,
                              credentials->email_field);
    }
    *account = result == FB_OK ? who.id : 0;
    return result;
}

/* ------------------------------------------------------------ passwords */

struct setting_password {
    int64_t account;
    const char *hash;
};

/* With the old password go all sessions that it has begun, and all links. */
static enum fb_result set_password(struct fb_request *request, void *context)
{
    const struct setting_password *setting = context;
    enum fb_result result =
        account_execute(request, ACCOUNT_SET_PASSWORD, fb_text(setting->hash),
                        fb_int(setting->account));

    if (result == FB_OK && fb_changed_rows(request) == 0) {
        return FB_NOT_FOUND;
    }
    if (result == FB_OK) {
        result = account_sessions_end(request, setting->account);
    }
    if (result == FB_OK) {
        result =
            account_execute(request, TOKEN_END_ALL, fb_int(setting->account));
    }
    return result == FB_OK ? account_event_add(request, setting->account,
                                               "password_changed")
                           : result;
}

enum fb_result fb_set_password(struct fb_request *request, int64_t account,
                               const char *password, struct fb_form *form,
                               unsigned field)
{
    struct setting_password setting = {.account = account};
    const struct found_account_row *found;
    enum fb_account_problem problem;
    struct fb_accounts rules;
    enum fb_result result;

    (void)account_state(request);
    rules = account_rules(request);
    result = account_select(request, ACCOUNT_BY_ID, &found, fb_int(account));
    if (result != FB_OK) {
        return result;
    }
    problem = account_password_check(&rules, password, found->email_key);
    if (problem != FB_ACCOUNT_FINE) {
        return account_refuse(request, problem, form, field);
    }
    setting.hash = account_password_hash(request, password, &result);
    return result == FB_OK
               ? database_transaction(request, set_password, &setting)
               : result;
}

/* The old one is asked for first, which also makes the session's token anew. */
enum fb_result fb_change_password(struct fb_request *request,
                                  const struct fb_new_password *change)
{
    enum fb_result result = fb_confirm_password(
        request, change->old_password, change->form, change->old_field);

    return result == FB_OK ? fb_set_password(request, fb_account(request)->id,
                                             change->new_password, change->form,
                                             change->new_field)
                           : result;
}

/* ---------------------------------------------------------- the office */

struct change {
    int64_t account;
    const char *text;
    const char *key;
    int64_t seconds;
    bool is_taken;
};

/* FB_NOT_FOUND when no account was changed; else it is written down. */
static enum fb_result changed(struct fb_request *request, enum fb_result result,
                              int64_t account, const char *event)
{
    if (result != FB_OK) {
        return result;
    }
    return fb_changed_rows(request) == 0
               ? FB_NOT_FOUND
               : account_event_add(request, account, event);
}

static bool is_present(struct fb_request *request, int64_t account)
{
    const struct fb_account *present = fb_account(request);

    return present != NULL && present->id == account;
}

static enum fb_result set_role(struct fb_request *request, void *context)
{
    const struct change *change = context;
    enum fb_result result =
        account_execute(request, ACCOUNT_SET_ROLE, fb_text(change->text),
                        fb_int(change->account));

    result = changed(request, result, change->account, "role_changed");
    if (result == FB_OK) {
        result = account_sessions_end(request, change->account);
    }
    return result == FB_OK && is_present(request, change->account)
               ? account_session_rotate(request, false,
                                        fb_account(request)->strength)
               : result;
}

enum fb_result fb_set_role(struct fb_request *request, int64_t account,
                           const char *role)
{
    struct change change = {.account = account, .text = role};

    (void)account_state(request);
    if (!account_role_is_listed(request->app->accounts->roles, role)) {
        request_fail(request,
                     "fb_set_role(): there is no role \"%s\" in "
                     "fb_app.accounts",
                     role);
    }
    return database_transaction(request, set_role, &change);
}

static enum fb_result suspend(struct fb_request *request, void *context)
{
    const struct change *change = context;
    const struct fb_value seconds =
        change->seconds != 0 ? fb_int(change->seconds)
                             : (struct fb_value){.kind = FB_VALUE_NULL};
    enum fb_result result =
        account_execute(request, ACCOUNT_SUSPEND, seconds,
                        fb_text(change->text), fb_int(change->account));

    result = changed(request, result, change->account,
                     change->seconds != 0 ? "suspended" : "restored");
    return result == FB_OK && change->seconds != 0
               ? account_execute(request, SESSION_REVOKE_OTHERS,
                                 fb_int(change->account), fb_int(0))
               : result;
}

enum fb_result fb_suspend(struct fb_request *request, int64_t account,
                          int64_t seconds, const char *reason)
{
    struct change change = {
        .account = account,
        .text = reason != NULL ? reason : "",
        .seconds = seconds < 0 || seconds > FOR_EVER ? FOR_EVER : seconds};

    (void)account_state(request);
    if (strlen(change.text) > REASON_MOST) {
        request_fail(request, "fb_suspend(): a reason has %d bytes at most",
                     REASON_MOST);
    }
    return database_transaction(request, suspend, &change);
}

/*
 * IGNORE passes over an address that another account has, so the row is looked
 * at again.
 */
static enum fb_result set_email(struct fb_request *request, void *context)
{
    struct change *change = context;
    const struct found_account_row *found = NULL;
    enum fb_result result =
        account_execute(request, ACCOUNT_SET_EMAIL, fb_text(change->text),
                        fb_text(change->key), fb_int(change->account));

    result = changed(request, result, change->account, "email_changed");
    if (result == FB_OK) {
        result = account_select(request, ACCOUNT_BY_EMAIL, &found,
                                fb_text(change->key));
    }
    change->is_taken = result == FB_OK && found->id != change->account;
    return change->is_taken ? FB_INVALID : result;
}

enum fb_result fb_set_email(struct fb_request *request, int64_t account,
                            const char *email, struct fb_form *form,
                            unsigned field)
{
    struct change change = {.account = account, .text = email};
    enum fb_result result;

    (void)account_state(request);
    change.key = account_email_key(request, email);
    if (change.key == NULL) {
        return account_refuse(request, FB_ACCOUNT_ADDRESS, form, field);
    }
    result = database_transaction(request, set_email, &change);
    return change.is_taken
               ? account_refuse(request, FB_ACCOUNT_TAKEN, form, field)
               : result;
}

static enum fb_result set_verified(struct fb_request *request, void *context)
{
    const struct change *change = context;

    return changed(
        request,
        account_execute(request, ACCOUNT_SET_VERIFIED, fb_int(change->account)),
        change->account, "verified");
}

enum fb_result fb_set_verified(struct fb_request *request, int64_t account)
{
    struct change change = {.account = account};

    (void)account_state(request);
    return database_transaction(request, set_verified, &change);
}
