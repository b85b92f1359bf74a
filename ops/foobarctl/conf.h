/*
 * The configuration files of the parts, made anew at each start.
 */

#ifndef FOOBARCTL_CONF_H
#define FOOBARCTL_CONF_H

#include "instance.h"

#include <stdbool.h>
#include <stddef.h>

/* One exact string, and what stands in its place. */
struct conf_replacement {
    const char *from;
    const char *to;
};

/*
 * Replaces all of them, in one pass from left to right; what was put in is
 * not looked at again, and of several that fit the longest is taken. Returns
 * NULL when one never occurs, and *missing is that one. The caller frees it.
 */
char *conf_replace(const char *text, const struct conf_replacement *rows,
                   size_t count, const char **missing);

/*
 * Leaves out the lines from one that has `begin` to the next that has `end`,
 * with these two, as often as they occur. Returns NULL when they never do, or
 * stand alone; *missing is what was looked for then. The caller frees it.
 */
char *conf_cut(const char *text, const char *begin, const char *end,
               const char **missing);

/* Everything but nginx.conf; makes the passwords when there are none yet. */
bool conf_write_parts(const struct instance *instance);

#endif
