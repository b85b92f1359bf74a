/*
 * foobar-appserver: the command line. Reads the settings, opens the listener
 * and becomes the master; or prints what nginx needs from the application.
 */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app.h"
#include "clients.h"
#include "error_pages.h"
#include "jobs_tool.h"
#include "listener.h"
#include "log.h"
#include "log_record.h"
#include "mail.h"
#include "manager.h"
#include "master.h"
#include "privileges.h"
#include "routes.h"
#include "server_timing.h"
#include "settings.h"
#include "statement_check.h"
#include "upgrade.h"

enum command {
    COMMAND_SERVE,
    COMMAND_ROUTES,
    COMMAND_ERROR_PAGES,
    COMMAND_CHECK,
    COMMAND_STATEMENTS,
    COMMAND_CHECK_STATEMENTS,
    COMMAND_JOBS,
    COMMAND_RETRY_JOB,
    COMMAND_DROP_JOB,
    COMMAND_HELP,
    COMMAND_VERSION
};

static void print_help(void)
{
    printf("foobar-appserver serves an application over FastCGI.\n\n"
           "  foobar-appserver [--config FILE]... [--KEY VALUE]...\n"
           "  foobar-appserver --site FILE --routes\n"
           "  foobar-appserver --site FILE --error-pages DIR\n"
           "  foobar-appserver --site FILE --check\n"
           "  foobar-appserver --site FILE --statements\n"
           "  foobar-appserver --site FILE --check-statements --db-...\n"
           "  foobar-appserver --config FILE --jobs\n"
           "  foobar-appserver --config FILE --retry-job ID\n"
           "  foobar-appserver --config FILE --drop-job ID\n\n"
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
    case COMMAND_STATEMENTS:
        good = statement_print(app.table, stdout);
        snprintf(problem, sizeof(problem), "cannot write the statements");
        break;
    case COMMAND_CHECK_STATEMENTS:
        good = statement_check(settings, app.table, stdout, problem,
                               sizeof(problem));
        break;
    case COMMAND_ERROR_PAGES:
        good = error_pages_write(&app, folder, problem, sizeof(problem));
        break;
    default:
        good = true;
        printf("%s: %s, %zu pages, %zu statements\n", settings->site,
               app.table->name, app.page_count, app.table->statement_count);
    }
    app_unload(&app);
    return good ? EXIT_SUCCESS : complain(problem);
}

static int run_jobs_tool(enum command command, const struct settings *settings,
                         const char *id)
{
    char problem[1024];
    bool good = command == COMMAND_JOBS
                    ? jobs_tool_list(settings, stdout, problem, sizeof(problem))
                : command == COMMAND_RETRY_JOB
                    ? jobs_tool_retry(settings, id, problem, sizeof(problem))
                    : jobs_tool_drop(settings, id, problem, sizeof(problem));

    return good ? EXIT_SUCCESS : complain(problem);
}

/* Contradictions that no single setting shows. */
static bool check_settings(const struct settings *settings, char *problem,
                           size_t size)
{
    enum log_level level;
    enum log_format format;
    enum server_timing timing;
    struct clients clients;
    const char *wrong = mail_check_settings(settings);

    if (!log_level_of(settings->log_level, &level)) {
        snprintf(problem, size, "log-level takes error, warn, info or debug");
        return false;
    }
    if (!log_format_of(settings->log_format, &format)) {
        snprintf(problem, size, "log-format takes text or json");
        return false;
    }
    if (!server_timing_read(settings->server_timing, &timing)) {
        snprintf(problem, size, "server-timing takes off, on or statements");
        return false;
    }
    if (wrong != NULL) {
        snprintf(problem, size, "%s", wrong);
        return false;
    }
    if (settings->worker_memory_mib != 0 &&
        settings->worker_memory_mib <= settings->request_memory_mib) {
        snprintf(problem, size,
                 "worker-memory-mib must be above request-memory-mib: "
                 "a worker has more to keep than one request");
        return false;
    }
    return manager_check(settings, problem, size) &&
           clients_read(&clients, settings->allowed_clients, problem, size);
}

struct command_line {
    enum command command;
    const char *folder; /* of --error-pages */
    const char *job;    /* of --retry-job and --drop-job */
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
        {"--routes", COMMAND_ROUTES},
        {"--check", COMMAND_CHECK},
        {"--help", COMMAND_HELP},
        {"-h", COMMAND_HELP},
        {"--version", COMMAND_VERSION},
        {"--statements", COMMAND_STATEMENTS},
        {"--check-statements", COMMAND_CHECK_STATEMENTS},
        {"--jobs", COMMAND_JOBS},
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
    if (strcmp(option, "--retry-job") == 0 ||
        strcmp(option, "--drop-job") == 0) {
        line->command = option[2] == 'r' ? COMMAND_RETRY_JOB : COMMAND_DROP_JOB;
        line->job = value;
        return true;
    }
    if (strcmp(option, "--config") == 0) {
        return settings_read(settings, value, problem, size);
    }
    return settings_set(settings, option + 2, value, problem, size);
}

/* The words of the command line, read again by a reload. */
struct words {
    int count;
    char **words;
};

static bool read_words(struct settings *settings, struct command_line *line,
                       const struct words *words, char *problem, size_t size)
{
    bool used_value = false;
    int i;

    settings_init(settings);
    for (i = 1; i < words->count; i++) {
        if (!take_option(settings, line, words->words[i], words->words[i + 1],
                         &used_value, problem, size)) {
            return false;
        }
        i += used_value;
    }
    return check_settings(settings, problem, size);
}

static bool read_again(struct settings *settings, const void *source,
                       char *problem, size_t size)
{
    struct command_line line = {.command = COMMAND_SERVE};

    return read_words(settings, &line, source, problem, size);
}

static bool open_listeners(const struct settings *settings,
                           struct listener *listener,
                           struct listener *status_listener, char *problem,
                           size_t size)
{
    const struct listener_rights rights = {.owner = settings->listen_owner,
                                           .group = settings->listen_group,
                                           .mode = settings->listen_mode,
                                           .backlog = settings->listen_backlog};

    return (listener->fd >= 0 || listener_open(listener, settings->listen,
                                               &rights, problem, size)) &&
           (status_listener->fd >= 0 || settings->status_listen[0] == '\0' ||
            listener_open(status_listener, settings->status_listen, &rights,
                          problem, size));
}

static int serve(const struct settings *settings, const struct words *words)
{
    struct listener listener = {.fd = -1};
    struct listener status_listener = {.fd = -1};
    struct master_place place = {.settings = settings,
                                 .listener = &listener,
                                 .read_settings = read_again,
                                 .source = words};
    struct upgrade_state handed;
    char problem[1024];
    int status = EXIT_FAILURE;

    log_use(settings);
    if (settings->dev != 0) {
        log_line(LOG_WARN, "dev = 1: what goes wrong is told to whoever asks; "
                           "never let visitors in");
    }
    if (upgrade_is_under_way()) {
        if (!upgrade_read(&handed, problem, sizeof(problem))) {
            return complain(problem);
        }
        listener = handed.listener;
        status_listener = handed.status_listener;
        place.handed = &handed;
    }
    if (settings->status_listen[0] != '\0') {
        place.status_listener = &status_listener;
    }
    if (!open_listeners(settings, &listener, &status_listener, problem,
                        sizeof(problem)) ||
        !privileges_drop(settings, problem, sizeof(problem))) {
        complain(problem);
    } else {
        status = master_run(&place);
    }
    if (place.handed != NULL) {
        upgrade_free(&handed);
    }
    listener_close(&status_listener);
    listener_close(&listener);
    return status;
}

static int run_command(const struct settings *settings,
                       const struct command_line *line,
                       const struct words *words)
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
        return serve(settings, words);
    case COMMAND_JOBS:
    case COMMAND_RETRY_JOB:
    case COMMAND_DROP_JOB:
        return run_jobs_tool(line->command, settings, line->job);
    default:
        return run_offline(line->command, settings, line->folder);
    }
}

/* What the --check of an upgrade did not show: the old program goes on. */
static int fail_to_start(const char *problem)
{
    struct upgrade_state handed;
    char reason[UPGRADE_REASON_MAX];

    complain(problem);
    if (upgrade_is_under_way() &&
        upgrade_read(&handed, reason, sizeof(reason)) &&
        handed.old_program >= 0) {
        snprintf(handed.reason, sizeof(handed.reason), "%s", problem);
        upgrade_become_old(&handed, reason, sizeof(reason));
        complain(reason);
    }
    return EXIT_FAILURE;
}

int main(int argc, char **argv)
{
    struct words words = {argc, argv};
    struct settings settings;
    struct command_line line = {.command = COMMAND_SERVE};
    char problem[1024];
    int status;

    upgrade_remember(argv);
    if (!read_words(&settings, &line, &words, problem, sizeof(problem))) {
        settings_free(&settings);
        return fail_to_start(problem);
    }
    status = run_command(&settings, &line, &words);
    settings_free(&settings);
    return status;
}
