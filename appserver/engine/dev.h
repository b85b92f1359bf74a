/*
 * The development mode: what went wrong is shown in the browser. It is for the
 * machine of an author alone, and off unless the setting dev is 1: the pages
 * here name files, functions and whatever the compiler said.
 *
 * - While the file dev-problem is there, its text is answered instead of each
 *   page. `foobarctl dev` writes it when a build fails, and removes it after
 *   the next good one.
 * - A crash is answered with the signal and the backtrace, with the lines of
 *   handlers and templates. The worker's sandbox lets it start no program, so
 *   a helper that was forked before asks addr2line.
 */

#ifndef ENGINE_DEV_H
#define ENGINE_DEV_H

#include <stdbool.h>
#include <stddef.h>

#include "request.h"
#include "settings.h"

/* By a worker, before its sandbox and its threads; nothing when dev is 0. */
void dev_begin(const struct settings *settings);

bool dev_is_on(void);

/* Answers with the problem of the build, if there is one. */
bool dev_answer_problem(struct fb_request *request);

/*
 * In the handler of a signal: the page of the crash, made of memory that is
 * there already. `what` is the signal. To be called by the handler itself.
 */
struct dev_page {
    const char *bytes;
    size_t length;
};
struct dev_page dev_crash_page(const char *what, const char *method,
                               const char *path);

/* The same as plain lines, for the log; valid after dev_crash_page(). */
const char *dev_crash_lines(void);

#endif
