/* Signatures of mail; see dkim.h. The words are those of RFC 6376. */

#include "dkim.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAME_MAX_BYTES 253
#define HASH_BYTES 32
#define SIGNATURE_MAX 1024 /* bytes; an RSA key of 8192 bits */
#define LINE_LETTERS 64

struct dkim {
    EVP_PKEY *key;
    bool is_rsa;
    char selector[NAME_MAX_BYTES + 1];
    char domain[NAME_MAX_BYTES + 1];
};

/* Those that are signed when they are there. */
static const char *const signed_headers[] = {"From",
                                             "To",
                                             "Reply-To",
                                             "Subject",
                                             "Date",
                                             "Message-ID",
                                             "MIME-Version",
                                             "Content-Type",
                                             "Content-Language",
                                             "Auto-Submitted",
                                             "List-Unsubscribe",
                                             "List-Unsubscribe-Post",
                                             "Content-Transfer-Encoding"};

#define SIGNED_HEADERS (sizeof(signed_headers) / sizeof(signed_headers[0]))

static bool is_name(const char *text)
{
    size_t length = strlen(text);

    return length > 0 && length <= NAME_MAX_BYTES &&
           text[strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                             "abcdefghijklmnopqrstuvwxyz0123456789-._")] ==
               '\0';
}

static bool take_key(struct dkim *dkim, const char *key_file, char *problem,
                     size_t size)
{
    FILE *stream = fopen(key_file, "re");
    int kind;

    if (stream != NULL) {
        dkim->key = PEM_read_PrivateKey(stream, NULL, NULL, NULL);
        fclose(stream);
    }
    kind = dkim->key != NULL ? EVP_PKEY_base_id(dkim->key) : EVP_PKEY_NONE;
    dkim->is_rsa = kind == EVP_PKEY_RSA;
    if (!dkim->is_rsa && kind != EVP_PKEY_ED25519) {
        snprintf(problem, size,
                 "%s: not a private key of RSA or Ed25519 in PEM that can be "
                 "read",
                 key_file);
        return false;
    }
    if (dkim->is_rsa && EVP_PKEY_bits(dkim->key) < 1024) {
        snprintf(problem, size,
                 "%s: nobody accepts a key of %d bits; make "
                 "one of 2048",
                 key_file, EVP_PKEY_bits(dkim->key));
        return false;
    }
    return true;
}

struct dkim *dkim_open(const char *key_file, const char *selector,
                       const char *domain, char *problem, size_t size)
{
    struct dkim *dkim = calloc(1, sizeof(*dkim));

    if (dkim == NULL) {
        snprintf(problem, size, "out of memory");
        return NULL;
    }
    if (!is_name(selector) || !is_name(domain)) {
        snprintf(problem, size,
                 "dkim-selector: \"%.60s\" is no part of a "
                 "name in DNS",
                 selector);
        dkim_free(dkim);
        return NULL;
    }
    if (!take_key(dkim, key_file, problem, size)) {
        dkim_free(dkim);
        return NULL;
    }
    snprintf(dkim->selector, sizeof(dkim->selector), "%s", selector);
    snprintf(dkim->domain, sizeof(dkim->domain), "%s", domain);
    return dkim;
}

void dkim_free(struct dkim *dkim)
{
    if (dkim != NULL) {
        EVP_PKEY_free(dkim->key);
        free(dkim);
    }
}

static char *to_base64(const unsigned char *bytes, size_t length)
{
    char *text = malloc(4 * ((length + 2) / 3) + 1);

    if (text != NULL) {
        EVP_EncodeBlock((unsigned char *)text, bytes, (int)length);
    }
    return text;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* --- relaxed form ------------------------------------------------------- */

/* Lines without blanks at their ends, and one blank between words. */
static void put_relaxed_line(FILE *out, const char *line, size_t length)
{
    bool pending = false;
    size_t i;

    for (i = 0; i < length; i++) {
        if (is_blank(line[i])) {
            pending = true;
            continue;
        }
        fputs(pending ? " " : "", out);
        pending = false;
        fputc(line[i], out);
    }
}

/* Empty lines at the end do not count. */
static bool hash_body(const char *body, size_t length,
                      unsigned char hash[HASH_BYTES])
{
    const char *end = body + length;
    char *relaxed = NULL;
    size_t relaxed_length = 0;
    FILE *out = open_memstream(&relaxed, &relaxed_length);
    size_t empty = 0;
    bool good;

    if (out == NULL) {
        return false;
    }
    while (body < end) {
        const char *line_end = memmem(body, (size_t)(end - body), "\r\n", 2);
        long before;
        long after;

        line_end = line_end != NULL ? line_end : end;
        fflush(out);
        before = ftell(out);
        put_relaxed_line(out, body, (size_t)(line_end - body));
        fflush(out);
        after = ftell(out);
        if (after == before) {
            empty++;
        }
        fputs("\r\n", out);
        empty = after == before ? empty : 0;
        body = line_end + 2;
    }
    good = fclose(out) == 0 && EVP_Digest(relaxed, relaxed_length - 2 * empty,
                                          hash, NULL, EVP_sha256(), NULL) == 1;
    free(relaxed);
    return good;
}

/* The header of this name, folded lines and all; NULL: there is none. */
static const char *find_header(const char *head, const char *end,
                               const char *name, size_t *length)
{
    size_t name_length = strlen(name);

    while (head < end) {
        const char *line = head;

        do {
            head = memmem(head, (size_t)(end - head), "\r\n", 2);
            head = head != NULL ? head + 2 : end;
        } while (head < end && is_blank(*head));
        if ((size_t)(head - line) > name_length && line[name_length] == ':' &&
            strncasecmp(line, name, name_length) == 0) {
            *length = (size_t)(head - line);
            return line;
        }
    }
    return NULL;
}

/* "name:value", unfolded; without the end of the line for the last one. */
static void put_relaxed_header(FILE *out, const char *header, size_t length,
                               bool is_last)
{
    const char *colon = memchr(header, ':', length);
    const char *end = header + length;
    const char *c;
    bool pending = false;

    for (c = header; c < colon; c++) {
        fputc(*c >= 'A' && *c <= 'Z' ? *c - 'A' + 'a' : *c, out);
    }
    fputc(':', out);
    for (c = colon + 1; c < end && (is_blank(*c) || *c == '\r' || *c == '\n');
         c++) {
    }
    for (; c < end; c++) {
        if (is_blank(*c) || *c == '\r' || *c == '\n') {
            pending = true;
            continue;
        }
        fputs(pending ? " " : "", out);
        pending = false;
        fputc(*c, out);
    }
    fputs(is_last ? "" : "\r\n", out);
}

/* --- signing ------------------------------------------------------------ */

/* The header up to "b=", whose value is what is missing. */
static char *begin_header(const struct dkim *dkim, const char *message,
                          const char *head_end, const char *body_hash,
                          int64_t now)
{
    char *bytes = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&bytes, &length);
    const char *colon = "";
    size_t i;

    if (out == NULL) {
        return NULL;
    }
    fprintf(out,
            "DKIM-Signature: v=1; a=%s-sha256; c=relaxed/relaxed;\r\n"
            "\td=%s; s=%s; t=%lld;\r\n\th=",
            dkim->is_rsa ? "rsa" : "ed25519", dkim->domain, dkim->selector,
            (long long)now);
    for (i = 0; i < SIGNED_HEADERS; i++) {
        size_t ignored;

        if (find_header(message, head_end, signed_headers[i], &ignored)) {
            fprintf(out, "%s%s", colon, signed_headers[i]);
            colon = ":\r\n\t ";
        }
    }
    /* Named once more than they are there: nobody can add another one. */
    fprintf(out, ":\r\n\t From:Subject;\r\n\tbh=%s;\r\n\tb=", body_hash);
    if (fclose(out) != 0) {
        free(bytes);
        return NULL;
    }
    return bytes;
}

/* What is signed: each header that h= names, and this one. */
static char *gather(const char *message, const char *head_end,
                    const char *header, size_t *length)
{
    char *bytes = NULL;
    FILE *out = open_memstream(&bytes, length);
    size_t i;

    if (out == NULL) {
        return NULL;
    }
    for (i = 0; i < SIGNED_HEADERS; i++) {
        size_t size;
        const char *found =
            find_header(message, head_end, signed_headers[i], &size);

        if (found != NULL) {
            put_relaxed_header(out, found, size, false);
        }
    }
    put_relaxed_header(out, header, strlen(header), true);
    if (fclose(out) != 0) {
        free(bytes);
        return NULL;
    }
    return bytes;
}

/* RSA signs what is gathered by its hash; Ed25519 signs the hash itself. */
static bool make_signature(const struct dkim *dkim, const char *gathered,
                           size_t length, unsigned char *signature,
                           size_t *signature_length)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    unsigned char hash[HASH_BYTES];
    bool good = context != NULL;

    if (good && dkim->is_rsa) {
        good = EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL,
                                  dkim->key) == 1 &&
               EVP_DigestSign(context, signature, signature_length,
                              (const unsigned char *)gathered, length) == 1;
    } else if (good) {
        good =
            EVP_Digest(gathered, length, hash, NULL, EVP_sha256(), NULL) == 1 &&
            EVP_DigestSignInit(context, NULL, NULL, NULL, dkim->key) == 1 &&
            EVP_DigestSign(context, signature, signature_length, hash,
                           sizeof(hash)) == 1;
    }
    EVP_MD_CTX_free(context);
    return good;
}

/* The whole header: the value of b= in lines. */
static char *end_header(const char *header, const char *signature)
{
    char *bytes = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&bytes, &length);

    if (out == NULL) {
        return NULL;
    }
    fputs(header, out);
    while (*signature != '\0') {
        int taken = fprintf(out, "%.*s", LINE_LETTERS, signature);

        signature += taken > 0 ? (size_t)taken : strlen(signature);
        fputs(*signature != '\0' ? "\r\n\t " : "\r\n", out);
    }
    if (fclose(out) != 0) {
        free(bytes);
        return NULL;
    }
    return bytes;
}

char *dkim_sign(const struct dkim *dkim, const char *message, size_t length,
                int64_t now)
{
    const char *body = memmem(message, length, "\r\n\r\n", 4);
    unsigned char bytes[SIGNATURE_MAX];
    size_t size = sizeof(bytes);
    unsigned char hash[HASH_BYTES];
    char *body_hash = NULL;
    char *begun = NULL;
    char *gathered = NULL;
    char *signature = NULL;
    char *header = NULL;
    size_t gathered_length = 0;

    if (body == NULL ||
        !hash_body(body + 4, length - (size_t)(body + 4 - message), hash)) {
        return NULL;
    }
    body += 2; /* the end of the last header */
    body_hash = to_base64(hash, sizeof(hash));
    if (body_hash != NULL) {
        begun = begin_header(dkim, message, body, body_hash, now);
    }
    if (begun != NULL) {
        gathered = gather(message, body, begun, &gathered_length);
    }
    if (gathered != NULL &&
        make_signature(dkim, gathered, gathered_length, bytes, &size)) {
        signature = to_base64(bytes, size);
    }
    if (signature != NULL) {
        header = end_header(begun, signature);
    }
    free(body_hash);
    free(begun);
    free(gathered);
    free(signature);
    return header;
}
