/*
 * Conditional requests (RFC 9110, section 13): nothing is sent again to who
 * has it. Tags are weak, because nginx may compress what they stand for.
 */

#include <foobar/locale.h>
#include <foobar/negotiate.h>

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "locale.h"
#include "not_modified.h"
#include "request.h"

#define ETAG_MAX 100

static const char *const weekdays[] = {"Sun", "Mon", "Tue", "Wed",
                                       "Thu", "Fri", "Sat"};
static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

bool http_date_write(int64_t time, char text[HTTP_DATE_BYTES])
{
    struct calendar at;

    if (!calendar_of(time, &at)) {
        return false;
    }
    snprintf(text, HTTP_DATE_BYTES, "%s, %02d %s %04d %02d:%02d:%02d GMT",
             weekdays[at.weekday], at.day, months[at.month - 1], at.year,
             at.hour, at.minute, at.second);
    return true;
}

/*
 * Only the form that is written today. What stands in one of the two of the
 * last century is no date here, and its sender gets the whole reply.
 */
int64_t http_date_read(const char *text)
{
    char again[HTTP_DATE_BYTES];
    char iso[21];
    int64_t time;
    int month;

    if (strlen(text) != HTTP_DATE_BYTES - 1) {
        return FB_NO_TIME;
    }
    for (month = 0; month < 12; month++) {
        if (memcmp(text + 8, months[month], 3) == 0) {
            break;
        }
    }
    snprintf(iso, sizeof(iso), "%.4s-%02d-%.2sT%.8sZ", text + 12, month + 1,
             text + 5, text + 17);
    time = fb_time(iso);
    /* The rest, weekday and all, is right if it is written the same again. */
    return http_date_write(time, again) && strcmp(text, again) == 0
               ? time
               : FB_NO_TIME;
}

static const char *skip_to_tag(const char *list)
{
    list += strspn(list, " \t,");
    return strncmp(list, "W/", 2) == 0 ? list + 2 : list;
}

bool etag_matches(const char *list, const char *etag)
{
    size_t length = strlen(etag);

    for (list = skip_to_tag(list); *list != '\0'; list = skip_to_tag(list)) {
        size_t bytes;

        if (*list == '*') {
            return true;
        }
        if (*list != '"') {
            return false;
        }
        list++;
        bytes = strcspn(list, "\"");
        if (list[bytes] != '"') {
            return false;
        }
        if (bytes == length && memcmp(list, etag, length) == 0) {
            return true;
        }
        list += bytes + 1;
    }
    return false;
}

/* FNV-1a: quick, and nobody gains by making two of his own pages the same. */
static const char *etag_of_body(struct fb_request *request)
{
    uint64_t hash = 14695981039346656037U;
    size_t i;

    for (i = 0; i < request->out.length; i++) {
        hash = (hash ^ (unsigned char)request->out.bytes[i]) * 1099511628211U;
    }
    return fb_printf(request, "%016" PRIx64, hash);
}

static const char *make_etag(struct fb_request *request, const char *state)
{
    if (state == NULL) {
        state = etag_of_body(request);
    }
    if (state[0] == '\0' || strlen(state) > ETAG_MAX ||
        state[strspn(state, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                            "abcdefghijklmnopqrstuvwxyz0123456789._-")] !=
            '\0') {
        request_fail(request, "fb_not_modified: no tag: \"%s\"", state);
    }
    return fb_printf(request, "%s%s%s%s", state,
                     request->format == FB_JSON ? "-json" : "",
                     request->locale != NULL ? "-" : "",
                     request->locale != NULL ? request->locale : "");
}

static bool client_has_it(const struct fb_request *request, const char *etag,
                          int64_t modified)
{
    const char *tags = request_param(request, "HTTP_IF_NONE_MATCH");
    const char *since = request_param(request, "HTTP_IF_MODIFIED_SINCE");

    if ((request->method & (FB_GET | FB_HEAD)) == 0) {
        return false;
    }
    if (tags != NULL) {
        return etag_matches(tags, etag);
    }
    return since != NULL && modified != FB_NO_TIME &&
           http_date_read(since) != FB_NO_TIME &&
           modified <= http_date_read(since);
}

bool fb_not_modified(struct fb_request *request, const char *etag,
                     int64_t modified)
{
    const char *tag = make_etag(request, etag);
    char *date = request_alloc_raw(request, HTTP_DATE_BYTES);

    fb_header(request, "ETag", fb_printf(request, "W/\"%s\"", tag));
    if (http_date_write(modified, date)) {
        fb_header(request, "Last-Modified", date);
    }
    if (!client_has_it(request, tag, modified)) {
        return false;
    }
    fb_status(request, 304);
    out_clear(&request->out);
    request->finish = NULL;
    return true;
}
