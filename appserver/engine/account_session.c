/*
 * Sessions: they begin with a new token, get another one whenever what they
 * may do changes, and end. The row keeps its number all the while, which is
 * what its owner sees in the list of his sessions.
 */

#include "account.h"

#include <foobar/cookie.h>
#include <foobar/database.h>
#include <foobar/limit.h>

#include <inttypes.h>
#include <string.h>

#include "database.h"
#include "kept.h"
#include "request.h"

#define AGENT_MOST 200
#define SECOND_STEP_SECONDS 600U

const char *account_agent(struct fb_request *request)
{
    const char *sent = fb_request_header(request, "User-Agent");
    char *agent = fb_alloc(request, AGENT_MOST + 1);
    size_t i;

    for (i = 0; sent != NULL && i < AGENT_MOST && sent[i] != '\0'; i++) {
        agent[i] = sent[i];
        if (sent[i] < 0x20 || sent[i] > 0x7e) {
            agent[i] = '?';
        }
    }
    return agent;
}

/* A transaction may run twice: of its cookies the last one counts. */
static void forget_cookie(struct fb_request *request, const char *name)
{
    unsigned kept = 0;
    unsigned i;

    for (i = 0; i < request->header_count; i++) {
        const struct reply_header *header = &request->headers[i];
        const char *end = strchr(header->value, '=');
        size_t length = strlen(name);
        bool is_it = strcasecmp(header->name, "Set-Cookie") == 0 &&
                     end != NULL && end - header->value >= (ptrdiff_t)length &&
                     memcmp(end - length, name, length) == 0;

        if (!is_it) {
            request->headers[kept++] = *header;
        }
    }
    request->header_count = kept;
}

/* From now on the request is that of this session; NULL: of none. */
static void set_cookie(struct fb_request *request, const char *token,
                       int64_t seconds)
{
    struct account_state *state = account_state(request);

    forget_cookie(request, ACCOUNT_COOKIE);
    fb_set_cookie(request, &(struct fb_cookie){.name = ACCOUNT_COOKIE,
                                               .value = token,
                                               .seconds = seconds});
    state->fresh = token != NULL ? token : "";
    state->fresh_is_open = database_in_transaction(request->database);
    state->is_known = false;
    kept_is_personal(request);
}

void account_committed(struct fb_request *request)
{
    if (request->account != NULL) {
        request->account->fresh_is_open = false;
    }
}

void account_rolled_back(struct fb_request *request)
{
    struct account_state *state = request->account;

    if (state != NULL && state->fresh_is_open) {
        forget_cookie(request, ACCOUNT_COOKIE);
        state->fresh = NULL;
        state->fresh_is_open = false;
        state->is_known = false;
    }
}

/* The session that the cookie of the request names, whether it lives or not. */
static enum fb_result end_present(struct fb_request *request)
{
    const char *cookie = fb_cookie(request, ACCOUNT_COOKIE);
    char hash[ACCOUNT_TOKEN_TEXT];

    return cookie != NULL && account_token_hash(cookie, hash)
               ? account_execute(request, SESSION_END, fb_text(hash))
               : FB_OK;
}

/* What a session will be: `begin`, or the first half of it. */
struct beginning {
    const struct account_begin *begin;
    enum fb_strength strength;
    unsigned seconds;
    int64_t cookie_seconds;
    const char *event;
};

static enum fb_result decide(struct fb_request *request,
                             struct beginning *beginning)
{
    const struct account_begin *begin = beginning->begin;
    const struct fb_accounts rules = account_rules(request);
    bool is_on;
    enum fb_result result =
        account_factor_is_on(request, begin->account, &is_on);

    beginning->strength = begin->strength;
    beginning->seconds =
        begin->remember ? rules.remembered_seconds : rules.session_seconds;
    beginning->cookie_seconds =
        begin->remember ? (int64_t)beginning->seconds : 0;
    beginning->event = "log_in";
    if (result != FB_OK || !is_on || begin->strength >= FB_BY_SECOND_FACTOR) {
        return result;
    }
    if (rules.second_step_path == NULL) {
        request_fail(request,
                     "account %" PRId64 " has a second factor, and "
                     "fb_app.accounts has no .second_step_path where it is "
                     "asked for",
                     begin->account);
    }
    beginning->strength = FB_BY_NOTHING;
    beginning->seconds = SECOND_STEP_SECONDS;
    beginning->cookie_seconds = 0;
    beginning->event = "log_in_half";
    return FB_OK;
}

enum fb_result account_session_begin(struct fb_request *request,
                                     const struct account_begin *begin)
{
    struct beginning beginning = {.begin = begin};
    char *token = fb_alloc(request, ACCOUNT_TOKEN_TEXT);
    char hash[ACCOUNT_TOKEN_TEXT];
    enum fb_result result = decide(request, &beginning);

    if (result == FB_OK) {
        result = end_present(request);
    }
    if (result != FB_OK) {
        return result;
    }
    account_token_new(token, hash);
    result = account_execute(
        request, SESSION_ADD, fb_text(hash), fb_int(beginning.strength),
        fb_int(begin->remember), fb_int(begin->is_confirmed),
        fb_int(beginning.seconds), fb_text(fb_address(request)),
        fb_text(account_agent(request)), fb_int(begin->account));
    if (result == FB_OK && fb_changed_rows(request) == 0) {
        result = FB_FORBIDDEN;
    }
    if (result == FB_OK) {
        result = account_event_add(request, begin->account, beginning.event);
    }
    if (result == FB_OK) {
        set_cookie(request, token, beginning.cookie_seconds);
    }
    return result;
}

struct logging_in {
    int64_t account;
    bool remember;
};

static enum fb_result log_in(struct fb_request *request, void *context)
{
    const struct logging_in *who = context;

    return account_session_begin(
        request, &(struct account_begin){.account = who->account,
                                         .remember = who->remember,
                                         .strength = FB_BY_PASSWORD});
}

enum fb_result fb_log_in_account(struct fb_request *request, int64_t account,
                                 bool remember)
{
    struct logging_in who = {.account = account, .remember = remember};

    return database_transaction(request, log_in, &who);
}

struct rotating {
    const char *old_hash;
    const char *new_hash;
    bool is_confirmed;
    enum fb_strength strength;
};

static enum fb_result rotate(struct fb_request *request, void *context)
{
    const struct rotating *rotating = context;

    return account_execute(request, SESSION_ROTATE, fb_text(rotating->new_hash),
                           fb_int(rotating->strength),
                           fb_int(rotating->is_confirmed),
                           fb_text(rotating->old_hash));
}

enum fb_result account_session_rotate(struct fb_request *request,
                                      bool is_confirmed,
                                      enum fb_strength strength)
{
    const struct fb_accounts rules = account_rules(request);
    struct account_state *state = account_state(request);
    char *token = fb_alloc(request, ACCOUNT_TOKEN_TEXT);
    char hash[ACCOUNT_TOKEN_TEXT];
    struct rotating rotating = {.old_hash = state->token,
                                .new_hash = hash,
                                .is_confirmed = is_confirmed,
                                .strength = strength};
    enum fb_result result;

    account_token_new(token, hash);
    result = database_transaction(request, rotate, &rotating);
    if (result == FB_OK) {
        set_cookie(request, token,
                   state->is_remembered ? (int64_t)rules.remembered_seconds
                                        : 0);
    }
    return result;
}

/* --------------------------------------------------------------- they end */

static enum fb_result log_out(struct fb_request *request, void *context)
{
    const int64_t *account = context;
    enum fb_result result = end_present(request);

    return result == FB_OK && *account != 0
               ? account_event_add(request, *account, "log_out")
               : result;
}

enum fb_result fb_log_out(struct fb_request *request)
{
    const struct fb_account *account = fb_account(request);
    enum fb_result result = fb_account_result(request);
    int64_t id = account != NULL ? account->id : 0;

    if (result == FB_OK) {
        result = database_transaction(request, log_out, &id);
    }
    if (result == FB_OK) {
        set_cookie(request, NULL, 0);
    }
    return result;
}

enum fb_result account_sessions_end(struct fb_request *request, int64_t account)
{
    const struct fb_account *present = fb_account(request);
    int64_t kept =
        present != NULL && present->id == account ? present->session : 0;

    return account_execute(request, SESSION_REVOKE_OTHERS, fb_int(account),
                           fb_int(kept));
}

struct revoking {
    int64_t account;
    int64_t number; /* 0: all but the present one */
};

static enum fb_result revoke(struct fb_request *request, void *context)
{
    const struct revoking *revoking = context;
    enum fb_result result;

    result = revoking->number == 0
                 ? account_sessions_end(request, revoking->account)
                 : account_execute(request, SESSION_REVOKE,
                                   fb_int(revoking->account),
                                   fb_int(revoking->number));
    if (result == FB_OK && revoking->number != 0 &&
        fb_changed_rows(request) == 0) {
        return FB_NOT_FOUND;
    }
    return result == FB_OK
               ? account_event_add(request, revoking->account, "sessions_ended")
               : result;
}

static enum fb_result revoke_number(struct fb_request *request, int64_t number)
{
    enum fb_result result = fb_account_result(request);
    struct revoking revoking = {.number = number};

    if (result != FB_OK) {
        return result;
    }
    if (fb_account(request) == NULL) {
        return FB_LOG_IN_FIRST;
    }
    revoking.account = fb_account(request)->id;
    return database_transaction(request, revoke, &revoking);
}

enum fb_result fb_revoke_session(struct fb_request *request, int64_t number)
{
    return number > 0 ? revoke_number(request, number) : FB_NOT_FOUND;
}

enum fb_result fb_revoke_other_sessions(struct fb_request *request)
{
    return revoke_number(request, 0);
}

/* --------------------------------------------------------------- the list */

enum fb_result fb_sessions(struct fb_request *request,
                           const struct fb_session **sessions, size_t *count)
{
    const struct fb_accounts rules = account_rules(request);
    const struct fb_account *account = fb_account(request);
    const struct session_row *rows;
    struct fb_session *list;
    enum fb_result result = fb_account_result(request);
    size_t i;

    *sessions = NULL;
    *count = 0;
    if (result != FB_OK || account == NULL) {
        return result != FB_OK ? result : FB_LOG_IN_FIRST;
    }
    result = account_list(
        request, SESSION_LIST, &rows, count, fb_int(account->id),
        fb_int(rules.remembered_idle_seconds), fb_int(rules.idle_seconds));
    if (result != FB_OK) {
        return result;
    }
    list = fb_alloc(request, (*count + 1) * sizeof(*list));
    for (i = 0; i < *count; i++) {
        list[i] =
            (struct fb_session){.number = rows[i].number,
                                .created = rows[i].created,
                                .seen = rows[i].seen,
                                .address = rows[i].address,
                                .agent = rows[i].agent,
                                .is_remembered = rows[i].remembered != 0,
                                .is_this = rows[i].number == account->session};
    }
    *sessions = list;
    return FB_OK;
}
