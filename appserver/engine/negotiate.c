/*
 * What a client likes best. Both headers are lists of ranges with weights:
 *
 *     text/html, application/json;q=0.9, *;q=0.1
 *     de-AT, de;q=0.8, en;q=0.5
 *
 * They are read in place, element by element, without memory of their own.
 */

#include "negotiate.h"

#include <foobar/locale.h>

#include <string.h>

#include "json.h"
#include "kept.h"
#include "locale.h"
#include "request.h"

#define MOST_LIKED 1000

/* One element of the list: its range, and its weight. */
struct range {
    const char *text;
    size_t length;
    int weight; /* -1: it is none */
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static const char *skip_blanks(const char *text, const char *end)
{
    while (text < end && is_blank(*text)) {
        text++;
    }
    return text;
}

/* Where the next `stop` outside of quotation marks is, or the end. */
static const char *find_outside_quotes(const char *text, const char *end,
                                       char stop)
{
    bool quoted = false;

    for (; text < end && (quoted || *text != stop); text++) {
        if (*text == '"') {
            quoted = !quoted;
        } else if (quoted && *text == '\\' && text + 1 < end) {
            text++;
        }
    }
    return text;
}

/* "0.875" is 875; -1 for what is no weight: "0" or "1", three digits more. */
static int weight_of(const char *text, size_t length)
{
    int weight;
    int place = 100;
    size_t i;

    if (length == 0 || length > 5 || (text[0] != '0' && text[0] != '1') ||
        (length > 1 && text[1] != '.')) {
        return -1;
    }
    weight = (text[0] - '0') * MOST_LIKED;
    for (i = 2; i < length; i++, place /= 10) {
        if (text[i] < '0' || text[i] > '9') {
            return -1;
        }
        weight += (text[i] - '0') * place;
    }
    return weight <= MOST_LIKED ? weight : -1;
}

/* The weight among the parameters, which begin with ";". */
static int weight_among(const char *at, const char *end)
{
    while (at < end) {
        const char *stop;

        at = skip_blanks(at + 1, end);
        stop = find_outside_quotes(at, end, ';');
        if (stop - at >= 2 && (at[0] == 'q' || at[0] == 'Q') && at[1] == '=') {
            const char *last = stop;

            while (last > at && is_blank(last[-1])) {
                last--;
            }
            return weight_of(at + 2, (size_t)(last - at) - 2);
        }
        at = stop;
    }
    return MOST_LIKED;
}

/* The next element of the list; false at its end. */
static bool next_range(const char **list, struct range *range)
{
    const char *end;
    const char *stop;

    if (**list == '\0') {
        return false;
    }
    end = find_outside_quotes(*list, *list + strlen(*list), ',');
    range->text = skip_blanks(*list, end);
    stop = find_outside_quotes(range->text, end, ';');
    range->weight = weight_among(stop, end);
    while (stop > range->text && is_blank(stop[-1])) {
        stop--;
    }
    range->length = (size_t)(stop - range->text);
    *list = *end == ',' ? end + 1 : end;
    return true;
}

/* How specific a match is: 3 the type itself, 2 "text" and 1 any; 0: none. */
static int match_type(const struct range *range, const char *type)
{
    size_t major = strcspn(type, "/") + 1;

    if (range->length == strlen(type) &&
        strncasecmp(range->text, type, range->length) == 0) {
        return 3;
    }
    if (range->length == major + 1 && range->text[major] == '*' &&
        strncasecmp(range->text, type, major) == 0) {
        return 2;
    }
    return range->length == 3 && memcmp(range->text, "*/*", 3) == 0;
}

int negotiate_quality(const char *accept, const char *type)
{
    struct range range;
    int best_match = 0;
    int quality = 0;

    while (next_range(&accept, &range)) {
        int match = range.weight >= 0 ? match_type(&range, type) : 0;

        if (match > best_match) {
            best_match = match;
            quality = range.weight;
        } else if (match > 0 && match == best_match && range.weight > quality) {
            quality = range.weight;
        }
    }
    return quality;
}

static bool begins_with(const char *text, size_t length, const char *beginning,
                        size_t beginning_length)
{
    return length >= beginning_length &&
           strncasecmp(text, beginning, beginning_length) == 0 &&
           (length == beginning_length || text[beginning_length] == '-');
}

/*
 * How well a range names a locale: the more of it matches the better. The
 * locale itself or a longer range ("de-AT" for "de") wins over a shorter one
 * ("de" for "de-AT"), that over a neighbour ("en-US" for "en-GB": better than
 * a language that nobody asked for), and that over "*".
 */
static size_t match_locale(const struct range *range, const char *locale)
{
    size_t length = strlen(locale);
    size_t language = strcspn(locale, "-");

    if (begins_with(range->text, range->length, locale, length)) {
        return 2 * length + 2;
    }
    if (range->length > 0 &&
        begins_with(locale, length, range->text, range->length)) {
        return 2 * range->length + 1;
    }
    if (range->weight > 0 &&
        begins_with(range->text, range->length, locale, language)) {
        return 2;
    }
    return range->length == 1 && range->text[0] == '*';
}

/* How much the header likes a locale, by the range that names it best. */
static int locale_quality(const char *accept, const char *locale,
                          size_t *best_match)
{
    struct range range;
    int quality = 0;

    *best_match = 0;
    while (next_range(&accept, &range)) {
        size_t match = range.weight >= 0 ? match_locale(&range, locale) : 0;

        if (match > *best_match ||
            (match > 0 && match == *best_match && range.weight > quality)) {
            *best_match = match;
            quality = range.weight;
        }
    }
    return quality;
}

const char *negotiate_locale(const char *accept, const char *const *locales)
{
    const char *best = NULL;
    int best_quality = 0;
    size_t best_match = 0;

    for (; *locales != NULL; locales++) {
        size_t match;
        int quality = locale_quality(accept, *locales, &match);

        if (quality > best_quality ||
            (quality == best_quality && quality > 0 && match > best_match)) {
            best = *locales;
            best_quality = quality;
            best_match = match;
        }
    }
    return best;
}

static int larger(int a, int b)
{
    return a > b ? a : b;
}

struct liking {
    int html;
    int json;
};

static struct liking liking_of(const struct fb_request *request)
{
    const char *accept = request_param(request, "HTTP_ACCEPT");

    if (accept == NULL || *accept == '\0') {
        return (struct liking){MOST_LIKED, MOST_LIKED};
    }
    return (struct liking){
        .html = negotiate_quality(accept, "text/html"),
        .json = larger(negotiate_quality(accept, "application/json"),
                       negotiate_quality(accept, "application/problem+json")),
    };
}

bool negotiate_prefers_json(const struct fb_request *request)
{
    struct liking liking = liking_of(request);

    return liking.json > liking.html ||
           (liking.json == liking.html && liking.json > 0 &&
            json_is_sent(request));
}

enum fb_format fb_wants(struct fb_request *request)
{
    struct liking liking = liking_of(request);

    kept_asks(request, FB_BY_FORMAT, "fb_wants()");
    request->vary |= REQUEST_VARY_ACCEPT;
    if (liking.html == 0 && liking.json == 0 &&
        (request->method & (FB_GET | FB_HEAD)) != 0) {
        request_refuse(request, 406, "it accepts neither HTML nor JSON");
    }
    request->format = negotiate_prefers_json(request) ? FB_JSON : FB_HTML;
    return request->format;
}

bool fb_speak(struct fb_request *request, const char *locale)
{
    static const char *const only[] = {LOCALE_DEFAULT, NULL};
    const char *const *known =
        request->app->locales != NULL ? request->app->locales : only;

    for (; *known != NULL; known++) {
        if (strcasecmp(*known, locale) == 0) {
            request->locale = *known;
            request->out.language = 0;
            return true;
        }
    }
    return false;
}

const char *fb_locale(struct fb_request *request)
{
    static const char *const only[] = {LOCALE_DEFAULT, NULL};
    const char *const *locales =
        request->app != NULL && request->app->locales != NULL
            ? request->app->locales
            : only;
    const char *accept = request_param(request, "HTTP_ACCEPT_LANGUAGE");
    const char *asked = form_value(&request->query, "lang");
    const char *const *locale;

    if (request->locale != NULL) {
        return request->locale;
    }
    if (locales[1] == NULL) {
        request->locale = locales[0]; /* nothing is chosen */
        return request->locale;
    }
    kept_asks(request, FB_BY_LOCALE, "fb_locale()");
    request->vary |= REQUEST_VARY_LANGUAGE;
    for (locale = locales; asked != NULL && *locale != NULL; locale++) {
        if (strcasecmp(*locale, asked) == 0) {
            request->locale = *locale;
            return *locale;
        }
    }
    request->locale = accept != NULL ? negotiate_locale(accept, locales) : NULL;
    if (request->locale == NULL) {
        request->locale = locales[0];
    }
    return request->locale;
}

const char *fb_currency(struct fb_request *request)
{
    const char *const *currencies = request->app->currencies;
    const char *asked = form_value(&request->query, "currency");
    const char *const *currency;

    if (currencies == NULL) {
        request_fail(request, "fb_currency(): the application lists no "
                              "currencies");
    }
    kept_asks(request, FB_BY_CURRENCY, "fb_currency()");
    for (currency = currencies; asked != NULL && *currency != NULL;
         currency++) {
        if (strcasecmp(*currency, asked) == 0) {
            return *currency;
        }
    }
    return currencies[0];
}
