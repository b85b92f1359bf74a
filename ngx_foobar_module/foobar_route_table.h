/*
 * The inside of the route table, between the reader of route files
 * (foobar_route_file.c) and the tree (foobar_route.c); nobody else needs it.
 */

#ifndef FOOBAR_ROUTE_TABLE_H
#define FOOBAR_ROUTE_TABLE_H

#include <string.h>

#include "foobar_route.h"


#define FOOBAR_ROOT_NODE 0
#define FOOBAR_NO_NODE 0 /* the root is nobody's child */


struct foobar_node {
    uint32_t int_child;
    uint32_t free_child;
    uint32_t first_route; /* the others follow by foobar_route.next */
    uint32_t literals;    /* how many branches it has */
};

/*
 * A place of the hash table: a literal branch of the node `parent`, leading
 * to the node `value`; or the name of the route `value`. A short text stands
 * in the place itself: of a large table nothing is in the processor's cache,
 * and so each place of memory that a match has to look at is what it costs.
 */
#define FOOBAR_NEAR_MAX 16

struct foobar_branch {
    uint32_t hash;
    uint32_t parent;
    uint32_t value;
    uint32_t size; /* length of the text, and 1; 0: this is a free place */
    union {
        char near[FOOBAR_NEAR_MAX];
        const char *far; /* of a longer text */
    } text;
};

struct foobar_routes {
    char *text; /* a copy of the file; slices point into it */
    struct foobar_route *routes;
    struct foobar_node *nodes;
    struct foobar_branch *branches; /* a power of two, half of it free */
    size_t route_count;
    size_t route_space;
    size_t node_count;
    size_t node_space;
    size_t branch_count;
    size_t branch_space;
    struct foobar_login login;
};

/* A segment of a pattern. */
struct foobar_segment {
    enum {
        FOOBAR_LITERAL,
        FOOBAR_INT,
        FOOBAR_FREE
    } kind;
    struct foobar_slice text; /* the literal, or the parameter's name */
};


/* An empty table with its own copy of the text; NULL without memory. */
struct foobar_routes *foobar_table_make(const char *text, size_t length);

/* The child for a segment, made if missing; FOOBAR_NO_NODE without memory. */
uint32_t foobar_table_child(struct foobar_routes *table, uint32_t parent,
                            const struct foobar_segment *segment);

/* The route with this name; the one of this node and one of these methods. */
const struct foobar_route *
foobar_table_find_name(const struct foobar_routes *table,
                       struct foobar_slice name);
const struct foobar_route *
foobar_table_find_rival(const struct foobar_routes *table, uint32_t node,
                        unsigned methods);

/*
 * Adds a copy of a route to a node, behind those of the same path. The
 * caller has seen to it that name and methods are free. False: no memory.
 */
bool foobar_table_add(struct foobar_routes *table, uint32_t node,
                      const struct foobar_route *route);


static inline bool
foobar_same(struct foobar_slice a, struct foobar_slice b)
{
    return a.length == b.length && memcmp(a.data, b.data, a.length) == 0;
}


static inline bool
foobar_is_digit(char c)
{
    return c >= '0' && c <= '9';
}


/* Takes the first word off a list "a,b,c"; false when there is none left. */
static inline bool
foobar_next_word(struct foobar_slice *list, struct foobar_slice *word)
{
    const char *comma;

    if (list->data == NULL) {
        return false;
    }
    comma = memchr(list->data, ',', list->length);
    word->data = list->data;
    if (comma == NULL) {
        word->length = list->length;
        list->data = NULL;
    } else {
        word->length = (size_t) (comma - list->data);
        list->data = comma + 1;
        list->length -= word->length + 1;
    }
    return true;
}


static inline bool
foobar_is_listed(struct foobar_slice list, struct foobar_slice wanted)
{
    struct foobar_slice word;

    while (foobar_next_word(&list, &word)) {
        if (foobar_same(word, wanted)) {
            return true;
        }
    }
    return false;
}


/* Of the names of routes and parameters. */
static inline bool
foobar_is_name_char(char c)
{
    return (c >= 'a' && c <= 'z') || foobar_is_digit(c) || c == '_';
}

#endif
