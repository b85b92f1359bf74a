/*
 * What a row of the table of pages may say, beside its path; and what the
 * application may say about logging in. The engine refuses a table whose rows
 * contradict themselves or each other, since both nginx and the engine work by
 * it, and a wrong row would make a page vanish, or show it to everybody.
 */

#ifndef ENGINE_ROWS_H
#define ENGINE_ROWS_H

#include <foobar/app.h>

#include <stdbool.h>

struct routes;

/* The name of a page, a parameter or a rate class. */
bool rows_is_name(const char *text, size_t length);

/* NULL, or what is wrong with the row. */
const char *rows_check_page(const struct fb_page *page);

/*
 * Looks at login_path and session_cookies of an application with these pages,
 * and `routes` of them; false with `problem` (of `size` bytes).
 */
bool rows_check_login(const struct fb_app *app, const struct fb_page *pages,
                      size_t count, const struct routes *routes, char *problem,
                      size_t size);

#endif
