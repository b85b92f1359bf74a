/*
 * What the templates are given to show: plain values, ready to be read by
 * someone. A handler fills a view; a template decides nothing but how it
 * looks. All text is plain text, which the template compiler escapes; what a
 * member wrote in Markdown comes as HTML that the engine has made safe.
 */

#ifndef SITE_VIEWS_H
#define SITE_VIEWS_H

#include <foobar/foobar.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Where in the site a page is: its entry in the navigation is marked. */
enum place {
    PLACE_POSTS,
    PLACE_SHOP,
    PLACE_NONE
};

/* A moment, for people and for programs (<time datetime="">). */
struct moment {
    const char *text; /* "5 March 2026" */
    const char *iso;  /* "2026-03-05T14:02:11Z" */
};

/* Links to the neighbours in a list of pages; 0: there is none. */
struct pager {
    int64_t page;
    int64_t previous;
    int64_t next;
};

/* home.html */
struct post_card {
    int64_t id;
    const char *title;
    const char *author;
    const char *excerpt;
    struct moment published;
    int64_t comments;
};

struct home_view {
    const struct post_card *posts;
    size_t post_count;
    struct pager pager;
};

/* post.html */
struct comment_view {
    int64_t id;
    const char *author;
    bool is_guest;
    const char *source; /* the Markdown that was typed */
    struct fb_safe_html body;
    struct moment created;
};

/* The form as it was sent; an error is NULL where there is none. */
struct comment_form {
    const char *author;
    const char *text;
    const char *author_error;
    const char *text_error;
};

struct post_view {
    int64_t id;
    const char *title;
    const char *author;
    const char *author_bio;
    struct moment published;
    const char *source;
    struct fb_safe_html body;
    int64_t comment_total;
    const struct comment_view *comments;
    size_t comment_count;
    struct pager pager;
    const struct comment_form *form;
};

/* products.html */
struct product_view {
    const char *slug;
    const char *name;
    const char *description;
    const char *price;
    int64_t price_cents;
    int64_t stock;
};

struct category_view {
    const char *slug;
    const char *name;
    const char *description;
    const struct product_view *products;
    size_t product_count;
};

struct products_view {
    const struct category_view *categories;
    size_t category_count;
};

/* error.html */
struct error_view {
    int status;
    const char *title;
    const char *what;       /* what happened */
    const char *what_next;  /* what the visitor can do about it */
    const char *request_id; /* NULL when it is not known */
};

#endif
