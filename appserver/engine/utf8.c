/* UTF-8, character by character; utf8.h says what is promised. */

#include "utf8.h"

/* The bytes of a character by its first one, and the bits that it gives. */
static size_t length_of(unsigned char first, uint32_t *point)
{
    if (first < 0x80) {
        *point = first;
        return 1;
    }
    if (first >= 0xc2 && first <= 0xdf) {
        *point = first & 0x1fU;
        return 2;
    }
    if ((first & 0xf0) == 0xe0) {
        *point = first & 0x0fU;
        return 3;
    }
    if (first >= 0xf0 && first <= 0xf4) {
        *point = first & 0x07U;
        return 4;
    }
    return 0;
}

size_t utf8_decode(const char *text, size_t length, uint32_t *point)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t bytes;
    size_t i;

    if (length == 0) {
        return 0;
    }
    bytes = length_of((unsigned char)text[0], point);
    if (bytes == 0 || bytes > length) {
        return 0;
    }
    for (i = 1; i < bytes; i++) {
        unsigned char c = (unsigned char)text[i];

        if ((c & 0xc0) != 0x80) {
            return 0;
        }
        *point = *point << 6 | (c & 0x3fU);
    }
    if (*point < least[bytes] || *point > 0x10ffff || *point >> 11 == 0x1b) {
        return 0;
    }
    return bytes;
}
