/* Loading the application and refusing one that cannot work. */

#include "app.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "files.h"
#include "forms.h"
#include "health.h"
#include "jobs.h"
#include "locale.h"
#include "mailbox.h"
#include "messages.h"
#include "routes.h"
#include "rows.h"
#include "uploads.h"

/* Far above any real application; it keeps counts from a broken table out. */
#define PAGES_MAX FOOBAR_ROUTES_MAX
#define STATEMENTS_MAX 65536

static const char *check_statements(const struct fb_app *table, size_t *index)
{
    size_t i;

    for (i = 0; i < table->statement_count; i++) {
        *index = i;
        if (table->statements[i].name == NULL) {
            return "it has no name";
        }
        if (table->statements[i].sql == NULL) {
            return "it has no SQL";
        }
    }
    return NULL;
}

static bool check_locales(const struct fb_app *table, const char *file,
                          char *problem, size_t size)
{
    const char *const *locale = table->locales;
    char known[256];

    if (locale != NULL && *locale == NULL) {
        snprintf(problem, size, "%s: its list of locales is empty", file);
        return false;
    }
    for (; locale != NULL && *locale != NULL; locale++) {
        if (locale_find(*locale) == NULL) {
            locale_names(known, sizeof(known));
            snprintf(problem, size,
                     "%s: the engine does not know how \"%s\" writes dates "
                     "and money; it knows %s",
                     file, *locale, known);
            return false;
        }
    }
    if (messages_unspoken(table) != NULL) {
        snprintf(problem, size,
                 "%s: its words in \"%s\" would be read by nobody: add that to "
                 "its locales",
                 file, messages_unspoken(table));
        return false;
    }
    return true;
}

static bool check_currencies(const struct fb_app *table, const char *file,
                             char *problem, size_t size)
{
    const char *const *currency = table->currencies;

    if (currency != NULL && *currency == NULL) {
        snprintf(problem, size, "%s: its list of currencies is empty", file);
        return false;
    }
    for (; currency != NULL && *currency != NULL; currency++) {
        if (!locale_is_currency(*currency)) {
            snprintf(problem, size,
                     "%s: \"%s\" is no currency in use; write its code of ISO "
                     "4217, as in EUR",
                     file, *currency);
            return false;
        }
    }
    return true;
}

static bool check_table(const struct fb_app *table, const char *file,
                        char *problem, size_t size)
{
    char reason[256];
    const char *wrong;
    size_t index = 0;

    if (table->api_version != FB_API_VERSION) {
        snprintf(problem, size,
                 "%s was built for version %u of the engine's API, and this "
                 "engine has version %u: build the site again",
                 file, (unsigned)table->api_version, (unsigned)FB_API_VERSION);
        return false;
    }
    if (table->size != sizeof(*table)) {
        snprintf(problem, size,
                 "%s was built with other headers than this engine: build "
                 "the site again",
                 file);
        return false;
    }
    if (table->page_count > PAGES_MAX ||
        table->statement_count > STATEMENTS_MAX ||
        (table->page_count > 0 && table->pages == NULL) ||
        (table->statement_count > 0 && table->statements == NULL)) {
        snprintf(problem, size, "%s: its tables have impossible sizes", file);
        return false;
    }
    if (table->name == NULL ||
        (table->error_page == NULL && table->frame == NULL)) {
        snprintf(problem, size,
                 "%s: foobar_app needs a name, and a frame or an error_page",
                 file);
        return false;
    }
    if (!check_locales(table, file, problem, size) ||
        !check_currencies(table, file, problem, size)) {
        return false;
    }
    wrong = jobs_check(table, reason, sizeof(reason));
    if (wrong != NULL) {
        snprintf(problem, size, "%s: %s", file, wrong);
        return false;
    }
    wrong = check_statements(table, &index);
    if (wrong != NULL) {
        snprintf(problem, size, "%s: statement %zu: %s", file, index + 1,
                 wrong);
        return false;
    }
    return true;
}

/* Of the engine's own /healthz comes first, and all others come last. */
static bool make_pages(struct app *app)
{
    app->page_count = 1 + app->table->page_count;
    app->pages =
        calloc(app->page_count + MAILBOX_PAGES + 1, sizeof(*app->pages));
    if (app->pages == NULL) {
        return false;
    }
    app->pages[0] = health_page;
    if (app->table->page_count > 0) {
        memcpy(app->pages + 1, app->table->pages,
               app->table->page_count * sizeof(*app->pages));
    }
    memcpy(app->pages + app->page_count, mailbox_pages, sizeof(mailbox_pages));
    app->page_count += MAILBOX_PAGES;
    if (app_takes_files(app)) {
        app->pages[app->page_count++] = files_page;
    }
    return true;
}

/* The list with one more word, unless it has it; NULL without memory. */
static char *list_with(const char *list, const char *word)
{
    size_t length = strlen(word);
    const char *at;
    char *longer;

    for (at = list; at != NULL && *at != '\0'; at += *at == ',') {
        size_t other = strcspn(at, ",");

        if (other == length && memcmp(at, word, length) == 0) {
            return strdup(list);
        }
        at += other;
    }
    return asprintf(&longer, "%s%s%s", list != NULL ? list : "",
                    list != NULL ? "," : "", word) < 0
               ? NULL
               : longer;
}

/* nginx must leave ?lang= and ?currency= to a page that varies by them. */
static bool add_argument(struct fb_page *page, char **arguments,
                         const char *word)
{
    char *longer = list_with(page->arguments, word);

    free(*arguments);
    *arguments = longer;
    page->arguments = longer;
    return longer != NULL;
}

static bool add_arguments(struct app *app)
{
    size_t i;

    app->arguments = calloc(app->page_count, sizeof(*app->arguments));
    if (app->arguments == NULL) {
        return false;
    }
    for (i = 0; i < app->page_count; i++) {
        struct fb_page *page = &app->pages[i];

        if (page->cache_seconds > 0 &&
            (((page->varies & FB_BY_LOCALE) != 0 &&
              !add_argument(page, &app->arguments[i], "lang")) ||
             ((page->varies & FB_BY_CURRENCY) != 0 &&
              !add_argument(page, &app->arguments[i], "currency")))) {
            return false;
        }
    }
    return true;
}

/* Whether a list of names has at least two. */
static bool is_choice(const char *const *names)
{
    return names != NULL && names[0] != NULL && names[1] != NULL;
}

/* What a page varies by, the application must have several of. */
static const char *check_choices(const struct fb_app *table,
                                 const struct fb_page *page)
{
    if ((page->varies & FB_BY_LOCALE) != 0 && !is_choice(table->locales)) {
        return "it varies by FB_BY_LOCALE, and the application has no two "
               "locales";
    }
    if ((page->varies & FB_BY_CURRENCY) != 0 && !is_choice(table->currencies)) {
        return "it varies by FB_BY_CURRENCY, and the application has no two "
               "currencies";
    }
    return NULL;
}

/*
 * A page with a form takes what the form may need, and some more, so that what
 * is too long can be shown again with a message beside it.
 */
static const char *check_form(struct fb_page *page, char *reason, size_t size)
{
    size_t least;
    const char *wrong = forms_check(page->form, reason, size);

    if (wrong != NULL) {
        return wrong;
    }
    if (page->streams_body) {
        return "it has a form and streams_body; a form is read whole";
    }
    if ((page->methods & (unsigned)FB_POST) == 0) {
        return "it has a form, but no FB_POST that sends it";
    }
    least = forms_body_bytes(page->form);
    if (page->body_limit == 0) {
        page->body_limit = least + forms_slack(page->form);
    }
    if (page->body_limit < least) {
        snprintf(reason, size,
                 "its body_limit is %zu, and its form may need %zu bytes",
                 page->body_limit, least);
        return reason;
    }
    return NULL;
}

static bool check_pages(const struct app *app, char *problem, size_t size)
{
    char reason[256];
    size_t i;

    for (i = 0; i < app->page_count; i++) {
        struct fb_page *page = &app->pages[i];
        const char *wrong = check_choices(app->table, page);

        if (wrong == NULL && page->form != NULL) {
            wrong = check_form(page, reason, sizeof(reason));
        }
        if (wrong != NULL) {
            snprintf(problem, size, "page %s: %s",
                     page->name != NULL ? page->name : "without a name", wrong);
            return false;
        }
    }
    return true;
}

static bool open_library(struct app *app, const char *file, char *problem,
                         size_t size)
{
    /* Without a "/" dlopen would search the system's folders. */
    char *path = realpath(file, NULL);

    if (path == NULL) {
        snprintf(problem, size, "%s: there is no such site; build it first",
                 file);
        return false;
    }
    app->library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    free(path);
    if (app->library == NULL) {
        snprintf(problem, size, "cannot load the site: %s", dlerror());
        return false;
    }
    app->table = dlsym(app->library, "foobar_app");
    if (app->table == NULL) {
        snprintf(problem, size, "%s is not a site: it exports no foobar_app",
                 file);
        return false;
    }
    return true;
}

static bool make_routes(struct app *app, char *reason, size_t size)
{
    app->routes = routes_make(app->pages, app->page_count, reason, size);
    return app->routes != NULL &&
           rows_check_login(app->table, app->pages, app->page_count,
                            app->routes, reason, size);
}

bool app_use(struct app *app, const struct fb_app *table, const char *name,
             char *problem, size_t size)
{
    char reason[512];

    app->table = table;
    if (!check_table(table, name, problem, size)) {
        return false;
    }
    if (!make_pages(app) || !add_arguments(app)) {
        snprintf(problem, size, "%s: out of memory", name);
        return false;
    }
    if (!check_pages(app, reason, sizeof(reason)) ||
        !make_routes(app, reason, sizeof(reason))) {
        snprintf(problem, size, "%s: %s", name, reason);
        return false;
    }
    return true;
}

bool app_load(struct app *app, const char *file, char *problem, size_t size)
{
    memset(app, 0, sizeof(*app));
    if (file[0] == '\0') {
        snprintf(problem, size, "no site is given: use --site FILE");
        return false;
    }
    if (!open_library(app, file, problem, size) ||
        !app_use(app, app->table, file, problem, size)) {
        app_unload(app);
        return false;
    }
    return true;
}

void app_unload(struct app *app)
{
    size_t i;

    routes_free(app->routes);
    for (i = 0; app->arguments != NULL && i < app->page_count; i++) {
        free(app->arguments[i]);
    }
    free(app->arguments);
    free(app->pages);
    if (app->library != NULL) {
        dlclose(app->library);
    }
    memset(app, 0, sizeof(*app));
}

static bool has_form(const struct app *app,
                     bool (*holds)(const struct fb_form_type *type))
{
    size_t i;

    for (i = 0; i < app->page_count; i++) {
        if (app->pages[i].form != NULL && holds(app->pages[i].form)) {
            return true;
        }
    }
    return false;
}

bool app_takes_files(const struct app *app)
{
    return has_form(app, uploads_has_file);
}

bool app_takes_pictures(const struct app *app)
{
    return has_form(app, uploads_has_picture);
}
