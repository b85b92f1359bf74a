/*
 * `foobarctl new NAME [DIR]`: the beginning of an application, in a folder of
 * its own. It is a copy of PREFIX/share/foobar/skeleton, or of empty beside it,
 * in which @NAME@ is replaced.
 */

#ifndef FOOBARCTL_SKELETON_H
#define FOOBARCTL_SKELETON_H

#include <stdbool.h>

/*
 * Makes the folder (NAME, unless one is given) and says what to type next.
 * `is_empty`: it has one page that says hello; else a form, a table and tests to
 * learn from. Nothing that is there is overwritten; returns the status for the
 * shell.
 */
int skeleton_make(const char *name, const char *folder, bool is_empty);

#endif
