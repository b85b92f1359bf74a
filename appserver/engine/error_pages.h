/*
 * The application's error pages as files, for nginx, which shows them when the
 * application does not answer.
 */

#ifndef ENGINE_ERROR_PAGES_H
#define ENGINE_ERROR_PAGES_H

#include <stdbool.h>
#include <stddef.h>

#include "app.h"

/*
 * Writes FOLDER/STATUS.html in the application's first locale and, when its
 * locales are of several languages, FOLDER/LANGUAGE/STATUS.html in each; false
 * with `problem`. The folder is there; those of languages are made.
 */
bool error_pages_write(const struct app *app, const char *folder, char *problem,
                       size_t size);

#endif
