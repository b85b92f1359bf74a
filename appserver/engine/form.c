/* Fields of a query or of a posted form; form.h says what is promised. */

#include "form.h"

#include <stdint.h>
#include <string.h>

#include "utf8.h"

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    if (c >= 'a' && c <= 'f') {
        return c - 'a' + 10;
    }
    if (c >= 'A' && c <= 'F') {
        return c - 'A' + 10;
    }
    return -1;
}

/* Writes at most `length` bytes to `to`; returns how many, or SIZE_MAX. */
static size_t percent_decode(char *to, const char *from, size_t length,
                             bool plus_is_space)
{
    size_t written = 0;
    size_t i;

    for (i = 0; i < length; i++) {
        char c = from[i];

        if (c == '%') {
            bool is_whole = length - i > 2;
            int high = is_whole ? hex_digit(from[i + 1]) : -1;
            int low = is_whole ? hex_digit(from[i + 2]) : -1;

            if (high < 0 || low < 0) {
                return SIZE_MAX;
            }
            c = (char)(high * 16 + low);
            i += 2;
        } else if (c == '+' && plus_is_space) {
            c = ' ';
        }
        if (c == '\0') {
            return SIZE_MAX;
        }
        to[written++] = c;
    }
    return written;
}

bool form_is_utf8(const char *text, size_t length)
{
    while (length > 0) {
        uint32_t point;
        size_t bytes = utf8_decode(text, length, &point);

        if (bytes == 0) {
            return false;
        }
        text += bytes;
        length -= bytes;
    }
    return true;
}

static char *decode(struct arena *arena, const char *text, size_t length,
                    bool plus_is_space)
{
    char *copy = arena_alloc(arena, length + 1);
    size_t written;

    if (copy == NULL) {
        return NULL;
    }
    written = percent_decode(copy, text, length, plus_is_space);
    if (written == SIZE_MAX || !form_is_utf8(copy, written)) {
        return NULL;
    }
    copy[written] = '\0';
    return copy;
}

char *form_decode_path(struct arena *arena, const char *text, size_t length)
{
    return decode(arena, text, length, false);
}

static size_t count_fields(const char *text, size_t length)
{
    size_t count = length > 0;
    size_t i;

    for (i = 0; i < length; i++) {
        count += text[i] == '&';
    }
    return count;
}

static bool decode_field(struct form_field *field, struct arena *arena,
                         const char *text, size_t length)
{
    const char *equals = memchr(text, '=', length);
    size_t name_length = equals ? (size_t)(equals - text) : length;

    field->name = decode(arena, text, name_length, true);
    field->value =
        equals ? decode(arena, equals + 1, length - name_length - 1, true) : "";
    return field->name != NULL && field->value != NULL;
}

const char *form_decode(struct form *form, struct arena *arena,
                        const char *text, size_t length)
{
    size_t count = count_fields(text, length);
    size_t at = 0;

    *form = (struct form){0};
    if (count == 0) {
        return NULL;
    }
    if (count > FORM_FIELDS_MAX) {
        return "it has too many fields";
    }
    form->fields = arena_alloc(arena, count * sizeof(*form->fields));
    if (form->fields == NULL) {
        return "it is too long";
    }
    while (at < length) {
        const char *end = memchr(text + at, '&', length - at);
        size_t part = end ? (size_t)(end - text) - at : length - at;

        /* cppcheck-suppress knownConditionTrueFalse; "a&&b" has an empty part */
        if (part > 0) {
            if (!decode_field(&form->fields[form->count], arena, text + at,
                              part)) {
                *form = (struct form){0};
                return "a field is not UTF-8, percent-encoded";
            }
            form->count++;
        }
        at += part + 1;
    }
    return NULL;
}

const char *form_value(const struct form *form, const char *name)
{
    size_t i;

    for (i = 0; i < form->count; i++) {
        if (strcmp(form->fields[i].name, name) == 0) {
            return form->fields[i].value;
        }
    }
    return NULL;
}
