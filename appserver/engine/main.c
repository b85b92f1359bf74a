/*
 * foobar-appserver: the command line. Reads the settings, opens the listener
 * and becomes the master; or prints what nginx needs from the application.
 */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app.h"
#include "arena.h"
#include "dispatch.h"
#include "listener.h"
#include "log.h"
#include "master.h"
#include "request.h"
#include "settings.h"

#define ERROR_PAGE_MEMORY ((size_t)4 * 1024 * 1024)

enum command {
    COMMAND_SERVE,
    COMMAND_ROUTES,
    COMMAND_ERROR_PAGES,
    COMMAND_CHECK,
    COMMAND_HELP,
    COMMAND_VERSION
};

static void print_help(void)
{
    printf("foobar-appserver serves an application over FastCGI.\n\n"
           "  foobar-appserver [--config FILE]... [--KEY VALUE]...\n"
           "  foobar-appserver --site FILE --routes\n"
           "  foobar-appserver --site FILE --error-pages DIR\n"
           "  foobar-appserver --site FILE --check\n\n"
           "It stays in the foreground and logs to standard error. SIGTERM\n"
           "finishes what is being served and ends; SIGHUP loads the site\n"
           "anew. A file holds lines \"key = value\"; what comes later wins.\n"
           "The keys and their defaults:\n\n");
    settings_help(stdout);
}

static int complain(const char *problem)
{
    fprintf(stderr, "foobar-appserver: %s\n", problem);
    return EXIT_FAILURE;
}

static bool write_error_page(const struct app *app, const char *folder,
                             int status, char *problem, size_t size)
{
    struct fb_request *request = calloc(1, sizeof(*request));
    struct arena arena;
    char file[4096];
    char fresh[4096 + 4];
    FILE *stream;
    bool good;

    if (request == NULL) {
        snprintf(problem, size, "out of memory");
        return false;
    }
    arena_init(&arena, ERROR_PAGE_MEMORY);
    request_init(request, &arena, app->table, NULL);
    dispatch_error(request, status);
    snprintf(file, sizeof(file), "%s/%d.html", folder, status);
    snprintf(fresh, sizeof(fresh), "%s.new", file);
    stream = fopen(fresh, "we");
    good = stream != NULL && fwrite(request->out.bytes, 1, request->out.length,
                                    stream) == request->out.length;
    if (stream != NULL) {
        good = fclose(stream) == 0 && good;
    }
    good = good && rename(fresh, file) == 0;
    if (!good) {
        snprintf(problem, size, "cannot write %s: %s", file, strerror(errno));
    }
    arena_free(&arena);
    free(request);
    return good;
}

static bool write_error_pages(const struct app *app, const char *folder,
                              char *problem, size_t size)
{
    const int *status;

    for (status = dispatch_error_statuses; *status != 0; status++) {
        if (!write_error_page(app, folder, *status, problem, size)) {
            return false;
        }
    }
    return true;
}

/* The commands that load the application and do not serve it. */
static int run_offline(enum command command, const struct settings *settings,
                       const char *folder)
{
    char problem[1024];
    struct app app;
    bool good;

    if (!app_load(&app, settings->site, problem, sizeof(problem))) {
        return complain(problem);
    }
    switch (command) {
    case COMMAND_ROUTES:
        good = routes_print(stdout, app.table, app.pages, app.page_count) &&
               fflush(stdout) == 0;
        if (!good) {
            snprintf(problem, sizeof(problem), "cannot write the routes: %s",
                     strerror(errno));
        }
        break;
    case COMMAND_ERROR_PAGES:
        good = write_error_pages(&app, folder, problem, sizeof(problem));
        break;
    default:
        good = true;
        printf("%s: %s, %zu pages, %zu statements\n", settings->site,
               app.table->name, app.page_count, app.table->statement_count);
    }
    app_unload(&app);
    return good ? EXIT_SUCCESS : complain(problem);
}

static int serve(const struct settings *settings)
{
    static const char *const levels[] = {"error", "warn", "info", "debug"};
    struct listener listener;
    char problem[1024];
    int status;
    size_t i;

    for (i = 0; i < sizeof(levels) / sizeof(levels[0]); i++) {
        if (strcmp(settings->log_level, levels[i]) == 0) {
            log_set_level((enum log_level)i);
            break;
        }
    }
    if (i == sizeof(levels) / sizeof(levels[0])) {
        return complain("log-level takes error, warn, info or debug");
    }
    if (!listener_open(&listener, settings->listen, problem, sizeof(problem))) {
        return complain(problem);
    }
    status = master_run(settings, &listener);
    listener_close(&listener);
    return status;
}

struct command_line {
    enum command command;
    const char *folder; /* of --error-pages */
};

/* Takes one option and its value; false with `problem`. */
static bool take_option(struct settings *settings, struct command_line *line,
                        const char *option, const char *value, bool *used_value,
                        char *problem, size_t size)
{
    static const struct {
        const char *option;
        enum command command;
    } commands[] = {
        {"--routes", COMMAND_ROUTES},   {"--check", COMMAND_CHECK},
        {"--help", COMMAND_HELP},       {"-h", COMMAND_HELP},
        {"--version", COMMAND_VERSION},
    };
    size_t i;

    *used_value = false;
    for (i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
        if (strcmp(option, commands[i].option) == 0) {
            line->command = commands[i].command;
            return true;
        }
    }
    if (strncmp(option, "--", 2) != 0) {
        snprintf(problem, size, "\"%s\" is no option; see --help", option);
        return false;
    }
    if (value == NULL) {
        snprintf(problem, size, "%s needs a value; see --help", option);
        return false;
    }
    *used_value = true;
    if (strcmp(option, "--error-pages") == 0) {
        line->command = COMMAND_ERROR_PAGES;
        line->folder = value;
        return true;
    }
    if (strcmp(option, "--config") == 0) {
        return settings_read(settings, value, problem, size);
    }
    return settings_set(settings, option + 2, value, problem, size);
}

static int run_command(const struct settings *settings,
                       const struct command_line *line)
{
    switch (line->command) {
    case COMMAND_HELP:
        print_help();
        return EXIT_SUCCESS;
    case COMMAND_VERSION:
        printf("foobar-appserver %s, API version %d\n", FOOBAR_VERSION,
               FB_API_VERSION);
        return EXIT_SUCCESS;
    case COMMAND_SERVE:
        return serve(settings);
    default:
        return run_offline(line->command, settings, line->folder);
    }
}

int main(int argc, char **argv)
{
    struct settings settings;
    struct command_line line = {.command = COMMAND_SERVE};
    char problem[1024];
    bool used_value = false;
    int status;
    int i;

    settings_init(&settings);
    for (i = 1; i < argc; i++) {
        if (!take_option(&settings, &line, argv[i], argv[i + 1], &used_value,
                         problem, sizeof(problem))) {
            settings_free(&settings);
            return complain(problem);
        }
        i += used_value;
    }
    status = run_command(&settings, &line);
    settings_free(&settings);
    return status;
}
