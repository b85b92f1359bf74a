/*
 * What the engine itself says to a visitor - in forms, in refusals - in the
 * language of the page. The words stand in the source in English, marked by
 * WORDS(), and in appserver/locale/ in other languages, which are compiled
 * into the engine. An application that speaks yet another language, or says
 * some of them in its own way, translates them in its own files under the
 * context "foobar":
 *
 *     msgctxt "foobar"
 *     msgid "Enter {noun}"
 *     msgstr "Remplissez « {label} »"
 *
 * Values have names, not places as in printf(), so that a translation may
 * turn them round, leave them out, and never reads what is not there.
 */

#ifndef ENGINE_WORDS_H
#define ENGINE_WORDS_H

#include <foobar/messages.h>

struct fb_request;

/* Marks words for the list of translators; they are what it is. */
#define WORDS(words) words

/* The context of the engine's words in the files of an application. */
#define WORDS_CONTEXT "foobar"

/* The engine's own languages, made of appserver/locale/. */
extern const struct fb_catalogue engine_catalogue;

struct words_value {
    const char *name; /* as it stands between braces; NULL: the last one */
    const char *text;
};

/*
 * The words in the language of the request, with the values at their names;
 * NULL for words that have none. The result belongs to the request. Braces
 * around what is no name of a value stay as they are.
 */
const char *words_say(struct fb_request *request, const char *words,
                      const struct words_value *values);

/* The part of it without values; `words` itself when nobody translates them. */
const char *words_translate(struct fb_request *request, const char *words);

#endif
