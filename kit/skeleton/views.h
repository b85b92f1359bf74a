/* What the templates are given. */

#ifndef VIEWS_H
#define VIEWS_H

#include "notes.h"
#include "statements.h"

struct note_view {
    const char *title;
    struct fb_safe_html body; /* made of Markdown */
};

/* home.html */
struct home_view {
    const struct note_view *notes;
    size_t note_count;
    struct fb_form *form; /* blank, or as it was typed */
};

/* error.html */
struct error_view {
    int status;
    const char *what;
    const char *request_id;
};

#endif
