/* Small things done to text before it is shown or stored: see text.h. */

#include "text.h"

#include <inttypes.h>
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

/* Where the blank line after *text begins, or the end of the text. */
static char *paragraph_end(char *text)
{
    for (; *text; text++) {
        if (text[0] == '\n' && text[1] == '\n') {
            break;
        }
    }
    return text;
}

const char *const *text_paragraphs(struct fb_request *request, const char *text,
                                   size_t *count)
{
    size_t bytes = strlen(text) + 1;
    size_t most = 1;
    char *rest = fb_alloc(request, bytes);
    const char **paragraphs;

    memcpy(rest, text, bytes);
    for (const char *at = text; *at; at++) {
        most += at[0] == '\n' && at[1] == '\n';
    }
    paragraphs = fb_alloc(request, most * sizeof(*paragraphs));

    *count = 0;
    while (*rest) {
        char *end;

        if (*rest == '\n') {
            rest++;
            continue;
        }
        end = paragraph_end(rest);
        paragraphs[(*count)++] = rest;
        rest = *end ? end + 1 : end;
        *end = '\0';
    }
    return paragraphs;
}

static const char *const months[] = {
    "January", "February", "March",     "April",   "May",      "June",
    "July",    "August",   "September", "October", "November", "December",
};

/* The number that `digits` characters at *text spell, or -1. */
static int digits_at(const char *text, int digits)
{
    int number = 0;

    for (int i = 0; i < digits; i++) {
        if (text[i] < '0' || text[i] > '9') {
            return -1;
        }
        number = number * 10 + (text[i] - '0');
    }
    return number;
}

static struct moment moment(struct fb_request *request, const char *iso,
                            bool with_minute)
{
    struct moment moment = {.text = "at some time", .iso = ""};
    int month;

    if (!iso || strlen(iso) != strlen("2026-03-05T14:02:11Z")) {
        return moment;
    }
    month = digits_at(iso + 5, 2);
    if (month < 1 || month > 12) {
        return moment;
    }
    moment.iso = iso;
    moment.text = fb_printf(request, "%d %s %d", digits_at(iso + 8, 2),
                            months[month - 1], digits_at(iso, 4));
    if (with_minute) {
        moment.text = fb_printf(request, "%s, %.5s", moment.text, iso + 11);
    }
    return moment;
}

struct moment text_day(struct fb_request *request, const char *iso)
{
    return moment(request, iso, false);
}

struct moment text_minute(struct fb_request *request, const char *iso)
{
    return moment(request, iso, true);
}

const char *text_price(struct fb_request *request, int64_t cents)
{
    return fb_printf(request, "€%" PRId64 ".%02" PRId64, cents / 100,
                     cents % 100);
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
