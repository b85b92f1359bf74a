/*
 * Fuzzes the decoder of forms, queries and paths.
 *
 * An input is what a client sent. Whatever it is: what is refused is refused
 * with a reason; what is accepted is text, within the limits, and comes out
 * the same when it is encoded and decoded once more.
 */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "form.h"

#define MEMORY ((size_t)8 << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
    if (!holds) {
        abort();
    }
}

/* Every byte as %XX, the hardest way to write it. */
static char *encode(char *at, const char *text)
{
    static const char digits[] = "0123456789abcdef";

    for (; *text != '\0'; text++) {
        *at++ = '%';
        *at++ = digits[(unsigned char)*text >> 4];
        *at++ = digits[(unsigned char)*text & 15];
    }
    return at;
}

static void check_twice(const struct form *form, struct arena *arena,
                        size_t length)
{
    char *text = malloc(3 * length + 2 * form->count + 1);
    char *at = text;
    struct form again;
    size_t i;

    must(text != NULL);
    for (i = 0; i < form->count; i++) {
        at = encode(at, form->fields[i].name);
        *at++ = '=';
        at = encode(at, form->fields[i].value);
        *at++ = '&';
    }
    must(form_decode(&again, arena, text, (size_t)(at - text)) == NULL ||
         form->count == FORM_FIELDS_MAX); /* with the last & one too many */
    free(text);
    for (i = 0; i < again.count; i++) {
        must(strcmp(again.fields[i].name, form->fields[i].name) == 0);
        must(strcmp(again.fields[i].value, form->fields[i].value) == 0);
    }
}

static void check_form(const struct form *form, size_t length)
{
    size_t total = 0;
    size_t i;

    must(form->count <= FORM_FIELDS_MAX);
    for (i = 0; i < form->count; i++) {
        const struct form_field *field = &form->fields[i];
        const char *first = form_value(form, field->name);

        must(form_is_utf8(field->name, strlen(field->name)));
        must(form_is_utf8(field->value, strlen(field->value)));
        must(first == field->value || i > 0);
        total += strlen(field->name) + strlen(field->value);
    }
    must(total <= length);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size > 0 ? size : 1);
    struct arena arena;
    struct form form;
    const char *wrong;
    char *path;

    must(text != NULL);
    if (size > 0) {
        memcpy(text, data, size);
    }
    arena_init(&arena, MEMORY);
    wrong = form_decode(&form, &arena, text, size);
    if (wrong != NULL) {
        must(wrong[0] != '\0' && form.count == 0);
    } else {
        check_form(&form, size);
        check_twice(&form, &arena, size);
    }
    path = form_decode_path(&arena, text, size);
    must(path == NULL ||
         (strlen(path) <= size && form_is_utf8(path, strlen(path))));
    arena_free(&arena);
    free(text);
    return 0;
}
