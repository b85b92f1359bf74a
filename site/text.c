/* Small things done to text before it is shown or stored: see text.h. */

#include "text.h"

#include <string.h>

static bool is_continuation(char byte)
{
    return ((unsigned char)byte & 0xC0) == 0x80;
}

size_t text_length(const char *text)
{
    size_t length = 0;

    for (; *text; text++) {
        length += !is_continuation(*text);
    }
    return length;
}

/*
 * The code point at *text, and *text moved behind it. The engine lets only
 * valid UTF-8 in, so the first byte tells how many follow.
 */
static uint32_t next_character(const char **text)
{
    unsigned char first = (unsigned char)*(*text)++;
    uint32_t character = first;

    if (first >= 0xF0) {
        character = first & 0x07U;
    } else if (first >= 0xE0) {
        character = first & 0x0FU;
    } else if (first >= 0xC0) {
        character = first & 0x1FU;
    }
    while (is_continuation(**text)) {
        character = character << 6 | ((unsigned char)*(*text)++ & 0x3FU);
    }
    return character;
}

struct range {
    uint32_t first;
    uint32_t last;
};

static bool in_ranges(uint32_t character, const struct range *ranges,
                      size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (character >= ranges[i].first && character <= ranges[i].last) {
            return true;
        }
    }
    return false;
}

#define IN(character, ranges) \
    in_ranges((character), (ranges), sizeof(ranges) / sizeof((ranges)[0]))

/* Blanks of all widths, and characters that draw nothing by themselves. */
static const struct range unseen[] = {
    {0x0000, 0x0020}, {0x007F, 0x00A0}, {0x00AD, 0x00AD},   {0x034F, 0x034F},
    {0x061C, 0x061C}, {0x115F, 0x1160}, {0x17B4, 0x17B5},   {0x180B, 0x180F},
    {0x2000, 0x200F}, {0x2028, 0x202F}, {0x205F, 0x206F},   {0x2800, 0x2800},
    {0x3000, 0x3000}, {0x3164, 0x3164}, {0xFE00, 0xFE0F},   {0xFEFF, 0xFEFF},
    {0xFFA0, 0xFFA0}, {0xFFF0, 0xFFFB}, {0xE0000, 0xE0FFF},
};

/* C0 and C1 controls, line separators, direction embeddings and isolates. */
static const struct range controls[] = {
    {0x0000, 0x001F}, {0x007F, 0x009F}, {0x2028, 0x202E},
    {0x2066, 0x2069}, {0xFEFF, 0xFEFF}, {0xFFF9, 0xFFFB},
};

bool text_is_visible(const char *text)
{
    while (*text) {
        if (!IN(next_character(&text), unseen)) {
            return true;
        }
    }
    return false;
}

bool text_has_controls(const char *text, bool several_lines)
{
    while (*text) {
        uint32_t character = next_character(&text);

        if (several_lines && (character == '\n' || character == '\t')) {
            continue;
        }
        if (IN(character, controls)) {
            return true;
        }
    }
    return false;
}

static bool is_blank(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
}

const char *text_tidy(struct fb_request *request, const char *typed)
{
    char *tidy;
    size_t length = 0;

    if (!typed) {
        return "";
    }
    while (is_blank(*typed)) {
        typed++;
    }
    tidy = fb_alloc(request, strlen(typed) + 1);
    for (; *typed; typed++) {
        if (*typed != '\r') {
            tidy[length++] = *typed;
        } else if (typed[1] != '\n') {
            tidy[length++] = '\n';
        }
    }
    while (length > 0 && is_blank(tidy[length - 1])) {
        length--;
    }
    tidy[length] = '\0';
    return tidy;
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

struct pager text_pager(int64_t page, bool has_next)
{
    return (struct pager){
        .page = page, .previous = page - 1, .next = has_next ? page + 1 : 0};
}
