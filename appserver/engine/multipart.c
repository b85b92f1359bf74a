/* Forms with files, read as they arrive; multipart.h says what is accepted. */

#include "multipart.h"

#include <string.h>
#include <strings.h>

#include "form.h"
#include "header_params.h"

/*
 *     START --boundary--> BEHIND --CRLF--> HEADERS --empty line--> CONTENT
 *                           ^  |                                      |
 *                           |  `--"--"--> LAST, CRLF or the end       |
 *                           `-------------------- CRLF--boundary -----'
 */
enum state {
    START,      /* nothing was read */
    BEGIN,      /* the first boundary, or a CRLF before it */
    BEHIND,     /* a boundary; its line goes on */
    BEHIND_PAD, /* ... with blanks */
    BEHIND_CR,  /* ... and its CR was read */
    BEHIND_ONE, /* ... with one "-" */
    HEADERS,
    HEADERS_CR,
    CONTENT,
    LAST, /* behind the last boundary */
    LAST_CR,
    LAST_END
};

static bool refuse(struct multipart *multipart, int status, const char *reason)
{
    multipart->status = status;
    multipart->reason = reason;
    return false;
}

/* What the sink said. */
static bool heed(struct multipart *multipart, int status)
{
    return status == 0 || refuse(multipart, status, NULL);
}

bool multipart_is_type(const char *content_type)
{
    return content_type != NULL &&
           strncasecmp(content_type + strspn(content_type, " \t"), "multipart/",
                       10) == 0;
}

/* --------------------------------------------------------------- the start */

/* RFC 2046: what mail gateways leave alone; never a space at the end. */
static bool is_boundary(const char *text, size_t length)
{
    static const char characters[] = "abcdefghijklmnopqrstuvwxyz"
                                     "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                     "0123456789'()+_,-./:=? ";

    return length > 0 && length <= MULTIPART_BOUNDARY_MAX &&
           strspn(text, characters) == length && text[length - 1] != ' ';
}

static bool take_boundary(struct multipart *multipart, const char *at)
{
    enum param_result result;
    struct param param;

    while ((result = param_next(&at, &param)) == PARAM_TAKEN) {
        if (strncmp(param.name, "boundary", 8) != 0) {
            continue;
        }
        if (param.name[8] != '\0' || multipart->delimiter_length > 0 ||
            !is_boundary(param.value, param.length)) {
            return false;
        }
        memcpy(multipart->delimiter, "\r\n--", 4);
        memcpy(multipart->delimiter + 4, param.value, param.length);
        multipart->delimiter_length = 4 + param.length;
    }
    return result == PARAM_END && multipart->delimiter_length > 0;
}

bool multipart_begin(struct multipart *multipart, const char *content_type,
                     const struct multipart_sink *sink)
{
    memset(multipart, 0, sizeof(*multipart));
    multipart->sink = sink;
    multipart->state = START;
    if (!param_value_is(&content_type, "multipart/form-data")) {
        return refuse(multipart, 415,
                      "of all multipart types a form is multipart/form-data");
    }
    if (!take_boundary(multipart, content_type)) {
        return refuse(multipart, 400,
                      "the type of the body names no boundary, or a bad one");
    }
    return true;
}

/* ------------------------------------------------------------- the headers */

/* "name", and "filename" in one of its two forms: filename* wins. */
static bool take_disposition(struct multipart *multipart, const char *value)
{
    enum param_result result;
    struct param param;
    bool has_name = false;
    bool has_plain = false;
    bool has_extended = false;

    if (multipart->has_disposition || !param_value_is(&value, "form-data")) {
        return false;
    }
    multipart->has_disposition = true;
    while ((result = param_next(&value, &param)) == PARAM_TAKEN) {
        bool is_extended = strcmp(param.name, "filename*") == 0;

        if (strcmp(param.name, "name") == 0) {
            if (has_name || param.length == 0 ||
                param.length > MULTIPART_NAME_MAX ||
                !form_is_utf8(param.value, param.length)) {
                return false;
            }
            has_name = true;
            memcpy(multipart->name, param.value, param.length + 1);
        } else if (is_extended || strcmp(param.name, "filename") == 0) {
            bool *has = is_extended ? &has_extended : &has_plain;

            if (*has || (is_extended && !param_decode_extended(&param)) ||
                !form_is_utf8(param.value, param.length)) {
                return false;
            }
            *has = true;
            if (is_extended || !has_extended) {
                memcpy(multipart->filename, param.value, param.length + 1);
            }
        } else if (strchr(param.name, '*') != NULL) {
            return false;
        }
    }
    multipart->is_file = has_plain || has_extended;
    return result == PARAM_END && has_name;
}

static bool is_plain_encoding(const char *value)
{
    return param_value_is(&value, "binary") || param_value_is(&value, "8bit") ||
           param_value_is(&value, "7bit");
}

/* The value of the line if it is this header, else NULL. */
static const char *value_of(const char *line, const char *name)
{
    size_t length = strlen(name);

    return strncasecmp(line, name, length) == 0 && line[length] == ':'
               ? line + length + 1
               : NULL;
}

static bool has_header_form(const char *line)
{
    size_t name = strspn(line, "abcdefghijklmnopqrstuvwxyz"
                               "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_");

    return name > 0 && line[name] == ':';
}

static bool take_header(struct multipart *multipart)
{
    const char *line = multipart->line;
    const char *value;

    if (++multipart->lines > MULTIPART_LINES_MAX) {
        return refuse(multipart, 400, "a part has too many headers");
    }
    if (!has_header_form(line)) {
        return refuse(multipart, 400, "a header of a part is none");
    }
    value = value_of(line, "Content-Disposition");
    if (value != NULL && !take_disposition(multipart, value)) {
        return refuse(multipart, 400,
                      "the Content-Disposition of a part is not one form-data "
                      "with one name");
    }
    value = value_of(line, "Content-Type");
    if (value != NULL && multipart_is_type(value)) {
        return refuse(multipart, 415, "a part is a multipart itself");
    }
    value = value_of(line, "Content-Transfer-Encoding");
    if (value != NULL && !is_plain_encoding(value)) {
        return refuse(multipart, 415, "a part is encoded");
    }
    return true;
}

static bool begin_content(struct multipart *multipart)
{
    struct multipart_part part = {
        .name = multipart->name,
        .filename = multipart->is_file ? multipart->filename : NULL};

    if (!multipart->has_disposition) {
        return refuse(multipart, 400, "a part has no Content-Disposition");
    }
    multipart->state = CONTENT;
    multipart->matched = 0;
    return heed(multipart,
                multipart->sink->part(multipart->sink->context, &part));
}

static bool end_line(struct multipart *multipart)
{
    multipart->state = HEADERS;
    if (multipart->line_length == 0) {
        return begin_content(multipart);
    }
    multipart->line[multipart->line_length] = '\0';
    multipart->line_length = 0;
    return take_header(multipart);
}

static bool add_to_line(struct multipart *multipart, char c)
{
    if (((unsigned char)c < ' ' && c != '\t') || c == 0x7f) {
        return refuse(multipart, 400,
                      "a header of a part holds a control character, or its "
                      "line does not end with CR LF");
    }
    if (++multipart->headers_length > MULTIPART_HEADERS_MAX) {
        return refuse(multipart, 400, "the headers of a part are too long");
    }
    multipart->line[multipart->line_length++] = c;
    return true;
}

static bool begin_headers(struct multipart *multipart)
{
    if (++multipart->parts > MULTIPART_PARTS_MAX) {
        return refuse(multipart, 413, "the body has too many parts");
    }
    multipart->state = HEADERS;
    multipart->lines = 0;
    multipart->headers_length = 0;
    multipart->line_length = 0;
    multipart->has_disposition = false;
    multipart->is_file = false;
    multipart->filename[0] = '\0';
    return true;
}

/* ------------------------------------------------------------- the content */

static bool give(struct multipart *multipart, const char *bytes, size_t length)
{
    return length == 0 ||
           heed(multipart, multipart->sink->bytes(multipart->sink->context,
                                                  bytes, length));
}

/* How many bytes are certainly no beginning of a delimiter: it begins by CR. */
static size_t plain_length(const char *bytes, size_t length)
{
    const char *cr = memchr(bytes, '\r', length);

    return cr != NULL ? (size_t)(cr - bytes) : length;
}

/*
 * Takes bytes of a part; returns how many, 0 when refused. There is only one
 * CR in a delimiter, at its beginning, so what matched so far and does not go
 * on is content as a whole: no shorter match can hide in it.
 */
static size_t take_content(struct multipart *multipart, const char *bytes,
                           size_t length)
{
    size_t plain;

    if (multipart->matched > 0 &&
        bytes[0] != multipart->delimiter[multipart->matched]) {
        size_t matched = multipart->matched;

        multipart->matched = 0;
        if (!give(multipart, multipart->delimiter, matched)) {
            return 0;
        }
    }
    if (multipart->matched == 0) {
        plain = plain_length(bytes, length);
        if (plain > 0) {
            return give(multipart, bytes, plain) ? plain : 0;
        }
    }
    if (++multipart->matched == multipart->delimiter_length) {
        multipart->state = BEHIND;
        return heed(multipart, multipart->sink->end(multipart->sink->context))
                   ? 1
                   : 0;
    }
    return 1;
}

/* ------------------------------------------------------------ what is read */

static bool take_begin(struct multipart *multipart, char c)
{
    if (c != multipart->delimiter[multipart->matched]) {
        return refuse(multipart, 400,
                      "the body does not begin with its boundary");
    }
    if (++multipart->matched == multipart->delimiter_length) {
        multipart->state = BEHIND;
    }
    return true;
}

/* The first boundary may do without the CRLF that is a part of all others. */
static bool take_start(struct multipart *multipart, char c)
{
    multipart->state = BEGIN;
    multipart->matched = c == '\r' ? 0 : 2;
    return take_begin(multipart, c);
}

/* The rest of its line: "--", or blanks which some gateway has put there. */
static bool take_behind(struct multipart *multipart, char c)
{
    if (c == ' ' || c == '\t') {
        multipart->state = BEHIND_PAD;
    } else if (c == '\r') {
        multipart->state = BEHIND_CR;
    } else if (c == '-' && multipart->state == BEHIND) {
        multipart->state = BEHIND_ONE;
    } else {
        return refuse(multipart, 400,
                      "a line begins with the boundary and goes on");
    }
    return true;
}

static bool take_last(struct multipart *multipart, char c)
{
    if (multipart->state == LAST && (c == ' ' || c == '\t')) {
        return true;
    }
    if (multipart->state == LAST && c == '\r') {
        multipart->state = LAST_CR;
        return true;
    }
    if (multipart->state == LAST_CR && c == '\n') {
        multipart->state = LAST_END;
        return true;
    }
    return refuse(multipart, 400, "something stands behind the last boundary");
}

static bool take_headers(struct multipart *multipart, char c)
{
    if (c == '\r') {
        multipart->state = HEADERS_CR;
        return true;
    }
    return add_to_line(multipart, c);
}

static bool take_line_feed(struct multipart *multipart, char c)
{
    bool is_boundary_line = multipart->state == BEHIND_CR;

    if (c != '\n') {
        return refuse(multipart, 400, "a CR stands without its LF");
    }
    return is_boundary_line ? begin_headers(multipart) : end_line(multipart);
}

static bool take_second_dash(struct multipart *multipart, char c)
{
    if (c != '-') {
        return refuse(multipart, 400,
                      "a line begins with the boundary and goes on");
    }
    multipart->state = LAST;
    return true;
}

static bool take_one(struct multipart *multipart, char c)
{
    switch ((enum state)multipart->state) {
    case START:
        return take_start(multipart, c);
    case BEGIN:
        return take_begin(multipart, c);
    case BEHIND:
    case BEHIND_PAD:
        return take_behind(multipart, c);
    case BEHIND_ONE:
        return take_second_dash(multipart, c);
    case BEHIND_CR:
    case HEADERS_CR:
        return take_line_feed(multipart, c);
    case HEADERS:
        return take_headers(multipart, c);
    default:
        return take_last(multipart, c);
    }
}

bool multipart_feed(struct multipart *multipart, const char *bytes,
                    size_t length)
{
    while (multipart->status == 0 && length > 0) {
        size_t taken = multipart->state == CONTENT
                           ? take_content(multipart, bytes, length)
                           : (size_t)take_one(multipart, *bytes);

        bytes += taken;
        length -= taken;
    }
    return multipart->status == 0;
}

bool multipart_end(struct multipart *multipart)
{
    if (multipart->status == 0 && multipart->state != LAST &&
        multipart->state != LAST_END) {
        return refuse(multipart, 400, "the body ends before its last boundary");
    }
    return multipart->status == 0;
}
