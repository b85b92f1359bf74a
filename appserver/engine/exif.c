/* Which way up a picture is: see exif.h. */

#include "exif.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define HEAD_BYTES ((size_t)8)
#define ENTRY_BYTES ((size_t)12)
#define ORIENTATION 0x0112
#define TYPE_SHORT 3

struct block {
    const unsigned char *bytes;
    size_t length;
    bool is_big_endian;
};

/* The caller has seen that the bytes are there. */
static uint32_t number_at(const struct block *block, size_t at, size_t bytes)
{
    uint32_t number = 0;
    size_t i;

    for (i = 0; i < bytes; i++) {
        size_t place = block->is_big_endian ? at + i : at + bytes - 1 - i;

        number = number << 8 | block->bytes[place];
    }
    return number;
}

static bool has_head(struct block *block)
{
    static const unsigned char prefix[] = {'E', 'x', 'i', 'f', 0, 0};

    if (block->length >= sizeof(prefix) &&
        memcmp(block->bytes, prefix, sizeof(prefix)) == 0) {
        block->bytes += sizeof(prefix);
        block->length -= sizeof(prefix);
    }
    if (block->length < HEAD_BYTES) {
        return false;
    }
    block->is_big_endian = memcmp(block->bytes, "MM", 2) == 0;
    return (block->is_big_endian || memcmp(block->bytes, "II", 2) == 0) &&
           number_at(block, 2, 2) == 42;
}

/* In the first directory, whose entries have twelve bytes each. */
static uint32_t find(const struct block *block, size_t directory)
{
    size_t count;
    size_t i;

    if (directory < HEAD_BYTES || directory > block->length - 2) {
        return 0;
    }
    count = number_at(block, directory, 2);
    for (i = 0; i < count; i++) {
        size_t entry = directory + 2 + i * ENTRY_BYTES;

        if (entry + ENTRY_BYTES > block->length) {
            return 0;
        }
        if (number_at(block, entry, 2) == ORIENTATION &&
            number_at(block, entry + 2, 2) == TYPE_SHORT &&
            number_at(block, entry + 4, 4) == 1) {
            return number_at(block, entry + 8, 2);
        }
    }
    return 0;
}

unsigned exif_orientation(const unsigned char *block, size_t length)
{
    struct block read = {.bytes = block, .length = length};
    uint32_t found = has_head(&read) ? find(&read, number_at(&read, 4, 4)) : 0;

    return found >= 1 && found <= 8 ? found : 1;
}
