/*
 * An Atom feed (RFC 4287), written entry by entry. It cannot be ill-formed:
 * text is escaped, and what XML cannot hold is left out of it.
 *
 *     fb_atom_begin(request, &(struct fb_atom_feed){...});
 *     for (each post) {
 *         fb_atom_entry(request, &(struct fb_atom_entry){...});
 *     }
 *     return FB_OK;
 *
 * The engine ends the feed. What the standard demands and is missing (an id, a
 * title, a time, an author) is an error of the program and ends the handler
 * with a 500.
 */

#ifndef FOOBAR_ATOM_H
#define FOOBAR_ATOM_H

#include <foobar/app.h>
#include <foobar/html.h>

#include <stdint.h>

struct fb_atom_feed {
    /*
     * Who gives the ids and since when, "foobar.com,2026": ids become
     * "tag:foobar.com,2026:posts". It must never change, not even when the
     * site moves, or readers see every entry again.
     */
    const char *authority;
    const char *id; /* of this feed among those of the site: "posts" */
    const char *title;
    const char *subtitle; /* or NULL */
    const char *path;     /* of the feed itself: "/feed.atom" */
    const char *page;     /* whose entries these are: "/" */
    const char *language; /* "en-GB", or NULL */
    int64_t updated;      /* when the newest entry changed */
};

struct fb_atom_entry {
    const char *id; /* "post-7"; the same for ever */
    const char *title;
    const char *author;
    const char *path;            /* "/posts/7" */
    const char *summary;         /* plain text, or NULL */
    struct fb_safe_html content; /* or an empty one */
    int64_t published;           /* or FB_NO_TIME */
    int64_t updated;
};

/* Makes the reply application/atom+xml and writes the beginning. */
FB_API void fb_atom_begin(struct fb_request *request,
                          const struct fb_atom_feed *feed);
FB_API void fb_atom_entry(struct fb_request *request,
                          const struct fb_atom_entry *entry);

#endif
