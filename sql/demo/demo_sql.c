/*
 * Prints the demo data as SQL: INSERTs of up to 200 rows, with explicit ids,
 * so that a post has the same address in every copy of the demo. No
 * statement depends on the time or on the mode of the server.
 */

#include "demo.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    ROWS_A_STATEMENT = 200,
    COMMENTS_A_POST_MAX = 12
};

#define MINUTE INT64_C(60)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)

/* Members joined in the days from 2 January 2026, 08:00 UTC; then, posts. */
static const int64_t FIRST_MEMBER = 1767340800;
static const int64_t FIRST_POST = 1767340800 + 7 * DAY;

/* --------------------------------------------------------------- chance */

/* A small generator (Steele, Lea and Flood's SplitMix64); its whole state. */
static uint64_t chance_state = 20260102;

static uint64_t chance(void)
{
    uint64_t mixed = chance_state += 0x9E3779B97F4A7C15U;

    mixed = (mixed ^ mixed >> 30) * 0xBF58476D1CE4E5B9U;
    mixed = (mixed ^ mixed >> 27) * 0x94D049BB133111EBU;
    return mixed ^ mixed >> 31;
}

/* A number from 0 to below - 1. */
static size_t chance_below(size_t below)
{
    return (size_t)(chance() % below);
}

/* A number of seconds in [from, to). */
static int64_t chance_seconds(int64_t from, int64_t to)
{
    return from + (int64_t)(chance() % (uint64_t)(to - from));
}

/* The numbers from 0 to count - 1, in any order. */
static void shuffle(size_t *numbers, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        size_t other = chance_below(i + 1);

        numbers[i] = i;
        numbers[i] = numbers[other];
        numbers[other] = i;
    }
}

/* ------------------------------------------------------------------ SQL */

static size_t rows_printed;

/* Begins a row: "INSERT ..." first and after each full statement. */
static void begin_row(const char *insert)
{
    if (rows_printed % ROWS_A_STATEMENT == 0) {
        printf("%s%s VALUES\n(", rows_printed ? ";\n" : "\n", insert);
    } else {
        printf(",\n(");
    }
    rows_printed++;
}

static void end_rows(void)
{
    if (rows_printed > 0) {
        printf(";\n");
    }
    rows_printed = 0;
}

/* Text between quotes. Only the quote needs care: see read_lines. */
static void print_bytes(const char *text)
{
    for (; *text; text++) {
        if (*text == '\'') {
            putchar('\'');
        }
        putchar(*text);
    }
}

static void print_text(const char *text)
{
    putchar('\'');
    print_bytes(text);
    putchar('\'');
}

static void print_time(int64_t seconds)
{
    time_t when = (time_t)seconds;
    struct tm parts;
    char text[32];

    gmtime_r(&when, &parts);
    strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S", &parts);
    printf("'%s'", text);
}

/* ----------------------------------------------------------------- rows */

/*
 * Everybody of the demo logs in as HANDLE@example.org with one password, which
 * README.md tells: "the door stands open", as argon2id. The first member is the
 * administrator, the second a moderator.
 */
static const char demo_password[] =
    "$argon2id$v=19$m=19456,t=2,p=1$L0k2SeM5h+oczxBgoag6Qw$"
    "Ph/ZN4khOsj3kVoFY3MqwNAs+7h4jvc0/NfZqmcnVWI";

static void print_accounts(const struct demo *demo)
{
    static const char *const roles[] = {"admin", "moderator", "member"};

    for (size_t i = 0; i < demo->member_count; i++) {
        const char *handle = demo->members[i].handle;

        begin_row("INSERT INTO accounts (id, email, email_key, password, role, "
                  "created_at, verified_at)");
        printf("%zu, '%s@example.org', '%s@example.org', '%s', '%s', ", i + 1,
               handle, handle, demo_password, roles[i < 2 ? i : 2]);
        print_time(FIRST_MEMBER);
        printf(", ");
        print_time(FIRST_MEMBER);
        printf(")");
    }
    end_rows();
}

static void print_members(const struct demo *demo)
{
    int64_t when = FIRST_MEMBER;

    for (size_t i = 0; i < demo->member_count; i++) {
        const struct demo_member *member = &demo->members[i];

        begin_row("INSERT INTO members "
                  "(id, handle, name, bio, joined_at, account_id)");
        printf("%zu, ", i + 1);
        print_text(member->handle);
        printf(", ");
        print_text(member->name);
        printf(", ");
        print_text(member->bio);
        printf(", ");
        print_time(when);
        printf(", %zu)", i + 1);
        when += chance_seconds(10 * MINUTE, 4 * HOUR);
    }
    end_rows();
}

static bool is_question(const char *title)
{
    return title[strlen(title) - 1] == '?';
}

static void print_from_pools(const struct demo_post *post)
{
    const struct demo_topic *topic = post->topic;
    const struct demo_pool *begin =
        is_question(post->title) ? &topic->questions : &topic->reports;
    size_t middles[DEMO_LINES_MAX];
    size_t middle_count = 1 + chance_below(3);

    print_bytes(begin->lines[chance_below(begin->count)]);
    shuffle(middles, topic->middles.count);
    for (size_t i = 0; i < middle_count; i++) {
        printf("\n\n");
        print_bytes(topic->middles.lines[middles[i]]);
    }
    printf("\n\n");
    print_bytes(topic->ends.lines[chance_below(topic->ends.count)]);
}

static void print_own(const struct demo_post *post)
{
    for (size_t i = 0; i < post->own_count; i++) {
        printf("%s", i > 0 ? "\n\n" : "");
        print_bytes(post->own[i]);
    }
}

static void print_post(const struct demo *demo, const struct demo_post *post,
                       size_t id, int64_t when)
{
    begin_row("INSERT INTO posts (id, member_id, title, body, published_at)");
    printf("%zu, %zu, ", id, 1 + chance_below(demo->member_count));
    print_text(post->title);
    printf(", '");
    if (post->own_count > 0) {
        print_own(post);
    } else {
        print_from_pools(post);
    }
    printf("', ");
    print_time(when);
    printf(")");
}

struct comment {
    size_t post;      /* id */
    size_t member;    /* id, 0: a guest */
    const char *name; /* the guest's */
    const char *body;
    int64_t when;
};

/* How many comments a post draws: often few, seldom many, about three. */
static size_t comment_count(void)
{
    size_t draw = chance_below(10);

    if (draw < 6) {
        return chance_below(4);
    }
    return draw < 9 ? 2 + chance_below(5)
                    : 6 + chance_below(COMMENTS_A_POST_MAX - 5);
}

static void make_comment(const struct demo *demo, struct comment *comment)
{
    if (chance_below(5) == 0) {
        comment->name = demo->guests[chance_below(demo->guest_count)];
    } else {
        comment->member = 1 + chance_below(demo->member_count);
    }
}

/* Comments on one post; no text twice. Two of three speak of the topic. */
static size_t make_comments(const struct demo *demo, size_t id,
                            const struct demo_post *post, int64_t when,
                            struct comment *comments)
{
    const struct demo_pool *pools[2] = {&demo->any, &post->topic->comments};
    size_t order[2][DEMO_LINES_MAX];
    size_t used[2] = {0, 0};
    size_t count = comment_count();

    shuffle(order[0], pools[0]->count);
    shuffle(order[1], pools[1]->count);
    for (size_t i = 0; i < count; i++) {
        size_t pool = chance_below(3) > 0;

        pool = used[pool] < pools[pool]->count ? pool : !pool;
        if (used[pool] == pools[pool]->count) {
            return i;
        }
        when += chance_seconds(10 * MINUTE, 2 * DAY);
        comments[i] = (struct comment){
            .post = id,
            .body = pools[pool]->lines[order[pool][used[pool]++]],
            .when = when};
        make_comment(demo, &comments[i]);
    }
    return count;
}

/* By time, as the comments of a living site would have been numbered. */
static int by_time(const void *left, const void *right)
{
    const struct comment *a = left;
    const struct comment *b = right;

    if (a->when != b->when) {
        return a->when < b->when ? -1 : 1;
    }
    return (a->post > b->post) - (a->post < b->post);
}

/* " // " in a file is an empty line in a comment. */
static void print_comment_body(const char *body)
{
    const char *cut = strstr(body, " // ");

    if (!cut) {
        print_text(body);
        return;
    }
    printf("'");
    for (; body < cut; body++) {
        printf("%s%c", *body == '\'' ? "'" : "", *body);
    }
    printf("\n\n");
    print_bytes(cut + strlen(" // "));
    printf("'");
}

static void print_comments(struct comment *comments, size_t count)
{
    qsort(comments, count, sizeof(*comments), by_time);
    for (size_t i = 0; i < count; i++) {
        begin_row("INSERT INTO comments (id, post_id, member_id, guest_name, "
                  "body, created_at)");
        printf("%zu, %zu, ", i + 1, comments[i].post);
        if (comments[i].member > 0) {
            printf("%zu, NULL, ", comments[i].member);
        } else {
            printf("NULL, ");
            print_text(comments[i].name);
            printf(", ");
        }
        print_comment_body(comments[i].body);
        printf(", ");
        print_time(comments[i].when);
        printf(")");
    }
    end_rows();
}

static void print_posts_and_comments(const struct demo *demo)
{
    size_t *order = calloc(demo->post_count, sizeof(*order));
    struct comment *comments =
        calloc(demo->post_count * COMMENTS_A_POST_MAX, sizeof(*comments));
    size_t comment_total = 0;
    int64_t when = FIRST_POST;

    if (!order || !comments) {
        demo_fail("foobar-demo: there is no memory");
    }
    /* Topics come mixed, as on a living site. */
    shuffle(order, demo->post_count);
    for (size_t i = 0; i < demo->post_count; i++) {
        const struct demo_post *post = &demo->posts[order[i]];

        print_post(demo, post, i + 1, when);
        comment_total +=
            make_comments(demo, i + 1, post, when, comments + comment_total);
        when += chance_seconds(2 * HOUR, 30 * HOUR);
    }
    end_rows();
    print_comments(comments, comment_total);
    free(order);
    free(comments);
}

static void print_catalogue(const struct demo *demo)
{
    for (size_t i = 0; i < demo->category_count; i++) {
        const struct demo_category *category = &demo->categories[i];

        begin_row("INSERT INTO categories (id, slug, name, description, "
                  "position)");
        printf("%zu, ", i + 1);
        print_text(category->slug);
        printf(", ");
        print_text(category->name);
        printf(", ");
        print_text(category->description);
        printf(", %zu)", i + 1);
    }
    end_rows();
    for (size_t i = 0; i < demo->product_count; i++) {
        const struct demo_product *product = &demo->products[i];

        begin_row("INSERT INTO products (id, category_id, slug, name, "
                  "description, price_cents, stock)");
        printf("%zu, %zu, ", i + 1, product->category + 1);
        print_text(product->slug);
        printf(", ");
        print_text(product->name);
        printf(", ");
        print_text(product->description);
        printf(", %" PRId64 ", %" PRId64 ")", product->cents, product->stock);
    }
    end_rows();
}

void demo_print_sql(const struct demo *demo)
{
    printf("-- The demo data, printed by foobar-demo from sql/demo.\n");
    print_accounts(demo);
    print_members(demo);
    print_posts_and_comments(demo);
    print_catalogue(demo);
}
