/*
 * Words in the language of the request: api/foobar/messages.h. The language
 * is looked for when the first words are asked for, so that a page without
 * any depends on no header of the request.
 */

#include "request.h"

#include <stdlib.h>
#include <string.h>

/* English, for an application that has no catalogue. */
static unsigned english_form(uint64_t number)
{
    return number != 1;
}

static const struct fb_catalogue_language english = {.name = "en",
                                                     .form = english_form};
static const struct fb_catalogue english_alone = {.languages = &english,
                                                  .count = 1};

static const struct fb_catalogue *catalogue_of(const struct fb_request *request)
{
    return request->app && request->app->catalogue ? request->app->catalogue
                                                   : &english_alone;
}

/* The language for the first `length` bytes of a locale, or `count`. */
static size_t find_language(const struct fb_catalogue *catalogue,
                            const char *locale, size_t length)
{
    size_t i;

    for (i = 0; i < catalogue->count; i++) {
        const char *name = catalogue->languages[i].name;

        if (strncasecmp(name, locale, length) == 0 && name[length] == '\0') {
            break;
        }
    }
    return i;
}

/* "de-AT" may be served by "de". */
static size_t language_for(const struct fb_catalogue *catalogue,
                           const char *locale, size_t length)
{
    while (length > 0) {
        size_t found = find_language(catalogue, locale, length);

        if (found < catalogue->count) {
            return found;
        }
        do {
            length--;
        } while (length > 0 && locale[length] != '-');
    }
    return 0;
}

/*
 * The first language of the request's Accept-Language for which there are
 * words. What is refused by a weight of 0 is passed over; other weights are
 * not compared, since browsers write the best first.
 */
static size_t accepted_language(const struct fb_request *request,
                                const struct fb_catalogue *catalogue)
{
    const char *at = request_param(request, "HTTP_ACCEPT_LANGUAGE");

    while (at && *at != '\0') {
        size_t length = strcspn(at, ",");
        size_t name = strcspn(at, ",; ");
        bool is_english = name >= 2 && strncasecmp(at, "en", 2) == 0;
        size_t found = language_for(catalogue, at, name);

        const char *weight = memmem(at, length, "q=", 2);

        if ((!weight || strtod(weight + 2, NULL) > 0) &&
            (found || is_english)) {
            return found;
        }
        at += length;
        at += strspn(at, ", ");
    }
    return 0;
}

static size_t language_of(struct fb_out *out)
{
    const struct fb_catalogue *catalogue = catalogue_of(out->request);

    if (out->language == 0) {
        out->language = accepted_language(out->request, catalogue) + 1;
        if (catalogue->count > 1 && !out->request->reply_has_begun) {
            fb_header(out->request, "Vary", "Accept-Language");
        }
    }
    return out->language - 1;
}

static const struct fb_catalogue_language *language(struct fb_out *out)
{
    return &catalogue_of(out->request)->languages[language_of(out)];
}

const char *fb_language(struct fb_out *out)
{
    return language(out)->name;
}

const struct fb_piece *fb_pieces(struct fb_out *out,
                                 const struct fb_message *message)
{
    const struct fb_piece *const *forms = message->languages[language_of(out)];

    return forms ? forms[0] : message->languages[0][0];
}

const struct fb_piece *fb_plural_pieces(struct fb_out *out,
                                        const struct fb_message *message,
                                        uint64_t number)
{
    const struct fb_piece *const *forms = message->languages[language_of(out)];

    return forms ? forms[language(out)->form(number)]
                 : message->languages[0][number != 1];
}

void fb_out_message(struct fb_out *out, const struct fb_message *message)
{
    const struct fb_piece *piece = fb_pieces(out, message);

    fb_out_literal(out, piece->html, piece->length);
}

static int compare_words(const void *words, const void *phrase)
{
    return strcmp(words, ((const struct fb_phrase *)phrase)->words);
}

/*
 * What the words of a handler are in its language, in the plural form for
 * the number; NULL: untranslated.
 */
static const char *find_words(struct fb_request *request, const char *words,
                              uint64_t number)
{
    const struct fb_catalogue_language *known = language(&request->out);
    const struct fb_phrase *phrase;
    size_t form;

    if (known->phrase_count == 0) {
        return NULL;
    }
    phrase = bsearch(words, known->phrases, known->phrase_count,
                     sizeof(*known->phrases), compare_words);
    if (!phrase) {
        return NULL;
    }
    form = phrase->form_count > 1 ? known->form(number) : 0;
    return phrase->forms[form];
}

const char *fb_gettext(struct fb_request *request, const char *words)
{
    const char *found = find_words(request, words, 1);

    return found ? found : words;
}

const char *fb_words(struct fb_out *out, const char *words)
{
    return fb_gettext(out->request, words);
}

const char *fb_ngettext(struct fb_request *request, const char *one,
                        const char *many, uint64_t number)
{
    const char *found = find_words(request, one, number);

    if (found) {
        return found;
    }
    return number == 1 ? one : many;
}
