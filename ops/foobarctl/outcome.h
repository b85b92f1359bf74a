/*
 * What became of a reload or an upgrade of the application server. It is asked
 * for by a signal, which has no answer; but on its status socket the server
 * tells which generation of workers serves, and what it refused and why.
 */

#ifndef FOOBARCTL_OUTCOME_H
#define FOOBARCTL_OUTCOME_H

#include <stdbool.h>

#include "instance.h"

#define OUTCOME_REASON_MAX 512

struct outcome {
    long generation;
    long refused;                    /* reloads and upgrades */
    char reason[OUTCOME_REASON_MAX]; /* of the last refusal */
};

/* As it is now; false: the server does not tell it at this moment. */
bool outcome_ask(const struct instance *instance, struct outcome *outcome);

#endif
