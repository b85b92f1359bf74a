/*
 * The words of all templates in all languages: the list that translators
 * start from, and the catalogue that becomes a part of the application.
 *
 * A translation is HTML, as what it translates is. It is read by the same
 * reader, from the same place of the page, and must end at that place with
 * the same tags and values; so a translator can break neither the page nor
 * an escape. The catalogue is arrays of pieces, ready to be sent.
 */

#include "template.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- tags ---- */

/* The tags of HTML that is known to be well-formed; false: too many. */
static bool find_tags(const struct text *html, struct slice *tags,
                      size_t *count)
{
    const char *end = html->bytes + html->length;
    const char *begin = NULL;
    char quote = '\0';
    *count = 0;
    for (const char *c = html->bytes; c < end; c++) {
        if (!begin && *c == '<') {
            begin = c;
        } else if (begin && (*c == '"' || *c == '\'')) {
            if (!quote || quote == *c)
                quote = quote ? '\0' : *c;
        } else if (begin && !quote && *c == '>') {
            if (*count == TEMPLATE_TAGS_MAX)
                return false;
            tags[(*count)++] = (struct slice){begin, (size_t)(c + 1 - begin)};
            begin = NULL;
        }
    }
    return true;
}

static size_t count_tag(const struct slice *tags, size_t count,
                        struct slice tag)
{
    size_t found = 0;
    for (size_t i = 0; i < count; i++)
        found += tags[i].length == tag.length &&
                 memcmp(tags[i].at, tag.at, tag.length) == 0;
    return found;
}

static bool end_after_they_begin(const struct slice *tags, size_t count)
{
    size_t open = 0;
    for (size_t i = 0; i < count; i++) {
        bool ends = tags[i].at[1] == '/';
        if (ends && open == 0)
            return false;
        open = ends ? open - 1 : open + 1;
    }
    return true;
}

bool words_are_whole(const struct text *words)
{
    struct slice tags[TEMPLATE_TAGS_MAX];
    size_t count;
    return find_tags(words, tags, &count) && end_after_they_begin(tags, count);
}

/* The same tags, each as often. */
static bool has_same_tags(const struct text *original,
                          const struct text *translation)
{
    struct slice ours[TEMPLATE_TAGS_MAX];
    struct slice theirs[TEMPLATE_TAGS_MAX];
    size_t our_count;
    size_t their_count;
    if (!find_tags(original, ours, &our_count) ||
        !find_tags(translation, theirs, &their_count) ||
        our_count != their_count || !end_after_they_begin(theirs, their_count))
        return false;
    for (size_t i = 0; i < their_count; i++) {
        if (count_tag(theirs, their_count, theirs[i]) !=
            count_tag(ours, our_count, theirs[i]))
            return false;
    }
    return true;
}

/* ---- pieces ---- */

/* What reads a form of a message. */
struct form {
    const struct message *message;
    struct source source; /* the form itself, for the reader of HTML */
    struct html html;
    struct text *out;
    bool has[TEMPLATE_VALUES_MAX]; /* which values stand in it */
};

/* The value that {name} is at this place, counted from 1; 0: none. */
static size_t find_value(struct form *form, struct slice name)
{
    const struct message *message = form->message;
    enum html_escape escape;
    if (!html_hole(&form->html, &form->source, name.at, &escape))
        return 0;
    for (size_t i = 0; i < message->value_count; i++) {
        const struct message_value *value = &message->values[i];
        struct slice known = message->names[value->name].name;
        if (value->escape == escape && known.length == name.length &&
            memcmp(known.at, name.at, name.length) == 0) {
            form->has[value->name] = true;
            return i + 1;
        }
    }
    return 0;
}

/* Writes the piece that begins at *at; *at becomes NULL behind the last. */
static const char *write_piece(struct form *form, const char **at,
                               const char *end)
{
    const char *open = memchr(*at, '{', (size_t)(end - *at));
    const char *until = open ? open : end;
    const char *close = open ? memchr(open, '}', (size_t)(end - open)) : NULL;
    struct slice words = {*at, (size_t)(until - *at)};
    struct text html = {0};
    size_t value = 0;
    if (open && !close)
        return "a brace names a value, as in {name}";
    text_add(&html, "", 0);
    bool ok = html_literal(&form->html, &form->source, words, &html);
    if (ok && open)
        value = find_value(
            form, (struct slice){open + 1, (size_t)(close - open - 1)});
    text_add(form->out, "    {", 5);
    template_emit_string(form->out, html.bytes, html.length);
    text_printf(form->out, ", %zu, %zu},\n", html.length, value);
    text_free(&html);
    *at = open ? close + 1 : NULL;
    if (!ok)
        return strstr(form->source.error, "error: ") + 7;
    return open && value == 0
               ? "a name in braces is none of the original's, or stands at "
                 "another kind of place"
               : NULL;
}

/* A plural form may leave out the number, which is the first name. */
static const char *check_values(const struct form *form)
{
    const struct message *message = form->message;
    for (size_t i = message->has_many; i < message->name_count; i++) {
        if (!form->has[i])
            return "a value of the original is missing";
    }
    return NULL;
}

/* Why a form that was read to its end does not fit, or NULL. */
static const char *check_form(struct form *form, const struct text *words)
{
    const struct message *message = form->message;
    struct html both = message->html;
    if (!html_pause(&form->html, &form->source, words->bytes) ||
        !html_merge(&both, &form->html))
        return "it leaves the place of the HTML where it stands";
    if (message->html.state == HTML_TEXT &&
        !has_same_tags(&message->words, words) &&
        !(message->has_many && has_same_tags(&message->many, words)))
        return "its tags are not those of the original, each as often; keep "
               "them as they are";
    return check_values(form);
}

/* Writes the pieces of a form; when it does not fit, why. */
static bool write_form(const struct message *message, const struct text *words,
                       struct text *out, char why[TEMPLATE_ERROR_MAX])
{
    struct form form = {.message = message, .html = message->html, .out = out};
    form.source = (struct source){
        .path = "", .bytes = words->bytes, .length = words->length};
    const char *at = words->bytes;
    const char *wrong = NULL;
    while (!wrong && at)
        wrong = write_piece(&form, &at, words->bytes + words->length);
    if (!wrong)
        wrong = check_form(&form, words);
    snprintf(why, TEMPLATE_ERROR_MAX, "%s", wrong ? wrong : "");
    return !wrong;
}

/* ---- messages ---- */

static bool same_text(const struct text *a, const struct text *b)
{
    return a->length == b->length &&
           (a->length == 0 || memcmp(a->bytes, b->bytes, a->length) == 0);
}

static bool same_slice(struct slice a, struct slice b)
{
    return a.length == b.length &&
           (a.length == 0 || memcmp(a.at, b.at, a.length) == 0);
}

static bool same_words(const struct message *a, const struct message *b)
{
    return a->has_many == b->has_many && same_slice(a->context, b->context) &&
           same_text(&a->words, &b->words) && same_text(&a->many, &b->many);
}

/* No message of a template has an empty context. */
static bool has_context_of(const struct po_entry *entry,
                           const struct message *message)
{
    struct slice context = {entry->context.bytes, entry->context.length};
    return entry->has_context == (message->context.length > 0) &&
           same_slice(context, message->context);
}

static const struct po_entry *find_entry(const struct po *file,
                                         const struct message *message)
{
    for (size_t i = 0; i < file->entry_count; i++) {
        const struct po_entry *entry = &file->entries[i];
        if (entry->has_many == message->has_many &&
            has_context_of(entry, message) &&
            same_text(&entry->words, &message->words) &&
            same_text(&entry->many, &message->many))
            return po_is_translated(file, entry) ? entry : NULL;
    }
    return NULL;
}

/* Writes "static const struct fb_piece p1_0_2[] = {...};". */
static bool emit_form(const struct message *message, const struct text *words,
                      const char *name, struct text *out,
                      char why[TEMPLATE_ERROR_MAX])
{
    struct text pieces = {0};
    bool ok = write_form(message, words, &pieces, why);
    if (ok)
        text_printf(out, "static const struct fb_piece %s[] = {\n%s};\n", name,
                    pieces.bytes);
    text_free(&pieces);
    return ok;
}

struct catalogue {
    const struct unit *units;
    size_t unit_count;
    struct po *files;
    size_t file_count;
    struct text *out;
};

/* The forms of a message in English; they always fit. */
static void emit_english(const struct catalogue *c,
                         const struct message *message, size_t number)
{
    char name[64];
    char why[TEMPLATE_ERROR_MAX];
    snprintf(name, sizeof(name), "p%zu_0_0", number);
    emit_form(message, &message->words, name, c->out, why);
    if (!message->has_many)
        return;
    snprintf(name, sizeof(name), "p%zu_0_1", number);
    emit_form(message, &message->many, name, c->out, why);
}

static bool emit_translation(const struct catalogue *c, size_t language,
                             const struct message *message, size_t number)
{
    struct po *file = &c->files[language - 1];
    const struct po_entry *entry = find_entry(file, message);
    for (size_t i = 0; entry && i < entry->form_count; i++) {
        char name[64];
        char why[TEMPLATE_ERROR_MAX];
        snprintf(name, sizeof(name), "p%zu_%zu_%zu", number, language, i);
        if (!emit_form(message, &entry->forms[i], name, c->out, why))
            return template_refuse(&file->source, entry->forms_at[i],
                                   "the translation does not fit: %s", why);
    }
    return true;
}

static void emit_forms(const struct catalogue *c, size_t language,
                       size_t number, size_t forms)
{
    text_printf(c->out, "    (const struct fb_piece *const[]){");
    for (size_t i = 0; i < forms; i++)
        text_printf(c->out, "%sp%zu_%zu_%zu", i ? ", " : "", number, language,
                    i);
    text_printf(c->out, "},\n");
}

static bool emit_message(const struct catalogue *c,
                         const struct message *message, size_t number)
{
    struct text *out = c->out;
    text_add_char(out, '\n');
    emit_english(c, message, number);
    for (size_t i = 1; i <= c->file_count; i++) {
        if (!emit_translation(c, i, message, number))
            return false;
    }
    text_printf(out, "static const struct fb_piece *const *const m%zu[] = {\n",
                number);
    emit_forms(c, 0, number, message->has_many ? 2 : 1);
    for (size_t i = 0; i < c->file_count; i++) {
        const struct po_entry *entry = find_entry(&c->files[i], message);
        if (entry)
            emit_forms(c, i + 1, number, entry->form_count);
        else
            text_add(out, "    NULL,\n", 10);
    }
    text_add(out, "};\nconst struct fb_message ", 27);
    template_message_name(message, out);
    text_printf(out, " = {m%zu};\n", number);
    return true;
}

/*
 * Messages of one name are one in C; but each place must be looked at, since
 * what fits the text may end an attribute.
 */
static bool check_again(const struct catalogue *c,
                        const struct message *message)
{
    struct text unused = {0};
    struct catalogue copy = *c;
    copy.out = &unused;
    bool ok = true;
    for (size_t i = 1; ok && i <= c->file_count; i++)
        ok = emit_translation(&copy, i, message, 0);
    text_free(&unused);
    return ok;
}

/* The names so far, each with a line break, to find one again. */
static bool add_new(struct text *names, const struct message *message)
{
    struct text name = {0};
    template_message_name(message, &name);
    bool is_new = !names->bytes || !strstr(names->bytes, name.bytes);
    if (is_new)
        text_printf(names, "%s\n", name.bytes);
    text_free(&name);
    return is_new;
}

static bool emit_messages(const struct catalogue *c)
{
    struct text names = {0};
    size_t number = 0;
    bool ok = true;
    for (size_t i = 0; i < c->unit_count; i++) {
        for (size_t j = 0; ok && j < c->units[i].message_count; j++) {
            const struct message *message = &c->units[i].messages[j];
            ok = add_new(&names, message) ? emit_message(c, message, ++number)
                                          : check_again(c, message);
        }
    }
    text_free(&names);
    return ok;
}

/* ---- the words of handlers ---- */

/* What only a template says: it has markup, or names of values. */
static bool is_markup(const struct po_entry *entry)
{
    return strpbrk(entry->words.bytes, "<&{") ||
           (entry->has_many && strpbrk(entry->many.bytes, "<&{"));
}

static bool is_said_by_template(const struct catalogue *c,
                                const struct po_entry *entry)
{
    for (size_t i = 0; i < c->unit_count; i++) {
        for (size_t j = 0; j < c->units[i].message_count; j++) {
            const struct message *message = &c->units[i].messages[j];
            if (has_context_of(entry, message) &&
                same_text(&message->words, &entry->words))
                return true;
        }
    }
    return false;
}

static int compare_entries(const void *a, const void *b)
{
    const struct po_entry *const *one = a;
    const struct po_entry *const *other = b;
    return strcmp((*one)->key.bytes, (*other)->key.bytes);
}

static void emit_phrase(const struct po_entry *entry, struct text *out)
{
    text_add(out, "    {", 5);
    template_emit_string(out, entry->key.bytes, entry->key.length);
    text_printf(out, ", (const char *const[]){");
    for (size_t i = 0; i < entry->form_count; i++) {
        text_add(out, i ? ", " : "", i ? 2 : 0);
        template_emit_string(out, entry->forms[i].bytes,
                             entry->forms[i].length);
    }
    text_printf(out, "}, %zu},\n", entry->form_count);
}

/* Sorted, and how many there are. */
static size_t emit_phrases(const struct catalogue *c, size_t language)
{
    const struct po *file = &c->files[language - 1];
    const struct po_entry **entries = NULL;
    size_t capacity = 0;
    size_t count = 0;
    for (size_t i = 0; i < file->entry_count; i++) {
        const struct po_entry *entry = &file->entries[i];
        if (!po_is_translated(file, entry) ||
            (is_markup(entry) && is_said_by_template(c, entry)))
            continue;
        entries = template_grow(entries, count, &capacity, sizeof(*entries));
        entries[count++] = entry;
    }
    if (count > 0) {
        qsort(entries, count, sizeof(*entries), compare_entries);
        text_printf(c->out, "static const struct fb_phrase phrases_%zu[] = {\n",
                    language);
        for (size_t i = 0; i < count; i++)
            emit_phrase(entries[i], c->out);
        text_add(c->out, "};\n", 3);
    }
    free(entries);
    return count;
}

/* ---- the catalogue ---- */

static void emit_rule(struct text *out, size_t language, const char *plural,
                      size_t plurals)
{
    text_printf(out,
                "\nstatic unsigned form_%zu(uint64_t n)\n{\n"
                "    unsigned form = (unsigned)(%s);\n\n"
                "    (void)n;\n"
                "    return form < %zu ? form : %zu;\n}\n\n",
                language, plural, plurals, plurals - 1);
}

static void emit_languages(const struct catalogue *c, const char *name)
{
    struct text rows = {0};
    emit_rule(c->out, 0, "n != 1", 2);
    text_printf(&rows, "    {.name = \"en\", .form = form_0},\n");
    for (size_t i = 0; i < c->file_count; i++) {
        const struct po *file = &c->files[i];
        emit_rule(c->out, i + 1, file->plural, file->plurals);
        size_t count = emit_phrases(c, i + 1);
        text_printf(&rows, "    {.name = \"%s\", .form = form_%zu",
                    file->language, i + 1);
        if (count > 0)
            text_printf(&rows, ", .phrases = phrases_%zu, .phrase_count = %zu",
                        i + 1, count);
        text_add(&rows, "},\n", 3);
    }
    text_printf(c->out,
                "\nstatic const struct fb_catalogue_language languages[] = "
                "{\n%s};\n\n"
                "const struct fb_catalogue %s = {\n"
                "    .languages = languages, .count = %zu};\n",
                rows.bytes, name, c->file_count + 1);
    text_free(&rows);
}

bool template_emit_catalogue(const struct unit *units, size_t unit_count,
                             struct po *files, size_t file_count,
                             const char *name, struct text *out)
{
    struct catalogue catalogue = {units, unit_count, files, file_count, out};
    text_printf(out,
                "/* Made by foobar-template; edit the templates and the "
                "translations. */\n\n#include <foobar/messages.h>\n\n"
                "extern const struct fb_catalogue %s;\n\n"
                "/* A rule of plurals is C, as its language has it. */\n"
                "#pragma GCC diagnostic ignored \"-Wparentheses\"\n",
                name);
    if (!emit_messages(&catalogue))
        return false;
    emit_languages(&catalogue, name);
    return true;
}

/* ---- the list for translators ---- */

/* A string of the list; escapes there are nearly those of C. */
static void list_string(struct text *out, const char *keyword,
                        const struct text *words)
{
    text_printf(out, "%s \"", keyword);
    for (size_t i = 0; i < words->length; i++) {
        char byte = words->bytes[i];
        if (byte == '\n')
            text_add(out, "\\n", 2);
        else if (byte == '\t')
            text_add(out, "\\t", 2);
        else if (byte == '"' || byte == '\\')
            text_printf(out, "\\%c", byte);
        else
            text_add_char(out, byte);
    }
    text_add(out, "\"\n", 2);
}

/* The first message of the same words: it stands for all of them. */
static bool is_first(const struct unit *units, size_t count,
                     const struct message *message)
{
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < units[i].message_count; j++) {
            if (same_words(&units[i].messages[j], message))
                return &units[i].messages[j] == message;
        }
    }
    return true;
}

static void list_message(const struct unit *units, size_t count,
                         const struct message *message, struct text *out)
{
    struct text empty = {0};
    text_add_char(out, '\n');
    if (strpbrk(message->words.bytes, "<&"))
        text_printf(out, "#. HTML: keep its tags as they are\n");
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < units[i].message_count; j++) {
            const struct message *other = &units[i].messages[j];
            if (same_words(other, message))
                text_printf(out, "#: %s:%zu\n", units[i].source.path,
                            other->line);
        }
    }
    if (message->context.length > 0)
        text_printf(out, "msgctxt \"%.*s\"\n", (int)message->context.length,
                    message->context.at);
    list_string(out, "msgid", &message->words);
    if (message->has_many) {
        list_string(out, "msgid_plural", &message->many);
        list_string(out, "msgstr[0]", &empty);
        list_string(out, "msgstr[1]", &empty);
    } else {
        list_string(out, "msgstr", &empty);
    }
}

void template_extract(const struct unit *units, size_t count, struct text *out)
{
    text_printf(out, "msgid \"\"\nmsgstr \"\"\n"
                     "\"Content-Type: text/plain; charset=UTF-8\\n\"\n"
                     "\"Content-Transfer-Encoding: 8bit\\n\"\n");
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < units[i].message_count; j++) {
            const struct message *message = &units[i].messages[j];
            if (is_first(units, count, message))
                list_message(units, count, message, out);
        }
    }
}
