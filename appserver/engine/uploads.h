/*
 * Files of a form while they arrive. The body is read in pieces: what is a
 * field goes into the request's memory, what is a file is measured, hashed and
 * looked at on its way into memory or, from UPLOADS_MEMORY on, into the spool.
 * So a request with large files takes no more memory than one with small ones.
 */

#ifndef ENGINE_UPLOADS_H
#define ENGINE_UPLOADS_H

#include <foobar/form.h>
#include <foobar/upload.h>

#include <sodium.h>
#include <stdbool.h>
#include <stddef.h>

#include "file_type.h"

#define UPLOADS_MEMORY ((size_t)32 * 1024) /* of one file */
#define UPLOADS_NO_FIELD (~0U)

/*
 * A file. What is longer than it may be is measured to its end, and nothing of
 * it is kept.
 */
struct upload {
    struct fb_file file; /* what handlers see; first: it is cast back */
    const struct file_type *type;
    unsigned field;
    int fd;       /* in the spool; -1: it is in memory */
    int pipe;     /* from who draws it anew; -1: nobody does */
    char *memory; /* UPLOADS_MEMORY bytes */
    int64_t most;
    crypto_hash_sha256_state hash;
    struct file_teller teller;
    struct fb_picture picture; /* drawn of it; count 0: none was */
    struct upload *next;
};

/* Whether the kind of a field is a file. */
bool uploads_is_file(enum fb_field_kind kind);

/* Whether a form has a field that is one, or that is a picture. */
bool uploads_has_file(const struct fb_form_type *type);
bool uploads_has_picture(const struct fb_form_type *type);

/*
 * Reads the body of a request that sends multipart/form-data to a page with a
 * form: the fields are in request->form then. Ends the request with 400, 413,
 * 415 or 503 when it cannot be read, or not be taken.
 */
void uploads_read(struct fb_request *request);

/*
 * A file that does not come from the body: begun, added to and ended, it is
 * one of the request's as those are. add returns NULL, or why there is no room.
 */
struct upload *uploads_begin(struct fb_request *request, int64_t most);
const char *uploads_add(struct fb_request *request, struct upload *upload,
                        const char *bytes, size_t length);
void uploads_finish(struct fb_request *request, struct upload *upload);

/* Moves it from memory into the spool; NULL, or why not. */
const char *uploads_to_spool(struct fb_request *request, struct upload *upload);

/* What was sent for a field, right or wrong; NULL: no file was. */
const struct upload *uploads_of(const struct fb_request *request,
                                unsigned field);

/* The request is done: its files go. */
void uploads_end(struct fb_request *request);

#endif
