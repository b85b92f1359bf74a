/*
 * The demo data: what the files of this folder say, once they were read.
 *
 * foobar-demo is a program of the build. It reads text files that people
 * wrote, and prints SQL and pictures. The same files give the same bytes on
 * every machine and in every year: the only chance in it is a generator of
 * its own with a fixed seed, and the only times are counted from a fixed day.
 */

#ifndef DEMO_H
#define DEMO_H

#include <stddef.h>
#include <stdint.h>

enum {
    DEMO_MEMBERS_MAX = 200,
    DEMO_GUESTS_MAX = 100,
    DEMO_TOPICS_MAX = 40,
    DEMO_POSTS_MAX = 2000,
    DEMO_CATEGORIES_MAX = 20,
    DEMO_PRODUCTS_MAX = 200,
    DEMO_LINES_MAX = 60,     /* lines of one pool */
    DEMO_PARAGRAPHS_MAX = 8, /* paragraphs of one post's own */
    DEMO_FILES = 5,          /* members, guests, posts, comments, products */
    DEMO_FILE_MAX = 1 << 20  /* bytes of one file */
};

/* Lines of one kind, from which a few are chosen. */
struct demo_pool {
    const char *lines[DEMO_LINES_MAX];
    size_t count;
};

struct demo_topic {
    const char *name;
    struct demo_pool reports;   /* how a report begins */
    struct demo_pool questions; /* how a question begins */
    struct demo_pool middles;
    struct demo_pool ends;
    struct demo_pool comments;
};

struct demo_post {
    const struct demo_topic *topic;
    const char *title;
    const char *own[DEMO_PARAGRAPHS_MAX];
    size_t own_count; /* 0: the text comes from the topic's pools */
};

struct demo_member {
    const char *handle;
    const char *name;
    const char *bio;
};

struct demo_category {
    const char *slug;
    const char *name;
    const char *description;
};

struct demo_product {
    size_t category; /* index */
    const char *slug;
    const char *name;
    int64_t cents;
    int64_t stock;
    const char *drawing;
    const char *colour;
    const char *description;
};

struct demo {
    char *files[DEMO_FILES]; /* whose text all of the others point into */
    struct demo_member members[DEMO_MEMBERS_MAX];
    size_t member_count;
    char *guests[DEMO_GUESTS_MAX];
    size_t guest_count;
    struct demo_topic topics[DEMO_TOPICS_MAX];
    size_t topic_count;
    struct demo_pool any; /* comments that fit every topic */
    struct demo_post posts[DEMO_POSTS_MAX];
    size_t post_count;
    struct demo_category categories[DEMO_CATEGORIES_MAX];
    size_t category_count;
    struct demo_product products[DEMO_PRODUCTS_MAX];
    size_t product_count;
};

/*
 * Reads the files of a folder. It ends the program with one sentence,
 * FILE:LINE: what is wrong, when they are not as they should be. What it
 * returns lives until the program ends.
 */
const struct demo *demo_read(const char *folder);

/* Prints the SQL: plain INSERTs, one after the other, no more. */
void demo_print_sql(const struct demo *demo);

/* Writes FOLDER/SLUG.svg for each product. */
void demo_write_pictures(const struct demo *demo, const char *folder);

/* Says one sentence and ends the program. */
void demo_fail(const char *format, ...)
    __attribute__((noreturn, format(printf, 1, 2)));

#endif
