/*
 * The inside of the reader of route files: what its parts share, the one for
 * lines and paths (foobar_route_file.c) and the one for the fields behind a
 * path and for the login line (foobar_route_keys.c).
 */

#ifndef FOOBAR_ROUTE_PARSER_H
#define FOOBAR_ROUTE_PARSER_H

#include "foobar_route_table.h"


struct foobar_parser {
    struct foobar_routes *routes;
    struct foobar_route_error *error;
    const char *at;  /* the next byte of this line */
    const char *end; /* of this line, or of what it says */
    unsigned line;
};


/* Says what is wrong with the line; always false, so that a part ends with it.
 */
__attribute__((format(printf, 2, 3))) bool
foobar_refuse(struct foobar_parser *parser, const char *format, ...);
bool foobar_out_of_memory(struct foobar_parser *parser);

/* The next field of the line; its length is 0 at the end. */
struct foobar_slice foobar_next_field(struct foobar_parser *parser);

/* The fields behind the path of a route, to the end of the line. */
bool foobar_parse_keys(struct foobar_parser *parser,
                       struct foobar_route *route);

/* What stands behind the word "login". */
bool foobar_parse_login(struct foobar_parser *parser);

/* When all lines are read: do routes and login line go together? */
bool foobar_check_login(struct foobar_parser *parser);


/* The arguments of "%.*s" for a slice in a message, which repeats so much. */
#define FOOBAR_SAY_MAX 60
#define FOOBAR_SAY(slice)                                                      \
    (int) ((slice).length < FOOBAR_SAY_MAX ? (slice).length : FOOBAR_SAY_MAX), \
        (slice).data


static inline bool
foobar_is_word(struct foobar_slice slice, const char *word)
{
    return slice.length == strlen(word)
           && memcmp(slice.data, word, slice.length) == 0;
}


/* The name of a route, a parameter or a rate class. */
static inline bool
foobar_is_name(struct foobar_slice slice)
{
    size_t i;

    for (i = 0; i < slice.length; i++) {
        if (!foobar_is_name_char(slice.data[i])) {
            return false;
        }
    }
    return slice.length > 0 && slice.length <= FOOBAR_NAME_MAX;
}


/* A character that a literal of a path may have, as it is. */
static inline bool
foobar_is_path_char(char c)
{
    return c > ' ' && c < 0x7f && strchr("{}%?\"\\", c) == NULL;
}

#endif
