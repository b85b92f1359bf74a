/*
 * `foobarctl new NAME [DIR]`: the beginning of an application, in a folder of
 * its own. It is a copy of PREFIX/share/foobar/skeleton, in which @NAME@ is
 * replaced.
 */

#ifndef FOOBARCTL_SKELETON_H
#define FOOBARCTL_SKELETON_H

/*
 * Makes the folder (NAME, unless one is given) and says what to type next.
 * Nothing that is there is overwritten; returns the status for the shell.
 */
int skeleton_make(const char *name, const char *folder);

#endif
