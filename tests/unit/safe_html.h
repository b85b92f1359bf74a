/*
 * A strict reader of what fb_markdown() writes, which shares no line with it:
 * text with known references, elements and attributes of a list, quoted
 * values, all of it nested and closed. What is not on the lists is a failure,
 * so nothing has to be known of attacks. Used by a unit test and a fuzzer.
 */

#ifndef TESTS_SAFE_HTML_H
#define TESTS_SAFE_HTML_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define SAFE_HTML_DEPTH 64

struct safe_html {
    const char *at;
    const char *end;
    char open[SAFE_HTML_DEPTH][16];
    size_t depth;
    const char *problem;
};

static inline bool safe_html_fails(struct safe_html *html, const char *problem)
{
    html->problem = problem;
    return false;
}

/* The byte that a reference stands for; 0 when it is none of ours. */
static inline char safe_html_reference(const char *at, const char *end,
                                       size_t *length)
{
    static const struct {
        const char *text;
        char byte;
    } references[] = {{"&amp;", '&'},
                      {"&lt;", '<'},
                      {"&gt;", '>'},
                      {"&#34;", '"'},
                      {"&#39;", '\''}};
    size_t i;

    for (i = 0; i < sizeof(references) / sizeof(references[0]); i++) {
        *length = strlen(references[i].text);
        if ((size_t)(end - at) >= *length &&
            memcmp(at, references[i].text, *length) == 0) {
            return references[i].byte;
        }
    }
    return 0;
}

/* One character of text or of a value, decoded; 0 when there may be none. */
static inline char safe_html_character(struct safe_html *html)
{
    size_t length = 1;
    char byte = *html->at;

    if (byte == '&') {
        byte = safe_html_reference(html->at, html->end, &length);
    } else if (strchr("<>\"'", byte) != NULL ||
               ((unsigned char)byte < 0x20 && byte != '\n' && byte != '\t') ||
               byte == 0x7f) {
        byte = 0;
    }
    html->at += length;
    return byte;
}

static inline bool safe_html_is(const char *text, const char *const *list)
{
    for (; *list != NULL; list++) {
        if (strcmp(text, *list) == 0) {
            return true;
        }
    }
    return false;
}

/* Where a browser would go: anything with a scheme must be one of ours. */
static inline bool safe_html_url(const char *url, bool is_image)
{
    size_t head = strcspn(url, ":/?#");
    const char *c;

    for (c = url; *c != '\0'; c++) {
        if ((unsigned char)*c <= 0x20 || (unsigned char)*c >= 0x7f ||
            *c == '\\') {
            return false;
        }
    }
    if (url[0] == '\0' || strncmp(url, "//", 2) == 0) {
        return false;
    }
    if (url[head] != ':') {
        return true;
    }
    if (strncasecmp(url, "http://", 7) == 0) {
        return url[7] != '\0' && url[7] != '/';
    }
    if (strncasecmp(url, "https://", 8) == 0) {
        return url[8] != '\0' && url[8] != '/';
    }
    return !is_image && strncasecmp(url, "mailto:", 7) == 0;
}

static inline bool safe_html_attribute(const char *element, const char *name,
                                       const char *value)
{
    static const char *const with_dir[] = {"p",  "h1", "h2", "h3", "h4",  "h5",
                                           "h6", "li", "th", "td", "pre", NULL};

    if (strcmp(name, "dir") == 0) {
        return safe_html_is(element, with_dir) && strcmp(value, "auto") == 0;
    }
    if (strcmp(name, "href") == 0) {
        return strcmp(element, "a") == 0 && safe_html_url(value, false);
    }
    if (strcmp(name, "rel") == 0) {
        return strcmp(element, "a") == 0 &&
               strcmp(value, "nofollow ugc noopener") == 0;
    }
    if (strcmp(name, "src") == 0) {
        return strcmp(element, "img") == 0 && safe_html_url(value, true);
    }
    if (strcmp(name, "alt") == 0) {
        return strcmp(element, "img") == 0;
    }
    if (strcmp(name, "start") == 0) {
        return strcmp(element, "ol") == 0 && *value != '\0' &&
               value[strspn(value, "0123456789")] == '\0';
    }
    if (strcmp(name, "class") == 0) {
        return (strcmp(element, "th") == 0 || strcmp(element, "td") == 0) &&
               (strcmp(value, "centered") == 0 || strcmp(value, "to-end") == 0);
    }
    return false;
}

/* A name of lower case letters and digits into a buffer. */
static inline bool safe_html_name(struct safe_html *html, char name[16])
{
    size_t length = 0;

    while (html->at < html->end && length < 15 &&
           ((*html->at >= 'a' && *html->at <= 'z') ||
            (*html->at >= '0' && *html->at <= '9'))) {
        name[length++] = *html->at++;
    }
    name[length] = '\0';
    return length > 0;
}

/* NAME="VALUE" */
static inline bool safe_html_pair(struct safe_html *html, const char *element)
{
    static char value[65536];
    size_t length = 0;
    char name[16];

    if (!safe_html_name(html, name) || html->end - html->at < 2 ||
        html->at[0] != '=' || html->at[1] != '"') {
        return safe_html_fails(html, "an attribute without a quoted value");
    }
    html->at += 2;
    while (html->at < html->end && *html->at != '"') {
        char byte = safe_html_character(html);

        if (byte == 0 || length == sizeof(value) - 1) {
            return safe_html_fails(html, "a value with a foreign character");
        }
        value[length++] = byte;
    }
    value[length] = '\0';
    html->at++;
    if (!safe_html_attribute(element, name, value)) {
        return safe_html_fails(html, "a foreign attribute, or a foreign value");
    }
    return true;
}

static inline bool safe_html_end_tag(struct safe_html *html)
{
    char name[16];

    html->at += 2;
    if (!safe_html_name(html, name) || html->at == html->end ||
        *html->at != '>') {
        return safe_html_fails(html, "a broken end of an element");
    }
    html->at++;
    if (html->depth == 0 || strcmp(html->open[html->depth - 1], name) != 0) {
        return safe_html_fails(html, "elements that do not nest");
    }
    html->depth--;
    return true;
}

static inline bool safe_html_tag(struct safe_html *html)
{
    static const char *const elements[] = {
        "p",  "h1",    "h2",    "h3",    "h4",   "h5", "h6",     "blockquote",
        "ul", "ol",    "li",    "pre",   "code", "em", "strong", "del",
        "a",  "table", "thead", "tbody", "tr",   "th", "td",     NULL};
    static const char *const voids[] = {"br", "hr", "img", NULL};
    char name[16];

    html->at++;
    if (!safe_html_name(html, name) ||
        (!safe_html_is(name, elements) && !safe_html_is(name, voids))) {
        return safe_html_fails(html, "a foreign element");
    }
    while (html->at < html->end && *html->at == ' ') {
        html->at++;
        if (!safe_html_pair(html, name)) {
            return false;
        }
    }
    if (html->at >= html->end || *html->at != '>') {
        return safe_html_fails(html, "a broken element");
    }
    html->at++;
    if (!safe_html_is(name, voids)) {
        if (html->depth == SAFE_HTML_DEPTH) {
            return safe_html_fails(html, "elements nested too deep");
        }
        snprintf(html->open[html->depth++], 16, "%s", name);
    }
    return true;
}

/* NULL when it is safe, or what is wrong with it. */
static inline const char *safe_html_problem(const char *bytes, size_t length)
{
    struct safe_html html = {.at = bytes, .end = bytes + length};

    while (html.at < html.end) {
        bool is_tag = *html.at == '<';
        bool is_end = is_tag && html.end - html.at > 1 && html.at[1] == '/';

        if (is_end ? !safe_html_end_tag(&html)
                   : is_tag && !safe_html_tag(&html)) {
            return html.problem;
        }
        if (!is_tag && safe_html_character(&html) == 0) {
            return "text with a character that is not escaped";
        }
    }
    return html.depth == 0 ? NULL : "an element that stays open";
}

#endif
