/* Characters of a text: see characters.h. */

#include "characters.h"

#include <stdint.h>
#include <string.h>
#include <utf8proc.h>

static bool is_continuation(char byte)
{
    return ((unsigned char)byte & 0xC0) == 0x80;
}

size_t characters_count(const char *text)
{
    size_t count = 0;

    for (; *text != '\0'; text++) {
        count += !is_continuation(*text);
    }
    return count;
}

/* The code point at *text, and *text moved behind it. */
static uint32_t next_character(const char **text)
{
    unsigned char first = (unsigned char)*(*text)++;
    uint32_t character = first;

    if (first >= 0xF0) {
        character = first & 0x07U;
    } else if (first >= 0xE0) {
        character = first & 0x0FU;
    } else if (first >= 0xC0) {
        character = first & 0x1FU;
    }
    while (is_continuation(**text)) {
        character = character << 6 | ((unsigned char)*(*text)++ & 0x3FU);
    }
    return character;
}

struct range {
    uint32_t first;
    uint32_t last;
};

static bool in_ranges(uint32_t character, const struct range *ranges,
                      size_t count)
{
    size_t i;

    for (i = 0; i < count; i++) {
        if (character >= ranges[i].first && character <= ranges[i].last) {
            return true;
        }
    }
    return false;
}

#define IN(character, ranges) \
    in_ranges((character), (ranges), sizeof(ranges) / sizeof((ranges)[0]))

/* Blanks of all widths, and characters that draw nothing by themselves. */
static const struct range unseen[] = {
    {0x0000, 0x0020}, {0x007F, 0x00A0}, {0x00AD, 0x00AD},   {0x034F, 0x034F},
    {0x061C, 0x061C}, {0x115F, 0x1160}, {0x17B4, 0x17B5},   {0x180B, 0x180F},
    {0x2000, 0x200F}, {0x2028, 0x202F}, {0x205F, 0x206F},   {0x2800, 0x2800},
    {0x3000, 0x3000}, {0x3164, 0x3164}, {0xFE00, 0xFE0F},   {0xFEFF, 0xFEFF},
    {0xFFA0, 0xFFA0}, {0xFFF0, 0xFFFB}, {0xE0000, 0xE0FFF},
};

/* C0 and C1 controls, line separators, direction embeddings and isolates. */
static const struct range controls[] = {
    {0x0000, 0x001F}, {0x007F, 0x009F}, {0x2028, 0x202E},
    {0x2066, 0x2069}, {0xFEFF, 0xFEFF}, {0xFFF9, 0xFFFB},
};

bool characters_are_visible(const char *text)
{
    while (*text != '\0') {
        if (!IN(next_character(&text), unseen)) {
            return true;
        }
    }
    return false;
}

bool characters_have_controls(const char *text, bool several_lines)
{
    while (*text != '\0') {
        uint32_t character = next_character(&text);

        if (several_lines && (character == '\n' || character == '\t')) {
            continue;
        }
        if (IN(character, controls)) {
            return true;
        }
    }
    return false;
}

/*
 * Nothing below U+0300, where the combining marks begin, is changed by
 * composing; its bytes are below 0xCC. That is nearly every text.
 */
static bool may_need_composing(const char *text)
{
    for (; *text != '\0'; text++) {
        if ((unsigned char)*text >= 0xCC) {
            return true;
        }
    }
    return false;
}

/*
 * In two steps instead of by utf8proc_NFC(), which calls malloc(): whatever
 * belongs to a request lies in its arena.
 */
const char *characters_compose(struct arena *arena, const char *text)
{
    static const utf8proc_option_t steps = UTF8PROC_STABLE | UTF8PROC_COMPOSE;
    const utf8proc_uint8_t *bytes = (const utf8proc_uint8_t *)text;
    utf8proc_ssize_t length = (utf8proc_ssize_t)strlen(text);
    utf8proc_int32_t *points;
    utf8proc_ssize_t count;

    if (!may_need_composing(text)) {
        return text;
    }
    count = utf8proc_decompose(bytes, length, NULL, 0,
                               UTF8PROC_STABLE | UTF8PROC_DECOMPOSE);
    if (count < 0) {
        return NULL;
    }
    /* One more: the text that takes their place ends in NUL. */
    points = arena_alloc(arena, ((size_t)count + 1) * sizeof(*points));
    if (points == NULL ||
        utf8proc_decompose(bytes, length, points, count,
                           UTF8PROC_STABLE | UTF8PROC_DECOMPOSE) != count ||
        utf8proc_reencode(points, count, steps) < 0) {
        return NULL;
    }
    return (const char *)points;
}

static bool is_blank(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
}

char *characters_tidy(struct arena *arena, const char *text)
{
    size_t length = 0;
    char *tidy;

    while (is_blank(*text)) {
        text++;
    }
    tidy = arena_alloc(arena, strlen(text) + 1);
    if (tidy == NULL) {
        return NULL;
    }
    for (; *text != '\0'; text++) {
        if (*text != '\r') {
            tidy[length++] = *text;
        } else if (text[1] != '\n') {
            tidy[length++] = '\n';
        }
    }
    while (length > 0 && is_blank(tidy[length - 1])) {
        length--;
    }
    tidy[length] = '\0';
    return tidy;
}

char *characters_without_controls(struct arena *arena, const char *text)
{
    char *clean = arena_alloc(arena, strlen(text) + 1);
    char *to = clean;

    while (clean != NULL && *text != '\0') {
        const char *character = text;

        if (!IN(next_character(&text), controls)) {
            memcpy(to, character, (size_t)(text - character));
            to += text - character;
        }
    }
    return clean;
}
