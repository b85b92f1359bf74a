/*
 * {% t %}: words that are translated.
 *
 *     {% t %}Add a comment{% end %}
 *     {% t author = v->author %}Written by <bdi>{{ author }}</bdi>{% end %}
 *     {% t n = v->count %}1 comment{% plural %}{{ n }} comments{% end %}
 *     {% t "the button" %}Open{% end %}
 *
 * What stands between is HTML, followed like any other, so that each value
 * is escaped for its place, and so that a translation can be held to the same
 * place, the same tags and the same values. Translators see it as it is
 * written, with {author} for a value, and with the context that a string at
 * the beginning gives: the same words may need two translations.
 */

#include "template_parser.h"

#include <string.h>

static bool same(struct slice a, struct slice b)
{
    return a.length == b.length && memcmp(a.at, b.at, a.length) == 0;
}

static struct text *current_words(struct message *message)
{
    return message->has_many ? &message->many : &message->words;
}

/* ---- {% t NAME = EXPRESSION, ... %} ---- */

static bool refuse_names(struct parser *p, const char *at)
{
    return template_refuse(
        p->source, at,
        "the values of a {%% t %%} are written {%% t NAME = EXPRESSION, ... "
        "%%}, behind a context in quotes if there is one; complete this");
}

static bool add_value_name(struct parser *p, struct slice words)
{
    struct message *message = p->message;
    const char *begin = words.at;
    struct slice name = take_name(&words);
    if (name.length == 0 || !is_name_start(*name.at) || words.length < 2 ||
        *words.at != '=' || words.at[1] == '=')
        return refuse_names(p, begin);
    struct slice code =
        slice_trim((struct slice){words.at + 1, words.length - 1});
    if (code.length == 0)
        return refuse_names(p, begin);
    for (size_t i = 0; i < message->name_count; i++) {
        if (same(message->names[i].name, name))
            return template_refuse(p->source, begin,
                                   "the value %.*s is there already; choose "
                                   "another name",
                                   (int)name.length, name.at);
    }
    if (message->name_count == TEMPLATE_VALUES_MAX)
        return template_refuse(p->source, begin,
                               "a {%% t %%} has at most %d values; divide it",
                               TEMPLATE_VALUES_MAX);
    message->names[message->name_count++] = (struct message_name){name, code};
    return true;
}

/* Takes {% t "CONTEXT", ... %} off the beginning. */
static bool take_context(struct parser *p, struct slice *words)
{
    if (words->length == 0 || *words->at != '"')
        return true;
    const char *begin = words->at + 1;
    const char *end = words->at + words->length;
    const char *quote = memchr(begin, '"', (size_t)(end - begin));
    size_t length = quote ? (size_t)(quote - begin) : 0;
    if (length == 0 || length > TEMPLATE_NAME_MAX ||
        memchr(begin, '\\', length) || memchr(begin, '\n', length))
        return template_refuse(p->source, words->at,
                               "the context of a {%% t %%} is one line of 1 to "
                               "%d bytes between quotes, without \\; correct "
                               "it",
                               TEMPLATE_NAME_MAX);
    p->message->context = (struct slice){begin, length};
    *words = slice_trim((struct slice){quote + 1, (size_t)(end - quote - 1)});
    if (words->length == 0)
        return true;
    if (*words->at != ',')
        return refuse_names(p, words->at);
    *words = slice_trim((struct slice){words->at + 1, words->length - 1});
    return words->length > 0 || refuse_names(p, words->at);
}

static bool parse_names(struct parser *p, struct slice words)
{
    while (words.length > 0) {
        const char *end = words.at + words.length;
        const char *comma;
        if (!check_code(p->source, words, &comma))
            return false;
        const char *until = comma ? comma : end;
        struct slice one = {words.at, (size_t)(until - words.at)};
        if (!add_value_name(p, slice_trim(one)))
            return false;
        if (!comma)
            return true;
        words =
            slice_trim((struct slice){comma + 1, (size_t)(end - comma - 1)});
        if (words.length == 0)
            return refuse_names(p, comma);
    }
    return true;
}

static bool may_hold_message(const struct html *html)
{
    return html->state == HTML_TEXT || html->state == HTML_PLAIN ||
           (html->state == HTML_RCDATA && html->progress == 0) ||
           (html->state == HTML_QUOTED && html->value == VALUE_PLAIN &&
            !html->reads_type);
}

bool parse_message(struct parser *p, const struct token *token,
                   struct slice words)
{
    const char *at = token->all.at;
    struct unit *unit = p->unit;
    if (!html_pause(&p->html, p->source, at))
        return false;
    if (!may_hold_message(&p->html)) {
        char where[128];
        html_describe(&p->html, where, sizeof(where));
        return template_refuse(
            p->source, at,
            "no {%% t %%} may stand %s; words stand in the text and in quoted "
            "values of attributes that are no URL",
            where);
    }
    unit->messages =
        template_grow(unit->messages, unit->message_count,
                      &unit->message_capacity, sizeof(*unit->messages));
    p->message = &unit->messages[unit->message_count++];
    *p->message =
        (struct message){.at = at, .line = line_of(p, at), .html = p->html};
    p->message->html.one_line = true;
    p->message->html.fresh = false;
    text_add(&p->message->words, "", 0);
    text_add(&p->message->many, "", 0);
    if (!open_block(p, BLOCK_MESSAGE, at) || !take_context(p, &words) ||
        !parse_names(p, words))
        return false;
    p->html.one_line = true;
    return true;
}

/* ---- what stands in it ---- */

bool parse_plural(struct parser *p, const struct token *token,
                  struct slice words)
{
    const char *at = token->all.at;
    if (words.length > 0)
        return template_refuse(p->source, words.at,
                               "{%% plural %%} stands alone; remove what "
                               "follows");
    if (!p->message)
        return template_refuse(p->source, at,
                               "this {%% plural %%} belongs to no {%% t %%}; "
                               "remove it");
    if (p->message->has_many)
        return template_refuse(p->source, at,
                               "the {%% t %%} of line %zu has a {%% plural %%} "
                               "already; remove one",
                               p->message->line);
    if (p->message->name_count == 0)
        return template_refuse(
            p->source, at,
            "a {%% plural %%} needs the number that chooses; begin with "
            "{%% t n = EXPRESSION %%}");
    if (!end_branch(p, at))
        return false;
    p->html = p->blocks[p->depth - 1].entry;
    p->html.one_line = true;
    p->message->has_many = true;
    return true;
}

bool message_literal(struct parser *p, struct slice literal)
{
    for (size_t i = 0; i < literal.length; i++) {
        if (literal.at[i] == '{' || literal.at[i] == '}')
            return template_refuse(
                p->source, literal.at + i,
                "in {%% t %%} a brace names a value to translators; write "
                "&#%d; for the character",
                literal.at[i]);
    }
    struct text *words = current_words(p->message);
    if (!html_literal(&p->html, p->source, literal, words))
        return false;
    return words->length <= TEMPLATE_WORDS_MAX ||
           template_refuse(p->source, p->message->at,
                           "more than %d bytes stand in this {%% t %%}; divide "
                           "it",
                           TEMPLATE_WORDS_MAX);
}

static bool add_value(struct parser *p, const char *at, size_t name,
                      enum html_escape escape)
{
    struct message *message = p->message;
    for (size_t i = 0; i < message->value_count; i++) {
        if (message->values[i].name == name &&
            message->values[i].escape == escape)
            return true;
    }
    if (message->value_count == TEMPLATE_VALUES_MAX)
        return template_refuse(p->source, at,
                               "a {%% t %%} has at most %d values; divide it",
                               TEMPLATE_VALUES_MAX);
    message->values[message->value_count++] =
        (struct message_value){name, escape};
    return true;
}

bool message_hole(struct parser *p, const struct token *token)
{
    struct message *message = p->message;
    const char *at = token->all.at;
    enum html_escape escape;
    size_t i = 0;
    while (i < message->name_count &&
           !same(message->names[i].name, token->inner))
        i++;
    if (i == message->name_count)
        return template_refuse(
            p->source, at,
            "a hole in {%% t %%} is a name that translators see; write {%% t "
            "NAME = EXPRESSION %%} and {{ NAME }}");
    if (!html_hole(&p->html, p->source, at, &escape) ||
        !add_value(p, at, i, escape))
        return false;
    message->used[message->has_many] |= 1U << i;
    text_printf(current_words(message), "{%.*s}", (int)token->inner.length,
                token->inner.at);
    return true;
}

/* ---- {% end %} ---- */

static bool is_space(char byte)
{
    return byte == ' ' || byte == '\n' || byte == '\t';
}

/* White space at both ends is not translated: how much of it there is. */
static void trim_words(struct text *words, size_t *before, size_t *after)
{
    *before = 0;
    *after = 0;
    while (*before < words->length && is_space(words->bytes[*before]))
        ++*before;
    while (*before + *after < words->length &&
           is_space(words->bytes[words->length - *after - 1]))
        ++*after;
}

static void cut_words(struct text *words, size_t before, size_t after)
{
    words->length -= before + after;
    memmove(words->bytes, words->bytes + before, words->length);
    words->bytes[words->length] = '\0';
}

/* Each form has each value; only the number may be left out. */
static bool check_values(struct parser *p)
{
    const struct message *message = p->message;
    size_t forms = message->has_many ? 2 : 1;
    for (size_t i = message->has_many; i < message->name_count; i++) {
        for (size_t form = 0; form < forms; form++) {
            if (message->used[form] & 1U << i)
                continue;
            return template_refuse(
                p->source, message->names[i].name.at,
                "the value %.*s is not used in this {%% t %%}%s; use it, or "
                "remove it",
                (int)message->names[i].name.length, message->names[i].name.at,
                message->has_many ? ", before and after {% plural %}" : "");
        }
    }
    return true;
}

/* Translations are held to the tags, so these must be whole elements. */
static bool check_tags(struct parser *p, const struct text *words)
{
    return p->message->html.state != HTML_TEXT || words_are_whole(words) ||
           template_refuse(p->source, p->message->at,
                           "each tag that ends in a {%% t %%} begins in it, "
                           "and there are at most %d; put both or none into "
                           "it",
                           TEMPLATE_TAGS_MAX);
}

bool end_message(struct parser *p)
{
    struct message *message = p->message;
    size_t before;
    size_t after;
    size_t other_before;
    size_t other_after;
    trim_words(&message->words, &before, &after);
    trim_words(&message->many, &other_before, &other_after);
    bool is_empty = message->words.length == before + after;
    if (is_empty || (message->has_many &&
                     message->many.length == other_before + other_after))
        return template_refuse(p->source, message->at,
                               "nothing stands in this {%% t %%}; write the "
                               "words");
    if (!check_values(p) || !check_tags(p, &message->words) ||
        !check_tags(p, &message->many))
        return false;
    feed_bytes(p, message->at, message->words.bytes, before);
    add_step(p, STEP_MESSAGE, message->at)->number =
        (unsigned)(p->unit->message_count - 1);
    feed_bytes(p, message->at,
               message->words.bytes + message->words.length - after, after);
    cut_words(&message->words, before, after);
    cut_words(&message->many, other_before, other_after);
    p->message = NULL;
    return true;
}
