/*
 * Second factors, as far as they need no database: secrets, the codes that are
 * made of them (TOTP, RFC 6238: HMAC-SHA1, 6 digits, 30 seconds), and codes for
 * the day on which the telephone is gone.
 *
 * A secret must be read again, so it is stored encrypted: with a key that is
 * made of the server's secret-file, and together with the account that it
 * belongs to. Who changes secret-file makes them unreadable; recovery codes are
 * hashes without a key, and go on to work.
 */

#ifndef ENGINE_FACTOR_H
#define ENGINE_FACTOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "csrf.h"

#define FACTOR_SECRET_BYTES ((size_t)20) /* as RFC 4226 recommends */
#define FACTOR_SECRET_TEXT ((size_t)40)  /* base32 in groups of 4, with NUL */
#define FACTOR_STEP_SECONDS 30
#define FACTOR_DIGITS 6

/* A nonce, the secret and a tag as base64url, with NUL. */
#define FACTOR_SEALED_TEXT ((size_t)81)

/* Encrypts a secret for its account. */
void factor_seal(const struct csrf *csrf, int64_t account,
                 const unsigned char secret[FACTOR_SECRET_BYTES],
                 char sealed[FACTOR_SEALED_TEXT]);

/* False: it was made with another secret-file, or for another account. */
bool factor_open(const struct csrf *csrf, int64_t account, const char *sealed,
                 unsigned char secret[FACTOR_SECRET_BYTES]);

/* The secret as somebody types it into an app: "abcd efgh ...". */
void factor_spell(const unsigned char secret[FACTOR_SECRET_BYTES],
                  char text[FACTOR_SECRET_TEXT]);

/*
 * The step to which a code belongs: the present one, the one before or the one
 * after, for clocks that are not quite right, if it is later than `last`. 0: it
 * is the code of none of them.
 */
int64_t factor_step_of(const unsigned char secret[FACTOR_SECRET_BYTES],
                       const char *code, int64_t now, int64_t last);

/* What was typed for a code. */
enum factor_code_kind {
    FACTOR_NO_CODE,
    FACTOR_APP_CODE,     /* 6 digits */
    FACTOR_RECOVERY_CODE /* 16 characters */
};

/*
 * Without spaces and hyphens, in the case and with the characters that a code
 * has; FACTOR_NO_CODE: nothing could make a code of it. `code` has
 * FACTOR_CODE_TEXT bytes.
 */
#define FACTOR_CODE_TEXT ((size_t)17)
enum factor_code_kind factor_read_code(const char *typed,
                                       char code[FACTOR_CODE_TEXT]);

/* A new recovery code in four groups, and what is stored of it. */
#define FACTOR_RECOVERY_TEXT ((size_t)20)
#define FACTOR_HASH_TEXT ((size_t)44)
void factor_new_recovery_code(char shown[FACTOR_RECOVERY_TEXT],
                              char hash[FACTOR_HASH_TEXT]);

/* What is stored of a code that factor_read_code() has read. */
void factor_hash_recovery_code(const char *code, char hash[FACTOR_HASH_TEXT]);

#endif
