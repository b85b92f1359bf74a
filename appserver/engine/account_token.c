/*
 * Tokens: 256 random bits as base64url. What is sent and what is stored are
 * two things: the database has the hash, which opens nothing. A hash without a
 * key will do, because nobody guesses 256 bits.
 */

#include "account.h"

#include <foobar/database.h>

#include <sodium.h>
#include <string.h>

#include "database.h"
#include "request.h"
#include "rows.h"

#define TOKEN_BYTES ((size_t)32)
#define BASE64 sodium_base64_VARIANT_URLSAFE_NO_PADDING
#define DETAIL_MOST 500

_Static_assert(
    sodium_base64_ENCODED_LEN(TOKEN_BYTES, BASE64) == ACCOUNT_TOKEN_TEXT,
    "a token has the length that tables and callers take it to have");

static void hash_bytes(const unsigned char *bytes, char *hash)
{
    unsigned char digest[TOKEN_BYTES];

    crypto_generichash(digest, sizeof(digest), bytes, TOKEN_BYTES, NULL, 0);
    sodium_bin2base64(hash, ACCOUNT_TOKEN_TEXT, digest, sizeof(digest), BASE64);
}

void account_token_new(char token[ACCOUNT_TOKEN_TEXT],
                       char hash[ACCOUNT_TOKEN_TEXT])
{
    unsigned char bytes[TOKEN_BYTES];

    randombytes_buf(bytes, sizeof(bytes));
    sodium_bin2base64(token, ACCOUNT_TOKEN_TEXT, bytes, sizeof(bytes), BASE64);
    hash_bytes(bytes, hash);
    sodium_memzero(bytes, sizeof(bytes));
}

bool account_token_hash(const char *token, char hash[ACCOUNT_TOKEN_TEXT])
{
    unsigned char bytes[TOKEN_BYTES];
    const char *end = NULL;
    size_t length = 0;

    if (strnlen(token, ACCOUNT_TOKEN_TEXT) != ACCOUNT_TOKEN_TEXT - 1 ||
        sodium_base642bin(bytes, sizeof(bytes), token, ACCOUNT_TOKEN_TEXT - 1,
                          NULL, &length, &end, BASE64) != 0 ||
        length != sizeof(bytes) || *end != '\0') {
        return false;
    }
    hash_bytes(bytes, hash);
    return true;
}

/* --------------------------------------------------------- links in mails */

static void check_purpose(struct fb_request *request, const char *purpose)
{
    if (purpose == NULL || !rows_is_name(purpose, strlen(purpose))) {
        request_fail(request, "the purpose of a token is made of a-z, 0-9 and "
                              "_, 64 at most");
    }
}

struct making {
    const char *purpose;
    int64_t account;
    unsigned seconds;
    const char *detail;
    const char *hash;
};

static enum fb_result make(struct fb_request *request, void *context)
{
    const struct making *making = context;
    enum fb_result result =
        account_execute(request, TOKEN_ADD, fb_text(making->hash),
                        fb_text(making->purpose), fb_text(making->detail),
                        fb_int(making->seconds), fb_int(making->account));

    return result == FB_OK && fb_changed_rows(request) == 0 ? FB_NOT_FOUND
                                                            : result;
}

enum fb_result fb_token_make(struct fb_request *request, const char *purpose,
                             int64_t account, unsigned seconds,
                             const char *detail, const char **token)
{
    char *text = fb_alloc(request, ACCOUNT_TOKEN_TEXT);
    char hash[ACCOUNT_TOKEN_TEXT];
    struct making making = {.purpose = purpose,
                            .account = account,
                            .seconds = seconds,
                            .detail = detail != NULL ? detail : "",
                            .hash = hash};
    enum fb_result result;

    *token = NULL;
    check_purpose(request, purpose);
    if (strlen(making.detail) > DETAIL_MOST) {
        request_fail(request, "the detail of a token has %d bytes at most",
                     DETAIL_MOST);
    }
    account_token_new(text, hash);
    result = database_transaction(request, make, &making);
    if (result == FB_OK) {
        *token = text;
    }
    return result;
}

static enum fb_result give(enum fb_result result, const struct token_row *row,
                           struct fb_token *found)
{
    if (result == FB_OK) {
        *found =
            (struct fb_token){.account = row->account, .detail = row->detail};
    }
    return result;
}

enum fb_result fb_token_look(struct fb_request *request, const char *purpose,
                             const char *token, struct fb_token *found)
{
    char hash[ACCOUNT_TOKEN_TEXT];
    const struct token_row *row = NULL;
    enum fb_result result;

    check_purpose(request, purpose);
    *found = (struct fb_token){.detail = ""};
    if (token == NULL || !account_token_hash(token, hash)) {
        return FB_NOT_FOUND;
    }
    result = account_select(request, TOKEN_LOOK, &row, fb_text(hash),
                            fb_text(purpose));
    return give(result, row, found);
}

struct taking {
    const char *purpose;
    const char *hash;
    struct fb_token *found;
};

/* Of two at the same time the second waits for the lock, and finds nothing. */
static enum fb_result take(struct fb_request *request, void *context)
{
    const struct taking *taking = context;
    const struct token_row *row = NULL;
    enum fb_result result =
        account_select(request, TOKEN_TAKE, &row, fb_text(taking->hash),
                       fb_text(taking->purpose));

    if (result == FB_OK) {
        result = account_execute(request, TOKEN_END, fb_text(taking->hash));
    }
    return give(result, row, taking->found);
}

enum fb_result fb_token_use(struct fb_request *request, const char *purpose,
                            const char *token, struct fb_token *found)
{
    char hash[ACCOUNT_TOKEN_TEXT];
    struct taking taking = {.purpose = purpose, .hash = hash, .found = found};

    check_purpose(request, purpose);
    *found = (struct fb_token){.detail = ""};
    if (token == NULL || !account_token_hash(token, hash)) {
        return FB_NOT_FOUND;
    }
    return database_transaction(request, take, &taking);
}
