/*
 * The reader of route files; foobar_wire.h says what they look like.
 *
 * A route file is written by a program, yet read by people when something
 * is wrong, and a wrong table makes pages vanish. So the reader is strict:
 * what it does not understand it refuses, with the line and a way out.
 */

#include <stdarg.h>
#include <stdio.h>

#include "foobar_route_parser.h"


static const struct {
    const char *name;
    unsigned bit;
} methods[] = {
#define FOOBAR_METHOD(name) {#name, FOOBAR_##name},
    FOOBAR_METHODS(FOOBAR_METHOD)
#undef FOOBAR_METHOD
};

#define METHOD_COUNT (sizeof(methods) / sizeof(methods[0]))


bool
foobar_refuse(struct foobar_parser *parser, const char *format, ...)
{
    va_list args;

    parser->error->line = parser->line;
    va_start(args, format);
    vsnprintf(parser->error->text, sizeof(parser->error->text), format, args);
    va_end(args);
    return false;
}


bool
foobar_out_of_memory(struct foobar_parser *parser)
{
    parser->line = 0;
    return foobar_refuse(parser, "out of memory");
}


struct foobar_slice
foobar_next_field(struct foobar_parser *parser)
{
    struct foobar_slice field;

    while (parser->at < parser->end
           && (*parser->at == ' ' || *parser->at == '\t')) {
        parser->at++;
    }
    field.data = parser->at;
    while (parser->at < parser->end && *parser->at != ' '
           && *parser->at != '\t') {
        parser->at++;
    }
    field.length = (size_t) (parser->at - field.data);
    return field;
}


static unsigned
method_bit(struct foobar_slice name)
{
    size_t i;

    for (i = 0; i < METHOD_COUNT; i++) {
        if (foobar_is_word(name, methods[i].name)) {
            return methods[i].bit;
        }
    }
    return 0;
}


static bool
parse_method(struct foobar_parser *parser, struct foobar_slice name,
             struct foobar_route *route)
{
    unsigned bit = method_bit(name);

    if (foobar_is_word(name, "OPTIONS")) {
        return foobar_refuse(parser,
                             "OPTIONS is answered for every route; take it "
                             "off the list of methods");
    }
    if (bit == 0) {
        return foobar_refuse(
            parser,
            "unknown method \"%.*s\"; a route may list GET, HEAD, "
            "POST, PUT, PATCH and DELETE, separated by commas",
            FOOBAR_SAY(name));
    }
    if (route->methods & bit) {
        return foobar_refuse(parser, "the method %.*s is listed twice",
                             FOOBAR_SAY(name));
    }
    route->methods |= bit;
    return true;
}


static bool
parse_methods(struct foobar_parser *parser, struct foobar_slice list,
              struct foobar_route *route)
{
    const char *end = list.data + list.length;
    struct foobar_slice name = {list.data, 0};

    for (;;) {
        const char *comma = memchr(name.data, ',', (size_t) (end - name.data));

        name.length = (size_t) ((comma != NULL ? comma : end) - name.data);
        if (!parse_method(parser, name, route)) {
            return false;
        }
        if (comma == NULL) {
            return true;
        }
        name.data = comma + 1;
    }
}


/*
 * Paths are compared after nginx has decoded them, so an escape in a literal
 * could never match; and nginx serves nothing below a dot segment.
 */
static bool
parse_literal(struct foobar_parser *parser,
              const struct foobar_segment *segment, bool first)
{
    struct foobar_slice text = segment->text;
    size_t i;

    for (i = 0; i < text.length; i++) {
        char c = text.data[i];

        if (c == '{' || c == '}') {
            return foobar_refuse(
                parser,
                "the segment \"%.*s\" mixes text and braces; a "
                "parameter fills its whole segment: {name}, "
                "{name:int}",
                FOOBAR_SAY(text));
        }
        if (!foobar_is_path_char(c)) {
            return foobar_refuse(parser,
                                 "the segment \"%.*s\" has a character that a "
                                 "literal may not have (a space, a control or "
                                 "non-ASCII character, or one of %% ? \" \\)",
                                 FOOBAR_SAY(text));
        }
    }
    if (text.length > 0 && text.data[0] == '.'
        && !(first && foobar_is_word(text, ".well-known"))) {
        return foobar_refuse(parser,
                             "the segment \"%.*s\" begins with a dot, and such "
                             "paths are never served (but /.well-known/ at the "
                             "beginning)",
                             FOOBAR_SAY(text));
    }
    return true;
}


static bool
parse_param(struct foobar_parser *parser, struct foobar_segment *segment,
            struct foobar_route *route)
{
    struct foobar_slice whole = segment->text;
    struct foobar_slice name = {whole.data + 1, whole.length - 2};
    const char *colon = memchr(name.data, ':', name.length);
    unsigned i;

    segment->kind = FOOBAR_FREE;
    if (colon != NULL) {
        struct foobar_slice type = {colon + 1, 0};

        type.length = name.length - (size_t) (type.data - name.data);
        name.length = (size_t) (colon - name.data);
        if (!foobar_is_word(type, "int")) {
            return foobar_refuse(
                parser,
                "the parameter %.*s has an unknown type; write "
                "{name} or {name:int}",
                FOOBAR_SAY(whole));
        }
        segment->kind = FOOBAR_INT;
    }
    if (!foobar_is_name(name)) {
        return foobar_refuse(parser,
                             "the parameter %.*s needs a name of 1 to %d "
                             "characters a-z, 0-9 and _",
                             FOOBAR_SAY(whole), FOOBAR_NAME_MAX);
    }
    for (i = 0; i < route->param_count; i++) {
        if (foobar_same(route->params[i], name)) {
            return foobar_refuse(parser,
                                 "two parameters have the name \"%.*s\"",
                                 FOOBAR_SAY(name));
        }
    }
    if (route->param_count == FOOBAR_PARAMS_MAX) {
        return foobar_refuse(parser, "the path has more than %d parameters",
                             FOOBAR_PARAMS_MAX);
    }
    route->params[route->param_count++] = name;
    segment->text = name;
    return true;
}


static bool
parse_segment(struct foobar_parser *parser, struct foobar_segment *segment,
              bool first, struct foobar_route *route)
{
    struct foobar_slice text = segment->text;

    if (text.length >= 2 && text.data[0] == '{'
        && text.data[text.length - 1] == '}'
        && memchr(text.data + 1, '{', text.length - 1) == NULL
        && memchr(text.data, '}', text.length - 1) == NULL) {
        return parse_param(parser, segment, route);
    }
    segment->kind = FOOBAR_LITERAL;
    return parse_literal(parser, segment, first);
}


/* Goes down the path from *node, and makes the nodes that are missing. */
static bool
parse_path(struct foobar_parser *parser, struct foobar_slice path,
           struct foobar_route *route, uint32_t *node)
{
    const char *at = path.data;
    const char *end = path.data + path.length;
    unsigned count = 0;
    struct foobar_segment segment;

    if (path.data[0] != '/') {
        return foobar_refuse(parser, "the path must begin with \"/\"");
    }
    if (path.length > FOOBAR_PATH_MAX) {
        return foobar_refuse(parser, "the path is longer than %d bytes",
                             FOOBAR_PATH_MAX);
    }
    while (at < end) {
        const char *slash;

        segment.text.data = at + 1;
        slash = memchr(at + 1, '/', (size_t) (end - at - 1));
        at = slash != NULL ? slash : end;
        segment.text.length = (size_t) (at - segment.text.data);

        if (++count > FOOBAR_SEGMENTS_MAX) {
            return foobar_refuse(parser, "the path has more than %d segments",
                                 FOOBAR_SEGMENTS_MAX);
        }
        if (segment.text.length == 0 && slash != NULL) {
            return foobar_refuse(parser,
                                 "the path has an empty segment; write one "
                                 "\"/\" and not two");
        }
        if (!parse_segment(parser, &segment, count == 1, route)) {
            return false;
        }
        *node = foobar_table_child(parser->routes, *node, &segment);
        if (*node == FOOBAR_NO_NODE) {
            return foobar_out_of_memory(parser);
        }
    }
    return true;
}


/* Hangs a route on its node, behind those of the same path. */
static bool
add_route(struct foobar_parser *parser, uint32_t node,
          const struct foobar_route *route)
{
    const struct foobar_route *rival;

    rival = foobar_table_find_rival(parser->routes, node, route->methods);
    if (rival != NULL) {
        return foobar_refuse(
            parser,
            "the route \"%.*s\" of line %u has the same path and method",
            FOOBAR_SAY(rival->name), rival->line);
    }
    return foobar_table_add(parser->routes, node, route)
           || foobar_out_of_memory(parser);
}


static bool
parse_name(struct foobar_parser *parser, struct foobar_slice name,
           struct foobar_route *route)
{
    const struct foobar_route *other;

    if (!foobar_is_name(name)) {
        return foobar_refuse(
            parser,
            "\"%.*s\" is no name of a route: 1 to %d characters "
            "a-z, 0-9 and _",
            FOOBAR_SAY(name), FOOBAR_NAME_MAX);
    }
    other = foobar_table_find_name(parser->routes, name);
    if (other != NULL) {
        return foobar_refuse(parser, "line %u has a route \"%.*s\" already",
                             other->line, FOOBAR_SAY(name));
    }
    route->name = name;
    return true;
}


static bool
parse_route(struct foobar_parser *parser)
{
    struct foobar_slice name = foobar_next_field(parser);
    struct foobar_slice list = foobar_next_field(parser);
    struct foobar_slice path = foobar_next_field(parser);
    struct foobar_route route = {.line = parser->line, .next = FOOBAR_NO_ROUTE};
    uint32_t node = FOOBAR_ROOT_NODE;

    if (path.length == 0) {
        return foobar_refuse(parser,
                             "the line ends too early; a route is written: "
                             "route NAME METHODS PATH");
    }
    if (parser->routes->route_count == FOOBAR_ROUTES_MAX) {
        return foobar_refuse(parser, "the file has more than %d routes",
                             FOOBAR_ROUTES_MAX);
    }
    return parse_name(parser, name, &route)
           && parse_methods(parser, list, &route)
           && parse_path(parser, path, &route, &node)
           && foobar_parse_keys(parser, &route)
           && add_route(parser, node, &route);
}


static bool
parse_first_line(struct foobar_parser *parser)
{
    struct foobar_slice magic = foobar_next_field(parser);
    struct foobar_slice version = foobar_next_field(parser);
    char expected[16];

    snprintf(expected, sizeof(expected), "%d", FOOBAR_ROUTES_VERSION);
    if (!foobar_is_word(magic, FOOBAR_ROUTES_MAGIC)) {
        return foobar_refuse(
            parser,
            "this is no route file: its first line must be \"%s "
            "%s\"; `foobar-appserver --routes` prints one",
            FOOBAR_ROUTES_MAGIC, expected);
    }
    if (!foobar_is_word(version, expected)) {
        return foobar_refuse(
            parser,
            "the file has version \"%.*s\" and this module reads "
            "version %s; install module and application server "
            "of the same release",
            FOOBAR_SAY(version), expected);
    }
    if (foobar_next_field(parser).length != 0) {
        return foobar_refuse(parser, "something stands after the version");
    }
    return true;
}


static bool
parse_line(struct foobar_parser *parser)
{
    struct foobar_slice word;

    if (parser->line == 1) {
        return parse_first_line(parser);
    }
    word = foobar_next_field(parser);
    if (word.length == 0) {
        return true;
    }
    if (foobar_is_word(word, "route")) {
        return parse_route(parser);
    }
    if (foobar_is_word(word, "login")) {
        return foobar_parse_login(parser);
    }
    return foobar_refuse(parser,
                         "unknown word \"%.*s\"; a line is written: route NAME "
                         "METHODS PATH, or: login PATH COOKIES",
                         FOOBAR_SAY(word));
}


/* Takes the comment off, and refuses what no text file has. */
static bool
prepare_line(struct foobar_parser *parser, const char *start, const char *end)
{
    const char *at;
    const char *comment;

    if (end - start > FOOBAR_ROUTE_LINE_MAX) {
        return foobar_refuse(parser, "the line is longer than %d bytes",
                             FOOBAR_ROUTE_LINE_MAX);
    }
    for (at = start; at < end; at++) {
        unsigned char c = (unsigned char) *at;

        if ((c < ' ' && c != '\t') || c == 0x7f) {
            return foobar_refuse(
                parser,
                "the line has a control character (0x%02x); the "
                "file is plain text, and its lines end in LF",
                c);
        }
    }
    comment = memchr(start, '#', (size_t) (end - start));
    parser->at = start;
    parser->end = comment != NULL ? comment : end;
    return true;
}


static bool
parse_lines(struct foobar_parser *parser, size_t length)
{
    const char *start = parser->routes->text;
    const char *file_end = start + length;

    while (start < file_end) {
        const char *end = memchr(start, '\n', (size_t) (file_end - start));

        parser->line++;
        if (end == NULL) {
            return foobar_refuse(parser,
                                 "the last line has no end: the file was "
                                 "cut off; write it again");
        }
        if (!prepare_line(parser, start, end) || !parse_line(parser)) {
            return false;
        }
        start = end + 1;
    }
    if (parser->routes->route_count == 0) {
        parser->line = 0;
        return foobar_refuse(parser, "the file has no route");
    }
    return foobar_check_login(parser);
}


struct foobar_routes *
foobar_routes_parse(const char *text, size_t length,
                    struct foobar_route_error *error)
{
    struct foobar_parser parser = {.error = error};

    if (length > FOOBAR_ROUTE_FILE_MAX) {
        foobar_refuse(&parser, "the file is longer than %zu bytes",
                      FOOBAR_ROUTE_FILE_MAX);
        return NULL;
    }
    parser.routes = foobar_table_make(text, length);
    if (parser.routes == NULL) {
        foobar_out_of_memory(&parser);
        return NULL;
    }
    if (!parse_lines(&parser, length)) {
        foobar_routes_free(parser.routes);
        return NULL;
    }
    return parser.routes;
}
