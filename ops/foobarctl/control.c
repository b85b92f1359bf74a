/* The operator's commands; see control.h. */

#include "control.h"

#include "clock.h"
#include "develop.h"
#include "file.h"
#include "probe.h"
#include "leftovers.h"
#include "lines.h"
#include "say.h"
#include "supervisor.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#define STATE_MAX_BYTES ((size_t)8192)
#define DOWN_LIMIT_MS 90000
#define RELOAD_LIMIT_MS 60000
#define PAUSE_MS 20

/* -------------------------------------------------------------------- run */

/* From the first look to the last stop. */
static bool run_here(struct instance *instance, bool in_background)
{
    char *log = file_text("%s/log/foobar.log", instance->var);
    bool good =
        instance_enter(instance) && instance_make_folders(instance) &&
        instance_lock(instance) && (!in_background || say_to_log(log)) &&
        instance_check_files(instance) && leftovers_clear(instance) &&
        instance_make_folders(instance) && instance_check_port(instance) &&
        supervisor_run(instance, in_background);

    free(log);
    return good;
}

int control_run(struct instance *instance)
{
    return run_here(instance, false) ? EXIT_SUCCESS : EXIT_FAILURE;
}

int control_dev(struct instance *instance, char **command)
{
    if (command == NULL || command[0] == NULL) {
        complain("write: foobarctl dev [OPTION VALUE]... -- COMMAND..., where "
                 "the command builds the site, as: make build");
        return EXIT_FAILURE;
    }
    instance->dev = true;
    return develop(instance, control_run, command);
}

int control_test(struct instance *instance, char **command)
{
    if (command == NULL || command[0] == NULL) {
        complain("write: foobarctl test [OPTION VALUE]... -- COMMAND...");
        return EXIT_FAILURE;
    }
    instance->disposable = true;
    if (!instance_enter(instance) || !instance_make_folders(instance) ||
        !instance_lock(instance) || !instance_check_database_files(instance) ||
        !leftovers_clear(instance) || !instance_make_folders(instance)) {
        return EXIT_FAILURE;
    }
    return supervisor_test(instance, command);
}

/* ------------------------------------------------------------------ state */

/* The value of a word in the supervisor's state; the caller frees it. */
static char *read_state(const struct instance *instance, const char *word)
{
    char *text = access(instance->state_file, R_OK) == 0
                     ? file_read(instance->state_file, STATE_MAX_BYTES)
                     : NULL;
    size_t length = strlen(word);
    char *value = NULL;
    char *rest = NULL;
    char *line;

    if (text == NULL) {
        return NULL;
    }
    for (line = strtok_r(text, "\n", &rest); line != NULL && value == NULL;
         line = strtok_r(NULL, "\n", &rest)) {
        if (strncmp(line, word, length) == 0 && line[length] == ' ') {
            value = file_text("%s", line + length + 1);
        }
    }
    free(text);
    return value;
}

static long read_state_number(const struct instance *instance, const char *word)
{
    char *value = read_state(instance, word);
    long number = value != NULL ? strtol(value, NULL, 10) : 0;

    free(value);
    return number;
}

/* The holder of the lock, if we may see and signal it; else says why not. */
static pid_t find_holder(const struct instance *instance, bool *allowed)
{
    pid_t holder = instance_holder(instance);

    *allowed = true;
    if (holder == 0 && access(instance->var, F_OK) == 0 &&
        access(instance->run, X_OK) != 0 && errno == EACCES) {
        *allowed = complain("%s belongs to another user; only that one and "
                            "root can look into it",
                            instance->run);
    }
    return holder;
}

/* --------------------------------------------------------------------- up */

struct hearing {
    bool ready;
};

/* A line from the supervisor: see say.h. */
static void hear(void *context, const char *bytes, size_t length)
{
    struct hearing *hearing = context;
    char line[LINES_MAX_BYTES + 1];
    char *text;

    memcpy(line, bytes, length);
    line[length] = '\0';
    text = strchr(line, ' ');
    if (text == NULL) {
        return;
    }
    *text++ = '\0';
    if (strcmp(line, "problem") == 0) {
        fprintf(stderr, "%s%s\n",
                text[0] == '|' ? "    " : "foobarctl: ", text);
        return;
    }
    hearing->ready = strcmp(line, "ready") == 0;
    say_line("foobar", SAY_GREEN, text, strlen(text));
}

/* Passes on what the supervisor says, until it is ready or has ended. */
static bool listen_to_start(int from, pid_t supervisor, int signals)
{
    struct hearing hearing = {false};
    struct lines lines = {.length = 0};
    struct signalfd_siginfo info;
    char bytes[512];
    ssize_t got = 1;

    while (got > 0 && !hearing.ready) {
        struct pollfd news[2] = {{.fd = from, .events = POLLIN},
                                 {.fd = signals, .events = POLLIN}};

        poll(news, 2, -1);
        if (read(signals, &info, sizeof(info)) == (ssize_t)sizeof(info)) {
            kill(supervisor, SIGTERM); /* Ctrl-C stops the start */
        }
        got = read(from, bytes, sizeof(bytes));
        if (got > 0) {
            lines_push(&lines, bytes, (size_t)got, hear, &hearing);
        } else if (got < 0 && (errno == EAGAIN || errno == EINTR)) {
            got = 1;
        }
    }
    return hearing.ready;
}

static _Noreturn void become_supervisor(struct instance *instance, int report)
{
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);

    setsid();
    if (null >= 0) {
        dup2(null, STDIN_FILENO);
        dup2(null, STDOUT_FILENO); /* until there is the log */
        dup2(null, STDERR_FILENO);
        close(null);
    }
    say_tell_parent(report);
    exit(run_here(instance, true) ? EXIT_SUCCESS : EXIT_FAILURE);
}

static int start_in_background(struct instance *instance)
{
    sigset_t set;
    int report[2];
    int signals;
    pid_t pid;
    bool ready;

    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGHUP);
    sigprocmask(SIG_BLOCK, &set, NULL);
    signals = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
    if (signals < 0 || pipe2(report, O_CLOEXEC | O_NONBLOCK) != 0) {
        complain("cannot start the supervisor: %s", strerror(errno));
        return EXIT_FAILURE;
    }
    pid = fork();
    if (pid == 0) {
        close(report[0]);
        close(signals);
        become_supervisor(instance, report[1]);
    }
    close(report[1]);
    if (pid < 0) {
        complain("cannot start the supervisor: %s", strerror(errno));
        close(report[0]);
        close(signals);
        return EXIT_FAILURE;
    }
    ready = listen_to_start(report[0], pid, signals);
    close(report[0]);
    close(signals);
    sigprocmask(SIG_UNBLOCK, &set, NULL);
    if (!ready) {
        waitpid(pid, NULL, 0);
        say("the log is %s/log/foobar.log", instance->var);
    }
    return ready ? EXIT_SUCCESS : EXIT_FAILURE;
}

static bool answers(const struct instance *instance)
{
    struct probe health;

    return probe_ask(&health, (const struct sockaddr *)&instance->reach,
                     instance->address_length, instance->host,
                     "/healthz") == 200;
}

int control_up(struct instance *instance)
{
    bool allowed;
    pid_t holder = find_holder(instance, &allowed);
    char *url;
    int status = EXIT_FAILURE;

    if (!allowed) {
        return EXIT_FAILURE;
    }
    if (holder == 0) {
        return start_in_background(instance);
    }
    url = read_state(instance, "url");
    if (url != NULL && strcmp(url, instance->url) == 0 && answers(instance)) {
        say("the site is up already: %s", url);
        status = EXIT_SUCCESS;
    } else if (url != NULL && strcmp(url, instance->url) != 0) {
        complain("the instance in %s runs already, at %s; stop it with: make "
                 "down, or choose another with VAR=",
                 instance->var, url);
    } else {
        complain("the instance in %s runs (process %d) but does not answer; "
                 "its log is %s/log/foobar.log",
                 instance->var, (int)holder, instance->var);
    }
    free(url);
    return status;
}

/* ------------------------------------------------------------------- down */

int control_down(const struct instance *instance)
{
    int64_t limit = clock_now_ms() + DOWN_LIMIT_MS;
    bool allowed;
    pid_t holder = find_holder(instance, &allowed);

    if (!allowed) {
        return EXIT_FAILURE;
    }
    if (holder == 0) {
        say("nothing runs in %s", instance->var);
        return EXIT_SUCCESS;
    }
    if (kill(holder, SIGTERM) != 0 && errno != ESRCH) {
        complain("cannot stop process %d: %s", (int)holder, strerror(errno));
        return EXIT_FAILURE;
    }
    while (instance_holder(instance) == holder) {
        if (clock_now_ms() > limit) {
            complain("process %d does not end; its log is %s/log/foobar.log",
                     (int)holder, instance->var);
            return EXIT_FAILURE;
        }
        clock_pause_ms(PAUSE_MS);
    }
    say("stopped");
    return EXIT_SUCCESS;
}

/* ------------------------------------------------------------ maintenance */

static char *maintenance_file(const struct instance *instance)
{
    return file_text("%s/maintenance", instance->run);
}

int control_maintenance(const struct instance *instance, bool closed)
{
    char *file = maintenance_file(instance);
    bool allowed;
    pid_t holder = find_holder(instance, &allowed);
    bool good = false;

    if (allowed && holder == 0) {
        complain("nothing runs in %s; start it with: make up", instance->var);
    } else if (allowed) {
        /* As the user of the parts: the folder is that one's. */
        good = instance_enter(instance) &&
               (closed ? file_write(file, 0600, "") : file_remove(file));
    }
    if (good && closed) {
        say("closed for maintenance; open it again with: foobarctl "
            "maintenance off");
    } else if (good) {
        say("open: %s", instance->url);
    }
    free(file);
    return good ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* ----------------------------------------------------------------- status */

int control_status(const struct instance *instance)
{
    static const char *const names[] = {"mariadb", "app", "nginx"};
    bool allowed;
    pid_t holder = find_holder(instance, &allowed);
    char *file;
    char *url;
    size_t i;

    if (!allowed) {
        return EXIT_FAILURE;
    }
    if (holder == 0) {
        say("nothing runs in %s", instance->var);
        return CONTROL_NOT_RUNNING;
    }
    url = read_state(instance, "url");
    if (url == NULL) {
        say("the instance in %s is starting (process %d)", instance->var,
            (int)holder);
        return EXIT_SUCCESS;
    }
    say("%s  (process %d, in %s)", url, (int)holder, instance->var);
    free(url);
    for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        long pid = read_state_number(instance, names[i]);
        char text[64];

        if (pid > 0) {
            snprintf(text, sizeof(text), "runs (process %ld)", pid);
        } else {
            snprintf(text, sizeof(text), "does not run");
        }
        say_line(names[i], SAY_PLAIN, text, strlen(text));
    }
    file = maintenance_file(instance);
    if (access(file, F_OK) == 0) {
        say("closed for maintenance; open it with: foobarctl maintenance off");
    }
    free(file);
    return EXIT_SUCCESS;
}

/* ----------------------------------------------------------------- reload */

/* Has the supervisor renew what runs, by a signal; waits for what it says. */
static int renew(const struct instance *instance, int signal, const char *what)
{
    int64_t limit = clock_now_ms() + RELOAD_LIMIT_MS;
    bool allowed;
    pid_t holder = find_holder(instance, &allowed);
    long before = read_state_number(instance, "reloads");
    char *result;
    bool good;

    if (!allowed) {
        return EXIT_FAILURE;
    }
    if (holder == 0) {
        complain("nothing runs in %s; start it with: make up", instance->var);
        return EXIT_FAILURE;
    }
    if (kill(holder, signal) != 0) {
        complain("cannot reach process %d: %s", (int)holder, strerror(errno));
        return EXIT_FAILURE;
    }
    while (read_state_number(instance, "reloads") <= before) {
        if (clock_now_ms() > limit || instance_holder(instance) != holder) {
            complain("process %d does not say what became of the %s; see its "
                     "log",
                     (int)holder, what);
            return EXIT_FAILURE;
        }
        clock_pause_ms(PAUSE_MS);
    }
    result = read_state(instance, "reload");
    good = result != NULL && strcmp(result, "done") == 0;
    if (good) {
        say("%s done: %s", what, instance->url);
    } else {
        complain("the %s was refused, and the site goes on as it was: %s", what,
                 result != NULL ? result : "see the log");
    }
    free(result);
    return good ? EXIT_SUCCESS : EXIT_FAILURE;
}

int control_reload(const struct instance *instance)
{
    return renew(instance, SIGUSR1, "reload");
}

int control_upgrade(const struct instance *instance)
{
    return renew(instance, SIGUSR2, "upgrade");
}
