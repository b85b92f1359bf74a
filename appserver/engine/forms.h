/*
 * Forms as rows: what was sent is read by the table of its fields, tidied and
 * checked before the handler runs. api/foobar/form.h is what handlers see of
 * it; form.h decodes the bytes; form_html.c draws.
 */

#ifndef ENGINE_FORMS_H
#define ENGINE_FORMS_H

#include <foobar/form.h>

#include <stdbool.h>
#include <stddef.h>

/* The engine's own fields; no form may have a field of such a name. */
#define FORMS_TOKEN_FIELD "fb_token"
#define FORMS_KEY_FIELD "fb_key"

struct upload;

struct forms_value {
    const char *text; /* never NULL */
    int64_t integer;
    const char *error;           /* NULL: it is right */
    const struct upload *upload; /* a file, right or wrong; NULL: none */
};

struct fb_form {
    struct fb_request *request;
    const struct fb_form_type *type;
    struct forms_value *values;
    const char *whole_error;
    bool was_sent;
    bool is_wrong;
    bool key_is_spent;  /* it was used for something else: draw a new one */
    bool once_was_used; /* by the one transaction that it may have */
};

/*
 * NULL, or what contradicts itself in the table: it begins with the field's
 * name and lies in `problem`.
 */
const char *forms_check(const struct fb_form_type *type, char *problem,
                        size_t size);

/*
 * The bytes that a body with every field at its limit may have, in the
 * longest way to write it, with the engine's own fields.
 */
size_t forms_body_bytes(const struct fb_form_type *type);

/* The same of one value. */
size_t forms_value_bytes(const struct fb_field *field);

/* The most characters of a field, also when the row leaves it to its kind. */
int64_t forms_most(const struct fb_field *field);

/* Room beyond that, so that what is too long is told beside its field. */
#define FORMS_SLACK ((size_t)16 * 1024)
#define FILES_SLACK_MOST ((size_t)16 << 20)
size_t forms_slack(const struct fb_form_type *type);

/*
 * Reads what was posted, as a form or as JSON, and makes it the form of the
 * request. Returns NULL, or why the client is answered 400; JSON that is none
 * ends the request as fb_json() says.
 */
const char *forms_read(struct fb_request *request,
                       const struct fb_form_type *type);

/* Whether a mail server would take it for an address; its host is ASCII. */
bool forms_is_email(const char *text);

#endif
