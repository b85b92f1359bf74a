/*
 * The table of locales. It holds what CLDR says of each, as far as a page
 * needs it: ICU would bring all languages, and 30 MB of data into every
 * worker for them.
 *
 * Patterns of dates: d day, M month's name, y year; all else stands for
 * itself, and a word is put between apostrophes. Patterns of money: # the
 * amount with its sign, $ the currency, _ a space that does not break.
 */

#include "locale.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "request.h"

#define NBSP "\302\240"          /* no-break space */
#define THIN_NBSP "\342\200\257" /* the narrow one */
#define MINUS "\342\210\222"

struct locale {
    const char *name;
    const char *date;
    const char *months[12];
    bool twelve_hours; /* "2:02 PM" */
    const char *group; /* between thousands */
    const char *point; /* before the fraction */
    const char *minus;
    int least_grouped; /* digits before the first group: 1234 or 1.234 */
    const char *money;
    const char *own_currency; /* which has a sign that only here is clear */
    const char *own_sign;
};

/* clang-format off */
#define ENGLISH \
    {"January", "February", "March", "April", "May", "June", "July", "August", \
     "September", "October", "November", "December"}

static const struct locale locales[] = {
    {"de", "d. M y",
     {"Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August",
      "September", "Oktober", "November", "Dezember"},
     false, ".", ",", "-", 1, "#_$", "", ""},
    {"en", "M d, y", ENGLISH, true, ",", ".", "-", 1, "-$#", "USD", "$"},
    {"en-GB", "d M y", ENGLISH, false, ",", ".", "-", 1, "-$#", "", ""},
    {"en-US", "M d, y", ENGLISH, true, ",", ".", "-", 1, "-$#", "USD", "$"},
    {"es", "d 'de' M 'de' y",
     {"enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto",
      "septiembre", "octubre", "noviembre", "diciembre"},
     false, ".", ",", "-", 2, "#_$", "", ""},
    {"fr", "d M y",
     {"janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août",
      "septembre", "octobre", "novembre", "décembre"},
     false, THIN_NBSP, ",", "-", 1, "#_$", "", ""},
    {"nl", "d M y",
     {"januari", "februari", "maart", "april", "mei", "juni", "juli",
      "augustus", "september", "oktober", "november", "december"},
     false, ".", ",", "-", 1, "$_#", "", ""},
    {"pl", "d M y",
     {"stycznia", "lutego", "marca", "kwietnia", "maja", "czerwca", "lipca",
      "sierpnia", "września", "października", "listopada", "grudnia"},
     false, NBSP, ",", "-", 2, "#_$", "PLN", "zł"},
    {"sv", "d M y",
     {"januari", "februari", "mars", "april", "maj", "juni", "juli", "augusti",
      "september", "oktober", "november", "december"},
     false, NBSP, ",", MINUS, 1, "#_$", "SEK", "kr"},
};

/* ISO 4217: the currencies in use and their digits behind the point. */
static const struct {
    int digits;
    const char *codes;
} currencies[] = {
    {2, "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL "
        "BSD BTN BWP BYN BZD CAD CDF CHF CNY COP CRC CUP CVE CZK DKK DOP DZD "
        "EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF "
        "IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD "
        "MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK "
        "NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK "
        "SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD "
        "TZS UAH USD UYU UZS VED VES WST XCD YER ZAR ZMW"},
    {0, "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF"},
    {3, "BHD IQD JOD KWD LYD OMR TND"},
};

/* Signs that mean one currency wherever they are read. */
static const struct {
    const char *code;
    const char *sign;
} signs[] = {
    {"EUR", "€"},
    {"GBP", "£"},
};
/* clang-format on */

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

const struct locale *locale_find(const char *name)
{
    size_t i;

    for (i = 0; i < COUNT(locales); i++) {
        if (strcmp(locales[i].name, name) == 0) {
            return &locales[i];
        }
    }
    return NULL;
}

void locale_names(char *text, size_t size)
{
    size_t length = 0;
    size_t i;

    for (i = 0; i < COUNT(locales) && length < size; i++) {
        length += (size_t)snprintf(text + length, size - length, "%s%s",
                                   i == 0 ? "" : ", ", locales[i].name);
    }
}

static void append(char text[LOCALE_TEXT_MAX], const char *more)
{
    size_t length = strlen(text);

    snprintf(text + length, LOCALE_TEXT_MAX - length, "%s", more);
}

static void append_char(char text[LOCALE_TEXT_MAX], char c)
{
    append(text, (const char[]){c, '\0'});
}

static void append_int(char text[LOCALE_TEXT_MAX], int number)
{
    char digits[16];

    snprintf(digits, sizeof(digits), "%d", number);
    append(text, digits);
}

void locale_date(const struct locale *locale, int64_t time,
                 char text[LOCALE_TEXT_MAX])
{
    struct calendar calendar;
    bool is_word = false;
    const char *at;

    text[0] = '\0';
    if (!calendar_of(time, &calendar)) {
        return;
    }
    for (at = locale->date; *at != '\0'; at++) {
        if (*at == '\'') {
            is_word = !is_word;
        } else if (*at == 'd' && !is_word) {
            append_int(text, calendar.day);
        } else if (*at == 'M' && !is_word) {
            append(text, locale->months[calendar.month - 1]);
        } else if (*at == 'y' && !is_word) {
            append_int(text, calendar.year);
        } else {
            append_char(text, *at);
        }
    }
}

void locale_time(const struct locale *locale, int64_t time,
                 char text[LOCALE_TEXT_MAX])
{
    struct calendar calendar;
    int hour;

    text[0] = '\0';
    if (!calendar_of(time, &calendar)) {
        return;
    }
    if (!locale->twelve_hours) {
        snprintf(text, LOCALE_TEXT_MAX, "%02d:%02d", calendar.hour,
                 calendar.minute);
        return;
    }
    hour = calendar.hour % 12 == 0 ? 12 : calendar.hour % 12;
    snprintf(text, LOCALE_TEXT_MAX, "%d:%02d" THIN_NBSP "%s", hour,
             calendar.minute, calendar.hour < 12 ? "AM" : "PM");
}

/* The digits of a number, with what stands between its thousands. */
static void append_grouped(const struct locale *locale, uint64_t number,
                           char text[LOCALE_TEXT_MAX])
{
    char digits[24];
    size_t length =
        (size_t)snprintf(digits, sizeof(digits), "%" PRIu64, number);
    bool is_grouped = length >= 3 + (size_t)locale->least_grouped;
    size_t i;

    for (i = 0; i < length; i++) {
        if (i > 0 && is_grouped && (length - i) % 3 == 0) {
            append(text, locale->group);
        }
        append_char(text, digits[i]);
    }
}

/* INT64_MIN has a magnitude too, which no int64_t can hold. */
static uint64_t magnitude(int64_t number)
{
    return number < 0 ? 0 - (uint64_t)number : (uint64_t)number;
}

void locale_number(const struct locale *locale, int64_t number,
                   char text[LOCALE_TEXT_MAX])
{
    text[0] = '\0';
    if (number < 0) {
        append(text, locale->minus);
    }
    append_grouped(locale, magnitude(number), text);
}

/* The digits behind the point; -1 when this is no currency in use. */
static int digits_of(const char *code)
{
    size_t i;

    if (strlen(code) != 3 || strchr(code, ' ') != NULL) {
        return -1;
    }
    for (i = 0; i < COUNT(currencies); i++) {
        if (strstr(currencies[i].codes, code) != NULL) {
            return currencies[i].digits;
        }
    }
    return -1;
}

bool locale_is_currency(const char *code)
{
    return digits_of(code) >= 0;
}

static const char *sign_of(const struct locale *locale, const char *code)
{
    size_t i;

    if (strcmp(locale->own_currency, code) == 0) {
        return locale->own_sign;
    }
    for (i = 0; i < COUNT(signs); i++) {
        if (strcmp(signs[i].code, code) == 0) {
            return signs[i].sign;
        }
    }
    return NULL;
}

static void append_amount(const struct locale *locale, uint64_t amount,
                          int digits, char text[LOCALE_TEXT_MAX])
{
    uint64_t unit = 1;
    char fraction[8];
    int i;

    for (i = 0; i < digits; i++) {
        unit *= 10;
    }
    append_grouped(locale, amount / unit, text);
    if (digits > 0) {
        snprintf(fraction, sizeof(fraction), "%0*" PRIu64, digits,
                 amount % unit);
        append(text, locale->point);
        append(text, fraction);
    }
}

bool locale_money(const struct locale *locale, int64_t smallest_units,
                  const char *currency, char text[LOCALE_TEXT_MAX])
{
    int digits = digits_of(currency);
    const char *sign = sign_of(locale, currency);
    bool sign_is_first = locale->money[0] == '-';
    const char *at;

    text[0] = '\0';
    if (digits < 0) {
        return false;
    }
    for (at = locale->money; *at != '\0'; at++) {
        if (*at == '$') {
            append(text, sign != NULL ? sign : currency);
            if (sign == NULL && at[1] == '#') {
                append(text, NBSP); /* letters keep off the digits */
            }
        } else if (*at == '_') {
            append(text, NBSP);
        } else if (smallest_units < 0 && (*at == '-' || !sign_is_first)) {
            append(text, locale->minus);
        }
        if (*at == '#') {
            append_amount(locale, magnitude(smallest_units), digits, text);
        }
    }
    return true;
}

/* ------------------------------------------------- what handlers see of it */

static const struct locale *locale_of(struct fb_request *request)
{
    const struct locale *locale = locale_find(fb_locale(request));

    return locale != NULL ? locale : locale_find(LOCALE_DEFAULT);
}

const char *fb_time_iso(struct fb_request *request, int64_t time)
{
    struct calendar at;

    if (!calendar_of(time, &at)) {
        return "";
    }
    return fb_printf(request, "%04d-%02d-%02dT%02d:%02d:%02dZ", at.year,
                     at.month, at.day, at.hour, at.minute, at.second);
}

const char *fb_format_date(struct fb_request *request, int64_t time)
{
    char text[LOCALE_TEXT_MAX];

    locale_date(locale_of(request), time, text);
    return fb_printf(request, "%s", text);
}

const char *fb_format_time(struct fb_request *request, int64_t time)
{
    char text[LOCALE_TEXT_MAX];

    locale_time(locale_of(request), time, text);
    return fb_printf(request, "%s", text);
}

const char *fb_format_date_time(struct fb_request *request, int64_t time)
{
    char date[LOCALE_TEXT_MAX];
    char clock[LOCALE_TEXT_MAX];

    locale_date(locale_of(request), time, date);
    locale_time(locale_of(request), time, clock);
    return fb_printf(request, "%s%s%s", date, *date != '\0' ? ", " : "", clock);
}

const char *fb_format_number(struct fb_request *request, int64_t number)
{
    char text[LOCALE_TEXT_MAX];

    locale_number(locale_of(request), number, text);
    return fb_printf(request, "%s", text);
}

const char *fb_format_money(struct fb_request *request, int64_t smallest_units,
                            const char *currency)
{
    char text[LOCALE_TEXT_MAX];

    if (!locale_money(locale_of(request), smallest_units, currency, text)) {
        request_fail(request, "fb_format_money: %s is no currency", currency);
    }
    return fb_printf(request, "%s", text);
}
