/*
 * Characters of a text: how many there are, which of them can be seen, which
 * have no place in it, and their one composed form. All text here is valid
 * UTF-8; the decoder of forms lets nothing else in.
 */

#ifndef ENGINE_CHARACTERS_H
#define ENGINE_CHARACTERS_H

#include <stdbool.h>
#include <stddef.h>

#include "arena.h"

size_t characters_count(const char *text);

/* Whether anything in it can be seen, and is not a blank of some kind. */
bool characters_are_visible(const char *text);

/*
 * Whether it holds a character that has no place in a line, or in several
 * lines: controls, and the marks that turn the direction of what follows.
 */
bool characters_have_controls(const char *text, bool several_lines);

/*
 * The same text in Unicode's composed form (NFC), so that a name that was
 * typed on two keyboards is one name. It may be `text` itself; NULL without
 * memory.
 */
const char *characters_compose(struct arena *arena, const char *text);

/*
 * Without white space at its ends, and with "\n" for each end of a line; NULL
 * without memory.
 */
char *characters_tidy(struct arena *arena, const char *text);

/* Without what has no place in a line; NULL without memory. */
char *characters_without_controls(struct arena *arena, const char *text);

#endif
