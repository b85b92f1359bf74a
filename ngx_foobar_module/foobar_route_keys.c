/*
 * The reader of route files, its part for what follows a path: the fields of
 * the form key=value, and the login line; foobar_wire.h says what they mean.
 */

#include "foobar_route_parser.h"


struct key {
    const char *name;
    bool (*parse)(struct foobar_parser *parser, struct foobar_slice value,
                  struct foobar_route *route);
};


/* Returns limit + 1 for what is no number, or is above the limit. */
static uint64_t
number_of(struct foobar_slice text, uint64_t limit)
{
    uint64_t number = 0;
    size_t i;

    for (i = 0; i < text.length; i++) {
        if (!foobar_is_digit(text.data[i])) {
            return limit + 1;
        }
        number = number * 10 + (uint64_t) (text.data[i] - '0');
        if (number > limit) {
            return limit + 1;
        }
    }
    return text.length > 0 ? number : limit + 1;
}


static bool
is_word_of_list(struct foobar_slice word)
{
    size_t i;

    for (i = 0; i < word.length; i++) {
        char c = word.data[i];

        if (!foobar_is_name_char(c) && !(c >= 'A' && c <= 'Z') && c != '.'
            && c != '-') {
            return false;
        }
    }
    return word.length > 0 && word.length <= FOOBAR_NAME_MAX;
}


/* Different words that are separated by commas; at least one. */
static bool
check_list(struct foobar_parser *parser, struct foobar_slice list,
           unsigned limit, const char *what)
{
    struct foobar_slice rest = list;
    struct foobar_slice word;
    struct foobar_slice before = {list.data, 0};
    unsigned count;

    for (count = 0; foobar_next_word(&rest, &word); count++) {
        if (count == limit) {
            return foobar_refuse(parser, "there are more than %u names of %s",
                                 limit, what);
        }
        if (!is_word_of_list(word)) {
            return foobar_refuse(parser,
                                 "\"%.*s\" is no name of %s: 1 to %d "
                                 "characters A-Z, a-z, 0-9, '.', '_' and '-'",
                                 FOOBAR_SAY(word), what, FOOBAR_NAME_MAX);
        }
        before.length = (size_t) (word.data - list.data);
        if (foobar_is_listed(before, word)) {
            return foobar_refuse(parser,
                                 "the name \"%.*s\" of %s stands "
                                 "there twice",
                                 FOOBAR_SAY(word), what);
        }
    }
    return true;
}


static bool
parse_body(struct foobar_parser *parser, struct foobar_slice value,
           struct foobar_route *route)
{
    route->body_limit = number_of(value, FOOBAR_BODY_MAX);
    if (route->body_limit > FOOBAR_BODY_MAX) {
        return foobar_refuse(parser,
                             "body=%.*s: write the number of bytes, at most "
                             "%llu, without a unit",
                             FOOBAR_SAY(value), FOOBAR_BODY_MAX);
    }
    return true;
}


static bool
parse_class(struct foobar_parser *parser, struct foobar_slice value,
            struct foobar_route *route)
{
    route->rate_class = value;
    return foobar_is_name(value)
           || foobar_refuse(parser,
                            "class=%.*s: a rate class is named by 1 to %d "
                            "characters a-z, 0-9 and _",
                            FOOBAR_SAY(value), FOOBAR_NAME_MAX);
}


static bool
parse_cache(struct foobar_parser *parser, struct foobar_slice value,
            struct foobar_route *route)
{
    route->cache_seconds = (uint32_t) number_of(value, FOOBAR_CACHE_MAX);
    if (route->cache_seconds > FOOBAR_CACHE_MAX) {
        return foobar_refuse(parser,
                             "cache=%.*s: write the number of seconds, at "
                             "most %d, without a unit",
                             FOOBAR_SAY(value), FOOBAR_CACHE_MAX);
    }
    return true;
}


static bool
parse_args(struct foobar_parser *parser, struct foobar_slice value,
           struct foobar_route *route)
{
    route->arguments = value;
    return check_list(parser, value, FOOBAR_ARGS_MAX, "an argument");
}


static bool
parse_members(struct foobar_parser *parser, struct foobar_slice value,
              struct foobar_route *route)
{
    route->members_only = foobar_is_word(value, "yes");
    return route->members_only
           || foobar_refuse(parser,
                            "members=%.*s: write members=yes, or leave it "
                            "out for a page that is for everybody",
                            FOOBAR_SAY(value));
}


static const struct key keys[] = {
    {"body", parse_body}, {"class", parse_class},     {"cache", parse_cache},
    {"args", parse_args}, {"members", parse_members},
};

#define KEY_COUNT (sizeof(keys) / sizeof(keys[0]))


/* `seen` has a bit for each key that the line has had already. */
static bool
parse_key(struct foobar_parser *parser, struct foobar_slice name,
          struct foobar_slice value, struct foobar_route *route, unsigned *seen)
{
    size_t i;

    for (i = 0; i < KEY_COUNT; i++) {
        if (!foobar_is_word(name, keys[i].name)) {
            continue;
        }
        if (*seen & (1U << i)) {
            return foobar_refuse(parser, "the key %s= stands there twice",
                                 keys[i].name);
        }
        *seen |= 1U << i;
        return keys[i].parse(parser, value, route);
    }
    return true; /* of a later release */
}


static bool
check_route(struct foobar_parser *parser, const struct foobar_route *route)
{
    if (route->cache_seconds > 0
        && (route->methods & (FOOBAR_GET | FOOBAR_HEAD)) == 0) {
        return foobar_refuse(parser, "cache= stands at a route without GET, "
                                     "whose answers are never kept");
    }
    if (route->cache_seconds > 0 && route->members_only) {
        return foobar_refuse(parser,
                             "members=yes and cache= contradict each other: "
                             "a page that is kept is shown to everybody");
    }
    return true;
}


bool
foobar_parse_keys(struct foobar_parser *parser, struct foobar_route *route)
{
    static const char default_class[] = FOOBAR_CLASS_DEFAULT;
    struct foobar_slice field;
    unsigned seen = 0;

    route->body_limit = FOOBAR_NO_LIMIT;
    route->rate_class.data = default_class;
    route->rate_class.length = sizeof(default_class) - 1;

    for (;;) {
        struct foobar_slice value;
        size_t length = 0;

        field = foobar_next_field(parser);
        if (field.length == 0) {
            return check_route(parser, route);
        }
        while (length < field.length
               && foobar_is_name_char(field.data[length])) {
            length++;
        }
        if (length == 0 || length == field.length
            || field.data[length] != '=') {
            return foobar_refuse(parser,
                                 "\"%.*s\" stands after the path, where only "
                                 "fields of the form key=value may stand",
                                 FOOBAR_SAY(field));
        }
        value.data = field.data + length + 1;
        value.length = field.length - length - 1;
        field.length = length;
        if (!parse_key(parser, field, value, route, &seen)) {
            return false;
        }
    }
}


/* Visitors are sent there: one "/", or it would be another host's name. */
static bool
check_login_path(struct foobar_parser *parser, struct foobar_slice path)
{
    size_t i;

    if (path.data[0] != '/' || (path.length > 1 && path.data[1] == '/')) {
        return foobar_refuse(parser, "the path must begin with one \"/\"");
    }
    if (path.length > FOOBAR_PATH_MAX) {
        return foobar_refuse(parser, "the path is longer than %d bytes",
                             FOOBAR_PATH_MAX);
    }
    for (i = 0; i < path.length; i++) {
        if (!foobar_is_path_char(path.data[i])) {
            return foobar_refuse(parser,
                                 "the path \"%.*s\" has a character that a "
                                 "path to log in may not have (a brace, a "
                                 "control or non-ASCII character, or one of "
                                 "%% ? \" \\)",
                                 FOOBAR_SAY(path));
        }
    }
    return true;
}


bool
foobar_parse_login(struct foobar_parser *parser)
{
    struct foobar_login *login = &parser->routes->login;
    struct foobar_slice path = foobar_next_field(parser);
    struct foobar_slice cookies = foobar_next_field(parser);

    if (login->line != 0) {
        return foobar_refuse(parser, "line %u says already where to log in",
                             login->line);
    }
    if (cookies.length == 0) {
        return foobar_refuse(parser, "the line ends too early; it is written: "
                                     "login PATH COOKIE[,COOKIE]...");
    }
    if (foobar_next_field(parser).length != 0) {
        return foobar_refuse(parser, "something stands after the cookies; "
                                     "separate them by commas alone");
    }
    login->path = path;
    login->cookies = cookies;
    login->line = parser->line;
    return check_login_path(parser, path)
           && check_list(parser, cookies, FOOBAR_COOKIES_MAX, "a cookie");
}


static const struct foobar_route *
first_members_route(const struct foobar_routes *routes)
{
    size_t i;

    for (i = 0; i < routes->route_count; i++) {
        if (routes->routes[i].members_only) {
            return &routes->routes[i];
        }
    }
    return NULL;
}


bool
foobar_check_login(struct foobar_parser *parser)
{
    const struct foobar_login *login = &parser->routes->login;
    const struct foobar_route *route = first_members_route(parser->routes);
    struct foobar_match match;

    if (login->line == 0 && route != NULL) {
        parser->line = route->line;
        return foobar_refuse(parser, "the route is for members, and no line "
                                     "of the file says where to log in: "
                                     "login PATH COOKIE[,COOKIE]...");
    }
    if (login->line == 0) {
        return true;
    }
    parser->line = login->line;
    foobar_routes_match(parser->routes, login->path.data, login->path.length,
                        FOOBAR_GET, &match);
    if (match.route == NULL) {
        return foobar_refuse(parser,
                             "no route has the path \"%.*s\" with the method "
                             "GET, so that nobody could log in",
                             FOOBAR_SAY(login->path));
    }
    if (match.route->members_only) {
        return foobar_refuse(parser,
                             "the route \"%.*s\" of this path is for members, "
                             "so that nobody could log in",
                             FOOBAR_SAY(match.route->name));
    }
    return true;
}
