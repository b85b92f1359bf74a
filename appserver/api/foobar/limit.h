/*
 * How often something may be done: searches, sign-ups, mails, comments. What
 * was done is counted in the database, so that it holds over restarts and for
 * all hosts together. (Bursts on whole classes of pages are stopped by nginx
 * already, before they cost anything: limit_req by $foobar_class.)
 */

#ifndef FOOBAR_LIMIT_H
#define FOOBAR_LIMIT_H

#include <foobar/app.h>

#include <stdbool.h>

struct fb_request;

/*
 * Counts one more of `name` ("sign_up") for this key, and says whether that is
 * still within `most` in `seconds`. The key is any text: an account's id, an
 * address of mail; NULL is the address from which the request comes (of IPv6
 * its first 64 bits, which one customer has to himself).
 *
 *     if (!fb_limit(request, "sign_up", NULL, 20, 3600)) {
 *         return FB_TOO_MANY;
 *     }
 *
 * When it is used up the reply gets a Retry-After, and FB_TOO_MANY makes it a
 * 429. The seconds begin with the first that is counted. While the database is
 * away everything is within its limit. Not inside of a transaction, whose end
 * could undo the count.
 */
FB_API bool fb_limit(struct fb_request *request, const char *name,
                     const char *key, unsigned most, unsigned seconds);

/*
 * The address from which the request comes, as nginx tells it (REMOTE_ADDR),
 * which knows the proxies that may be believed; "" when it tells none.
 */
FB_API const char *fb_address(const struct fb_request *request)
    __attribute__((returns_nonnull));

#endif
