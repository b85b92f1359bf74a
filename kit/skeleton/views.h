/* What the templates are given. */

#ifndef VIEWS_H
#define VIEWS_H

#include <stddef.h>

/* home.html */
struct note {
    const char *title;
    const char *text;
};

struct home_view {
    const struct note *notes;
    size_t note_count;
    /* The form, as it was typed, and what is wrong with it (or NULL). */
    const char *title;
    const char *text;
    const char *problem;
};

/* error.html */
struct error_view {
    int status;
    const char *what;
    const char *request_id;
};

#endif
