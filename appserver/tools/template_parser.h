/*
 * What the parts of the parser share: template_parse.c, which reads the
 * blocks, template_layout.c and template_message.c, which read what is in
 * their names.
 */

#ifndef FOOBAR_TEMPLATE_PARSER_H
#define FOOBAR_TEMPLATE_PARSER_H

#include "template.h"

/* An open {% template %}, {% if %}, {% for %} ... */
enum block_kind {
    BLOCK_TEMPLATE,
    BLOCK_LAYOUT,
    BLOCK_IF,
    BLOCK_FOR,
    BLOCK_BLOCK, /* in a layout: where pages put something */
    BLOCK_FILL,  /* in a page: what it puts there */
    BLOCK_MESSAGE
};

struct block {
    enum block_kind kind;
    const char *at;     /* its first brace */
    size_t line;        /* that one's line */
    struct html entry;  /* where each branch begins */
    struct html merged; /* what holds after any of the branches so far */
    bool has_merged;    /* a branch has ended */
    bool has_else;      /* one of the branches is always taken */
    unsigned number;    /* of a loop */
    size_t first_step;  /* of a loop's body, or of a page's first block */
    bool starts_spaced; /* white space was written before the loop */
};

/* What a page puts into a block of its layout: steps. */
struct fill {
    const char *at; /* NULL: nothing yet */
    size_t line;
    size_t first_step;
    size_t step_count;
};

struct parser {
    struct unit *unit;
    struct source *source;
    struct tokens tokens;
    struct html html;
    struct block blocks[TEMPLATE_NESTING_MAX];
    size_t depth;
    unsigned loops; /* in this template so far */
    const char *line_at;
    size_t line; /* of line_at */

    /* The layout in which the template is drawn that is being read. */
    const struct layout *drawn_in; /* NULL: none */
    struct slice drawn_with;       /* the arguments */
    struct fill fills[TEMPLATE_BLOCKS_MAX];
    size_t fill_begin; /* the first step of the last one */

    struct message *message; /* the {% t %} that is being read, or NULL */
};

/* ---- template_parse.c ---- */

size_t line_of(struct parser *p, const char *at);
struct step *add_step(struct parser *p, enum step_kind kind, const char *at);

/* Sends HTML that is known now. */
bool feed(struct parser *p, struct slice literal);

/* Sends bytes that the HTML around them needs no second look at. */
void feed_bytes(struct parser *p, const char *at, const char *bytes,
                size_t length);

const char *block_name(enum block_kind kind);
bool open_block(struct parser *p, enum block_kind kind, const char *at);

/* A branch of the innermost block ends: it must have come back. */
bool end_branch(struct parser *p, const char *at);

/* Whether `at` is outside of any template; says so. */
bool refuse_outside(struct parser *p, const char *at);

/* Takes the name off the beginning of *words. */
struct slice take_name(struct slice *words);

/*
 * NAME(...), as templates and layouts are declared and called; what stands
 * between the parentheses goes to *inside.
 */
bool parse_signature(struct parser *p, struct slice words, struct slice *name,
                     struct slice *inside);

/* Refuses a name that an earlier template or layout of the file has. */
bool check_new(struct parser *p, struct slice name);

/* ---- template_layout.c ---- */

bool parse_layout(struct parser *p, const struct token *token,
                  struct slice words);

/* {% block %}, in a layout and in a page. */
bool parse_block(struct parser *p, const struct token *token,
                 struct slice words);
bool end_layout(struct parser *p, const char *at);
bool end_layout_block(struct parser *p, const char *at);
bool end_fill(struct parser *p);

/* "in LAYOUT(...)" behind the signature of a template. */
bool parse_drawn_in(struct parser *p, struct slice words);

/* A page ends: its blocks become the steps of the layout's order. */
bool assemble_page(struct parser *p);

/* ---- template_message.c ---- */

bool parse_message(struct parser *p, const struct token *token,
                   struct slice words);
bool parse_plural(struct parser *p, const struct token *token,
                  struct slice words);
bool message_literal(struct parser *p, struct slice literal);
bool message_hole(struct parser *p, const struct token *token);
bool end_message(struct parser *p);

/* ---- template_asset.c ---- */

/* Whether a hole is asset("..."); its name then. */
bool is_asset(struct slice code, struct slice *name);
bool parse_asset(struct parser *p, const char *at, struct slice name);

#endif
