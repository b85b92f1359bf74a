/*
 * The tree of routes and the way of a path through it; foobar_route.h says
 * how it works and draws it.
 */

#include <stdio.h>
#include <stdlib.h>

#include "foobar_route_table.h"


#define NAMES UINT32_MAX /* the "node" under which the route names lie */
#define FIRST_BRANCHES 64
#define FIRST_ELEMENTS 16


struct search {
    const struct foobar_routes *table;
    const char *path_end;
    struct foobar_match *match;
    unsigned method;
    bool adds_slash; /* the path is looked up with a "/" more at its end */
};


/*
 * The hash table. Only the route file, which is trusted, decides what lies
 * in it, so a visitor cannot make its chains longer (FNV-1a is enough).
 */

static uint32_t
hash_of(uint32_t parent, struct foobar_slice text)
{
    uint32_t hash = 2166136261U ^ (parent * 2654435761U);
    size_t i;

    for (i = 0; i < text.length; i++) {
        hash = (hash ^ (unsigned char) text.data[i]) * 16777619U;
    }
    return hash ^ (hash >> 15);
}


static bool
is_branch(const struct foobar_branch *branch, uint32_t parent,
          struct foobar_slice text, uint32_t hash)
{
    const char *own =
        text.length <= FOOBAR_NEAR_MAX ? branch->text.near : branch->text.far;

    return branch->hash == hash && branch->parent == parent
           && branch->size == text.length + 1
           && memcmp(own, text.data, text.length) == 0;
}


/* The place of a branch, or the free place where it belongs. */
static struct foobar_branch *
place_of(const struct foobar_routes *table, uint32_t parent,
         struct foobar_slice text, uint32_t hash)
{
    size_t mask = table->branch_space - 1;
    size_t i = hash & mask;
    struct foobar_branch *branch;

    for (;; i = (i + 1) & mask) {
        branch = &table->branches[i];
        if (branch->size == 0 || is_branch(branch, parent, text, hash)) {
            return branch;
        }
    }
}


/* None is twice in a table: so when it moves, any free place will do. */
static struct foobar_branch *
free_place(const struct foobar_routes *table, uint32_t hash)
{
    size_t mask = table->branch_space - 1;
    size_t i = hash & mask;

    while (table->branches[i].size != 0) {
        i = (i + 1) & mask;
    }
    return &table->branches[i];
}


static const struct foobar_branch *
find_branch(const struct foobar_routes *table, uint32_t parent,
            struct foobar_slice text)
{
    const struct foobar_branch *branch =
        place_of(table, parent, text, hash_of(parent, text));

    return branch->size != 0 ? branch : NULL;
}


static bool
grow_branches(struct foobar_routes *table)
{
    size_t old_space = table->branch_space;
    struct foobar_branch *old = table->branches;
    size_t i;

    table->branch_space = old_space ? old_space * 2 : FIRST_BRANCHES;
    table->branches = calloc(table->branch_space, sizeof(struct foobar_branch));
    if (table->branches == NULL) {
        table->branches = old;
        table->branch_space = old_space;
        return false;
    }
    for (i = 0; i < old_space; i++) {
        if (old[i].size != 0) {
            *free_place(table, old[i].hash) = old[i];
        }
    }
    free(old);
    return true;
}


/* The caller has looked: there is no such branch yet. */
static bool
add_branch(struct foobar_routes *table, uint32_t parent,
           struct foobar_slice text, uint32_t value)
{
    struct foobar_branch branch = {.hash = hash_of(parent, text),
                                   .parent = parent,
                                   .value = value,
                                   .size = (uint32_t) text.length + 1};

    if (table->branch_count * 2 >= table->branch_space
        && !grow_branches(table)) {
        return false;
    }
    if (text.length > FOOBAR_NEAR_MAX) {
        branch.text.far = text.data;
    } else if (text.length > 0) {
        memcpy(branch.text.near, text.data, text.length);
    }
    *free_place(table, branch.hash) = branch;
    table->branch_count++;
    return true;
}


/* Makes room for one more element of an array that doubles. */
static bool
make_room(void **array, size_t count, size_t *space, size_t size)
{
    size_t larger = *space ? *space * 2 : FIRST_ELEMENTS;
    void *moved;

    if (count < *space) {
        return true;
    }
    moved = realloc(*array, larger * size);
    if (moved == NULL) {
        return false;
    }
    *array = moved;
    *space = larger;
    return true;
}


/* Returns the number of a new node, or FOOBAR_NO_NODE without memory. */
static uint32_t
add_node(struct foobar_routes *table)
{
    struct foobar_node node = {FOOBAR_NO_NODE, FOOBAR_NO_NODE, FOOBAR_NO_ROUTE,
                               0};
    void *nodes = table->nodes;
    uint32_t number = (uint32_t) table->node_count;

    if (!make_room(&nodes, table->node_count, &table->node_space,
                   sizeof(struct foobar_node))) {
        return FOOBAR_NO_NODE;
    }
    table->nodes = nodes;
    table->nodes[number] = node;
    table->node_count++;
    return number;
}


/* The child of a node for a segment of a pattern, made if it is missing. */
uint32_t
foobar_table_child(struct foobar_routes *table, uint32_t parent,
                   const struct foobar_segment *segment)
{
    const struct foobar_branch *branch;
    uint32_t child = FOOBAR_NO_NODE;

    if (segment->kind == FOOBAR_LITERAL) {
        branch = find_branch(table, parent, segment->text);
        child = branch != NULL ? branch->value : FOOBAR_NO_NODE;
    } else if (segment->kind == FOOBAR_INT) {
        child = table->nodes[parent].int_child;
    } else {
        child = table->nodes[parent].free_child;
    }
    if (child != FOOBAR_NO_NODE) {
        return child;
    }

    child = add_node(table);
    if (child == FOOBAR_NO_NODE) {
        return FOOBAR_NO_NODE;
    }
    if (segment->kind == FOOBAR_INT) {
        table->nodes[parent].int_child = child;
    } else if (segment->kind == FOOBAR_FREE) {
        table->nodes[parent].free_child = child;
    } else if (add_branch(table, parent, segment->text, child)) {
        table->nodes[parent].literals++;
    } else {
        return FOOBAR_NO_NODE;
    }
    return child;
}


const struct foobar_route *
foobar_table_find_name(const struct foobar_routes *table,
                       struct foobar_slice name)
{
    const struct foobar_branch *branch = find_branch(table, NAMES, name);

    return branch != NULL ? &table->routes[branch->value] : NULL;
}


const struct foobar_route *
foobar_table_find_rival(const struct foobar_routes *table, uint32_t node,
                        unsigned methods)
{
    uint32_t number = table->nodes[node].first_route;

    while (number != FOOBAR_NO_ROUTE) {
        const struct foobar_route *route = &table->routes[number];

        if (route->methods & methods) {
            return route;
        }
        number = route->next;
    }
    return NULL;
}


bool
foobar_table_add(struct foobar_routes *table, uint32_t node,
                 const struct foobar_route *route)
{
    uint32_t number = (uint32_t) table->route_count;
    uint32_t *link = &table->nodes[node].first_route;
    void *routes = table->routes;

    if (!make_room(&routes, table->route_count, &table->route_space,
                   sizeof(struct foobar_route))) {
        return false;
    }
    table->routes = routes;
    if (!add_branch(table, NAMES, route->name, number)) {
        return false;
    }
    while (*link != FOOBAR_NO_ROUTE) {
        link = &table->routes[*link].next;
    }
    *link = number;
    table->routes[number] = *route;
    table->routes[number].next = FOOBAR_NO_ROUTE;
    table->route_count++;
    return true;
}


struct foobar_routes *
foobar_table_make(const char *text, size_t length)
{
    struct foobar_routes *table = calloc(1, sizeof(struct foobar_routes));

    if (table == NULL) {
        return NULL;
    }
    table->text = malloc(length + 1);
    if (table->text == NULL || !grow_branches(table)) {
        foobar_routes_free(table);
        return NULL;
    }
    if (length > 0) {
        memcpy(table->text, text, length);
    }
    (void) add_node(table); /* the root, whose number is 0 */
    if (table->node_count == 0) {
        foobar_routes_free(table);
        return NULL;
    }
    return table;
}


void
foobar_routes_free(struct foobar_routes *routes)
{
    if (routes == NULL) {
        return;
    }
    free(routes->branches);
    free(routes->nodes);
    free(routes->routes);
    free(routes->text);
    free(routes);
}


size_t
foobar_routes_count(const struct foobar_routes *routes)
{
    return routes->route_count;
}


const struct foobar_route *
foobar_routes_at(const struct foobar_routes *routes, size_t place)
{
    return &routes->routes[place];
}


static bool
is_int_value(struct foobar_slice value)
{
    size_t i;

    if (value.length == 0 || value.length > FOOBAR_INT_DIGITS_MAX
        || (value.data[0] == '0' && value.length > 1)) {
        return false;
    }
    for (i = 0; i < value.length; i++) {
        if (!foobar_is_digit(value.data[i])) {
            return false;
        }
    }
    return true;
}


static bool
is_free_value(struct foobar_slice value)
{
    size_t i;

    if (value.length == 0 || value.length > FOOBAR_SLUG_MAX
        || value.data[0] == '.') {
        return false;
    }
    for (i = 0; i < value.length; i++) {
        char c = value.data[i];

        if (!foobar_is_name_char(c) && !(c >= 'A' && c <= 'Z') && c != '.'
            && c != '-') {
            return false;
        }
    }
    return true;
}


/* The path ended at this node: is there a route with the method? */
static void
end_at(const struct search *search, const struct foobar_node *node)
{
    struct foobar_match *match = search->match;
    uint32_t number = node->first_route;

    while (number != FOOBAR_NO_ROUTE) {
        const struct foobar_route *route = &search->table->routes[number];

        match->methods |= route->methods;
        if (route->methods & search->method) {
            match->route = route;
            return;
        }
        number = route->next;
    }
}


/* The same with a "/" more behind the path, if that is looked for. */
static void
end_with_slash(const struct search *search, uint32_t number)
{
    struct foobar_slice nothing = {"", 0};
    const struct foobar_branch *branch =
        find_branch(search->table, number, nothing);

    if (branch != NULL) {
        end_at(search, &search->table->nodes[branch->value]);
    }
}


/*
 * `at` is the "/" before the next segment, or the end of the path; `depth`
 * parameters have been taken on the way here. The recursion is no deeper
 * than the tree, which is FOOBAR_SEGMENTS_MAX. Values are written on the way
 * down; a choice that leads nowhere is overwritten by the next one.
 */
static void
walk(const struct search *search, uint32_t number, const char *at,
     unsigned depth)
{
    const struct foobar_node *node = &search->table->nodes[number];
    struct foobar_match *match = search->match;
    const struct foobar_branch *branch = NULL;
    struct foobar_slice segment;
    const char *slash;

    if (at == search->path_end) {
        if (search->adds_slash) {
            end_with_slash(search, number);
        } else {
            end_at(search, node);
        }
        return;
    }
    segment.data = at + 1;
    slash = memchr(at + 1, '/', (size_t) (search->path_end - at - 1));
    at = slash != NULL ? slash : search->path_end;
    segment.length = (size_t) (at - segment.data);

    if (node->literals > 0) {
        branch = find_branch(search->table, number, segment);
    }
    if (branch != NULL) {
        walk(search, branch->value, at, depth);
    }
    if (match->route == NULL && node->int_child != FOOBAR_NO_NODE
        && is_int_value(segment)) {
        match->values[depth] = segment;
        walk(search, node->int_child, at, depth + 1);
    }
    if (match->route == NULL && node->free_child != FOOBAR_NO_NODE
        && is_free_value(segment)) {
        match->values[depth] = segment;
        walk(search, node->free_child, at, depth + 1);
    }
}


void
foobar_routes_match(const struct foobar_routes *routes, const char *path,
                    size_t length, unsigned method, struct foobar_match *match)
{
    struct search search = {routes, path + length, match, method, false};

    memset(match, 0, sizeof(*match));
    if (length > 0 && path[0] == '/') {
        walk(&search, FOOBAR_ROOT_NODE, path, 0);
    }
}


bool
foobar_routes_other_slash(const struct foobar_routes *routes, const char *path,
                          size_t length, unsigned method)
{
    struct foobar_match match = {0};
    struct search search = {routes, path + length, &match, method, true};

    if (length < 2 || path[0] != '/') {
        return false;
    }
    if (path[length - 1] == '/') {
        search.path_end--;
        search.adds_slash = false;
    }
    walk(&search, FOOBAR_ROOT_NODE, path, 0);
    return method != 0 ? match.route != NULL : match.methods != 0;
}


const struct foobar_login *
foobar_routes_login(const struct foobar_routes *routes)
{
    return &routes->login;
}


const struct foobar_route *
foobar_routes_largest_body(const struct foobar_routes *routes)
{
    const struct foobar_route *largest = NULL;
    size_t i;

    for (i = 0; i < routes->route_count; i++) {
        const struct foobar_route *route = &routes->routes[i];

        if (route->body_limit != FOOBAR_NO_LIMIT
            && (largest == NULL || route->body_limit > largest->body_limit)) {
            largest = route;
        }
    }
    return largest;
}


struct foobar_slice
foobar_match_param(const struct foobar_match *match, const char *name,
                   size_t length)
{
    struct foobar_slice wanted = {name, length};
    struct foobar_slice none = {NULL, 0};
    unsigned i;

    for (i = 0; match->route != NULL && i < match->route->param_count; i++) {
        if (foobar_same(match->route->params[i], wanted)) {
            return match->values[i];
        }
    }
    return none;
}


size_t
foobar_allow_write(unsigned methods, bool options, char text[FOOBAR_ALLOW_MAX])
{
    static const char *const names[] = {
#define FOOBAR_METHOD(name) #name,
        FOOBAR_METHODS(FOOBAR_METHOD)
#undef FOOBAR_METHOD
            "OPTIONS",
    };
    const size_t last = sizeof(names) / sizeof(names[0]) - 1;
    size_t length = 0;
    size_t i;

    text[0] = '\0';
    if (options) {
        methods |= 1U << last;
    }
    for (i = 0; i <= last; i++) {
        if (methods & (1U << i)) {
            length +=
                (size_t) snprintf(text + length, FOOBAR_ALLOW_MAX - length,
                                  "%s%s", length > 0 ? ", " : "", names[i]);
        }
    }
    return length;
}
