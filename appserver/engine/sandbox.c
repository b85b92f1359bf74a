/* The sandbox; sandbox.h says what it is for. */

#include "sandbox.h"

#include <errno.h>
#include <seccomp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <termios.h>
#include <unistd.h>

#define CALLS_MOST 600

/* What the engine, glibc, libfcgi and libmariadb do while pages are served. */
static const char *const allowed[] = {
    /* connections, and waiting for them */
    "accept",
    "accept4",
    "bind",
    "connect",
    "epoll_create1",
    "epoll_ctl",
    "epoll_pwait",
    "epoll_pwait2",
    "epoll_wait",
    "getpeername",
    "getsockname",
    "getsockopt",
    "poll",
    "ppoll",
    "pselect6",
    "recvfrom",
    "recvmmsg",
    "recvmsg",
    "select",
    "sendmmsg",
    "sendmsg",
    "sendto",
    "setsockopt",
    "shutdown",
    "signalfd4",
    /* files: those that the user may open at all */
    "access",
    "close",
    "dup",
    "dup2",
    "dup3",
    "eventfd2",
    "faccessat",
    "faccessat2",
    "fcntl",
    "fdatasync",
    "flock",
    "fstat",
    "fstatfs",
    "fsync",
    "ftruncate",
    "getcwd",
    "getdents64",
    "lseek",
    "lstat",
    "memfd_create",
    "newfstatat",
    "open",
    "openat",
    "pipe2",
    "pread64",
    "preadv",
    "pwrite64",
    "pwritev",
    "read",
    "readlink",
    "readlinkat",
    "readv",
    "rename",
    "renameat",
    "renameat2",
    "sendfile",
    "splice",
    "stat",
    "statfs",
    "statx",
    "unlink",
    "unlinkat",
    "write",
    "writev",
    /* memory */
    "brk",
    "madvise",
    "mincore",
    "mmap",
    "mprotect",
    "mremap",
    "msync",
    "munmap",
    /* time, chance, and who one is */
    "clock_getres",
    "clock_gettime",
    "clock_nanosleep",
    "getegid",
    "geteuid",
    "getgid",
    "getpid",
    "getppid",
    "getpriority",
    "getrandom",
    "getresgid",
    "getresuid",
    "getrlimit",
    "getrusage",
    "gettid",
    "gettimeofday",
    "getuid",
    "nanosleep",
    "sysinfo",
    "time",
    "times",
    "uname",
    /* threads and signals of its own */
    "exit",
    "exit_group",
    "futex",
    "membarrier",
    "restart_syscall",
    "rseq",
    "rt_sigaction",
    "rt_sigpending",
    "rt_sigprocmask",
    "rt_sigreturn",
    "rt_sigsuspend",
    "rt_sigtimedwait",
    "sched_getaffinity",
    "sched_getscheduler",
    "sched_setscheduler",
    "sched_yield",
    "set_robust_list",
    "sigaltstack",
};

static const int families[] = {AF_UNIX, AF_INET, AF_INET6, AF_NETLINK};
static const unsigned long requests[] = {TCGETS, FIONREAD, FIONBIO};

static char names[CALLS_MOST][32];

const char *sandbox_call_name(int number)
{
    return number >= 0 && number < CALLS_MOST && names[number][0] != '\0'
               ? names[number]
               : "of an unknown number";
}

/* A signal handler may not ask the library. */
static void learn_names(void)
{
    int number;

    for (number = 0; number < CALLS_MOST; number++) {
        char *name = seccomp_syscall_resolve_num_arch(SCMP_ARCH_NATIVE, number);

        if (name != NULL) {
            snprintf(names[number], sizeof(names[number]), "%s", name);
            free(name);
        }
    }
}

/* A call that this kind of processor does not have needs no rule. */
static bool allow(scmp_filter_ctx filter, const char *name)
{
    int number = seccomp_syscall_resolve_name(name);

    return number < 0 ||
           seccomp_rule_add(filter, SCMP_ACT_ALLOW, number, 0) == 0;
}

static bool allow_all(scmp_filter_ctx filter)
{
    size_t i;

    for (i = 0; i < sizeof(allowed) / sizeof(allowed[0]); i++) {
        if (!allow(filter, allowed[i])) {
            return false;
        }
    }
    return true;
}

/* Calls of which only some uses are allowed. */
static bool allow_some(scmp_filter_ctx filter)
{
    scmp_datum_t self = (scmp_datum_t)getpid();
    bool good = true;
    size_t i;

    for (i = 0; i < sizeof(families) / sizeof(families[0]); i++) {
        good =
            good && seccomp_rule_add(
                        filter, SCMP_ACT_ALLOW, SCMP_SYS(socket), 1,
                        SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)families[i])) == 0;
    }
    for (i = 0; i < sizeof(requests) / sizeof(requests[0]); i++) {
        good =
            good && seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(ioctl), 1,
                                     SCMP_A1(SCMP_CMP_EQ, requests[i])) == 0;
    }
    /* Signals to itself, and limits that are asked for and not set. */
    return good &&
           seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(kill), 1,
                            SCMP_A0(SCMP_CMP_EQ, self)) == 0 &&
           seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1,
                            SCMP_A0(SCMP_CMP_EQ, self)) == 0 &&
           seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(prlimit64), 1,
                            SCMP_A2(SCMP_CMP_EQ, 0)) == 0;
}

/* Without a filter they are only looked up. */
static bool allow_further(scmp_filter_ctx filter, const char *further,
                          char *problem, size_t size)
{
    char *copy = strdup(further);
    char *rest = NULL;
    char *name;
    bool good = copy != NULL;

    for (name = good ? strtok_r(copy, ", \t", &rest) : NULL; good && name;
         name = strtok_r(NULL, ", \t", &rest)) {
        if (seccomp_syscall_resolve_name(name) == __NR_SCMP_ERROR) {
            snprintf(problem, size, "sandbox-allow: there is no call \"%.60s\"",
                     name);
            good = false;
        } else {
            good = filter == NULL || allow(filter, name);
        }
    }
    free(copy);
    return good;
}

bool sandbox_check(const char *further, char *problem, size_t size)
{
    snprintf(problem, size, "out of memory");
    return allow_further(NULL, further, problem, size);
}

static bool load(scmp_filter_ctx filter, const char *further, char *problem,
                 size_t size)
{
    int error;

    /* Filters are searched at each call: by halves, not one by one. */
    if (seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, 1) != 0 ||
        seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2) != 0 ||
        !allow_all(filter) || !allow_some(filter) ||
        !allow_further(filter, further, problem, size)) {
        return false;
    }
    error = seccomp_load(filter);
    if (error != 0) {
        snprintf(problem, size,
                 "the kernel sets up no sandbox: %s (sandbox = 0 does "
                 "without)",
                 strerror(-error));
    }
    return error == 0;
}

bool sandbox_enter(const char *further, char *problem, size_t size)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_TRAP);
    bool good;

    snprintf(problem, size, "the sandbox cannot be set up");
    if (filter == NULL) {
        return false;
    }
    learn_names();
    good = load(filter, further, problem, size);
    seccomp_release(filter);
    return good;
}
