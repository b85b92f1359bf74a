/*
 * What a client likes best, by Accept and Accept-Language (RFC 9110). The
 * two parsers know no request, so that they can be tested and fuzzed alone.
 */

#ifndef ENGINE_NEGOTIATE_H
#define ENGINE_NEGOTIATE_H

#include <foobar/negotiate.h>

#include <stdbool.h>

/*
 * How much an Accept header likes a type such as "text/html", 0 (not at all)
 * to 1000. The most specific range counts, whatever stands elsewhere; what is
 * no range or no weight is passed over, and so are the parameters of a range.
 */
int negotiate_quality(const char *accept, const char *type);

/*
 * The locale that an Accept-Language header likes best, out of a list that
 * ends with NULL. "de-AT" finds "de", and "de" finds "de-AT". NULL when it
 * likes none of them.
 */
const char *negotiate_locale(const char *accept, const char *const *locales);

/* Whether errors are told to this client in JSON. */
bool negotiate_prefers_json(const struct fb_request *request);

#endif
