/*
 * Requests that are slow: what they waited for, and where they stood.
 *
 * When a request is done it is too late to ask. So the minder (minder.h) sends
 * a signal to the worker's thread at slow-ms, while the request is still at
 * it. The signal's handler notes the frames of the stack, what is waited for,
 * and how long it has computed; the line is written when the request is done,
 * and says what its statements took.
 *
 * Calls of the kernel go on after the signal (SA_RESTART). The few that do not
 * by the kernel's rules (poll(2), a read with a time-out) are repeated by the
 * engine, libfcgi and libmariadb; a handler that sleeps wakes up earlier.
 */

#ifndef ENGINE_SLOW_H
#define ENGINE_SLOW_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

struct fb_request;

/* By a worker; 0: no request is slow. */
bool slow_install(int slow_ms);

/*
 * What is waited for from now on: a few words, and the name of it or "". Both
 * stay where they are until slow_waited().
 */
void slow_waits(const char *what, const char *name);
void slow_waited(void);

/* Around a handler. The second writes the line if it took `us` too long. */
void slow_begin(void);
void slow_end(const struct fb_request *request, int64_t us);

/* By the minder, again and again: a request is handled since then. */
void slow_watch(pthread_t worker, int64_t since_ms, int64_t busy_ms);

#endif
