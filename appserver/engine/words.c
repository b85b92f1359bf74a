/* What the engine says, with its values: see words.h. */

#include "words.h"

#include <string.h>

#include "request.h"

static const struct words_value *find_value(const struct words_value *values,
                                            const char *name, size_t length)
{
    const struct words_value *value;

    for (value = values; value->name != NULL; value++) {
        if (strlen(value->name) == length &&
            memcmp(value->name, name, length) == 0) {
            return value;
        }
    }
    return NULL;
}

/*
 * The value whose name stands between braces at `text`, and how many bytes
 * that takes; NULL: this is a byte like others.
 */
static const struct words_value *value_at(const struct words_value *values,
                                          const char *text, size_t *length)
{
    const char *end = text[0] == '{' ? strchr(text, '}') : NULL;

    if (end == NULL) {
        return NULL;
    }
    *length = (size_t)(end + 1 - text);
    return find_value(values, text + 1, *length - 2);
}

/* Writes to `out` unless it is NULL; returns how long it is. */
static size_t fill(char *out, const char *words,
                   const struct words_value *values)
{
    size_t length = 0;

    while (*words != '\0') {
        size_t taken = 1;
        const struct words_value *value = value_at(values, words, &taken);
        const char *text = value != NULL ? value->text : words;
        size_t more = value != NULL ? strlen(value->text) : 1;

        if (out != NULL) {
            memcpy(out + length, text, more);
        }
        length += more;
        words += value != NULL ? taken : 1;
    }
    return length;
}

const char *words_say(struct fb_request *request, const char *words,
                      const struct words_value *values)
{
    const char *translated = words_translate(request, words);
    size_t length;
    char *said;

    if (values == NULL) {
        return translated;
    }
    length = fill(NULL, translated, values);
    said = request_alloc_raw(request, length + 1);
    fill(said, translated, values);
    said[length] = '\0';
    return said;
}
