/*
 * The template compiler: HTML with holes becomes C that is escaped by
 * context. What its parts hand to each other, in the order of the work:
 *
 *     scan    the bytes of a file   -> tokens: literals, holes, tags
 *     html    follows the HTML of the literals, and so knows what stands
 *             around each hole
 *     parse   tokens                -> steps: what the function will do
 *     emit    steps                 -> C with #line, and the header
 *     words   {% t %} of all files and the files of translations -> the
 *             catalogue, in C, and the list that translators start from
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
#define TEMPLATE_BLOCKS_MAX 32          /* {% block %} of a layout */
#define TEMPLATE_WORDS_MAX 4096         /* bytes within {% t %} */
#define TEMPLATE_TAGS_MAX 64            /* tags of HTML within {% t %} */
#define TEMPLATE_VALUES_MAX 16          /* values of a {% t %} */
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

#define TEXT_SHA256 32 /* bytes */
void text_sha256(const char *bytes, size_t length,
                 unsigned char digest[TEXT_SHA256]);

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

/* Whether the bytes are text that we read: UTF-8, LF, within the limit. */
bool check_bytes(struct source *source);

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

/*
 * How far the JSON of a <script> has got, where there is any.
 */
enum html_json {
    JSON_NONE,   /* this is not in such a script */
    JSON_WANTS,  /* at its beginning, or after one of [ { , : */
    JSON_AFTER,  /* after a value, or within a number or a word */
    JSON_HOLE,   /* after a hole, which is a value */
    JSON_UNSURE, /* the branches of an {% if %} ended differently */
    JSON_STRING, /* within a string */
    JSON_ESCAPE  /* within a string, after a backslash */
};

/* Where in the HTML the next byte would stand. */
enum html_state {
    HTML_PLAIN, /* in a file NAME.txt, which is no HTML at all */
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
#define HTML_TYPE_MAX 31

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
    char type[HTML_TYPE_MAX + 1]; /* of a script; "!": not known */
    enum html_json json;
    bool typed;        /* the tag has an attribute type */
    bool reads_type;   /* its value is being read */
    bool one_line;     /* white space becomes a space, also a line break */
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
    ESCAPE_URL_REST,
    ESCAPE_JSON,
    ESCAPE_PLAIN
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

/* ---- json: the part of html that is in a script of data ---- */

bool json_is_type(const char *type);

/* Reads a byte of the literal, which may be one of the end tag. */
bool json_byte(struct html *html, struct source *source, const char *at,
               bool is_end);

/* The end tag stands here: false when the JSON cannot end. */
bool json_close(const struct html *html, struct source *source, const char *at);

/* A hole stands here. */
bool json_hole(struct html *html, struct source *source, const char *at);

/* Whether a {% tag %} may stand here. */
bool json_pauses(const struct html *html);

/* As html_merge. */
bool json_merge(struct html *html, const struct html *other);

/* ---- parse ---- */

enum step_kind {
    STEP_TEMPLATE, /* name, code: the parameters with their parentheses */
    STEP_LAYOUT,   /* the same, of a layout */
    STEP_LITERAL,  /* offset and length in unit->literals */
    STEP_HOLE,     /* code: the expression; escape */
    STEP_CALL,     /* name, code: the arguments with their parentheses */
    STEP_MESSAGE,  /* number: in unit->messages */
    STEP_IF,       /* code: the condition */
    STEP_ELIF,     /* code: the condition */
    STEP_ELSE,
    STEP_FOR,  /* name: the declaration; code: the array; count; number */
    STEP_NONE, /* the {% else %} of a {% for %}; number */
    STEP_END,  /* of an if, a for, a template or a layout: see closes */

    /* In a layout: here a part of it ends; what a page has by default. */
    STEP_BLOCK,     /* name; number: 1 if required, with nothing by default */
    STEP_BLOCK_END, /* number: of the part that begins */

    /* In a page: calls of what its layout has. name: the layout's; code */
    STEP_PART,   /* number */
    STEP_DEFAULT /* count: the name of the block */
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

/* A place in a layout for what each page puts there. */
struct layout_block {
    struct slice name;
    const char *at;
    bool required;
    struct html html; /* where it stands */
};

struct layout {
    struct slice name;
    struct layout_block blocks[TEMPLATE_BLOCKS_MAX];
    size_t block_count;
};

/* A value of a {% t %}: {% t name = code %}. */
struct message_name {
    struct slice name;
    struct slice code;
};

/* A value as it is written: by its name, for the place where it stands. */
struct message_value {
    size_t name; /* in message->names */
    enum html_escape escape;
};

/*
 * A {% t %}: HTML in which each hole is {name}. Its translations stand at the
 * same place of the HTML, with the same values.
 */
struct message {
    const char *at;
    size_t line;
    struct html html;     /* where it stands */
    struct slice context; /* what tells it from others of the same words */
    struct text words;
    struct text many; /* after {% plural %} */
    bool has_many;
    struct message_name names[TEMPLATE_VALUES_MAX]; /* the first one counts */
    size_t name_count;
    struct message_value values[TEMPLATE_VALUES_MAX];
    size_t value_count;
    unsigned used[2]; /* which names, as bits: in the words, in the plural */
};

struct unit;

/* What stands around the file that is compiled. */
struct surroundings {
    /*
     * The template file of that path. One with an error is told by that
     * error; NULL when there is none, or when it uses the file that asks.
     */
    const struct unit *(*use)(void *context, const char *path);

    /*
     * The name under which a static file is served, with its fingerprint:
     * "/style.0123456789abcdef.css". False when there is no such file.
     */
    bool (*asset)(void *context, struct slice name, struct text *url);
    void *context;
};

struct unit {
    struct source source;
    const struct surroundings *around;          /* NULL: nothing is */
    const struct unit *used[TEMPLATE_USES_MAX]; /* template files */
    size_t used_count;
    struct layout *layouts;
    size_t layout_count;
    size_t layout_capacity;
    struct message *messages;
    size_t message_count;
    size_t message_capacity;
    struct slice uses[TEMPLATE_USES_MAX]; /* headers, with their quotes */
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

/* Whether the source is a text, NAME.txt, and not HTML. */
bool source_is_plain(const struct source *source);
void template_free(struct unit *unit);

/* ---- assets ---- */

#define ASSET_DIGITS 16 /* of the fingerprint: 64 bits of a SHA-256 */

/* "css/a.css" and its content -> "/css/a.0123456789abcdef.css" */
void asset_url(struct slice name, const char *bytes, size_t length,
               struct text *url);

/* ---- po: a file of translations ---- */

#define PO_FORMS_MAX 6 /* plural forms of a language; Arabic has six */
#define PO_PLURAL_MAX 1024

struct po_entry {
    const char *at;      /* its msgid */
    struct text context; /* its msgctxt */
    struct text words;
    struct text many; /* its msgid_plural */
    struct text key;  /* what handlers ask by: see fb_phrase in messages.h */
    bool has_context;
    bool has_many;
    bool is_fuzzy; /* a guess, which is not shown */
    struct text forms[PO_FORMS_MAX];
    const char *forms_at[PO_FORMS_MAX];
    size_t form_count;
};

struct po {
    struct source source;
    char language[TEMPLATE_NAME_MAX + 1]; /* "pt-BR", of "pt_BR.po" */
    char plural[PO_PLURAL_MAX + 1];       /* C: the form for n */
    size_t plurals;                       /* how many forms there are */
    struct po_entry *entries;             /* without the header */
    size_t entry_count;
    size_t entry_capacity;
};

/*
 * Reads the file that the caller has put into po->source (the rest is zero).
 * po_free is right in any case.
 */
bool po_parse(struct po *po);
void po_free(struct po *po);

/* Whether all its forms are there, and no guesses. */
bool po_is_translated(const struct po *po, const struct po_entry *entry);

/* ---- words ---- */

/* Whether the tags of well-formed words are few, and none ends too early. */
bool words_are_whole(const struct text *words);

/* The list that translators start from, in gettext's form. */
void template_extract(const struct unit *units, size_t count, struct text *out);

/*
 * The catalogue in C, as the constant of that name: each {% t %} of the units
 * and the words of handlers, in each language. False when a translation does
 * not fit, which is said in the error of its file.
 */
bool template_emit_catalogue(const struct unit *units, size_t unit_count,
                             struct po *files, size_t file_count,
                             const char *name, struct text *out);

/* ---- emit ---- */

/*
 * The name that a message has in C. Messages of the same words have one, in
 * whichever file they stand.
 */
void template_message_name(const struct message *message, struct text *out);

/* Bytes as a string constant of C, on one line. */
void template_emit_string(struct text *out, const char *bytes, size_t length);

/* The C of one file; `header` is what it includes. */
void template_emit_source(const struct unit *unit, const char *header,
                          struct text *out);

/*
 * The declarations of all; false when two templates have one name, which is
 * said in the error of the second one's source.
 */
bool template_emit_header(struct unit *units, size_t count, struct text *out);

#endif
