/*
 * Atom feeds. Addresses are paths: a reader takes them as relative to where it
 * has found the feed, so the feed is right under every name of the site, and
 * nobody's Host header gets into it.
 */

#include <foobar/atom.h>
#include <foobar/locale.h>

#include <string.h>

#include "request.h"
#include "utf8.h"

/* What the entries need of their feed. */
struct atom {
    const char *authority;
};

static void literal(struct fb_request *request, const char *text)
{
    fb_out_literal(&request->out, text, strlen(text));
}

/* Whether XML 1.0 can hold a character at all, escaped or not. */
static bool is_xml(uint32_t point)
{
    return point == '\t' || point == '\n' || point == '\r' ||
           (point >= 0x20 && point < 0xfffe && point != 0x7f) || point > 0xffff;
}

static const char *xml_escape(uint32_t point)
{
    switch (point) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\r':
        return "&#13;"; /* a bare one would be read as a line end */
    default:
        return NULL;
    }
}

static void put_text(struct fb_request *request, const char *text,
                     size_t length)
{
    while (length > 0) {
        uint32_t point;
        size_t bytes = utf8_decode(text, length, &point);
        const char *escape = bytes > 0 ? xml_escape(point) : NULL;

        if (escape != NULL) {
            literal(request, escape);
        } else if (bytes > 0 && is_xml(point)) {
            fb_out_literal(&request->out, text, bytes);
        }
        bytes = bytes == 0 ? 1 : bytes;
        text += bytes;
        length -= bytes;
    }
}

/* Writes `before`, the text and `after`; nothing when there is no text. */
static void put(struct fb_request *request, const char *before,
                const char *text, const char *after)
{
    if (text != NULL) {
        literal(request, before);
        put_text(request, text, strlen(text));
        literal(request, after);
    }
}

/* What must be there. */
static const char *must(struct fb_request *request, const char *what,
                        const char *text)
{
    if (text == NULL || *text == '\0') {
        request_fail(request, "a feed of Atom without %s", what);
    }
    return text;
}

static const char *must_be_path(struct fb_request *request, const char *what,
                                const char *path)
{
    must(request, what, path);
    if (path[0] != '/' || path[1] == '/' || path[1] == '\\') {
        request_fail(request, "%s is not a path of this site: %s", what, path);
    }
    return path;
}

static void put_time(struct fb_request *request, const char *before,
                     int64_t time, const char *after)
{
    put(request, before, must(request, "a time", fb_time_iso(request, time)),
        after);
}

/* Only what needs no encoding in a tag: URI may stand in an id. */
static void put_id(struct fb_request *request, const char *authority,
                   const char *id)
{
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                  "abcdefghijklmnopqrstuvwxyz0123456789-._/";

    must(request, "an id", id);
    if (id[strspn(id, allowed)] != '\0') {
        request_fail(request, "a feed of Atom with the id \"%s\"", id);
    }
    put(request, "<id>tag:", authority, ":");
    put(request, "", id, "</id>\n");
}

static void finish(struct fb_request *request)
{
    literal(request, "</feed>\n");
}

void fb_atom_begin(struct fb_request *request, const struct fb_atom_feed *feed)
{
    if (request->finish != NULL || request->out.length > 0) {
        request_fail(request, "fb_atom_begin: something was written already");
    }
    request->atom = fb_alloc(request, sizeof(*request->atom));
    request->atom->authority = must(request, "an authority", feed->authority);
    request->finish = finish;
    fb_content_type(request, "application/atom+xml; charset=utf-8");
    literal(request, "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
                     "<feed xmlns=\"http://www.w3.org/2005/Atom\"");
    put(request, " xml:lang=\"", feed->language, "\"");
    literal(request, ">\n");
    put_id(request, feed->authority, feed->id);
    put(request, "<title>", must(request, "a title", feed->title),
        "</title>\n");
    put(request, "<subtitle>", feed->subtitle, "</subtitle>\n");
    put(request, "<link rel=\"self\" type=\"application/atom+xml\" href=\"",
        must_be_path(request, "the feed's path", feed->path), "\"/>\n");
    put(request, "<link rel=\"alternate\" type=\"text/html\" href=\"",
        must_be_path(request, "the feed's page", feed->page), "\"/>\n");
    put_time(request, "<updated>", feed->updated, "</updated>\n");
}

void fb_atom_entry(struct fb_request *request,
                   const struct fb_atom_entry *entry)
{
    if (request->finish != finish) {
        request_fail(request, "fb_atom_entry: there is no feed");
    }
    literal(request, "<entry>\n");
    put_id(request, request->atom->authority, entry->id);
    put(request, "<title>", must(request, "a title", entry->title),
        "</title>\n");
    put(request, "<author><name>", must(request, "an author", entry->author),
        "</name></author>\n");
    put(request, "<link rel=\"alternate\" type=\"text/html\" href=\"",
        must_be_path(request, "an entry's path", entry->path), "\"/>\n");
    if (entry->published != FB_NO_TIME) {
        put_time(request, "<published>", entry->published, "</published>\n");
    }
    put_time(request, "<updated>", entry->updated, "</updated>\n");
    put(request, "<summary>", entry->summary, "</summary>\n");
    if (entry->content.length > 0) {
        literal(request, "<content type=\"html\">");
        put_text(request, entry->content.bytes, entry->content.length);
        literal(request, "</content>\n");
    }
    literal(request, "</entry>\n");
}
