/*
 * What a route asks of a request, as pure functions: they read what a visitor
 * has sent, know nothing of nginx, and are called by unit tests and a fuzzer
 * as they are.
 */

#ifndef FOOBAR_ROUTE_REQUEST_H
#define FOOBAR_ROUTE_REQUEST_H

#include "foobar_route.h"


/*
 * Whether the value of a header Cookie has a cookie of one of these names
 * ("session,remember"), and in it at least one character. "session" stands
 * for "__Host-session" too, which is what the application calls it over TLS.
 * It only tells strangers from those who may be members: a cookie may be
 * forged.
 */
bool foobar_has_cookie(struct foobar_slice header, struct foobar_slice names);

/*
 * Writes the arguments of a query whose names are listed ("page,sort"), in
 * their order and as they were sent; returns how many bytes that are, never
 * more than the query has. Names are compared when their %XX and "+" are
 * decoded, because that is how the application reads them: it would take
 * "p%61ge" for "page".
 */
size_t foobar_keep_arguments(struct foobar_slice query,
                             struct foobar_slice names, char *to);

/*
 * Writes the place to which a visitor comes back after the log-in, as the
 * value of an argument: a path, which is decoded here, and its query. Returns
 * its length; 0 when it is too long, or could lead to another host.
 */
#define FOOBAR_NEXT_MAX 2048
size_t foobar_write_next(struct foobar_slice path, struct foobar_slice query,
                         char to[FOOBAR_NEXT_MAX]);

#endif
