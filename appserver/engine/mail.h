/*
 * Mail that pages and jobs write: api/foobar/mail.h is what they see. A mail
 * is a row of the table outbox:
 *
 *     waiting --taken--> sending --taken by the server--> sent --a week--> gone
 *        ^                  |  `--no such address--> bounced
 *        +--- not now ------+  `--refused, or for days in vain--> failed
 *
 *     kept: on a development machine, for /dev/mailbox (mailbox.h)
 *
 * mailer.h is the process that sends it.
 */

#ifndef ENGINE_MAIL_H
#define ENGINE_MAIL_H

#include <foobar/mail.h>

#include <stdbool.h>
#include <stddef.h>

#include "settings.h"

/* Statements of the engine's own. */
enum mail_statement {
    MAIL_ADD,
    MAIL_BOUNCE,
    MAIL_LIST,
    MAIL_SHOW,
    MAIL_STATEMENTS
};
extern const struct fb_statement mail_statements[MAIL_STATEMENTS];

/* Whether mail stays on this machine. */
bool mail_is_kept(const struct settings *settings);

/* What the settings say about mail: NULL, or what is wrong. */
const char *mail_check_settings(const struct settings *settings);

/*
 * Splits "Name <user@host>" or "user@host" into two texts of at most
 * FB_MAIL_SUBJECT_MAX and FB_MAIL_ADDRESS_MAX bytes; false: it is neither.
 */
struct mail_sender {
    char name[FB_MAIL_SUBJECT_MAX + 1];
    char address[FB_MAIL_ADDRESS_MAX + 1];
};
bool mail_read_sender(const char *text, struct mail_sender *sender);

/* An address as SMTP has it, its host in ASCII; false: it is none. */
bool mail_to_ascii(const char *address, char ascii[FB_MAIL_ADDRESS_MAX + 1]);

#endif
