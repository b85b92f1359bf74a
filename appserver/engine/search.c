/* Words for a full-text index: api/foobar/search.h. */

#include <foobar/request.h>
#include <foobar/search.h>

#include <stdbool.h>
#include <string.h>
#include <utf8proc.h>

#include "characters.h"
#include "request.h"

#define LEAST_CHARACTERS 3 /* innodb_ft_min_token_size */
#define TERM_EXTRA 3       /* " +" before a word and "*" behind it */

/* The words that InnoDB's index leaves out, of at least that length. */
static const char *const stopwords[] = {
    "about", "are",  "com",  "for",   "from", "how",  "that", "the", "this",
    "was",   "what", "when", "where", "who",  "will", "with", "und", "www",
};

static bool is_stopword(const char *word, size_t length)
{
    size_t i;

    for (i = 0; i < sizeof(stopwords) / sizeof(stopwords[0]); i++) {
        if (strlen(stopwords[i]) == length &&
            strncasecmp(stopwords[i], word, length) == 0) {
            return true;
        }
    }
    return false;
}

static bool is_word_character(utf8proc_int32_t character)
{
    switch (utf8proc_category(character)) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_MC:
    case UTF8PROC_CATEGORY_ND:
    case UTF8PROC_CATEGORY_NL:
        return true;
    default:
        return false;
    }
}

struct word {
    const char *at;
    size_t length;     /* bytes */
    size_t characters; /* of all of it; `length` ends at the limit */
};

/* The next run of letters and digits, and *text behind it; false: none. */
static bool next_word(const char **text, struct word *word)
{
    utf8proc_int32_t character;

    *word = (struct word){0};
    while (**text != '\0') {
        utf8proc_ssize_t bytes =
            utf8proc_iterate((const utf8proc_uint8_t *)*text, -1, &character);

        if (bytes <= 0) {
            return false; /* is no UTF-8; what comes from visitors is */
        }
        if (is_word_character(character)) {
            if (word->characters++ == 0) {
                word->at = *text;
            }
            if (word->characters <= FB_SEARCH_CHARACTERS_MAX) {
                word->length += (size_t)bytes;
            }
        } else if (word->characters > 0) {
            return true;
        }
        *text += bytes;
    }
    return word->characters > 0;
}

static bool is_indexed(const struct word *word)
{
    return word->characters >= LEAST_CHARACTERS &&
           !is_stopword(word->at, word->length);
}

const char *fb_search_terms(struct fb_request *request, const char *words)
{
    const char *text =
        words != NULL ? characters_compose(request->arena, words) : NULL;
    struct word word;
    unsigned count = 0;
    size_t length = 0;
    char *terms;

    if (text == NULL) {
        return NULL;
    }
    /* A word is followed by what ends it, so that this is room for all. */
    terms = fb_alloc(request, strlen(text) * TERM_EXTRA + TERM_EXTRA + 1);
    while (count < FB_SEARCH_WORDS_MAX && next_word(&text, &word)) {
        if (is_indexed(&word)) {
            memcpy(terms + length, " +", 2);
            memcpy(terms + length + 2, word.at, word.length);
            length += 2 + word.length;
            terms[length++] = '*';
            count++;
        }
    }
    terms[length] = '\0';
    return count > 0 ? terms + 1 : NULL;
}
