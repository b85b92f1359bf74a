/*
 * Runs a program on a kernel that has no openat2(), as far as it can tell.
 *
 *     without_openat2 ERRNO PROGRAM ARGUMENT...
 *
 * ERRNO is what the call fails with: ENOSYS, as on kernels before 5.6, or
 * EPERM, as in containers whose list of allowed calls is older.
 */

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    unsigned error = argc > 1 && strcmp(argv[1], "EPERM") == 0 ? EPERM : ENOSYS;
    struct sock_filter rules[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_openat2, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | error),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {
        .len = sizeof(rules) / sizeof(rules[0]),
        .filter = rules,
    };

    if (argc < 3) {
        fprintf(stderr, "usage: without_openat2 ERRNO PROGRAM ARGUMENT...\n");
        return EXIT_FAILURE;
    }
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
        prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0) {
        fprintf(stderr, "without_openat2: no filter: %s\n", strerror(errno));
        return EXIT_FAILURE;
    }
    execv(argv[2], argv + 2);
    fprintf(stderr, "without_openat2: %s: %s\n", argv[2], strerror(errno));
    return EXIT_FAILURE;
}
