/*
 * Layouts: the frame of many pages, with blocks that each page fills.
 *
 *     {% layout page(const char *title) %}      {% template home(...)
 *     ...                                          in page("Home") %}
 *     {% block main required %}{% end %}        {% block main %}
 *     ...                                       ...
 *     {% end %}                                 {% end %}{% end %}
 *
 * The blocks cut the layout into parts, each a function of its own; a page
 * is a function that calls the first part, does what its first block says,
 * calls the second part, and so on. So the C of a layout exists once,
 * nothing is looked up at run time, and the names of a page and of its
 * layout do not meet.
 */

#include "template_parser.h"

#include <stdlib.h>
#include <string.h>

static bool same(struct slice a, struct slice b)
{
    return a.length == b.length && memcmp(a.at, b.at, a.length) == 0;
}

/* ---- the layout ---- */

bool parse_layout(struct parser *p, const struct token *token,
                  struct slice words)
{
    struct slice name;
    struct slice parameters;
    if (p->depth > 0)
        return template_refuse(
            p->source, token->all.at,
            "a layout cannot stand within another block; end the one of "
            "line %zu first",
            p->blocks[0].line);
    if (source_is_plain(p->source))
        return template_refuse(p->source, token->all.at,
                               "a layout is HTML; a plain text has none");
    if (!parse_signature(p, words, &name, &parameters) || !check_new(p, name))
        return false;
    struct unit *unit = p->unit;
    unit->layouts =
        template_grow(unit->layouts, unit->layout_count, &unit->layout_capacity,
                      sizeof(*unit->layouts));
    unit->layouts[unit->layout_count++] = (struct layout){.name = name};
    p->html = (struct html){.state = HTML_TEXT, .spaced = token->own_line};
    p->drawn_in = NULL;
    p->loops = 0;
    struct step *step = add_step(p, STEP_LAYOUT, token->all.at);
    step->name = name;
    step->code = parameters;
    return open_block(p, BLOCK_LAYOUT, token->all.at);
}

static struct layout *current_layout(struct parser *p)
{
    return &p->unit->layouts[p->unit->layout_count - 1];
}

static const struct layout_block *find_block(const struct layout *layout,
                                             struct slice name)
{
    for (size_t i = 0; i < layout->block_count; i++) {
        if (same(layout->blocks[i].name, name))
            return &layout->blocks[i];
    }
    return NULL;
}

static bool may_hold_block(const struct html *html)
{
    return (html->state == HTML_TEXT && html->pre_depth == 0) ||
           (html->state == HTML_RCDATA && html->progress == 0) ||
           (html->state == HTML_QUOTED && html->value == VALUE_PLAIN &&
            !html->reads_type);
}

/* A block of the layout that is being read; `required` or nothing follows. */
static bool declare_block(struct parser *p, const struct token *token,
                          struct slice name, struct slice words)
{
    struct layout *layout = current_layout(p);
    const char *at = token->all.at;
    bool required = slice_is(words, "required");
    if (words.length > 0 && !required)
        return template_refuse(p->source, words.at,
                               "only the word required may follow the name of "
                               "a block; remove this");
    if (p->depth != 1)
        return template_refuse(
            p->source, at,
            "a block of a layout stands outside of {%% if %%} and {%% for %%}, "
            "because it divides the layout; move it out of line %zu",
            p->blocks[p->depth - 1].line);
    if (!may_hold_block(&p->html)) {
        char where[128];
        html_describe(&p->html, where, sizeof(where));
        return template_refuse(
            p->source, at,
            "no block may stand %s; put it between tags, into <title> or "
            "into the quoted value of an attribute that is no URL",
            where);
    }
    if (find_block(layout, name))
        return template_refuse(p->source, name.at,
                               "the layout has a block %.*s already; choose "
                               "another name",
                               (int)name.length, name.at);
    if (layout->block_count == TEMPLATE_BLOCKS_MAX)
        return template_refuse(p->source, at,
                               "a layout has at most %d blocks; join some",
                               TEMPLATE_BLOCKS_MAX);
    layout->blocks[layout->block_count++] = (struct layout_block){
        .name = name, .at = at, .required = required, .html = p->html};
    struct step *step = add_step(p, STEP_BLOCK, at);
    step->name = name;
    step->number = required;
    return open_block(p, BLOCK_BLOCK, at);
}

bool end_layout_block(struct parser *p, const char *at)
{
    const struct block *block = &p->blocks[p->depth - 1];
    const struct layout *layout = current_layout(p);
    const struct layout_block *declared =
        &layout->blocks[layout->block_count - 1];
    const struct step *last = &p->unit->steps[p->unit->step_count - 1];
    bool is_empty = last->kind == STEP_BLOCK || last->length == 0;
    if (declared->required &&
        (last->kind == STEP_LITERAL ? !is_empty : last->kind != STEP_BLOCK))
        return template_refuse(
            p->source, block->at,
            "a required block has no content of its own, because each page "
            "gives one; remove the content or the word required");
    /* What a page puts there is not known: nothing but the place is. */
    p->html = block->entry;
    p->html.spaced = false;
    p->html.fresh = false;
    if (strcmp(p->html.tag, "meta") == 0)
        p->html.content_hole = true;
    add_step(p, STEP_BLOCK_END, at)->number = (unsigned)layout->block_count;
    return true;
}

bool end_layout(struct parser *p, const char *at)
{
    return current_layout(p)->block_count > 0 ||
           template_refuse(
               p->source, at,
               "the layout of line %zu has no block, so pages have no place "
               "in it; add {%% block main required %%}{%% end %%}",
               p->blocks[p->depth - 1].line);
}

/* ---- the page ---- */

static const struct layout *find_layout(const struct unit *unit,
                                        struct slice name)
{
    for (size_t i = 0; i < unit->layout_count; i++) {
        if (same(unit->layouts[i].name, name))
            return &unit->layouts[i];
    }
    for (size_t i = 0; i < unit->used_count; i++) {
        const struct layout *layout = find_layout(unit->used[i], name);
        if (layout)
            return layout;
    }
    return NULL;
}

bool parse_drawn_in(struct parser *p, struct slice words)
{
    const char *begin = words.at;
    struct slice name;
    struct slice word = take_name(&words);
    if (!slice_is(word, "in"))
        return template_refuse(
            p->source, begin,
            "only \"in LAYOUT(...)\" may follow the parameters of a template; "
            "remove this");
    if (!parse_signature(p, words, &name, &p->drawn_with))
        return false;
    p->drawn_in = find_layout(p->unit, name);
    memset(p->fills, 0, sizeof(p->fills));
    return p->drawn_in ||
           template_refuse(
               p->source, name.at,
               "there is no layout %.*s in this file, above, or in one that it "
               "uses; add {%% use \"layout.html\" %%} with its file's name",
               (int)name.length, name.at);
}

/* The names of a layout's blocks, for a message. */
static const char *block_names(const struct layout *layout, struct text *names)
{
    for (size_t i = 0; i < layout->block_count; i++)
        text_printf(names, "%s%.*s", i ? ", " : "",
                    (int)layout->blocks[i].name.length,
                    layout->blocks[i].name.at);
    return names->bytes;
}

static bool refuse_unknown(struct parser *p, struct slice name)
{
    struct text names = {0};
    bool refused = template_refuse(
        p->source, name.at, "the layout %.*s has no block %.*s; it has %s",
        (int)p->drawn_in->name.length, p->drawn_in->name.at, (int)name.length,
        name.at, block_names(p->drawn_in, &names));
    text_free(&names);
    return refused;
}

static bool begin_fill(struct parser *p, const struct token *token,
                       struct slice name, struct slice words)
{
    const char *at = token->all.at;
    if (words.length > 0)
        return template_refuse(p->source, words.at,
                               "nothing may follow the name of a block that a "
                               "page fills; remove this");
    if (p->depth != 1)
        return template_refuse(
            p->source, at,
            "a page fills its blocks outside of {%% if %%} and {%% for %%}; "
            "write the condition into the block");
    const struct layout_block *block = find_block(p->drawn_in, name);
    if (!block)
        return refuse_unknown(p, name);
    struct fill *fill = &p->fills[block - p->drawn_in->blocks];
    if (fill->at)
        return template_refuse(p->source, at,
                               "the block %.*s was filled in line %zu already; "
                               "remove one",
                               (int)name.length, name.at, fill->line);
    p->html = block->html;
    *fill = (struct fill){
        .at = at, .line = line_of(p, at), .first_step = p->unit->step_count};
    p->fill_begin = p->unit->step_count;
    return open_block(p, BLOCK_FILL, at);
}

bool end_fill(struct parser *p)
{
    for (size_t i = 0; i < p->drawn_in->block_count; i++) {
        struct fill *fill = &p->fills[i];
        if (fill->at == p->blocks[p->depth - 1].at)
            fill->step_count = p->unit->step_count - fill->first_step;
    }
    p->html = p->blocks[0].entry; /* where a page is between its blocks */
    return true;
}

bool parse_block(struct parser *p, const struct token *token,
                 struct slice words)
{
    const char *begin = words.at;
    bool in_layout = p->blocks[0].kind == BLOCK_LAYOUT;
    if (!in_layout && !p->drawn_in)
        return template_refuse(
            p->source, token->all.at,
            "this template is drawn in no layout, so it has no blocks; write "
            "{%% template NAME(...) in LAYOUT(...) %%}");
    struct slice name = take_name(&words);
    if (name.length == 0 || !(*name.at >= 'a' && *name.at <= 'z') ||
        name.length > TEMPLATE_NAME_MAX)
        return template_refuse(p->source, begin,
                               "the name of a block is missing; write a name "
                               "of at most %d characters that begins with a "
                               "small letter",
                               TEMPLATE_NAME_MAX);
    return in_layout ? declare_block(p, token, name, words)
                     : begin_fill(p, token, name, words);
}

static struct step *add_call(struct parser *p, enum step_kind kind)
{
    struct step *step = add_step(p, kind, p->blocks[0].at);
    step->name = p->drawn_in->name;
    step->code = p->drawn_with;
    return step;
}

bool assemble_page(struct parser *p)
{
    const struct layout *layout = p->drawn_in;
    struct unit *unit = p->unit;
    size_t first = p->blocks[0].first_step;
    size_t count = unit->step_count - first;
    struct step *filled;
    size_t capacity = 0;
    for (size_t i = 0; i < layout->block_count; i++) {
        const struct layout_block *block = &layout->blocks[i];
        if (block->required && !p->fills[i].at)
            return template_refuse(
                p->source, p->blocks[0].at,
                "the layout %.*s requires the block %.*s; add {%% block %.*s "
                "%%} ... {%% end %%}",
                (int)layout->name.length, layout->name.at,
                (int)block->name.length, block->name.at,
                (int)block->name.length, block->name.at);
    }
    filled = template_grow(NULL, 0, &capacity, sizeof(*filled));
    for (size_t i = 0; i < count; i++) {
        filled = template_grow(filled, i, &capacity, sizeof(*filled));
        filled[i] = unit->steps[first + i];
    }
    unit->step_count = first;
    p->fill_begin = first;
    for (size_t i = 0; i < layout->block_count; i++) {
        const struct fill *fill = &p->fills[i];
        add_call(p, STEP_PART)->number = (unsigned)i;
        if (!fill->at)
            add_call(p, STEP_DEFAULT)->count = layout->blocks[i].name;
        for (size_t j = 0; j < fill->step_count; j++)
            *add_step(p, STEP_END, fill->at) =
                filled[fill->first_step - first + j];
    }
    add_call(p, STEP_PART)->number = (unsigned)layout->block_count;
    free(filled);
    return true;
}
