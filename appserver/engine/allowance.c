/* What a worker may take of the host; allowance.h lists it. */

#include "allowance.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "clock.h"
#include "guard.h"

#define LOOK_MS 100
#define MIB ((size_t)1 << 20)

bool allowance_of_files(const struct settings *settings, char *problem,
                        size_t size)
{
    rlim_t wanted = (rlim_t)settings->nofile;
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) {
        snprintf(problem, size, "nofile: %s", strerror(errno));
        return false;
    }
    if (wanted == 0) {
        wanted = limit.rlim_max < GUARD_FDS_MAX ? limit.rlim_max
                                                : (rlim_t)GUARD_FDS_MAX;
    }
    limit.rlim_cur = wanted;
    if (limit.rlim_max < wanted) {
        limit.rlim_max = wanted; /* as root */
    }
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0) {
        snprintf(problem, size,
                 "nofile = %d is more than this process may have: raise "
                 "LimitNOFILE= of its unit, or ulimit -Hn",
                 settings->nofile);
        return false;
    }
    return true;
}

bool allowance_of_memory(const struct settings *settings)
{
#ifdef __SANITIZE_ADDRESS__
    (void)settings;
    return true;
#else
    rlim_t bytes = (rlim_t)settings->worker_memory_mib << 20;
    struct rlimit limit = {bytes, bytes};

    return bytes == 0 || setrlimit(RLIMIT_DATA, &limit) == 0;
#endif
}

/* Resident and not shared with a file, which is what a leak is made of. */
static size_t look(const struct own_memory *memory)
{
    char text[128] = "";
    char *at = text;
    unsigned long resident;
    unsigned long shared;

    if (pread(memory->fd, text, sizeof(text) - 1, 0) <= 0) {
        return 0;
    }
    strtoul(at, &at, 10); /* all that is mapped */
    resident = strtoul(at, &at, 10);
    shared = strtoul(at, &at, 10);
    return resident > shared
               ? (resident - shared) * (size_t)sysconf(_SC_PAGESIZE)
               : 0;
}

bool allowance_watch(struct own_memory *memory, int limit_mib, char *problem,
                     size_t size)
{
    size_t bytes;

    *memory =
        (struct own_memory){.fd = -1, .limit_bytes = (size_t)limit_mib * MIB};
    if (limit_mib == 0) {
        return true;
    }
    memory->fd = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
    if (memory->fd < 0) {
        snprintf(problem, size,
                 "recycle-memory-mib: /proc/self/statm cannot be read: %s",
                 strerror(errno));
        return false;
    }
    bytes = look(memory);
    if (bytes > memory->limit_bytes) {
        snprintf(problem, size,
                 "recycle-memory-mib = %d is too little: a worker that has "
                 "served nothing has %zu MiB",
                 limit_mib, bytes / MIB);
        return false;
    }
    return true;
}

bool allowance_is_passed(struct own_memory *memory, size_t *mib)
{
    int64_t now;
    size_t bytes;

    if (memory->fd < 0) {
        return false;
    }
    now = clock_now_ms();
    if (now - memory->looked_at < LOOK_MS) {
        return false;
    }
    memory->looked_at = now;
    bytes = look(memory);
    *mib = bytes / MIB;
    return bytes > memory->limit_bytes;
}

void allowance_forget(struct own_memory *memory)
{
    if (memory->fd >= 0) {
        close(memory->fd);
        memory->fd = -1;
    }
}
