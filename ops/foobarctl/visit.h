/*
 * `make visit`: the site as http://www.foobar.com, for one visitor.
 *
 * The name belongs to somebody else on the internet, who is never asked: the
 * visitor stands in a network of its own without a way out, where the DNS
 * server of ops/dns answers for the name, and a second nginx on port 80
 * forwards to the running application server.
 */

#ifndef FOOBARCTL_VISIT_H
#define FOOBARCTL_VISIT_H

#include "instance.h"

/*
 * Opens the site in a browser, or shows each step of the way when there is
 * none; with a command (NULL-terminated, or NULL) runs that instead. An
 * instance that does not run is started for the time of the visit. Returns
 * the status that foobarctl ends with.
 */
int visit_site(struct instance *instance, char **command);

#endif
