/*
 * What a file is, told from its bytes. Its name and what the browser says are
 * the sender's words: a page that calls itself a picture is still a page.
 *
 * Only types that are told with certainty are known, and each has one ending.
 * Text is text as a whole: UTF-8 without control characters. HTML and SVG are
 * text then, and sent as such they are never run.
 */

#ifndef ENGINE_FILE_TYPE_H
#define ENGINE_FILE_TYPE_H

#include <stdbool.h>
#include <stddef.h>

#define FILE_TYPE_HEAD ((size_t)96)

struct file_type {
    const char *type;
    const char *ending;
    bool is_picture; /* browsers may show it in its place */
    struct {
        unsigned at;
        unsigned length;
        const char *bytes;
    } marks[2]; /* all of them; none for text and for the unknown */
};

/* A file on its way: begin with zeroes. */
struct file_teller {
    unsigned char head[FILE_TYPE_HEAD];
    size_t head_length;
    bool is_no_text;
    unsigned char left; /* bytes of a character that are still to come */
    unsigned char low;  /* within which the next of them must be */
    unsigned char high;
};

void file_teller_take(struct file_teller *teller, const unsigned char *bytes,
                      size_t length);

/* Never NULL: what is unknown is application/octet-stream. */
const struct file_type *file_teller_end(const struct file_teller *teller);

/* The row of "image/png"; NULL: no such type is ever told. */
const struct file_type *file_type_find(const char *type, size_t length);

#endif
