/* Which addresses a member's text may lead to; see markdown_url.h. */

#include "markdown_url.h"

#include <string.h>

static bool is_alphanumeric(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           (c >= '0' && c <= '9');
}

static bool begins_with(const char *text, size_t length, const char *what)
{
    size_t bytes = strlen(what);

    return length >= bytes && strncasecmp(text, what, bytes) == 0;
}

/* The bytes of "http://" or "https://" when a host comes behind; else 0. */
static size_t web_scheme(const char *url, size_t length)
{
    size_t scheme = 0;

    if (begins_with(url, length, "http://")) {
        scheme = 7;
    } else if (begins_with(url, length, "https://")) {
        scheme = 8;
    }
    if (scheme == 0 || scheme == length) {
        return 0;
    }
    return is_alphanumeric(url[scheme]) || url[scheme] == '[' ||
                   (unsigned char)url[scheme] >= 0x80
               ? scheme
               : 0;
}

/* A path, a query or a place: no scheme, and no host. */
static bool is_relative(const char *url, size_t length)
{
    size_t i;

    if (url[0] == '/') {
        return length == 1 || url[1] != '/';
    }
    for (i = 0; i < length && strchr("/?#", url[i]) == NULL; i++) {
        if (url[i] == ':') {
            return false;
        }
    }
    return true;
}

bool markdown_url_is_safe(const char *url, size_t length, bool is_image)
{
    size_t i;

    if (length == 0 || length > MARKDOWN_URL_MAX) {
        return false;
    }
    for (i = 0; i < length; i++) {
        if ((unsigned char)url[i] <= 0x20 || url[i] == 0x7f || url[i] == '\\') {
            return false;
        }
    }
    if (web_scheme(url, length) > 0) {
        return true;
    }
    if (begins_with(url, length, "mailto:")) {
        return !is_image && length > 7;
    }
    return is_relative(url, length);
}

static size_t count(const char *text, size_t length, char c)
{
    size_t found = 0;
    size_t i;

    for (i = 0; i < length; i++) {
        found += text[i] == c;
    }
    return found;
}

size_t markdown_url_at(const char *text, size_t length)
{
    size_t scheme = web_scheme(text, length);
    size_t end = scheme;
    size_t opened;
    size_t closed;

    if (scheme == 0) {
        return 0;
    }
    while (end < length && end <= MARKDOWN_URL_MAX &&
           (unsigned char)text[end] > 0x20 &&
           strchr("<>\"`|\\\177", text[end]) == NULL) {
        end++;
    }
    opened = count(text, end, '(');
    closed = count(text, end, ')');
    while (end > scheme && (strchr("?!.,:;*_~'", text[end - 1]) != NULL ||
                            (text[end - 1] == ')' && closed > opened))) {
        closed -= text[end - 1] == ')';
        end--;
    }
    return end > scheme && markdown_url_is_safe(text, end, false) ? end : 0;
}
