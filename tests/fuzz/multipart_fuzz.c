/*
 * Fuzzes the reader of forms with files. An input is a Content-Type, a line
 * feed, and a body.
 *
 * Whatever the bytes are: the same body means the same however it is cut into
 * pieces, names are UTF-8, parts begin and end in turn, and no content grows
 * on the way.
 *
 * seeds: tests/fuzz/seeds/multipart
 */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "form.h"
#include "multipart.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What was told of a body, as a sum that depends on the order. */
struct tale {
    uint64_t sum;
    size_t content;
    bool is_in_part;
};

static void must(bool holds)
{
    if (!holds) {
        abort();
    }
}

static void add(struct tale *tale, const char *bytes, size_t length)
{
    size_t i;

    for (i = 0; i < length; i++) {
        tale->sum = (tale->sum ^ (unsigned char)bytes[i]) * 1099511628211U;
    }
}

static int tell_part(void *context, const struct multipart_part *part)
{
    struct tale *tale = context;

    must(!tale->is_in_part && part->name[0] != '\0');
    must(form_is_utf8(part->name, strlen(part->name)));
    add(tale, part->name, strlen(part->name) + 1);
    if (part->filename != NULL) {
        must(form_is_utf8(part->filename, strlen(part->filename)));
        add(tale, part->filename, strlen(part->filename) + 1);
    }
    tale->is_in_part = true;
    return 0;
}

static int tell_bytes(void *context, const char *bytes, size_t length)
{
    struct tale *tale = context;

    must(tale->is_in_part && length > 0);
    tale->content += length;
    add(tale, bytes, length);
    return 0;
}

static int tell_end(void *context)
{
    struct tale *tale = context;

    must(tale->is_in_part);
    tale->is_in_part = false;
    add(tale, "", 1);
    return 0;
}

static int read_in_pieces(const char *type, const char *body, size_t length,
                          size_t step, struct tale *tale)
{
    struct multipart_sink sink = {tell_part, tell_bytes, tell_end, tale};
    static struct multipart multipart;
    size_t at;

    *tale = (struct tale){.sum = 14695981039346656037U};
    if (multipart_begin(&multipart, type, &sink)) {
        for (at = 0; at < length; at += step) {
            size_t piece = step < length - at ? step : length - at;
            /* Of its own memory, so that a byte too many is found. */
            char *copy = malloc(piece);

            must(copy != NULL);
            memcpy(copy, body + at, piece);
            multipart_feed(&multipart, copy, piece);
            free(copy);
        }
        multipart_end(&multipart);
    }
    must(multipart.status == 0 || multipart.reason != NULL);
    must(tale->content <= length);
    must(multipart.status != 0 || !tale->is_in_part);
    return multipart.status;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *end = memchr(data, '\n', size);
    char type[300] = "multipart/form-data; boundary=abc";
    const char *body = (const char *)data;
    struct tale whole;
    struct tale pieces;
    size_t step;
    int status;

    if (end != NULL && (size_t)(end - data) < sizeof(type)) {
        memcpy(type, data, (size_t)(end - data));
        type[end - data] = '\0';
        body = (const char *)end + 1;
        size -= (size_t)(end + 1 - data);
    }
    status = read_in_pieces(type, body, size, size + 1, &whole);
    for (step = 1; step < 12; step += 2) {
        must(read_in_pieces(type, body, size, step, &pieces) == status);
        must(status != 0 || pieces.sum == whole.sum);
    }
    return 0;
}
