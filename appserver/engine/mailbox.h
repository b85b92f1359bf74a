/*
 * /dev/mailbox: the mail that a development machine keeps instead of sending
 * it, so that a sign-up can be finished on a laptop. The pages are in every
 * table of routes; they answer 404 unless the setting mailbox says 1 and there
 * is no smtp-url, that is never in production.
 *
 * HTML of a mail is shown in a frame of its own without scripts, forms and
 * rights (sandbox), under the policy of the page around it.
 */

#ifndef ENGINE_MAILBOX_H
#define ENGINE_MAILBOX_H

#include <foobar/app.h>

#include <stddef.h>

#define MAILBOX_PAGES ((size_t)2)
extern const struct fb_page mailbox_pages[MAILBOX_PAGES];

#endif
