/*
 * Bytes that grow, and messages that say where. The compiler is a short-lived
 * program of the build: when memory ends there is nothing to save, so it says
 * so and ends, and no caller has to ask.
 */

#include "template.h"

#include <openssl/evp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static _Noreturn void out_of_memory(void)
{
    fputs("foobar-template: error: out of memory\n", stderr);
    exit(1);
}

void *template_grow(void *array, size_t count, size_t *capacity, size_t element)
{
    if (count < *capacity)
        return array;
    size_t wanted = *capacity ? *capacity * 2 : 64;
    if (wanted > SIZE_MAX / element)
        out_of_memory();
    void *larger = realloc(array, wanted * element);
    if (!larger)
        out_of_memory();
    *capacity = wanted;
    return larger;
}

static void text_reserve(struct text *text, size_t more)
{
    if (more > SIZE_MAX / 4 || text->length > SIZE_MAX / 4)
        out_of_memory();
    size_t wanted = text->length + more + 1;
    if (wanted <= text->capacity)
        return;
    if (wanted < text->capacity * 2)
        wanted = text->capacity * 2;
    char *larger = realloc(text->bytes, wanted);
    if (!larger)
        out_of_memory();
    text->bytes = larger;
    text->capacity = wanted;
}

/* A text always ends in a NUL that its length does not count. */
void text_add(struct text *text, const char *bytes, size_t length)
{
    text_reserve(text, length);
    if (length)
        memcpy(text->bytes + text->length, bytes, length);
    text->length += length;
    text->bytes[text->length] = '\0';
}

void text_add_char(struct text *text, char byte)
{
    text_add(text, &byte, 1);
}

void text_printf(struct text *text, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    va_list again;
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (length < 0)
        out_of_memory();
    text_reserve(text, (size_t)length);
    vsnprintf(text->bytes + text->length, (size_t)length + 1, format, again);
    va_end(again);
    text->length += (size_t)length;
}

void text_free(struct text *text)
{
    free(text->bytes);
    *text = (struct text){0};
}

void text_sha256(const char *bytes, size_t length,
                 unsigned char digest[TEXT_SHA256])
{
    unsigned written = 0;
    if (!EVP_Digest(bytes, length, digest, &written, EVP_sha256(), NULL) ||
        written != TEXT_SHA256)
        out_of_memory(); /* it fails for nothing else */
}

size_t source_line(const struct source *source, const char *at)
{
    size_t line = 1;
    for (const char *c = source->bytes; c < at; c++)
        line += *c == '\n';
    return line;
}

/* Columns count characters from 1, as an editor does. */
static size_t source_column(const struct source *source, const char *at)
{
    size_t column = 1;
    while (at > source->bytes && at[-1] != '\n') {
        at--;
        column += ((unsigned char)*at & 0xC0) != 0x80;
    }
    return column;
}

bool template_refuse(struct source *source, const char *at, const char *format,
                     ...)
{
    char what[TEMPLATE_ERROR_MAX];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(what, sizeof(what), format, arguments);
    va_end(arguments);

    /* A message that is too long for the buffer is cut, not lost. */
    int length = snprintf(
        source->error, sizeof(source->error), "%s:%zu:%zu: error: %s",
        source->path, source_line(source, at), source_column(source, at), what);
    if (length < 0)
        source->error[0] = '?';
    return false;
}
