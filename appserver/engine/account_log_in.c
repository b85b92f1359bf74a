/*
 * A password is typed. Guessing is counted before the password is looked at,
 * so that a hundred guesses at once are a hundred; what was right is given
 * back. Three counts:
 *
 * - of the account, for all strange browsers together: a thousand machines
 *   guess no faster than one;
 * - of the address, for all accounts together: one machine does not try the
 *   commonest password of each;
 * - of a browser that has logged in to this account before, alone. It has a
 *   cookie that says so, with a keyed hash. So nobody who guesses from elsewhere
 *   locks the owner out of his own browser; and whoever has stolen that cookie
 *   can only guess, as slowly as all others.
 *
 * An address without an account is counted, hashed and written down just the
 * same, so that neither the answer nor its time tells whether there is one.
 */

#include "account.h"

#include <foobar/cookie.h>
#include <foobar/database.h>
#include <foobar/form.h>

#include <inttypes.h>
#include <sodium.h>
#include <string.h>

#include "csrf.h"
#include "database.h"
#include "limit.h"
#include "request.h"
#include "words.h"

#define DEVICE_COOKIE "device"
#define DEVICE_SECONDS ((int64_t)365 * 24 * 3600)
#define NONCE_BYTES ((size_t)16)
#define MAC_BYTES ((size_t)32)
#define DEVICE_BYTES (NONCE_BYTES + MAC_BYTES)
#define BASE64 sodium_base64_VARIANT_URLSAFE_NO_PADDING
#define DEVICE_TEXT ((size_t)sodium_base64_ENCODED_LEN(DEVICE_BYTES, BASE64))
#define ADDRESS_TIMES 5 /* so many times the guesses of one account */

/* -------------------------------------------------- a browser that is known */

/* The NUL keeps it apart from all that csrf.c hashes with the same key. */
static void device_mac(const struct fb_request *request, int64_t account,
                       enum fb_strength strength, const unsigned char *nonce,
                       unsigned char *mac)
{
    static const char purpose[] = "foobar: a known browser";
    const unsigned char shown = (unsigned char)strength;
    crypto_generichash_state state;

    crypto_generichash_init(&state, request->csrf->key,
                            sizeof(request->csrf->key), MAC_BYTES);
    crypto_generichash_update(&state, (const unsigned char *)purpose,
                              sizeof(purpose));
    crypto_generichash_update(&state, (const unsigned char *)&account,
                              sizeof(account));
    crypto_generichash_update(&state, &shown, sizeof(shown));
    crypto_generichash_update(&state, nonce, NONCE_BYTES);
    crypto_generichash_final(&state, mac, MAC_BYTES);
}

/* Without the secret no browser is known. */
static bool has_secret(const struct fb_request *request)
{
    return request->csrf != NULL && request->csrf->is_set;
}

static bool is_mac_of(const struct fb_request *request, int64_t account,
                      enum fb_strength strength,
                      const unsigned char bytes[DEVICE_BYTES])
{
    unsigned char mac[MAC_BYTES];

    device_mac(request, account, strength, bytes, mac);
    return sodium_memcmp(mac, bytes + NONCE_BYTES, MAC_BYTES) == 0;
}

const char *account_known_device(struct fb_request *request, int64_t account,
                                 enum fb_strength least)
{
    const char *text = fb_cookie(request, DEVICE_COOKIE);
    unsigned char bytes[DEVICE_BYTES];
    const char *end = NULL;
    size_t length = 0;

    if (!has_secret(request) || text == NULL ||
        strlen(text) != DEVICE_TEXT - 1 ||
        sodium_base642bin(bytes, sizeof(bytes), text, DEVICE_TEXT - 1, NULL,
                          &length, &end, BASE64) != 0 ||
        length != sizeof(bytes)) {
        return NULL;
    }
    return is_mac_of(request, account, FB_BY_SECOND_FACTOR, bytes) ||
                   (least < FB_BY_SECOND_FACTOR &&
                    is_mac_of(request, account, FB_BY_PASSWORD, bytes))
               ? text
               : NULL;
}

void account_remember_device(struct fb_request *request, int64_t account,
                             enum fb_strength strength)
{
    unsigned char bytes[DEVICE_BYTES];
    char text[DEVICE_TEXT];

    if (!has_secret(request) ||
        account_known_device(request, account, strength) != NULL) {
        return;
    }
    account_state(request)->browser_is_new =
        account_known_device(request, account, FB_BY_PASSWORD) == NULL;
    randombytes_buf(bytes, NONCE_BYTES);
    device_mac(request, account, strength, bytes, bytes + NONCE_BYTES);
    sodium_bin2base64(text, sizeof(text), bytes, sizeof(bytes), BASE64);
    fb_set_cookie(request, &(struct fb_cookie){.name = DEVICE_COOKIE,
                                               .value = text,
                                               .seconds = DEVICE_SECONDS});
}

/* ------------------------------------------------------------- a guess */

struct guess {
    struct limit limits[2];
    size_t count;
};

static struct guess guess_for(struct fb_request *request, const char *email_key,
                              int64_t account)
{
    const struct fb_accounts rules = account_rules(request);
    const char *device = account_known_device(request, account, FB_BY_PASSWORD);
    struct guess guess = {.limits = {{.name = "guess_account",
                                      .key = email_key,
                                      .most = rules.guesses,
                                      .seconds = rules.guess_seconds},
                                     {.name = "guess_address",
                                      .most = rules.guesses * ADDRESS_TIMES,
                                      .seconds = rules.guess_seconds}},
                          .count = 2};

    if (device != NULL) {
        guess.limits[0].name = "guess_device";
        guess.limits[0].key = device;
        guess.count = 1;
    }
    return guess;
}

static enum fb_result take_guess(struct fb_request *request,
                                 const struct guess *guess)
{
    enum fb_result result = FB_OK;
    size_t i;

    for (i = 0; result == FB_OK && i < guess->count; i++) {
        result = limit_take(request, &guess->limits[i]);
    }
    if (result == FB_TOO_MANY) {
        request->refusal = words_translate(
            request, WORDS("There were too many wrong passwords. Wait some "
                           "minutes, and try again."));
    }
    return result;
}

static void give_guess_back(struct fb_request *request,
                            const struct guess *guess)
{
    size_t i;

    for (i = 0; i < guess->count; i++) {
        limit_give_back(request, &guess->limits[i]);
    }
}

/* ------------------------------------------------------------- logging in */

struct attempt {
    const struct fb_credentials *credentials;
    const struct found_account_row *found; /* NULL: there is none */
    const char *key;                       /* of the address, or what it was */
    const char *new_hash;                  /* the old one was made with less */
    const char *event;
};

static enum fb_result look_up(struct fb_request *request,
                              struct attempt *attempt)
{
    const char *email = attempt->credentials->email;
    enum fb_result result;

    attempt->key = account_email_key(request, email);
    if (attempt->key == NULL) {
        attempt->key = email;
    }
    result = account_select(request, ACCOUNT_BY_EMAIL, &attempt->found,
                            fb_text(attempt->key));
    return result == FB_NOT_FOUND ? FB_OK : result;
}

static enum fb_result write_event(struct fb_request *request, void *context)
{
    const struct attempt *attempt = context;

    return account_event_add(request,
                             attempt->found != NULL ? attempt->found->id : 0,
                             attempt->event);
}

static enum fb_result refuse(struct fb_request *request,
                             struct attempt *attempt, const char *event,
                             enum fb_account_problem problem)
{
    enum fb_result result;

    attempt->event = event;
    result = database_transaction(request, write_event, attempt);
    return result == FB_OK
               ? account_refuse(request, problem, attempt->credentials->form,
                                FB_WHOLE_FORM)
               : result;
}

static enum fb_result begin_session(struct fb_request *request, void *context)
{
    const struct attempt *attempt = context;
    enum fb_result result = FB_OK;

    if (attempt->new_hash != NULL) {
        result = account_execute(request, ACCOUNT_SET_PASSWORD,
                                 fb_text(attempt->new_hash),
                                 fb_int(attempt->found->id));
    }
    return result != FB_OK
               ? result
               : account_session_begin(
                     request, &(struct account_begin){
                                  .account = attempt->found->id,
                                  .remember = attempt->credentials->remember,
                                  .is_confirmed = true,
                                  .strength = FB_BY_PASSWORD});
}

static enum fb_result let_in(struct fb_request *request,
                             struct attempt *attempt)
{
    enum fb_result result = FB_OK;

    if (account_password_is_old(request, attempt->found->password)) {
        attempt->new_hash = account_password_hash(
            request, attempt->credentials->password, &result);
    }
    if (result == FB_OK) {
        result = database_transaction(request, begin_session, attempt);
    }
    if (result == FB_OK && !fb_second_step_is_wanted(request)) {
        account_remember_device(request, attempt->found->id, FB_BY_PASSWORD);
    }
    return result;
}

void account_refuse_in_transaction(struct fb_request *request, const char *call)
{
    if (request->database != NULL &&
        database_in_transaction(request->database)) {
        request_fail(request,
                     "%s inside of a transaction, whose end could undo what it "
                     "counts",
                     call);
    }
}

enum fb_result fb_log_in(struct fb_request *request,
                         const struct fb_credentials *credentials)
{
    struct attempt attempt = {.credentials = credentials};
    struct guess guess;
    bool is_right;
    enum fb_result result;

    (void)account_state(request);
    account_refuse_in_transaction(request, "fb_log_in()");
    result = look_up(request, &attempt);
    if (result != FB_OK) {
        return result;
    }
    guess = guess_for(request, attempt.key,
                      attempt.found != NULL ? attempt.found->id : 0);
    result = take_guess(request, &guess);
    if (result == FB_OK) {
        result = account_password_verify(
            request, attempt.found != NULL ? attempt.found->password : NULL,
            credentials->password, &is_right);
    }
    if (result != FB_OK) {
        return result;
    }
    if (!is_right || attempt.found == NULL ||
        (account_rules(request).verified_first &&
         attempt.found->is_verified == 0)) {
        return refuse(request, &attempt, "log_in_failed", FB_ACCOUNT_WRONG);
    }
    give_guess_back(request, &guess);
    return attempt.found->is_suspended != 0
               ? refuse(request, &attempt, "log_in_suspended",
                        FB_ACCOUNT_SUSPENDED)
               : let_in(request, &attempt);
}

bool fb_is_new_browser(const struct fb_request *request)
{
    return request->account != NULL && request->account->browser_is_new;
}

/* --------------------------------------------------------- the same again */

static enum fb_result verify_own(struct fb_request *request,
                                 const char *password, bool *is_right)
{
    const struct fb_account *account = fb_account(request);
    const struct found_account_row *found;
    struct guess guess;
    enum fb_result result;

    *is_right = false;
    result =
        account_select(request, ACCOUNT_BY_ID, &found, fb_int(account->id));
    if (result != FB_OK) {
        return result;
    }
    guess = guess_for(request, found->email_key, found->id);
    result = take_guess(request, &guess);
    if (result == FB_OK) {
        result = account_password_verify(request, found->password, password,
                                         is_right);
    }
    if (*is_right) {
        give_guess_back(request, &guess);
    }
    return result;
}

static enum fb_result write_wrong(struct fb_request *request, void *context)
{
    const struct fb_account *account = context;

    return account_event_add(request, account->id, "confirm_failed");
}

enum fb_result fb_confirm_password(struct fb_request *request,
                                   const char *password, struct fb_form *form,
                                   unsigned field)
{
    struct fb_account account;
    enum fb_result result = fb_account_result(request);
    bool is_right;

    account_refuse_in_transaction(request, "fb_confirm_password()");
    if (result != FB_OK) {
        return result;
    }
    if (fb_account(request) == NULL) {
        return FB_LOG_IN_FIRST;
    }
    result = verify_own(request, password, &is_right);
    if (result != FB_OK) {
        return result;
    }
    if (is_right) {
        return account_session_rotate(request, true,
                                      fb_account(request)->strength);
    }
    account = *fb_account(request);
    result = database_transaction(request, write_wrong, &account);
    return result == FB_OK
               ? account_refuse(request, FB_PASSWORD_WRONG, form, field)
               : result;
}
