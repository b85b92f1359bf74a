/*
 * Who is logged in, and what he may. The cookie holds a token of 256 random
 * bits; the row of the session is found by its hash, and the account is joined
 * to it, so that one statement by two primary keys says all. A session that is
 * over, unused for too long, or of an account that is suspended is nobody's.
 */

#include "account.h"

#include <foobar/form.h>
#include <foobar/limit.h>

#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "characters.h"
#include "cookie.h"
#include "database.h"
#include "kept.h"
#include "request.h"
#include "session.h"
#include "words.h"

#define EMAIL_MOST 254
#define NEXT_MOST 2000
#define MINUTE 60U
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)
#define HASH_PASSES_LEAST 2U
#define HASH_MIB_LEAST 19U

const struct fb_statement account_statements[ACCOUNT_STATEMENTS] = {
    ACCOUNT_STATEMENT_ROWS(FB_STATEMENT)};

unsigned account_number(const struct fb_request *request,
                        enum account_statement statement)
{
    return database_own(request->database, &account_statements[statement]);
}

static unsigned or_else(unsigned value, unsigned otherwise)
{
    return value != 0 ? value : otherwise;
}

struct fb_accounts account_rules(const struct fb_request *request)
{
    struct fb_accounts rules = *request->app->accounts;

    rules.idle_seconds = or_else(rules.idle_seconds, 12 * HOUR);
    rules.session_seconds = or_else(rules.session_seconds, 7 * DAY);
    rules.remembered_idle_seconds =
        or_else(rules.remembered_idle_seconds, 30 * DAY);
    rules.remembered_seconds = or_else(rules.remembered_seconds, 90 * DAY);
    rules.confirmed_seconds = or_else(rules.confirmed_seconds, 15 * MINUTE);
    rules.guesses = or_else(rules.guesses, 10);
    rules.guess_seconds = or_else(rules.guess_seconds, 15 * MINUTE);
    if (rules.hash_passes < HASH_PASSES_LEAST) {
        rules.hash_passes = HASH_PASSES_LEAST;
    }
    if (rules.hash_mib < HASH_MIB_LEAST) {
        rules.hash_mib = HASH_MIB_LEAST;
    }
    return rules;
}

struct account_state *account_state(struct fb_request *request)
{
    if (request->app->accounts == NULL) {
        request_fail(request, "the application has no accounts: its table "
                              "foobar_app has no .accounts");
    }
    if (request->account == NULL) {
        request->account = fb_alloc(request, sizeof(*request->account));
    }
    return request->account;
}

/* ------------------------------------------------------------ who it is */

static const struct fb_account *account_of_who(struct fb_request *request,
                                               const struct who_row *row)
{
    struct fb_account *account = fb_alloc(request, sizeof(*account));

    *account = (struct fb_account){.id = row->id,
                                   .email = row->email,
                                   .role = row->role,
                                   .is_verified = row->is_verified != 0,
                                   .session = row->session,
                                   .strength = (enum fb_strength)row->strength};
    return account;
}

const struct fb_account *account_of_row(struct fb_request *request,
                                        const struct found_account_row *row)
{
    struct fb_account *account = fb_alloc(request, sizeof(*account));

    *account = (struct fb_account){.id = row->id,
                                   .email = row->email,
                                   .role = row->role,
                                   .is_verified = row->is_verified != 0};
    return account;
}

/*
 * Written down once a minute at most, and by itself, so that it is neither
 * undone with a handler's transaction nor held up by it.
 */
static void note_seen(struct fb_request *request, const char *token)
{
    const struct fb_value values[] = {
        {0}, fb_text(fb_address(request)), fb_text(token)};

    if (!database_in_transaction(request->database)) {
        (void)database_write(request, account_number(request, SESSION_SEEN),
                             values, sizeof(values) / sizeof(values[0]));
    }
}

static enum fb_result ask(struct fb_request *request,
                          struct account_state *state)
{
    const struct fb_accounts rules = account_rules(request);
    const char *cookie = state->fresh != NULL
                             ? state->fresh
                             : cookie_own(request, ACCOUNT_COOKIE);
    const struct who_row *row;
    enum fb_result result;

    if (cookie == NULL || !account_token_hash(cookie, state->token)) {
        return FB_OK;
    }
    result = account_select(request, ACCOUNT_WHO, &row, fb_text(state->token),
                            fb_int(rules.remembered_idle_seconds),
                            fb_int(rules.idle_seconds));
    if (result == FB_NOT_FOUND) {
        return FB_OK;
    }
    if (result != FB_OK) {
        return result;
    }
    if (row->is_stale != 0) {
        note_seen(request, state->token);
    }
    state->confirmed_ago = row->confirmed_ago;
    state->is_remembered = row->is_remembered != 0;
    if (row->strength >= FB_BY_PASSWORD) {
        state->account = account_of_who(request, row);
    } else {
        state->waiting = account_of_who(request, row);
    }
    return FB_OK;
}

/* A page that may be kept says in its row that it differs; see kept.h. */
static void note_personal(struct fb_request *request)
{
    kept_asks(request, FB_BY_AUDIENCE, "fb_account()");
    if (request->kept == NULL) {
        kept_is_personal(request);
    }
}

enum fb_result fb_account_result(struct fb_request *request)
{
    struct account_state *state = account_state(request);

    note_personal(request);
    if (!state->is_known) {
        state->account = NULL;
        state->waiting = NULL;
        state->confirmed_ago = -1;
        state->result = ask(request, state);
        state->is_known = true;
    }
    return state->result;
}

const struct fb_account *fb_account(struct fb_request *request)
{
    (void)fb_account_result(request);
    return account_state(request)->account;
}

bool fb_recently_confirmed(struct fb_request *request)
{
    const struct fb_accounts rules = account_rules(request);

    return fb_account(request) != NULL &&
           request->account->confirmed_ago >= 0 &&
           request->account->confirmed_ago <= (int64_t)rules.confirmed_seconds;
}

/* --------------------------------------------------------- what he may */

bool account_role_is_listed(const char *roles, const char *role)
{
    size_t length = strlen(role);

    while (*roles != '\0') {
        size_t other = strcspn(roles, ",");

        if (other == length && memcmp(roles, role, length) == 0) {
            return true;
        }
        roles += other + (roles[other] == ',');
    }
    return false;
}

static bool lacks_strength(const struct fb_account *account)
{
    return account->strength < FB_BY_SECOND_FACTOR;
}

/* Whether his role is worth nothing until he has shown a second factor. */
static bool must_show_more(const struct fb_request *request,
                           const struct fb_account *account)
{
    const char *roles = request->app->accounts->second_factor_roles;

    return roles != NULL && lacks_strength(account) &&
           account_role_is_listed(roles, account->role);
}

bool fb_has_role(struct fb_request *request, const char *roles)
{
    const struct fb_account *account = fb_account(request);

    return account != NULL && account_role_is_listed(roles, account->role) &&
           !must_show_more(request, account);
}

/* Of somebody who is logged in. */
static enum fb_result admit_member(struct fb_request *request,
                                   const struct fb_page *page,
                                   const struct fb_account *account)
{
    bool has_role = page->roles == NULL ||
                    account_role_is_listed(page->roles, account->role);

    if (!has_role) {
        request->refusal = words_translate(
            request, WORDS("This page is for others: your account has not the "
                           "role that it needs."));
        return FB_FORBIDDEN;
    }
    if ((page->second_factor && lacks_strength(account)) ||
        (page->roles != NULL && must_show_more(request, account))) {
        request->refusal = words_translate(
            request, WORDS("This page is for those who have logged in with a "
                           "second factor."));
        request->account->lacks_factor = true;
        return FB_LOG_IN_FIRST;
    }
    return FB_OK;
}

enum fb_result account_admit(struct fb_request *request)
{
    const struct fb_page *page = request->match.page;
    enum fb_result result;

    if (request->app->accounts == NULL ||
        (!page->members_only && page->roles == NULL)) {
        return FB_OK;
    }
    result = fb_account_result(request);
    if (result != FB_OK) {
        return result;
    }
    return fb_account(request) != NULL
               ? admit_member(request, page, fb_account(request))
               : FB_LOG_IN_FIRST;
}

bool fb_second_step_is_wanted(struct fb_request *request)
{
    return request->app->accounts != NULL &&
           request->app->accounts->second_step_path != NULL &&
           fb_account_result(request) == FB_OK &&
           request->account->waiting != NULL;
}

const char *account_way_in(const struct fb_request *request)
{
    const struct account_state *state = request->account;

    if (state == NULL || !state->is_known) {
        return request->app->login_path;
    }
    if (state->waiting != NULL) {
        return request->app->accounts->second_step_path;
    }
    return state->lacks_factor ? request->app->accounts->second_factor_path
                               : request->app->login_path;
}

/* ------------------------------------------------------------ addresses */

/* The form that took it has looked closer; this keeps nonsense out. */
static bool is_email(const char *email)
{
    const char *at = strchr(email, '@');

    return at != NULL && at != email && at[1] != '\0' &&
           strlen(email) <= EMAIL_MOST &&
           !characters_have_controls(email, false) &&
           strpbrk(email, " \t,<>\"") == NULL;
}

const char *account_email_key(struct fb_request *request, const char *email)
{
    utf8proc_uint8_t *folded;
    const char *key = NULL;

    if (!is_email(email)) {
        return NULL;
    }
    folded = utf8proc_NFKC_Casefold((const utf8proc_uint8_t *)email);
    if (folded != NULL && strlen((const char *)folded) <= EMAIL_MOST) {
        key = request_strndup(request, (const char *)folded,
                              strlen((const char *)folded));
    }
    free(folded);
    return key;
}

/* ------------------------------------------------------------- refusals */

static const char *words_of(enum fb_account_problem problem)
{
    switch (problem) {
    case FB_ACCOUNT_WRONG:
        return WORDS("The e-mail address or the password is not right");
    case FB_ACCOUNT_SUSPENDED:
        return WORDS("This account is suspended for now");
    case FB_ACCOUNT_TAKEN:
        return WORDS("This e-mail address has an account already");
    case FB_ACCOUNT_ADDRESS:
        return WORDS("Enter an e-mail address, like name@example.org");
    case FB_PASSWORD_WRONG:
        return WORDS("This is not your password");
    case FB_PASSWORD_SHORT:
        return WORDS("A password has 8 characters or more");
    case FB_PASSWORD_LONG:
        return WORDS("A password has 1024 bytes at most");
    case FB_PASSWORD_COMMON:
        return WORDS("This password is one of the first that others would "
                     "try. Choose another one");
    case FB_CODE_WRONG:
        return WORDS("This code is not right, or it was used already");
    case FB_ACCOUNT_FINE:
        break;
    }
    return NULL;
}

const char *fb_account_message(struct fb_request *request,
                               enum fb_account_problem problem)
{
    const char *words = words_of(problem);

    return words != NULL ? words_translate(request, words) : "";
}

enum fb_account_problem fb_account_problem(const struct fb_request *request)
{
    return request->account != NULL ? request->account->problem
                                    : FB_ACCOUNT_FINE;
}

enum fb_result account_refuse(struct fb_request *request,
                              enum fb_account_problem problem,
                              struct fb_form *form, unsigned field)
{
    account_state(request)->problem = problem;
    if (form != NULL) {
        fb_form_error(form, field, fb_account_message(request, problem));
    }
    return FB_INVALID;
}

/* --------------------------------------------------------------- finding */

static enum fb_result give(struct fb_request *request, enum fb_result result,
                           const struct found_account_row *row,
                           const struct fb_account **account)
{
    *account = result == FB_OK ? account_of_row(request, row) : NULL;
    return result;
}

enum fb_result fb_find_account(struct fb_request *request, const char *email,
                               const struct fb_account **account)
{
    const char *key = account_email_key(request, email);
    const struct found_account_row *row = NULL;
    enum fb_result result = FB_NOT_FOUND;

    if (key != NULL) {
        result = account_select(request, ACCOUNT_BY_EMAIL, &row, fb_text(key));
    }
    return give(request, result, row, account);
}

enum fb_result fb_account_by_id(struct fb_request *request, int64_t id,
                                const struct fb_account **account)
{
    const struct found_account_row *row = NULL;
    enum fb_result result =
        account_select(request, ACCOUNT_BY_ID, &row, fb_int(id));

    return give(request, result, row, account);
}

/* ------------------------------------------------------ where to go then */

/*
 * One "/" and nothing that a browser would take for a second one, or would
 * pass over before it looks for one.
 */
static bool is_safe_path(const char *path)
{
    const char *at;

    for (at = path; *at != '\0'; at++) {
        if ((unsigned char)*at < 0x20 || *at == 0x7f || *at == '\\') {
            return false;
        }
    }
    return path[0] == '/' && path[1] != '/' && at - path <= NEXT_MOST;
}

/* With what cannot stand in a header or a value percent-encoded. */
static const char *encoded(struct fb_request *request, const char *text,
                           const char *special)
{
    static const char digits[] = "0123456789ABCDEF";
    char *result = fb_alloc(request, 3 * strlen(text) + 1);
    char *to = result;

    for (; *text != '\0'; text++) {
        unsigned char c = (unsigned char)*text;

        if (c > 0x20 && c < 0x7f && strchr(special, *text) == NULL) {
            *to++ = *text;
        } else {
            *to++ = '%';
            *to++ = digits[c >> 4];
            *to++ = digits[c & 15];
        }
    }
    return result;
}

const char *fb_safe_next(struct fb_request *request, const char *otherwise)
{
    const char *next = fb_query(request, "next");

    if (fb_second_step_is_wanted(request)) {
        return fb_keep_next(request, request->app->accounts->second_step_path);
    }
    return next != NULL && is_safe_path(next) ? encoded(request, next, "")
                                              : otherwise;
}

const char *fb_keep_next(struct fb_request *request, const char *path)
{
    const char *next = fb_query(request, "next");

    return next != NULL && is_safe_path(next)
               ? fb_printf(request, "%s?next=%s", path,
                           encoded(request, next, "%&=+#?\"'<>"))
               : path;
}
