/*
 * The second factor of an account: how it comes to be, how it is asked for, and
 * how it goes. factor.h has what needs no database.
 *
 *     the password is right      a session of strength 0, for ten minutes
 *     + a code, or a recovery    that one ends and a new one begins, of
 *       code                     strength 2: nothing is carried over but who
 *                                it is and whether it stays
 *
 * The password may be reset, and the session of strength 0 be stolen: neither
 * opens anything. One session of strength 0 becomes one of strength 2: it is
 * ended in the same transaction, and whoever finds it ended is sent back.
 *
 * A code is good once: its span of 30 seconds is noted by an UPDATE that asks
 * for an earlier one, so that of two hosts that take the same code at the same
 * time one is refused. The clock is the database's: one for all hosts.
 *
 * Guesses. Three codes of a million are good at a time. Wrong ones are counted
 * as passwords are, and beside that over a day, because fifteen minutes are over
 * soon: three times as many in a day as in one of those spans. That is one
 * chance in a hundred within a year, for who knows the password already. A
 * browser that has shown both before has counts of its own.
 */

#include "account.h"

#include <foobar/database.h>
#include <foobar/form.h>

#include <inttypes.h>
#include <sodium.h>
#include <string.h>

#include "database.h"
#include "factor.h"
#include "limit.h"
#include "log.h"
#include "qr.h"
#include "request.h"
#include "words.h"

#define DAY_TIMES 3
#define DAY_SECONDS (24U * 3600)

/* ------------------------------------------------------------- asking */

enum fb_result account_factor_is_on(struct fb_request *request, int64_t account,
                                    bool *is_on)
{
    const struct factor_lock_row *row;
    enum fb_result result =
        account_select(request, FACTOR_LOCK, &row, fb_int(account));

    *is_on = result == FB_OK && row->is_on != 0;
    return result == FB_NOT_FOUND ? FB_OK : result;
}

/* Of who has nothing it is a row of nothing. */
static enum fb_result look(struct fb_request *request, int64_t account,
                           const struct factor_row **row)
{
    static const struct factor_row nothing = {
        .secret = "", .since = "", .pending = ""};
    enum fb_result result =
        account_select(request, FACTOR_LOOK, row, fb_int(account));

    if (result == FB_NOT_FOUND) {
        *row = &nothing;
        return FB_OK;
    }
    return result;
}

static const struct csrf *key_of(struct fb_request *request)
{
    if (request->csrf == NULL || !request->csrf->is_set) {
        request_fail(request, "a second factor needs the setting secret-file, "
                              "with which its secret is encrypted");
    }
    return request->csrf;
}

static enum fb_result open_secret(struct fb_request *request, int64_t account,
                                  const char *sealed,
                                  unsigned char secret[FACTOR_SECRET_BYTES])
{
    if (factor_open(key_of(request), account, sealed, secret)) {
        return FB_OK;
    }
    log_request(LOG_ERROR, request,
                "the second factor of account %" PRId64 " cannot be read: "
                "secret-file is not the one with which it was made; put that "
                "back, or: foobarctl user second-factor off EMAIL (recovery "
                "codes go on to work)",
                account);
    return FB_FAILED;
}

/* ------------------------------------------------------------- guesses */

struct guesses {
    struct limit limits[2];
};

static struct guesses guesses_for(struct fb_request *request, int64_t account)
{
    const struct fb_accounts rules = account_rules(request);
    const char *device =
        account_known_device(request, account, FB_BY_SECOND_FACTOR);
    const char *key =
        device != NULL ? device : fb_printf(request, "%" PRId64, account);

    return (struct guesses){.limits = {{.name = "guess_code",
                                        .key = key,
                                        .most = rules.guesses,
                                        .seconds = rules.guess_seconds},
                                       {.name = "guess_code_day",
                                        .key = key,
                                        .most = rules.guesses * DAY_TIMES,
                                        .seconds = DAY_SECONDS}}};
}

static enum fb_result take_guess(struct fb_request *request,
                                 const struct guesses *guesses)
{
    enum fb_result result = limit_take(request, &guesses->limits[0]);

    if (result == FB_OK) {
        result = limit_take(request, &guesses->limits[1]);
    }
    if (result == FB_TOO_MANY) {
        request->refusal = words_translate(
            request, WORDS("There were too many wrong codes. Wait, and try "
                           "again later."));
    }
    return result;
}

static void give_guess_back(struct fb_request *request,
                            const struct guesses *guesses)
{
    limit_give_back(request, &guesses->limits[0]);
    limit_give_back(request, &guesses->limits[1]);
}

static enum fb_result write_wrong(struct fb_request *request, void *context)
{
    const int64_t *account = context;

    return account_event_add(request, *account, "second_factor_failed");
}

static enum fb_result refuse(struct fb_request *request, int64_t account,
                             struct fb_form *form, unsigned field)
{
    enum fb_result result =
        database_transaction(request, write_wrong, &account);

    return result == FB_OK ? account_refuse(request, FB_CODE_WRONG, form, field)
                           : result;
}

/* ---------------------------------------------------------- the second step */

/* Each of these three is FB_INVALID if the code is none, or is used up. */
static enum fb_result use_app_code(struct fb_request *request, int64_t account,
                                   const char *code)
{
    unsigned char secret[FACTOR_SECRET_BYTES];
    const struct factor_row *row;
    enum fb_result result = look(request, account, &row);
    int64_t step;

    if (result != FB_OK || row->secret[0] == '\0') {
        return result != FB_OK ? result : FB_INVALID;
    }
    result = open_secret(request, account, row->secret, secret);
    if (result == FB_OK) {
        step = factor_step_of(secret, code, row->now_step, row->last_step);
        result = step != 0 ? account_execute(request, FACTOR_STEP, fb_int(step),
                                             fb_int(account),
                                             fb_text(row->secret), fb_int(step))
                           : FB_INVALID;
    }
    sodium_memzero(secret, sizeof(secret));
    return result == FB_OK && fb_changed_rows(request) == 0 ? FB_INVALID
                                                            : result;
}

static enum fb_result use_recovery_code(struct fb_request *request,
                                        int64_t account, const char *code)
{
    char hash[FACTOR_HASH_TEXT];
    enum fb_result result;

    factor_hash_recovery_code(code, hash);
    result =
        account_execute(request, RECOVERY_TAKE, fb_int(account), fb_text(hash));
    if (result == FB_OK && fb_changed_rows(request) == 0) {
        return FB_INVALID;
    }
    return result == FB_OK
               ? account_event_add(request, account, "recovery_code_used")
               : result;
}

static enum fb_result use_code(struct fb_request *request, int64_t account,
                               const char *typed)
{
    char code[FACTOR_CODE_TEXT];

    switch (factor_read_code(typed, code)) {
    case FACTOR_APP_CODE:
        return use_app_code(request, account, code);
    case FACTOR_RECOVERY_CODE:
        return use_recovery_code(request, account, code);
    case FACTOR_NO_CODE:
        break;
    }
    return FB_INVALID;
}

struct stepping {
    const char *code;
    const char *half; /* the hash of the session that waits */
    struct account_begin begin;
};

static enum fb_result take_step(struct fb_request *request, void *context)
{
    const struct stepping *stepping = context;
    enum fb_result result =
        account_execute(request, SESSION_END, fb_text(stepping->half));

    if (result == FB_OK && fb_changed_rows(request) == 0) {
        return FB_LOG_IN_FIRST;
    }
    if (result == FB_OK) {
        result = use_code(request, stepping->begin.account, stepping->code);
    }
    return result == FB_OK ? account_session_begin(request, &stepping->begin)
                           : result;
}

enum fb_result fb_second_step(struct fb_request *request, const char *code,
                              struct fb_form *form, unsigned field)
{
    const struct account_state *state = account_state(request);
    enum fb_result result = fb_account_result(request);
    struct stepping stepping = {.code = code};
    struct guesses guesses;

    account_refuse_in_transaction(request, "fb_second_step()");
    if (result != FB_OK || !fb_second_step_is_wanted(request)) {
        return result != FB_OK ? result : FB_LOG_IN_FIRST;
    }
    stepping.half =
        request_strndup(request, state->token, strlen(state->token));
    stepping.begin =
        (struct account_begin){.account = state->waiting->id,
                               .remember = state->is_remembered,
                               .is_confirmed = state->confirmed_ago >= 0,
                               .strength = FB_BY_SECOND_FACTOR};
    guesses = guesses_for(request, stepping.begin.account);
    result = take_guess(request, &guesses);
    if (result == FB_OK) {
        result = database_transaction(request, take_step, &stepping);
    }
    if (result == FB_INVALID) {
        return refuse(request, stepping.begin.account, form, field);
    }
    if (result == FB_OK) {
        give_guess_back(request, &guesses);
        account_remember_device(request, stepping.begin.account,
                                FB_BY_SECOND_FACTOR);
    }
    return result;
}

/* ------------------------------------------------------------ enrolment */

static enum fb_result must_be_here(struct fb_request *request)
{
    enum fb_result result = fb_account_result(request);

    return result == FB_OK && fb_account(request) == NULL ? FB_LOG_IN_FIRST
                                                          : result;
}

static enum fb_result must_be_confirmed(struct fb_request *request)
{
    enum fb_result result = must_be_here(request);

    if (result == FB_OK && !fb_recently_confirmed(request)) {
        request->refusal = words_translate(
            request, WORDS("Type your password again before you change this."));
        return FB_FORBIDDEN;
    }
    return result;
}

enum fb_result fb_second_factor(struct fb_request *request,
                                struct fb_second_factor *factor)
{
    const struct factor_row *row;
    enum fb_result result = must_be_here(request);

    *factor = (struct fb_second_factor){.since = ""};
    if (result == FB_OK) {
        result = look(request, fb_account(request)->id, &row);
    }
    if (result == FB_OK) {
        *factor =
            (struct fb_second_factor){.is_on = row->secret[0] != '\0',
                                      .is_pending = row->pending[0] != '\0',
                                      .since = row->since,
                                      .recovery_codes = row->codes};
    }
    return result;
}

struct changing {
    int64_t account;
    const char *sealed;
    int64_t step;
    char hashes[FB_RECOVERY_CODES][FACTOR_HASH_TEXT];
};

static enum fb_result begin(struct fb_request *request, void *context)
{
    const struct changing *changing = context;

    return account_execute(request, FACTOR_BEGIN, fb_text(changing->sealed),
                           fb_int(changing->account));
}

enum fb_result fb_second_factor_begin(struct fb_request *request)
{
    unsigned char secret[FACTOR_SECRET_BYTES];
    char sealed[FACTOR_SEALED_TEXT];
    struct changing changing = {.sealed = sealed};
    enum fb_result result = must_be_confirmed(request);

    if (result != FB_OK) {
        return result;
    }
    if (account_rules(request).second_step_path == NULL) {
        request_fail(request, "fb_second_factor_begin(): fb_app.accounts has "
                              "no .second_step_path");
    }
    changing.account = fb_account(request)->id;
    (void)key_of(request);
    randombytes_buf(secret, sizeof(secret));
    factor_seal(key_of(request), changing.account, secret, sealed);
    sodium_memzero(secret, sizeof(secret));
    return database_transaction(request, begin, &changing);
}

/* The part of a URI: whatever is not a letter or a digit is encoded. */
static const char *uri_part(struct fb_request *request, const char *text)
{
    static const char digits[] = "0123456789ABCDEF";
    char *part = fb_alloc(request, 3 * strlen(text) + 1);
    char *to = part;

    for (; *text != '\0'; text++) {
        unsigned char c = (unsigned char)*text;

        if ((c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z') ||
            c == '.') {
            *to++ = *text;
        } else {
            *to++ = '%';
            *to++ = digits[c >> 4];
            *to++ = digits[c & 15];
        }
    }
    return part;
}

static const char *without_spaces(struct fb_request *request, const char *text)
{
    char *result = fb_alloc(request, strlen(text) + 1);
    char *to = result;

    for (; *text != '\0'; text++) {
        if (*text != ' ') {
            *to++ = (char)(*text >= 'a' ? *text - 'a' + 'A' : *text);
        }
    }
    return result;
}

enum fb_result fb_enrolment(struct fb_request *request,
                            struct fb_enrolment *enrolment)
{
    unsigned char secret[FACTOR_SECRET_BYTES];
    char *text = fb_alloc(request, FACTOR_SECRET_TEXT);
    const struct fb_account *account;
    const struct factor_row *row;
    const char *site;
    enum fb_result result = must_be_confirmed(request);

    *enrolment = (struct fb_enrolment){.secret = "", .uri = ""};
    if (result != FB_OK) {
        return result;
    }
    account = fb_account(request);
    result = look(request, account->id, &row);
    if (result != FB_OK || row->pending[0] == '\0') {
        return result != FB_OK ? result : FB_NOT_FOUND;
    }
    result = open_secret(request, account->id, row->pending, secret);
    if (result != FB_OK) {
        return result;
    }
    factor_spell(secret, text);
    sodium_memzero(secret, sizeof(secret));
    site = uri_part(request, request->app->name);
    enrolment->secret = text;
    enrolment->uri = fb_printf(
        request,
        "otpauth://totp/%s:%s?secret=%s&issuer=%s&algorithm=SHA1"
        "&digits=%d&period=%d",
        site, uri_part(request, account->email), without_spaces(request, text),
        site, FACTOR_DIGITS, FACTOR_STEP_SECONDS);
    enrolment->qr = qr_html(
        request, enrolment->uri,
        words_translate(request, WORDS("QR code of the key for your app")));
    return FB_OK;
}

/* -------------------------------------------------------------- changes */

static void make_codes(struct fb_request *request, struct changing *changing,
                       struct fb_recovery_codes *codes)
{
    size_t i;

    for (i = 0; i < FB_RECOVERY_CODES; i++) {
        char *shown = fb_alloc(request, FACTOR_RECOVERY_TEXT);

        factor_new_recovery_code(shown, changing->hashes[i]);
        codes->code[i] = shown;
    }
}

static enum fb_result replace_codes(struct fb_request *request,
                                    const struct changing *changing)
{
    enum fb_result result =
        account_execute(request, RECOVERY_END_ALL, fb_int(changing->account));
    size_t i;

    for (i = 0; result == FB_OK && i < FB_RECOVERY_CODES; i++) {
        result =
            account_execute(request, RECOVERY_ADD, fb_text(changing->hashes[i]),
                            fb_int(changing->account));
    }
    return result;
}

/* All other sessions end; this one, if it is his, has now shown so much. */
static enum fb_result settle(struct fb_request *request, int64_t account,
                             enum fb_strength strength, const char *event)
{
    enum fb_result result = account_sessions_end(request, account);
    const struct fb_account *present = fb_account(request);

    if (result == FB_OK) {
        result = account_event_add(request, account, event);
    }
    return result == FB_OK && present != NULL && present->id == account
               ? account_session_rotate(request, false, strength)
               : result;
}

static enum fb_result confirm(struct fb_request *request, void *context)
{
    const struct changing *changing = context;
    enum fb_result result =
        account_execute(request, FACTOR_CONFIRM, fb_int(changing->step),
                        fb_int(changing->account), fb_text(changing->sealed));

    if (result == FB_OK && fb_changed_rows(request) == 0) {
        return FB_NOT_FOUND;
    }
    if (result == FB_OK) {
        result = replace_codes(request, changing);
    }
    return result == FB_OK ? settle(request, changing->account,
                                    FB_BY_SECOND_FACTOR, "second_factor_on")
                           : result;
}

/* FB_OK with step 0: the code is not one of the pending secret. */
static enum fb_result check_first_code(struct fb_request *request,
                                       const char *typed,
                                       struct changing *changing)
{
    unsigned char secret[FACTOR_SECRET_BYTES];
    char code[FACTOR_CODE_TEXT];
    const struct factor_row *row;
    enum fb_result result = look(request, changing->account, &row);

    if (result != FB_OK || row->pending[0] == '\0') {
        return result != FB_OK ? result : FB_NOT_FOUND;
    }
    changing->sealed = row->pending;
    if (factor_read_code(typed, code) != FACTOR_APP_CODE) {
        return FB_OK;
    }
    result = open_secret(request, changing->account, row->pending, secret);
    if (result == FB_OK) {
        changing->step = factor_step_of(secret, code, row->now_step, 0);
    }
    sodium_memzero(secret, sizeof(secret));
    return result;
}

enum fb_result fb_second_factor_confirm(struct fb_request *request,
                                        const char *code, struct fb_form *form,
                                        unsigned field,
                                        struct fb_recovery_codes *codes)
{
    struct changing *changing = fb_alloc(request, sizeof(*changing));
    struct guesses guesses;
    enum fb_result result = must_be_confirmed(request);

    account_refuse_in_transaction(request, "fb_second_factor_confirm()");
    *codes = (struct fb_recovery_codes){{NULL}};
    if (result != FB_OK) {
        return result;
    }
    changing->account = fb_account(request)->id;
    guesses = guesses_for(request, changing->account);
    result = take_guess(request, &guesses);
    if (result == FB_OK) {
        result = check_first_code(request, code, changing);
    }
    if (result == FB_OK && changing->step == 0) {
        return refuse(request, changing->account, form, field);
    }
    if (result == FB_OK || result == FB_NOT_FOUND) {
        give_guess_back(request, &guesses);
    }
    if (result == FB_OK) {
        make_codes(request, changing, codes);
        result = database_transaction(request, confirm, changing);
    }
    return result;
}

static enum fb_result renew_codes(struct fb_request *request, void *context)
{
    const struct changing *changing = context;
    bool is_on;
    enum fb_result result =
        account_factor_is_on(request, changing->account, &is_on);

    if (result == FB_OK && !is_on) {
        return FB_NOT_FOUND;
    }
    if (result == FB_OK) {
        result = replace_codes(request, changing);
    }
    return result == FB_OK ? account_event_add(request, changing->account,
                                               "recovery_codes_made")
                           : result;
}

enum fb_result fb_recovery_codes(struct fb_request *request,
                                 struct fb_recovery_codes *codes)
{
    struct changing *changing = fb_alloc(request, sizeof(*changing));
    enum fb_result result = must_be_confirmed(request);

    *codes = (struct fb_recovery_codes){{NULL}};
    if (result != FB_OK) {
        return result;
    }
    changing->account = fb_account(request)->id;
    make_codes(request, changing, codes);
    return database_transaction(request, renew_codes, changing);
}

static enum fb_result end(struct fb_request *request, void *context)
{
    const int64_t *account = context;
    enum fb_result result =
        account_execute(request, FACTOR_END, fb_int(*account));

    if (result == FB_OK && fb_changed_rows(request) == 0) {
        return FB_NOT_FOUND;
    }
    if (result == FB_OK) {
        result = account_execute(request, RECOVERY_END_ALL, fb_int(*account));
    }
    return result == FB_OK
               ? settle(request, *account, FB_BY_PASSWORD, "second_factor_off")
               : result;
}

enum fb_result fb_remove_second_factor(struct fb_request *request,
                                       int64_t account)
{
    (void)account_state(request);
    return database_transaction(request, end, &account);
}

enum fb_result fb_second_factor_off(struct fb_request *request)
{
    enum fb_result result = must_be_confirmed(request);

    return result == FB_OK
               ? fb_remove_second_factor(request, fb_account(request)->id)
               : result;
}
