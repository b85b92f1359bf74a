/* Which form of a report a client wants: foobar_metrics.h. */

#include <string.h>

#include "foobar_metrics.h"


static const struct {
    const char *name;
    const char *type;
    const char *subtype;
    const char *content_type;
} forms[FOOBAR_FORMATS] = {
    [FOOBAR_FORMAT_TEXT] = {"text", "text", "plain",
                            "text/plain; version=0.0.4; charset=utf-8"},
    [FOOBAR_FORMAT_OPENMETRICS] = {"openmetrics", "application",
                                   "openmetrics-text",
                                   "application/openmetrics-text; "
                                   "version=1.0.0; charset=utf-8"},
    [FOOBAR_FORMAT_JSON] = {"json", "application", "json", "application/json"},
};

/* What is left of a header. */
struct rest {
    const char *at;
    const char *end;
};

struct word {
    const char *data;
    size_t length;
};


const char *
foobar_metrics_type(enum foobar_format format)
{
    return forms[format].content_type;
}


static char
lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char) (c + ('a' - 'A')) : c;
}


static bool
word_is(struct word word, const char *text)
{
    size_t i;

    for (i = 0; i < word.length; i++) {
        if (text[i] == '\0' || lower(word.data[i]) != text[i]) {
            return false;
        }
    }
    return text[i] == '\0';
}


bool
foobar_metrics_named(const char *name, size_t length,
                     enum foobar_format *format)
{
    struct word word = {name, length};
    unsigned i;

    for (i = 0; i < FOOBAR_FORMATS; i++) {
        if (word_is(word, forms[i].name)) {
            *format = (enum foobar_format) i;
            return true;
        }
    }
    return false;
}


static bool
next_is(const struct rest *rest, const char *set)
{
    return rest->at < rest->end && *rest->at != '\0'
           && strchr(set, *rest->at) != NULL;
}


static void
skip(struct rest *rest, const char *set)
{
    while (next_is(rest, set)) {
        rest->at++;
    }
}


/* All up to one of the delimiters, without what is quoted, and blanks. */
static struct word
take(struct rest *rest, const char *delimiters)
{
    struct word word;
    bool quoted = false;

    skip(rest, " \t");
    word.data = rest->at;
    while (rest->at < rest->end && (quoted || !next_is(rest, delimiters))) {
        if (*rest->at == '"') {
            quoted = !quoted;
        } else if (*rest->at == '\\' && quoted && rest->end - rest->at > 1) {
            rest->at++;
        }
        rest->at++;
    }
    word.length = (size_t) (rest->at - word.data);
    while (word.length > 0
           && (word.data[word.length - 1] == ' '
               || word.data[word.length - 1] == '\t')) {
        word.length--;
    }
    return word;
}


/* "1", "0.25", "0.1234" in thousandths; what is no number counts as 1. */
static unsigned
quality(struct word word)
{
    unsigned value = 0;
    unsigned unit = 1000;
    size_t i;

    for (i = 0; i < word.length && unit > 0; i++) {
        if (i == 1 && word.data[i] == '.') {
            continue;
        }
        if (word.data[i] < '0' || word.data[i] > '9') {
            return 1000;
        }
        value += (unsigned) (word.data[i] - '0') * unit;
        unit /= 10;
    }
    return word.length > 0 && value <= 1000 ? value : 1000;
}


static unsigned
exactness(struct word type, struct word subtype, unsigned form)
{
    if (word_is(type, "*") && word_is(subtype, "*")) {
        return 1;
    }
    if (!word_is(type, forms[form].type)) {
        return 0;
    }
    if (word_is(subtype, "*")) {
        return 2;
    }
    return word_is(subtype, forms[form].subtype) ? 3 : 0;
}


/* Of two that name a form, the more exact one says; then the kinder one. */
static void
offer(struct foobar_wishes *wishes, struct word type, struct word subtype,
      unsigned q)
{
    unsigned i;

    for (i = 0; i < FOOBAR_FORMATS; i++) {
        unsigned exact = exactness(type, subtype, i);

        if (exact > wishes->formats[i].exactness
            || (exact > 0 && exact == wishes->formats[i].exactness
                && q > wishes->formats[i].quality)) {
            wishes->formats[i].exactness = exact;
            wishes->formats[i].quality = q;
        }
    }
}


void
foobar_metrics_accept(struct foobar_wishes *wishes, const char *value,
                      size_t length)
{
    struct rest rest = {value, value + length};

    while (rest.at < rest.end) {
        struct word type = take(&rest, "/;,");
        struct word subtype = {"", 0};
        unsigned q = 1000;

        if (next_is(&rest, "/")) {
            rest.at++;
            subtype = take(&rest, ";,");
        }
        while (next_is(&rest, ";")) {
            struct word name;

            rest.at++;
            name = take(&rest, "=;,");
            if (next_is(&rest, "=")) {
                struct word given;

                rest.at++;
                given = take(&rest, ";,");
                if (word_is(name, "q")) {
                    q = quality(given);
                }
            }
        }
        offer(wishes, type, subtype, q);
        skip(&rest, ",");
    }
}


enum foobar_format
foobar_metrics_best(const struct foobar_wishes *wishes)
{
    unsigned best = FOOBAR_FORMAT_TEXT;
    unsigned i;

    for (i = 0; i < FOOBAR_FORMATS; i++) {
        if (wishes->formats[i].quality > wishes->formats[best].quality
            || (wishes->formats[i].quality > 0
                && wishes->formats[i].quality == wishes->formats[best].quality
                && wishes->formats[i].exactness
                       > wishes->formats[best].exactness)) {
            best = i;
        }
    }
    return (enum foobar_format) best;
}
