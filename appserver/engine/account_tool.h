/*
 * Accounts from the command line: foobar-appserver --account WORDS, which is
 * what `foobarctl user` runs. It makes the first administrator, and helps whom
 * no page can help any more.
 */

#ifndef ENGINE_ACCOUNT_TOOL_H
#define ENGINE_ACCOUNT_TOOL_H

#include <stdbool.h>
#include <stddef.h>

struct fb_app;
struct settings;

/*
 * Does what the words say ("add anna@example.org admin") on the database of the
 * settings, and prints what came of it. A password is asked for on the terminal,
 * twice and unseen, or is the first line of standard input; it never is a word.
 * false with `problem`.
 */
bool account_tool_run(const struct settings *settings,
                      const struct fb_app *table, const char *words,
                      char *problem, size_t size);

#endif
