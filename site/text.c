/* Small things done to text before it is shown or stored: see text.h. */

#include "text.h"

#include <string.h>

static bool is_continuation(char byte)
{
    return ((unsigned char)byte & 0xC0) == 0x80;
}

static bool is_blank(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
}

/* A copy in which every run of white space is one space. */
static char *one_line(struct fb_request *request, const char *text)
{
    char *line = fb_alloc(request, strlen(text) + 1);
    size_t length = 0;

    for (; *text; text++) {
        if (!is_blank(*text)) {
            line[length++] = *text;
        } else if (length > 0 && line[length - 1] != ' ') {
            line[length++] = ' ';
        }
    }
    while (length > 0 && line[length - 1] == ' ') {
        length--;
    }
    line[length] = '\0';
    return line;
}

const char *text_excerpt(struct fb_request *request, const char *text,
                         size_t characters)
{
    char *line = one_line(request, text);
    char *last_space = NULL;
    size_t seen = 0;

    for (char *at = line; *at; at++) {
        if (is_continuation(*at)) {
            continue;
        }
        if (seen == characters) {
            /* A script without spaces is cut between two characters. */
            *(last_space ? last_space : at) = '\0';
            return fb_printf(request, "%s…", line);
        }
        seen++;
        if (*at == ' ') {
            last_space = at;
        }
    }
    return line;
}

static struct moment moment(const char *iso, const char *text)
{
    return *text != '\0' ? (struct moment){.text = text, .iso = iso}
                         : (struct moment){.text = "at some time", .iso = ""};
}

struct moment text_day(struct fb_request *request, const char *iso)
{
    return moment(iso, fb_format_date(request, fb_time(iso)));
}

struct moment text_minute(struct fb_request *request, const char *iso)
{
    return moment(iso, fb_format_date_time(request, fb_time(iso)));
}

struct fb_safe_html text_post(struct fb_request *request, const char *text)
{
    return fb_markdown(
        request, text,
        &(struct fb_markdown_options){.heading_shift = 1, .line_breaks = true});
}

struct fb_safe_html text_comment(struct fb_request *request, const char *text)
{
    return fb_markdown(
        request, text,
        &(struct fb_markdown_options){.heading_shift = 2, .line_breaks = true});
}

const char *text_price(struct fb_request *request, int64_t cents)
{
    return fb_format_money(request, cents, TEXT_CURRENCY);
}

bool text_page(const char *query, int64_t *page)
{
    *page = 1;
    if (!query) {
        return true;
    }
    if (*query < '1' || *query > '9' || strlen(query) > 4) {
        return false;
    }
    *page = 0;
    for (; *query; query++) {
        if (*query < '0' || *query > '9') {
            return false;
        }
        *page = *page * 10 + (*query - '0');
    }
    return true;
}
