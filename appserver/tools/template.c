/*
 * foobar-template: compiles templates to C. A program of the build.
 *
 *     foobar-template --header OUT.h TEMPLATE...
 *     foobar-template --source OUT.c TEMPLATE
 *
 * The header declares the functions of all templates; the source defines
 * those of one file and includes "templates.h". A file is replaced by
 * rename, so that no compiler reads half of it, and a header that would not
 * change is left alone, so that make does not build everything anew for the
 * change of a word in a page.
 */

#include "template.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define HEADER_NAME "templates.h"
#define FILES_MAX 4096 /* templates on a command line */

static bool fail(const char *what, const char *path)
{
    fprintf(stderr, "foobar-template: error: %s %s: %s\n", what, path,
            strerror(errno));
    return false;
}

/*
 * Reads at most one byte more than a template may have: the compiler then
 * says that it is too long. *bytes is the caller's to free in any case.
 */
static bool read_file(const char *path, size_t limit, struct text *bytes)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        return fail("cannot open", path);
    char block[65536];
    size_t length;
    do {
        length = fread(block, 1, sizeof(block), file);
        text_add(bytes, block, length);
    } while (length == sizeof(block) && bytes->length <= limit);
    bool ok = !ferror(file) || fail("cannot read", path);
    fclose(file);
    return ok;
}

static bool is_unchanged(const char *path, const struct text *text)
{
    struct stat status;
    if (stat(path, &status) != 0 || !S_ISREG(status.st_mode) ||
        (size_t)status.st_size != text->length)
        return false;
    struct text old = {0};
    bool same = read_file(path, text->length, &old) &&
                old.length == text->length &&
                memcmp(old.bytes, text->bytes, old.length) == 0;
    text_free(&old);
    return same;
}

/* The file's permissions are those that any new file gets. */
static bool write_file(const char *path, const struct text *text)
{
    struct text beside = {0};
    text_printf(&beside, "%s.new.%ld", path, (long)getpid());
    FILE *file = fopen(beside.bytes, "wb");
    bool ok = file || fail("cannot write", beside.bytes);
    if (file) {
        bool whole = fwrite(text->bytes, 1, text->length, file) == text->length;
        ok = (fclose(file) == 0 && whole) || fail("cannot write", path);
        if (ok && rename(beside.bytes, path) != 0)
            ok = fail("cannot replace", path);
        if (!ok)
            unlink(beside.bytes);
    }
    text_free(&beside);
    return ok;
}

/* The bytes of the source stay in *bytes, which is the caller's to free. */
static bool compile(struct unit *unit, const char *path, struct text *bytes)
{
    if (!read_file(path, TEMPLATE_FILE_MAX, bytes))
        return false;
    unit->source.path = path;
    unit->source.bytes = bytes->bytes;
    unit->source.length = bytes->length;
    return template_parse(unit) ||
           (fprintf(stderr, "%s\n", unit->source.error), false);
}

static bool make_source(const char *target, const char *path)
{
    struct unit unit = {0};
    struct text bytes = {0};
    struct text out = {0};
    bool ok = compile(&unit, path, &bytes);
    if (ok) {
        template_emit_source(&unit, HEADER_NAME, &out);
        ok = write_file(target, &out);
    }
    text_free(&out);
    text_free(&bytes);
    template_free(&unit);
    return ok;
}

static bool make_header(const char *target, char **paths, size_t count)
{
    struct unit *units = calloc(count, sizeof(*units));
    struct text *bytes = calloc(count, sizeof(*bytes));
    struct text out = {0};
    bool ok = units && bytes;
    if (!ok)
        fputs("foobar-template: error: out of memory\n", stderr);
    for (size_t i = 0; ok && i < count; i++)
        ok = compile(&units[i], paths[i], &bytes[i]);
    if (ok && !template_emit_header(units, count, &out)) {
        for (size_t i = 0; i < count; i++) {
            if (units[i].source.error[0])
                fprintf(stderr, "%s\n", units[i].source.error);
        }
        ok = false;
    }
    if (ok && !is_unchanged(target, &out))
        ok = write_file(target, &out);
    for (size_t i = 0; units && bytes && i < count; i++) {
        template_free(&units[i]);
        text_free(&bytes[i]);
    }
    text_free(&out);
    free(bytes);
    free(units);
    return ok;
}

int main(int argc, char **argv)
{
    if (argc >= 4 && argc - 3 <= FILES_MAX && strcmp(argv[1], "--header") == 0)
        return make_header(argv[2], argv + 3, (size_t)argc - 3) ? 0 : 1;
    if (argc == 4 && strcmp(argv[1], "--source") == 0)
        return make_source(argv[2], argv[3]) ? 0 : 1;
    fprintf(stderr,
            "usage: foobar-template --header OUT.h TEMPLATE...\n"
            "       foobar-template --source OUT.c TEMPLATE\n"
            "(at most %d templates)\n",
            FILES_MAX);
    return 2;
}
