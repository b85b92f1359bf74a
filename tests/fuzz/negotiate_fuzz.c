/*
 * Fuzzes the reader of Accept-Encoding, and the choice of a coding.
 *
 * An input is the value of a header. Whatever its bytes are, nothing may be
 * read beyond them, what is chosen was offered and accepted, and the value
 * means the same in upper case and when it came in several headers.
 */

#include <ctype.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "foobar_negotiate.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const enum foobar_coding offered[FOOBAR_CODINGS] = {
    FOOBAR_ZSTD, FOOBAR_BR, FOOBAR_GZIP};

static void must(bool holds)
{
    if (!holds) {
        abort();
    }
}

static void must_be_weight(int weight)
{
    must(weight == FOOBAR_UNSAID || (weight >= 0 && weight <= 1000));
}

static int weight_of(const struct foobar_accept *accept,
                     enum foobar_coding coding)
{
    return accept->weights[coding] == FOOBAR_UNSAID ? accept->others
                                                    : accept->weights[coding];
}

static void check_choice(const struct foobar_accept *accept, size_t count)
{
    enum foobar_coding wanted[FOOBAR_CODINGS];
    size_t found = foobar_negotiate(accept, offered, count, wanted);
    unsigned seen = 0;
    size_t i;

    must(found <= count);
    for (i = 0; i < found; i++) {
        must(wanted[i] < FOOBAR_CODINGS && (seen & 1U << wanted[i]) == 0);
        seen |= 1U << wanted[i];
        must(weight_of(accept, wanted[i]) > 0);
        must(weight_of(accept, wanted[i]) >=
             weight_of(accept, FOOBAR_IDENTITY));
        must(i == 0 ||
             weight_of(accept, wanted[i - 1]) >= weight_of(accept, wanted[i]));
    }
}

/* Exactly as long as it is, so that a sanitizer sees one byte too many. */
static void read_alone(struct foobar_accept *accept, const char *bytes,
                       size_t size)
{
    char *copy = malloc(size > 0 ? size : 1);

    must(copy != NULL);
    if (size > 0) {
        memcpy(copy, bytes, size);
    }
    foobar_accept_read(accept, copy, size);
    free(copy);
}

/* A header for each of the items. */
static void read_apart(struct foobar_accept *accept, const char *bytes,
                       size_t size)
{
    size_t begin = 0;
    size_t i;

    for (i = 0; i <= size; i++) {
        if (i == size || bytes[i] == ',') {
            read_alone(accept, bytes + begin, i - begin);
            begin = i + 1;
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct foobar_accept accept;
    struct foobar_accept apart;
    struct foobar_accept loud;
    char *upper = malloc(size > 0 ? size : 1);
    size_t i;

    must(upper != NULL);
    for (i = 0; i < size; i++) {
        upper[i] = data[i] < 128 ? (char)toupper(data[i]) : (char)data[i];
    }
    foobar_accept_init(&accept);
    foobar_accept_init(&apart);
    foobar_accept_init(&loud);
    read_alone(&accept, (const char *)data, size);
    read_apart(&apart, (const char *)data, size);
    read_alone(&loud, upper, size);
    free(upper);
    must(memcmp(&accept, &apart, sizeof(accept)) == 0);
    must(memcmp(&accept, &loud, sizeof(accept)) == 0);
    for (i = 0; i <= FOOBAR_CODINGS; i++) {
        must_be_weight(accept.weights[i]);
        check_choice(&accept, i);
    }
    must_be_weight(accept.others);
    return 0;
}
