/*
 * Holes in <script type="application/json"> and "application/ld+json": data
 * that no browser runs.
 *
 * A hole there is a whole value, which the engine writes with its quotes and
 * with '<', '>' and '&' as \uXXXX, so that it cannot end the script. That is
 * safe wherever the hole is not within a string; that the result is JSON is
 * the template's affair, and only plain slips are told.
 */

#include "template.h"

#include <string.h>

bool json_is_type(const char *type)
{
    return strcmp(type, "application/json") == 0 ||
           strcmp(type, "application/ld+json") == 0;
}

static bool is_in_string(enum html_json json)
{
    return json == JSON_STRING || json == JSON_ESCAPE;
}

static enum html_json within_string(enum html_json json, char byte)
{
    if (json == JSON_ESCAPE)
        return JSON_STRING;
    return byte == '\\' ? JSON_ESCAPE : byte == '"' ? JSON_AFTER : JSON_STRING;
}

bool json_byte(struct html *html, struct source *source, const char *at,
               bool is_end)
{
    if (is_in_string(html->json)) {
        html->json = within_string(html->json, *at);
        return true;
    }
    if (is_end || *at == ' ' || *at == '\t' || *at == '\n')
        return true;
    if (html->json == JSON_HOLE && !strchr(",]}", *at))
        return template_refuse(
            source, at,
            "a hole is a whole value of JSON, with its quotes; a ',', a ']' "
            "or a '}' may follow it");
    html->json = strchr("[{,:", *at) ? JSON_WANTS
                 : *at == '"'        ? JSON_STRING
                                     : JSON_AFTER;
    return true;
}

bool json_close(const struct html *html, struct source *source, const char *at)
{
    return !is_in_string(html->json) ||
           template_refuse(source, at,
                           "the script ends within a string of its JSON; "
                           "close the string");
}

bool json_hole(struct html *html, struct source *source, const char *at)
{
    if (is_in_string(html->json))
        return template_refuse(
            source, at,
            "a hole cannot be a part of a string of JSON; write it without "
            "quotes around it, and put all of the string into the value");
    if (html->json == JSON_AFTER || html->json == JSON_HOLE)
        return template_refuse(
            source, at,
            "a value of JSON stands before this hole already; write a ',' or "
            "a ':' between them");
    html->json = JSON_HOLE;
    return true;
}

bool json_pauses(const struct html *html)
{
    return html->json != JSON_NONE && !is_in_string(html->json) &&
           html->progress == 0;
}

bool json_merge(struct html *html, const struct html *other)
{
    if (html->json == other->json)
        return true;
    if (html->json == JSON_NONE || other->json == JSON_NONE ||
        is_in_string(html->json) || is_in_string(other->json))
        return false;
    html->json = JSON_UNSURE;
    return true;
}
