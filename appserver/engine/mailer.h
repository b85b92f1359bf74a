/*
 * The mailer: a process that sends the mail of the outbox (mail.h) by SMTP. It
 * runs no code of the application.
 *
 * Who takes a mail has it until a time in the row, by the clock of the
 * database, which is longer than sending may take; whoever is killed leaves it
 * to the next mailer of the same server at once, and to others after that. A
 * mail of which nobody knows whether it was sent is sent again, as the same
 * bytes under the same Message-ID.
 */

#ifndef ENGINE_MAILER_H
#define ENGINE_MAILER_H

#include <stdint.h>

#include "bells.h"
#include "settings.h"

struct mailer_place {
    const struct settings *settings;
    const struct bells *bells;
    uint64_t server; /* a number that no other server has */
};

/* Runs until SIGTERM or SIGQUIT; returns the process's exit status. */
int mailer_run(const struct mailer_place *place);

#endif
