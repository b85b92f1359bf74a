/*
 * foobarctl: starts, watches and stops the site that a checkout or the folder
 * of an application holds, and makes such a folder. It is what `make run`,
 * `make up`, `make down`, `make visit` and an application's `make test` call.
 */

#include "control.h"
#include "instance.h"
#include "say.h"
#include "skeleton.h"
#include "user.h"
#include "visit.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define USAGE_STATUS 2

static int down(struct instance *instance, const struct options *options)
{
    (void)options;
    return control_down(instance);
}

static int maintenance(struct instance *instance, const struct options *options)
{
    return control_maintenance(instance, strcmp(options->word, "on") == 0);
}

static int jobs(struct instance *instance, const struct options *options)
{
    return control_jobs(instance, options->word, options->job);
}

static int dev(struct instance *instance, const struct options *options)
{
    return control_dev(instance, options->command);
}

static int reload(struct instance *instance, const struct options *options)
{
    (void)options;
    return control_reload(instance);
}

static int run(struct instance *instance, const struct options *options)
{
    (void)options;
    return control_run(instance);
}

static int status(struct instance *instance, const struct options *options)
{
    (void)options;
    return control_status(instance);
}

static int test(struct instance *instance, const struct options *options)
{
    return control_test(instance, options->command);
}

static int top(struct instance *instance, const struct options *options)
{
    (void)options;
    return control_top(instance);
}

static int up(struct instance *instance, const struct options *options)
{
    (void)options;
    return control_up(instance);
}

static int upgrade(struct instance *instance, const struct options *options)
{
    (void)options;
    return control_upgrade(instance);
}

static int visit(struct instance *instance, const struct options *options)
{
    return visit_site(instance, options->command);
}

/* "on" or "off" */
static bool take_switch(struct options *options, char ***arguments)
{
    const char *word = **arguments;

    options->word = word;
    if (word == NULL || (strcmp(word, "on") != 0 && strcmp(word, "off") != 0)) {
        return complain("write: foobarctl maintenance on, or: foobarctl "
                        "maintenance off");
    }
    ++*arguments;
    return true;
}

/* Nothing, "list", or "retry" or "drop" with the number of a job */
static bool take_job(struct options *options, char ***arguments)
{
    const char *word = **arguments;

    if (word == NULL || word[0] == '-') {
        return true;
    }
    options->word = word;
    ++*arguments;
    if (strcmp(word, "list") == 0) {
        return true;
    }
    options->job = **arguments;
    if ((strcmp(word, "retry") != 0 && strcmp(word, "drop") != 0) ||
        options->job == NULL) {
        return complain("write: foobarctl jobs list, or: foobarctl jobs retry "
                        "ID, or: foobarctl jobs drop ID");
    }
    ++*arguments;
    return true;
}

static const struct {
    const char *name;
    int (*run)(struct instance *instance, const struct options *options);
    bool (*take)(struct options *options, char ***arguments); /* its words */
    const char *help;
} commands[] = {
    {"run", run, NULL, "run the site here; Ctrl-C stops it"},
    {"dev", dev, NULL,
     "with -- COMMAND...: run the site here for its author, and the command\n"
     "               whenever a source was saved; problems are shown in the "
     "browser"},
    {"up", up, NULL, "run it in the background; returns when it answers"},
    {"down", down, NULL, "stop it"},
    {"reload", reload, NULL, "bring a changed site in, without a stop"},
    {"maintenance", maintenance, take_switch,
     "on: answer 503 instead of the application; off: no longer"},
    {"jobs", jobs, take_job,
     "show what waits, runs and has failed; jobs retry ID: run it at once;\n"
     "               jobs drop ID: remove it"},
    {"status", status, NULL, "say which parts run (status 3: nothing runs)"},
    {"top", top, NULL,
     "show what the workers do, again and again on a terminal"},
    {"test", test, NULL,
     "with -- COMMAND...: run that beside a database of its own, which has\n"
     "               the migrations and begins empty each time"},
    {"upgrade", upgrade, NULL,
     "bring another program of the application server in, without a stop"},
    {"visit", visit, NULL,
     "as root: open http://www.foobar.com in a network of its own;\n"
     "               with -- COMMAND... run that there instead"},
};

static const struct {
    const char *name;
    size_t offset;
    const char *help;
} settings[] = {
    {"--top", offsetof(struct options, top),
     "the checkout, or the application's folder (.)"},
    {"--build", offsetof(struct options, build),
     "what was built (build/release; of an application: build)"},
    {"--var", offsetof(struct options, var), "the instance's folder (var)"},
    {"--bind", offsetof(struct options, bind), "the address (127.0.0.1)"},
    {"--port", offsetof(struct options, port), "the port (8080)"},
    {"--config", offsetof(struct options, config),
     "further settings of foobar-appserver"},
    {"--user", offsetof(struct options, user),
     "as root: who runs the parts (the checkout's owner, else nobody)"},
    {"--nginx", offsetof(struct options, nginx),
     "the web server (the one that the module was built for)"},
    {"--data", offsetof(struct options, data),
     "SQL to begin with, once (demo.sql of what was built)"},
    {"--settings", offsetof(struct options, settings),
     "user: the application server's settings, where no instance runs"},
    {"--nginx-preload", offsetof(struct options, nginx_preload),
     "libraries that it must load first, as in LD_PRELOAD"},
    {"--app-preload", offsetof(struct options, app_preload),
     "the same of the server: sanitizers that the application is built with"},
};

static void print_help(void)
{
    size_t i;

    printf("foobarctl COMMAND [OPTION VALUE]...\n"
           "foobarctl new NAME [FOLDER] [--empty]\n"
           "foobarctl user WORD... [OPTION VALUE]...\n\n");
    printf("  %-11s  %s\n", "new", "make the beginning of an application");
    printf("  %-11s  %s\n", "user",
           "add EMAIL [ROLE] | list | role EMAIL ROLE | password EMAIL |\n"
           "               suspend EMAIL DAYS|forever [REASON...] | "
           "restore EMAIL |\n"
           "               sessions EMAIL | end-sessions EMAIL: the accounts "
           "of the site");
    for (i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
        printf("  %-11s  %s\n", commands[i].name, commands[i].help);
    }
    printf("\n");
    for (i = 0; i < sizeof(settings) / sizeof(settings[0]); i++) {
        printf("  %-16s  %s\n", settings[i].name, settings[i].help);
    }
}

static bool take_setting(struct options *options, const char *name,
                         const char *value)
{
    size_t i;

    for (i = 0; i < sizeof(settings) / sizeof(settings[0]); i++) {
        if (strcmp(name, settings[i].name) != 0) {
            continue;
        }
        if (value == NULL || value[0] == '\0') {
            return complain("%s needs a value", name);
        }
        memcpy((char *)options + settings[i].offset, &value, sizeof(value));
        return true;
    }
    return complain("there is no option %s; see: foobarctl --help", name);
}

static bool take_options(struct options *options, char **arguments)
{
    while (*arguments != NULL) {
        if (strcmp(*arguments, "--") == 0) {
            options->command = arguments + 1;
            return true;
        }
        if (!take_setting(options, arguments[0], arguments[1])) {
            return false;
        }
        arguments += 2;
    }
    return true;
}

static int make_new(int argc, char **argv)
{
    bool is_empty = argc > 3 && strcmp(argv[argc - 1], "--empty") == 0;

    argc -= is_empty;
    if (argc != 3 && argc != 4) {
        complain("write: foobarctl new NAME, or: foobarctl new NAME FOLDER; "
                 "and --empty behind it for one that has a single page");
        return USAGE_STATUS;
    }
    return skeleton_make(argv[2], argc == 4 ? argv[3] : NULL, is_empty);
}

/* The words before the first option. */
static int manage_users(struct options *options, char **arguments)
{
    static char *words[USER_WORDS_MAX + 1];
    size_t count = 0;

    while (arguments[count] != NULL &&
           strncmp(arguments[count], "--", 2) != 0) {
        if (count == USER_WORDS_MAX) {
            complain("foobarctl user: that are too many words");
            return USAGE_STATUS;
        }
        words[count] = arguments[count];
        count++;
    }
    options->words = words;
    return take_options(options, arguments + count) ? user_run(options)
                                                    : USAGE_STATUS;
}

int main(int argc, char **argv)
{
    static struct instance instance; /* its strings live as long as we do */
    struct options options = {0};
    char **arguments = argv + 2;
    size_t i;

    umask(077);
    say_set_up();
    if (argc < 2 || strcmp(argv[1], "--help") == 0) {
        print_help();
        return argc < 2 ? USAGE_STATUS : EXIT_SUCCESS;
    }
    if (strcmp(argv[1], "new") == 0) {
        return make_new(argc, argv);
    }
    if (strcmp(argv[1], "user") == 0) {
        return manage_users(&options, arguments);
    }
    for (i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
        if (strcmp(argv[1], commands[i].name) != 0) {
            continue;
        }
        if (commands[i].take != NULL &&
            !commands[i].take(&options, &arguments)) {
            return USAGE_STATUS;
        }
        if (!take_options(&options, arguments)) {
            return USAGE_STATUS;
        }
        return instance_describe(&instance, &options)
                   ? commands[i].run(&instance, &options)
                   : EXIT_FAILURE;
    }
    complain("there is no command %s; see: foobarctl --help", argv[1]);
    return USAGE_STATUS;
}
