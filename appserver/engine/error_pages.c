/* Error pages as files; see error_pages.h. */

#include "error_pages.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "arena.h"
#include "dispatch.h"
#include "locale.h"
#include "request.h"

#define PAGE_MEMORY ((size_t)4 * 1024 * 1024)
#define PATH_BYTES 4096

/* By rename, so that a running nginx never sends half of it. */
static bool write_file(const char *file, const char *bytes, size_t length)
{
    char fresh[PATH_BYTES + 4];
    FILE *stream;
    bool good;

    snprintf(fresh, sizeof(fresh), "%s.new", file);
    stream = fopen(fresh, "we");
    good = stream != NULL && fwrite(bytes, 1, length, stream) == length;
    if (stream != NULL) {
        good = fclose(stream) == 0 && good;
    }
    return good && rename(fresh, file) == 0;
}

static bool write_page(const struct app *app, const char *folder,
                       const char *locale, int status, char *problem,
                       size_t size)
{
    struct fb_request *request = calloc(1, sizeof(*request));
    struct arena arena;
    char file[PATH_BYTES];
    bool good;

    if (request == NULL) {
        snprintf(problem, size, "out of memory");
        return false;
    }
    arena_init(&arena, PAGE_MEMORY);
    request_init(request, &arena, app->table, NULL);
    request->locale = locale;
    dispatch_error(request, status);
    snprintf(file, sizeof(file), "%s/%d.html", folder, status);
    good = write_file(file, request->out.bytes, request->out.length);
    if (!good) {
        snprintf(problem, size, "cannot write %s: %s", file, strerror(errno));
    }
    arena_free(&arena);
    free(request);
    return good;
}

static bool write_folder(const struct app *app, const char *folder,
                         const char *locale, char *problem, size_t size)
{
    const int *status;

    for (status = dispatch_error_statuses; *status != 0; status++) {
        if (!write_page(app, folder, locale, *status, problem, size)) {
            return false;
        }
    }
    return true;
}

/* nginx looks by the language alone: "pt" for who likes pt-PT or pt-BR. */
static size_t language_length(const char *locale)
{
    return strcspn(locale, "-");
}

static bool same_language(const char *one, const char *other)
{
    size_t length = language_length(one);

    return length == language_length(other) &&
           strncasecmp(one, other, length) == 0;
}

/* Whether a locale before this one has its language. */
static bool is_repeated(const char *const *locales, size_t index)
{
    size_t i;

    for (i = 0; i < index; i++) {
        if (same_language(locales[i], locales[index])) {
            return true;
        }
    }
    return false;
}

static bool write_language(const struct app *app, const char *folder,
                           const char *locale, char *problem, size_t size)
{
    char inner[PATH_BYTES];

    snprintf(inner, sizeof(inner), "%s/%.*s", folder,
             (int)language_length(locale), locale);
    if (mkdir(inner, 0755) != 0 && errno != EEXIST) {
        snprintf(problem, size, "cannot make %s: %s", inner, strerror(errno));
        return false;
    }
    return write_folder(app, inner, locale, problem, size);
}

bool error_pages_write(const struct app *app, const char *folder, char *problem,
                       size_t size)
{
    static const char *const only[] = {LOCALE_DEFAULT, NULL};
    const char *const *locales =
        app->table->locales != NULL ? app->table->locales : only;
    bool has_languages = false;
    size_t i;

    for (i = 1; locales[i] != NULL; i++) {
        has_languages = has_languages || !same_language(locales[0], locales[i]);
    }
    if (!write_folder(app, folder, locales[0], problem, size)) {
        return false;
    }
    for (i = 0; has_languages && locales[i] != NULL; i++) {
        if (!is_repeated(locales, i) &&
            !write_language(app, folder, locales[i], problem, size)) {
            return false;
        }
    }
    return true;
}
