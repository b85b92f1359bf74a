/* Replacing the server's own program; upgrade.h draws the way of it. */

#include "upgrade.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#define VARIABLE "FOOBAR_UPGRADE"
#define MAGIC "foobar-upgrade 1\n"
#define LINE_MAX_BYTES 1024
#define CHILDREN_MOST 8192

static struct {
    char file[PATH_MAX];
    char **words;
} program;

/* A program that came back after an upgrade has no file of its own any more. */
void upgrade_remember(char **words)
{
    static const char gone[] = " (deleted)";
    const size_t gone_length = sizeof(gone) - 1;
    ssize_t got =
        readlink("/proc/self/exe", program.file, sizeof(program.file) - 1);
    size_t length = got > 0 ? (size_t)got : 0;

    program.file[length] = '\0';
    if (length > gone_length &&
        strcmp(program.file + length - gone_length, gone) == 0) {
        program.file[length - gone_length] = '\0';
    }
    program.words = words;
}

bool upgrade_is_under_way(void)
{
    return getenv(VARIABLE) != NULL;
}

/* --- proving ------------------------------------------------------------ */

static size_t count_words(void)
{
    size_t count = 0;

    while (program.words[count] != NULL) {
        count++;
    }
    return count;
}

static _Noreturn void run_check(int said)
{
    size_t count = count_words();
    char **words = calloc(count + 2, sizeof(*words));
    static char check[] = "--check";
    sigset_t none;

    if (words == NULL) {
        _exit(EXIT_FAILURE);
    }
    memcpy(words, program.words, count * sizeof(*words));
    words[count] = check;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    dup2(said, STDOUT_FILENO);
    dup2(said, STDERR_FILENO);
    execv(program.file, words);
    dprintf(STDERR_FILENO, "cannot run %s: %s\n", program.file,
            strerror(errno));
    _exit(EXIT_FAILURE);
}

pid_t upgrade_prove(int *said)
{
    pid_t pid;

    *said = memfd_create("foobar-proof", MFD_CLOEXEC);
    if (*said < 0) {
        return -1;
    }
    pid = fork();
    if (pid == 0) {
        run_check(*said);
    }
    if (pid < 0) {
        close(*said);
    }
    return pid;
}

void upgrade_read_reason(int said, int status, char *reason, size_t size)
{
    ssize_t length = pread(said, reason, size - 1, 0);

    reason[length > 0 ? length : 0] = '\0';
    reason[strcspn(reason, "\r\n")] = '\0';
    if (reason[0] == '\0') {
        snprintf(reason, size, "it ended without a word (status %d)", status);
    }
}

/* --- the state, written ------------------------------------------------- */

static void write_listener(FILE *out, const char *what,
                           const struct listener *listener)
{
    if (listener->fd >= 0) {
        fprintf(out, "%s %d %s\n", what, listener->fd,
                listener->unlink_path[0] != '\0' ? listener->unlink_path : "-");
    }
}

static void write_state(FILE *out, const struct upgrade_state *state)
{
    size_t i;

    fputs(MAGIC, out);
    write_listener(out, "listener", &state->listener);
    write_listener(out, "status", &state->status_listener);
    fprintf(out, "pool %d %d\nexpensive %d\nboard %d %zu\ngeneration %u\n",
            state->give_fd, state->take_fd, state->expensive_fd,
            state->board_fd, state->slots, state->generation);
    for (i = 0; i < BELL_COUNT; i++) {
        fprintf(out, "bell %zu %d\n", i, state->bells.fds[i]);
    }
    fprintf(out, "attendants %d %d\n", (int)state->attendants[0],
            (int)state->attendants[1]);
    for (i = 2; i < UPGRADE_ATTENDANTS_MAX; i++) {
        if (state->attendants[i] != 0) {
            fprintf(out, "attendant %zu %d\n", i, (int)state->attendants[i]);
        }
    }
    fprintf(out, "pictures %d %d\npicture_helper %d\n", state->picture_ask_fd,
            state->picture_serve_fd, (int)state->picture_helper);
    if (state->old_program >= 0) {
        fprintf(out, "old %d\n", state->old_program);
    }
    if (state->is_return) {
        fprintf(out, "return %s\n", state->reason);
    }
    for (i = 0; i < state->child_count; i++) {
        const struct upgrade_child *child = &state->children[i];

        fprintf(out, "child %zu %d %u %d %d\n", child->slot, (int)child->pid,
                child->generation, child->state, child->report_fd);
    }
}

/* Whether a descriptor survives exec. */
static void keep(int fd, bool kept)
{
    if (fd >= 0) {
        fcntl(fd, F_SETFD, kept ? 0 : FD_CLOEXEC);
    }
}

static void keep_all(const struct upgrade_state *state, int state_fd, bool kept)
{
    size_t i;

    keep(state->listener.fd, kept);
    keep(state->status_listener.fd, kept);
    keep(state->give_fd, kept);
    keep(state->take_fd, kept);
    keep(state->expensive_fd, kept);
    keep(state->board_fd, kept);
    for (i = 0; i < BELL_COUNT; i++) {
        keep(state->bells.fds[i], kept);
    }
    keep(state->picture_ask_fd, kept);
    keep(state->picture_serve_fd, kept);
    keep(state->old_program, kept);
    keep(state_fd, kept);
    for (i = 0; i < state->child_count; i++) {
        keep(state->children[i].report_fd, kept);
    }
}

/* Leaves the state where the next program finds it; -1: it cannot be. */
static int leave_state(const struct upgrade_state *state)
{
    int fd = memfd_create("foobar-upgrade", MFD_CLOEXEC);
    int copy = fd >= 0 ? dup(fd) : -1;
    FILE *out = copy >= 0 ? fdopen(copy, "w") : NULL;
    char number[16];
    bool good = out != NULL;

    if (good) {
        write_state(out, state);
        good = fclose(out) == 0;
    }
    snprintf(number, sizeof(number), "%d", fd);
    if (!good || setenv(VARIABLE, number, 1) != 0) {
        close(fd);
        return -1;
    }
    keep_all(state, fd, true);
    return fd;
}

static void stay(const struct upgrade_state *state, int state_fd, char *problem,
                 size_t size)
{
    snprintf(problem, size, "cannot run the other program: %s",
             strerror(errno));
    keep_all(state, state_fd, false);
    unsetenv(VARIABLE);
    if (state_fd >= 0) {
        close(state_fd);
    }
}

void upgrade_become_new(struct upgrade_state *state, char *problem, size_t size)
{
    int state_fd = -1;

    state->old_program = open("/proc/self/exe", O_PATH | O_CLOEXEC);
    if (state->old_program >= 0) {
        state_fd = leave_state(state);
    }
    if (state_fd >= 0) {
        execv(program.file, program.words);
    }
    stay(state, state_fd, problem, size);
    if (state->old_program >= 0) {
        close(state->old_program);
        state->old_program = -1;
    }
}

void upgrade_become_old(struct upgrade_state *state, char *problem, size_t size)
{
    int old_program = state->old_program;
    int state_fd;

    state->old_program = -1;
    state->is_return = true;
    state_fd = leave_state(state);
    if (state_fd >= 0) {
        keep(old_program, true);
        fexecve(old_program, program.words, environ);
    }
    stay(state, state_fd, problem, size);
    state->old_program = old_program;
    state->is_return = false;
}

/* --- the state, read ---------------------------------------------------- */

static bool read_listener(struct listener *listener, const char *text)
{
    char *end;
    size_t length;

    listener->fd = (int)strtol(text, &end, 10);
    if (*end != ' ') {
        return false;
    }
    end++;
    length = strlen(end);
    if (strcmp(end, "-") != 0 && length < sizeof(listener->unlink_path)) {
        memcpy(listener->unlink_path, end, length + 1);
    }
    return listener->fd >= 0;
}

static bool read_child(struct upgrade_state *state, const char *text)
{
    struct upgrade_child *child;
    char *at;

    if (state->child_count == CHILDREN_MOST) {
        return false;
    }
    child = realloc(state->children,
                    (state->child_count + 1) * sizeof(*state->children));
    if (child == NULL) {
        return false;
    }
    state->children = child;
    child = &state->children[state->child_count++];
    child->slot = strtoul(text, &at, 10);
    child->pid = (pid_t)strtol(at, &at, 10);
    child->generation = (unsigned)strtoul(at, &at, 10);
    child->state = (int)strtol(at, &at, 10);
    child->report_fd = (int)strtol(at, &at, 10);
    return *at == '\0' && child->pid > 0 && child->slot < state->slots;
}

/* Two numbers, of which the second may be missing. */
static bool read_numbers(const char *text, long *first, long *second)
{
    char *at;

    *first = strtol(text, &at, 10);
    *second = strtol(at, &at, 10);
    return *at == '\0';
}

/* What stands under a number that this program does not know is passed over. */
static void read_numbered(struct upgrade_state *state, const char *what,
                          long number, long value)
{
    if (strcmp(what, "bell") == 0 && number >= 0 && number < BELL_COUNT) {
        state->bells.fds[number] = (int)value;
    }
    if (strcmp(what, "attendant") == 0 && number >= 0 &&
        number < UPGRADE_ATTENDANTS_MAX) {
        state->attendants[number] = (pid_t)value;
    }
}

static bool read_line(struct upgrade_state *state, char *line)
{
    char *text = strchr(line, ' ');
    long first = 0;
    long second = 0;

    if (text == NULL) {
        return false;
    }
    *text++ = '\0';
    if (strcmp(line, "listener") == 0) {
        return read_listener(&state->listener, text);
    }
    if (strcmp(line, "status") == 0) {
        return read_listener(&state->status_listener, text);
    }
    if (strcmp(line, "child") == 0) {
        return read_child(state, text);
    }
    if (strcmp(line, "return") == 0) {
        state->is_return = true;
        snprintf(state->reason, sizeof(state->reason), "%s", text);
        return true;
    }
    if (!read_numbers(text, &first, &second)) {
        return false;
    }
    if (strcmp(line, "pool") == 0) {
        state->give_fd = (int)first;
        state->take_fd = (int)second;
    } else if (strcmp(line, "expensive") == 0) {
        state->expensive_fd = (int)first;
    } else if (strcmp(line, "board") == 0) {
        state->board_fd = (int)first;
        state->slots = (size_t)second;
    } else if (strcmp(line, "generation") == 0) {
        state->generation = (unsigned)first;
    } else if (strcmp(line, "attendants") == 0) {
        state->attendants[0] = (pid_t)first;
        state->attendants[1] = (pid_t)second;
    } else if (strcmp(line, "pictures") == 0) {
        state->picture_ask_fd = (int)first;
        state->picture_serve_fd = (int)second;
    } else if (strcmp(line, "picture_helper") == 0) {
        state->picture_helper = (pid_t)first;
    } else if (strcmp(line, "old") == 0) {
        state->old_program = (int)first;
    } else { /* or what only another version knows */
        read_numbered(state, line, first, second);
    }
    return true;
}

static bool read_lines(struct upgrade_state *state, FILE *in)
{
    char line[LINE_MAX_BYTES];

    if (fgets(line, sizeof(line), in) == NULL || strcmp(line, MAGIC) != 0) {
        return false;
    }
    while (fgets(line, sizeof(line), in) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        if (!read_line(state, line)) {
            return false;
        }
    }
    return state->listener.fd >= 0 && state->take_fd >= 0 &&
           state->generation > 0 && state->slots > 0;
}

bool upgrade_read(struct upgrade_state *state, char *problem, size_t size)
{
    const char *number = getenv(VARIABLE);
    int fd = number != NULL ? (int)strtol(number, NULL, 10) : -1;
    FILE *in = fd >= 0 ? fdopen(fd, "r") : NULL;
    bool good;
    int i;

    *state = (struct upgrade_state){.listener = {.fd = -1},
                                    .status_listener = {.fd = -1},
                                    .picture_ask_fd = -1,
                                    .picture_serve_fd = -1,
                                    .give_fd = -1,
                                    .take_fd = -1,
                                    .expensive_fd = -1,
                                    .board_fd = -1,
                                    .old_program = -1};
    for (i = 0; i < BELL_COUNT; i++) {
        state->bells.fds[i] = -1;
    }
    good = in != NULL && fseek(in, 0, SEEK_SET) == 0 && read_lines(state, in);
    if (in != NULL) {
        fclose(in);
    }
    unsetenv(VARIABLE);
    if (!good) {
        snprintf(problem, size,
                 "the state that the program before this one left in %s=%d "
                 "cannot be read",
                 VARIABLE, fd);
        return false;
    }
    keep_all(state, -1, false);
    return true;
}

void upgrade_free(struct upgrade_state *state)
{
    free(state->children);
    state->children = NULL;
    state->child_count = 0;
}
