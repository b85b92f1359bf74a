/*
 * Where a request comes from: its id, its trace, and when it arrived.
 *
 * The web server in front says so in parameters of its own (FOOBAR_PARAMS of
 * wire/foobar_wire.h). What it does not say, or not in the right form, is
 * made here. Headers of the client are never asked: anybody may send them.
 */

#ifndef ENGINE_TRACE_H
#define ENGINE_TRACE_H

#include "request.h"

/* Fills in the ids and the waiting time; the environment must be there. */
void trace_begin(struct fb_request *request);

/* What FOOBAR_ARRIVAL says, as milliseconds since 1970; -1: nothing. */
int64_t trace_arrival(const char *text);

#endif
