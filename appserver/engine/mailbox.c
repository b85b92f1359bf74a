/* The mailbox of a development machine; see mailbox.h. */

#include "mailbox.h"

#include <foobar/foobar.h>

#include <string.h>

#include "database.h"
#include "mail.h"
#include "request.h"

enum column {
    COLUMN_TO,
    COLUMN_TO_NAME,
    COLUMN_SUBJECT,
    COLUMN_TEXT,
    COLUMN_HTML,
    COLUMN_UNSUBSCRIBE,
    COLUMN_MESSAGE_ID
};

static void put(struct fb_request *request, const char *html)
{
    fb_out_literal(fb_body(request), html, strlen(html));
}

static void put_text(struct fb_request *request, const char *before,
                     const char *text, const char *behind)
{
    put(request, before);
    fb_out_text(fb_body(request), text);
    put(request, behind);
}

static bool is_open(const struct fb_request *request)
{
    return request->database != NULL &&
           mail_is_kept(database_settings(request->database));
}

static void begin_page(struct fb_request *request, const char *title)
{
    fb_header(request, "Cache-Control", "no-store");
    fb_header(request, "Content-Security-Policy",
              "default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
              "base-uri 'none'; form-action 'none'; frame-ancestors "
              "'none'");
    put(request, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
                 "<meta charset=\"utf-8\">\n<meta name=\"viewport\" "
                 "content=\"width=device-width\">\n");
    put_text(request, "<title>", title, "</title>\n</head>\n<body>\n");
}

static void end_page(struct fb_request *request)
{
    put(request, "</body>\n</html>\n");
}

static unsigned own(const struct fb_request *request,
                    enum mail_statement statement)
{
    return database_own(request->database, mail_statements) +
           (unsigned)statement;
}

/* --- the list ----------------------------------------------------------- */

static enum fb_result mailbox(struct fb_request *request)
{
    struct fb_rows *rows;
    enum fb_result result;

    if (!is_open(request)) {
        return FB_NOT_FOUND;
    }
    result = fb_select(request, own(request, MAIL_LIST), &rows);
    if (result != FB_OK) {
        return result;
    }
    begin_page(request, "Mailbox");
    put(request, "<h1>Mailbox</h1>\n"
                 "<p>Mail that this machine keeps instead of sending it; the "
                 "newest comes first.</p>\n");
    put(request,
        fb_row_count(rows) == 0 ? "<p>There is none yet.</p>\n" : "<ul>\n");
    while (fb_next(rows)) {
        put_text(request, "<li>", fb_column_text(rows, 4), " ");
        put_text(request, "<a href=\"/dev/mailbox/", fb_column_text(rows, 0),
                 "\">");
        put_text(request, "", fb_column_text(rows, 2), "</a> to ");
        put_text(request, "", fb_column_text(rows, 1), " (");
        put_text(request, "", fb_column_text(rows, 3), ")</li>\n");
    }
    put(request, fb_row_count(rows) == 0 ? "" : "</ul>\n");
    end_page(request);
    return FB_OK;
}

/* --- one mail ----------------------------------------------------------- */

static enum fb_result find(struct fb_request *request, struct fb_rows **rows)
{
    enum fb_result result;

    if (!is_open(request)) {
        return FB_NOT_FOUND;
    }
    result = fb_select(request, own(request, MAIL_SHOW), rows,
                       fb_int(fb_path_int(request, "id")));
    return result == FB_OK && !fb_next(*rows) ? FB_NOT_FOUND : result;
}

/* How long a link in a plain text is: up to what no link has at its end. */
static size_t link_length(const char *text)
{
    size_t length = strcspn(text, " \t\r\n\"<>");

    while (length > 0 && strchr(".,;:!?)", text[length - 1]) != NULL) {
        length--;
    }
    return length;
}

static const char *next_link(const char *text)
{
    for (; *text != '\0'; text++) {
        if (strncmp(text, "https://", 8) == 0 ||
            strncmp(text, "http://", 7) == 0) {
            return text;
        }
    }
    return text;
}

static void put_link(struct fb_request *request, const char *link)
{
    put(request, "<a rel=\"noreferrer\" href=\"");
    fb_out_url(fb_body(request), link);
    put_text(request, "\">", link, "</a>");
}

/* What somebody wrote, with its links to be clicked. */
static void put_with_links(struct fb_request *request, const char *text)
{
    while (*text != '\0') {
        const char *link = next_link(text);
        size_t length = link_length(link);

        fb_out_text(fb_body(request),
                    request_strndup(request, text, (size_t)(link - text)));
        if (length > 0) {
            put_link(request, request_strndup(request, link, length));
        }
        text = link + length;
    }
}

/* Its links open beside it, where they are a page like any other. */
static void put_frame(struct fb_request *request, const char *html)
{
    put(request, "<h2>As HTML</h2>\n<iframe sandbox=\"allow-popups "
                 "allow-popups-to-escape-sandbox\" title=\"The mail as HTML\" "
                 "width=\"100%\" height=\"600\" srcdoc=\"&lt;base "
                 "target=_blank&gt;");
    put_text(request, "", html, "\"></iframe>\n");
}

static enum fb_result mailbox_mail(struct fb_request *request)
{
    struct fb_rows *rows;
    enum fb_result result = find(request, &rows);

    if (result != FB_OK) {
        return result;
    }
    begin_page(request, fb_column_text(rows, COLUMN_SUBJECT));
    put_text(request, "<p><a href=\"/dev/mailbox\">Mailbox</a></p>\n<h1>",
             fb_column_text(rows, COLUMN_SUBJECT), "</h1>\n");
    put_text(request, "<p>To ", fb_column_text(rows, COLUMN_TO_NAME), " ");
    put_text(request, "&lt;", fb_column_text(rows, COLUMN_TO),
             "&gt;</p>\n<pre>");
    put_with_links(request, fb_column_text(rows, COLUMN_TEXT));
    put(request, "</pre>\n");
    if (!fb_column_is_null(rows, COLUMN_HTML)) {
        put_frame(request, fb_column_text(rows, COLUMN_HTML));
    }
    if (fb_column_text(rows, COLUMN_UNSUBSCRIBE)[0] != '\0') {
        put(request, "<p>To unsubscribe: ");
        put_link(request, fb_column_text(rows, COLUMN_UNSUBSCRIBE));
        put(request, "</p>\n");
    }
    put_text(request, "<p>", fb_column_text(rows, COLUMN_MESSAGE_ID), "</p>\n");
    end_page(request);
    return FB_OK;
}

const struct fb_page mailbox_pages[MAILBOX_PAGES] = {
    {.name = "dev_mailbox",
     .path = "/dev/mailbox",
     .methods = FB_GET,
     .handler = mailbox},
    {.name = "dev_mailbox_mail",
     .path = "/dev/mailbox/{id:int}",
     .methods = FB_GET,
     .handler = mailbox_mail},
};
