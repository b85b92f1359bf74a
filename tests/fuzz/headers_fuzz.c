/*
 * Fuzzes the headers that clients send to choose and to remember: Accept,
 * Accept-Language, Cookie, If-None-Match and If-Modified-Since. The first byte
 * says which; the answers must be within what each parser promises.
 */

#include <foobar/cookie.h>
#include <foobar/locale.h>

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "cookie.h"
#include "form.h"
#include "negotiate.h"
#include "not_modified.h"
#include "request.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
    if (!holds) {
        abort();
    }
}

static void check_accept(const char *header)
{
    int html = negotiate_quality(header, "text/html");

    must(html >= 0 && html <= 1000);
    must(html == negotiate_quality(header, "TEXT/HTML"));
}

static void check_language(const char *header)
{
    static const char *const locales[] = {"en-GB", "de", "fr", NULL};
    const char *locale = negotiate_locale(header, locales);

    must(locale == NULL || locale == locales[0] || locale == locales[1] ||
         locale == locales[2]);
}

/* The value lies within the header, and right behind the cookie's name. */
static void check_cookie(const char *header)
{
    struct cookie_part value;
    const char *begin;

    if (!cookie_find(header, "a", &value)) {
        return;
    }
    begin = value.bytes - 2 - (value.bytes[-1] == '"');
    must(begin >= header && memcmp(begin, "a=", 2) == 0);
    must(value.bytes + value.length <= header + strlen(header));
    must(value.length <= COOKIE_VALUE_MAX);
    must(memchr(value.bytes, ';', value.length) == NULL);
}

/* What is set comes back, whatever it is. */
static void check_round_trip(const char *text)
{
    char *environment[] = {NULL, NULL};
    struct fb_request request;
    struct arena arena;
    const char *set;

    arena_init(&arena, 1 << 20);
    request_init(&request, &arena, NULL, NULL);
    request.environment = environment;
    if (strlen(text) < COOKIE_VALUE_MAX / 3 &&
        form_is_utf8(text, strlen(text))) {
        fb_set_cookie(&request,
                      &(struct fb_cookie){.name = "a", .value = text});
        set = request.headers[0].value;
        must(strpbrk(set, "\r\n") == NULL);
        environment[0] = (char *)(uintptr_t)fb_printf(
            &request, "HTTP_COOKIE=%.*s", (int)strcspn(set, ";"), set);
        must(strcmp(fb_cookie(&request, "a"), text) == 0);
    }
    arena_free(&arena);
}

static void check_date(const char *header)
{
    char again[HTTP_DATE_BYTES];
    int64_t time = http_date_read(header);

    must(time == FB_NO_TIME ||
         (http_date_write(time, again) && strcmp(again, header) == 0));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *header;

    if (size == 0 || (header = malloc(size)) == NULL) {
        return 0;
    }
    memcpy(header, data + 1, size - 1);
    header[size - 1] = '\0';
    switch (data[0] % 6) {
    case 0:
        check_accept(header);
        break;
    case 1:
        check_language(header);
        break;
    case 2:
        check_cookie(header);
        break;
    case 3:
        check_round_trip(header);
        break;
    case 4:
        etag_matches(header, "a");
        break;
    default:
        check_date(header);
    }
    free(header);
    return 0;
}
