/*
 * From bytes to tokens: literals, {{ holes }}, {% tags %}, {# comments #}.
 *
 * The C between the braces is not parsed (the C compiler does that, and
 * names the template's line), but it is looked at: it must be one expression
 * that cannot end the statement into which it is pasted, so that a slip of
 * the pen is told here and not twenty lines further down in generated code.
 */

#include "template.h"

#include <string.h>

static bool is_blank(char byte)
{
    return byte == ' ' || byte == '\t';
}

static bool is_space(char byte)
{
    return is_blank(byte) || byte == '\n';
}

bool is_name_start(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
           byte == '_';
}

bool is_name(char byte)
{
    return is_name_start(byte) || (byte >= '0' && byte <= '9');
}

struct slice slice_trim(struct slice slice)
{
    while (slice.length && is_space(*slice.at)) {
        slice.at++;
        slice.length--;
    }
    while (slice.length && is_space(slice.at[slice.length - 1]))
        slice.length--;
    return slice;
}

bool slice_is(struct slice slice, const char *word)
{
    return slice.length == strlen(word) &&
           memcmp(slice.at, word, slice.length) == 0;
}

/* ---- the bytes themselves ---- */

/*
 * The length of the UTF-8 sequence at `at`, or 0 if it is none: overlong
 * forms, surrogates and what lies beyond U+10FFFF are none.
 */
static size_t utf8_length(const unsigned char *at, size_t left)
{
    static const unsigned char least[] = {0, 0, 0x80, 0xA0, 0x90};
    size_t length = at[0] < 0x80                     ? 1
                    : at[0] >= 0xC2 && at[0] <= 0xDF ? 2
                    : (at[0] & 0xF0) == 0xE0         ? 3
                    : at[0] >= 0xF0 && at[0] <= 0xF4 ? 4
                                                     : 0;
    if (length < 2)
        return length;
    if (length > left)
        return 0;
    for (size_t i = 1; i < length; i++) {
        if ((at[i] & 0xC0) != 0x80)
            return 0;
    }
    if ((at[0] == 0xE0 || at[0] == 0xF0) && at[1] < least[length])
        return 0;
    if ((at[0] == 0xED && at[1] > 0x9F) || (at[0] == 0xF4 && at[1] > 0x8F))
        return 0;
    return length;
}

bool check_bytes(struct source *source)
{
    if (source->length > TEMPLATE_FILE_MAX)
        return template_refuse(
            source, source->bytes,
            "the file has %zu bytes, at most %d are allowed; "
            "divide it",
            source->length, TEMPLATE_FILE_MAX);
    const char *end = source->bytes + source->length;
    for (const char *at = source->bytes; at < end;) {
        size_t length =
            utf8_length((const unsigned char *)at, (size_t)(end - at));
        if (length == 0)
            return template_refuse(source, at,
                                   "this is not UTF-8; save the file as UTF-8");
        if (*at == '\r')
            return template_refuse(
                source, at,
                "this line ends in CR LF; save the file with LF "
                "alone");
        if (((unsigned char)*at < ' ' && !is_space(*at)) || *at == 0x7F)
            return template_refuse(source, at,
                                   "this is a control character; remove it");
        at += length;
    }
    return true;
}

/* ---- C between braces ---- */

/*
 * The end of the string or character constant that begins at `at`, just
 * after its closing quote, or NULL when it is not closed on its line.
 */
static const char *skip_quoted(const char *at, const char *end)
{
    char quote = *at++;
    while (at < end && *at != quote && *at != '\n')
        at += *at == '\\' && end - at > 1 && at[1] != '\n' ? 2 : 1;
    return at < end && *at == quote ? at + 1 : NULL;
}

static char partner(char bracket)
{
    switch (bracket) {
    case ')':
        return '(';
    case ']':
        return '[';
    case '}':
        return '{';
    default:
        return '\0';
    }
}

/* Refuses what would end or hide the statement that the code becomes. */
static bool check_code_byte(struct source *source, const char *at,
                            const char *end)
{
    if (*at == '/' && end - at > 1 && (at[1] == '/' || at[1] == '*'))
        return template_refuse(
            source, at,
            "a C comment cannot stand between the braces; write "
            "{# ... #} beside them");
    if (*at == ';')
        return template_refuse(
            source, at,
            "a ';' cannot stand between the braces; this is one "
            "expression, not a statement");
    if (*at == '#' || *at == '\\')
        return template_refuse(
            source, at,
            "a '%c' cannot stand between the braces; move this "
            "into a function",
            *at);
    return true;
}

struct brackets {
    const char *open[TEMPLATE_NESTING_MAX];
    size_t depth;
};

static bool check_bracket(struct source *source, struct brackets *brackets,
                          const char *at)
{
    if (*at == '(' || *at == '[' || *at == '{') {
        if (brackets->depth == TEMPLATE_NESTING_MAX)
            return template_refuse(
                source, at,
                "brackets are nested more than %d deep; move this "
                "into a function",
                TEMPLATE_NESTING_MAX);
        brackets->open[brackets->depth++] = at;
        return true;
    }
    char wanted = partner(*at);
    if (!wanted)
        return true;
    if (brackets->depth == 0 || *brackets->open[brackets->depth - 1] != wanted)
        return template_refuse(source, at, "'%c' closes nothing; add its '%c'",
                               *at, wanted);
    brackets->depth--;
    return true;
}

bool check_code(struct source *source, struct slice code, const char **comma)
{
    struct brackets brackets = {.depth = 0};
    const char *end = code.at + code.length;
    if (comma)
        *comma = NULL;
    if (code.length > TEMPLATE_CODE_MAX)
        return template_refuse(
            source, code.at,
            "%zu bytes stand between the braces, at most %d are "
            "allowed; move this into a function",
            code.length, TEMPLATE_CODE_MAX);
    for (const char *at = code.at; at < end;) {
        if (*at == '"' || *at == '\'') {
            const char *after = skip_quoted(at, end);
            if (!after)
                return template_refuse(
                    source, at,
                    "this quote is not closed on its line; add "
                    "the closing %c",
                    *at);
            at = after;
            continue;
        }
        if (!check_code_byte(source, at, end) ||
            !check_bracket(source, &brackets, at))
            return false;
        if (*at == ',' && brackets.depth == 0) {
            if (!comma)
                return template_refuse(
                    source, at,
                    "one expression belongs here, not two; remove "
                    "the ','");
            if (!*comma)
                *comma = at;
        }
        at++;
    }
    if (brackets.depth > 0)
        return template_refuse(
            source, brackets.open[brackets.depth - 1],
            "this '%c' is not closed; close it before the braces "
            "end",
            *brackets.open[brackets.depth - 1]);
    return true;
}

/* ---- tokens ---- */

static void add_token(struct tokens *tokens, enum token_kind kind,
                      const char *begin, const char *end)
{
    tokens->items = template_grow(tokens->items, tokens->count,
                                  &tokens->capacity, sizeof(*tokens->items));
    struct slice all = {begin, (size_t)(end - begin)};
    struct slice inner = all;
    if (kind != TOKEN_LITERAL) {
        inner.at += 2;
        inner.length -= 4;
        inner = slice_trim(inner);
    }
    tokens->items[tokens->count++] =
        (struct token){.kind = kind, .all = all, .inner = inner};
}

/*
 * The closing pair of braces for what begins at `at`, or NULL. In C, it may
 * not be part of a string, and "}}" may not close two initialisers.
 */
static const char *find_close(const char *at, const char *end, char kind)
{
    char first = kind == '{' ? '}' : kind;
    size_t depth = 0;
    for (at += 2; at + 1 < end; at++) {
        if (at[0] == first && at[1] == '}' && (kind != '{' || depth == 0))
            return at;
        if (kind == '#')
            continue;
        if (at[0] == '{' && (at[1] == '%' || at[1] == '#'))
            return NULL; /* the next tag begins, and this is still open */
        if (*at == '"' || *at == '\'') {
            const char *after = skip_quoted(at, end);
            /* An open quote is told better by check_code. */
            at = after ? after - 1 : at;
        } else if (*at == '{') {
            depth++;
        } else if (*at == '}' && depth > 0) {
            depth--;
        }
    }
    return NULL;
}

static bool is_open(const char *at, const char *end)
{
    return end - at > 1 && at[0] == '{' &&
           (at[1] == '{' || at[1] == '%' || at[1] == '#');
}

static bool scan_braces(struct source *source, struct tokens *tokens,
                        const char **at, const char *end)
{
    char kind = (*at)[1];
    const char *close = find_close(*at, end, kind);
    if (!close)
        return template_refuse(source, *at,
                               "this {%c is not closed; add its %c}", kind,
                               kind == '{' ? '}' : kind);
    add_token(tokens,
              kind == '{'   ? TOKEN_HOLE
              : kind == '%' ? TOKEN_TAG
                            : TOKEN_COMMENT,
              *at, close + 2);
    *at = close + 2;
    return true;
}

/* A call writes something, so its line is no line of tags alone. */
static bool is_silent(const struct token *token)
{
    if (token->kind == TOKEN_COMMENT)
        return true;
    return token->kind == TOKEN_TAG &&
           !(token->inner.length > 4 &&
             memcmp(token->inner.at, "call", 4) == 0 &&
             !is_name(token->inner.at[4]));
}

static bool begins_line(const struct source *source, const char *at)
{
    while (at > source->bytes && is_blank(at[-1]))
        at--;
    return at == source->bytes || at[-1] == '\n';
}

static bool ends_line(const struct source *source, const char *at)
{
    const char *end = source->bytes + source->length;
    while (at < end && is_blank(*at))
        at++;
    return at == end || *at == '\n';
}

static bool is_blank_literal(const struct token *token)
{
    if (token->kind != TOKEN_LITERAL)
        return false;
    for (size_t i = 0; i < token->all.length; i++) {
        if (!is_blank(token->all.at[i]))
            return false;
    }
    return true;
}

/*
 * Marks the tags and comments that have their lines to themselves. Several
 * may share a line: all of them are marked or none.
 */
static void mark_own_lines(const struct source *source, struct tokens *tokens)
{
    for (size_t i = 0; i < tokens->count; i++) {
        if (!is_silent(&tokens->items[i]) ||
            !begins_line(source, tokens->items[i].all.at))
            continue;
        size_t last = i;
        for (size_t j = i + 1; j < tokens->count; j++) {
            if (is_silent(&tokens->items[j]))
                last = j;
            else if (!is_blank_literal(&tokens->items[j]))
                break;
        }
        struct slice all = tokens->items[last].all;
        if (ends_line(source, all.at + all.length)) {
            for (size_t j = i; j <= last; j++)
                tokens->items[j].own_line = true;
        }
        i = last;
    }
}

bool template_scan(struct source *source, struct tokens *tokens)
{
    if (!check_bytes(source))
        return false;
    const char *end = source->bytes + source->length;
    const char *at = source->bytes;
    while (at < end) {
        const char *begin = at;
        while (at < end && !is_open(at, end))
            at++;
        if (at > begin)
            add_token(tokens, TOKEN_LITERAL, begin, at);
        if (at < end && !scan_braces(source, tokens, &at, end))
            return false;
    }
    mark_own_lines(source, tokens);
    return true;
}
