/*
 * The header Server-Timing: where the time of a page went, for the network
 * view of a browser. It tells strangers how long the database took, so it is
 * a setting, and off unless that is wanted.
 */

#ifndef ENGINE_SERVER_TIMING_H
#define ENGINE_SERVER_TIMING_H

#include <stdbool.h>
#include <stdint.h>

struct fb_request;

enum server_timing {
    SERVER_TIMING_OFF,
    SERVER_TIMING_SUMS,      /* "on": the handler's time and the database's */
    SERVER_TIMING_STATEMENTS /* each statement by its name too */
};

/* The value of the setting; false for what is none. */
bool server_timing_read(const char *text, enum server_timing *mode);

/* Adds the header, as the request asks for it, to a reply not yet sent. */
void server_timing_add(struct fb_request *request, int64_t took_us);

#endif
