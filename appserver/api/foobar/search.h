/*
 * What a visitor searches for, as an expression for a full-text index.
 *
 *     MATCH (title, body) AGAINST (? IN BOOLEAN MODE)
 *
 * has a language of its own, in which + - " * ( ) @ ~ < > mean something, and
 * in which half of one is an error. Nobody who types "C++ (or C)" means it so.
 */

#ifndef FOOBAR_SEARCH_H
#define FOOBAR_SEARCH_H

#include <foobar/app.h>

struct fb_request;

/* What is looked for at most; whatever follows is left out. */
#define FB_SEARCH_WORDS_MAX 8
#define FB_SEARCH_CHARACTERS_MAX 64 /* of a word */

/*
 * "+making* +chairs*" for "making (chairs": every word must occur, or one that
 * begins with it. Only letters and digits are taken; words that the index does
 * not have (of less than 3 characters, and the most common ones) are left out.
 * NULL when nothing is left, which is best answered by a page that says so.
 * The text belongs to the request and goes to a placeholder.
 */
FB_API const char *fb_search_terms(struct fb_request *request,
                                   const char *words);

#endif
