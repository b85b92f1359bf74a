/*
 * Files that visitors send, and files that are kept.
 *
 * A field of a form is a file when its row says so (form.h):
 *
 *     FIELD(POST_PAPER, .name = "paper", .kind = FB_FILE, .label = "Paper",
 *           .accept = "application/pdf,text/plain", .most = 5 << 20)
 *
 * The engine reads it in pieces, into memory or into the spool, tells from its
 * bytes what it is, and checks both before the handler runs. What the handler
 * gets is right, or there is an error beside the field:
 *
 *     const struct fb_file *paper = fb_form_file(form, POST_PAPER);
 *
 * It is gone with the request, unless it is kept. Files are kept in the
 * database, by the SHA-256 of their content, so that every host has them, none
 * is kept twice, and a file that changes gets another address. Each use of a
 * file has an owner: a word and a number, as in ("post", 7). A file without an
 * owner is removed after a while.
 *
 *     result = fb_file_publish(request, paper, "post", id);
 *     ... fb_file_url(request, paper) ...      "/files/9f86...0a08.pdf"
 *
 * Everybody may read what was published, and may keep it for a year. What not
 * everybody may see is kept by fb_file_keep() and sent by fb_send_file(), from
 * a handler that knows who asks.
 *
 * Pictures are shown in their place. Anything else is sent to be saved, under
 * a type that no browser runs: HTML that somebody uploads stays text.
 */

#ifndef FOOBAR_UPLOAD_H
#define FOOBAR_UPLOAD_H

#include <foobar/app.h>

#include <stddef.h>
#include <stdint.h>

struct fb_form;
struct fb_request;

/* The most that a field may allow for one file: 64 MiB. */
#define FB_FILE_MOST ((int64_t)64 << 20)

struct fb_file {
    const char *name;   /* what its sender calls it: a label, never a path */
    const char *type;   /* told from its bytes: "application/pdf" */
    const char *sha256; /* of its content, 64 digits */
    int64_t size;       /* bytes */
    unsigned width;     /* of a picture that the engine has drawn anew; or 0 */
    unsigned height;
};

/* The file of a field; NULL: none was sent, or it is wrong. */
FB_API const struct fb_file *fb_form_file(const struct fb_form *form,
                                          unsigned field);

/*
 * A picture that was sent (FB_PICTURE): JPEG, PNG or WebP. It was decoded in a
 * process of its own, turned upright, brought into sRGB, made smaller and
 * encoded anew as WebP, so that nothing of what was sent is left but what can
 * be seen: no place, no camera, no hidden files. There is a size for each of
 * the field's widths, in pixels, the smallest first; widths above its own are
 * left out, and when all are, it has one size, its own. sizes[count - 1] is
 * what fb_form_file() gives.
 */
struct fb_picture {
    const struct fb_file *const *sizes;
    size_t count;
};
FB_API const struct fb_picture *fb_form_picture(const struct fb_form *form,
                                                unsigned field);

/*
 * Reads from the file's content, from `offset` on. Returns how many bytes that
 * were, 0 at its end.
 */
FB_API size_t fb_file_read(struct fb_request *request,
                           const struct fb_file *file, int64_t offset,
                           void *buffer, size_t size);

/*
 * Keeps the file for this owner, only inside a transaction's function. `owner`
 * is a word of a-z, 0-9 and _, at most 40; a file may have many, and an owner
 * many files. publish: everybody who knows its address may read it, also when
 * it was kept before.
 */
FB_API enum fb_result fb_file_keep(struct fb_request *request,
                                   const struct fb_file *file,
                                   const char *owner, int64_t id);
FB_API enum fb_result fb_file_publish(struct fb_request *request,
                                      const struct fb_file *file,
                                      const char *owner, int64_t id);

/*
 * The owner lets go of all its files, only inside a transaction's function.
 * Those that nobody else has are removed, an hour later at the earliest.
 */
FB_API enum fb_result fb_file_release(struct fb_request *request,
                                      const char *owner, int64_t id);

/* The address of a file that is published: a path of this site. */
FB_API const char *fb_file_url(struct fb_request *request,
                               const struct fb_file *file)
    __attribute__((returns_nonnull));

/*
 * Replies with a file that is kept, published or not: the handler has made
 * sure that this visitor may have it. `name` is proposed when it is saved; NULL:
 * none is. FB_NOT_FOUND when there is no such file. The reply is the visitor's
 * own and is kept by nobody; a part of it may be asked for (Range).
 */
FB_API enum fb_result fb_send_file(struct fb_request *request,
                                   const char *sha256, const char *name);

#endif
