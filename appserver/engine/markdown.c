/*
 * Markdown, parsed by cmark-gfm and written by ourselves: the library makes a
 * tree, and only what is named here of that tree becomes an element, with our
 * own escapes. Its own HTML is never used.
 *
 * Memory: the parser has an arena of the worker's own, which is emptied before
 * each use. When it is used up, a long jump leaves the parser, which holds
 * nothing else; and when the request itself is cut off while it writes, the
 * next use empties what that one left.
 *
 * Time: the parser is quadratic, or worse, for a few shapes of text (containers
 * within containers, unended declarations, endless rows). is_harmless() refuses
 * them before it sees them; tests/unit/markdown_test.c keeps the clock.
 *
 * Depth: the walk over the tree is a loop, and what is nested deeper than
 * DEPTH_MAX is written without its elements.
 */

#include <foobar/markdown.h>

#include <cmark-gfm-core-extensions.h>
#include <cmark-gfm.h>
#include <setjmp.h>
#include <stdio.h>
#include <string.h>

#include "markdown_url.h"
#include "request.h"

#define SCRATCH_BYTES ((size_t)64 * 1024 * 1024)
#define PIECE_HEAD ((size_t)16)
#define DEPTH_MAX 40
#define CONTAINERS_MAX 32 /* begun in one line */
#define CELLS_MAX 128     /* in one row */
#define DECLARATIONS_MAX 200
#define OUTPUT_FACTOR 12 /* one short link is nine times itself, with its rel */
#define OUTPUT_LEAST 4096

static struct arena scratch;
static sigjmp_buf no_memory;

static void *scratch_alloc(size_t count, size_t size)
{
    unsigned char *piece = NULL;

    if (size == 0 || count < SCRATCH_BYTES / size) {
        piece = arena_alloc(&scratch, PIECE_HEAD + count * size);
    }
    if (piece == NULL) {
        siglongjmp(no_memory, 1);
    }
    memcpy(piece, &(size_t){count * size}, sizeof(size_t));
    return piece + PIECE_HEAD;
}

static void *scratch_realloc(void *old, size_t size)
{
    void *fresh = scratch_alloc(1, size);
    size_t old_size;

    if (old != NULL) {
        memcpy(&old_size, (unsigned char *)old - PIECE_HEAD, sizeof(old_size));
        memcpy(fresh, old, old_size < size ? old_size : size);
    }
    return fresh;
}

static void scratch_free(void *memory)
{
    (void)memory; /* all of it at once, before the next use */
}

static cmark_mem memory = {scratch_alloc, scratch_realloc, scratch_free};

/* --------------------------------------------------- what is not parsed */

/*
 * Loops rather than strspn(): the checked one of a sanitizer looks at all of
 * the text that follows, and a text of short lines is then read once a line.
 */
static bool ends_line(char c)
{
    return c == '\0' || c == '\r' || c == '\n';
}

static const char *skip_blanks(const char *text)
{
    while (*text == ' ' || *text == '\t') {
        text++;
    }
    return text;
}

static const char *skip_line_ends(const char *text)
{
    while (*text == '\r' || *text == '\n') {
        text++;
    }
    return text;
}

/* The length of a list's or a quote's mark at the beginning of text, or 0. */
static size_t mark_length(const char *text)
{
    size_t digits = 0;

    if (*text == '>') {
        return 1;
    }
    while (text[digits] >= '0' && text[digits] <= '9') {
        digits++;
    }
    if (digits > 0 && digits < 10 &&
        (text[digits] == '.' || text[digits] == ')')) {
        digits++;
    } else {
        digits = *text == '-' || *text == '*' || *text == '+';
    }
    return digits > 0 && strchr(" \t\r\n", text[digits]) != NULL ? digits : 0;
}

static bool opens_too_many(const char *line)
{
    int containers = 0;
    size_t length;

    line = skip_blanks(line);
    while ((length = mark_length(line)) > 0) {
        line = skip_blanks(line + length);
        containers++;
    }
    return containers > CONTAINERS_MAX;
}

static bool has_too_many_cells(const char *line, size_t length)
{
    size_t cells = 0;
    size_t i;

    for (i = 0; i < length; i++) {
        cells += line[i] == '|';
    }
    return cells > CELLS_MAX;
}

static bool is_harmless(const char *text)
{
    size_t declarations = 0;
    size_t length;

    for (; *text != '\0'; text += length + (text[length] != '\0')) {
        for (length = 0; !ends_line(text[length]); length++) {
            declarations += text[length] == '<' && (text[length + 1] == '!' ||
                                                    text[length + 1] == '?');
        }
        if (opens_too_many(text) || has_too_many_cells(text, length)) {
            return false;
        }
    }
    return declarations <= DECLARATIONS_MAX;
}

/* ------------------------------------------------------------- the tree */

static const char *const extensions[] = {"table", "strikethrough", "tasklist"};

/* Its nodes are in the scratch arena. */
static cmark_node *parse(const char *text)
{
    cmark_parser *parser;
    cmark_node *root;
    size_t i;

    cmark_gfm_core_extensions_ensure_registered();
    parser = cmark_parser_new_with_mem(CMARK_OPT_VALIDATE_UTF8, &memory);
    for (i = 0; i < sizeof(extensions) / sizeof(extensions[0]); i++) {
        cmark_parser_attach_syntax_extension(
            parser, cmark_find_syntax_extension(extensions[i]));
    }
    cmark_parser_feed(parser, text, strlen(text));
    root = cmark_parser_finish(parser);
    cmark_consolidate_text_nodes(root);
    return root;
}

/* What a node may be here. The extensions have no constants for theirs. */
enum kind {
    KIND_NONE, /* nothing is written for it */
    KIND_QUOTE,
    KIND_LIST,
    KIND_ITEM,
    KIND_PARAGRAPH,
    KIND_HEADING,
    KIND_EMPHASIS,
    KIND_STRONG,
    KIND_DELETED,
    KIND_LINK,
    KIND_IMAGE,
    KIND_TABLE,
    KIND_ROW,
    KIND_CELL,
    KIND_CODE_BLOCK,
    KIND_HTML_BLOCK,
    KIND_RULE,
    KIND_TEXT, /* and inline HTML, which is shown as text */
    KIND_CODE,
    KIND_SOFT_BREAK,
    KIND_BREAK
};

static enum kind kind_of(cmark_node *node)
{
    static const struct {
        const char *name;
        enum kind kind;
    } kinds[] = {
        {"block_quote", KIND_QUOTE},
        {"list", KIND_LIST},
        {"item", KIND_ITEM},
        {"tasklist", KIND_ITEM},
        {"paragraph", KIND_PARAGRAPH},
        {"heading", KIND_HEADING},
        {"emph", KIND_EMPHASIS},
        {"strong", KIND_STRONG},
        {"strikethrough", KIND_DELETED},
        {"link", KIND_LINK},
        {"image", KIND_IMAGE},
        {"table", KIND_TABLE},
        {"table_header", KIND_ROW},
        {"table_row", KIND_ROW},
        {"table_cell", KIND_CELL},
        {"code_block", KIND_CODE_BLOCK},
        {"html_block", KIND_HTML_BLOCK},
        {"thematic_break", KIND_RULE},
        {"text", KIND_TEXT},
        {"html_inline", KIND_TEXT},
        {"code", KIND_CODE},
        {"softbreak", KIND_SOFT_BREAK},
        {"linebreak", KIND_BREAK},
    };
    const char *name;
    size_t i;

    if (cmark_node_get_type(node) == CMARK_NODE_TEXT) {
        return KIND_TEXT; /* most of them are */
    }
    name = cmark_node_get_type_string(node);
    for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        if (strcmp(kinds[i].name, name) == 0) {
            return kinds[i].kind;
        }
    }
    return KIND_NONE;
}

static const char *literal_of(cmark_node *node)
{
    const char *text = cmark_node_get_literal(node);

    return text != NULL ? text : "";
}

/* ---------------------------------------------------------------- as HTML */

struct writer {
    struct fb_out *out;
    const struct fb_markdown_options *options;
    int depth;
    const cmark_node *link;  /* whose <a> is open */
    const cmark_node *image; /* whose alt="" is being written */
    bool in_table_body;
    int column;
};

static void put(struct writer *writer, const char *html)
{
    fb_out_literal(writer->out, html, strlen(html));
}

static const char *escape_of(char c)
{
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&#34;";
    case '\'':
        return "&#39;";
    default:
        /* Controls mean nothing in a page; they are left out. */
        return ((unsigned char)c < 0x20 && c != '\n' && c != '\t') || c == 0x7f
                   ? ""
                   : NULL;
    }
}

static void put_text(struct writer *writer, const char *text, size_t length)
{
    size_t plain = 0;
    size_t i;

    for (i = 0; i < length; i++) {
        const char *escape = escape_of(text[i]);

        if (escape != NULL) {
            fb_out_literal(writer->out, text + plain, i - plain);
            put(writer, escape);
            plain = i + 1;
        }
    }
    fb_out_literal(writer->out, text + plain, length - plain);
}

static bool is_url_byte(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           (c >= '0' && c <= '9') ||
           (c != '\0' && strchr("-._~:/?#[]@!$()*+,;=%", c) != NULL);
}

static void put_url(struct writer *writer, const char *url, size_t length)
{
    static const char digits[] = "0123456789ABCDEF";
    size_t i;

    for (i = 0; i < length; i++) {
        unsigned char c = (unsigned char)url[i];

        if (url[i] == '&') {
            put(writer, "&amp;");
        } else if (is_url_byte(url[i])) {
            fb_out_literal(writer->out, url + i, 1);
        } else {
            char escape[3] = {'%', digits[c >> 4], digits[c & 15]};

            fb_out_literal(writer->out, escape, sizeof(escape));
        }
    }
}

static void put_link(struct writer *writer, const char *url, size_t length)
{
    put(writer, "<a href=\"");
    put_url(writer, url, length);
    put(writer, writer->options->own_words
                    ? "\">"
                    : "\" rel=\"nofollow ugc noopener\">");
}

static bool is_alphanumeric(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           (c >= '0' && c <= '9');
}

/* Text whose bare addresses become links. */
static void put_words(struct writer *writer, const char *text)
{
    const char *end = text + strlen(text);
    const char *plain = text;
    const char *at;

    if (writer->link != NULL || writer->image != NULL) {
        put_text(writer, text, (size_t)(end - text));
        return;
    }
    for (at = text; at < end;) {
        size_t length = (*at == 'h' || *at == 'H') &&
                                !(at > text && is_alphanumeric(at[-1]))
                            ? markdown_url_at(at, (size_t)(end - at))
                            : 0;

        if (length == 0) {
            at++;
            continue;
        }
        put_text(writer, plain, (size_t)(at - plain));
        put_link(writer, at, length);
        put_text(writer, at, length);
        put(writer, "</a>");
        at += length;
        plain = at;
    }
    put_text(writer, plain, (size_t)(end - plain));
}

static void put_heading(struct writer *writer, cmark_node *node, bool enters)
{
    int level =
        cmark_node_get_heading_level(node) + writer->options->heading_shift;
    char tag[24];

    level = level < 1 ? 1 : level;
    level = level > 6 ? 6 : level;
    snprintf(tag, sizeof(tag), enters ? "<h%d dir=\"auto\">" : "</h%d>\n",
             level);
    put(writer, tag);
}

static void put_list(struct writer *writer, cmark_node *node, bool enters)
{
    bool is_ordered = cmark_node_get_list_type(node) == CMARK_ORDERED_LIST;
    int start = cmark_node_get_list_start(node);
    char tag[32];

    if (!enters) {
        put(writer, is_ordered ? "</ol>\n" : "</ul>\n");
    } else if (is_ordered && start != 1) {
        snprintf(tag, sizeof(tag), "<ol start=\"%d\">\n", start);
        put(writer, tag);
    } else {
        put(writer, is_ordered ? "<ol>\n" : "<ul>\n");
    }
}

static void put_item(struct writer *writer, cmark_node *node, bool enters)
{
    put(writer, enters ? "<li dir=\"auto\">" : "</li>\n");
    if (enters && strcmp(cmark_node_get_type_string(node), "tasklist") == 0) {
        put(writer,
            cmark_gfm_extensions_get_tasklist_item_checked(node) ? "☑ " : "☐ ");
    }
}

/* In a list without empty lines an item is its text, not a paragraph. */
static bool is_in_tight_list(cmark_node *paragraph)
{
    cmark_node *item = cmark_node_parent(paragraph);
    cmark_node *list = item != NULL ? cmark_node_parent(item) : NULL;

    return list != NULL && cmark_node_get_type(list) == CMARK_NODE_LIST &&
           cmark_node_get_list_tight(list);
}

static void put_table(struct writer *writer, bool enters)
{
    if (!enters) {
        put(writer, writer->in_table_body ? "</tbody>\n" : "");
    }
    writer->in_table_body = false;
    put(writer, enters ? "<table>\n" : "</table>\n");
}

static void put_row(struct writer *writer, cmark_node *node, bool enters)
{
    bool is_head = cmark_gfm_extensions_get_table_row_is_header(node) != 0;

    writer->column = 0;
    if (!enters) {
        put(writer, is_head ? "</tr></thead>\n" : "</tr>\n");
    } else if (is_head) {
        put(writer, "<thead><tr>");
    } else {
        put(writer, writer->in_table_body ? "<tr>" : "<tbody>\n<tr>");
        writer->in_table_body = true;
    }
}

static const char *alignment_of(cmark_node *cell, int column)
{
    cmark_node *table = cmark_node_parent(cmark_node_parent(cell));
    const uint8_t *alignments =
        cmark_gfm_extensions_get_table_alignments(table);

    if (alignments == NULL ||
        column >= cmark_gfm_extensions_get_table_columns(table)) {
        return "";
    }
    switch (alignments[column]) {
    case 'c':
        return " class=\"centered\"";
    case 'r':
        return " class=\"to-end\"";
    default:
        return "";
    }
}

static void put_cell(struct writer *writer, cmark_node *node, bool enters)
{
    bool is_head =
        cmark_gfm_extensions_get_table_row_is_header(cmark_node_parent(node));

    if (!enters) {
        put(writer, is_head ? "</th>" : "</td>");
        return;
    }
    put(writer, is_head ? "<th dir=\"auto\"" : "<td dir=\"auto\"");
    put(writer, alignment_of(node, writer->column++));
    put(writer, ">");
}

/* A link within a link, as images can have it, is its words. */
static void put_link_node(struct writer *writer, cmark_node *node, bool enters)
{
    const char *url = cmark_node_get_url(node);

    if (!enters && writer->link == node) {
        writer->link = NULL;
        put(writer, "</a>");
    } else if (enters && writer->link == NULL &&
               markdown_url_is_safe(url, strlen(url), false)) {
        writer->link = node;
        put_link(writer, url, strlen(url));
    }
}

static void put_image(struct writer *writer, cmark_node *node, bool enters)
{
    const char *url = cmark_node_get_url(node);

    if (!writer->options->images) {
        put_link_node(writer, node, enters);
    } else if (!enters && writer->image == node) {
        writer->image = NULL;
        put(writer, "\">");
    } else if (enters && markdown_url_is_safe(url, strlen(url), true)) {
        writer->image = node;
        put(writer, "<img src=\"");
        put_url(writer, url, strlen(url));
        put(writer, "\" alt=\"");
    }
}

/* A node without any within it. */
static void put_leaf(struct writer *writer, enum kind kind, cmark_node *node)
{
    const char *text = literal_of(node);

    switch (kind) {
    case KIND_CODE_BLOCK:
        put(writer, "<pre dir=\"auto\"><code>");
        put_text(writer, text, strlen(text));
        put(writer, "</code></pre>\n");
        break;
    case KIND_HTML_BLOCK:
        put(writer, "<p dir=\"auto\">");
        put_text(writer, text, strlen(text));
        put(writer, "</p>\n");
        break;
    case KIND_CODE:
        put(writer, "<code>");
        put_text(writer, text, strlen(text));
        put(writer, "</code>");
        break;
    case KIND_RULE:
        put(writer, "<hr>\n");
        break;
    case KIND_SOFT_BREAK:
        put(writer, writer->options->line_breaks ? "<br>\n" : "\n");
        break;
    case KIND_BREAK:
        put(writer, "<br>\n");
        break;
    default:
        put_words(writer, text);
    }
}

static void put_element(struct writer *writer, enum kind kind, cmark_node *node,
                        bool enters)
{
    switch (kind) {
    case KIND_QUOTE:
        put(writer, enters ? "<blockquote>\n" : "</blockquote>\n");
        break;
    case KIND_LIST:
        put_list(writer, node, enters);
        break;
    case KIND_ITEM:
        put_item(writer, node, enters);
        break;
    case KIND_PARAGRAPH:
        if (!is_in_tight_list(node)) {
            put(writer, enters ? "<p dir=\"auto\">" : "</p>\n");
        }
        break;
    case KIND_HEADING:
        put_heading(writer, node, enters);
        break;
    case KIND_EMPHASIS:
        put(writer, enters ? "<em>" : "</em>");
        break;
    case KIND_STRONG:
        put(writer, enters ? "<strong>" : "</strong>");
        break;
    case KIND_DELETED:
        put(writer, enters ? "<del>" : "</del>");
        break;
    case KIND_LINK:
        put_link_node(writer, node, enters);
        break;
    case KIND_IMAGE:
        put_image(writer, node, enters);
        break;
    case KIND_TABLE:
        put_table(writer, enters);
        break;
    case KIND_ROW:
        put_row(writer, node, enters);
        break;
    case KIND_CELL:
        put_cell(writer, node, enters);
        break;
    default:
        if (enters) {
            put_leaf(writer, kind, node);
        }
    }
}

/* Kinds before this one have an end, and others within them. */
#define FIRST_LEAF KIND_CODE_BLOCK

/* Within alt="" and below DEPTH_MAX there is text and nothing else. */
static void put_node_as_text(struct writer *writer, enum kind kind,
                             cmark_node *node)
{
    const char *text = literal_of(node);

    if (kind == KIND_SOFT_BREAK || kind == KIND_BREAK) {
        put(writer, " ");
    } else if (kind >= FIRST_LEAF) {
        put_text(writer, text, strlen(text));
    }
}

static void put_node(struct writer *writer, cmark_node *node, bool enters)
{
    enum kind kind = kind_of(node);
    bool is_text_only;

    if (kind < FIRST_LEAF && !enters) {
        writer->depth--;
    }
    is_text_only = writer->image != NULL ? writer->image != node
                                         : writer->depth > DEPTH_MAX;
    if (is_text_only && enters) {
        put_node_as_text(writer, kind, node);
    } else if (!is_text_only && kind != KIND_NONE) {
        put_element(writer, kind, node, enters);
    }
    if (kind < FIRST_LEAF && enters) {
        writer->depth++;
    }
}

/*
 * Walks over the tree; false when what is written grows out of proportion,
 * as by one long address that hundreds of references repeat.
 */
static bool put_tree(struct writer *writer, cmark_node *root, size_t most)
{
    cmark_iter *walk = cmark_iter_new(root);
    cmark_event_type event;

    while ((event = cmark_iter_next(walk)) != CMARK_EVENT_DONE) {
        put_node(writer, cmark_iter_get_node(walk), event == CMARK_EVENT_ENTER);
        if (writer->out->length > most) {
            return false;
        }
    }
    return true;
}

/* ---------------------------------------------------------------- as text */

static void end_line(struct fb_out *out)
{
    if (out->length > 0 && out->bytes[out->length - 1] != '\n') {
        fb_out_literal(out, "\n", 1);
    }
}

static void put_plain_node(struct fb_out *out, cmark_node *node, bool enters)
{
    enum kind kind = kind_of(node);
    const char *text = literal_of(node);

    if (kind == KIND_SOFT_BREAK || kind == KIND_BREAK) {
        end_line(out);
    } else if (kind == KIND_CELL && !enters) {
        fb_out_literal(out, " ", 1);
    } else if (kind >= FIRST_LEAF) {
        fb_out_literal(out, text, strlen(text));
    }
    if (kind == KIND_CODE_BLOCK || kind == KIND_HTML_BLOCK ||
        (!enters && (kind == KIND_PARAGRAPH || kind == KIND_HEADING ||
                     kind == KIND_ROW))) {
        end_line(out);
    }
}

static void put_plain_tree(struct fb_out *out, cmark_node *root)
{
    cmark_iter *walk = cmark_iter_new(root);
    cmark_event_type event;

    while ((event = cmark_iter_next(walk)) != CMARK_EVENT_DONE) {
        put_plain_node(out, cmark_iter_get_node(walk),
                       event == CMARK_EVENT_ENTER);
    }
}

/* --------------------------------------------- what handlers see of it */

/* Room for what most texts become, so that it need not grow. */
static void make_room(struct fb_out *out, struct fb_request *request,
                      size_t length)
{
    out->request = request;
    out->length = 0;
    out->size = length + length / 4 + 64;
    out->bytes = request_alloc_raw(request, out->size);
}

/* What is no Markdown for us: its paragraphs and its lines. */
static void put_as_it_is(struct writer *writer, const char *text)
{
    for (text = skip_line_ends(text); *text != '\0';) {
        put(writer, "<p dir=\"auto\">");
        while (!ends_line(*text)) {
            size_t length = 0;

            while (!ends_line(text[length])) {
                length++;
            }
            put_text(writer, text, length);
            text += length;
            text += *text == '\r';
            text += *text == '\n';
            if (!ends_line(*text)) {
                put(writer, "<br>\n");
            }
        }
        put(writer, "</p>\n");
        text = skip_line_ends(text);
    }
}

static bool can_parse(const char *text, size_t length)
{
    return length <= FB_MARKDOWN_MAX && is_harmless(text);
}

static void empty_scratch(void)
{
    if (scratch.limit == 0) {
        arena_init(&scratch, SCRATCH_BYTES);
    }
    arena_reset(&scratch);
}

/* false: it is too much, and what was written is to be forgotten. */
static bool write_html(struct writer *writer, const char *text, size_t most)
{
    if (sigsetjmp(no_memory, 0) != 0) {
        return false;
    }
    return put_tree(writer, parse(text), most);
}

static bool write_plain(struct fb_out *out, const char *text)
{
    if (sigsetjmp(no_memory, 0) != 0) {
        return false;
    }
    put_plain_tree(out, parse(text));
    return true;
}

struct fb_safe_html fb_markdown(struct fb_request *request, const char *text,
                                const struct fb_markdown_options *options)
{
    static const struct fb_markdown_options comment = {.line_breaks = true};
    size_t length = text != NULL ? strlen(text) : 0;
    struct fb_out out;
    struct writer writer = {.out = &out,
                            .options = options != NULL ? options : &comment};

    make_room(&out, request, length);
    empty_scratch();
    if (length > 0 &&
        (!can_parse(text, length) ||
         !write_html(&writer, text, OUTPUT_FACTOR * length + OUTPUT_LEAST))) {
        out_clear(&out);
        put_as_it_is(&writer, text);
    }
    arena_reset(&scratch);
    return (struct fb_safe_html){.bytes = out.bytes, .length = out.length};
}

const char *fb_markdown_text(struct fb_request *request, const char *text)
{
    size_t length = text != NULL ? strlen(text) : 0;
    struct fb_out out;

    make_room(&out, request, length);
    empty_scratch();
    if (length > 0 && (!can_parse(text, length) || !write_plain(&out, text))) {
        out_clear(&out);
        fb_out_literal(&out, text, length);
    }
    arena_reset(&scratch);
    while (out.length > 0 && out.bytes[out.length - 1] == '\n') {
        out.length--;
    }
    fb_out_literal(&out, "", 1);
    return out.bytes;
}
