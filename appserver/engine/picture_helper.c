/*
 * The process that has pictures drawn anew; pictures.h says why it is one. It
 * takes orders while fewer than `picture-helpers` children are at work, and
 * ends children that take too long.
 */

#include "pictures.h"

#include <errno.h>
#include <poll.h>
#include <seccomp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "log.h"
#include "worker.h"

#define CHILDREN_MOST 64
#define NICENESS 5 /* pages go first */
#define REPLY_FD 3 /* the only descriptor of a child */

struct child {
    pid_t pid; /* 0: this place is free */
    int64_t end_by;
};

struct helper {
    const struct pictures *pictures;
    const struct settings *settings;
    struct child children[CHILDREN_MOST];
    int running;
    int signals;
    bool leaving;
};

/* ------------------------------------------------------------------- orders */

union control {
    char bytes[CMSG_SPACE(2 * sizeof(int))];
    struct cmsghdr align;
};

bool pictures_open(struct pictures *pictures)
{
    int pair[2];

    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0,
                   pair) != 0) {
        return false;
    }
    *pictures = (struct pictures){.ask_fd = pair[0], .serve_fd = pair[1]};
    return true;
}

void pictures_close(struct pictures *pictures)
{
    if (pictures->ask_fd >= 0) {
        close(pictures->ask_fd);
        close(pictures->serve_fd);
    }
    *pictures = (struct pictures){-1, -1};
}

/* An order, with the file and the pipe; false: there is none, or a bad one. */
static bool take_order(const struct helper *helper, struct picture_order *order,
                       int fds[2])
{
    union control control;
    struct iovec data = {.iov_base = order, .iov_len = sizeof(*order)};
    struct msghdr message = {.msg_iov = &data,
                             .msg_iovlen = 1,
                             .msg_control = control.bytes,
                             .msg_controllen = sizeof(control.bytes)};
    ssize_t got =
        recvmsg(helper->pictures->serve_fd, &message, MSG_CMSG_CLOEXEC);
    struct cmsghdr *header = got > 0 ? CMSG_FIRSTHDR(&message) : NULL;

    if (header == NULL || header->cmsg_type != SCM_RIGHTS ||
        header->cmsg_len != CMSG_LEN(2 * sizeof(int))) {
        return false;
    }
    memcpy(fds, CMSG_DATA(header), 2 * sizeof(int));
    if (got == (ssize_t)sizeof(*order) && order->count > 0 &&
        order->count <= PICTURE_SIZES_MAX) {
        return true;
    }
    close(fds[0]);
    close(fds[1]);
    return false;
}

/* Nobody reads the pipe any more: the order was given up. */
static bool is_given_up(int reply_fd)
{
    struct pollfd end = {.fd = reply_fd};

    return poll(&end, 1, 0) > 0 && (end.revents & POLLERR) != 0;
}

/* ---------------------------------------------------------------- the child */

/* The whole file in memory; NULL when it is not as long as was said. */
static const unsigned char *map_file(int fd, uint64_t length)
{
    struct stat status;
    void *bytes;

    if (fstat(fd, &status) != 0 || length == 0 ||
        (uint64_t)status.st_size < length) {
        return NULL;
    }
    bytes = mmap(NULL, length, PROT_READ, MAP_PRIVATE, fd, 0);
    return bytes != MAP_FAILED ? bytes : NULL;
}

static bool limit(int what, rlim_t most)
{
    struct rlimit limit = {most, most};

    return setrlimit((__rlimit_resource_t)what, &limit) == 0;
}

static bool limit_all(const struct settings *settings)
{
#ifdef __SANITIZE_ADDRESS__
    /* AddressSanitizer maps terabytes. */
    rlim_t memory = RLIM_INFINITY;
#else
    rlim_t memory = (rlim_t)settings->picture_memory_mib << 20;
#endif

    return limit(RLIMIT_DATA, memory) && limit(RLIMIT_CORE, 0) &&
           limit(RLIMIT_FSIZE, 0) && limit(RLIMIT_NPROC, 0) &&
           limit(RLIMIT_CPU, (rlim_t)settings->picture_seconds);
}

/*
 * Memory, the pipe, and the end. Whatever else is called, by whoever has taken
 * over a decoder, ends the process.
 */
static bool close_the_door(void)
{
#ifdef __SANITIZE_ADDRESS__
    return true;
#else
    static const int allowed[] = {
        SCMP_SYS(write),        SCMP_SYS(brk),      SCMP_SYS(mmap),
        SCMP_SYS(munmap),       SCMP_SYS(mremap),   SCMP_SYS(madvise),
        SCMP_SYS(futex),        SCMP_SYS(exit),     SCMP_SYS(exit_group),
        SCMP_SYS(rt_sigreturn), SCMP_SYS(getrandom)};
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
    bool good = filter != NULL;
    size_t i;

    for (i = 0; good && i < sizeof(allowed) / sizeof(allowed[0]); i++) {
        good = seccomp_rule_add(filter, SCMP_ACT_ALLOW, allowed[i], 0) == 0;
    }
    good = good && seccomp_load(filter) == 0;
    if (filter != NULL) {
        seccomp_release(filter);
    }
    return good;
#endif
}

static _Noreturn void become_child(const struct helper *helper,
                                   const struct picture_order *order,
                                   const int fds[2], pid_t parent)
{
    const unsigned char *bytes = map_file(fds[0], order->length);

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    prctl(PR_SET_DUMPABLE, 0);
    (void)!nice(NICENESS);
    if (getppid() != parent || bytes == NULL ||
        dup2(fds[1], REPLY_FD) != REPLY_FD ||
        close_range(0, REPLY_FD - 1, 0) != 0 ||
        close_range(REPLY_FD + 1, ~0U, 0) != 0 ||
        !limit_all(helper->settings) || !close_the_door()) {
        _exit(EXIT_FAILURE);
    }
    picture_draw(order, bytes, REPLY_FD);
    _exit(EXIT_SUCCESS);
}

/* --------------------------------------------------------------- the helper */

static void start_child(struct helper *helper,
                        const struct picture_order *order, const int fds[2])
{
    struct child *child = helper->children;
    pid_t parent = getpid();

    while (child->pid != 0) {
        child++; /* one is free: fewer run than there are places */
    }
    child->pid = fork();
    if (child->pid == 0) {
        become_child(helper, order, fds, parent);
    }
    if (child->pid < 0) {
        log_line(LOG_ERROR, "no process can be started for a picture: %s",
                 strerror(errno));
        child->pid = 0;
        return;
    }
    child->end_by =
        clock_now_ms() + (int64_t)helper->settings->picture_seconds * 1000;
    helper->running++;
}

static void serve(struct helper *helper)
{
    struct picture_order order;
    int fds[2];

    if (!take_order(helper, &order, fds)) {
        return;
    }
    if (!is_given_up(fds[1])) {
        start_child(helper, &order, fds);
    }
    close(fds[0]);
    close(fds[1]);
}

static void say_end(int status)
{
    if (WIFSIGNALED(status)) {
        log_line(LOG_WARN, "a picture ended its decoder by signal %d (%s)",
                 WTERMSIG(status), strsignal(WTERMSIG(status)));
    } else if (WEXITSTATUS(status) != EXIT_SUCCESS) {
        log_line(LOG_ERROR, "a decoder of pictures could not be shut in");
    }
}

static void reap(struct helper *helper)
{
    pid_t pid;
    int status;
    int i;

    while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
        for (i = 0; i < CHILDREN_MOST; i++) {
            if (helper->children[i].pid == pid) {
                helper->children[i].pid = 0;
                helper->running--;
                say_end(status);
            }
        }
    }
}

static void hear_signals(struct helper *helper)
{
    struct signalfd_siginfo info;

    while (read(helper->signals, &info, sizeof(info)) ==
           (ssize_t)sizeof(info)) {
        if (info.ssi_signo != SIGCHLD) {
            helper->leaving = true;
        }
    }
    reap(helper);
}

/* Ends those that take too long; returns how long the others may still. */
static int enforce_limit(struct helper *helper)
{
    int64_t now = clock_now_ms();
    int64_t patience = -1;
    int i;

    for (i = 0; i < CHILDREN_MOST; i++) {
        struct child *child = &helper->children[i];
        int64_t left = child->end_by - now;

        if (child->pid == 0) {
            continue;
        }
        if (left <= 0) {
            kill(child->pid, SIGKILL);
            left = 1000;
            child->end_by = now + left;
        }
        patience = patience < 0 || left < patience ? left : patience;
    }
    return (int)patience;
}

static bool open_signals(struct helper *helper)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGCHLD);
    sigaddset(&set, WORKER_LEAVE);
    sigaddset(&set, WORKER_FINISH);
    sigprocmask(SIG_SETMASK, &set, NULL);
    signal(SIGINT, SIG_IGN);
    signal(SIGHUP, SIG_IGN);
    helper->signals = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
    return helper->signals >= 0;
}

int picture_helper_run(const struct pictures *pictures,
                       const struct settings *settings)
{
    struct helper helper = {.pictures = pictures, .settings = settings};

    log_name_process("pictures");
    prctl(PR_SET_NAME, "foobar-pictures"); /* for ps and top */
    if (!open_signals(&helper)) {
        return EXIT_FAILURE;
    }
    while (!helper.leaving || helper.running > 0) {
        bool has_room =
            !helper.leaving && helper.running < settings->picture_helpers;
        struct pollfd polls[] = {
            {.fd = helper.signals, .events = POLLIN},
            {.fd = has_room ? pictures->serve_fd : -1, .events = POLLIN}};
        int patience = enforce_limit(&helper);

        if (poll(polls, 2, patience) > 0) {
            hear_signals(&helper);
            if (polls[1].revents != 0) {
                serve(&helper);
            }
        }
    }
    return EXIT_SUCCESS;
}
