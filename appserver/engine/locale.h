/*
 * How a locale writes dates, numbers and money. The functions write into a
 * buffer of the caller's, know no request, and never fail.
 */

#ifndef ENGINE_LOCALE_H
#define ENGINE_LOCALE_H

#include <foobar/locale.h>

#include <stdbool.h>
#include <stddef.h>

/* The longest that any of these functions writes, with its NUL. */
#define LOCALE_TEXT_MAX 96

/* The locale of an application that lists none. */
#define LOCALE_DEFAULT "en-GB"

struct locale;

/* The row of a locale, "de" or "en-GB"; NULL when there is none. */
const struct locale *locale_find(const char *name);

/* The names of all, for a message: "de, en, en-GB". */
void locale_names(char *text, size_t size);

void locale_date(const struct locale *locale, int64_t time,
                 char text[LOCALE_TEXT_MAX]);
void locale_time(const struct locale *locale, int64_t time,
                 char text[LOCALE_TEXT_MAX]);
void locale_number(const struct locale *locale, int64_t number,
                   char text[LOCALE_TEXT_MAX]);

/* A code of ISO 4217 that is in use: "EUR". */
bool locale_is_currency(const char *code);

/* false: this is no currency. */
bool locale_money(const struct locale *locale, int64_t smallest_units,
                  const char *currency, char text[LOCALE_TEXT_MAX]);

/* Calendar and clock of a time; false when it is none that has a year. */
struct calendar {
    int year;
    int month; /* from 1 */
    int day;   /* from 1 */
    int hour;
    int minute;
    int second;
    int weekday; /* from 0, Sunday */
};
bool calendar_of(int64_t time, struct calendar *calendar);
int64_t calendar_time(const struct calendar *calendar);

#endif
