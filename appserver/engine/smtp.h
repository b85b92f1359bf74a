/* One mail to the mail server of the settings, by libcurl. */

#ifndef ENGINE_SMTP_H
#define ENGINE_SMTP_H

#include <stdbool.h>
#include <stddef.h>

#include "settings.h"

#define SMTP_WORDS_MAX 900

enum smtp_result {
    SMTP_SENT,
    SMTP_LATER,   /* not now, or the connection failed: try again */
    SMTP_REFUSED, /* this mail is not taken, ever */
    SMTP_NOBODY,  /* there is no such address */
    SMTP_CUT_OFF  /* `stops` said so */
};

struct smtp;

struct smtp_mail {
    const char *from;
    const char *to;
    const char *head; /* goes before the message; may be "" */
    const char *message;
    size_t length;
};

/* Whether to cut off what is going on; asked about each second. */
typedef bool smtp_stop(void *context);

/* NULL with `problem`. The connection is made by the first mail, and kept. */
struct smtp *smtp_open(const struct settings *settings, smtp_stop *stops,
                       void *context, char *problem, size_t size);
void smtp_close(struct smtp *smtp);

/* `words` become what the server said last, or why there is no server. */
enum smtp_result smtp_send(struct smtp *smtp, const struct smtp_mail *mail,
                           char words[SMTP_WORDS_MAX]);

#endif
