/*
 * What libfcgi reads from a connection, looked at before libfcgi sees it.
 *
 * The head of a request is looked at while it still waits in the socket
 * (head.h), and most requests end there. A body cannot be: it is as long as
 * it likes. But libfcgi gets all its bytes from one function of its own,
 * OS_Read(), which a program may replace, as it may replace malloc(). Ours
 * reads the same bytes and follows the borders of the records; when a record
 * comes that libfcgi cannot be trusted with, the request breaks off:
 *
 * - a record about the connection: libfcgi writes its answer to
 *   FCGI_GET_VALUES into 64 bytes, however long it is, and loses memory over
 *   all others;
 * - an empty record of another request: it skips the one behind it instead;
 * - padding behind the end of the body: it takes that for a record.
 *
 * It also ends a body that trickles in: each byte comes in time for the time-out
 * of the socket, and yet a worker would be kept busy for as long as the peer
 * likes.
 *
 * It costs no system call. A worker serves one request at a time, so there is
 * one intake.
 */

#ifndef ENGINE_INTAKE_H
#define ENGINE_INTAKE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Bytes a second that must come of a body on the average, once it has been
 * read for `grace_ms`. 0 bytes: as it likes.
 */
void intake_set_pace(int bytes_a_second, int grace_ms);

/* From now on `fd` is looked at, behind the `head_length` bytes of a head. */
void intake_begin(int fd, unsigned request_id, size_t head_length);

/*
 * Ends it. false: more came than the request, and libfcgi has thrown away
 * what it read of that, so that the connection must be closed.
 */
bool intake_end(void);

#endif
