/*
 * Words in the language of the request: api/foobar/messages.h. The language
 * is looked for when the first words are asked for, so that a page without
 * any depends on no header of the request.
 */

#include "messages.h"

#include <stdlib.h>
#include <string.h>

#include <foobar/locale.h>

#include "request.h"
#include "words.h"

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

/* "de-AT" may be served by "de", and what nothing serves is English. */
static size_t language_for(const struct fb_catalogue *catalogue,
                           const char *locale)
{
    size_t length = strlen(locale);

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

const char *messages_unspoken(const struct fb_app *app)
{
    const struct fb_catalogue *catalogue = app->catalogue;
    const char *const *locale;
    size_t i;

    for (i = 1; catalogue && i < catalogue->count; i++) {
        bool is_spoken = false;

        for (locale = app->locales; locale && *locale; locale++) {
            is_spoken = is_spoken || language_for(catalogue, *locale) == i;
        }
        if (!is_spoken) {
            return catalogue->languages[i].name;
        }
    }
    return NULL;
}

static size_t language_of(struct fb_out *out)
{
    const struct fb_catalogue *catalogue = catalogue_of(out->request);

    if (out->language == 0) {
        out->language = 1;
        if (catalogue->count > 1) {
            out->language += language_for(catalogue, fb_locale(out->request));
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

/* The forms in a language other than English; NULL: there are none. */
static const struct fb_piece *const *
translated(struct fb_out *out, const struct fb_message *message)
{
    size_t index = language_of(out);

    return index > 0 ? message->languages[index] : NULL;
}

const struct fb_piece *fb_pieces(struct fb_out *out,
                                 const struct fb_message *message)
{
    const struct fb_piece *const *forms = translated(out, message);

    return forms ? forms[0] : message->languages[0][0];
}

const struct fb_piece *fb_plural_pieces(struct fb_out *out,
                                        const struct fb_message *message,
                                        uint64_t number)
{
    const struct fb_piece *const *forms = translated(out, message);

    return forms ? forms[language(out)->form(number)]
                 : message->languages[0][number != 1];
}

void fb_out_message(struct fb_out *out, const struct fb_message *message)
{
    const struct fb_piece *piece = fb_pieces(out, message);

    fb_out_literal(out, piece->html, piece->length);
}

/* Words that are looked for, with what tells them from others. */
struct wanted {
    const char *context; /* NULL: none */
    const char *words;
};

static int compare_words(const void *one, const void *other)
{
    const struct wanted *wanted = one;
    const char *known = ((const struct fb_phrase *)other)->words;

    if (wanted->context != NULL) {
        size_t length = strlen(wanted->context);
        int order = strncmp(wanted->context, known, length);

        if (order != 0) {
            return order;
        }
        if (known[length] != FB_CONTEXT_END) {
            return FB_CONTEXT_END - (int)(unsigned char)known[length];
        }
        known += length + 1;
    }
    return strcmp(wanted->words, known);
}

/*
 * What words of C are in a language, in the plural form for the number; NULL:
 * untranslated.
 */
static const char *find_words(const struct fb_catalogue_language *known,
                              const struct wanted *wanted, uint64_t number)
{
    const struct fb_phrase *phrase;
    size_t form;

    if (known->phrase_count == 0) {
        return NULL;
    }
    phrase = bsearch(wanted, known->phrases, known->phrase_count,
                     sizeof(*known->phrases), compare_words);
    if (!phrase) {
        return NULL;
    }
    form = phrase->form_count > 1 ? known->form(number) : 0;
    return phrase->forms[form];
}

const char *fb_gettext(struct fb_request *request, const char *words)
{
    const struct wanted wanted = {NULL, words};
    const char *found = find_words(language(&request->out), &wanted, 1);

    return found ? found : words;
}

const char *fb_pgettext(struct fb_request *request, const char *context,
                        const char *words)
{
    const struct wanted wanted = {context, words};
    const char *found = find_words(language(&request->out), &wanted, 1);

    return found ? found : words;
}

/* The application comes first: it may know better what its visitors read. */
const char *words_translate(struct fb_request *request, const char *words)
{
    const struct fb_catalogue_language *spoken = language(&request->out);
    const struct wanted theirs = {WORDS_CONTEXT, words};
    const struct wanted ours = {NULL, words};
    const char *found = find_words(spoken, &theirs, 1);

    if (found == NULL) {
        spoken = &engine_catalogue
                      .languages[language_for(&engine_catalogue, spoken->name)];
        found = find_words(spoken, &ours, 1);
    }
    return found != NULL ? found : words;
}

const char *fb_words(struct fb_out *out, const char *words)
{
    const char *said = fb_gettext(out->request, words);

    return said != words ? said : words_translate(out->request, words);
}

static const char *choose(struct fb_request *request, const char *context,
                          const char *one, const char *many, uint64_t number)
{
    const struct wanted wanted = {context, one};
    const char *found = find_words(language(&request->out), &wanted, number);

    if (found) {
        return found;
    }
    return number == 1 ? one : many;
}

const char *fb_ngettext(struct fb_request *request, const char *one,
                        const char *many, uint64_t number)
{
    return choose(request, NULL, one, many, number);
}

const char *fb_npgettext(struct fb_request *request, const char *context,
                         const char *one, const char *many, uint64_t number)
{
    return choose(request, context, one, many, number);
}
