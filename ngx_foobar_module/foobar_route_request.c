/* What a route asks of a request; see foobar_route_request.h. */

#include "foobar_route_request.h"

#include "foobar_route_table.h"


/* Takes what stands before `separator` off a text; false at its end. */
static bool
next_part(struct foobar_slice *text, char separator, struct foobar_slice *part)
{
    const char *end;

    if (text->length == 0) {
        return false;
    }
    end = memchr(text->data, separator, text->length);
    part->data = text->data;
    part->length = end != NULL ? (size_t) (end - text->data) : text->length;
    text->data += part->length;
    text->length -= part->length;
    if (end != NULL) {
        text->data++;
        text->length--;
    }
    return true;
}


static struct foobar_slice
trim(struct foobar_slice text)
{
    while (text.length > 0 && (text.data[0] == ' ' || text.data[0] == '\t')) {
        text.data++;
        text.length--;
    }
    while (text.length > 0
           && (text.data[text.length - 1] == ' '
               || text.data[text.length - 1] == '\t')) {
        text.length--;
    }
    return text;
}


static bool
is_name_of(struct foobar_slice cookie, struct foobar_slice names)
{
    static const char prefix[] = "__Host-";
    size_t length = sizeof(prefix) - 1;

    if (foobar_is_listed(names, cookie)) {
        return true;
    }
    if (cookie.length <= length || memcmp(cookie.data, prefix, length) != 0) {
        return false;
    }
    cookie.data += length;
    cookie.length -= length;
    return foobar_is_listed(names, cookie);
}


bool
foobar_has_cookie(struct foobar_slice header, struct foobar_slice names)
{
    struct foobar_slice cookie;

    while (next_part(&header, ';', &cookie)) {
        struct foobar_slice name;
        struct foobar_slice value = cookie;

        if (next_part(&value, '=', &name) && trim(value).length > 0
            && is_name_of(trim(name), names)) {
            return true;
        }
    }
    return false;
}


static int
hex_digit(char c)
{
    if (foobar_is_digit(c)) {
        return c - '0';
    }
    if (c >= 'a' && c <= 'f') {
        return c - 'a' + 10;
    }
    if (c >= 'A' && c <= 'F') {
        return c - 'A' + 10;
    }
    return -1;
}


/*
 * Decodes a name into `to`; false when that is longer than any that could be
 * listed. A broken escape stays as it is, and then is in no list either.
 */
static bool
decode_name(struct foobar_slice *name, char to[FOOBAR_NAME_MAX])
{
    size_t length = 0;
    size_t i;

    for (i = 0; i < name->length; i++) {
        char c = name->data[i];

        if (length == FOOBAR_NAME_MAX) {
            return false;
        }
        if (c == '+') {
            c = ' ';
        } else if (c == '%' && name->length - i > 2
                   && hex_digit(name->data[i + 1]) >= 0
                   && hex_digit(name->data[i + 2]) >= 0) {
            c = (char) (hex_digit(name->data[i + 1]) * 16
                        + hex_digit(name->data[i + 2]));
            i += 2;
        }
        to[length++] = c;
    }
    name->data = to;
    name->length = length;
    return true;
}


size_t
foobar_keep_arguments(struct foobar_slice query, struct foobar_slice names,
                      char *to)
{
    struct foobar_slice argument;
    size_t length = 0;

    while (next_part(&query, '&', &argument)) {
        struct foobar_slice rest = argument;
        struct foobar_slice name;
        char decoded[FOOBAR_NAME_MAX];

        if (!next_part(&rest, '=', &name) || !decode_name(&name, decoded)
            || !foobar_is_listed(names, name)) {
            continue;
        }
        if (length > 0) {
            to[length++] = '&';
        }
        memcpy(to + length, argument.data, argument.length);
        length += argument.length;
    }
    return length;
}


/* Unreserved characters of RFC 3986, and "/", which a query may have. */
static bool
stands_in_argument(char c)
{
    return foobar_is_name_char(c) || (c >= 'A' && c <= 'Z') || c == '-'
           || c == '.' || c == '~' || c == '/';
}


/* What of a decoded path need not be escaped to be read as that path. */
static bool
stands_in_path(char c)
{
    return stands_in_argument(c)
           || (c != '\0' && strchr("!$&'()*+,;=:@", c) != NULL);
}


struct writer {
    char *to;
    size_t length;
    bool is_full;
};


/* A byte as it is, as %XX, or as a %XX that is itself escaped: %25XX. */
static void
put(struct writer *writer, char c, unsigned escapes)
{
    static const char digits[] = "0123456789ABCDEF";
    char text[5];
    size_t length = 0;

    if (escapes == 0) {
        text[length++] = c;
    } else {
        text[length++] = '%';
        if (escapes == 2) {
            text[length++] = '2';
            text[length++] = '5';
        }
        text[length++] = digits[(unsigned char) c >> 4];
        text[length++] = digits[(unsigned char) c & 15];
    }
    if (length > FOOBAR_NEXT_MAX - writer->length) {
        writer->is_full = true;
        return;
    }
    memcpy(writer->to + writer->length, text, length);
    writer->length += length;
}


size_t
foobar_write_next(struct foobar_slice path, struct foobar_slice query,
                  char to[FOOBAR_NEXT_MAX])
{
    struct writer writer = {0};
    size_t i;

    writer.to = to;

    /* Browsers take "//host" and "/\host" for another host. */
    if (path.length == 0 || path.data[0] != '/'
        || (path.length > 1 && (path.data[1] == '/' || path.data[1] == '\\'))) {
        return 0;
    }
    for (i = 0; i < path.length && !writer.is_full; i++) {
        char c = path.data[i];

        put(&writer, c, stands_in_argument(c) ? 0 : stands_in_path(c) ? 1 : 2);
    }
    if (query.length > 0) {
        put(&writer, '?', 1);
    }
    for (i = 0; i < query.length && !writer.is_full; i++) {
        put(&writer, query.data[i], stands_in_argument(query.data[i]) ? 0 : 1);
    }
    return writer.is_full ? 0 : writer.length;
}
