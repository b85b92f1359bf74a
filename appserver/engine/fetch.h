/*
 * Whom jobs may ask: api/foobar/fetch.h is what they see.
 *
 * An entry of the setting fetch-allow is a host ("api.example.org"), all hosts
 * below one ("*.example.org"), or either with a port, which is 80 or 443 unless
 * said; and a host behind "local:" may have an address of this machine or of a
 * private network.
 */

#ifndef ENGINE_FETCH_H
#define ENGINE_FETCH_H

#include <stdbool.h>
#include <sys/socket.h>

/* Whether the list names host and port; *is_local: as one that may be near. */
bool fetch_is_allowed(const char *list, const char *host, unsigned port,
                      bool *is_local);

/* Whether the address is one of the world's: no loopback, no private one. */
bool fetch_is_public(const struct sockaddr *address);

#endif
