/*
 * Which coding of a file a client gets, by its header Accept-Encoding
 * (RFC 9110, 12.5.3). This code knows nothing of nginx, so that unit tests
 * and the fuzzer call it as it is.
 *
 * A client gives each coding a weight from 0 to 1. A coding is sent when its
 * weight is above 0 and not below that of "identity", which is the file as it
 * is; the highest weight first, and among equals in the order of the offer.
 *
 *     gzip, br                  both may be sent, in the order of the offer
 *     gzip;q=0.5, br;q=0.8      br before gzip
 *     gzip;q=0.5, identity      the file as it is
 *     gzip;q=0, *               all but gzip
 *
 * "*" stands for all that is not named, identity too. A client that names
 * neither takes identity as the last resort. One that
 * refuses it (identity;q=0) still gets it when nothing else is there: the RFC
 * allows that, and a page with the status 406 could not be coded either.
 */

#ifndef FOOBAR_NEGOTIATE_H
#define FOOBAR_NEGOTIATE_H

#include <stddef.h>


/* The codings that a file may have; FOOBAR_IDENTITY is none of them. */
enum foobar_coding {
    FOOBAR_BR,
    FOOBAR_ZSTD,
    FOOBAR_GZIP,
    FOOBAR_CODINGS,
    FOOBAR_IDENTITY = FOOBAR_CODINGS
};

/* What a client accepts: weights in thousandths, FOOBAR_UNSAID if none. */
#define FOOBAR_UNSAID (-1)

struct foobar_accept {
    int weights[FOOBAR_CODINGS + 1];
    int others; /* of "*" */
};


/* The name of a coding in headers and in the configuration: "br". */
const char *foobar_coding_name(enum foobar_coding coding);

/* The end of the name of a file in this coding: ".br". */
const char *foobar_coding_suffix(enum foobar_coding coding);

/*
 * Reads the value of a header. Several headers are read one after the other.
 * What does not follow the grammar is passed over, item by item; of a coding
 * that is named more than once, the highest weight holds.
 */
void foobar_accept_init(struct foobar_accept *accept);
void foobar_accept_read(struct foobar_accept *accept, const char *value,
                        size_t length);

/*
 * Of the `count` codings that are offered, at most FOOBAR_CODINGS and each
 * once, writes those that may be sent to `wanted`, the best one first.
 * Returns how many these are; 0 means the file as it is.
 */
size_t foobar_negotiate(const struct foobar_accept *accept,
                        const enum foobar_coding *offered, size_t count,
                        enum foobar_coding wanted[FOOBAR_CODINGS]);

#endif
