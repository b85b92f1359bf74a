/* Pictures of people: see avatar.h. */

#include "avatar.h"

#include "templates.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* From here on (Hebrew, Arabic, ... Chinese) one letter is enough. */
static const unsigned first_joining_lead = 0xD6;

/* How many bytes the character has; 0: text ends here, or none begins here. */
static size_t character_length(const char *at)
{
    unsigned char lead = (unsigned char)*at;
    size_t length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;

    if (lead == 0 || (lead & 0xC0) == 0x80) {
        return 0;
    }
    return strnlen(at, length) == length ? length : 0;
}

/* Quotes, brackets and dots are no letters; what is not ASCII may be one. */
static bool is_letter(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
           (byte >= '0' && byte <= '9') || (unsigned char)byte >= 0xC0;
}

/* The first letter of the word that begins here; NULL: it has none. */
static const char *letter_of(const char *word)
{
    for (; *word != '\0' && *word != ' '; word++) {
        if (is_letter(*word)) {
            return word;
        }
    }
    return NULL;
}

void avatar_letters(const char *name, char letters[AVATAR_LETTERS_SIZE])
{
    const char *first = NULL;
    const char *last = NULL;
    size_t length = 0;

    for (const char *word = name; word != NULL; word = strchr(word, ' ')) {
        const char *letter;

        word += strspn(word, " ");
        letter = letter_of(word);
        if (letter != NULL) {
            last = first != NULL ? letter : NULL;
            first = first != NULL ? first : letter;
        }
    }
    if (first != NULL) {
        length = character_length(first);
        memcpy(letters, first, length);
    }
    if (last != NULL && (unsigned char)*first < first_joining_lead &&
        (unsigned char)*last < first_joining_lead) {
        memcpy(letters + length, last, character_length(last));
        length += character_length(last);
    }
    letters[length] = '\0';
}

/* FNV-1a: short, and neighbours in the alphabet get different tints. */
unsigned avatar_tint(const char *name)
{
    uint32_t hash = 2166136261U;

    for (; *name != '\0'; name++) {
        hash = (hash ^ (unsigned char)*name) * 16777619U;
    }
    return (hash ^ (hash >> 16)) % AVATAR_TINTS;
}

void avatar_html(struct fb_out *out, const char *name, const char *picture)
{
    char letters[AVATAR_LETTERS_SIZE];

    if (picture != NULL && picture[0] != '\0') {
        avatar_sent_html(out, picture);
        return;
    }
    avatar_letters(name, letters);
    avatar_drawn_html(out, avatar_tint(name), letters);
}
