/*
 * nginx, as foobarctl runs it: in the foreground, its logs on its standard
 * streams, by the checkout's own nginx.conf.example. What a learner reads
 * there is what runs here: only its addresses and paths are replaced, and what
 * stands between "# public {" and "# } public" is left out.
 */

#ifndef FOOBARCTL_NGINX_H
#define FOOBARCTL_NGINX_H

#include "instance.h"
#include "parts.h"

#include <stdbool.h>

/* Writes an nginx.conf; `temporary` is the folder for temporary files. */
bool nginx_write_conf(const struct instance *instance, const char *file,
                      const char *listen, const char *pid,
                      const char *temporary);

/* Describes the part that runs by a configuration. */
void nginx_describe(struct part *part, const struct instance *instance,
                    const char *conf);

#endif
