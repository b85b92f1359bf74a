/*
 * The template compiler: HTML with holes becomes C that is escaped by
 * context. What its parts hand to each other, in the order of the work:
 *
 *     scan    the bytes of a file   -> tokens: literals, holes, tags
 *     html    follows the HTML of the literals, and so knows what stands
 *             around each hole
 *     parse   tokens                -> steps: what the function will do
 *     emit    steps                 -> C with #line, and the header
 *
 * Tokens and steps point into the source, so that each message can say the
 * line and column. The first mistake ends the work on a file: each function
 * that can meet one returns false after it wrote source->error.
 */

#ifndef FOOBAR_TEMPLATE_H
#define FOOBAR_TEMPLATE_H

#include <stdbool.h>
#include <stddef.h>

#define TEMPLATE_FILE_MAX (1024 * 1024) /* bytes of a template file */
#define TEMPLATE_NESTING_MAX 32         /* {% if %} within {% for %} ... */
#define TEMPLATE_NAME_MAX 64            /* bytes of a template's name */
#define TEMPLATE_CODE_MAX 4096          /* bytes between {{ and }} */
#define TEMPLATE_USES_MAX 32            /* {% use %} of a file */
#define TEMPLATE_ERROR_MAX 512          /* bytes of a message */

/* A piece of the source: nothing is copied, nothing is freed. */
struct slice {
    const char *at;
    size_t length;
};

struct source {
    const char *path;
    const char *bytes;
    size_t length;
    char error[TEMPLATE_ERROR_MAX]; /* "" while all is well */
};

/* ---- text: bytes that grow; a build that runs out of memory ends ---- */

struct text {
    char *bytes;
    size_t length;
    size_t capacity;
};

void text_add(struct text *text, const char *bytes, size_t length);
void text_add_char(struct text *text, char byte);
void text_printf(struct text *text, const char *format, ...)
    __attribute__((format(printf, 2, 3), nonnull(1, 2)));
void text_free(struct text *text);

/*
 * Makes room for one more element of a growing array, and returns the
 * array's new address.
 */
void *template_grow(void *array, size_t count, size_t *capacity,
                    size_t element);

/*
 * Writes "path:line:column: error: what" about the place `at` of the source,
 * and returns false for the caller to return.
 */
bool template_refuse(struct source *source, const char *at, const char *format,
                     ...)
    __attribute__((format(printf, 3, 4), nonnull(1, 2, 3)));

size_t source_line(const struct source *source, const char *at);

/* ---- scan ---- */

enum token_kind {
    TOKEN_LITERAL,
    TOKEN_HOLE,   /* {{ expression }} */
    TOKEN_TAG,    /* {% words %} */
    TOKEN_COMMENT /* {# for the reader of the template #} */
};

struct token {
    enum token_kind kind;
    struct slice all;   /* with its braces */
    struct slice inner; /* without them and the white space inside */
    bool own_line;      /* only tags and comments share its line */
};

struct tokens {
    struct token *items;
    size_t count;
    size_t capacity;
};

/* The caller frees tokens->items, also after a refusal. */
bool template_scan(struct source *source, struct tokens *tokens);

/* Helpers for the C between the braces. */
struct slice slice_trim(struct slice slice);
bool slice_is(struct slice slice, const char *word);
bool is_name_start(char byte);
bool is_name(char byte);

/*
 * Looks at C that stands at `at` and ends before `end`: strings are closed,
 * brackets match, and nothing is in it that would end the statement into
 * which it is pasted. With `comma`, a comma outside of brackets is allowed,
 * and the place of the first one is left there (or NULL).
 */
bool check_code(struct source *source, struct slice code, const char **comma);

/* ---- html ---- */

/* Where in the HTML the next byte would stand. */
enum html_state {
    HTML_TEXT,
    HTML_RCDATA,      /* in title or textarea: text, but no tags */
    HTML_RAW,         /* in script, style ...: not HTML at all */
    HTML_LESS,        /* after '<' */
    HTML_BANG,        /* after "<!", while it may become "<!--" */
    HTML_COMMENT,     /* after "<!--" */
    HTML_DOCTYPE,     /* after "<!d", up to '>' */
    HTML_END_LESS,    /* after "</" */
    HTML_END_NAME,    /* in the name of an end tag */
    HTML_END_REST,    /* after that name */
    HTML_TAG_NAME,    /* in the name of a start tag */
    HTML_BETWEEN,     /* in a tag, where an attribute may begin */
    HTML_GLUED,       /* in a tag, where white space must come first */
    HTML_SLASH,       /* in a tag, after '/' */
    HTML_NAME,        /* in the name of an attribute */
    HTML_AFTER_EQUAL, /* after '=' */
    HTML_UNQUOTED,    /* in a value without quotes */
    HTML_QUOTED       /* in a value with quotes */
};

/* What kind of value an attribute has. */
enum html_value {
    VALUE_PLAIN,
    VALUE_URL,
    VALUE_URL_LIST, /* srcset: URLs between white space */
    VALUE_CODE_URL, /* script src: what is fetched runs or is shown as ours */
    VALUE_REFUSED   /* onclick, style ...: a hole there cannot be escaped */
};

/*
 * How far a URL has got. A hole at URL_START is all of the URL and is
 * checked as such; a hole that follows a literal beginning is one part of
 * the URL and is percent-encoded, if that beginning leaves it no power over
 * the scheme or the host.
 */
enum html_url {
    URL_START,
    URL_FIRST,      /* in what may be a scheme or a first segment */
    URL_SLASH,      /* exactly "/" */
    URL_SLASH_HOLE, /* "/" and a hole, which may be empty */
    URL_HOST,       /* after "//" or "http:" */
    URL_PATH,       /* past the host: path, query, fragment; or "mailto:" */
    URL_STRANGE,    /* after a scheme such as "javascript:" */
    URL_UNSURE,     /* the branches of an {% if %} began it differently */
    URL_WHOLE       /* a hole was all of it: nothing may follow */
};

#define HTML_NAME_MAX 63
#define HTML_SCHEME_MAX 15

struct html {
    enum html_state state;
    enum html_value value; /* of the attribute that is being read */
    enum html_url url;
    char quote;
    char tag[HTML_NAME_MAX + 1]; /* of the tag, or of raw text's element */
    char attribute[HTML_NAME_MAX + 1];
    char close[HTML_NAME_MAX + 1];    /* the name of an end tag so far */
    char scheme[HTML_SCHEME_MAX + 1]; /* in URL_FIRST: the bytes so far */
    unsigned pre_depth;               /* how many <pre> are open */
    unsigned progress; /* how much of "</title" or of "-->" was read */
    bool fresh;        /* <pre> or <textarea> has just begun */
    bool spaced;       /* white space was just written, more is not needed */
    bool refresh;      /* the tag has an attribute http-equiv */
    bool content_hole; /* the tag has a hole in its attribute content */
};

/* Which function of html.h writes a hole. */
enum html_escape {
    ESCAPE_TEXT,
    ESCAPE_ATTRIBUTE,
    ESCAPE_URL_WHOLE,
    ESCAPE_URL_REST
};

/*
 * Reads a literal and appends to `out` what is to be sent of it: a run of
 * white space that means no more than one space or line break becomes one.
 */
bool html_literal(struct html *html, struct source *source,
                  struct slice literal, struct text *out);

/* A hole stands here: which escape is right, or why there is none. */
bool html_hole(struct html *html, struct source *source, const char *at,
               enum html_escape *escape);

/*
 * A {% tag %} stands here. Settles what it would cut in two (the name of a
 * tag, say), or says that none may stand here.
 */
bool html_pause(struct html *html, struct source *source, const char *at);

/*
 * Two ways lead to the same place, both settled by html_pause: through
 * `other`, and through `html`, which becomes what is known in either case.
 * False when they are different places; nothing is written to source->error.
 */
bool html_merge(struct html *html, const struct html *other);

/* White space is sent as it is: in pre, in textarea, in a quoted value. */
bool html_verbatim(const struct html *html);

/* Where that is, in words: "in the text", "in the attribute href". */
void html_describe(const struct html *html, char *words, size_t size);

/* ---- parse ---- */

enum step_kind {
    STEP_TEMPLATE, /* name, code: the parameters with their parentheses */
    STEP_LITERAL,  /* offset and length in unit->literals */
    STEP_HOLE,     /* code: the expression; escape */
    STEP_CALL,     /* name, code: the arguments with their parentheses */
    STEP_IF,       /* code: the condition */
    STEP_ELIF,     /* code: the condition */
    STEP_ELSE,
    STEP_FOR,  /* name: the declaration; code: the array; count; number */
    STEP_NONE, /* the {% else %} of a {% for %}; number */
    STEP_END   /* of an if, a for or a template: see closes */
};

struct step {
    enum step_kind kind;
    enum html_escape escape;
    size_t line;
    struct slice name;
    struct slice code;
    struct slice count;
    size_t offset;
    size_t length;
    unsigned number;       /* of the loop, within its template */
    enum step_kind closes; /* of STEP_END; STEP_NONE: a for with an else */
};

struct unit {
    struct source source;
    struct slice uses[TEMPLATE_USES_MAX]; /* with their quotes */
    size_t use_count;
    struct step *steps;
    size_t step_count;
    size_t step_capacity;
    struct text literals;
};

/*
 * Compiles the source that the caller has put into unit->source (the rest is
 * zero). template_free is right in any case; the bytes of the source stay the
 * caller's.
 */
bool template_parse(struct unit *unit);
void template_free(struct unit *unit);

/* ---- emit ---- */

/* The C of one file; `header` is what it includes. */
void template_emit_source(const struct unit *unit, const char *header,
                          struct text *out);

/*
 * The declarations of all; false when two templates have one name, which is
 * said in the error of the second one's source.
 */
bool template_emit_header(struct unit *units, size_t count, struct text *out);

#endif
