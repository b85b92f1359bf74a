/* A part; see parts.h. */

#include "parts.h"

#include "file.h"
#include "privilege.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define ENVIRONMENT_MAX 16

/*
 * What a part may know of our environment: the sanitizers' settings. One that
 * loads a sanitizer first is not built with it (Debian's nginx), and what it
 * keeps until its end is no leak of ours.
 */
static const char *const passed_on[] = {"ASAN_OPTIONS", "UBSAN_OPTIONS",
                                        "LSAN_OPTIONS"};

/* ------------------------------------------------------ in the new process */

static _Noreturn void give_up(const char *what, const char *name)
{
    dprintf(STDERR_FILENO, "cannot %s %s: %s\n", what, name, strerror(errno));
    _exit(127);
}

static char **make_environment(const struct part *part)
{
    static char *environment[ENVIRONMENT_MAX];
    size_t count = 0;
    size_t i;

    environment[count++] = file_text("PATH=/usr/sbin:/usr/bin:/sbin:/bin");
    environment[count++] = file_text("LC_ALL=C.UTF-8");
    environment[count++] = file_text("TZ=UTC");
    environment[count++] = file_text("HOME=%s", part->folder);
    environment[count++] = file_text("TMPDIR=%s/tmp", part->folder);
    for (i = 0; i < sizeof(passed_on) / sizeof(passed_on[0]); i++) {
        const char *value = getenv(passed_on[i]);

        if (value != NULL || part->preload != NULL) {
            environment[count++] =
                file_text("%s=%s:%s", passed_on[i], value != NULL ? value : "",
                          part->preload != NULL ? "detect_leaks=0" : "");
        }
    }
    if (part->preload != NULL) {
        environment[count++] = file_text("LD_PRELOAD=%s", part->preload);
    }
    environment[count] = NULL;
    return environment;
}

static void restore_signals(void)
{
    sigset_t none;

    signal(SIGPIPE, SIG_DFL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

static void connect_streams(const struct part *part, int output)
{
    const char *name = part->input[0] != '\0' ? part->input : "/dev/null";
    int input = open(name, O_RDONLY | O_CLOEXEC);

    if (input < 0) {
        give_up("read", name);
    }
    if (dup2(output, STDOUT_FILENO) < 0 || dup2(output, STDERR_FILENO) < 0 ||
        dup2(input, STDIN_FILENO) < 0) {
        give_up("connect", part->label);
    }
}

static _Noreturn void become(const struct part *part, int output, pid_t parent)
{
    const char *program = part->arguments[0];

    setpgid(0, 0);
    umask(077);
    connect_streams(part, output);
    if (part->drop &&
        !privilege_drop(part->uid, part->gid, part->label, false)) {
        _exit(127);
    }
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != parent) {
        _exit(127); /* the supervisor died meanwhile */
    }
    if (part->low_port && !privilege_hand_on_low_port()) {
        give_up("hand on the right to the port to", program);
    }
    if (chdir(part->folder) != 0) {
        give_up("enter", part->folder);
    }
    restore_signals();
    execve(program, part->arguments, make_environment(part));
    give_up("start", program);
}

/* ------------------------------------------------------- in the supervisor */

void part_add(struct part *part, const char *format, ...)
{
    char *place = part->text + part->text_length;
    size_t room = sizeof(part->text) - part->text_length;
    va_list arguments;
    int length;

    va_start(arguments, format);
    length = vsnprintf(place, room, format, arguments);
    va_end(arguments);
    if (length < 0 || (size_t)length >= room ||
        part->argument_count == PART_ARGUMENTS_MAX) {
        part->too_long = true;
        return;
    }
    part->text_length += (size_t)length + 1;
    part->arguments[part->argument_count++] = place;
    part->arguments[part->argument_count] = NULL;
}

bool part_start(struct part *part)
{
    pid_t parent = getpid();
    int output[2];
    pid_t pid;

    if (part->too_long) {
        return complain("the command line of %s is too long: its paths are",
                        part->label);
    }
    if (pipe2(output, O_CLOEXEC) != 0) {
        return complain("cannot start %s: %s", part->label, strerror(errno));
    }
    fcntl(output[0], F_SETFL, O_NONBLOCK);
    if (part->drop && fchown(output[1], part->uid, part->gid) != 0) {
        complain("cannot give %s its output: %s", part->label, strerror(errno));
    }
    pid = fork();
    if (pid == 0) {
        become(part, output[1], parent);
    }
    close(output[1]);
    if (pid < 0) {
        close(output[0]);
        return complain("cannot start %s: %s", part->label, strerror(errno));
    }
    setpgid(pid, pid); /* here as well: whoever comes first */
    if (part->output >= 0) {
        close(part->output);
    }
    part->pid = pid;
    part->status = 0;
    part->output = output[0];
    part->lines.length = 0;
    return true;
}

static void take_line(void *context, const char *line, size_t length)
{
    struct part *part = context;

    tail_add(&part->tail, line, length);
    if (!part->quiet) {
        say_line(part->label, part->colour, line, length);
    }
}

void part_hear(struct part *part)
{
    char bytes[4096];
    ssize_t got;

    while (part->output >= 0) {
        got = read(part->output, bytes, sizeof(bytes));
        if (got > 0) {
            lines_push(&part->lines, bytes, (size_t)got, take_line, part);
        } else if (got < 0 && errno == EINTR) {
            continue;
        } else if (got < 0 && errno == EAGAIN) {
            return;
        } else {
            lines_finish(&part->lines, take_line, part);
            close(part->output);
            part->output = -1;
        }
    }
}

void part_signal(const struct part *part, int signal_number)
{
    if (part->pid > 0) {
        kill(part->pid, signal_number);
    }
}

static struct part *find_part(struct part *const *parts, size_t count,
                              pid_t pid)
{
    size_t i;

    for (i = 0; i < count; i++) {
        if (parts[i]->pid == pid) {
            return parts[i];
        }
    }
    return NULL;
}

struct part *parts_bury(struct part *const *parts, size_t count)
{
    siginfo_t info;

    for (;;) {
        struct part *part;
        int status;

        /* It is looked at first, and buried after its group was ended: until
           then the group's number cannot become somebody else's. */
        info.si_pid = 0;
        if (waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) != 0 ||
            info.si_pid == 0) {
            return NULL;
        }
        part = find_part(parts, count, info.si_pid);
        if (part != NULL) {
            kill(-info.si_pid, SIGKILL);
        }
        if (waitpid(info.si_pid, &status, 0) < 0 || part == NULL) {
            continue;
        }
        part->pid = 0;
        part->status = status;
        part_hear(part);
        lines_finish(&part->lines, take_line, part);
        return part;
    }
}

void part_describe_end(const struct part *part, char *text, size_t size)
{
    if (WIFSIGNALED(part->status)) {
        snprintf(text, size, "was ended by signal %d (%s)",
                 WTERMSIG(part->status), strsignal(WTERMSIG(part->status)));
    } else {
        snprintf(text, size, "ended with status %d", WEXITSTATUS(part->status));
    }
}

void part_show_tail(const struct part *part)
{
    const char *line;
    size_t i;

    for (i = 0; (line = tail_line(&part->tail, i)) != NULL; i++) {
        say_detail(line);
    }
}
