/* The pages of the status process, written from the scoreboard. */

#ifndef ENGINE_STATUS_PAGES_H
#define ENGINE_STATUS_PAGES_H

#include <stdio.h>

#include "scoreboard.h"

/* What is not on the board. */
struct status_facts {
    long queue;       /* connections that wait to be accepted; -1: unknown */
    long queue_limit; /* -1: unknown */
};

void status_text(FILE *out, const struct scoreboard *board,
                 const struct status_facts *facts);
void status_json(FILE *out, const struct scoreboard *board,
                 const struct status_facts *facts);
void status_metrics(FILE *out, const struct scoreboard *board,
                    const struct status_facts *facts);

#endif
