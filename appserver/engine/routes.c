/* The engine's own route table; routes.h says how it works. */

#include "routes.h"

#include <stdlib.h>
#include <string.h>

#include "rows.h"
#include "session.h"

enum segment_kind {
    SEGMENT_LITERAL,
    SEGMENT_INT,
    SEGMENT_TEXT,
    SEGMENT_KINDS
};

struct segment {
    enum segment_kind kind;
    const char *text; /* a literal's bytes, or a parameter's name */
    size_t length;
};

struct pattern {
    const struct fb_page *page;
    struct segment segments[FOOBAR_SEGMENTS_MAX];
    unsigned segment_count;
    struct pattern *next; /* of the same node */
};

/*
 * A node stands for the beginning of a path. `child` is the first of its
 * branches, in the order in which they are tried; branches of one node are
 * siblings by `next`.
 */
struct node {
    struct segment segment;
    struct node *child;
    struct node *next;
    struct pattern *patterns; /* that end here */
};

struct routes {
    struct node root;
    struct pattern *patterns;
};

static const struct {
    unsigned bit;
    const char *name;
} methods[] = {
#define FOOBAR_METHOD(name) {FB_##name, #name},
    FOOBAR_METHODS(FOOBAR_METHOD)
#undef FOOBAR_METHOD
};

#define METHOD_COUNT (sizeof(methods) / sizeof(methods[0]))

unsigned routes_method_of(const char *name)
{
    size_t i;

    for (i = 0; i < METHOD_COUNT; i++) {
        if (strcmp(name, methods[i].name) == 0) {
            return methods[i].bit;
        }
    }
    return 0;
}

void routes_methods_text(unsigned set, char *text, const char *separator)
{
    size_t i;
    int length = 0;

    text[0] = '\0';
    for (i = 0; i < METHOD_COUNT; i++) {
        if (set & methods[i].bit) {
            length +=
                snprintf(text + length, (size_t)(ROUTES_METHODS_MAX - length),
                         "%s%s", length > 0 ? separator : "", methods[i].name);
        }
    }
}

/* GET without HEAD would be a page that a link checker cannot check. */
static unsigned page_methods(const struct fb_page *page)
{
    return page->methods & FB_GET ? page->methods | FB_HEAD : page->methods;
}

static bool is_literal(const char *text, size_t length)
{
    size_t i;

    for (i = 0; i < length; i++) {
        char c = text[i];

        if (c <= ' ' || c >= 0x7f || strchr("{}%#?\"\\", c) != NULL) {
            return false;
        }
    }
    return true;
}

static const char *parse_segment(const char *text, size_t length,
                                 struct segment *segment)
{
    static const char int_suffix[] = ":int";
    const size_t suffix_length = sizeof(int_suffix) - 1;

    if (length == 0 || text[0] != '{') {
        segment->kind = SEGMENT_LITERAL;
        segment->text = text;
        segment->length = length;
        return is_literal(text, length)
                   ? NULL
                   : "a segment has a character that a path may not have";
    }
    if (text[length - 1] != '}') {
        return "a '{' has no '}' at the end of its segment";
    }
    segment->kind = SEGMENT_TEXT;
    segment->text = text + 1;
    segment->length = length - 2;
    if (segment->length > suffix_length &&
        memcmp(text + length - 1 - suffix_length, int_suffix, suffix_length) ==
            0) {
        segment->kind = SEGMENT_INT;
        segment->length -= suffix_length;
    }
    return rows_is_name(segment->text, segment->length)
               ? NULL
               : "a parameter's name must be made of a-z, 0-9 and _";
}

/*
 * nginx never serves a path with a segment that begins with a dot, so that no
 * .git or .env is ever shown; /.well-known/ is the one exception.
 */
static bool has_hidden_segment(const struct pattern *pattern)
{
    static const char well_known[] = ".well-known";
    unsigned i;

    for (i = 0; i < pattern->segment_count; i++) {
        const struct segment *one = &pattern->segments[i];

        if (one->kind == SEGMENT_LITERAL && one->length > 0 &&
            one->text[0] == '.' &&
            !(i == 0 && one->length == sizeof(well_known) - 1 &&
              memcmp(one->text, well_known, one->length) == 0)) {
            return true;
        }
    }
    return false;
}

static const char *check_params(const struct pattern *pattern)
{
    unsigned count = 0;
    unsigned i;
    unsigned j;

    for (i = 0; i < pattern->segment_count; i++) {
        const struct segment *one = &pattern->segments[i];

        if (one->kind == SEGMENT_LITERAL) {
            continue;
        }
        if (++count > FOOBAR_PARAMS_MAX) {
            return "the path has too many parameters";
        }
        for (j = 0; j < i; j++) {
            const struct segment *other = &pattern->segments[j];

            if (other->kind != SEGMENT_LITERAL &&
                other->length == one->length &&
                memcmp(other->text, one->text, one->length) == 0) {
                return "two parameters have the same name";
            }
        }
    }
    return NULL;
}

static const char *parse_pattern(const struct fb_page *page,
                                 struct pattern *pattern)
{
    const char *at = page->path;
    const char *wrong;

    pattern->page = page;
    if (at[0] != '/') {
        return "the path must begin with /";
    }
    if (strlen(at) > FOOBAR_PATH_MAX) {
        return "the path is too long";
    }
    while (*at == '/') {
        size_t length = strcspn(at + 1, "/");

        if (pattern->segment_count == FOOBAR_SEGMENTS_MAX) {
            return "the path has too many segments";
        }
        if (length == 0 && at[1] == '/') {
            return "the path has an empty segment";
        }
        wrong = parse_segment(at + 1, length,
                              &pattern->segments[pattern->segment_count++]);
        if (wrong != NULL) {
            return wrong;
        }
        at += 1 + length;
    }
    if (has_hidden_segment(pattern)) {
        return "a segment begins with a dot, and nginx never serves such paths";
    }
    return check_params(pattern);
}

static bool same_branch(const struct segment *a, const struct segment *b)
{
    if (a->kind != b->kind) {
        return false;
    }
    /* Parameters of any name are one branch: the path decides, not names. */
    return a->kind != SEGMENT_LITERAL ||
           (a->length == b->length && memcmp(a->text, b->text, a->length) == 0);
}

/* Finds the branch for a segment, or adds it at its place in the order. */
static struct node *branch(struct node *parent, const struct segment *segment)
{
    struct node **link = &parent->child;
    struct node *node;

    while (*link != NULL && (*link)->segment.kind <= segment->kind) {
        if (same_branch(&(*link)->segment, segment)) {
            return *link;
        }
        link = &(*link)->next;
    }
    node = calloc(1, sizeof(*node));
    if (node != NULL) {
        node->segment = *segment;
        node->next = *link;
        *link = node;
    }
    return node;
}

static const char *add_pattern(struct routes *routes, struct pattern *pattern)
{
    struct node *node = &routes->root;
    const struct pattern *other;
    unsigned i;

    for (i = 0; i < pattern->segment_count; i++) {
        node = branch(node, &pattern->segments[i]);
        if (node == NULL) {
            return "out of memory";
        }
    }
    for (other = node->patterns; other != NULL; other = other->next) {
        if (page_methods(other->page) & page_methods(pattern->page)) {
            return "another page has the same path and method";
        }
    }
    pattern->next = node->patterns;
    node->patterns = pattern;
    return NULL;
}

static const char *check_page(const struct fb_page *pages, size_t index)
{
    const char *wrong = rows_check_page(&pages[index]);
    size_t i;

    if (wrong != NULL) {
        return wrong;
    }
    for (i = 0; i < index; i++) {
        if (strcmp(pages[i].name, pages[index].name) == 0) {
            return "another page has the same name";
        }
    }
    return NULL;
}

static struct routes *make_empty(size_t count)
{
    struct routes *routes = calloc(1, sizeof(*routes));

    if (routes != NULL) {
        routes->patterns = calloc(count + 1, sizeof(*routes->patterns));
        if (routes->patterns == NULL) {
            free(routes);
            routes = NULL;
        }
    }
    return routes;
}

struct routes *routes_make(const struct fb_page *pages, size_t count,
                           char *problem, size_t size)
{
    struct routes *routes = make_empty(count);
    const char *wrong = NULL;
    size_t i;

    if (routes == NULL) {
        snprintf(problem, size, "out of memory");
        return NULL;
    }
    for (i = 0; i < count && wrong == NULL; i++) {
        wrong = check_page(pages, i);
        if (wrong == NULL) {
            wrong = parse_pattern(&pages[i], &routes->patterns[i]);
        }
        if (wrong == NULL) {
            wrong = add_pattern(routes, &routes->patterns[i]);
        }
        if (wrong != NULL) {
            snprintf(problem, size, "page %zu (%s, %s): %s", i + 1,
                     pages[i].name ? pages[i].name : "without a name",
                     pages[i].path ? pages[i].path : "without a path", wrong);
        }
    }
    if (wrong != NULL) {
        routes_free(routes);
        return NULL;
    }
    return routes;
}

/* The depth is limited by FOOBAR_SEGMENTS_MAX. */
static void free_nodes(struct node *node)
{
    while (node != NULL) {
        struct node *next = node->next;

        free_nodes(node->child);
        /* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): made by branch() */
        free(node);
        node = next;
    }
}

void routes_free(struct routes *routes)
{
    if (routes == NULL) {
        return;
    }
    free_nodes(routes->root.child);
    free(routes->patterns);
    free(routes);
}

static bool is_int_segment(const char *text, size_t length)
{
    size_t i;

    if (length == 0 || length > FOOBAR_INT_DIGITS_MAX ||
        (text[0] == '0' && length > 1)) {
        return false;
    }
    for (i = 0; i < length; i++) {
        if (text[i] < '0' || text[i] > '9') {
            return false;
        }
    }
    return true;
}

static bool is_text_segment(const char *text, size_t length)
{
    size_t i;

    if (length == 0 || length > FOOBAR_SLUG_MAX || text[0] == '.') {
        return false;
    }
    for (i = 0; i < length; i++) {
        char c = text[i];

        if (!((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
              (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-')) {
            return false;
        }
    }
    return true;
}

static bool segment_takes(const struct segment *segment, const char *text,
                          size_t length)
{
    switch (segment->kind) {
    case SEGMENT_LITERAL:
        return segment->length == length &&
               memcmp(segment->text, text, length) == 0;
    case SEGMENT_INT:
        return is_int_segment(text, length);
    default:
        return is_text_segment(text, length);
    }
}

static void take_params(const struct pattern *pattern, const char *path,
                        struct route_match *match)
{
    const char *at = path;
    unsigned i;

    match->param_count = 0;
    for (i = 0; i < pattern->segment_count; i++) {
        const struct segment *segment = &pattern->segments[i];
        size_t length = strcspn(at + 1, "/");

        if (segment->kind != SEGMENT_LITERAL) {
            struct route_param *param = &match->params[match->param_count++];

            param->name = segment->text;
            param->name_length = segment->length;
            param->value = at + 1;
            param->value_length = length;
            param->is_int = segment->kind == SEGMENT_INT;
            param->integer = param->is_int ? strtoll(at + 1, NULL, 10) : 0;
        }
        at += 1 + length;
    }
}

/* `at` is the "/" before the next segment, or the end of the path. */
static void match_below(const struct node *parent, const char *at,
                        const char *path, unsigned method,
                        struct route_match *match)
{
    const struct pattern *pattern;
    const struct node *node;
    size_t length;

    if (*at == '\0') {
        for (pattern = parent->patterns; pattern; pattern = pattern->next) {
            match->methods |= page_methods(pattern->page);
            if (match->page == NULL &&
                (page_methods(pattern->page) & method) != 0) {
                match->page = pattern->page;
                take_params(pattern, path, match);
            }
        }
        return;
    }
    length = strcspn(at + 1, "/");
    for (node = parent->child; node && match->page == NULL; node = node->next) {
        if (segment_takes(&node->segment, at + 1, length)) {
            match_below(node, at + 1 + length, path, method, match);
        }
    }
}

void routes_match(const struct routes *routes, const char *path,
                  unsigned method, struct route_match *match)
{
    *match = (struct route_match){0};
    if (path[0] == '/') {
        match_below(&routes->root, path, path, method, match);
    }
}

bool routes_other_slash(const struct routes *routes, const char *path,
                        unsigned method, char *other)
{
    size_t length = strlen(path);
    struct route_match match;

    if (length < 2 || length + 2 > ROUTES_OTHER_MAX) {
        return false;
    }
    memcpy(other, path, length);
    if (path[length - 1] == '/') {
        length--;
    } else {
        other[length++] = '/';
    }
    other[length] = '\0';
    routes_match(routes, other, method, &match);
    return match.page != NULL;
}

static void print_route(FILE *stream, const struct fb_page *page)
{
    char text[ROUTES_METHODS_MAX];

    routes_methods_text(page_methods(page), text, ",");
    fprintf(stream, "route %s %s %s body=%zu", page->name, text, page->path,
            page->body_limit);
    if (page->rate_class != NULL) {
        fprintf(stream, " class=%s", page->rate_class);
    }
    if (page->cache_seconds > 0) {
        fprintf(stream, " cache=%u", page->cache_seconds);
    }
    if (page->arguments != NULL) {
        fprintf(stream, " args=%s", page->arguments);
    }
    if (page->tags != NULL) {
        fprintf(stream, " tags=%s", page->tags);
    }
    if (page->members_only || page->roles != NULL) {
        fprintf(stream, " members=yes");
    }
    fputc('\n', stream);
}

bool routes_print(FILE *stream, const struct fb_app *app,
                  const struct fb_page *pages, size_t count)
{
    size_t i;

    fprintf(stream,
            "%s %d\n"
            "# Printed by foobar-appserver --routes; the module of nginx\n"
            "# reads it by the directive foobar_routes.\n",
            FOOBAR_ROUTES_MAGIC, FOOBAR_ROUTES_VERSION);
    if (app->login_path != NULL) {
        fprintf(stream, "login %s %s\n", app->login_path, session_cookies(app));
    }
    for (i = 0; i < count; i++) {
        print_route(stream, &pages[i]);
    }
    return ferror(stream) == 0;
}
