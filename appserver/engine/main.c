/*
 * foobar-appserver: the command line. Reads the settings, opens the listener
 * and becomes the master; or prints what nginx needs from the application.
 */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "account_tool.h"
#include "allowance.h"
#include "app.h"
#include "csrf.h"
#include "error_pages.h"
#include "jobs_tool.h"
#include "listener.h"
#include "log.h"
#include "log_output.h"
#include "master.h"
#include "privileges.h"
#include "routes.h"
#include "settings.h"
#include "settings_check.h"
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
    COMMAND_ACCOUNT,
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
           "  foobar-appserver --config FILE --drop-job ID\n"
           "  foobar-appserver --config FILE --account 'WORDS'\n\n"
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

/* All of them, a line each. */
static int complain_of(const struct findings *findings)
{
    size_t lines = findings_lines(findings);
    size_t i;

    for (i = 0; i < lines; i++) {
        if (findings->lines[i] != NULL) {
            complain(findings->lines[i]);
        }
    }
    if (findings->count > lines) {
        complain("there is more that is wrong");
    }
    return EXIT_FAILURE;
}

/* The settings with all that they name, and the application. */
static int check(const struct settings *settings, struct findings *findings)
{
    char problem[1024];
    struct csrf csrf;
    struct app app;

    settings_check_names(settings, findings);
    if (!app_load(&app, settings->site, problem, sizeof(problem))) {
        findings_add(findings, settings_where(settings, &settings->site), "%s",
                     problem);
        return complain_of(findings);
    }
    /* A secret that is there was looked at already. */
    if (settings->secret_file[0] == '\0' &&
        !csrf_load(&csrf, settings, app.table, problem, sizeof(problem))) {
        findings_add(findings, settings_where(settings, &settings->secret_file),
                     "%s", problem);
    }
    if (findings->count == 0) {
        printf("%s: %s, %zu pages, %zu statements\n", settings->site,
               app.table->name, app.page_count, app.table->statement_count);
    }
    app_unload(&app);
    return findings->count == 0 ? EXIT_SUCCESS : complain_of(findings);
}

/* The commands that load the application and do not serve it. */
static int run_offline(enum command command, const struct settings *settings,
                       const char *value)
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
    case COMMAND_ACCOUNT:
        good = account_tool_run(settings, app.table, value, problem,
                                sizeof(problem));
        break;
    default:
        good = error_pages_write(&app, value, problem, sizeof(problem));
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

struct command_line {
    enum command command;
    const char *value; /* of --error-pages, --account and those of jobs */
};

static bool take_command(struct command_line *line, const char *option)
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

    for (i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
        if (strcmp(option, commands[i].option) == 0) {
            line->command = commands[i].command;
            return true;
        }
    }
    return false;
}

/* Takes an option with its value. */
static void take_value(struct settings *settings, struct command_line *line,
                       const char *option, const char *value,
                       struct findings *findings)
{
    char problem[512];

    if (strcmp(option, "--error-pages") == 0) {
        line->command = COMMAND_ERROR_PAGES;
        line->value = value;
    } else if (strcmp(option, "--account") == 0) {
        line->command = COMMAND_ACCOUNT;
        line->value = value;
    } else if (strcmp(option, "--retry-job") == 0) {
        line->command = COMMAND_RETRY_JOB;
        line->value = value;
    } else if (strcmp(option, "--drop-job") == 0) {
        line->command = COMMAND_DROP_JOB;
        line->value = value;
    } else if (strcmp(option, "--config") == 0) {
        settings_read(settings, value, findings);
    } else if (!settings_set(settings, option + 2, value, problem,
                             sizeof(problem))) {
        findings_add(findings, option, "%s", problem);
    }
}

/* The words of the command line, read again by a reload. */
struct words {
    char **words; /* the first is the program; behind the last is NULL */
};

static void read_words(struct settings *settings, struct command_line *line,
                       const struct words *words, struct findings *findings)
{
    const char *option;
    int i;

    settings_init(settings);
    for (i = 1; (option = words->words[i]) != NULL; i++) {
        if (take_command(line, option)) {
            continue;
        }
        if (strncmp(option, "--", 2) != 0) {
            findings_add(findings, option, "it is no option; see --help");
        } else if (words->words[i + 1] == NULL) {
            findings_add(findings, option, "it needs a value; see --help");
        } else {
            take_value(settings, line, option, words->words[++i], findings);
        }
    }
    settings_check(settings, findings);
}

static bool read_again(struct settings *settings, const void *source,
                       char *problem, size_t size)
{
    struct command_line line = {.command = COMMAND_SERVE};
    struct findings findings = {.count = 0};
    bool good;

    read_words(settings, &line, source, &findings);
    good = findings.count == 0;
    if (!good) {
        findings_sum(&findings, problem, size);
    }
    findings_free(&findings);
    return good;
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

    log_output_open();
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
        !allowance_of_files(settings, problem, sizeof(problem)) ||
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
    case COMMAND_VERSION:
        printf("foobar-appserver %s, API version %d\n", FOOBAR_VERSION,
               FB_API_VERSION);
        return EXIT_SUCCESS;
    case COMMAND_SERVE:
        return serve(settings, words);
    case COMMAND_JOBS:
    case COMMAND_RETRY_JOB:
    case COMMAND_DROP_JOB:
        return run_jobs_tool(line->command, settings, line->value);
    default:
        return run_offline(line->command, settings, line->value);
    }
}

/* What the --check of an upgrade did not show: the old program goes on. */
static int fail_to_start(const struct findings *findings)
{
    struct upgrade_state handed;
    char reason[UPGRADE_REASON_MAX];

    complain_of(findings);
    if (upgrade_is_under_way() &&
        upgrade_read(&handed, reason, sizeof(reason)) &&
        handed.old_program >= 0) {
        findings_sum(findings, handed.reason, sizeof(handed.reason));
        upgrade_become_old(&handed, reason, sizeof(reason));
        complain(reason);
    }
    return EXIT_FAILURE;
}

int main(int argc, char **argv)
{
    struct words words = {argv};
    struct settings settings;
    struct command_line line = {.command = COMMAND_SERVE};
    struct findings findings = {.count = 0};
    int status = EXIT_SUCCESS;

    (void)argc; /* argv ends in NULL */
    upgrade_remember(argv);
    read_words(&settings, &line, &words, &findings);
    if (line.command == COMMAND_HELP) {
        print_help();
    } else if (line.command == COMMAND_CHECK) {
        status = check(&settings, &findings);
    } else if (findings.count > 0) {
        status = fail_to_start(&findings);
    } else {
        status = run_command(&settings, &line, &words);
    }
    findings_free(&findings);
    settings_free(&settings);
    return status;
}
