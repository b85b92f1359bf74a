/*
 * From tokens to steps: what a template's function will do, one after the
 * other. Blocks are checked here: each is closed, and each of its branches
 * ends where in the HTML it began, so that the context of what follows does
 * not depend on what a condition was.
 */

#include "template_parser.h"

#include <stdlib.h>
#include <string.h>

/* ---- steps ---- */

/* Tokens come in order, so counting goes on from the last place. */
size_t line_of(struct parser *p, const char *at)
{
    if (at < p->line_at) {
        p->line_at = p->source->bytes;
        p->line = 1;
    }
    for (; p->line_at < at; p->line_at++)
        p->line += *p->line_at == '\n';
    return p->line;
}

struct step *add_step(struct parser *p, enum step_kind kind, const char *at)
{
    struct unit *unit = p->unit;
    unit->steps = template_grow(unit->steps, unit->step_count,
                                &unit->step_capacity, sizeof(*unit->steps));
    struct step *step = &unit->steps[unit->step_count++];
    *step = (struct step){.kind = kind, .line = line_of(p, at)};
    return step;
}

/* What was added to the literals since `begin` becomes a step. */
static void literal_step(struct parser *p, const char *at, size_t begin)
{
    struct unit *unit = p->unit;
    size_t length = unit->literals.length - begin;
    if (length == 0)
        return;
    if (unit->step_count > p->fill_begin) {
        struct step *last = &unit->steps[unit->step_count - 1];
        if (last->kind == STEP_LITERAL &&
            last->offset + last->length == begin) {
            last->length += length;
            return;
        }
    }
    struct step *step = add_step(p, STEP_LITERAL, at);
    step->offset = begin;
    step->length = length;
}

bool feed(struct parser *p, struct slice literal)
{
    struct unit *unit = p->unit;
    size_t begin = unit->literals.length;
    if (!html_literal(&p->html, p->source, literal, &unit->literals))
        return false;
    struct slice shown = slice_trim(literal);
    literal_step(p, shown.length ? shown.at : literal.at, begin);
    return true;
}

void feed_bytes(struct parser *p, const char *at, const char *bytes,
                size_t length)
{
    size_t begin = p->unit->literals.length;
    text_add(&p->unit->literals, bytes, length);
    literal_step(p, at, begin);
}

/* ---- literals and holes ---- */

static bool outside(const struct parser *p)
{
    return p->depth == 0;
}

bool refuse_outside(struct parser *p, const char *at)
{
    return template_refuse(
        p->source, at,
        "this stands outside of any template; put it between "
        "{%% template NAME(...) %%} and {%% end %%}");
}

/* Between the blocks of a page: what is there would be sent nowhere. */
static bool between_blocks(const struct parser *p)
{
    return p->depth == 1 && p->drawn_in;
}

static bool refuse_between(struct parser *p, const char *at)
{
    return template_refuse(
        p->source, at,
        "this stands outside of the blocks of the page; put it between "
        "{%% block NAME %%} and {%% end %%}");
}

/*
 * Where white space is sent as it is, a line of tags alone must still yield
 * nothing: cut what is left of such lines from the literal's two ends.
 */
static struct slice cut_own_line_before(struct slice literal)
{
    while (literal.length && (*literal.at == ' ' || *literal.at == '\t')) {
        literal.at++;
        literal.length--;
    }
    if (literal.length && *literal.at == '\n') {
        literal.at++;
        literal.length--;
    }
    return literal;
}

static struct slice blank_tail(struct slice literal)
{
    struct slice tail = {literal.at + literal.length, 0};
    while (tail.length < literal.length &&
           (tail.at[-1] == ' ' || tail.at[-1] == '\t')) {
        tail.at--;
        tail.length++;
    }
    return tail;
}

static bool parse_literal(struct parser *p, size_t index)
{
    const struct token *tokens = p->tokens.items;
    struct slice literal = tokens[index].all;
    if (outside(p) || between_blocks(p)) {
        struct slice rest = slice_trim(literal);
        if (rest.length == 0)
            return true;
        return outside(p) ? refuse_outside(p, rest.at)
                          : refuse_between(p, rest.at);
    }
    if (p->message)
        return message_literal(p, literal);
    if (index > 0 && tokens[index - 1].own_line && html_verbatim(&p->html))
        literal = cut_own_line_before(literal);
    if (index + 1 == p->tokens.count || !tokens[index + 1].own_line)
        return feed(p, literal);
    struct slice tail = blank_tail(literal);
    literal.length -= tail.length;
    return feed(p, literal) && (html_verbatim(&p->html) || feed(p, tail));
}

static bool parse_hole(struct parser *p, const struct token *token)
{
    enum html_escape escape;
    struct slice asset;
    if (outside(p))
        return refuse_outside(p, token->all.at);
    if (between_blocks(p))
        return refuse_between(p, token->all.at);
    if (token->inner.length == 0)
        return template_refuse(
            p->source, token->all.at,
            "this hole is empty; write an expression into it");
    if (!check_code(p->source, token->inner, NULL))
        return false;
    if (p->message)
        return message_hole(p, token);
    if (is_asset(token->inner, &asset))
        return parse_asset(p, token->all.at, asset);
    bool fresh = p->html.fresh;
    if (!html_hole(&p->html, p->source, token->all.at, &escape))
        return false;
    /*
     * Browsers drop a line break that begins <pre> or <textarea>. This one
     * is dropped in place of one that the value may begin with.
     */
    if (fresh) {
        size_t offset = p->unit->literals.length;
        text_add_char(&p->unit->literals, '\n');
        struct step *step = add_step(p, STEP_LITERAL, token->all.at);
        step->offset = offset;
        step->length = 1;
    }
    struct step *step = add_step(p, STEP_HOLE, token->inner.at);
    step->code = token->inner;
    step->escape = escape;
    return true;
}

/* ---- blocks ---- */

const char *block_name(enum block_kind kind)
{
    static const char *const names[] = {
        [BLOCK_TEMPLATE] = "template",
        [BLOCK_LAYOUT] = "layout",
        [BLOCK_IF] = "if",
        [BLOCK_FOR] = "for",
        [BLOCK_BLOCK] = "block",
        [BLOCK_FILL] = "block",
        [BLOCK_MESSAGE] = "t",
    };
    return names[kind];
}

bool open_block(struct parser *p, enum block_kind kind, const char *at)
{
    if (p->depth == TEMPLATE_NESTING_MAX)
        return template_refuse(
            p->source, at,
            "blocks are nested more than %d deep; move the inner "
            "ones into a template and call it",
            TEMPLATE_NESTING_MAX);
    p->blocks[p->depth++] = (struct block){.kind = kind,
                                           .at = at,
                                           .line = line_of(p, at),
                                           .entry = p->html,
                                           .first_step = p->unit->step_count};
    return true;
}

bool end_branch(struct parser *p, const char *at)
{
    struct block *block = &p->blocks[p->depth - 1];
    struct html both = block->entry;
    if (!html_pause(&p->html, p->source, at))
        return false;
    if (!html_merge(&both, &p->html)) {
        char here[128];
        char there[128];
        html_describe(&p->html, here, sizeof(here));
        html_describe(&block->entry, there, sizeof(there));
        return template_refuse(
            p->source, at,
            "this is %s, but the {%% %s %%} of line %zu began %s; "
            "close here what was opened since, and nothing else",
            here, block_name(block->kind), block->line, there);
    }
    if (!block->has_merged)
        block->merged = p->html;
    else
        html_merge(&block->merged, &p->html);
    block->has_merged = true;
    return true;
}

/*
 * The body of a loop ends and may begin again, so it must not depend on how
 * often it ran. Its first white space is not needed when each round begins
 * after some: before the loop, and at the end of the body.
 */
static bool end_loop_body(struct parser *p, const char *at)
{
    struct block *block = &p->blocks[p->depth - 1];
    if (!end_branch(p, at))
        return false;
    if (p->html.state == HTML_QUOTED &&
        (p->html.url != block->entry.url ||
         strcmp(p->html.scheme, block->entry.scheme) != 0))
        return template_refuse(
            p->source, at,
            "each round of this loop finds the URL at another "
            "place; write its beginning, up to a '?' or a second "
            "'/', before the loop");
    struct unit *unit = p->unit;
    if (block->starts_spaced && p->html.spaced &&
        block->first_step < unit->step_count) {
        struct step *first = &unit->steps[block->first_step];
        if (first->kind == STEP_LITERAL &&
            strchr(" \n", unit->literals.bytes[first->offset])) {
            first->offset++;
            first->length--;
        }
    }
    return true;
}

static bool parse_else(struct parser *p, const struct token *token)
{
    const char *at = token->all.at;
    struct block *block = p->depth ? &p->blocks[p->depth - 1] : NULL;
    if (!block || (block->kind != BLOCK_IF && block->kind != BLOCK_FOR))
        return template_refuse(p->source, at,
                               "this {%% else %%} belongs to no {%% if %%} or "
                               "{%% for %%}; remove it");
    if (block->has_else)
        return template_refuse(p->source, at,
                               "the {%% %s %%} of line %zu has an {%% else %%} "
                               "already; remove one",
                               block_name(block->kind), block->line);
    bool is_loop = block->kind == BLOCK_FOR;
    if (!(is_loop ? end_loop_body(p, at) : end_branch(p, at)))
        return false;
    block->has_else = true;
    p->html = block->entry;
    struct step *step = add_step(p, is_loop ? STEP_NONE : STEP_ELSE, at);
    step->number = block->number;
    return true;
}

/* What a block of that kind does at its end; *closes: what C closes. */
static bool close_block(struct parser *p, const char *at,
                        enum step_kind *closes)
{
    const struct block *block = &p->blocks[p->depth - 1];
    *closes = STEP_LITERAL; /* nothing */
    switch (block->kind) {
    case BLOCK_IF:
        *closes = STEP_IF;
        return true;
    case BLOCK_FOR:
        /* The {% else %} of a loop is an if of its own in C. */
        *closes = block->has_else ? STEP_NONE : STEP_FOR;
        return true;
    case BLOCK_TEMPLATE:
        *closes = STEP_TEMPLATE;
        return !p->drawn_in || assemble_page(p);
    case BLOCK_LAYOUT:
        *closes = STEP_LAYOUT;
        return end_layout(p, at);
    case BLOCK_BLOCK:
        return end_layout_block(p, at);
    case BLOCK_FILL:
        return end_fill(p);
    case BLOCK_MESSAGE:
        return end_message(p);
    }
    return true;
}

static bool parse_end(struct parser *p, const struct token *token)
{
    const char *at = token->all.at;
    enum step_kind closes;
    if (p->depth == 0)
        return template_refuse(p->source, at,
                               "this {%% end %%} ends nothing; remove it");
    struct block *block = &p->blocks[p->depth - 1];
    bool is_body = block->kind == BLOCK_FOR && !block->has_else;
    if (!(is_body ? end_loop_body(p, at) : end_branch(p, at)))
        return false;
    bool is_choice = block->kind == BLOCK_IF || block->kind == BLOCK_FOR;
    if (is_choice && !block->has_else)
        html_merge(&block->merged, &block->entry);
    p->html = block->merged;
    p->html.one_line = false;
    if (!close_block(p, at, &closes))
        return false;
    if (closes != STEP_LITERAL) {
        struct step *step = add_step(p, STEP_END, at);
        step->closes = closes;
        step->number = block->number;
    }
    p->depth--;
    return true;
}

/* ---- the words of each tag ---- */

struct slice take_name(struct slice *words)
{
    struct slice name = {words->at, 0};
    while (name.length < words->length && is_name(name.at[name.length]))
        name.length++;
    words->at += name.length;
    words->length -= name.length;
    *words = slice_trim(*words);
    return name;
}

bool parse_signature(struct parser *p, struct slice words, struct slice *name,
                     struct slice *inside)
{
    const char *begin = words.at;
    const char *comma;
    *name = take_name(&words);
    if (name->length == 0 || !(*name->at >= 'a' && *name->at <= 'z'))
        return template_refuse(
            p->source, begin,
            "the name of a template is missing; write NAME(...), "
            "a name of a-z, 0-9 and _ that begins with a letter");
    for (size_t i = 0; i < name->length; i++) {
        if (name->at[i] >= 'A' && name->at[i] <= 'Z')
            return template_refuse(
                p->source, name->at + i,
                "the name of a template is of a-z, 0-9 and _; "
                "write it in small letters");
    }
    if (name->length > TEMPLATE_NAME_MAX)
        return template_refuse(
            p->source, begin,
            "the name of a template has at most %d characters; "
            "shorten it",
            TEMPLATE_NAME_MAX);
    if (words.length < 2 || *words.at != '(' ||
        words.at[words.length - 1] != ')')
        return template_refuse(
            p->source, begin,
            "the name of a template is followed by (...) and "
            "nothing else; write %.*s()",
            (int)name->length, name->at);
    *inside = slice_trim((struct slice){words.at + 1, words.length - 2});
    return check_code(p->source, *inside, &comma);
}

/* {% use "layout.html" %}: a template file, named from this one's folder. */
static bool use_templates(struct parser *p, struct slice name)
{
    struct unit *unit = p->unit;
    const char *slash = strrchr(p->source->path, '/');
    size_t folder = slash ? (size_t)(slash - p->source->path) + 1 : 0;
    struct text path = {0};
    text_printf(&path, "%.*s%.*s", (int)folder, p->source->path,
                (int)name.length, name.at);
    const struct unit *used =
        unit->around ? unit->around->use(unit->around->context, path.bytes)
                     : NULL;
    bool is_good = used && !used->source.error[0];
    if (!used)
        template_refuse(p->source, name.at,
                        "the template file %s cannot be read, or it uses this "
                        "one; correct the name",
                        path.bytes);
    else if (!is_good)
        memcpy(p->source->error, used->source.error, TEMPLATE_ERROR_MAX);
    else
        unit->used[unit->used_count++] = used;
    text_free(&path);
    return is_good;
}

static bool ends_with(struct slice slice, const char *end)
{
    size_t length = strlen(end);
    return slice.length >= length &&
           memcmp(slice.at + slice.length - length, end, length) == 0;
}

bool source_is_plain(const struct source *source)
{
    return ends_with((struct slice){source->path, strlen(source->path)},
                     ".txt");
}

static bool parse_use(struct parser *p, const struct token *token,
                      struct slice words)
{
    struct unit *unit = p->unit;
    if (!outside(p))
        return template_refuse(
            p->source, token->all.at,
            "{%% use %%} stands outside of the templates; move it "
            "to the beginning of the file");
    bool well_formed = words.length > 2 && *words.at == '"' &&
                       words.at[words.length - 1] == '"';
    for (size_t i = 1; well_formed && i + 1 < words.length; i++) {
        char byte = words.at[i];
        well_formed =
            is_name(byte) || byte == '.' || byte == '/' || byte == '-';
    }
    if (!well_formed || words.length > TEMPLATE_NAME_MAX * 4)
        return template_refuse(p->source, token->all.at,
                               "{%% use %%} names one header or one file of "
                               "templates; write {%% use \"views.h\" %%}");
    if (unit->use_count + unit->used_count == TEMPLATE_USES_MAX)
        return template_refuse(
            p->source, token->all.at,
            "a file uses at most %d headers; include some of them "
            "in another",
            TEMPLATE_USES_MAX);
    struct slice name = {words.at + 1, words.length - 2};
    if (ends_with(name, ".html"))
        return use_templates(p, name);
    unit->uses[unit->use_count++] = words;
    return true;
}

/* How long NAME(...) is at the beginning of the words; all if it is none. */
static size_t signature_length(struct slice words)
{
    size_t depth = 0;
    for (size_t i = 0; i < words.length; i++) {
        depth += words.at[i] == '(';
        if (words.at[i] != ')')
            continue;
        if (depth <= 1)
            return i + 1;
        depth--;
    }
    return words.length;
}

bool check_new(struct parser *p, struct slice name)
{
    /* They may be called: forms are drawn by templates of the engine. */
    if (name.length >= 3 && memcmp(name.at, "fb_", 3) == 0)
        return template_refuse(
            p->source, name.at,
            "names that begin with fb_ belong to the engine; "
            "choose another");
    const struct step *steps = p->unit->steps;
    for (size_t i = 0; i < p->unit->step_count; i++) {
        bool has_name =
            steps[i].kind == STEP_TEMPLATE || steps[i].kind == STEP_LAYOUT;
        if (has_name && steps[i].name.length == name.length &&
            memcmp(steps[i].name.at, name.at, name.length) == 0)
            return template_refuse(
                p->source, name.at,
                "the template %.*s exists already in line %zu; "
                "choose another name",
                (int)name.length, name.at, steps[i].line);
    }
    return true;
}

static bool parse_template(struct parser *p, const struct token *token,
                           struct slice words)
{
    struct slice name;
    struct slice parameters;
    if (!outside(p))
        return template_refuse(
            p->source, token->all.at,
            "a template cannot stand within another; end the one "
            "of line %zu first",
            p->blocks[0].line);
    struct slice rest = words;
    words.length = signature_length(words);
    rest.at += words.length;
    rest.length -= words.length;
    rest = slice_trim(rest);
    p->drawn_in = NULL;
    if (!parse_signature(p, words, &name, &parameters) || !check_new(p, name) ||
        (rest.length > 0 && !parse_drawn_in(p, rest)))
        return false;
    if (p->drawn_in && source_is_plain(p->source))
        return template_refuse(p->source, rest.at,
                               "a plain text is drawn in no layout; that is "
                               "HTML");
    p->html = (struct html){.state = source_is_plain(p->source) ? HTML_PLAIN
                                                                : HTML_TEXT,
                            .spaced = token->own_line};
    p->loops = 0;
    struct step *step = add_step(p, STEP_TEMPLATE, token->all.at);
    step->name = name;
    step->code = parameters;
    return open_block(p, BLOCK_TEMPLATE, token->all.at);
}

static bool parse_call(struct parser *p, const struct token *token,
                       struct slice words)
{
    struct slice name;
    struct slice arguments;
    if (!html_pause(&p->html, p->source, token->all.at))
        return false;
    if (p->html.state != HTML_TEXT && p->html.state != HTML_PLAIN) {
        char where[128];
        html_describe(&p->html, where, sizeof(where));
        return template_refuse(
            p->source, token->all.at,
            "a template is written to be text and cannot be called "
            "%s; call it between tags",
            where);
    }
    if (!parse_signature(p, words, &name, &arguments))
        return false;
    p->html.spaced = false;
    p->html.fresh = false;
    struct step *step = add_step(p, STEP_CALL, token->all.at);
    step->name = name;
    step->code = arguments;
    return true;
}

static bool parse_condition(struct parser *p, const struct token *token,
                            struct slice words)
{
    if (words.length == 0)
        return template_refuse(
            p->source, token->all.at,
            "the condition is missing; write it after the word");
    return check_code(p->source, words, NULL);
}

static bool parse_if(struct parser *p, const struct token *token,
                     struct slice words)
{
    if (!html_pause(&p->html, p->source, token->all.at) ||
        !parse_condition(p, token, words) ||
        !open_block(p, BLOCK_IF, token->all.at))
        return false;
    add_step(p, STEP_IF, words.at)->code = words;
    return true;
}

static bool parse_elif(struct parser *p, const struct token *token,
                       struct slice words)
{
    struct block *block = p->depth ? &p->blocks[p->depth - 1] : NULL;
    if (!block || block->kind != BLOCK_IF || block->has_else)
        return template_refuse(p->source, token->all.at,
                               "this {%% elif %%} follows no {%% if %%} or "
                               "{%% elif %%}; remove it");
    if (!parse_condition(p, token, words) || !end_branch(p, token->all.at))
        return false;
    p->html = block->entry;
    add_step(p, STEP_ELIF, words.at)->code = words;
    return true;
}

/* "const struct post *post": names and stars, and a name at the end. */
static bool is_declaration(struct slice declaration)
{
    bool has_star = false;
    for (size_t i = 0; i < declaration.length; i++) {
        char byte = declaration.at[i];
        if (!is_name(byte) && byte != ' ' && byte != '\n' && byte != '\t' &&
            byte != '*')
            return false;
        has_star = has_star || (byte == '*' && i > 0);
    }
    return has_star && is_name_start(*declaration.at) &&
           is_name(declaration.at[declaration.length - 1]);
}

/*
 * Where the word "in" stands that follows a declaration, or else the first
 * one, or NULL. A declaration may have that word in it too.
 */
static const char *find_in(struct slice words)
{
    const char *first = NULL;
    for (size_t i = 1; i + 2 < words.length; i++) {
        if (is_name(words.at[i - 1]) || words.at[i] != 'i' ||
            words.at[i + 1] != 'n' || is_name(words.at[i + 2]))
            continue;
        if (is_declaration(slice_trim((struct slice){words.at, i})))
            return words.at + i;
        if (!first)
            first = words.at + i;
    }
    return first;
}

static bool split_for(struct parser *p, const struct token *token,
                      struct slice words, struct step *parts)
{
    const char *end = words.at + words.length;
    const char *in = find_in(words);
    const char *comma;
    if (!check_code(p->source, words, &comma))
        return false;
    if (!in || !comma || comma < in)
        return template_refuse(
            p->source, token->all.at,
            "a loop is written {%% for TYPE *NAME in ARRAY, COUNT "
            "%%}; complete it");
    parts->name = slice_trim((struct slice){words.at, (size_t)(in - words.at)});
    parts->code = slice_trim((struct slice){in + 2, (size_t)(comma - in - 2)});
    parts->count =
        slice_trim((struct slice){comma + 1, (size_t)(end - comma - 1)});
    if (parts->name.length == 0 || !is_declaration(parts->name))
        return template_refuse(
            p->source, words.at,
            "a loop's name points at each element in turn; declare "
            "it as in \"const struct post *post in ...\"");
    if (parts->code.length == 0 || parts->count.length == 0)
        return template_refuse(
            p->source, token->all.at,
            "a loop is written {%% for TYPE *NAME in ARRAY, COUNT "
            "%%}; complete it");
    return check_code(p->source, parts->count, NULL);
}

static bool parse_for(struct parser *p, const struct token *token,
                      struct slice words)
{
    struct step parts = {0};
    if (!html_pause(&p->html, p->source, token->all.at) ||
        !split_for(p, token, words, &parts) ||
        !open_block(p, BLOCK_FOR, token->all.at))
        return false;
    struct block *block = &p->blocks[p->depth - 1];
    block->number = ++p->loops;
    block->starts_spaced = p->html.spaced;
    struct step *step = add_step(p, STEP_FOR, words.at);
    step->name = parts.name;
    step->code = parts.code;
    step->count = parts.count;
    step->number = block->number;
    block->first_step = p->unit->step_count;

    /* What only the first round can rely on. */
    p->html.spaced = false;
    p->html.fresh = false;
    if (p->html.state == HTML_BETWEEN)
        p->html.state = HTML_GLUED;
    return true;
}

static bool parse_tag(struct parser *p, const struct token *token)
{
    static const struct {
        const char *word;
        bool (*parse)(struct parser *p, const struct token *token,
                      struct slice words);
    } with_words[] = {
        /* What may stand outside of any template comes first. */
        {"use", parse_use},       {"template", parse_template},
        {"layout", parse_layout}, {"block", parse_block},
        {"if", parse_if},         {"elif", parse_elif},
        {"for", parse_for},       {"call", parse_call},
        {"t", parse_message},     {"plural", parse_plural},
    };
    struct slice words = token->inner;
    struct slice word = take_name(&words);
    bool is_else = slice_is(word, "else");
    bool is_end = slice_is(word, "end");
    if (p->message && !is_end && !slice_is(word, "plural"))
        return template_refuse(
            p->source, token->all.at,
            "only words, tags of HTML, holes and one {%% plural %%} stand in "
            "{%% t %%}; end the one of line %zu first",
            p->message->line);
    if (between_blocks(p) && !is_end && !slice_is(word, "block"))
        return refuse_between(p, token->all.at);
    if (is_else || is_end) {
        if (words.length > 0)
            return template_refuse(
                p->source, words.at,
                "{%% %.*s %%} stands alone; remove what follows",
                (int)word.length, word.at);
        return is_else ? parse_else(p, token) : parse_end(p, token);
    }
    for (size_t i = 0; i < sizeof(with_words) / sizeof(*with_words); i++) {
        if (!slice_is(word, with_words[i].word))
            continue;
        if (i > 2 && outside(p))
            return refuse_outside(p, token->all.at);
        return with_words[i].parse(p, token, words);
    }
    return template_refuse(
        p->source, token->all.at,
        "this tag is none of use, template, layout, block, call, if, elif, "
        "else, for, t, plural and end; correct its first word");
}

/* ---- all of it ---- */

static bool parse_tokens(struct parser *p)
{
    for (size_t i = 0; i < p->tokens.count; i++) {
        const struct token *token = &p->tokens.items[i];
        if (token->kind == TOKEN_LITERAL && !parse_literal(p, i))
            return false;
        if (token->kind == TOKEN_HOLE && !parse_hole(p, token))
            return false;
        if (token->kind == TOKEN_TAG && !parse_tag(p, token))
            return false;
    }
    if (p->depth > 0) {
        const struct block *block = &p->blocks[p->depth - 1];
        return template_refuse(p->source, block->at,
                               "this {%% %s %%} has no {%% end %%}; add it",
                               block_name(block->kind));
    }
    return p->unit->step_count > 0 ||
           template_refuse(
               p->source, p->source->bytes,
               "the file has no template; write {%% template NAME(...) "
               "%%} ... {%% end %%}");
}

bool template_parse(struct unit *unit)
{
    struct parser parser = {
        .unit = unit,
        .source = &unit->source,
        .line_at = unit->source.bytes,
        .line = 1,
    };
    bool ok =
        template_scan(&unit->source, &parser.tokens) && parse_tokens(&parser);
    free(parser.tokens.items);
    return ok;
}

void template_free(struct unit *unit)
{
    for (size_t i = 0; i < unit->message_count; i++) {
        text_free(&unit->messages[i].words);
        text_free(&unit->messages[i].many);
    }
    free(unit->messages);
    free(unit->layouts);
    unit->messages = NULL;
    unit->message_count = 0;
    unit->layouts = NULL;
    unit->layout_count = 0;
    free(unit->steps);
    text_free(&unit->literals);
    unit->steps = NULL;
    unit->step_count = 0;
    unit->step_capacity = 0;
}
