/*
 * bounded: runs a test in bounds of time, and leaves no process behind.
 *
 *     bounded SECONDS COMMAND [ARGUMENT]...
 *
 * The parts under test fork, change their session and their user, and may be
 * killed at any point, so process groups do not find all of them. This
 * program is a "subreaper": whatever the test started and lost becomes its
 * child, and so can be found and ended, without any right.
 *
 * It exits like the command (128 + N for a signal), but with 124 when that
 * took too long, and with 125 when it ended well and left processes behind.
 * SIGTERM, SIGINT and SIGHUP, or the death of its own parent, end all.
 */

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define EXIT_LATE 124
#define EXIT_LEFT 125
#define EXIT_CANNOT 126

#define STOP_SECONDS 40   /* for a command that was asked to end */
#define LATE_SECONDS 3    /* for one that took too long already */
#define LINGER_SECONDS 2  /* for what a command that ended has left */
#define SECONDS_MAX 86400 /* a day */

static pid_t command; /* 0 once it was waited for */
static int command_status;

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* Takes all that ended; false when there are no children any more. */
static bool reap(void)
{
    for (;;) {
        int status;
        pid_t pid = waitpid(-1, &status, WNOHANG);
        if (pid == 0)
            return true;
        if (pid < 0)
            return errno == EINTR;
        if (pid == command) {
            command = 0;
            command_status = status;
        }
    }
}

/* ---- the children that are left ---- */

/* The parent and the name of a process, from /proc/PID/stat. */
static bool read_stat(const char *pid, long *parent, char *name, size_t size)
{
    char path[64];
    char line[512];
    snprintf(path, sizeof(path), "/proc/%.20s/stat", pid);
    FILE *file = fopen(path, "r");
    if (!file)
        return false;
    char *ok = fgets(line, sizeof(line), file);
    fclose(file);
    char *begin = ok ? strchr(line, '(') : NULL;
    char *end = ok ? strrchr(line, ')') : NULL;
    if (!begin || !end || end - begin < 1 || strlen(end) < 5)
        return false;
    *end = '\0';
    snprintf(name, size, "%s", begin + 1);
    *parent = strtol(end + 4, NULL, 10); /* ") S PARENT" */
    return true;
}

static void kill_children(bool tell)
{
    DIR *directory = opendir("/proc");
    if (!directory)
        return;
    for (struct dirent *entry; (entry = readdir(directory));) {
        long parent;
        char name[64];
        if (!isdigit((unsigned char)entry->d_name[0]) ||
            !read_stat(entry->d_name, &parent, name, sizeof(name)) ||
            parent != getpid())
            continue;
        long pid = strtol(entry->d_name, NULL, 10);
        if (tell)
            fprintf(stderr, "bounded: left behind: %s (pid %ld)\n", name, pid);
        kill((pid_t)pid, SIGKILL);
    }
    closedir(directory);
}

/* What is killed leaves children in turn, so this goes on until none is. */
static void kill_all(bool tell)
{
    double deadline = now() + STOP_SECONDS;
    while (reap() && now() < deadline) {
        kill_children(tell);
        tell = false; /* these have been named; the rest are theirs */
        nanosleep(&(struct timespec){.tv_nsec = 10 * 1000 * 1000}, NULL);
    }
}

/* ---- the command ---- */

static void watched(sigset_t *set)
{
    sigemptyset(set);
    sigaddset(set, SIGCHLD);
    sigaddset(set, SIGTERM);
    sigaddset(set, SIGINT);
    sigaddset(set, SIGHUP);
}

/*
 * Waits until the command ends, a signal asks to stop, or the time is over;
 * with `all`, until every process that it left has ended too.
 */
enum why {
    WHY_ENDED,
    WHY_STOPPED,
    WHY_LATE
};

static enum why wait_until(double deadline, bool all)
{
    sigset_t set;
    watched(&set);
    for (;;) {
        bool any = reap();
        if (!command && (!all || !any))
            return WHY_ENDED;
        double left = deadline - now();
        if (left <= 0)
            return WHY_LATE;
        struct timespec time = {
            .tv_sec = (time_t)left,
            .tv_nsec = (long)((left - (double)(time_t)left) * 1e9)};
        int signal = sigtimedwait(&set, NULL, &time);
        if (signal > 0 && signal != SIGCHLD)
            return WHY_STOPPED;
    }
}

static _Noreturn void run_command(char **arguments)
{
    sigset_t none;
    sigemptyset(&none);
    setpgid(0, 0);
    /* A shell lets its background jobs ignore these two; tests send them. */
    signal(SIGINT, SIG_DFL);
    signal(SIGQUIT, SIG_DFL);
    sigprocmask(SIG_SETMASK, &none, NULL);
    execvp(arguments[0], arguments);
    fprintf(stderr, "bounded: cannot run %s: %s\n", arguments[0],
            strerror(errno));
    _exit(EXIT_CANNOT);
}

static void start(char **arguments)
{
    sigset_t set;
    watched(&set);
    sigprocmask(SIG_BLOCK, &set, NULL);
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    command = fork();
    if (command == 0)
        run_command(arguments);
    if (command < 0) {
        fprintf(stderr, "bounded: cannot fork: %s\n", strerror(errno));
        exit(EXIT_CANNOT);
    }
    setpgid(command, command); /* whichever of the two is the first */
}

/* Asks the command to end, then insists. */
static void stop(double seconds)
{
    if (command) {
        kill(-command, SIGTERM);
        wait_until(now() + seconds, true);
    }
    kill_all(false);
}

static int exit_code(void)
{
    if (WIFSIGNALED(command_status)) {
        fprintf(stderr, "bounded: the command was ended by signal %d (%s)\n",
                WTERMSIG(command_status), strsignal(WTERMSIG(command_status)));
        return 128 + WTERMSIG(command_status);
    }
    return WEXITSTATUS(command_status);
}

static long parse_seconds(const char *text)
{
    char *end;
    errno = 0;
    long seconds = strtol(text, &end, 10);
    bool ok = errno == 0 && *text && !*end;
    return ok && seconds > 0 && seconds <= SECONDS_MAX ? seconds : 0;
}

int main(int argc, char **argv)
{
    long seconds = argc >= 3 ? parse_seconds(argv[1]) : 0;
    if (seconds == 0) {
        fprintf(stderr, "usage: bounded SECONDS COMMAND [ARGUMENT]...\n");
        return EXIT_CANNOT;
    }
    start(argv + 2);
    enum why why = wait_until(now() + (double)seconds, false);
    if (why != WHY_ENDED) {
        if (why == WHY_LATE)
            fprintf(stderr, "bounded: ended after its limit of %ld s\n",
                    seconds);
        stop(why == WHY_LATE ? LATE_SECONDS : STOP_SECONDS);
        return why == WHY_LATE ? EXIT_LATE : 128 + SIGTERM;
    }
    bool left = wait_until(now() + LINGER_SECONDS, true) != WHY_ENDED;
    kill_all(true);
    int code = exit_code();
    return left && code == 0 ? EXIT_LEFT : code;
}
