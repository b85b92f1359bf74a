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
    PLACE_NONE,
    PLACE_ERROR /* an error page, which is the same for all */
};

/* Draws who is here, for the head of each page: member.c. */
void personal_html(struct fb_out *out);

/* A moment, for people and for programs (<time datetime="">). */
struct moment {
    const char *text; /* "5 March 2026" */
    const char *iso;  /* "2026-03-05T14:02:11Z" */
};

/* Cursors of the neighbours in a list of pages; NULL: there is none. */
struct pager {
    const char *previous;
    const char *next;
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
    bool is_first; /* nothing is newer */
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
    struct fb_form *form;
    const char *action; /* where it is sent */
    const char *writer; /* the member who is here; NULL: a guest */
};

/* me.html */
struct session_view {
    const char *agent;
    const char *address;
    struct moment seen;
    bool is_this;
    struct fb_form *form; /* ends it */
};

struct event_view {
    const char *what;
    const char *address;
    struct moment at;
};

struct me_view {
    const char *name;
    const char *email;
    const struct session_view *sessions;
    size_t session_count;
    const struct event_view *events;
    size_t event_count;
    struct fb_form *form; /* of another password */
    struct fb_form *picture_form;
    const char *picture;        /* "": there is none */
    bool is_member;             /* or an operator, who is none */
    struct fb_form *all_others; /* ends all sessions but this */
};

/* second_factor.html */
struct second_factor_view {
    bool is_on;
    struct moment since;
    int64_t recovery_codes; /* that are left */
    const char *secret;     /* of one that is to be confirmed; NULL: none */
    struct fb_safe_html qr;
    struct fb_form *begin;
    struct fb_form *confirm;
    struct fb_form *codes;
    struct fb_form *off;
    const struct fb_form *sent; /* the one of them that was sent; or NULL */
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

/* The mails about accounts: letters.c */
struct letter_view {
    const char *url;
    const char *other; /* where else one can go */
};

struct notice_view {
    bool is_password; /* it was changed; or there was a log-in */
    const char *address;
    const char *agent;
    const char *url;
    const char *reset;
};

/* said.html: what has happened, and where to go from there */
struct said_view {
    const char *title;
    const char *text;
    const char *path;
    const char *link;
};

#endif
