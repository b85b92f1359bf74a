/*
 * DKIM (RFC 6376, RFC 8463): a signature that says that a mail comes from our
 * domain, by a key of which DNS has the public half. rsa-sha256 or
 * ed25519-sha256, whichever the key is; relaxed/relaxed.
 */

#ifndef ENGINE_DKIM_H
#define ENGINE_DKIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct dkim;

/* NULL with `problem` when the file has no key that can sign. */
struct dkim *dkim_open(const char *key_file, const char *selector,
                       const char *domain, char *problem, size_t size);
void dkim_free(struct dkim *dkim);

/*
 * The header DKIM-Signature of a message with CRLF at its lines' ends, to
 * stand before it; the caller frees it. NULL when it cannot be made.
 */
char *dkim_sign(const struct dkim *dkim, const char *message, size_t length,
                int64_t now);

#endif
