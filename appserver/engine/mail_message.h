/*
 * A mail as it goes over the wire (RFC 5322, MIME): headers in ASCII, bodies
 * quoted-printable, lines ended by CRLF and short enough for every server.
 * The same mail gives the same bytes each time.
 */

#ifndef ENGINE_MAIL_MESSAGE_H
#define ENGINE_MAIL_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* All texts are UTF-8; none but text and html has a control character. */
struct mail_message {
    const char *from;
    const char *from_name; /* "": none, as with all below but text */
    const char *to;
    const char *to_name;
    const char *reply_to;
    const char *subject;
    const char *message_id; /* with its angle brackets */
    const char *language;
    const char *unsubscribe; /* a URL */
    int64_t date;            /* seconds since 1970 */
    const char *text;
    const char *html; /* NULL: none */
};

/* The whole message, which the caller frees; NULL without memory. */
char *mail_message_make(const struct mail_message *mail, size_t *length);

#endif
