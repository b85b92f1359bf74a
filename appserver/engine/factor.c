/* Secrets of second factors and their codes: see factor.h. */

#include "factor.h"

#include <ctype.h>
#include <inttypes.h>
#include <liboath/oath.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#define KEY_BYTES crypto_aead_xchacha20poly1305_ietf_KEYBYTES
#define NONCE_BYTES ((size_t)crypto_aead_xchacha20poly1305_ietf_NPUBBYTES)
#define TAG_BYTES ((size_t)crypto_aead_xchacha20poly1305_ietf_ABYTES)
#define SEALED_BYTES (NONCE_BYTES + FACTOR_SECRET_BYTES + TAG_BYTES)
#define BASE64 sodium_base64_VARIANT_URLSAFE_NO_PADDING
#define HASH_BYTES ((size_t)32)
#define RECOVERY_LENGTH (FACTOR_CODE_TEXT - 1)
#define WINDOW 1 /* steps to both sides */

_Static_assert(sodium_base64_ENCODED_LEN(SEALED_BYTES, BASE64) ==
                   FACTOR_SEALED_TEXT,
               "a sealed secret has the length that callers take it to have");
_Static_assert(sodium_base64_ENCODED_LEN(HASH_BYTES, BASE64) ==
                   FACTOR_HASH_TEXT,
               "a hash has the length that the table takes it to have");

/* ------------------------------------------------------------- at rest */

/* The NUL keeps it apart from all else that is made of the same secret. */
static void make_key(const struct csrf *csrf, unsigned char key[KEY_BYTES])
{
    static const char purpose[] = "foobar: second factors";

    crypto_generichash(key, KEY_BYTES, (const unsigned char *)purpose,
                       sizeof(purpose), csrf->key, sizeof(csrf->key));
}

struct owner {
    unsigned char text[24];
    size_t length;
};

/* As text, so that hosts of any kind read each other's. */
static struct owner owner_of(int64_t account)
{
    struct owner owner = {.length = 0};

    owner.length = (size_t)snprintf((char *)owner.text, sizeof(owner.text),
                                    "%" PRId64, account);
    return owner;
}

void factor_seal(const struct csrf *csrf, int64_t account,
                 const unsigned char secret[FACTOR_SECRET_BYTES],
                 char sealed[FACTOR_SEALED_TEXT])
{
    const struct owner owner = owner_of(account);
    unsigned char bytes[SEALED_BYTES];
    unsigned char key[KEY_BYTES];

    make_key(csrf, key);
    randombytes_buf(bytes, NONCE_BYTES);
    crypto_aead_xchacha20poly1305_ietf_encrypt(
        bytes + NONCE_BYTES, NULL, secret, FACTOR_SECRET_BYTES, owner.text,
        owner.length, NULL, bytes, key);
    sodium_bin2base64(sealed, FACTOR_SEALED_TEXT, bytes, sizeof(bytes), BASE64);
    sodium_memzero(key, sizeof(key));
}

bool factor_open(const struct csrf *csrf, int64_t account, const char *sealed,
                 unsigned char secret[FACTOR_SECRET_BYTES])
{
    const struct owner owner = owner_of(account);
    unsigned char bytes[SEALED_BYTES];
    unsigned char key[KEY_BYTES];
    size_t length = 0;
    bool is_good;

    if (sodium_base642bin(bytes, sizeof(bytes), sealed, strlen(sealed), NULL,
                          &length, NULL, BASE64) != 0 ||
        length != sizeof(bytes)) {
        return false;
    }
    make_key(csrf, key);
    is_good = crypto_aead_xchacha20poly1305_ietf_decrypt(
                  secret, NULL, NULL, bytes + NONCE_BYTES,
                  sizeof(bytes) - NONCE_BYTES, owner.text, owner.length, bytes,
                  key) == 0;
    sodium_memzero(key, sizeof(key));
    return is_good;
}

/* 160 bits are 32 characters of base32, without padding. */
void factor_spell(const unsigned char secret[FACTOR_SECRET_BYTES],
                  char text[FACTOR_SECRET_TEXT])
{
    static const char alphabet[] = "abcdefghijklmnopqrstuvwxyz234567";
    unsigned bits = 0;
    unsigned count = 0;
    size_t length = 0;
    size_t i;

    for (i = 0; i < FACTOR_SECRET_BYTES; i++) {
        bits = (bits << 8 | secret[i]) & 0xfff;
        count += 8;
        while (count >= 5) {
            count -= 5;
            if (length % 5 == 4) {
                text[length++] = ' ';
            }
            text[length++] = alphabet[bits >> count & 31];
        }
    }
    text[length] = '\0';
}

/* ------------------------------------------------------------ codes of apps */

static bool is_code_of(const unsigned char secret[FACTOR_SECRET_BYTES],
                       int64_t step, const char *code)
{
    char right[FACTOR_DIGITS + 1];

    return oath_hotp_generate((const char *)secret, FACTOR_SECRET_BYTES,
                              (uint64_t)step, FACTOR_DIGITS, false,
                              OATH_HOTP_DYNAMIC_TRUNCATION, right) == OATH_OK &&
           sodium_memcmp(right, code, sizeof(right)) == 0;
}

int64_t factor_step_of(const unsigned char secret[FACTOR_SECRET_BYTES],
                       const char *code, int64_t now, int64_t last)
{
    int64_t found = 0;
    int64_t step;

    for (step = now - WINDOW; step <= now + WINDOW; step++) {
        if (is_code_of(secret, step, code) && step > last && found == 0) {
            found = step;
        }
    }
    return found;
}

/* ---------------------------------------------------------- recovery codes */

/* 32 of them: neither i, l, o nor u, which are misread. */
static const char characters[] = "0123456789abcdefghjkmnpqrstvwxyz";

/* What somebody has read for a character of a code; NUL: it is none. */
static char meant(char typed)
{
    char c = (char)tolower((unsigned char)typed);

    switch (c) {
    case 'o':
        return '0';
    case 'i':
    case 'l':
        return '1';
    default:
        return c != '\0' && strchr(characters, c) != NULL ? c : '\0';
    }
}

enum factor_code_kind factor_read_code(const char *typed,
                                       char code[FACTOR_CODE_TEXT])
{
    size_t length = 0;

    for (; *typed != '\0'; typed++) {
        char c = meant(*typed);

        if (*typed == ' ' || *typed == '-') {
            continue;
        }
        if (c == '\0' || length == RECOVERY_LENGTH) {
            return FACTOR_NO_CODE;
        }
        code[length++] = c;
    }
    code[length] = '\0';
    if (length == FACTOR_DIGITS && strspn(code, "0123456789") == length) {
        return FACTOR_APP_CODE;
    }
    return length == RECOVERY_LENGTH ? FACTOR_RECOVERY_CODE : FACTOR_NO_CODE;
}

void factor_hash_recovery_code(const char *code, char hash[FACTOR_HASH_TEXT])
{
    unsigned char digest[HASH_BYTES];

    crypto_generichash(digest, sizeof(digest), (const unsigned char *)code,
                       RECOVERY_LENGTH, NULL, 0);
    sodium_bin2base64(hash, FACTOR_HASH_TEXT, digest, sizeof(digest), BASE64);
}

void factor_new_recovery_code(char shown[FACTOR_RECOVERY_TEXT],
                              char hash[FACTOR_HASH_TEXT])
{
    unsigned char bytes[RECOVERY_LENGTH];
    char code[FACTOR_CODE_TEXT];
    size_t length = 0;
    size_t i;

    randombytes_buf(bytes, sizeof(bytes));
    for (i = 0; i < RECOVERY_LENGTH; i++) {
        code[i] = characters[bytes[i] & 31];
        if (length % 5 == 4) {
            shown[length++] = '-';
        }
        shown[length++] = code[i];
    }
    shown[length] = '\0';
    code[i] = '\0';
    factor_hash_recovery_code(code, hash);
    sodium_memzero(code, sizeof(code));
}
