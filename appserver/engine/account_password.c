/*
 * Passwords: argon2id by libsodium, in one of the slots for expensive work, so
 * that a storm of log-ins neither takes all processors nor all memory. What is
 * stored says by itself with how much effort it was made; when the rules ask
 * for more, the next log-in makes it anew.
 *
 * A password is bytes as they were typed. Nothing is cut off: one that is too
 * long is refused.
 */

#include "account.h"

#include <sodium.h>
#include <string.h>

#include "characters.h"
#include "request.h"

#define MIB ((size_t)1024 * 1024)
#define KEY_BYTES 32

struct hashing {
    const char *password;
    const char *hash; /* NULL: of nobody */
    unsigned long long passes;
    size_t memory;
    bool is_done;
    char made[crypto_pwhash_STRBYTES];
};

static struct hashing begin(const struct fb_request *request,
                            const char *password)
{
    const struct fb_accounts rules = account_rules(request);

    return (struct hashing){.password = password,
                            .passes = rules.hash_passes,
                            .memory = rules.hash_mib * MIB};
}

static void make(void *context)
{
    struct hashing *hashing = context;

    hashing->is_done = crypto_pwhash_str_alg(hashing->made, hashing->password,
                                             strlen(hashing->password),
                                             hashing->passes, hashing->memory,
                                             crypto_pwhash_ALG_ARGON2ID13) == 0;
}

const char *account_password_hash(struct fb_request *request,
                                  const char *password, enum fb_result *result)
{
    struct hashing hashing = begin(request, password);

    *result = fb_expensive(request, make, &hashing);
    if (*result != FB_OK) {
        return NULL;
    }
    if (!hashing.is_done) {
        request_fail(request,
                     "a password could not be hashed: there were no "
                     "%zu bytes of memory",
                     hashing.memory);
    }
    return request_strndup(request, hashing.made, strlen(hashing.made));
}

/* The work of a comparison that nothing can come of. */
static void make_in_vain(struct hashing *hashing)
{
    static const unsigned char salt[crypto_pwhash_SALTBYTES];
    unsigned char key[KEY_BYTES];

    if (crypto_pwhash(key, sizeof(key), hashing->password,
                      strlen(hashing->password), salt, hashing->passes,
                      hashing->memory, crypto_pwhash_ALG_ARGON2ID13) != 0) {
        hashing->is_done = false;
    }
}

static void compare(void *context)
{
    struct hashing *hashing = context;

    if (hashing->hash == NULL) {
        make_in_vain(hashing);
        return;
    }
    hashing->is_done =
        crypto_pwhash_str_verify(hashing->hash, hashing->password,
                                 strlen(hashing->password)) == 0;
}

enum fb_result account_password_verify(struct fb_request *request,
                                       const char *hash, const char *password,
                                       bool *is_right)
{
    struct hashing hashing = begin(request, password);
    enum fb_result result;

    *is_right = false;
    /* Whatever its length: nobody has a longer one. */
    if (strlen(password) > FB_PASSWORD_MOST) {
        hashing.password = "";
        hash = NULL;
    }
    if (hash != NULL &&
        strncmp(hash, crypto_pwhash_argon2id_STRPREFIX,
                strlen(crypto_pwhash_argon2id_STRPREFIX)) == 0) {
        hashing.hash = hash;
    }
    result = fb_expensive(request, compare, &hashing);
    *is_right = result == FB_OK && hashing.is_done;
    return result;
}

bool account_password_is_old(const struct fb_request *request, const char *hash)
{
    const struct hashing now = begin(request, "");

    return crypto_pwhash_str_needs_rehash(hash, now.passes, now.memory) != 0;
}

/* --------------------------------------------- which can be nobody's */

/* Whether the password is little more than a word that everybody knows here. */
static bool is_about(const char *password, const char *word, size_t length)
{
    size_t at;

    if (length < 3 || strlen(password) > length + 4) {
        return false;
    }
    for (at = 0; password[at] != '\0'; at++) {
        if (strncasecmp(password + at, word, length) == 0) {
            return true;
        }
    }
    return false;
}

static bool is_about_one(const char *password, const char *words)
{
    while (words != NULL && *words != '\0') {
        size_t length = strcspn(words, ",");

        if (is_about(password, words, length)) {
            return true;
        }
        words += length + (words[length] == ',');
    }
    return false;
}

enum fb_account_problem account_password_check(const struct fb_accounts *rules,
                                               const char *password,
                                               const char *email)
{
    if (strlen(password) > FB_PASSWORD_MOST) {
        return FB_PASSWORD_LONG;
    }
    if (characters_count(password) < FB_PASSWORD_LEAST) {
        return FB_PASSWORD_SHORT;
    }
    if (account_password_is_common(password) ||
        is_about(password, email, strlen(email)) ||
        is_about(password, email, strcspn(email, "@")) ||
        is_about_one(password, rules->refused_passwords)) {
        return FB_PASSWORD_COMMON;
    }
    return FB_ACCOUNT_FINE;
}
