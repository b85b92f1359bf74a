/*
 * The words of an application in several languages.
 *
 * The words stand in the templates, in English, within {% t %} and {% end %};
 * those of handlers stand in fb_gettext(). A language is a file of gettext's
 * form, such as site/locale/de.po. The template compiler makes C of all of
 * them, so that finding a translation is an index into an array: no file is
 * read at run time, nothing is locked, and a translation that would not fit
 * the markup around it does not build.
 *
 * What a file does not translate is shown in English.
 */

#ifndef FOOBAR_MESSAGES_H
#define FOOBAR_MESSAGES_H

#include <foobar/app.h>

#include <stddef.h>
#include <stdint.h>

struct fb_out;

/*
 * The language in which this page is drawn, for <html lang="">: "en", or the
 * name of one of the files. It is that of the request's locale (fb_locale())
 * if there is a file for it, else the one for the language without its region
 * ("de" for "de-AT"), else English. An application with a file that none of
 * its locales leads to does not start.
 */
FB_API const char *fb_language(struct fb_out *out);

/*
 * The words of a handler in the language of the request; `words` itself when
 * they are not translated. The second chooses among plural forms for
 * `number`. Both are text: a hole escapes them. The words must be a string
 * between quotes, because xgettext looks for them; words that stand in a
 * table, or are handed to a function that translates them, are marked by
 * FB_WORDS() there. So are the labels, hints, choices, buttons and own messages
 * (missing, invalid) of a form. fb_words() is fb_gettext() for what draws, and
 * says the engine's own words, of its ready pages, in the engine's languages too.
 *
 * fb_pgettext() and fb_npgettext() are for words that need two translations ("Open": a button, or
 * the state of a shop): the context, which no visitor reads, tells them apart.
 * It is a string between quotes, too. A template writes {% t "the button" %}. The
 * context "foobar" is for what the engine itself says.
 */
FB_API const char *fb_gettext(struct fb_request *request, const char *words)
    __attribute__((format_arg(2)));
FB_API const char *fb_ngettext(struct fb_request *request, const char *one,
                               const char *many, uint64_t number)
    __attribute__((format_arg(2), format_arg(3)));
FB_API const char *fb_pgettext(struct fb_request *request, const char *context,
                               const char *words)
    __attribute__((format_arg(3)));
FB_API const char *fb_npgettext(struct fb_request *request, const char *context,
                                const char *one, const char *many,
                                uint64_t number)
    __attribute__((format_arg(3), format_arg(4)));
FB_API const char *fb_words(struct fb_out *out, const char *words);
#define FB_WORDS(words) words

/* ---- what the template compiler makes ---- */

/* A piece of a message: some HTML, and then the value of a hole. */
struct fb_piece {
    const char *html;
    uint32_t length;
    uint32_t value; /* which one, counted from 1; 0: the message ends here */
};

/* A message in each language and each of its plural forms. */
struct fb_message {
    const struct fb_piece *const *const *languages; /* NULL: untranslated */
};

/*
 * Words of handlers, and what they are in one language. Those with a context
 * begin with it and the byte that ends it.
 */
#define FB_CONTEXT_END '\004'
struct fb_phrase {
    const char *words;
    const char *const *forms; /* one a plural form */
    size_t form_count;
};

struct fb_catalogue_language {
    const char *name;                  /* "de", "pt-BR" */
    unsigned (*form)(uint64_t number); /* which plural form */
    const struct fb_phrase *phrases;   /* in the order of strcmp */
    size_t phrase_count;
};

/* The first language is English, in which all messages stand. */
struct fb_catalogue {
    const struct fb_catalogue_language *languages;
    size_t count;
};

/* The pieces of a message in the language of the page. */
FB_API const struct fb_piece *fb_pieces(struct fb_out *out,
                                        const struct fb_message *message);
FB_API const struct fb_piece *fb_plural_pieces(struct fb_out *out,
                                               const struct fb_message *message,
                                               uint64_t number);

/* A message that has no hole. */
FB_API void fb_out_message(struct fb_out *out,
                           const struct fb_message *message);

/* The number that chooses a plural form; only whole numbers compile. */
static inline uint64_t fb_plural_int(int64_t number)
{
    return number < 0 ? -(uint64_t)number : (uint64_t)number;
}

static inline uint64_t fb_plural_uint(uint64_t number)
{
    return number;
}

/* clang-format off */
#define fb_plural(number) _Generic((number),                                   \
    int: fb_plural_int, long: fb_plural_int, long long: fb_plural_int,         \
    unsigned: fb_plural_uint, unsigned long: fb_plural_uint,                   \
    unsigned long long: fb_plural_uint)(number)
/* clang-format on */

#endif
