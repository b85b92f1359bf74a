/*
 * A reply on its way: what is put into it goes out as whole records of
 * FastCGI, in as few writes as there can be. A reply of ordinary size is one
 * write, its end included; a large body goes straight from the request's
 * memory. (libfcgi would copy it into records of 8 KiB and write each of them,
 * and the end, by itself.)
 *
 * A worker answers one request at a time, so there is one reply.
 */

#ifndef ENGINE_REPLY_H
#define ENGINE_REPLY_H

#include <stdbool.h>
#include <stddef.h>

/* The reply to request `request_id`; whatever was put before is forgotten. */
void reply_begin(int fd, unsigned request_id);

/* Bytes that wait for reply_send(), unless there are very many. */
void reply_put(const char *bytes, size_t length);
void reply_put_text(const char *text);
void reply_put_number(size_t number);

/*
 * Sends what was put, and these bytes; with is_last the end of the request
 * behind them. false: the client is gone, or does not read.
 */
bool reply_send(const char *bytes, size_t length, bool is_last);

#endif
