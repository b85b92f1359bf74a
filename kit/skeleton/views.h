/* What the templates are given. */

#ifndef VIEWS_H
#define VIEWS_H

#include "notes.h"
#include "statements.h"

/* home.html */
struct home_view {
    const struct note_row *notes;
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
