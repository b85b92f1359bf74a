/*
 * Reads a file of translations in gettext's form, as poedit or msgmerge
 * write it. msgfmt checks such files too (`make lint`); this one refuses all
 * that it does not understand, with line and column, because what it reads
 * becomes a part of pages.
 */

#include "template.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct reader {
    struct po *po;
    struct source *source;
    const char *at; /* in the line that is being read */
    const char *end;
    struct po_entry entry;
    struct text *string; /* to which a line of only a string adds */
    bool has_entry;
    bool next_is_fuzzy;
    bool has_header;
};

static void free_entry(struct po_entry *entry)
{
    text_free(&entry->context);
    text_free(&entry->words);
    text_free(&entry->key);
    text_free(&entry->many);
    for (size_t i = 0; i < PO_FORMS_MAX; i++)
        text_free(&entry->forms[i]);
}

void po_free(struct po *po)
{
    for (size_t i = 0; i < po->entry_count; i++)
        free_entry(&po->entries[i]);
    free(po->entries);
    po->entries = NULL;
    po->entry_count = 0;
    po->entry_capacity = 0;
}

bool po_is_translated(const struct po *po, const struct po_entry *entry)
{
    size_t wanted = entry->has_many ? po->plurals : 1;
    if (entry->is_fuzzy)
        return false;
    for (size_t i = 0; i < wanted; i++) {
        if (entry->forms[i].length == 0)
            return false;
    }
    return true;
}

/* ---- the header: the translation of "" ---- */

/* The value of a line "NAME: VALUE\n" of the header; "" when there is none. */
static struct slice header_value(const struct text *header, const char *name)
{
    size_t length = strlen(name);
    const char *line = header->bytes;
    while (line && *line) {
        const char *end = strchr(line, '\n');
        size_t rest = end ? (size_t)(end - line) : strlen(line);
        if (rest > length && memcmp(line, name, length) == 0 &&
            line[length] == ':')
            return slice_trim(
                (struct slice){line + length + 1, rest - length - 1});
        line = end ? end + 1 : NULL;
    }
    return (struct slice){"", 0};
}

/* An expression of n, whole numbers and operators; the C compiler reads it. */
static bool is_plural_expression(const char *c)
{
    if (!*c)
        return false;
    for (; *c; c++) {
        bool is_word = is_name(c[0]) && is_name(c[1]);
        bool both_digits =
            c[0] >= '0' && c[0] <= '9' && c[1] >= '0' && c[1] <= '9';
        if (!strchr("n0123456789 ()?:|&!=<>%+-*", *c) ||
            (is_word && !both_digits))
            return false;
    }
    return true;
}

/* Takes a word off the beginning of the rule, and white space behind it. */
static bool take_word(struct slice *rule, const char *word)
{
    size_t length = strlen(word);
    if (rule->length < length || memcmp(rule->at, word, length) != 0)
        return false;
    *rule =
        slice_trim((struct slice){rule->at + length, rule->length - length});
    return true;
}

/* "nplurals=2; plural=n != 1;" */
static bool split_plural_rule(struct po *po, struct slice rule)
{
    if (!take_word(&rule, "nplurals") || !take_word(&rule, "=") ||
        rule.length == 0)
        return false;
    po->plurals = (size_t)(unsigned char)*rule.at - '0';
    rule.at++;
    rule.length--;
    rule = slice_trim(rule);
    if (po->plurals < 1 || po->plurals > PO_FORMS_MAX ||
        !take_word(&rule, ";") || !take_word(&rule, "plural") ||
        !take_word(&rule, "="))
        return false;
    if (rule.length > 0 && rule.at[rule.length - 1] == ';')
        rule.length--;
    if (rule.length > PO_PLURAL_MAX)
        return false;
    memcpy(po->plural, rule.at, rule.length);
    po->plural[rule.length] = '\0';
    return is_plural_expression(po->plural);
}

static bool read_plural_rule(struct reader *r, const struct text *header)
{
    struct po *po = r->po;
    struct slice rule = header_value(header, "Plural-Forms");
    po->plurals = 1;
    memcpy(po->plural, "0", 2);
    return rule.length == 0 || split_plural_rule(po, rule) ||
           template_refuse(r->source, r->entry.at,
                           "the header's Plural-Forms are not understood; "
                           "write nplurals=1 to %d; plural=... of n, numbers "
                           "and operators;",
                           PO_FORMS_MAX);
}

static bool read_header(struct reader *r)
{
    const struct text *header = &r->entry.forms[0];
    struct slice type = header_value(header, "Content-Type");
    struct slice language = header_value(header, "Language");
    char spelled[TEMPLATE_NAME_MAX + 1];
    if (!slice_is(type, "text/plain; charset=UTF-8"))
        return template_refuse(r->source, r->entry.at,
                               "the header's Content-Type is not \"text/plain; "
                               "charset=UTF-8\"; save the file as UTF-8");
    snprintf(spelled, sizeof(spelled), "%.*s", (int)language.length,
             language.at);
    for (char *c = spelled; *c; c++)
        *c = *c == '_' ? '-' : *c;
    if (strcmp(spelled, r->po->language) != 0)
        return template_refuse(r->source, r->entry.at,
                               "the header's Language is \"%s\", the file's "
                               "name says \"%s\"; correct one of them",
                               spelled, r->po->language);
    r->has_header = true;
    return read_plural_rule(r, header);
}

/* ---- entries ---- */

/* A context is told from the words behind it by a byte that no text has. */
static void make_key(struct po_entry *entry)
{
    if (entry->has_context) {
        text_add(&entry->key, entry->context.bytes, entry->context.length);
        text_add_char(&entry->key, '\004');
    }
    text_add(&entry->key, entry->words.bytes, entry->words.length);
}

static bool end_entry(struct reader *r)
{
    struct po *po = r->po;
    struct po_entry *entry = &r->entry;
    if (!r->has_entry)
        return true;
    if (entry->form_count == 0)
        return template_refuse(r->source, entry->at,
                               "this msgid has no msgstr; add it");
    bool is_header = entry->words.length == 0 && !entry->has_context;
    if (is_header != !r->has_header)
        return template_refuse(r->source, entry->at,
                               "the header, which translates \"\", stands "
                               "first and once; put it there");
    bool ok = !is_header || read_header(r);
    size_t wanted = entry->has_many ? po->plurals : 1;
    if (ok && entry->form_count != wanted)
        ok = template_refuse(r->source, entry->at,
                             "this has %zu forms, and the header says %zu; "
                             "give as many",
                             entry->form_count, wanted);
    if (is_header || !ok) {
        free_entry(entry);
    } else {
        make_key(entry);
        po->entries = template_grow(po->entries, po->entry_count,
                                    &po->entry_capacity, sizeof(*entry));
        po->entries[po->entry_count++] = *entry;
    }
    r->entry = (struct po_entry){0};
    r->has_entry = false;
    r->string = NULL;
    return ok;
}

static bool read_string(struct reader *r)
{
    const char *begin = r->at;
    if (r->at == r->end || *r->at != '"')
        return template_refuse(r->source, r->at,
                               "a string between quotes is missing here");
    for (r->at++; r->at < r->end && *r->at != '"'; r->at++) {
        char byte = *r->at;
        if (byte == '\\') {
            const char *known = "n\nt\t\"\"\\\\";
            r->at++;
            const char *found = r->at < r->end ? strchr(known, *r->at) : NULL;
            if (!found || (found - known) % 2 != 0)
                return template_refuse(r->source, r->at - 1,
                                       "only \\n, \\t, \\\" and \\\\ are "
                                       "escapes here; write one of them");
            byte = found[1];
        }
        text_add_char(r->string, byte);
    }
    if (r->at == r->end)
        return template_refuse(r->source, begin,
                               "this quote is not closed on its line; add "
                               "the closing \"");
    r->at++;
    return r->at == r->end ||
           template_refuse(r->source, r->at,
                           "nothing may follow the string on its line; "
                           "remove this");
}

static bool begin_entry(struct reader *r, const char *at)
{
    if (!end_entry(r))
        return false;
    r->has_entry = true;
    r->entry.at = at;
    r->entry.is_fuzzy = r->next_is_fuzzy;
    r->next_is_fuzzy = false;
    r->string = &r->entry.words;
    return true;
}

/* The context stands before the msgid, and begins the entry. */
static bool read_context(struct reader *r, const char *at)
{
    if (!begin_entry(r, at))
        return false;
    r->entry.has_context = true;
    r->string = &r->entry.context;
    text_add(r->string, "", 0);
    return read_string(r);
}

static bool read_msgid(struct reader *r, const char *at)
{
    struct po_entry *entry = &r->entry;
    bool is_begun = r->has_entry && entry->has_context && !entry->words.bytes;
    if (!is_begun && !begin_entry(r, at))
        return false;
    r->string = &entry->words;
    text_add(r->string, "", 0);
    return read_string(r);
}

static bool begin_form(struct reader *r, const char *at, size_t form)
{
    struct po_entry *entry = &r->entry;
    if (form != entry->form_count || form >= PO_FORMS_MAX)
        return template_refuse(r->source, at,
                               "the forms are numbered from 0, one after the "
                               "other; correct the number");
    entry->forms_at[form] = at;
    r->string = &entry->forms[form];
    text_add(r->string, "", 0);
    entry->form_count++;
    return true;
}

/* Takes the word off the beginning of the line. */
static bool take(struct reader *r, const char *word)
{
    size_t length = strlen(word);
    if ((size_t)(r->end - r->at) < length || memcmp(r->at, word, length) != 0)
        return false;
    r->at += length;
    while (r->at < r->end && (*r->at == ' ' || *r->at == '\t'))
        r->at++;
    return true;
}

static bool read_keyword(struct reader *r)
{
    const char *at = r->at;
    struct po_entry *entry = &r->entry;
    bool may_translate = r->has_entry && entry->words.bytes;
    if (take(r, "msgid_plural")) {
        if (!may_translate || entry->has_many || entry->form_count > 0)
            return template_refuse(r->source, at,
                                   "msgid_plural follows a msgid; move it "
                                   "there");
        entry->has_many = true;
        r->string = &entry->many;
        return read_string(r);
    }
    if (take(r, "msgid"))
        return read_msgid(r, at);
    if (take(r, "msgctxt"))
        return read_context(r, at);
    bool is_plural = take(r, "msgstr[");
    if (!is_plural && !take(r, "msgstr"))
        return template_refuse(
            r->source, at,
            "this is none of msgctxt, msgid, msgid_plural, msgstr and a "
            "comment; correct it");
    if (!may_translate || is_plural != entry->has_many)
        return template_refuse(r->source, at,
                               "msgstr follows a msgid, and msgstr[0] a "
                               "msgid_plural; correct this");
    size_t form = 0;
    if (is_plural) {
        form = r->at < r->end ? (size_t)(unsigned char)*r->at - '0' : 0;
        r->at += r->at < r->end;
        if (!take(r, "]"))
            return template_refuse(r->source, at,
                                   "a form is written msgstr[0]; correct "
                                   "this");
    }
    return begin_form(r, at, form) && read_string(r);
}

static bool read_line(struct reader *r)
{
    if (r->at == r->end)
        return true;
    if (*r->at == '#') {
        struct slice line = {r->at, (size_t)(r->end - r->at)};
        if (line.length > 1 && line.at[1] == ',' &&
            memmem(line.at, line.length, "fuzzy", 5))
            r->next_is_fuzzy = true;
        return true;
    }
    if (*r->at == '"') {
        if (!r->string)
            return template_refuse(r->source, r->at,
                                   "this string belongs to no msgid or "
                                   "msgstr; remove it");
        return read_string(r);
    }
    return read_keyword(r);
}

/* "site/locale/pt_BR.po" -> "pt-BR" */
static bool name_language(struct po *po)
{
    const char *slash = strrchr(po->source.path, '/');
    const char *name = slash ? slash + 1 : po->source.path;
    size_t length = strlen(name);
    bool ok = length > 3 && length - 3 <= TEMPLATE_NAME_MAX &&
              strcmp(name + length - 3, ".po") == 0;
    length = ok ? length - 3 : 0;
    for (size_t i = 0; i < length; i++) {
        po->language[i] = name[i] == '_' ? '-' : name[i];
        ok = ok && is_name(name[i]);
    }
    return ok || template_refuse(&po->source, po->source.bytes,
                                 "the file's name is no language; name it as "
                                 "in de.po or pt_BR.po");
}

bool po_parse(struct po *po)
{
    struct source *source = &po->source;
    struct reader r = {.po = po, .source = source};
    const char *end = source->bytes + source->length;
    bool ok = check_bytes(source) && name_language(po);
    for (const char *line = source->bytes; ok && line < end;) {
        const char *newline = memchr(line, '\n', (size_t)(end - line));
        const char *line_end = newline ? newline : end;
        struct slice words =
            slice_trim((struct slice){line, (size_t)(line_end - line)});
        r.at = words.at;
        r.end = words.at + words.length;
        ok = read_line(&r);
        line = newline ? newline + 1 : end;
    }
    ok = ok && end_entry(&r);
    free_entry(&r.entry);
    return ok && (r.has_header ||
                  template_refuse(source, source->bytes,
                                  "the file has no header; begin it with "
                                  "msgid \"\", as msginit does"));
}
