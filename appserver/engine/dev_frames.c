/* Backtraces with functions, files and lines; see dev_frames.h. */

#include "dev_frames.h"

#include <dlfcn.h>
#include <execinfo.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "log.h"

#define FRAMES_MAX 32
#define WAIT_MS 5000
#define ADDR2LINE "/usr/bin/addr2line"

static int helper = -1;

/* ----------------------------------------------------------- in the helper */

struct text {
    char bytes[DEV_FRAMES_TEXT_MAX];
    size_t length;
};

/* Runs addr2line for one object and adds what it says. */
static void ask_for_object(struct text *answer, char **arguments)
{
    int output[2];
    ssize_t got;
    pid_t pid;

    if (pipe2(output, O_CLOEXEC) != 0) {
        return;
    }
    pid = fork();
    if (pid == 0) {
        dup2(output[1], STDOUT_FILENO);
        execv(ADDR2LINE, arguments);
        _exit(127);
    }
    close(output[1]);
    while (answer->length < sizeof(answer->bytes) &&
           (got = read(output[0], answer->bytes + answer->length,
                       sizeof(answer->bytes) - answer->length)) > 0) {
        answer->length += (size_t)got;
    }
    close(output[0]);
    if (pid > 0) {
        waitpid(pid, NULL, 0);
    }
}

/* A line is "OBJECT OFFSET"; neighbours of one object are asked at once. */
static void answer_question(char *question, struct text *answer)
{
    char *rest = NULL;
    char *line = strtok_r(question, "\n", &rest);

    answer->length = 0;
    while (line != NULL) {
        char *arguments[FRAMES_MAX + 8] = {ADDR2LINE, "-f", "-p", "-i", "-e"};
        size_t count = 5;
        char *object = line;

        arguments[count++] = object;
        do {
            char *offset = strrchr(line, ' ');

            if (offset == NULL || count == FRAMES_MAX + 7) {
                return;
            }
            *offset++ = '\0';
            if (strcmp(line, object) != 0) {
                offset[-1] = ' ';
                break;
            }
            arguments[count++] = offset;
            line = strtok_r(NULL, "\n", &rest);
        } while (line != NULL);
        ask_for_object(answer, arguments);
    }
}

static _Noreturn void run_helper(int socket)
{
    static char question[DEV_FRAMES_TEXT_MAX];
    static struct text answer;
    const struct rlimit no_core = {0, 0};
    sigset_t none;
    ssize_t got;

    /* What the worker has open is none of ours, and must end with it. */
    if (dup2(socket, 3) < 0 || close_range(4, ~0U, 0) != 0) {
        _exit(1);
    }
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    setrlimit(RLIMIT_CORE, &no_core);
    while ((got = recv(3, question, sizeof(question) - 1, 0)) > 0) {
        question[got] = '\0';
        answer_question(question, &answer);
        if (send(3, answer.bytes, answer.length, MSG_NOSIGNAL) < 0) {
            break;
        }
    }
    _exit(0);
}

/* ----------------------------------------------------------- in the worker */

void dev_frames_begin(void)
{
    void *frames[2];
    int ends[2];
    pid_t pid;

    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) {
        log_line(LOG_WARN, "a backtrace will have no lines: no helper");
        return;
    }
    pid = fork();
    if (pid == 0) {
        run_helper(ends[1]);
    }
    close(ends[1]);
    if (pid < 0) {
        close(ends[0]);
        return;
    }
    helper = ends[0];
    /* The first call loads a library: not a thing for a signal handler. */
    backtrace(frames, 2);
}

/* The offset of the call itself: a return address is that of the next. */
static size_t put_frame(char *text, size_t size, void *address, bool is_return)
{
    Dl_info info;
    int length;

    if (dladdr(address, &info) == 0 || info.dli_fname == NULL) {
        return 0;
    }
    length = snprintf(text, size, "%s 0x%lx\n", info.dli_fname,
                      (unsigned long)((uintptr_t)address -
                                      (uintptr_t)info.dli_fbase -
                                      (is_return ? 1 : 0)));
    return length > 0 && (size_t)length < size ? (size_t)length : 0;
}

/*
 * Below us lie the functions of the handler, up to the frame that the kernel
 * made (which belongs to the C library); above it is what was interrupted.
 */
static size_t find_interrupted(void *const *frames, size_t count)
{
    Dl_info own;
    Dl_info info;
    size_t i;

    if (dladdr(frames[0], &own) == 0) {
        return 0;
    }
    for (i = 1; i < count; i++) {
        if (dladdr(frames[i], &info) == 0 || info.dli_fbase != own.dli_fbase) {
            return i + 1;
        }
    }
    return 0;
}

static size_t ask_helper(const char *question, size_t length, char *text,
                         size_t size)
{
    struct pollfd news = {.fd = helper, .events = POLLIN};
    ssize_t got = -1;

    if (helper >= 0 && send(helper, question, length, MSG_NOSIGNAL) > 0 &&
        poll(&news, 1, WAIT_MS) > 0) {
        got = recv(helper, text, size - 1, 0);
    }
    return got > 0 ? (size_t)got : 0;
}

void dev_frames_describe(char *text, size_t size)
{
    static char question[DEV_FRAMES_TEXT_MAX];
    void *frames[FRAMES_MAX];
    int depth = backtrace(frames, FRAMES_MAX);
    size_t count = depth > 0 ? (size_t)depth : 0;
    size_t interrupted = find_interrupted(frames, count);
    size_t length = 0;
    size_t i;

    for (i = interrupted; i < count; i++) {
        length += put_frame(question + length, sizeof(question) - length,
                            frames[i], i != interrupted);
    }
    length = ask_helper(question, length, text, size);
    if (length == 0) {
        snprintf(text, size, "%s", question);
    } else {
        text[length] = '\0';
    }
}
