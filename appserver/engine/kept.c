/* Pages that may be kept: see kept.h. */

#include "kept.h"

#include <stdio.h>
#include <string.h>

#include "foobar_tags.h"
#include "foobar_wire.h"
#include "request.h"
#include "session.h"

#define TAGS_MAX 8

static bool only_reads(const struct fb_request *request)
{
    return (request->method & ((unsigned)FB_GET | (unsigned)FB_HEAD)) != 0;
}

static bool has_sessions(const struct fb_request *request)
{
    return session_cookies(request->app) != NULL;
}

static bool has_locales(const struct fb_request *request)
{
    return request->app->locales != NULL && request->app->locales[1] != NULL;
}

void kept_begin(struct fb_request *request)
{
    const struct fb_page *page = request->match.page;

    if (!only_reads(request)) {
        return;
    }
    if ((page->varies & FB_BY_FORMAT) != 0) {
        request->vary |= REQUEST_VARY_ACCEPT;
    }
    if ((page->varies & FB_BY_LOCALE) != 0 && has_locales(request)) {
        request->vary |= REQUEST_VARY_LANGUAGE;
    }
    if ((page->varies & FB_BY_AUDIENCE) != 0 && has_sessions(request)) {
        request->vary |= REQUEST_VARY_COOKIE;
        request->is_personal = session_first(request) != NULL;
    }
    request->kept = page->cache_seconds > 0 ? page : NULL;
}

void kept_end(struct fb_request *request)
{
    request->kept = NULL;
}

void kept_asks(struct fb_request *request, enum fb_varies what,
               const char *call)
{
    static const struct {
        enum fb_varies what;
        const char *name;
    } names[] = {
        {FB_BY_FORMAT, "FB_BY_FORMAT"},
        {FB_BY_LOCALE, "FB_BY_LOCALE"},
        {FB_BY_CURRENCY, "FB_BY_CURRENCY"},
        {FB_BY_AUDIENCE, "FB_BY_AUDIENCE"},
    };
    size_t i;

    if (request->kept == NULL || (request->kept->varies & what) != 0) {
        return;
    }
    for (i = 0; names[i].what != what; i++) {
    }
    request_fail(request,
                 "%s: the page %s is kept for everybody (cache_seconds), and "
                 "its row does not say .varies = %s",
                 call, request->kept->name, names[i].name);
}

void kept_asks_argument(struct fb_request *request, const char *name)
{
    const char *list = request->kept != NULL ? request->kept->arguments : NULL;
    size_t length = strlen(name);

    if (request->kept == NULL) {
        return;
    }
    while (list != NULL) {
        if (strncmp(list, name, length) == 0 &&
            (list[length] == ',' || list[length] == '\0')) {
            return;
        }
        list = strchr(list, ',');
        list = list != NULL ? list + 1 : NULL;
    }
    request_fail(request,
                 "fb_query(\"%s\"): the page %s is kept (cache_seconds), and "
                 "nginx takes off what is not in .arguments of its row",
                 name, request->kept->name);
}

void kept_is_personal(struct fb_request *request)
{
    request->is_personal = true;
}

/* -------------------------------------------------------------------- tags */

/* The parameter of the path that "{id}" names, without its braces. */
static const struct route_param *find_param(struct fb_request *request,
                                            const char *name, size_t length)
{
    unsigned i;

    for (i = 0; i < request->match.param_count; i++) {
        const struct route_param *param = &request->match.params[i];

        if (param->name_length == length &&
            memcmp(param->name, name, length) == 0) {
            return param;
        }
    }
    request_fail(request, "no parameter {%.*s}", (int)length, name);
}

/*
 * "posts,post-{id}" for this path: "posts,post-7". NULL: one is longer than a
 * tag may be, so that no write can name it.
 */
static const char *tags_of(struct fb_request *request, const char *tags)
{
    char *text = fb_alloc(request, TAGS_MAX * (FOOBAR_TAG_MAX + 1));
    size_t length = 0;
    size_t begin = 0;

    while (*tags != '\0') {
        const char *bytes = tags;
        size_t count = 1;

        if (*tags == '{') {
            size_t name = strcspn(tags, "}") - 1;
            const struct route_param *param =
                find_param(request, tags + 1, name);

            bytes = param->value;
            count = param->value_length;
            tags += name + 1;
        }
        if (*tags++ == ',') {
            begin = length + 1;
        } else if (length + count - begin > FOOBAR_TAG_MAX) {
            return NULL;
        }
        memcpy(text + length, bytes, count);
        length += count;
    }
    text[length] = '\0';
    return text;
}

static bool path_has(const char *path, const char *name, size_t length)
{
    const char *at;

    for (at = strchr(path, '{'); at != NULL; at = strchr(at + 1, '{')) {
        if (strncmp(at + 1, name, length) == 0 &&
            (at[length + 1] == '}' || at[length + 1] == ':')) {
            return true;
        }
    }
    return false;
}

/* NULL, or what is wrong with a tag of this length. */
static const char *check_tag(const char *path, const char *tag, size_t length)
{
    static const char characters[] = "abcdefghijklmnopqrstuvwxyz0123456789_-";
    size_t at = 0;

    if (length == 0 || length > FOOBAR_TAG_MAX) {
        return "a tag has 1 to 128 bytes, and one of its is shorter or longer";
    }
    while (at < length) {
        size_t name = strcspn(tag + at, "},") - 1;

        if (tag[at] != '{' && strchr(characters, tag[at]) == NULL) {
            return "its tags must be made of a-z, 0-9, _, - and {parameters}, "
                   "with commas between them";
        }
        if (tag[at] != '{') {
            at++;
            continue;
        }
        if (tag[at + name + 1] != '}' || !path_has(path, tag + at + 1, name)) {
            return "its tags name a {parameter} that its path does not have";
        }
        at += name + 2;
    }
    return NULL;
}

const char *kept_check_tags(const struct fb_page *page)
{
    const char *tag = page->tags;
    unsigned count;

    if (page->cache_seconds == 0) {
        return "it has tags, and is never kept: it has no cache_seconds";
    }
    for (count = 1; count <= TAGS_MAX; count++) {
        size_t length = strcspn(tag, ",");
        const char *wrong = check_tag(page->path, tag, length);

        if (wrong != NULL || tag[length] == '\0') {
            return wrong;
        }
        tag += length + 1;
    }
    return "it has more than 8 tags";
}

/* ------------------------------------------------------------------ saying */

static void say_private(struct fb_request *request)
{
    unsigned i;

    for (i = 0; i < request->header_count; i++) {
        if (strcasecmp(request->headers[i].name, "Cache-Control") == 0) {
            request->headers[i].value = "private, no-store";
            return;
        }
    }
    fb_header(request, "Cache-Control", "private, no-store");
}

/* An error, a redirection and what has a word of its own are not kept. */
static void say_kept(struct fb_request *request, const struct fb_page *page)
{
    const char *tags;

    if ((request->status != 200 && request->status != 304) ||
        request_reply_header(request, "Cache-Control") != NULL) {
        return;
    }
    fb_header(request, "Cache-Control", "no-cache");
    tags = page->tags != NULL ? tags_of(request, page->tags) : "";
    if (tags == NULL) {
        return;
    }
    fb_header(request, "X-Accel-Expires",
              fb_printf(request, "%u", page->cache_seconds));
    if (tags[0] != '\0') {
        fb_header(request, FOOBAR_TAGS_HEADER, tags);
    }
}

void kept_say(struct fb_request *request)
{
    if (request->reply_has_begun) {
        return;
    }
    if (request->is_personal) {
        say_private(request);
    } else if (request->kept != NULL) {
        say_kept(request, request->kept);
    }
}
