/*
 * Follows the HTML of the literals to know what stands around each hole.
 *
 * This is the tokenizer of the HTML standard, made smaller by being strict:
 * where a browser would repair a mistake, the template is refused, because
 * only then do browser and compiler surely see the same page. What decides
 * about a hole is a row of the table of attributes; what cannot be escaped
 * with certainty (scripts, styles, event handlers) takes no holes at all.
 */

#include "template.h"

#include <stdio.h>
#include <string.h>

/* ---- what the names mean ---- */

static const struct {
    const char *tag; /* NULL: any */
    const char *name;
    enum html_value value;
} attributes[] = {
    {"base", "href", VALUE_CODE_URL},
    {"embed", "src", VALUE_CODE_URL},
    {"frame", "src", VALUE_CODE_URL},
    {"iframe", "src", VALUE_CODE_URL},
    {"object", "data", VALUE_CODE_URL},
    {"script", "href", VALUE_CODE_URL},
    {"script", "src", VALUE_CODE_URL},
    {"script", "type", VALUE_REFUSED},
    {"use", "href", VALUE_CODE_URL},
    {NULL, "action", VALUE_URL},
    {NULL, "background", VALUE_URL},
    {NULL, "cite", VALUE_URL},
    {NULL, "codebase", VALUE_URL},
    {NULL, "formaction", VALUE_URL},
    {NULL, "href", VALUE_URL},
    {NULL, "icon", VALUE_URL},
    {NULL, "longdesc", VALUE_URL},
    {NULL, "manifest", VALUE_URL},
    {NULL, "poster", VALUE_URL},
    {NULL, "profile", VALUE_URL},
    {NULL, "src", VALUE_URL},
    {NULL, "usemap", VALUE_URL},
    {NULL, "archive", VALUE_URL_LIST},
    {NULL, "attributionsrc", VALUE_URL_LIST},
    {NULL, "imagesrcset", VALUE_URL_LIST},
    {NULL, "ping", VALUE_URL_LIST},
    {NULL, "srcset", VALUE_URL_LIST},
    {NULL, "http-equiv", VALUE_REFUSED},
    {NULL, "srcdoc", VALUE_REFUSED},
    {NULL, "style", VALUE_REFUSED},
    /* SVG can animate a link's href. */
    {"animate", "by", VALUE_REFUSED},
    {"animate", "from", VALUE_REFUSED},
    {"animate", "to", VALUE_REFUSED},
    {"animate", "values", VALUE_REFUSED},
    {"set", "to", VALUE_REFUSED},
};

/* Elements whose content is not HTML. */
static const struct {
    const char *tag;
    enum html_state state;
} contents[] = {
    {"title", HTML_RCDATA}, {"textarea", HTML_RCDATA}, {"script", HTML_RAW},
    {"style", HTML_RAW},    {"iframe", HTML_RAW},      {"noembed", HTML_RAW},
    {"noframes", HTML_RAW}, {"xmp", HTML_RAW},
};

static enum html_state content_of(const char *tag)
{
    for (size_t i = 0; i < sizeof(contents) / sizeof(*contents); i++) {
        if (strcmp(contents[i].tag, tag) == 0)
            return contents[i].state;
    }
    return HTML_TEXT;
}

/* The prefix of a name such as xlink:href decides nothing. */
static enum html_value value_of(const char *tag, const char *attribute)
{
    const char *colon = strrchr(attribute, ':');
    const char *name = colon ? colon + 1 : attribute;
    if (strncmp(name, "on", 2) == 0)
        return VALUE_REFUSED;
    for (size_t i = 0; i < sizeof(attributes) / sizeof(*attributes); i++) {
        if (strcmp(attributes[i].name, name) == 0 &&
            (!attributes[i].tag || strcmp(attributes[i].tag, tag) == 0))
            return attributes[i].value;
    }
    return VALUE_PLAIN;
}

static bool is_space(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\n';
}

static bool is_letter(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

static bool is_html_name(char byte)
{
    return is_name(byte) || byte == '-' || byte == ':' || byte == '.';
}

static char lower(char byte)
{
    return byte >= 'A' && byte <= 'Z' ? (char)(byte - 'A' + 'a') : byte;
}

/* ---- reading: what each byte does to the state ---- */

/* A byte of the source that is being read. */
struct reader {
    struct html *html;
    struct source *source;
    const char *at;
    struct text *out;
};

static bool add_name(struct reader *r, char *name, size_t room)
{
    size_t length = strlen(name);
    if (length + 1 >= room)
        return template_refuse(
            r->source, r->at,
            "this name is longer than %zu characters; shorten it", room - 1);
    name[length] = lower(*r->at);
    name[length + 1] = '\0';
    return true;
}

static bool begin_name(struct reader *r, enum html_state state, char *name,
                       size_t room)
{
    r->html->state = state;
    *name = '\0';
    return add_name(r, name, room);
}

/* After the '>' of a start tag. */
static bool open_element(struct reader *r)
{
    struct html *html = r->html;
    if (strcmp(html->tag, "plaintext") == 0)
        return template_refuse(r->source, r->at,
                               "<plaintext> never ends; use <pre> instead");
    bool is_pre = strcmp(html->tag, "pre") == 0;
    html->pre_depth += is_pre;
    html->fresh = is_pre || strcmp(html->tag, "textarea") == 0;
    html->json = strcmp(html->tag, "script") == 0 && json_is_type(html->type)
                     ? JSON_WANTS
                     : JSON_NONE;
    html->progress = 0;
    html->state = content_of(html->tag);
    return true;
}

static void close_element(struct html *html)
{
    if (html->pre_depth > 0 && strcmp(html->close, "pre") == 0)
        html->pre_depth--;
    html->state = HTML_TEXT;
}

static bool read_text(struct reader *r)
{
    if (*r->at == '<')
        r->html->state = HTML_LESS;
    return true;
}

static bool read_less(struct reader *r)
{
    struct html *html = r->html;
    if (is_letter(*r->at)) {
        html->typed = false;
        html->reads_type = false;
        html->type[0] = '\0';
        html->refresh = false;
        html->content_hole = false;
        return begin_name(r, HTML_TAG_NAME, html->tag, sizeof(html->tag));
    }
    if (*r->at == '/') {
        html->state = HTML_END_LESS;
        return true;
    }
    if (*r->at == '!') {
        html->state = HTML_BANG;
        html->progress = 0;
        return true;
    }
    return template_refuse(
        r->source, r->at - 1,
        "this '<' begins no tag; write &lt; for the character");
}

static bool read_bang(struct reader *r)
{
    struct html *html = r->html;
    if (*r->at == '-') {
        html->progress++;
        /* "<!-->" is a whole comment: its dashes count for both ends. */
        if (html->progress == 2)
            html->state = HTML_COMMENT;
        return true;
    }
    if (html->progress == 0 && lower(*r->at) == 'd') {
        html->state = HTML_DOCTYPE;
        return true;
    }
    return template_refuse(
        r->source, r->at,
        "\"<!\" begins neither a comment nor <!doctype html>; "
        "write &lt;! for the characters");
}

static bool read_comment(struct reader *r)
{
    struct html *html = r->html;
    if (*r->at == '-') {
        html->progress++;
        return true;
    }
    if (html->progress >= 2 && *r->at == '!')
        return template_refuse(r->source, r->at,
                               "\"--!\" may end a comment; remove the '!'");
    if (html->progress >= 2 && *r->at == '>')
        html->state = HTML_TEXT;
    html->progress = 0;
    return true;
}

static bool read_doctype(struct reader *r)
{
    if (*r->at == '>')
        r->html->state = HTML_TEXT;
    return true;
}

/* What one more byte makes of "</title" read so far; 0: it does not fit. */
static unsigned match_end(const struct html *html, char byte)
{
    unsigned at = html->progress;
    char wanted = at == 0 ? '<' : at == 1 ? '/' : html->tag[at - 2];
    return lower(byte) == wanted && wanted ? at + 1 : 0;
}

/*
 * In the content of title, textarea, script, style ...: only its own end tag
 * ends it. Two things are refused because they read differently elsewhere:
 * in <title>, a '<' (within SVG it begins a tag), and in <script>, "<!--"
 * (it changes what ends the script).
 */
static bool read_content(struct reader *r)
{
    struct html *html = r->html;
    if (html->progress == strlen(html->tag) + 2) {
        if (*r->at == '>' || is_space(*r->at)) {
            if (!json_close(html, r->source, r->at))
                return false;
            html->json = JSON_NONE;
            memcpy(html->close, html->tag, sizeof(html->close));
            html->state = HTML_END_REST;
            if (*r->at == '>')
                close_element(html);
            return true;
        }
        if (html->state == HTML_RCDATA || *r->at == '/')
            return template_refuse(r->source, r->at,
                                   "an end tag is its name alone; write </%s>",
                                   html->tag);
        html->progress = 0; /* the name goes on: </scripts> */
    }
    bool is_end = match_end(html, *r->at) > 0;
    if (html->json != JSON_NONE && !json_byte(html, r->source, r->at, is_end))
        return false;
    unsigned before = html->progress;
    html->progress = match_end(html, *r->at);
    if (html->state == HTML_RCDATA && before > 0 && html->progress == 0)
        return template_refuse(
            r->source, r->at,
            "only </%s> may follow a '<' in <%s>; write &lt; for "
            "the character",
            html->tag, html->tag);
    if (html->progress == 0 && *r->at == '<')
        html->progress = 1;
    if (strcmp(html->tag, "script") == 0 && *r->at == '-' &&
        r->out->length >= 3 &&
        memcmp(r->out->bytes + r->out->length - 3, "<!-", 3) == 0)
        return template_refuse(
            r->source, r->at,
            "\"<!--\" in <script> changes what ends it; remove it");
    return true;
}

static bool read_end_less(struct reader *r)
{
    struct html *html = r->html;
    if (is_letter(*r->at))
        return begin_name(r, HTML_END_NAME, html->close, sizeof(html->close));
    return template_refuse(
        r->source, r->at,
        "\"</\" begins no end tag; write &lt;/ for the characters");
}

static bool read_end_name(struct reader *r)
{
    struct html *html = r->html;
    if (is_html_name(*r->at))
        return add_name(r, html->close, sizeof(html->close));
    html->state = HTML_END_REST;
    if (*r->at == '>')
        close_element(html);
    else if (!is_space(*r->at))
        return template_refuse(r->source, r->at,
                               "an end tag is its name alone; write </%s>",
                               html->close);
    return true;
}

static bool read_end_rest(struct reader *r)
{
    if (*r->at == '>')
        close_element(r->html);
    else if (!is_space(*r->at))
        return template_refuse(r->source, r->at,
                               "an end tag is its name alone; write </%s>",
                               r->html->close);
    return true;
}

/* What may follow a name or a value in a tag; false: nothing of these. */
static bool read_separator(struct reader *r, bool *known)
{
    struct html *html = r->html;
    *known = true;
    if (is_space(*r->at))
        html->state = HTML_BETWEEN;
    else if (*r->at == '/')
        html->state = HTML_SLASH;
    else if (*r->at == '>')
        return open_element(r);
    else
        *known = false;
    return true;
}

static bool read_tag_name(struct reader *r)
{
    struct html *html = r->html;
    if (is_html_name(*r->at))
        return add_name(r, html->tag, sizeof(html->tag));
    bool known;
    if (!read_separator(r, &known))
        return false;
    return known ||
           template_refuse(r->source, r->at,
                           "'%c' cannot stand in the name of a tag; a space "
                           "or '>' ends <%s",
                           *r->at, html->tag);
}

static bool read_slash(struct reader *r)
{
    struct html *html = r->html;
    if (*r->at != '>')
        return template_refuse(
            r->source, r->at,
            "only '>' may follow the '/' in a tag; quote the value "
            "if the '/' is part of one");
    if (content_of(html->tag) != HTML_TEXT)
        return template_refuse(
            r->source, r->at, "browsers do not end <%s/> here; write <%s></%s>",
            html->tag, html->tag, html->tag);
    return open_element(r);
}

/* BETWEEN attributes, or GLUED to the one before. */
static bool read_between(struct reader *r)
{
    struct html *html = r->html;
    bool known;
    bool glued = html->state == HTML_GLUED;
    if (!read_separator(r, &known))
        return false;
    if (known)
        return true;
    if (glued)
        return template_refuse(
            r->source, r->at,
            "white space is missing before this in <%s>; add a "
            "space",
            html->tag);
    if (*r->at == '=')
        return template_refuse(
            r->source, r->at,
            "an attribute is written name=\"value\"; remove the "
            "space before '='");
    if (!is_html_name(*r->at))
        return template_refuse(
            r->source, r->at,
            "this cannot begin an attribute of <%s>; is a quote or "
            "a '>' missing before it?",
            html->tag);
    html->reads_type = false;
    return begin_name(r, HTML_NAME, html->attribute, sizeof(html->attribute));
}

/*
 * The type of a script: browsers take the first attribute of that name, also
 * when it has no value.
 */
static void note_type(struct html *html)
{
    if (strcmp(html->tag, "script") != 0 ||
        strcmp(html->attribute, "type") != 0)
        return;
    html->reads_type = !html->typed;
    html->typed = true;
}

static void read_type(struct html *html, char byte)
{
    size_t length = strlen(html->type);
    if (!html->reads_type || html->type[0] == '!')
        return;
    if (length == HTML_TYPE_MAX) {
        memcpy(html->type, "!", 2);
        return;
    }
    html->type[length] = lower(byte);
    html->type[length + 1] = '\0';
}

static bool begin_value(struct reader *r)
{
    struct html *html = r->html;
    html->state = HTML_AFTER_EQUAL;
    html->value = value_of(html->tag, html->attribute);
    html->url = URL_START;
    html->scheme[0] = '\0';
    if (strcmp(html->tag, "meta") == 0 &&
        strcmp(html->attribute, "http-equiv") == 0) {
        if (html->content_hole)
            return template_refuse(
                r->source, r->at,
                "<meta http-equiv> gives orders to the browser, so "
                "its content takes no hole; send a header instead");
        html->refresh = true;
    }
    return true;
}

static bool read_name(struct reader *r)
{
    struct html *html = r->html;
    if (is_html_name(*r->at))
        return add_name(r, html->attribute, sizeof(html->attribute));
    note_type(html);
    if (*r->at == '=')
        return begin_value(r);
    bool known;
    if (!read_separator(r, &known))
        return false;
    return known ||
           template_refuse(r->source, r->at,
                           "this cannot stand in the name of an attribute "
                           "(after \"%s\"); is a quote or a space missing?",
                           html->attribute);
}

static bool read_unquoted(struct reader *r)
{
    struct html *html = r->html;
    if (is_space(*r->at)) {
        html->state = HTML_BETWEEN;
        return true;
    }
    if (*r->at == '>')
        return open_element(r);
    if (strchr("\"'`=<", *r->at))
        return template_refuse(
            r->source, r->at,
            "this cannot stand in a value without quotes; write "
            "%s=\"...\"",
            html->attribute);
    read_type(html, *r->at);
    return true;
}

static bool read_after_equal(struct reader *r)
{
    struct html *html = r->html;
    if (*r->at == '"' || *r->at == '\'') {
        html->quote = *r->at;
        html->state = HTML_QUOTED;
        return true;
    }
    if (is_space(*r->at) || *r->at == '>')
        return template_refuse(
            r->source, r->at,
            "the value of \"%s\" is missing; write %s=\"...\"", html->attribute,
            html->attribute);
    html->state = HTML_UNQUOTED;
    return read_unquoted(r);
}

/* ---- URLs ---- */

/* A ':' after what may be a scheme. */
static bool end_scheme(struct reader *r)
{
    struct html *html = r->html;
    if (html->scheme[0] == '?')
        return template_refuse(
            r->source, r->at,
            "with this ':' the hole before it could choose the "
            "scheme of the URL; write the scheme as text");
    bool has_host =
        strcmp(html->scheme, "http") == 0 || strcmp(html->scheme, "https") == 0;
    bool is_plain =
        strcmp(html->scheme, "mailto") == 0 || strcmp(html->scheme, "tel") == 0;
    html->url = has_host ? URL_HOST : is_plain ? URL_PATH : URL_STRANGE;
    html->scheme[0] = '\0';
    return true;
}

static bool read_url_first(struct reader *r)
{
    struct html *html = r->html;
    size_t length = strlen(html->scheme);
    html->url = URL_FIRST;
    switch (*r->at) {
    case ':':
        return end_scheme(r);
    case '/':
    case '?':
    case '#':
        html->url = URL_PATH;
        return true;
    case '&': /* of "&#58;", which is a ':' for the browser */
    case '\\':
        html->url = URL_STRANGE;
        return true;
    default:
        if (html->scheme[0] == '?' || html->scheme[0] == '!')
            return true;
        if (length == HTML_SCHEME_MAX) {
            memcpy(html->scheme, "!", 2); /* longer than any that counts */
            return true;
        }
        html->scheme[length] = lower(*r->at);
        html->scheme[length + 1] = '\0';
        return true;
    }
}

static bool read_url_slash(struct reader *r)
{
    struct html *html = r->html;
    bool second = *r->at == '/' || *r->at == '\\' || *r->at == '&';
    if (second && html->url == URL_SLASH_HOLE)
        return template_refuse(
            r->source, r->at,
            "if the hole before this is empty, the URL begins with "
            "\"//\" and names another host; write text before the "
            "hole, as in /posts/{{ id }}/");
    html->url = *r->at == '&' ? URL_STRANGE : second ? URL_HOST : URL_PATH;
    return true;
}

/* Slashes before the host's name are passed over, the one after ends it. */
static void read_url_host(struct html *html, char byte)
{
    bool is_slash = byte == '/' || byte == '\\';
    if (!is_slash && byte != '?' && byte != '#')
        memcpy(html->scheme, "h", 2);
    else if (!is_slash || html->scheme[0] == 'h')
        html->url = URL_PATH;
}

static bool read_url_byte(struct reader *r)
{
    struct html *html = r->html;
    if (is_space(*r->at)) {
        if (html->value == VALUE_URL_LIST) {
            html->url = URL_START;
            html->scheme[0] = '\0';
            return true;
        }
        if (html->url == URL_START)
            return true;
        if (*r->at != ' ')
            return template_refuse(
                r->source, r->at,
                "browsers remove line breaks and tabs from a URL; "
                "write it on one line");
    }
    switch (html->url) {
    case URL_START:
        if (*r->at == '/') {
            html->url = URL_SLASH;
            return true;
        }
        return read_url_first(r);
    case URL_FIRST:
        return read_url_first(r);
    case URL_SLASH:
    case URL_SLASH_HOLE:
        return read_url_slash(r);
    case URL_HOST:
        read_url_host(html, *r->at);
        return true;
    case URL_WHOLE:
        return template_refuse(
            r->source, r->at,
            "the hole before this was all of the URL, so nothing "
            "may follow it; begin the URL with text, or put all of "
            "it into the value");
    case URL_PATH:
    case URL_STRANGE:
    case URL_UNSURE:
        break;
    }
    return true;
}

static bool read_quoted(struct reader *r)
{
    struct html *html = r->html;
    if (*r->at == html->quote) {
        html->state = HTML_GLUED;
        return true;
    }
    read_type(html, *r->at);
    if (html->value == VALUE_PLAIN || html->value == VALUE_REFUSED)
        return true;
    return read_url_byte(r);
}

/* ---- literals ---- */

static bool read_byte(struct reader *r)
{
    switch (r->html->state) {
    case HTML_PLAIN: /* which is taken as a whole */
        return true;
    case HTML_TEXT:
        return read_text(r);
    case HTML_RCDATA:
    case HTML_RAW:
        return read_content(r);
    case HTML_LESS:
        return read_less(r);
    case HTML_BANG:
        return read_bang(r);
    case HTML_COMMENT:
        return read_comment(r);
    case HTML_DOCTYPE:
        return read_doctype(r);
    case HTML_END_LESS:
        return read_end_less(r);
    case HTML_END_NAME:
        return read_end_name(r);
    case HTML_END_REST:
        return read_end_rest(r);
    case HTML_TAG_NAME:
        return read_tag_name(r);
    case HTML_BETWEEN:
    case HTML_GLUED:
        return read_between(r);
    case HTML_SLASH:
        return read_slash(r);
    case HTML_NAME:
        return read_name(r);
    case HTML_AFTER_EQUAL:
        return read_after_equal(r);
    case HTML_UNQUOTED:
        return read_unquoted(r);
    case HTML_QUOTED:
        return read_quoted(r);
    }
    return true;
}

/*
 * White space in text: one line break if the run has any, else one space.
 * `begin` is where this literal began in `out`: what other literals wrote
 * cannot be changed any more.
 */
static void write_space(struct html *html, char byte, struct text *out,
                        size_t begin)
{
    if (!html->spaced) {
        text_add_char(out, byte == '\n' && !html->one_line ? '\n' : ' ');
        html->spaced = true;
    } else if (byte == '\n' && !html->one_line && out->length > begin &&
               out->bytes[out->length - 1] == ' ') {
        out->bytes[out->length - 1] = '\n';
    }
}

static void write_byte(struct html *html, char byte, struct text *out,
                       size_t begin)
{
    bool in_tag = html->state == HTML_TAG_NAME || html->state == HTML_GLUED ||
                  html->state == HTML_NAME || html->state == HTML_UNQUOTED;
    if (is_space(byte) && html->state == HTML_BETWEEN)
        return;
    if (is_space(byte) && in_tag) {
        text_add_char(out, ' ');
        return;
    }
    bool folds =
        (html->state == HTML_TEXT && html->pre_depth == 0) || json_pauses(html);
    if (is_space(byte) && folds) {
        write_space(html, byte, out, begin);
        return;
    }
    html->spaced = false;
    text_add_char(out, byte);
}

bool html_literal(struct html *html, struct source *source,
                  struct slice literal, struct text *out)
{
    struct reader reader = {.html = html, .source = source, .out = out};
    size_t begin = out->length;
    if (html->state == HTML_PLAIN) {
        text_add(out, literal.at, literal.length);
        return true;
    }
    for (size_t i = 0; i < literal.length; i++) {
        /* The state before the byte says how it is written. */
        struct html before = *html;
        html->fresh = false;
        reader.at = literal.at + i;
        if (!read_byte(&reader))
            return false;
        write_byte(&before, literal.at[i], out, begin);
        html->spaced = before.spaced;
    }
    return true;
}

/* ---- holes ---- */

static bool url_hole(struct html *html, struct source *source, const char *at,
                     enum html_escape *escape)
{
    *escape = ESCAPE_URL_REST;
    switch (html->url) {
    case URL_START:
        if (html->value == VALUE_CODE_URL)
            return template_refuse(
                source, at,
                "a hole cannot be all of the attribute %s of <%s>: "
                "what it names is trusted like this page; begin "
                "the URL with text, as in /static/{{ name }}",
                html->attribute, html->tag);
        if (html->value == VALUE_URL_LIST)
            return template_refuse(
                source, at,
                "a hole cannot begin a URL of the list in %s; begin "
                "it with text, as in /pictures/{{ id }}",
                html->attribute);
        *escape = ESCAPE_URL_WHOLE;
        html->url = URL_WHOLE;
        return true;
    case URL_FIRST:
        memcpy(html->scheme, "?", 2);
        return true;
    case URL_SLASH:
        html->url = URL_SLASH_HOLE;
        return true;
    case URL_SLASH_HOLE:
    case URL_PATH:
        return true;
    case URL_HOST:
        return template_refuse(
            source, at,
            "a hole cannot choose the host of a URL; write the "
            "host and a '/' before it");
    case URL_STRANGE:
        return template_refuse(
            source, at,
            "no hole may follow this beginning of a URL; only "
            "relative ones, http:, https:, mailto: and tel: take "
            "holes");
    case URL_UNSURE:
        return template_refuse(
            source, at,
            "the {%% if %%} before this hole begins the URL in "
            "different ways; repeat the hole in each branch");
    case URL_WHOLE:
        return template_refuse(
            source, at,
            "the hole before this was all of the URL, so no other "
            "may follow it; begin the URL with text");
    }
    return true;
}

static bool quoted_hole(struct html *html, struct source *source,
                        const char *at, enum html_escape *escape)
{
    if (html->value == VALUE_REFUSED)
        return template_refuse(
            source, at,
            "the attribute %s takes no hole: no escape is safe "
            "there; use a class, a data- attribute or a header",
            html->attribute);
    if (html->value != VALUE_PLAIN)
        return url_hole(html, source, at, escape);
    if (strcmp(html->tag, "meta") == 0 &&
        strcmp(html->attribute, "content") == 0) {
        if (html->refresh)
            return template_refuse(
                source, at,
                "<meta http-equiv> gives orders to the browser, so "
                "its content takes no hole; send a header instead");
        html->content_hole = true;
    }
    *escape = ESCAPE_ATTRIBUTE;
    return true;
}

/* Why there is no hole in the places that never take one. */
static const char *hole_refusal(enum html_state state)
{
    switch (state) {
    case HTML_RAW:
        return "no escape is safe there; put the value into a data- "
               "attribute";
    case HTML_COMMENT:
    case HTML_BANG:
        return "it would be sent, but not seen; use {# ... #} to comment a "
               "hole out";
    case HTML_AFTER_EQUAL:
    case HTML_UNQUOTED:
        return "put quotes around the value";
    case HTML_LESS:
    case HTML_END_LESS:
    case HTML_END_NAME:
    case HTML_TAG_NAME:
        return "the name of a tag cannot be chosen by a value; use {% if %}";
    default:
        return "a hole may stand in text and in quoted values of attributes";
    }
}

bool html_hole(struct html *html, struct source *source, const char *at,
               enum html_escape *escape)
{
    html->spaced = false;
    html->fresh = false;
    if (html->state == HTML_TEXT || html->state == HTML_PLAIN) {
        *escape = html->state == HTML_TEXT ? ESCAPE_TEXT : ESCAPE_PLAIN;
        return true;
    }
    /* Not as text: markup of the engine's making has no place in a title. */
    if (html->state == HTML_RCDATA && html->progress == 0) {
        *escape = ESCAPE_ATTRIBUTE;
        return true;
    }
    if (html->state == HTML_QUOTED)
        return quoted_hole(html, source, at, escape);
    if (html->state == HTML_RAW && html->json != JSON_NONE &&
        html->progress == 0) {
        *escape = ESCAPE_JSON;
        return json_hole(html, source, at);
    }
    char where[TEMPLATE_ERROR_MAX];
    html_describe(html, where, sizeof(where));
    return template_refuse(source, at, "no hole may stand %s: %s", where,
                           hole_refusal(html->state));
}

/* ---- tags of the template ---- */

static bool is_in_tag(enum html_state state)
{
    return state == HTML_BETWEEN || state == HTML_GLUED;
}

bool html_pause(struct html *html, struct source *source, const char *at)
{
    switch (html->state) {
    case HTML_PLAIN:
    case HTML_TEXT:
    case HTML_BETWEEN:
    case HTML_GLUED:
        return true;
    case HTML_QUOTED:
        if (html->reads_type)
            memcpy(html->type, "!", 2); /* only one branch has these bytes */
        return true;
    case HTML_RCDATA:
        if (html->progress == 0)
            return true;
        break;
    case HTML_RAW:
        if (json_pauses(html))
            return true;
        break;
    case HTML_NAME:
        note_type(html);
        html->state = HTML_GLUED;
        return true;
    case HTML_TAG_NAME:
    case HTML_UNQUOTED:
        html->state = HTML_GLUED;
        return true;
    default:
        break;
    }
    char where[TEMPLATE_ERROR_MAX];
    html_describe(html, where, sizeof(where));
    return template_refuse(
        source, at,
        "no {%% tag %%} may stand %s; put it around the whole of "
        "that, or into the text or a quoted value",
        where);
}

static enum html_url merge_url(const struct html *a, const struct html *b)
{
    if (a->url == URL_WHOLE || b->url == URL_WHOLE)
        return URL_WHOLE;
    if (a->url == b->url && strcmp(a->scheme, b->scheme) == 0)
        return a->url;
    return URL_UNSURE;
}

bool html_merge(struct html *html, const struct html *other)
{
    bool same_tag = strcmp(html->tag, other->tag) == 0;
    if (is_in_tag(html->state) && is_in_tag(other->state)) {
        if (!same_tag)
            return false;
        if (other->state == HTML_GLUED)
            html->state = HTML_GLUED;
    } else if (html->state != other->state) {
        return false;
    } else if (html->state == HTML_TEXT) {
        if (html->pre_depth != other->pre_depth)
            return false;
    } else if (html->state == HTML_RAW) {
        if (!same_tag || !json_merge(html, other))
            return false;
    } else if (html->state == HTML_RCDATA) {
        if (!same_tag)
            return false;
    } else if (html->state == HTML_QUOTED) {
        if (!same_tag || strcmp(html->attribute, other->attribute) != 0 ||
            html->quote != other->quote)
            return false;
        html->url = merge_url(html, other);
    }
    if (html->typed != other->typed || strcmp(html->type, other->type) != 0)
        memcpy(html->type, "!", 2);
    html->typed = html->typed || other->typed;
    html->spaced = html->spaced && other->spaced;
    html->fresh = html->fresh && other->fresh;
    html->refresh = html->refresh || other->refresh;
    html->content_hole = html->content_hole || other->content_hole;
    return true;
}

bool html_verbatim(const struct html *html)
{
    return html->state == HTML_PLAIN || html->state == HTML_QUOTED ||
           html->state == HTML_RCDATA ||
           (html->state == HTML_TEXT && html->pre_depth > 0);
}

void html_describe(const struct html *html, char *words, size_t size)
{
    switch (html->state) {
    case HTML_PLAIN:
        snprintf(words, size, "in a plain text");
        return;
    case HTML_TEXT:
        snprintf(words, size, html->pre_depth ? "in <pre>" : "in the text");
        return;
    case HTML_RCDATA:
    case HTML_RAW:
        snprintf(words, size, "in <%s>", html->tag);
        return;
    case HTML_BANG:
    case HTML_COMMENT:
        snprintf(words, size, "in an HTML comment");
        return;
    case HTML_DOCTYPE:
        snprintf(words, size, "in the doctype");
        return;
    case HTML_LESS:
    case HTML_END_LESS:
    case HTML_END_NAME:
    case HTML_TAG_NAME:
        snprintf(words, size, "in the name of a tag");
        return;
    case HTML_END_REST:
        snprintf(words, size, "in the end tag </%s>", html->close);
        return;
    case HTML_BETWEEN:
    case HTML_GLUED:
    case HTML_SLASH:
        snprintf(words, size, "in the tag <%s>", html->tag);
        return;
    case HTML_NAME:
        snprintf(words, size, "in the name of an attribute");
        return;
    case HTML_AFTER_EQUAL:
    case HTML_UNQUOTED:
        snprintf(words, size, "in the attribute %s without quotes",
                 html->attribute);
        return;
    case HTML_QUOTED:
        snprintf(words, size, "in the attribute %s of <%s>", html->attribute,
                 html->tag);
        return;
    }
}
