/*
 * foobar-template: compiles templates to C. A program of the build.
 *
 *     foobar-template [--static DIR] --header OUT.h TEMPLATE...
 *     foobar-template [--static DIR] --source OUT.c TEMPLATE
 *     foobar-template [--static DIR] [--name NAME] --catalogue OUT.c
 *         TEMPLATE... FILE.po...
 *     foobar-template [--static DIR] --extract OUT.pot TEMPLATE...
 *     foobar-template --assets FROM TO
 *
 * The header declares the functions of all templates; a source defines those
 * of one file and includes "templates.h". What else it was made from - a
 * layout's file, the static files of asset() - is written to OUT.c.d for
 * make. The catalogue has the words of all templates in all languages, and is
 * the constant app_catalogue unless it gets another name; the list that --extract makes is where translators start. --assets copies
 * static files to the names that asset() gives them.
 *
 * A file is replaced by rename, so that no compiler reads half of it, and a
 * header that would not change is left alone, so that make does not build
 * everything anew for the change of a word in a page.
 */

#include "template.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "template_files.h"

#define HEADER_NAME "templates.h"
#define FILES_MAX 4096 /* templates on a command line, and that they use */

/* ---- the library: each template file is read once ---- */

enum book_state {
    BOOK_READING, /* so who uses it now is used by it */
    BOOK_READ
};

struct book {
    char *path;
    enum book_state state;
    struct text bytes;
    struct unit unit;
};

struct library {
    struct surroundings around;
    const char *static_folder; /* NULL: there are no assets */
    const char *catalogue;     /* its name in C */
    struct book *books[FILES_MAX];
    size_t count;
    struct text assets; /* the paths of those that were named, with '\n' */
};

static struct book *find_book(struct library *library, const char *path)
{
    for (size_t i = 0; i < library->count; i++) {
        if (strcmp(library->books[i]->path, path) == 0)
            return library->books[i];
    }
    return NULL;
}

static struct book *new_book(struct library *library, const char *path)
{
    struct book *book =
        library->count < FILES_MAX ? calloc(1, sizeof(*book)) : NULL;
    char *name = book ? strdup(path) : NULL;
    if (!name) {
        fputs("foobar-template: error: too many files, or no memory\n", stderr);
        free(book);
        return NULL;
    }
    book->path = name;
    library->books[library->count++] = book;
    return book;
}

/*
 * The template file of that path, compiled; one that has an error says so in
 * its unit. NULL when it cannot be read, which was said.
 */
static struct book *read_book(struct library *library, const char *path)
{
    struct book *book = find_book(library, path);
    if (book)
        return book->state == BOOK_READ ? book : NULL;
    book = new_book(library, path);
    if (!book || !read_file(path, TEMPLATE_FILE_MAX, &book->bytes))
        return NULL;
    book->unit.source.path = book->path;
    book->unit.source.bytes = book->bytes.bytes;
    book->unit.source.length = book->bytes.length;
    book->unit.around = &library->around;
    template_parse(&book->unit);
    book->state = BOOK_READ;
    return book;
}

static const struct unit *use_book(void *context, const char *path)
{
    struct book *book = read_book(context, path);
    return book ? &book->unit : NULL;
}

static bool use_asset(void *context, struct slice name, struct text *url)
{
    struct library *library = context;
    if (!library->static_folder ||
        !find_asset(library->static_folder, name, url))
        return false;
    text_printf(&library->assets, "%s/%.*s\n", library->static_folder,
                (int)name.length, name.at);
    return true;
}

static void close_library(struct library *library)
{
    for (size_t i = 0; i < library->count; i++) {
        struct book *book = library->books[i];
        template_free(&book->unit);
        text_free(&book->bytes);
        free(book->path);
        free(book);
    }
    text_free(&library->assets);
}

/* Reads one file that must be right; says so otherwise. */
static struct unit *compile(struct library *library, const char *path)
{
    struct book *book = read_book(library, path);
    if (!book)
        return NULL;
    if (!book->unit.source.error[0])
        return &book->unit;
    fprintf(stderr, "%s\n", book->unit.source.error);
    return NULL;
}

/* All of them, as one array, which the caller frees (not what is in it). */
static struct unit *compile_all(struct library *library, char **paths,
                                size_t count)
{
    struct unit *units = calloc(count ? count : 1, sizeof(*units));
    bool ok = units != NULL;
    if (!ok)
        fputs("foobar-template: error: out of memory\n", stderr);
    for (size_t i = 0; ok && i < count; i++) {
        const struct unit *unit = compile(library, paths[i]);
        ok = unit != NULL;
        if (ok)
            units[i] = *unit;
    }
    if (!ok) {
        free(units);
        return NULL;
    }
    return units;
}

/* ---- what is made ---- */

/* "target: file file", and each file as a target, so that it may go. */
static bool write_dependencies(const struct library *library,
                               const char *target)
{
    struct text out = {0};
    struct text path = {0};
    struct text files = {0};
    for (size_t i = 1; i < library->count; i++)
        text_printf(&files, "%s\n", library->books[i]->path);
    text_add(&files, library->assets.bytes, library->assets.length);
    text_printf(&out, "%s:", target);
    for (size_t i = 0; i < files.length; i++) {
        if (i == 0 || files.bytes[i - 1] == '\n')
            text_add_char(&out, ' ');
        if (files.bytes[i] != '\n')
            text_add_char(&out, files.bytes[i]);
    }
    text_add_char(&out, '\n');
    for (size_t i = 0; i < files.length; i++) {
        text_add(&out, files.bytes[i] == '\n' ? ":\n" : files.bytes + i,
                 files.bytes[i] == '\n' ? 2 : 1);
    }
    text_printf(&path, "%s.d", target);
    bool ok = write_file(path.bytes, &out);
    text_free(&files);
    text_free(&path);
    text_free(&out);
    return ok;
}

static bool make_source(struct library *library, const char *target,
                        const char *path)
{
    const struct unit *unit = compile(library, path);
    struct text out = {0};
    if (!unit)
        return false;
    template_emit_source(unit, HEADER_NAME, &out);
    bool ok = write_dependencies(library, target) && write_file(target, &out);
    text_free(&out);
    return ok;
}

static bool make_header(struct library *library, const char *target,
                        char **paths, size_t count)
{
    struct unit *units = compile_all(library, paths, count);
    struct text out = {0};
    if (!units)
        return false;
    bool ok = template_emit_header(units, count, &out);
    for (size_t i = 0; !ok && i < count; i++) {
        if (units[i].source.error[0])
            fprintf(stderr, "%s\n", units[i].source.error);
    }
    ok = ok && update_file(target, &out);
    text_free(&out);
    free(units);
    return ok;
}

static bool make_list(struct library *library, const char *target, char **paths,
                      size_t count)
{
    struct unit *units = compile_all(library, paths, count);
    struct text out = {0};
    if (!units)
        return false;
    template_extract(units, count, &out);
    bool ok = write_file(target, &out);
    text_free(&out);
    free(units);
    return ok;
}

/* ---- the catalogue ---- */

static bool is_po(const char *path)
{
    size_t length = strlen(path);
    return length > 3 && strcmp(path + length - 3, ".po") == 0;
}

/* The files of translations stand behind the templates. */
static size_t first_po(char **paths, size_t count)
{
    size_t i = 0;
    while (i < count && !is_po(paths[i]))
        i++;
    return i;
}

/* *bytes is the caller's to free in any case, and so is the po. */
static bool read_po(const char *path, struct po *po, struct text *bytes)
{
    if (!read_file(path, TEMPLATE_FILE_MAX, bytes))
        return false;
    po->source.path = path;
    po->source.bytes = bytes->bytes;
    po->source.length = bytes->length;
    return po_parse(po) || (fprintf(stderr, "%s\n", po->source.error), false);
}

static bool emit_catalogue(const char *target, const char *name,
                           const struct unit *units, size_t unit_count,
                           struct po *files, size_t file_count)
{
    struct text out = {0};
    bool ok = template_emit_catalogue(units, unit_count, files, file_count,
                                      name, &out);
    for (size_t i = 0; !ok && i < file_count; i++) {
        if (files[i].source.error[0])
            fprintf(stderr, "%s\n", files[i].source.error);
    }
    ok = ok && write_file(target, &out);
    text_free(&out);
    return ok;
}

static void close_files(struct po *files, struct text *bytes, size_t count)
{
    for (size_t i = 0; files && bytes && i < count; i++) {
        po_free(&files[i]);
        text_free(&bytes[i]);
    }
    free(bytes);
    free(files);
}

static bool make_catalogue(struct library *library, const char *target,
                           char **paths, size_t count)
{
    size_t units_end = first_po(paths, count);
    size_t po_count = count - units_end;
    struct unit *units = compile_all(library, paths, units_end);
    struct po *files = calloc(po_count + 1, sizeof(*files));
    struct text *bytes = calloc(po_count + 1, sizeof(*bytes));
    bool ok = units && files && bytes;
    for (size_t i = 0; ok && i < po_count; i++)
        ok = read_po(paths[units_end + i], &files[i], &bytes[i]);
    ok = ok && emit_catalogue(target, library->catalogue, units, units_end,
                              files, po_count);
    close_files(files, bytes, po_count);
    free(units);
    return ok;
}

/* ---- the command line ---- */

static int usage(void)
{
    fprintf(
        stderr,
        "usage: foobar-template [--static DIR] --header OUT.h TEMPLATE...\n"
        "       foobar-template [--static DIR] --source OUT.c TEMPLATE\n"
        "       foobar-template [--static DIR] [--name NAME] --catalogue OUT.c "
        "TEMPLATE... FILE.po...\n"
        "       foobar-template [--static DIR] --extract OUT.pot "
        "TEMPLATE...\n"
        "       foobar-template --assets FROM TO\n"
        "(at most %d templates)\n",
        FILES_MAX);
    return 2;
}

static int run(struct library *library, const char *what, char **words,
               size_t count)
{
    static const struct {
        const char *option;
        bool (*make)(struct library *library, const char *target, char **paths,
                     size_t count);
    } makers[] = {
        {"--header", make_header},
        {"--catalogue", make_catalogue},
        {"--extract", make_list},
    };
    if (count < 2 || count > FILES_MAX)
        return usage();
    if (strcmp(what, "--assets") == 0)
        return count != 2 ? usage() : !copy_assets(words[0], words[1]);
    if (strcmp(what, "--source") == 0)
        return count != 2 ? usage() : !make_source(library, words[0], words[1]);
    for (size_t i = 0; i < sizeof(makers) / sizeof(*makers); i++) {
        if (strcmp(what, makers[i].option) == 0)
            return !makers[i].make(library, words[0], words + 1, count - 1);
    }
    return usage();
}

int main(int argc, char **argv)
{
    static struct library library;
    library.around = (struct surroundings){
        .use = use_book, .asset = use_asset, .context = &library};
    library.catalogue = "app_catalogue";
    char **word = argv + 1;
    char **end = argv + argc;
    if (end - word > 2 && strcmp(*word, "--static") == 0) {
        library.static_folder = word[1];
        word += 2;
    }
    if (end - word > 2 && strcmp(*word, "--name") == 0) {
        library.catalogue = word[1];
        word += 2;
    }
    if (word == end)
        return usage();
    int status = run(&library, *word, word + 1, (size_t)(end - word - 1));
    close_library(&library);
    return status;
}
