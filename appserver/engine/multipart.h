/*
 * Forms with files (multipart/form-data, RFC 7578), read as they arrive: bytes
 * go in, in pieces of any size, and what they mean comes out by three calls.
 *
 *     --abc                                   part("picture", "me.jpg")
 *     Content-Disposition: form-data; ...
 *
 *     ...bytes...                             bytes(...) as often as need be
 *     --abc--                                 end()
 *
 * The parser keeps the headers of one part and the place in one boundary, and
 * nothing of what the parts hold, so that its memory is the same for all
 * bodies.
 *
 * Parsers of this format are known for reading the same bytes differently. So
 * this one understands what browsers and programs send today, and refuses all
 * else: lines end with CRLF; nothing stands before the first boundary but one
 * CRLF, and nothing behind the last; a line that begins with the boundary and
 * goes on is an error and no part of a file; headers are not folded; there is
 * no multipart within a part, and nothing is encoded but by being itself.
 */

#ifndef ENGINE_MULTIPART_H
#define ENGINE_MULTIPART_H

#include <stdbool.h>
#include <stddef.h>

#define MULTIPART_PARTS_MAX 256
#define MULTIPART_LINES_MAX 16               /* headers of a part */
#define MULTIPART_HEADERS_MAX ((size_t)4096) /* their bytes */
#define MULTIPART_NAME_MAX ((size_t)128)
#define MULTIPART_BOUNDARY_MAX ((size_t)70)

/* What the headers of a part say; valid only during the call. UTF-8. */
struct multipart_part {
    const char *name;
    const char *filename; /* NULL: it is a field and no file */
};

/*
 * Each returns 0, or the status that the client is answered with instead;
 * nothing is called after that.
 */
struct multipart_sink {
    int (*part)(void *context, const struct multipart_part *part);
    int (*bytes)(void *context, const char *bytes, size_t length);
    int (*end)(void *context);
    void *context;
};

struct multipart {
    const struct multipart_sink *sink;
    int state;
    int status;         /* 0, or what the client is answered with */
    const char *reason; /* for the log: why; NULL: the sink knows */
    char delimiter[MULTIPART_BOUNDARY_MAX + 5]; /* CR LF - - boundary */
    size_t delimiter_length;
    size_t matched; /* of the delimiter, and not given to anybody yet */
    unsigned parts;
    unsigned lines;                       /* of this part's headers */
    size_t headers_length;                /* of all of them */
    char line[MULTIPART_HEADERS_MAX + 1]; /* the one that is being read */
    size_t line_length;
    bool has_disposition;
    bool is_file;
    char name[MULTIPART_NAME_MAX + 1];
    char filename[1025];
};

/* Whether a body of this type is for this parser to accept or to refuse. */
bool multipart_is_type(const char *content_type);

/*
 * Begins with the body's Content-Type. All three return false when the body is
 * refused: `status` is 400, 413, 415 or what the sink said, and stays so.
 */
bool multipart_begin(struct multipart *multipart, const char *content_type,
                     const struct multipart_sink *sink);
bool multipart_feed(struct multipart *multipart, const char *bytes,
                    size_t length);
bool multipart_end(struct multipart *multipart);

#endif
