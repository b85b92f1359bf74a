/*
 * Dates, numbers and money, as the reader's country writes them.
 *
 * An application lists its locales in fb_app; the engine chooses among them
 * for each request. The forms are those of Unicode's CLDR, out of a small
 * table of the engine's own: de, en, en-GB, en-US, es, fr, nl, pl and sv. An
 * application that lists another one does not start.
 *
 * A time is a count of seconds since 1970 in UTC, and is shown in UTC. Money
 * is a whole number of its currency's smallest unit. Nothing here calculates
 * with fractions, so nothing is rounded.
 */

#ifndef FOOBAR_LOCALE_H
#define FOOBAR_LOCALE_H

#include <foobar/app.h>

#include <stdbool.h>
#include <stdint.h>

/* What is no time; it is written as nothing. */
#define FB_NO_TIME INT64_MIN

/*
 * The locale of this request, out of the application's: what `?lang=` names,
 * or else what Accept-Language likes best, or else the first. There is no
 * cookie for it: a page that depends on cookies could be cached for nobody.
 */
FB_API const char *fb_locale(struct fb_request *request);

/*
 * From now on the request speaks this locale: that of a member whom a job
 * writes to, say. false: the application does not speak it, and nothing
 * changes.
 */
FB_API bool fb_speak(struct fb_request *request, const char *locale);

/*
 * The currency in which this request wants prices, out of the application's:
 * what `?currency=` names, or else the first. An application that lists no
 * currencies has none to ask for, which ends the handler with a 500.
 */
FB_API const char *fb_currency(struct fb_request *request);

/*
 * The time in a text such as "2026-03-05T14:02:11Z", the form in which this
 * API and the site's statements write times. FB_NO_TIME when it is NULL or no
 * such text, or outside of the years 1 to 9999.
 */
FB_API int64_t fb_time(const char *iso);

/* The other way round, for programs: <time datetime="">, JSON, Atom. */
FB_API const char *fb_time_iso(struct fb_request *request, int64_t time);

/* In en-GB: "5 March 2026", "14:02" and "5 March 2026, 14:02". */
FB_API const char *fb_format_date(struct fb_request *request, int64_t time);
FB_API const char *fb_format_time(struct fb_request *request, int64_t time);
FB_API const char *fb_format_date_time(struct fb_request *request,
                                       int64_t time);

/* "1,234,567" */
FB_API const char *fb_format_number(struct fb_request *request, int64_t number);

/*
 * "€24.50" from 2450 and "EUR". The currency is a code of ISO 4217, which says
 * how many digits stand behind the point. One that is no code in use is an
 * error of the program and ends the handler with a 500. Only signs that
 * nobody can mistake are used; "SEK 5.00" is written with its code outside of
 * Sweden.
 */
FB_API const char *fb_format_money(struct fb_request *request,
                                   int64_t smallest_units,
                                   const char *currency);

#endif
