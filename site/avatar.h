/*
 * A picture for each who is here: the one that he has sent, or one drawn from
 * his name, which is one or two letters on a tint that is always the same. It
 * says nothing that does not stand beside it, so programs that read aloud pass
 * over it.
 */

#ifndef SITE_AVATAR_H
#define SITE_AVATAR_H

#include <stddef.h>

struct fb_out;

/* Tints of style.css, .tint-0 and so on: letters are readable on each. */
#define AVATAR_TINTS 8

/* Two letters of at most 4 bytes, and their end. */
#define AVATAR_LETTERS_SIZE 9

/*
 * Puts what stands in the picture into letters: the first letter of the first
 * word and of the last one. Of a script whose letters join or fill a square by
 * themselves it is one alone; of a name without letters it is nothing.
 */
void avatar_letters(const char *name, char letters[AVATAR_LETTERS_SIZE]);

/* Which of the tints the name has. */
unsigned avatar_tint(const char *name);

/*
 * Draws it; in a template: {% call avatar(name, picture) %}. picture is the URL
 * of his own; NULL or "": he has none.
 */
void avatar_html(struct fb_out *out, const char *name, const char *picture);

#endif
