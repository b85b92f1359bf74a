/*
 * How libmariadb waits for the answer to a statement.
 *
 * By itself it asks the socket without waiting, is told that nothing is there
 * yet, sleeps in poll(), and asks again: three calls of the kernel, of which
 * the middle one costs more than the other two. A worker does nothing else
 * meanwhile, so one call that waits by itself is enough.
 *
 * libmariadb reaches its socket by a table of functions that plug-ins may
 * provide (ma_pvio.h); one of them is replaced, for connections without TLS.
 */

#ifndef ENGINE_DATABASE_WAIT_H
#define ENGINE_DATABASE_WAIT_H

#include <mysql.h>

/*
 * From now on reads of an open connection wait in one call, for at most
 * `seconds`; a read that got nothing until then has failed. Where that cannot
 * be had, all stays as it was.
 */
void database_wait_in_one_call(MYSQL *connection, int seconds);

#endif
