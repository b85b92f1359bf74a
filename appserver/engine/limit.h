/* Counts that last: api/foobar/limit.h is what handlers see of them. */

#ifndef ENGINE_LIMIT_H
#define ENGINE_LIMIT_H

#include <foobar/limit.h>

#include <stdbool.h>

enum limit_statement {
    LIMIT_TAKE,
    LIMIT_WAIT,
    LIMIT_GIVE_BACK,
    LIMIT_STATEMENTS
};
extern const struct fb_statement limit_statements[LIMIT_STATEMENTS];

/* What is counted, for whom, and how many of it in how many seconds. */
struct limit {
    const char *name;
    const char *key; /* NULL: the address of the request */
    unsigned most;
    unsigned seconds;
};

/*
 * Counts one. FB_TOO_MANY: it was one too many, and request->retry_after says
 * for how long; anything else but FB_OK: the database does not answer.
 */
enum fb_result limit_take(struct fb_request *request,
                          const struct limit *limit);

/* What was counted was no case of it after all. */
void limit_give_back(struct fb_request *request, const struct limit *limit);

/*
 * By what an address is known: all of an IPv4 address, the first 64 bits of an
 * IPv6 address. `text` has LIMIT_ADDRESS_TEXT bytes.
 */
#define LIMIT_ADDRESS_TEXT 46
void limit_network_of(const char *address, char *text);

#endif
