/*
 * Files that are kept; files.h and the migration say how they lie.
 *
 * A file is written as its request's transaction writes everything else, and
 * may be written again when that is replayed: its content is still in memory
 * or in the spool. It is sent chunk by chunk as the database sends its rows,
 * so that neither way takes more memory than one chunk.
 */

#include "files.h"

#include <foobar/foobar.h>

#include <string.h>

#include "database.h"
#include "file_name.h"
#include "file_type.h"
#include "foobar_wire.h"
#include "not_modified.h"
#include "range.h"
#include "request.h"

#define HASH_DIGITS ((size_t)64)
#define OWNER_MOST ((size_t)40)
#define PREFIX "/files/"

#define SOME_HASH "none"

#define EXAMPLE(...)                 \
    .example = (const char *const[]) \
    {                                \
        __VA_ARGS__, NULL            \
    }

const struct fb_statement file_statements[FILE_STATEMENTS] = {
    /* Two rows are "changed" when it was there: kept_at never stays as it is. */
    [FILE_ADD] = {.name = "file_add",
                  .sql = "INSERT INTO files (sha256, type, size, width, "
                         "height) VALUES (?, ?, ?, ?, ?) "
                         "ON DUPLICATE KEY UPDATE idle_at = NULL, kept_at = "
                         "GREATEST(kept_at + INTERVAL 1 MICROSECOND, "
                         "UTC_TIMESTAMP(6))",
                  EXAMPLE(SOME_HASH, "text/plain", "1", "0", "0")},
    [FILE_ADD_CHUNK] = {.name = "file_add_chunk",
                        .sql = "INSERT INTO file_chunks (sha256, number, "
                               "content) VALUES (?, ?, ?)",
                        EXAMPLE(SOME_HASH, "0", "a")},
    [FILE_ADD_USE] = {.name = "file_add_use",
                      .sql = "INSERT INTO file_uses (owner, owner_id, sha256, "
                             "is_public) SELECT ?, ?, sha256, ? FROM files "
                             "WHERE sha256 = ? "
                             "ON DUPLICATE KEY UPDATE is_public = "
                             "GREATEST(file_uses.is_public, VALUES(is_public))",
                      EXAMPLE("none", "0", "0", SOME_HASH)},
    /* The row changes in any case: two who let go at a time meet there. */
    [FILE_LET_GO] = {.name = "file_let_go",
                     .sql = "UPDATE files JOIN file_uses AS mine "
                            "ON mine.sha256 = files.sha256 SET "
                            "files.kept_at = GREATEST(files.kept_at + "
                            "INTERVAL 1 MICROSECOND, UTC_TIMESTAMP(6)), "
                            "files.idle_at = IF(EXISTS (SELECT 1 "
                            "FROM file_uses AS other "
                            "WHERE other.sha256 = files.sha256 AND NOT "
                            "(other.owner = mine.owner AND "
                            "other.owner_id = mine.owner_id)), NULL, "
                            "UTC_TIMESTAMP(6)) "
                            "WHERE mine.owner = ? AND mine.owner_id = ?",
                     EXAMPLE("none", "0")},
    [FILE_DROP_USES] = {.name = "file_drop_uses",
                        .sql = "DELETE FROM file_uses WHERE owner = ? AND "
                               "owner_id = ?",
                        EXAMPLE("none", "0")},
    [FILE_FIND] = {.name = "file_find",
                   .sql = "SELECT type, size FROM files WHERE sha256 = ?",
                   EXAMPLE(SOME_HASH)},
    [FILE_FIND_PUBLIC] = {.name = "file_find_public",
                          .sql = "SELECT type, size FROM files WHERE sha256 = "
                                 "? AND EXISTS (SELECT 1 FROM file_uses "
                                 "WHERE file_uses.sha256 = files.sha256 "
                                 "AND is_public = 1)",
                          EXAMPLE(SOME_HASH)},
    [FILE_CHUNKS] = {.name = "file_chunks",
                     .sql = "SELECT content FROM file_chunks WHERE sha256 = ? "
                            "AND number BETWEEN ? AND ? ORDER BY number",
                     EXAMPLE(SOME_HASH, "0", "1")},
};

static unsigned number_of(const struct fb_request *request,
                          enum file_statement statement)
{
    if (request->database == NULL) {
        return 0; /* whoever uses it will say that there is none */
    }
    return database_own(request->database, &file_statements[statement]);
}

/* ----------------------------------------------------------------- keeping */

static enum fb_result add_chunks(struct fb_request *request,
                                 const struct fb_file *file)
{
    char *chunk = request_alloc_raw(request, FILES_CHUNK);
    enum fb_result result = FB_OK;
    int64_t offset = 0;
    int64_t number = 0;

    while (result == FB_OK && offset < file->size) {
        size_t got = 0;
        size_t more;

        do {
            more = fb_file_read(request, file, offset + (int64_t)got,
                                chunk + got, FILES_CHUNK - got);
            got += more;
        } while (more > 0 && got < FILES_CHUNK);
        if (got == 0) {
            request_fail(request, "a file of the spool became shorter");
        }
        result = fb_execute(request, number_of(request, FILE_ADD_CHUNK),
                            fb_text(file->sha256), fb_int(number),
                            fb_bytes(chunk, got));
        offset += (int64_t)got;
        number++;
    }
    return result;
}

static void check_owner(struct fb_request *request, const char *owner)
{
    size_t length = strlen(owner);

    if (length == 0 || length > OWNER_MOST ||
        strspn(owner, "abcdefghijklmnopqrstuvwxyz0123456789_") != length) {
        request_fail(request,
                     "the owner of a file is a word of a-z, 0-9 and _, at most "
                     "%zu, not \"%s\"",
                     OWNER_MOST, owner);
    }
}

/* The row of the file comes first: it is what everybody else waits for. */
static enum fb_result keep(struct fb_request *request,
                           const struct fb_file *file, const char *owner,
                           int64_t id, bool is_public)
{
    enum fb_result result;

    check_owner(request, owner);
    result =
        fb_execute(request, number_of(request, FILE_ADD), fb_text(file->sha256),
                   fb_text(file->type), fb_int(file->size), fb_int(file->width),
                   fb_int(file->height));
    if (result == FB_OK && fb_changed_rows(request) == 1) {
        result = add_chunks(request, file);
    }
    if (result == FB_OK) {
        result = fb_execute(request, number_of(request, FILE_ADD_USE),
                            fb_text(owner), fb_int(id), fb_int(is_public),
                            fb_text(file->sha256));
    }
    return result;
}

enum fb_result fb_file_keep(struct fb_request *request,
                            const struct fb_file *file, const char *owner,
                            int64_t id)
{
    return keep(request, file, owner, id, false);
}

enum fb_result fb_file_publish(struct fb_request *request,
                               const struct fb_file *file, const char *owner,
                               int64_t id)
{
    return keep(request, file, owner, id, true);
}

enum fb_result fb_file_release(struct fb_request *request, const char *owner,
                               int64_t id)
{
    enum fb_result result;

    check_owner(request, owner);
    result = fb_execute(request, number_of(request, FILE_LET_GO),
                        fb_text(owner), fb_int(id));
    if (result == FB_OK) {
        result = fb_execute(request, number_of(request, FILE_DROP_USES),
                            fb_text(owner), fb_int(id));
    }
    return result;
}

static const struct file_type *type_of(struct fb_request *request,
                                       const char *type)
{
    const struct file_type *row = file_type_find(type, strlen(type));

    if (row == NULL) {
        request_fail(request, "there is no type of files \"%s\"", type);
    }
    return row;
}

const char *fb_file_url(struct fb_request *request, const struct fb_file *file)
{
    return fb_printf(request, PREFIX "%s.%s", file->sha256,
                     type_of(request, file->type)->ending);
}

/* ----------------------------------------------------------------- sending */

/* What is left of the part that is sent. */
struct part {
    int64_t skip; /* of the first chunk */
    int64_t left;
};

static enum fb_result send_chunk(struct fb_request *request,
                                 const struct fb_rows *row, void *context)
{
    struct part *part = context;
    int64_t length = (int64_t)fb_column_length(row, 0) - part->skip;

    if (length <= 0) {
        return FB_FAILED;
    }
    length = length < part->left ? length : part->left;
    fb_out_literal(fb_body(request), fb_column_text(row, 0) + part->skip,
                   (size_t)length);
    fb_send(request);
    part->skip = 0;
    part->left -= length;
    return FB_OK;
}

/* From `first` to `last`, both included; the head goes with the first chunk. */
static enum fb_result send_part(struct fb_request *request, const char *sha256,
                                int64_t first, int64_t last)
{
    struct part part = {.skip = first % (int64_t)FILES_CHUNK,
                        .left = last - first + 1};
    enum fb_result result;

    result =
        fb_each(request, number_of(request, FILE_CHUNKS), send_chunk, &part,
                fb_text(sha256), fb_int(first / (int64_t)FILES_CHUNK),
                fb_int(last / (int64_t)FILES_CHUNK));
    if (result == FB_OK && part.left > 0) {
        fb_log(request, "the file %s lacks its last %lld bytes", sha256,
               (long long)part.left);
        return FB_FAILED;
    }
    return result;
}

/* The part that is asked for; a part of another state is the whole. */
static enum range_result choose_part(struct fb_request *request,
                                     const char *sha256, int64_t size,
                                     int64_t *first, int64_t *last)
{
    const char *state = fb_request_header(request, "If-Range");
    const char *range = fb_request_header(request, "Range");

    *first = 0;
    *last = size - 1;
    if (fb_method(request) != FB_GET ||
        (state != NULL &&
         strcmp(state, fb_printf(request, "\"%s\"", sha256)) != 0)) {
        return RANGE_WHOLE;
    }
    return range_read(range, size, first, last);
}

static enum fb_result send_what_is_asked(struct fb_request *request,
                                         const char *sha256, int64_t size)
{
    int64_t first;
    int64_t last;
    int64_t length;

    switch (choose_part(request, sha256, size, &first, &last)) {
    case RANGE_UNREACHABLE:
        request_clear_reply(request, 416);
        fb_header(request, "Cache-Control", "no-store");
        fb_header(request, "Content-Range",
                  fb_printf(request, "bytes */%lld", (long long)size));
        return FB_OK;
    case RANGE_PART:
        fb_status(request, 206);
        fb_header(request, "Content-Range",
                  fb_printf(request, "bytes %lld-%lld/%lld", (long long)first,
                            (long long)last, (long long)size));
        break;
    case RANGE_WHOLE:
        break;
    }
    length = last - first + 1;
    fb_header(request, "Content-Length",
              fb_printf(request, "%lld", (long long)length));
    if (fb_method(request) == FB_HEAD || size == 0) {
        fb_send(request);
        return FB_OK;
    }
    return send_part(request, sha256, first, last);
}

/*
 * Whatever it is, it is shown as a picture or saved, and never run: browsers
 * believe the type, and would give it no rights if they opened it.
 */
static void add_headers(struct fb_request *request, const char *sha256,
                        const struct file_type *type)
{
    fb_content_type(request, type->type);
    fb_header(request, "ETag", fb_printf(request, "\"%s\"", sha256));
    fb_header(request, "Accept-Ranges", "bytes");
    fb_header(request, "X-Content-Type-Options", "nosniff");
    fb_header(request, "Content-Security-Policy",
              "default-src 'none'; sandbox");
}

static bool client_has_it(struct fb_request *request, const char *sha256)
{
    const char *tags = fb_request_header(request, "If-None-Match");

    return tags != NULL && etag_matches(tags, sha256);
}

static enum fb_result send_file(struct fb_request *request, const char *sha256,
                                int64_t size)
{
    if (client_has_it(request, sha256)) {
        fb_status(request, 304);
        return FB_OK;
    }
    return send_what_is_asked(request, sha256, size);
}

/* 64 digits of a hash; whatever else was asked for is no file. */
static bool is_hash(const char *text, size_t length)
{
    return length == HASH_DIGITS &&
           strspn(text, "0123456789abcdef") >= HASH_DIGITS;
}

/* The row of a file; *size and *type are set on FB_OK. */
static enum fb_result find(struct fb_request *request,
                           enum file_statement statement, const char *sha256,
                           const struct file_type **type, int64_t *size)
{
    struct fb_rows *rows;
    enum fb_result result = fb_select(request, number_of(request, statement),
                                      &rows, fb_text(sha256));

    if (result != FB_OK) {
        return result;
    }
    if (!fb_next(rows)) {
        return FB_NOT_FOUND;
    }
    *type = type_of(request, fb_column_text(rows, 0));
    *size = fb_column_int(rows, 1);
    return FB_OK;
}

static enum fb_result show_file(struct fb_request *request)
{
    const char *name = fb_path_text(request, "name");
    size_t digits = strcspn(name, ".");
    const struct file_type *type;
    const char *sha256;
    enum fb_result result;
    int64_t size;

    if (!is_hash(name, digits) || name[digits] == '\0') {
        return FB_NOT_FOUND;
    }
    sha256 = request_strndup(request, name, digits);
    result = find(request, FILE_FIND_PUBLIC, sha256, &type, &size);
    if (result != FB_OK || strcmp(name + digits + 1, type->ending) != 0) {
        return result != FB_OK ? result : FB_NOT_FOUND;
    }
    add_headers(request, sha256, type);
    fb_header(request, "Cache-Control", "public, max-age=31536000, immutable");
    if (!type->is_picture) {
        fb_header(request, "Content-Disposition", "attachment");
    }
    return send_file(request, sha256, size);
}

const struct fb_page files_page = {
    .name = "files",
    .path = PREFIX "{name}",
    .methods = FB_GET,
    .handler = show_file,
    .cache_seconds = FOOBAR_CACHE_MAX,
};

/* RFC 6266: the name for old programs, and as it is in UTF-8. */
static const char *disposition(struct fb_request *request,
                               const struct file_type *type, const char *name)
{
    static const char hex[] = "0123456789ABCDEF";
    const char *label = file_name_clean(request->arena, name);
    char *plain;
    char *coded;
    size_t i;
    size_t to = 0;

    if (label != NULL && label[0] != '\0') {
        label = file_name_with_ending(request->arena, label, type->ending);
    }
    if (label == NULL || label[0] == '\0') {
        return type->is_picture ? "inline" : "attachment";
    }
    plain = request_strndup(request, label, strlen(label));
    coded = request_alloc_raw(request, 3 * strlen(label) + 1);
    for (i = 0; label[i] != '\0'; i++) {
        unsigned char c = (unsigned char)label[i];
        bool is_word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                       (c >= '0' && c <= '9') || c == '.' || c == '-' ||
                       c == '_';

        plain[i] = is_word || c == ' ' ? (char)c : '_';
        if (is_word) {
            coded[to++] = (char)c;
        } else {
            coded[to++] = '%';
            coded[to++] = hex[c >> 4];
            coded[to++] = hex[c & 15];
        }
    }
    coded[to] = '\0';
    return fb_printf(request, "%s; filename=\"%s\"; filename*=UTF-8''%s",
                     type->is_picture ? "inline" : "attachment", plain, coded);
}

enum fb_result fb_send_file(struct fb_request *request, const char *sha256,
                            const char *name)
{
    const struct file_type *type;
    enum fb_result result;
    int64_t size;

    if (!is_hash(sha256, strlen(sha256))) {
        return FB_NOT_FOUND;
    }
    result = find(request, FILE_FIND, sha256, &type, &size);
    if (result != FB_OK) {
        return result;
    }
    add_headers(request, sha256, type);
    fb_header(request, "Cache-Control", "private, no-store");
    fb_header(request, "Content-Disposition",
              disposition(request, type, name != NULL ? name : ""));
    return send_file(request, sha256, size);
}
