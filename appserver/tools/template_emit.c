/*
 * From steps to C.
 *
 * Every statement carries the line of the template that it comes from
 * (#line), so that the C compiler, the debugger and a crash report name the
 * file that somebody wrote. The code is laid out to be read all the same:
 * sooner or later somebody will look at it.
 */

#include "template.h"

#include <string.h>

#define LITERAL_WIDTH 60 /* bytes of a literal on a line of C */

struct emitter {
    const struct unit *unit;
    struct text *out;
    size_t line; /* of the template, as the C compiler counts it now */
    bool named;  /* a #line has named the template's file */
    unsigned depth;
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

static void emit_call(struct emitter *e, const struct step *step)
{
    emit_from(e, step->line);
    text_printf(e->out, "%.*s_html(out", (int)step->name.length, step->name.at);
    emit_words(e, step->code.length ? ", " : "");
    emit_code(e, step->code);
    emit_words(e, ");");
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

static void emit_prototype(struct text *out, const struct step *step)
{
    text_printf(out, "void %.*s_html(struct fb_out *out",
                (int)step->name.length, step->name.at);
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
            step->kind == STEP_HOLE || step->kind == STEP_CALL)
            return true;
    }
    return false;
}

static void emit_template(struct emitter *e, const struct step *step)
{
    text_add_char(e->out, '\n');
    e->line++;
    emit_from(e, step->line);
    emit_prototype(e->out, step);
    emit_newline(e);
    emit_words(e, "{");
    emit_newline(e);
    e->depth = 1;
    if (!writes(step)) {
        emit_from(e, step->line);
        emit_words(e, "(void)out;");
        emit_newline(e);
    }
}

static void emit_end(struct emitter *e, const struct step *step)
{
    if (step->closes == STEP_FOR)
        emit_close(e, step->line, "}"); /* the for itself */
    if (step->closes == STEP_NONE)
        emit_close(e, step->line, "}"); /* the if of its else */
    emit_close(e, step->line, "}");
}

static void emit_step(struct emitter *e, const struct step *step)
{
    switch (step->kind) {
    case STEP_TEMPLATE:
        emit_template(e, step);
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

void template_emit_source(const struct unit *unit, const char *header,
                          struct text *out)
{
    struct emitter emitter = {.unit = unit, .out = out};
    text_printf(
        out,
        "/* Made by foobar-template; edit the template that "
        "#line names. */\n\n#include <foobar/html.h>\n\n#include \"%s\"\n",
        header);
    for (size_t i = 0; i < unit->use_count; i++)
        text_printf(out, "#include %.*s\n", (int)unit->uses[i].length,
                    unit->uses[i].at);
    text_add(out, "\n#include <stddef.h>\n", 21);
    for (size_t i = 0; i < unit->step_count; i++)
        emit_step(&emitter, &unit->steps[i]);
}

static bool same(struct slice a, struct slice b)
{
    return a.length == b.length && memcmp(a.at, b.at, a.length) == 0;
}

/* The template of that name in one of the first `count` units, or NULL. */
static const struct step *find_template(const struct unit *units, size_t count,
                                        struct slice name, size_t *unit)
{
    for (*unit = 0; *unit < count; ++*unit) {
        const struct unit *u = &units[*unit];
        for (size_t i = 0; i < u->step_count; i++) {
            if (u->steps[i].kind == STEP_TEMPLATE &&
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

/* The declarations of units[index]; none of its names may stand before. */
static bool emit_declarations(struct unit *units, size_t index,
                              struct text *out)
{
    struct unit *unit = &units[index];
    for (size_t i = 0; i < unit->step_count; i++) {
        const struct step *step = &unit->steps[i];
        size_t other;
        if (step->kind != STEP_TEMPLATE)
            continue;
        const struct step *first =
            find_template(units, index, step->name, &other);
        if (first)
            return template_refuse(
                &unit->source, step->name.at,
                "the template %.*s exists already in %s:%zu; "
                "choose another name",
                (int)step->name.length, step->name.at, units[other].source.path,
                first->line);
        emit_prototype(out, step);
        text_add(out, ";\n", 2);
    }
    return true;
}

bool template_emit_header(struct unit *units, size_t count, struct text *out)
{
    text_printf(out, "/* Made by foobar-template; edit the templates. */\n\n"
                     "#ifndef FOOBAR_TEMPLATES_H\n"
                     "#define FOOBAR_TEMPLATES_H\n\n"
                     "#include <foobar/html.h>\n\n");
    emit_uses(units, count, out);
    text_add_char(out, '\n');
    for (size_t i = 0; i < count; i++) {
        if (!emit_declarations(units, i, out))
            return false;
    }
    text_printf(out, "\n#endif\n");
    return true;
}
