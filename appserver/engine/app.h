/*
 * The application: a shared object that exports `foobar_app` (see
 * api/foobar/app.h). Each worker loads it for itself, so that a new
 * generation of workers brings new code.
 */

#ifndef ENGINE_APP_H
#define ENGINE_APP_H

#include <foobar/app.h>

#include <stdbool.h>
#include <stddef.h>

struct app {
    const struct fb_app *table;
    void *library;
    struct fb_page *pages; /* the engine's own and the application's */
    size_t page_count;
    char **arguments;      /* of pages that have more than their row says */
    struct routes *routes; /* of `pages` */
};

/*
 * Loads and checks the application. On failure `problem` says which file and
 * why, and *app is empty.
 */
bool app_load(struct app *app, const char *file, char *problem, size_t size);
/* The same for a table that is linked to this program; `name` is for `problem`. */
bool app_use(struct app *app, const struct fb_app *table, const char *name,
             char *problem, size_t size);
void app_unload(struct app *app);

/* Whether a form of it has a field that is a file. */
bool app_takes_files(const struct app *app);
bool app_takes_pictures(const struct app *app);

#endif
