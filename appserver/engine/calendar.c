/*
 * From seconds to the calendar and back. The C library has timegm() and
 * gmtime_r(), which ask for the time zone and take years that no text here
 * can hold; this is the same arithmetic for the years 1 to 9999, in UTC.
 */

#include <string.h>

#include "locale.h"

#define DAY_SECONDS 86400
#define CYCLE_DAYS 146097 /* of 400 years, after which all repeats */

/* Days from 1970-01-01 to a day; years begin in March, leap days end them. */
static int64_t days_to(int64_t year, int month, int day)
{
    int64_t from_march = (month + 9) % 12;
    int64_t shifted = month <= 2 ? year - 1 : year;
    int64_t cycle = (shifted >= 0 ? shifted : shifted - 399) / 400;
    int64_t of_cycle = shifted - cycle * 400;
    int64_t of_year = (153 * from_march + 2) / 5 + day - 1;

    return cycle * CYCLE_DAYS + of_cycle * 365 + of_cycle / 4 - of_cycle / 100 +
           of_year - 719468;
}

int64_t calendar_time(const struct calendar *calendar)
{
    return days_to(calendar->year, calendar->month, calendar->day) *
               DAY_SECONDS +
           calendar->hour * 3600 + calendar->minute * 60 + calendar->second;
}

bool calendar_of(int64_t time, struct calendar *calendar)
{
    int64_t days;
    int64_t second;
    int64_t of_cycle;
    int64_t year;
    int64_t of_year;
    int64_t from_march;

    /* From the year 1 to the end of the year 9999. */
    if (time < -62135596800 || time > 253402300799) {
        return false;
    }
    /* Days since 1 March of the year 0, which none of these times precedes. */
    days = time / DAY_SECONDS - (time % DAY_SECONDS < 0) + 719468;
    second = time - (days - 719468) * DAY_SECONDS;
    of_cycle = days % CYCLE_DAYS;
    year = (of_cycle - of_cycle / 1460 + of_cycle / 36524 - of_cycle / 146096) /
           365;
    of_year = of_cycle - (365 * year + year / 4 - year / 100);
    from_march = (5 * of_year + 2) / 153;
    calendar->day = (int)(of_year - (153 * from_march + 2) / 5 + 1);
    calendar->month = (int)(from_march < 10 ? from_march + 3 : from_march - 9);
    calendar->year =
        (int)(year + days / CYCLE_DAYS * 400) + (calendar->month <= 2);
    calendar->hour = (int)(second / 3600);
    calendar->minute = (int)(second / 60 % 60);
    calendar->second = (int)(second % 60);
    calendar->weekday = (int)((days + 3) % 7); /* that 1 March: a Wednesday */
    return true;
}

/* The number at text[at], of so many digits; -1 when it is none. */
static int digits_at(const char *text, size_t at, size_t digits)
{
    int number = 0;
    size_t i;

    for (i = at; i < at + digits; i++) {
        if (text[i] < '0' || text[i] > '9') {
            return -1;
        }
        number = number * 10 + (text[i] - '0');
    }
    return number;
}

int64_t fb_time(const char *iso)
{
    static const char form[] = "0000-00-00T00:00:00Z";
    struct calendar calendar;
    struct calendar again;
    int64_t time;
    size_t i;

    if (iso == NULL || strlen(iso) != sizeof(form) - 1) {
        return FB_NO_TIME;
    }
    for (i = 0; form[i] != '\0'; i++) {
        if (form[i] == '0' ? digits_at(iso, i, 1) < 0 : iso[i] != form[i]) {
            return FB_NO_TIME;
        }
    }
    calendar = (struct calendar){
        .year = digits_at(iso, 0, 4),
        .month = digits_at(iso, 5, 2),
        .day = digits_at(iso, 8, 2),
        .hour = digits_at(iso, 11, 2),
        .minute = digits_at(iso, 14, 2),
        .second = digits_at(iso, 17, 2),
    };
    if (calendar.month < 1 || calendar.month > 12) {
        return FB_NO_TIME;
    }
    /* The 30th of February comes back as another day: then it was none. */
    time = calendar_time(&calendar);
    if (!calendar_of(time, &again) || again.day != calendar.day ||
        again.hour != calendar.hour || again.minute != calendar.minute ||
        again.second != calendar.second) {
        return FB_NO_TIME;
    }
    return time;
}
