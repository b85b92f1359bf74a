/*
 * What a file was called by who sent it. It is a label for people: it is shown,
 * and proposed when somebody saves the file, and is never a part of a path of
 * ours.
 */

#ifndef ENGINE_FILE_NAME_H
#define ENGINE_FILE_NAME_H

#include "arena.h"

#define FILE_NAME_CHARACTERS 100

/*
 * The name without folders before it, controls, marks that turn the direction
 * of what follows (which let "gpj.exe" look like "exe.jpg") and dots at its
 * ends; in the composed form, cut in its middle to FILE_NAME_CHARACTERS. It
 * may be empty. NULL without memory.
 */
const char *file_name_clean(struct arena *arena, const char *name);

/*
 * The same name with an ending that fits what the file is, so that nobody's
 * computer opens it as something else: "list.php" that holds text becomes
 * "list.php.txt". NULL without memory.
 */
const char *file_name_with_ending(struct arena *arena, const char *name,
                                  const char *ending);

#endif
