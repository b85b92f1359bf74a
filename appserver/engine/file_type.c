/* What a file is, told from its bytes: see file_type.h. */

#include "file_type.h"

#include <string.h>

#define MARK(at, text)             \
    {                              \
        at, sizeof(text) - 1, text \
    }

/* Which packages of OpenDocument say of themselves, at the same place. */
#define PACKAGE "PK\003\004"
#define DOCUMENT(kind) "mimetypeapplication/vnd.oasis.opendocument." kind

/* The first row that fits is it. The last two have no marks. */
static const struct file_type rows[] = {
    {"image/jpeg", "jpg", true, {MARK(0, "\xFF\xD8\xFF")}},
    {"image/png", "png", true, {MARK(0, "\x89PNG\r\n\x1A\n")}},
    {"image/webp", "webp", true, {MARK(0, "RIFF"), MARK(8, "WEBP")}},
    {"image/gif", "gif", true, {MARK(0, "GIF8"), MARK(5, "a")}},
    {"application/pdf", "pdf", false, {MARK(0, "%PDF-")}},
    {"application/vnd.oasis.opendocument.text",
     "odt",
     false,
     {MARK(0, PACKAGE), MARK(30, DOCUMENT("text"))}},
    {"application/vnd.oasis.opendocument.spreadsheet",
     "ods",
     false,
     {MARK(0, PACKAGE), MARK(30, DOCUMENT("spreadsheet"))}},
    {"application/vnd.oasis.opendocument.presentation",
     "odp",
     false,
     {MARK(0, PACKAGE), MARK(30, DOCUMENT("presentation"))}},
    {"application/zip", "zip", false, {MARK(0, PACKAGE)}},
    {"application/gzip", "gz", false, {MARK(0, "\x1F\x8B\x08")}},
    {"audio/mpeg", "mp3", false, {MARK(0, "ID3")}},
    {"audio/ogg", "ogg", false, {MARK(0, "OggS")}},
    {"audio/flac", "flac", false, {MARK(0, "fLaC")}},
    {"audio/wav", "wav", false, {MARK(0, "RIFF"), MARK(8, "WAVE")}},
    {"video/mp4", "mp4", false, {MARK(4, "ftypiso")}},
    {"video/mp4", "mp4", false, {MARK(4, "ftypmp4")}},
    {"video/webm", "webm", false, {MARK(0, "\x1A\x45\xDF\xA3")}},
    {"text/plain", "txt", false, {{0}}},
    {"application/octet-stream", "bin", false, {{0}}},
};

#define ROWS (sizeof(rows) / sizeof(rows[0]))
#define TEXT_ROW (&rows[ROWS - 2])
#define UNKNOWN_ROW (&rows[ROWS - 1])

/* ------------------------------------------------------------------- text */

/* The first byte of a character, and within what its second must be. */
static bool begin_character(struct file_teller *teller, unsigned char byte)
{
    teller->low = 0x80;
    teller->high = 0xBF;
    if (byte < 0x80) {
        return (byte >= ' ' && byte != 0x7F) ||
               (byte != '\0' && strchr("\t\n\r\f", byte) != NULL);
    }
    if (byte < 0xC2 || byte > 0xF4) {
        return false;
    }
    teller->left = byte < 0xE0 ? 1 : byte < 0xF0 ? 2 : 3;
    if (byte == 0xE0) {
        teller->low = 0xA0;
    } else if (byte == 0xED) {
        teller->high = 0x9F;
    } else if (byte == 0xF0) {
        teller->low = 0x90;
    } else if (byte == 0xF4) {
        teller->high = 0x8F;
    }
    return true;
}

static bool is_text_so_far(struct file_teller *teller,
                           const unsigned char *bytes, size_t length)
{
    size_t i;

    for (i = 0; i < length; i++) {
        if (teller->left == 0) {
            if (!begin_character(teller, bytes[i])) {
                return false;
            }
        } else if (bytes[i] < teller->low || bytes[i] > teller->high) {
            return false;
        } else {
            teller->left--;
            teller->low = 0x80;
            teller->high = 0xBF;
        }
    }
    return true;
}

/* ------------------------------------------------------------------ a file */

void file_teller_take(struct file_teller *teller, const unsigned char *bytes,
                      size_t length)
{
    size_t room = FILE_TYPE_HEAD - teller->head_length;
    size_t kept = length < room ? length : room;

    if (length == 0) {
        return;
    }
    memcpy(teller->head + teller->head_length, bytes, kept);
    teller->head_length += kept;
    teller->is_no_text =
        teller->is_no_text || !is_text_so_far(teller, bytes, length);
}

static bool fits(const struct file_teller *teller, const struct file_type *row)
{
    size_t i;

    for (i = 0; i < 2 && row->marks[i].length > 0; i++) {
        if (row->marks[i].at + row->marks[i].length > teller->head_length ||
            memcmp(teller->head + row->marks[i].at, row->marks[i].bytes,
                   row->marks[i].length) != 0) {
            return false;
        }
    }
    return i > 0;
}

const struct file_type *file_teller_end(const struct file_teller *teller)
{
    size_t i;

    for (i = 0; i < ROWS; i++) {
        if (fits(teller, &rows[i])) {
            return &rows[i];
        }
    }
    return teller->is_no_text || teller->left > 0 || teller->head_length == 0
               ? UNKNOWN_ROW
               : TEXT_ROW;
}

const struct file_type *file_type_find(const char *type, size_t length)
{
    size_t i;

    for (i = 0; i < ROWS; i++) {
        if (strlen(rows[i].type) == length &&
            memcmp(rows[i].type, type, length) == 0) {
            return &rows[i];
        }
    }
    return NULL;
}
