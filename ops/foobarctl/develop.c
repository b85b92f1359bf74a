/* An author saves a file, and the browser shows it; see develop.h. */

#include "develop.h"

#include "clock.h"
#include "file.h"
#include "say.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define FOLDERS_MAX 1024
#define OUTPUT_MAX ((size_t)64 * 1024)
#define QUIET_MS 20   /* editors write several files for one "save" */
#define QUIET_MOST 25 /* pieces of QUIET_MS, when it never gets quiet */
#define WATCHED \
    (IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_CREATE | IN_DELETE)

struct watcher {
    const struct instance *instance;
    char **command;
    int changes; /* of inotify */
    int signals;
    char *folders[FOLDERS_MAX]; /* by the number that inotify gave them */
    pid_t child;
    bool schema_changed; /* a migration was saved that is not applied yet */
};

/* ---------------------------------------------------------------- watching */

/* What editors and version control keep beside the sources. */
static bool is_source(const char *name)
{
    size_t length = strlen(name);

    return length > 0 && name[0] != '.' && name[length - 1] != '~' &&
           name[0] != '#';
}

/* Not what was built, nor what the instance writes. */
static bool is_watched(const struct watcher *watcher, const char *folder)
{
    char *made = file_text("%s/build", watcher->instance->top);
    bool is_made = strcmp(folder, watcher->instance->build) == 0 ||
                   strcmp(folder, watcher->instance->var) == 0 ||
                   strcmp(folder, made) == 0;

    free(made);
    return !is_made;
}

static void watch_folder(struct watcher *watcher, const char *path)
{
    int number = inotify_add_watch(watcher->changes, path, WATCHED);
    DIR *folder = number >= 0 ? opendir(path) : NULL;
    struct dirent *entry;

    if (number < 0 || number >= FOLDERS_MAX) {
        complain("changes in %s are not seen: %s", path,
                 number < 0 ? strerror(errno) : "there are too many folders");
        if (folder != NULL) {
            closedir(folder);
        }
        return;
    }
    free(watcher->folders[number]);
    watcher->folders[number] = file_text("%s", path);
    while (folder != NULL && (entry = readdir(folder)) != NULL) {
        char *inner = file_text("%s/%s", path, entry->d_name);
        struct stat status;

        if (is_source(entry->d_name) && lstat(inner, &status) == 0 &&
            S_ISDIR(status.st_mode) && is_watched(watcher, inner)) {
            watch_folder(watcher, inner);
        }
        free(inner);
    }
    if (folder != NULL) {
        closedir(folder);
    }
}

static bool is_migration(const char *name)
{
    size_t length = strlen(name);

    return length > 4 && strcmp(name + length - 4, ".sql") == 0;
}

static bool note_change(struct watcher *watcher,
                        const struct inotify_event *event)
{
    const char *folder = event->wd >= 0 && event->wd < FOLDERS_MAX
                             ? watcher->folders[event->wd]
                             : NULL;

    if ((event->mask & IN_Q_OVERFLOW) != 0) {
        return true;
    }
    if (folder == NULL || event->len == 0 || !is_source(event->name)) {
        return false;
    }
    if ((event->mask & IN_ISDIR) != 0) {
        char *inner = file_text("%s/%s", folder, event->name);
        bool is_new = is_watched(watcher, inner) &&
                      (event->mask & (IN_CREATE | IN_MOVED_TO)) != 0;

        if (is_new) {
            watch_folder(watcher, inner);
        }
        free(inner);
        return is_new;
    }
    /* A file that was made is written next, which is another event. */
    if ((event->mask & IN_CREATE) != 0) {
        return false;
    }
    watcher->schema_changed =
        watcher->schema_changed || is_migration(event->name);
    return true;
}

/* Whether a source has changed. */
static bool read_changes(struct watcher *watcher)
{
    _Alignas(struct inotify_event) char bytes[16 * 1024];
    bool changed = false;
    ssize_t got;

    while ((got = read(watcher->changes, bytes, sizeof(bytes))) > 0) {
        size_t at = 0;

        while (at < (size_t)got) {
            const struct inotify_event *event =
                (const struct inotify_event *)(void *)(bytes + at);

            changed = note_change(watcher, event) || changed;
            at += sizeof(*event) + event->len;
        }
    }
    return changed;
}

static void await_quiet(struct watcher *watcher)
{
    struct pollfd news = {.fd = watcher->changes, .events = POLLIN};
    int pieces;

    for (pieces = 0; pieces < QUIET_MOST && poll(&news, 1, QUIET_MS) > 0;
         pieces++) {
        (void)read_changes(watcher);
        clock_pause_ms(QUIET_MS);
    }
}

/* ---------------------------------------------------------------- building */

static _Noreturn void run_command(const struct watcher *watcher,
                                  char *const *command, int output)
{
    sigset_t none;

    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    umask(022); /* the parts may run as another user, who must read it */
    dup2(output, STDOUT_FILENO);
    dup2(output, STDERR_FILENO);
    if (chdir(watcher->instance->top) == 0) {
        execvp(command[0], command);
    }
    dprintf(STDERR_FILENO, "cannot start %s: %s\n", command[0],
            strerror(errno));
    _exit(127);
}

/* Shows what a command says, and keeps the beginning of it. */
static void keep_output(int input, char *text)
{
    size_t length = 0;
    char bytes[4096];
    ssize_t got;

    while ((got = read(input, bytes, sizeof(bytes))) > 0) {
        size_t room = OUTPUT_MAX - length;
        size_t kept = (size_t)got < room ? (size_t)got : room;

        fwrite(bytes, 1, (size_t)got, stdout);
        memcpy(text + length, bytes, kept);
        length += kept;
    }
    fflush(stdout);
    text[length] = '\0';
}

/* Whether the command has succeeded; else `text` says why not. */
static bool succeeds(const struct watcher *watcher, char *const *command,
                     char *text)
{
    int output[2];
    int status = 0;
    pid_t pid;

    text[0] = '\0';
    if (pipe2(output, O_CLOEXEC) != 0) {
        return complain("cannot start %s: %s", command[0], strerror(errno));
    }
    pid = fork();
    if (pid == 0) {
        run_command(watcher, command, output[1]);
    }
    close(output[1]);
    if (pid > 0) {
        keep_output(output[0], text);
    }
    close(output[0]);
    return pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status) &&
           WEXITSTATUS(status) == 0;
}

/* Pages that ask for a new column are loaded after the column is there. */
static bool migrate(struct watcher *watcher, char *text)
{
    const struct instance *instance = watcher->instance;
    char *program = file_text("%s/foobar-migrate", instance->programs);
    char *settings = file_text("%s/conf/migrate.conf", instance->var);
    char *const command[] = {program, "--config",           settings,
                             "--dir", instance->migrations, NULL};

    watcher->schema_changed = !succeeds(watcher, command, text);
    free(settings);
    free(program);
    return !watcher->schema_changed;
}

static void show_problem(const struct instance *instance, const char *text)
{
    file_write(instance->problem_file, 0644,
               text[0] != '\0' ? text : "It said nothing.\n");
}

static void build_and_show(struct watcher *watcher)
{
    static char text[OUTPUT_MAX + 1];
    const struct instance *instance = watcher->instance;
    bool is_up = access(instance->state_file, F_OK) == 0;

    if (!succeeds(watcher, watcher->command, text)) {
        say("the build failed; the pages show why until the next good one");
        if (is_up) {
            show_problem(instance, text);
        }
        return;
    }
    if (is_up && watcher->schema_changed && !migrate(watcher, text)) {
        say("a migration failed; the pages show why until it is mended");
        show_problem(instance, text);
        return;
    }
    if (is_up) {
        file_remove(instance->problem_file);
        kill(watcher->child, SIGUSR1);
    }
}

/* -------------------------------------------------------------- both of us */

/*
 * Whether the child runs on. What a terminal sends has reached it as well, and
 * it stops by itself; what a process sent to us alone is passed on.
 */
static bool hear_signals(const struct watcher *watcher, int *status)
{
    struct signalfd_siginfo info;

    while (read(watcher->signals, &info, sizeof(info)) ==
           (ssize_t)sizeof(info)) {
        if (info.ssi_signo != SIGCHLD && info.ssi_code == SI_USER) {
            kill(watcher->child, SIGTERM);
        }
    }
    return waitpid(watcher->child, status, WNOHANG) == 0;
}

static int attend(struct watcher *watcher)
{
    struct pollfd news[2] = {{.fd = watcher->changes, .events = POLLIN},
                             {.fd = watcher->signals, .events = POLLIN}};
    int status = 0;

    while (hear_signals(watcher, &status)) {
        if (poll(news, 2, -1) > 0 && read_changes(watcher)) {
            await_quiet(watcher);
            build_and_show(watcher);
        }
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_FAILURE;
}

static void block_signals(sigset_t *before)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGCHLD);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGHUP);
    sigprocmask(SIG_BLOCK, &set, before);
}

static bool open_watcher(struct watcher *watcher, sigset_t *before)
{
    sigset_t set;

    block_signals(before);
    sigprocmask(SIG_BLOCK, NULL, &set);
    watcher->signals = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
    watcher->changes = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    if (watcher->signals < 0 || watcher->changes < 0) {
        return complain("cannot watch %s: %s", watcher->instance->top,
                        strerror(errno));
    }
    watch_folder(watcher, watcher->instance->top);
    return true;
}

int develop(struct instance *instance, int (*run)(struct instance *instance),
            char **command)
{
    static struct watcher watcher;
    sigset_t before;

    watcher = (struct watcher){.instance = instance, .command = command};
    if (!open_watcher(&watcher, &before)) {
        return EXIT_FAILURE;
    }
    fflush(NULL);
    watcher.child = fork();
    if (watcher.child == 0) {
        sigprocmask(SIG_SETMASK, &before, NULL);
        prctl(PR_SET_PDEATHSIG, SIGTERM);
        exit(run(instance));
    }
    if (watcher.child < 0) {
        complain("cannot start the supervisor: %s", strerror(errno));
        return EXIT_FAILURE;
    }
    return attend(&watcher);
}
