/*
 * Fields of a query or of a posted form (application/x-www-form-urlencoded),
 * decoded once, before the handler runs. The decoded text is valid UTF-8
 * without NUL, or there is no form at all.
 */

#ifndef ENGINE_FORM_H
#define ENGINE_FORM_H

#include <stdbool.h>
#include <stddef.h>

#include "arena.h"

#define FORM_FIELDS_MAX 256

struct form_field {
    const char *name;
    const char *value;
};

struct form {
    struct form_field *fields;
    size_t count;
};

/*
 * Decodes `length` bytes into the arena. Returns NULL, or the reason why the
 * client is answered 400.
 */
const char *form_decode(struct form *form, struct arena *arena,
                        const char *text, size_t length);

/* The first value of a name; NULL when it was not sent. */
const char *form_value(const struct form *form, const char *name);

/* Percent-decodes text (without "+" for a space); NULL when it is broken. */
char *form_decode_path(struct arena *arena, const char *text, size_t length);

bool form_is_utf8(const char *text, size_t length);

#endif
