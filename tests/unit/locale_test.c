/* Dates, numbers and money as countries write them: locale.c, calendar.c */

#include "unit.h"

#include <string.h>
#include <time.h>

#include "locale.h"

#define NBSP "\302\240"
#define THIN "\342\200\257"
#define MINUS "\342\210\222"

static const struct {
    const char *locale;
    const char *date; /* of 2026-03-05 */
    const char *time; /* of 14:02 */
    const char *number;
    const char *thousand;
    const char *euro; /* 2450 */
    const char *debt; /* -123456 */
} rows[] = {
    {"en-GB", "5 March 2026", "14:02", "-1,234,567", "1,234", "€24.50",
     "-€1,234.56"},
    {"en-US", "March 5, 2026", "2:02" THIN "PM", "-1,234,567", "1,234",
     "€24.50", "-€1,234.56"},
    {"en", "March 5, 2026", "2:02" THIN "PM", "-1,234,567", "1,234", "€24.50",
     "-€1,234.56"},
    {"de", "5. März 2026", "14:02", "-1.234.567", "1.234", "24,50" NBSP "€",
     "-1.234,56" NBSP "€"},
    {"es", "5 de marzo de 2026", "14:02", "-1.234.567", "1234",
     "24,50" NBSP "€", "-1234,56" NBSP "€"},
    {"fr", "5 mars 2026", "14:02", "-1" THIN "234" THIN "567", "1" THIN "234",
     "24,50" NBSP "€", "-1" THIN "234,56" NBSP "€"},
    {"nl", "5 maart 2026", "14:02", "-1.234.567", "1.234", "€" NBSP "24,50",
     "€" NBSP "-1.234,56"},
    {"pl", "5 marca 2026", "14:02", "-1" NBSP "234" NBSP "567", "1234",
     "24,50" NBSP "€", "-1234,56" NBSP "€"},
    {"sv", "5 mars 2026", "14:02", MINUS "1" NBSP "234" NBSP "567",
     "1" NBSP "234", "24,50" NBSP "€", MINUS "1" NBSP "234,56" NBSP "€"},
};

START_TEST(each_locale_writes_as_its_country_does)
{
    const struct locale *locale = locale_find(rows[_i].locale);
    int64_t time = fb_time("2026-03-05T14:02:11Z");
    char text[LOCALE_TEXT_MAX];

    ck_assert_ptr_nonnull(locale);
    locale_date(locale, time, text);
    ck_assert_str_eq(text, rows[_i].date);
    locale_time(locale, time, text);
    ck_assert_str_eq(text, rows[_i].time);
    locale_number(locale, -1234567, text);
    ck_assert_str_eq(text, rows[_i].number);
    locale_number(locale, 1234, text);
    ck_assert_str_eq(text, rows[_i].thousand);
    ck_assert(locale_money(locale, 2450, "EUR", text));
    ck_assert_str_eq(text, rows[_i].euro);
    ck_assert(locale_money(locale, -123456, "EUR", text));
    ck_assert_str_eq(text, rows[_i].debt);
}
END_TEST

static const struct {
    const char *locale;
    int64_t units;
    const char *currency;
    const char *text; /* NULL: no currency */
} money[] = {
    {"en-GB", 0, "EUR", "€0.00"},
    {"en-GB", 5, "GBP", "£0.05"},
    {"en-GB", -5, "GBP", "-£0.05"},
    {"en-GB", 500, "JPY", "JPY" NBSP "500"},
    {"en-GB", 1234567, "BHD", "BHD" NBSP "1,234.567"},
    {"en-GB", 100, "USD", "USD" NBSP "1.00"},
    {"en-US", 100, "USD", "$1.00"},
    {"sv", 100, "SEK", "1,00" NBSP "kr"},
    {"de", 100, "SEK", "1,00" NBSP "SEK"},
    {"pl", 100, "PLN", "1,00" NBSP "zł"},
    {"en-GB", INT64_MAX, "EUR", "€92,233,720,368,547,758.07"},
    {"en-GB", INT64_MIN, "EUR", "-€92,233,720,368,547,758.08"},
    {"en-GB", INT64_MIN, "JPY", "-JPY" NBSP "9,223,372,036,854,775,808"},
    {"de", INT64_MIN, "KWD", "-9.223.372.036.854.775,808" NBSP "KWD"},
    {"en-GB", 1, "eur", NULL},
    {"en-GB", 1, "EU", NULL},
    {"en-GB", 1, "EURO", NULL},
    {"en-GB", 1, "", NULL},
    {"en-GB", 1, "XXX", NULL},
    {"en-GB", 1, "R G", NULL},
    {"en-GB", 1, "BN ", NULL},
};

START_TEST(money_has_the_digits_and_the_sign_of_its_currency)
{
    char text[LOCALE_TEXT_MAX];
    bool is_money = locale_money(locale_find(money[_i].locale), money[_i].units,
                                 money[_i].currency, text);

    ck_assert_int_eq(is_money, money[_i].text != NULL);
    if (is_money) {
        ck_assert_str_eq(text, money[_i].text);
    }
}
END_TEST

static const char *const no_times[] = {
    "",
    "2026",
    "2026-03-05",
    "2026-03-05 14:02:11Z",
    "2026-03-05T14:02:11",
    "2026-03-05T14:02:11+",
    "2026-02-29T00:00:00Z",
    "2100-02-29T00:00:00Z",
    "2026-00-05T00:00:00Z",
    "2026-13-05T00:00:00Z",
    "2026-04-31T00:00:00Z",
    "2026-03-00T00:00:00Z",
    "2026-03-05T24:00:00Z",
    "2026-03-05T00:60:00Z",
    "2026-03-05T00:00:60Z",
    "0000-03-05T00:00:00Z",
    "-026-03-05T00:00:00Z",
    "2026-03-05T14:02:1xZ",
};

START_TEST(what_is_no_time_is_written_as_nothing)
{
    char text[LOCALE_TEXT_MAX] = "x";

    ck_assert_int_eq(fb_time(no_times[_i]), FB_NO_TIME);
    locale_date(locale_find("de"), FB_NO_TIME, text);
    ck_assert_str_eq(text, "");
}
END_TEST

/* The C library is the judge, over 9999 years in odd steps. */
START_TEST(every_time_has_the_calendar_of_the_c_library)
{
    int64_t time = fb_time("0001-01-01T00:00:00Z");
    int64_t last = fb_time("9999-12-31T23:59:59Z");

    ck_assert_int_eq(last, 253402300799);
    for (; time <= last; time += 86399 * 397) {
        struct calendar at;
        struct tm tm;
        time_t seconds = time;

        ck_assert(calendar_of(time, &at));
        gmtime_r(&seconds, &tm);
        ck_assert(at.year == tm.tm_year + 1900 && at.month == tm.tm_mon + 1 &&
                  at.day == tm.tm_mday && at.hour == tm.tm_hour &&
                  at.minute == tm.tm_min && at.second == tm.tm_sec &&
                  at.weekday == tm.tm_wday);
        ck_assert_int_eq(calendar_time(&at), time);
    }
    ck_assert(!calendar_of(last + 1, &(struct calendar){0}));
    ck_assert(!calendar_of(INT64_MAX, &(struct calendar){0}));
}
END_TEST

START_TEST(an_unknown_locale_is_none_and_the_known_ones_are_named)
{
    char names[64];

    ck_assert_ptr_null(locale_find("tlh"));
    ck_assert_ptr_null(locale_find("DE"));
    locale_names(names, sizeof(names));
    ck_assert_str_eq(names, "de, en, en-GB, en-US, es, fr, nl, pl, sv");
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_loop_test(tests, each_locale_writes_as_its_country_does, 0,
                        UNIT_ROWS(rows));
    tcase_add_loop_test(tests,
                        money_has_the_digits_and_the_sign_of_its_currency, 0,
                        UNIT_ROWS(money));
    tcase_add_loop_test(tests, what_is_no_time_is_written_as_nothing, 0,
                        UNIT_ROWS(no_times));
    tcase_add_test(tests, every_time_has_the_calendar_of_the_c_library);
    tcase_add_test(tests,
                   an_unknown_locale_is_none_and_the_known_ones_are_named);
}

UNIT_MAIN("locale", add_tests)
