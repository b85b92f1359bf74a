/*
 * From steps to C.
 *
 * Every statement carries the line of the template that it comes from
 * (#line), so that the C compiler, the debugger and a crash report name the
 * file that somebody wrote. The code is laid out to be read all the same:
 * sooner or later somebody will look at it.
 */

#include "template.h"

#include <stdio.h>
#include <string.h>

#define LITERAL_WIDTH 60 /* bytes of a literal on a line of C */

struct emitter {
    const struct unit *unit;
    struct text *out;
    size_t line; /* of the template, as the C compiler counts it now */
    bool named;  /* a #line has named the template's file */
    unsigned depth;
    const struct step *layout; /* the one that is being written */
};

/* ---- lines ---- */

static void emit_c_string(struct text *out, const char *bytes)
{
    text_add_char(out, '"');
    for (; *bytes; bytes++) {
        if (*bytes == '"' || *bytes == '\\')
            text_add_char(out, '\\');
        text_add_char(out, *bytes);
    }
    text_add_char(out, '"');
}

static void emit_newline(struct emitter *e)
{
    text_add_char(e->out, '\n');
    e->line++;
}

static void emit_indent(struct emitter *e)
{
    for (unsigned i = 0; i < e->depth; i++)
        text_add(e->out, "    ", 4);
}

/* Begins a line of C that comes from that line of the template. */
static void emit_from(struct emitter *e, size_t line)
{
    if (!e->named || e->line != line) {
        text_printf(e->out, "#line %zu", line);
        if (!e->named) {
            text_add_char(e->out, ' ');
            emit_c_string(e->out, e->unit->source.path);
        }
        text_add_char(e->out, '\n');
        e->named = true;
        e->line = line;
    }
    emit_indent(e);
}

/*
 * C out of the template. Line breaks outside of strings become spaces (in
 * strings there are none), so that a statement stays on its line.
 */
static void emit_code(struct emitter *e, struct slice code)
{
    for (size_t i = 0; i < code.length; i++)
        text_add_char(e->out, code.at[i] == '\n' ? ' ' : code.at[i]);
}

static void emit_words(struct emitter *e, const char *words)
{
    text_add(e->out, words, strlen(words));
}

/* ---- literals ---- */

/*
 * Octal escapes end after three digits, whatever follows; and '?' is escaped
 * because C17 still knows trigraphs.
 */
static void emit_byte(struct text *out, char byte)
{
    if (byte == '\n')
        text_add(out, "\\n", 2);
    else if (byte == '\t')
        text_add(out, "\\t", 2);
    else if (byte == '"' || byte == '\\' || byte == '?')
        text_printf(out, "\\%c", byte);
    else if ((unsigned char)byte < ' ')
        text_printf(out, "\\%03o", (unsigned)(unsigned char)byte);
    else
        text_add_char(out, byte);
}

/* A line break of the literal is one of the C too, as far as it goes. */
static void emit_literal(struct emitter *e, const struct step *step)
{
    const char *bytes = e->unit->literals.bytes + step->offset;
    if (step->length == 0)
        return;
    emit_from(e, step->line);
    emit_words(e, "fb_out_literal(out, \"");
    size_t width = 0;
    for (size_t i = 0; i < step->length; i++) {
        if (width >= LITERAL_WIDTH) {
            emit_words(e, "\"");
            emit_newline(e);
            emit_indent(e);
            emit_words(e, "                    \"");
            width = 0;
        }
        emit_byte(e->out, bytes[i]);
        width = bytes[i] == '\n' ? LITERAL_WIDTH : width + 1;
    }
    text_printf(e->out, "\", %zu);", step->length);
    emit_newline(e);
}

void template_emit_string(struct text *out, const char *bytes, size_t length)
{
    text_add_char(out, '"');
    for (size_t i = 0; i < length; i++)
        emit_byte(out, bytes[i]);
    text_add_char(out, '"');
}

void template_message_name(const struct message *message, struct text *out)
{
    struct text words = {0};
    unsigned char digest[TEXT_SHA256];
    text_add(&words, message->words.bytes, message->words.length);
    text_add_char(&words, '\0');
    text_add(&words, message->many.bytes, message->many.length);
    if (message->context.length > 0)
        text_printf(&words, "%c%.*s", '\004', (int)message->context.length,
                    message->context.at);
    /* Where values stand in it decides how they are escaped. */
    for (size_t i = 0; i < message->value_count; i++)
        text_printf(&words, "%c%zu,%d", '\0', message->values[i].name,
                    (int)message->values[i].escape);
    text_sha256(words.bytes, words.length, digest);
    text_add(out, "fb_message_", 11);
    for (size_t i = 0; i < 8; i++)
        text_printf(out, "%02x", digest[i]);
    text_free(&words);
}

/* ---- statements ---- */

static const char *function_of(enum html_escape escape)
{
    switch (escape) {
    case ESCAPE_TEXT:
        return "fb_out_value";
    case ESCAPE_ATTRIBUTE:
        return "fb_out_attribute";
    case ESCAPE_URL_WHOLE:
        return "fb_out_url_whole";
    case ESCAPE_URL_REST:
        return "fb_out_url_rest";
    case ESCAPE_JSON:
        return "fb_out_json";
    case ESCAPE_PLAIN:
        return "fb_out_plain_value";
    }
    return "";
}

static void emit_hole(struct emitter *e, const struct step *step)
{
    emit_from(e, step->line);
    text_printf(e->out, "%s(out, (", function_of(step->escape));
    emit_code(e, step->code);
    emit_words(e, "));");
    emit_newline(e);
}

/* What the name of a template's function ends with. */
static const char *ending_of(const struct unit *unit)
{
    return source_is_plain(&unit->source) ? "_txt" : "_html";
}

static void emit_call(struct emitter *e, const struct step *step)
{
    emit_from(e, step->line);
    text_printf(e->out, "%.*s%s(out", (int)step->name.length, step->name.at,
                ending_of(e->unit));
    emit_words(e, step->code.length ? ", " : "");
    emit_code(e, step->code);
    emit_words(e, ");");
    emit_newline(e);
}

/* A part of a layout, or what a block of it has by default. */
static void emit_layout_call(struct emitter *e, const struct step *step)
{
    emit_from(e, step->line);
    text_printf(e->out, "%.*s_layout_", (int)step->name.length, step->name.at);
    if (step->kind == STEP_PART)
        text_printf(e->out, "%u(out", step->number);
    else
        text_printf(e->out, "%.*s(out", (int)step->count.length,
                    step->count.at);
    emit_words(e, step->code.length ? ", " : "");
    emit_code(e, step->code);
    emit_words(e, ");");
    emit_newline(e);
}

static void emit_value(struct emitter *e, const struct message *message,
                       size_t i)
{
    const struct message_value *value = &message->values[i];
    emit_from(e, message->line);
    text_printf(e->out, "%sif (fb_piece->value == %zu)", i ? "else " : "",
                i + 1);
    emit_newline(e);
    e->depth++;
    emit_from(e, message->line);
    text_printf(e->out, "%s(out, (", function_of(value->escape));
    emit_code(e, message->names[value->name].code);
    emit_words(e, "));");
    emit_newline(e);
    e->depth--;
}

/* A loop over the pieces of the translation, whose order is its own. */
static void emit_message(struct emitter *e, const struct step *step)
{
    const struct message *message = &e->unit->messages[step->number];
    emit_from(e, step->line);
    if (message->value_count == 0 && !message->has_many) {
        emit_words(e, "fb_out_message(out, &");
        template_message_name(message, e->out);
        emit_words(e, ");");
        emit_newline(e);
        return;
    }
    emit_words(e, "for (const struct fb_piece *fb_piece = ");
    emit_words(e, message->has_many ? "fb_plural_pieces(out, &"
                                    : "fb_pieces(out, &");
    template_message_name(message, e->out);
    if (message->has_many) {
        emit_words(e, ", fb_plural((");
        emit_code(e, message->names[0].code);
        emit_words(e, "))");
    }
    emit_words(e, ");; fb_piece++) {");
    emit_newline(e);
    e->depth++;
    emit_from(e, step->line);
    emit_words(e, "fb_out_literal(out, fb_piece->html, fb_piece->length);");
    emit_newline(e);
    for (size_t i = 0; i < message->value_count; i++)
        emit_value(e, message, i);
    emit_from(e, step->line);
    emit_words(e, message->value_count ? "else break;" : "break;");
    emit_newline(e);
    e->depth--;
    emit_from(e, step->line);
    emit_words(e, "}");
    emit_newline(e);
}

static void emit_condition(struct emitter *e, const struct step *step,
                           const char *before)
{
    emit_from(e, step->line);
    emit_words(e, before);
    emit_code(e, step->code);
    emit_words(e, ") {");
    emit_newline(e);
    e->depth++;
}

/*
 * The count stands in a variable of its own, without a cast: a signed count
 * is a warning of the C compiler, and so an error. The braces around the
 * whole keep its name to the loop.
 */
static void emit_for(struct emitter *e, const struct step *step)
{
    unsigned n = step->number;
    emit_from(e, step->line);
    emit_words(e, "{");
    emit_newline(e);
    e->depth++;
    emit_from(e, step->line);
    text_printf(e->out, "const size_t fb_count_%u = ", n);
    emit_code(e, step->count);
    emit_words(e, ";");
    emit_newline(e);
    emit_from(e, step->line);
    text_printf(e->out,
                "for (size_t fb_at_%u = 0; fb_at_%u < fb_count_%u; "
                "fb_at_%u++) {",
                n, n, n, n);
    emit_newline(e);
    e->depth++;
    emit_from(e, step->line);
    emit_code(e, step->name);
    emit_words(e, " = &(");
    emit_code(e, step->code);
    text_printf(e->out, ")[fb_at_%u];", n);
    emit_newline(e);
}

static void emit_close(struct emitter *e, size_t line, const char *words)
{
    e->depth--;
    emit_from(e, line);
    emit_words(e, words);
    emit_newline(e);
}

/* `rest` of the name: "_html", "_layout_0" ... */
static void emit_prototype(struct text *out, const struct step *step,
                           const char *rest)
{
    text_printf(out, "void %.*s%s(struct fb_out *out", (int)step->name.length,
                step->name.at, rest);
    if (step->code.length)
        text_add(out, ", ", 2);
    for (size_t i = 0; i < step->code.length; i++)
        text_add_char(out, step->code.at[i] == '\n' ? ' ' : step->code.at[i]);
    text_add_char(out, ')');
}

/* A template that writes nothing has no use for its first parameter. */
static bool writes(const struct step *step)
{
    for (step++; step->kind != STEP_END || step->closes != STEP_TEMPLATE;
         step++) {
        if ((step->kind == STEP_LITERAL && step->length > 0) ||
            step->kind == STEP_HOLE || step->kind == STEP_CALL ||
            step->kind == STEP_MESSAGE || step->kind == STEP_PART)
            return true;
    }
    return false;
}

/* The head of a function for a template, or for a part of a layout. */
static void emit_function(struct emitter *e, const struct step *step,
                          size_t line, const char *rest)
{
    text_add_char(e->out, '\n');
    e->line++;
    e->depth = 0;
    emit_from(e, line);
    emit_prototype(e->out, step, rest);
    emit_newline(e);
    emit_words(e, "{");
    emit_newline(e);
    e->depth = 1;
}

static void emit_template(struct emitter *e, const struct step *step)
{
    emit_function(e, step, step->line, ending_of(e->unit));
    if (!writes(step)) {
        emit_from(e, step->line);
        emit_words(e, "(void)out;");
        emit_newline(e);
    }
}

/* ---- layouts ---- */

static void part_name(char *rest, size_t size, unsigned number)
{
    snprintf(rest, size, "_layout_%u", number);
}

static void block_rest(char *rest, size_t size, const struct step *block)
{
    snprintf(rest, size, "_layout_%.*s", (int)block->name.length,
             block->name.at);
}

/* Not each part of a layout uses each of its parameters. */
static void emit_pragma(struct emitter *e, const char *words)
{
    text_printf(e->out, "#pragma GCC diagnostic %s\n", words);
    e->line++;
}

static void emit_layout(struct emitter *e, const struct step *step)
{
    char rest[TEMPLATE_NAME_MAX + 16];
    e->layout = step;
    emit_pragma(e, "push");
    emit_pragma(e, "ignored \"-Wunused-parameter\"");
    part_name(rest, sizeof(rest), 0);
    emit_function(e, step, step->line, rest);
}

static void emit_block(struct emitter *e, const struct step *step)
{
    char rest[TEMPLATE_NAME_MAX + 16];
    emit_close(e, step->line, "}");
    if (step->number)
        return;
    block_rest(rest, sizeof(rest), step);
    emit_function(e, e->layout, step->line, rest);
}

static void emit_block_end(struct emitter *e, const struct step *step)
{
    char rest[TEMPLATE_NAME_MAX + 16];
    if (step[-1].kind != STEP_BLOCK || !step[-1].number)
        emit_close(e, step->line, "}");
    part_name(rest, sizeof(rest), step->number);
    emit_function(e, e->layout, step->line, rest);
}

static void emit_end(struct emitter *e, const struct step *step)
{
    if (step->closes == STEP_FOR)
        emit_close(e, step->line, "}"); /* the for itself */
    if (step->closes == STEP_NONE)
        emit_close(e, step->line, "}"); /* the if of its else */
    emit_close(e, step->line, "}");
    if (step->closes == STEP_LAYOUT)
        emit_pragma(e, "pop");
}

static void emit_step(struct emitter *e, const struct step *step)
{
    switch (step->kind) {
    case STEP_TEMPLATE:
        emit_template(e, step);
        return;
    case STEP_LAYOUT:
        emit_layout(e, step);
        return;
    case STEP_BLOCK:
        emit_block(e, step);
        return;
    case STEP_BLOCK_END:
        emit_block_end(e, step);
        return;
    case STEP_PART:
    case STEP_DEFAULT:
        emit_layout_call(e, step);
        return;
    case STEP_MESSAGE:
        emit_message(e, step);
        return;
    case STEP_LITERAL:
        emit_literal(e, step);
        return;
    case STEP_HOLE:
        emit_hole(e, step);
        return;
    case STEP_CALL:
        emit_call(e, step);
        return;
    case STEP_IF:
        emit_condition(e, step, "if (");
        return;
    case STEP_ELIF:
        e->depth--;
        emit_condition(e, step, "} else if (");
        return;
    case STEP_ELSE:
        emit_close(e, step->line, "} else {");
        e->depth++;
        return;
    case STEP_FOR:
        emit_for(e, step);
        return;
    case STEP_NONE:
        emit_close(e, step->line, "}");
        emit_from(e, step->line);
        text_printf(e->out, "if (fb_count_%u == 0) {", step->number);
        emit_newline(e);
        e->depth++;
        return;
    case STEP_END:
        emit_end(e, step);
        return;
    }
}

/* ---- files ---- */

/* The messages are defined by the catalogue; one may be declared twice. */
static void emit_messages(const struct unit *unit, struct text *out)
{
    for (size_t i = 0; i < unit->message_count; i++) {
        text_printf(out, "%sextern const struct fb_message ", i ? "" : "\n");
        template_message_name(&unit->messages[i], out);
        text_add(out, ";\n", 2);
    }
}

void template_emit_source(const struct unit *unit, const char *header,
                          struct text *out)
{
    struct emitter emitter = {.unit = unit, .out = out};
    text_printf(
        out,
        "/* Made by foobar-template; edit the template that "
        "#line names. */\n\n#include <foobar/foobar.h>\n\n#include \"%s\"\n",
        header);
    for (size_t i = 0; i < unit->use_count; i++)
        text_printf(out, "#include %.*s\n", (int)unit->uses[i].length,
                    unit->uses[i].at);
    text_add(out, "\n#include <stddef.h>\n", 21);
    emit_messages(unit, out);
    for (size_t i = 0; i < unit->step_count; i++)
        emit_step(&emitter, &unit->steps[i]);
}

static bool same(struct slice a, struct slice b)
{
    return a.length == b.length && memcmp(a.at, b.at, a.length) == 0;
}

/* The template of that name in one of the first `count` units, or NULL. */
/* Of one kind: welcome.txt and welcome.html have a function each. */
static const struct step *find_template(const struct unit *units, size_t count,
                                        bool plain, struct slice name,
                                        size_t *unit)
{
    for (*unit = 0; *unit < count; ++*unit) {
        const struct unit *u = &units[*unit];
        if (source_is_plain(&u->source) != plain)
            continue;
        for (size_t i = 0; i < u->step_count; i++) {
            if ((u->steps[i].kind == STEP_TEMPLATE ||
                 u->steps[i].kind == STEP_LAYOUT) &&
                same(u->steps[i].name, name))
                return &u->steps[i];
        }
    }
    return NULL;
}

static bool was_used(const struct unit *units, size_t count,
                     struct slice header)
{
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < units[i].use_count; j++) {
            if (same(units[i].uses[j], header))
                return true;
        }
    }
    return false;
}

static void emit_uses(const struct unit *units, size_t count, struct text *out)
{
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < units[i].use_count; j++) {
            if (!was_used(units, i, units[i].uses[j]))
                text_printf(out, "#include %.*s\n",
                            (int)units[i].uses[j].length, units[i].uses[j].at);
        }
    }
}

/* The functions of a layout: its parts, and what its blocks have. */
static void emit_layout_declarations(const struct step *layout,
                                     struct text *out)
{
    char rest[TEMPLATE_NAME_MAX + 16];
    part_name(rest, sizeof(rest), 0);
    emit_prototype(out, layout, rest);
    for (const struct step *step = layout + 1;
         step->kind != STEP_END || step->closes != STEP_LAYOUT; step++) {
        bool is_block = step->kind == STEP_BLOCK && !step->number;
        if (!is_block && step->kind != STEP_BLOCK_END)
            continue;
        if (is_block)
            block_rest(rest, sizeof(rest), step);
        else
            part_name(rest, sizeof(rest), step->number);
        text_add(out, ";\n", 2);
        emit_prototype(out, layout, rest);
    }
    text_add(out, ";\n", 2);
}

/* The declarations of units[index]; none of its names may stand before. */
static bool emit_declarations(struct unit *units, size_t index,
                              struct text *out)
{
    struct unit *unit = &units[index];
    for (size_t i = 0; i < unit->step_count; i++) {
        const struct step *step = &unit->steps[i];
        size_t other;
        if (step->kind != STEP_TEMPLATE && step->kind != STEP_LAYOUT)
            continue;
        const struct step *first = find_template(
            units, index, source_is_plain(&unit->source), step->name, &other);
        if (first)
            return template_refuse(
                &unit->source, step->name.at,
                "the template %.*s exists already in %s:%zu; "
                "choose another name",
                (int)step->name.length, step->name.at, units[other].source.path,
                first->line);
        if (step->kind == STEP_LAYOUT) {
            emit_layout_declarations(step, out);
            continue;
        }
        emit_prototype(out, step, ending_of(unit));
        text_add(out, ";\n", 2);
    }
    return true;
}

bool template_emit_header(struct unit *units, size_t count, struct text *out)
{
    text_printf(out, "/* Made by foobar-template; edit the templates. */\n\n"
                     "#ifndef FOOBAR_TEMPLATES_H\n"
                     "#define FOOBAR_TEMPLATES_H\n\n"
                     "#include <foobar/foobar.h>\n\n"
                     "/* What --catalogue makes; for foobar_app. */\n"
                     "extern const struct fb_catalogue app_catalogue;\n\n");
    emit_uses(units, count, out);
    text_add_char(out, '\n');
    for (size_t i = 0; i < count; i++) {
        if (!emit_declarations(units, i, out))
            return false;
    }
    text_printf(out, "\n#endif\n");
    return true;
}
