/*
 * Cursors: the place of a row as base64url of eight bytes of a number and the
 * bytes of a text. Nobody else is meant to read them; whoever makes one up
 * gets some page of the same list.
 */

#include <foobar/paging.h>
#include <foobar/request.h>

#include <sodium.h>
#include <string.h>

#include "form.h"
#include "request.h"

#define ID_BYTES ((size_t)8)
#define CURSOR_BYTES (ID_BYTES + FB_PLACE_TEXT_MAX)
#define BASE64 sodium_base64_VARIANT_URLSAFE_NO_PADDING

const char *fb_cursor(struct fb_request *request, const char *key, int64_t id)
{
    size_t length = key != NULL ? strlen(key) : 0;
    unsigned char bytes[CURSOR_BYTES];
    size_t size = sodium_base64_encoded_len(ID_BYTES + length, BASE64);
    uint64_t number = (uint64_t)id;
    size_t i;

    if (length > FB_PLACE_TEXT_MAX) {
        request_fail(request, "fb_cursor(): a key has at most %d bytes",
                     FB_PLACE_TEXT_MAX);
    }
    for (i = 0; i < ID_BYTES; i++) {
        bytes[i] = (unsigned char)(number >> (8 * (ID_BYTES - 1 - i)));
    }
    for (i = 0; i < length; i++) {
        bytes[ID_BYTES + i] = (unsigned char)key[i];
    }
    return sodium_bin2base64(fb_alloc(request, size), size, bytes,
                             ID_BYTES + length, BASE64);
}

static bool read_cursor(struct fb_request *request, const char *text,
                        struct fb_place *place)
{
    unsigned char bytes[CURSOR_BYTES];
    const char *end = NULL;
    uint64_t number = 0;
    size_t length = 0;
    size_t i;

    if (sodium_base642bin(bytes, sizeof(bytes), text, strlen(text), NULL,
                          &length, &end, BASE64) != 0 ||
        *end != '\0' || length < ID_BYTES) {
        return false;
    }
    for (i = 0; i < ID_BYTES; i++) {
        number = number << 8 | bytes[i];
    }
    place->id = (int64_t)number;
    length -= ID_BYTES;
    if (length > 0) {
        const char *key = (const char *)bytes + ID_BYTES;

        if (memchr(key, '\0', length) != NULL || !form_is_utf8(key, length)) {
            return false;
        }
        place->key = request_strndup(request, key, length);
    }
    return true;
}

bool fb_place(struct fb_request *request, struct fb_place *place)
{
    const char *after = fb_query(request, "after");
    const char *before = fb_query(request, "before");

    *place = (struct fb_place){.is_first = after == NULL && before == NULL,
                               .is_before = before != NULL};
    if (place->is_first) {
        return true;
    }
    return (after == NULL || before == NULL) &&
           read_cursor(request, after != NULL ? after : before, place);
}

static void *reversed(struct fb_request *request, const char *rows,
                      size_t row_size, size_t count)
{
    char *copy = fb_alloc(request, (count + 1) * row_size);
    size_t i;

    for (i = 0; i < count; i++) {
        memcpy(copy + i * row_size, rows + (count - 1 - i) * row_size,
               row_size);
    }
    return copy;
}

void fb_turn_rows(struct fb_request *request, struct fb_place *place,
                  void *rows, size_t row_size, size_t *count, size_t size)
{
    bool has_more = *count > size;
    const void *found;

    if (has_more) {
        *count = size; /* the row too many is the last that was found */
    }
    place->has_next = place->is_before || has_more;
    place->has_previous = place->is_before ? has_more : !place->is_first;
    if (place->is_before) {
        memcpy(&found, rows, sizeof(found));
        found = reversed(request, found, row_size, *count);
        memcpy(rows, &found, sizeof(found));
    }
}
