/*
 * Reads the demo's text files. Their forms are described in the first lines
 * of each; all have in common: UTF-8, one thing a line, '#' begins a comment
 * line, an empty line means nothing, fields are separated by " | ".
 */

#include "demo.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A file that is being read, and the line where the reading stands. */
struct source {
    char path[1024];
    char *rest;
    unsigned line;
};

/* A reading function is given each line that says something. */
typedef void line_reader(struct demo *demo, struct source *source, char *line);

#define FAIL(source, ...)                                           \
    do {                                                            \
        fprintf(stderr, "%s:%u: ", (source)->path, (source)->line); \
        demo_fail(__VA_ARGS__);                                     \
    } while (0)

static char *read_bytes(const char *path)
{
    FILE *file = fopen(path, "rb");
    char *bytes = calloc(1, DEMO_FILE_MAX + 1);
    size_t length;

    if (!file) {
        demo_fail("%s: cannot be opened: %s", path, strerror(errno));
    }
    if (!bytes) {
        demo_fail("%s: there is no memory to read it", path);
    }
    length = fread(bytes, 1, DEMO_FILE_MAX + 1, file);
    if (ferror(file)) {
        demo_fail("%s: cannot be read: %s", path, strerror(errno));
    }
    fclose(file);
    if (length > DEMO_FILE_MAX) {
        demo_fail("%s: is larger than %d bytes; split it", path, DEMO_FILE_MAX);
    }
    if (strlen(bytes) != length) {
        demo_fail("%s: holds a NUL byte; remove it", path);
    }
    return bytes;
}

static void read_lines(struct demo *demo, char **text, const char *folder,
                       const char *name, line_reader *read_line)
{
    struct source source = {.line = 0};
    int length =
        snprintf(source.path, sizeof(source.path), "%s/%s", folder, name);

    if (length < 0 || (size_t)length >= sizeof(source.path)) {
        demo_fail("%s: the name of the folder is too long", folder);
    }
    *text = read_bytes(source.path);
    source.rest = *text;
    while (*source.rest) {
        char *line = source.rest;
        size_t bytes = strcspn(line, "\n");

        source.line++;
        source.rest += bytes + (line[bytes] == '\n');
        line[bytes] = '\0';
        /* A backslash means different things in different SQL modes. */
        if (strchr(line, '\\')) {
            FAIL(&source, "a backslash is not allowed; use another sign");
        }
        if (*line && *line != '#') {
            read_line(demo, &source, line);
        }
    }
}

/* Splits a line at " | " into exactly `count` fields. */
static void split(const struct source *source, char *line, char **fields,
                  size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char *bar = strstr(line, " | ");

        fields[i] = line;
        if ((bar != NULL) != (i + 1 < count)) {
            FAIL(source, "this line needs %zu fields, with \" | \" between",
                 count);
        }
        if (bar) {
            *bar = '\0';
            line = bar + 3;
        }
    }
}

/* The text of a marked line, "= text", behind the mark and one space. */
static char *behind_mark(const struct source *source, char *line)
{
    if (line[1] != ' ' || line[2] == '\0') {
        FAIL(source, "a mark is followed by one space and a text");
    }
    return line + 2;
}

/* "[name] more": cuts the name out, and returns what follows or NULL. */
static char *split_heading(const struct source *source, char *line, char **name)
{
    char *end = strchr(line, ']');

    if (!end || (end[1] != '\0' && end[1] != ' ')) {
        FAIL(source, "a heading looks like \"[name]\" or \"[name] text\"");
    }
    *name = line + 1;
    *end = '\0';
    return end[1] == ' ' ? end + 2 : NULL;
}

static void add_line(const struct source *source, struct demo_pool *pool,
                     const char *line)
{
    if (pool->count == DEMO_LINES_MAX) {
        FAIL(source, "a pool holds at most %d lines", DEMO_LINES_MAX);
    }
    pool->lines[pool->count++] = line;
}

static void read_member(struct demo *demo, struct source *source, char *line)
{
    char *fields[3];

    if (demo->member_count == DEMO_MEMBERS_MAX) {
        FAIL(source, "there can be %d members at most", DEMO_MEMBERS_MAX);
    }
    split(source, line, fields, 3);
    demo->members[demo->member_count++] = (struct demo_member){
        .handle = fields[0], .name = fields[1], .bio = fields[2]};
}

static void read_guest(struct demo *demo, struct source *source, char *line)
{
    if (demo->guest_count == DEMO_GUESTS_MAX) {
        FAIL(source, "there can be %d guests at most", DEMO_GUESTS_MAX);
    }
    demo->guests[demo->guest_count++] = line;
}

static struct demo_topic *find_topic(struct demo *demo, const char *name)
{
    for (size_t i = 0; i < demo->topic_count; i++) {
        if (strcmp(demo->topics[i].name, name) == 0) {
            return &demo->topics[i];
        }
    }
    return NULL;
}

static void read_topic(struct demo *demo, struct source *source, char *line)
{
    char *name;

    split_heading(source, line, &name);
    if (find_topic(demo, name)) {
        FAIL(source, "the topic \"%s\" was there before", name);
    }
    if (demo->topic_count == DEMO_TOPICS_MAX) {
        FAIL(source, "there can be %d topics at most", DEMO_TOPICS_MAX);
    }
    demo->topics[demo->topic_count++].name = name;
}

static void read_title(struct demo *demo, const struct source *source,
                       const char *title)
{
    struct demo_post *post;

    for (size_t i = 0; i < demo->post_count; i++) {
        if (strcmp(demo->posts[i].title, title) == 0) {
            FAIL(source, "this title was there before; each is said once");
        }
    }
    if (demo->post_count == DEMO_POSTS_MAX) {
        FAIL(source, "there can be %d posts at most", DEMO_POSTS_MAX);
    }
    post = &demo->posts[demo->post_count++];
    post->topic = &demo->topics[demo->topic_count - 1];
    post->title = title;
}

static void read_own(struct demo *demo, const struct source *source,
                     const char *paragraph)
{
    struct demo_post *post;

    if (demo->post_count == 0) {
        FAIL(source, "a paragraph of a post stands below the post's title");
    }
    post = &demo->posts[demo->post_count - 1];
    if (post->own_count == DEMO_PARAGRAPHS_MAX) {
        FAIL(source, "a post has %d paragraphs at most", DEMO_PARAGRAPHS_MAX);
    }
    post->own[post->own_count++] = paragraph;
}

static void read_post_line(struct demo *demo, struct source *source, char *line)
{
    struct demo_topic *topic;
    char *text;

    if (*line == '[') {
        read_topic(demo, source, line);
        return;
    }
    if (demo->topic_count == 0) {
        FAIL(source, "a topic comes first, as \"[topic]\"");
    }
    topic = &demo->topics[demo->topic_count - 1];
    text = behind_mark(source, line);
    switch (*line) {
    case '=':
        read_title(demo, source, text);
        break;
    case ':':
        read_own(demo, source, text);
        break;
    case '<':
        add_line(source, &topic->reports, text);
        break;
    case '?':
        add_line(source, &topic->questions, text);
        break;
    case '-':
        add_line(source, &topic->middles, text);
        break;
    case '>':
        add_line(source, &topic->ends, text);
        break;
    default:
        FAIL(source, "a line begins with [ = : < ? - > or #");
    }
}

/* The pool that the comments below the last heading belong to. */
static struct demo_pool *comment_pool;

static void read_comment_line(struct demo *demo, struct source *source,
                              char *line)
{
    if (*line == '[') {
        struct demo_topic *topic;
        char *name;

        split_heading(source, line, &name);
        topic = find_topic(demo, name);
        if (!topic && strcmp(name, "any") != 0) {
            FAIL(source, "no topic of posts.txt is called \"%s\"", name);
        }
        comment_pool = topic ? &topic->comments : &demo->any;
        return;
    }
    if (!comment_pool || *line != '-') {
        FAIL(source, "a comment begins with \"- \" and stands below a topic");
    }
    add_line(source, comment_pool, behind_mark(source, line));
}

/* A whole number without a sign, as long as it is sane. */
static int64_t read_number(const struct source *source, const char *digits)
{
    int64_t number = 0;

    if (*digits == '\0' || strlen(digits) > 6) {
        FAIL(source, "\"%s\" is not a number of one to six digits", digits);
    }
    for (; *digits; digits++) {
        if (*digits < '0' || *digits > '9') {
            FAIL(source, "a number consists of digits");
        }
        number = number * 10 + (*digits - '0');
    }
    return number;
}

/* "24.50" are 2450 cents. */
static int64_t read_price(const struct source *source, char *price)
{
    char *point = strchr(price, '.');

    if (!point || strlen(point) != 3) {
        FAIL(source, "a price looks like \"24.50\"");
    }
    *point = '\0';
    return read_number(source, price) * 100 + read_number(source, point + 1);
}

static void read_category(struct demo *demo, const struct source *source,
                          char *line)
{
    char *slug;
    char *rest = split_heading(source, line, &slug);
    char *fields[2];

    if (!rest || demo->category_count == DEMO_CATEGORIES_MAX) {
        FAIL(source,
             "a category looks like \"[slug] Name | Description\", "
             "and there can be %d at most",
             DEMO_CATEGORIES_MAX);
    }
    split(source, rest, fields, 2);
    demo->categories[demo->category_count++] = (struct demo_category){
        .slug = slug, .name = fields[0], .description = fields[1]};
}

static void read_product_line(struct demo *demo, struct source *source,
                              char *line)
{
    char *fields[7];

    if (*line == '[') {
        read_category(demo, source, line);
        return;
    }
    if (*line != '-' || demo->category_count == 0) {
        FAIL(source, "a product begins with \"- \" and stands below a "
                     "category");
    }
    if (demo->product_count == DEMO_PRODUCTS_MAX) {
        FAIL(source, "there can be %d products at most", DEMO_PRODUCTS_MAX);
    }
    split(source, behind_mark(source, line), fields, 7);
    demo->products[demo->product_count++] = (struct demo_product){
        .category = demo->category_count - 1,
        .slug = fields[0],
        .name = fields[1],
        .cents = read_price(source, fields[2]),
        .stock = read_number(source, fields[3]),
        .drawing = fields[4],
        .colour = fields[5],
        .description = fields[6],
    };
}

/* Whether every pool from which something will be taken holds something. */
static void check(const struct demo *demo, const char *folder)
{
    if (demo->member_count == 0 || demo->guest_count == 0 ||
        demo->any.count == 0) {
        demo_fail("%s: there are no members, no guests or no comments", folder);
    }
    for (size_t i = 0; i < demo->post_count; i++) {
        const struct demo_post *post = &demo->posts[i];
        const struct demo_topic *topic = post->topic;

        if (post->own_count == 0 &&
            (topic->reports.count == 0 || topic->questions.count == 0 ||
             topic->middles.count < 3 || topic->ends.count == 0)) {
            demo_fail("%s/posts.txt: the topic \"%s\" needs at least one line "
                      "of < ? and >, and three of -",
                      folder, topic->name);
        }
    }
}

const struct demo *demo_read(const char *folder)
{
    static const struct {
        const char *name;
        line_reader *read_line;
    } files[DEMO_FILES] = {
        {"members.txt", read_member},
        {"guests.txt", read_guest},
        {"posts.txt", read_post_line},
        {"comments.txt", read_comment_line}, /* whose topics posts.txt has */
        {"products.txt", read_product_line},
    };
    static struct demo demo;

    for (size_t i = 0; i < DEMO_FILES; i++) {
        read_lines(&demo, &demo.files[i], folder, files[i].name,
                   files[i].read_line);
    }
    check(&demo, folder);
    return &demo;
}
