/* The spool of uploaded files; spool.h says how it is kept in bounds. */

#include "spool.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#define MIB ((size_t)1024 * 1024)

struct spool {
    char *folder;
    int locks;       /* the file whose bytes are locked */
    size_t limit;    /* mebibytes of all workers */
    size_t keep;     /* bytes that stay free for others */
    size_t first;    /* the byte where this worker looks first */
    size_t looked;   /* how many it has looked at in this request */
    size_t reserved; /* bytes that it may write in this request */
    size_t written;  /* bytes that it has written */
};

/*
 * The file with the locks. The folder may be one that others write to as well
 * (/var/tmp): what lies there under this name must be ours.
 */
static bool open_locks(struct spool *spool, char *problem, size_t size)
{
    char name[64];
    struct stat status;
    int folder = open(spool->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (folder < 0) {
        snprintf(problem, size,
                 "the spool %s: %s; make the folder, or set "
                 "spool to another",
                 spool->folder, strerror(errno));
        return false;
    }
    snprintf(name, sizeof(name), "foobar-spool.%u", (unsigned)geteuid());
    spool->locks =
        openat(folder, name, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC,
               S_IRUSR | S_IWUSR);
    close(folder);
    if (spool->locks < 0 || fstat(spool->locks, &status) != 0) {
        snprintf(problem, size, "the spool: %s/%s: %s", spool->folder, name,
                 strerror(errno));
        return false;
    }
    if (status.st_uid != geteuid() || !S_ISREG(status.st_mode)) {
        snprintf(problem, size,
                 "the spool: %s/%s is somebody else's; remove it, or set spool "
                 "to another folder",
                 spool->folder, name);
        return false;
    }
    return true;
}

/* File systems that know no file without a name: it loses its name at once. */
static int file_without_its_name(const struct spool *spool)
{
    size_t size = strlen(spool->folder) + 64;
    char *name = malloc(size);
    int fd;

    if (name == NULL) {
        return -1;
    }
    /* Should we be killed in between, who gets our number removes it. */
    snprintf(name, size, "%s/foobar-spool.%u.%d", spool->folder,
             (unsigned)geteuid(), (int)getpid());
    unlink(name);
    fd = open(name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
              S_IRUSR | S_IWUSR);
    if (fd >= 0) {
        unlink(name);
    }
    free(name);
    return fd;
}

int spool_file(const struct spool *spool)
{
    int fd =
        open(spool->folder, O_TMPFILE | O_RDWR | O_CLOEXEC, S_IRUSR | S_IWUSR);

    return fd < 0 && (errno == EOPNOTSUPP || errno == EISDIR)
               ? file_without_its_name(spool)
               : fd;
}

static bool can_write(const struct spool *spool, char *problem, size_t size)
{
    int fd = spool_file(spool);

    if (fd < 0) {
        snprintf(problem, size, "the spool %s: no file can be made there: %s",
                 spool->folder, strerror(errno));
        return false;
    }
    close(fd);
    return true;
}

struct spool *spool_open(const struct settings *settings, char *problem,
                         size_t size)
{
    struct spool *spool = calloc(1, sizeof(*spool));

    snprintf(problem, size, "out of memory");
    if (spool == NULL) {
        return NULL;
    }
    spool->locks = -1;
    spool->folder = strdup(settings->spool);
    spool->limit = (size_t)settings->spool_limit_mib;
    spool->keep = (size_t)settings->spool_free_mib * MIB;
    /* Workers look at different places first, to be in nobody's way. */
    spool->first = (size_t)getpid() * 31 % spool->limit;
    /* Beyond a limit of the process, write() shall fail and say so. */
    signal(SIGXFSZ, SIG_IGN);
    if (spool->folder == NULL || !open_locks(spool, problem, size) ||
        !can_write(spool, problem, size)) {
        spool_close(spool);
        return NULL;
    }
    return spool;
}

void spool_close(struct spool *spool)
{
    if (spool == NULL) {
        return;
    }
    if (spool->locks >= 0) {
        close(spool->locks);
    }
    free(spool->folder);
    free(spool);
}

/* ----------------------------------------------------------------- writing */

/* Locks of this kind belong to the process, not to the shared descriptor. */
static bool lock(const struct spool *spool, size_t from, size_t length,
                 short type)
{
    struct flock range = {.l_type = type,
                          .l_whence = SEEK_SET,
                          .l_start = (off_t)from,
                          .l_len = (off_t)length};

    return fcntl(spool->locks, F_SETLK, &range) == 0;
}

static bool has_free_space(int fd, size_t wanted)
{
    struct statfs status;

    return fstatfs(fd, &status) != 0 ||
           (uint64_t)status.f_bavail * (uint64_t)status.f_bsize >= wanted;
}

/* One mebibyte more for this request. */
static enum spool_result reserve(struct spool *spool, int fd,
                                 const char **reason)
{
    if (!has_free_space(fd, spool->keep + MIB)) {
        *reason = "the spool is full: its file system has no more free space "
                  "than spool-free-mib";
        return SPOOL_FULL;
    }
    while (spool->looked < spool->limit) {
        size_t byte = (spool->first + spool->looked++) % spool->limit;

        if (lock(spool, byte, 1, F_WRLCK)) {
            spool->reserved += MIB;
            return SPOOL_OK;
        }
    }
    *reason = "the spool is full: uploads that are under way have reached "
              "spool-limit-mib";
    return SPOOL_FULL;
}

static enum spool_result write_all(int fd, const char *bytes, size_t length,
                                   const char **reason)
{
    while (length > 0) {
        ssize_t written = write(fd, bytes, length);

        if (written < 0 && errno == EINTR) {
            continue;
        }
        if (written < 0 &&
            (errno == ENOSPC || errno == EDQUOT || errno == EFBIG)) {
            *reason = "the spool is full: its file system, a quota or a limit "
                      "of the process allows no more";
            return SPOOL_FULL;
        }
        if (written <= 0) {
            *reason = "a file of the spool cannot be written";
            return SPOOL_FAILED;
        }
        bytes += written;
        length -= (size_t)written;
    }
    return SPOOL_OK;
}

enum spool_result spool_write(struct spool *spool, int fd, const void *bytes,
                              size_t length, const char **reason)
{
    spool->written += length;
    while (spool->written > spool->reserved) {
        enum spool_result result = reserve(spool, fd, reason);

        if (result != SPOOL_OK) {
            return result;
        }
    }
    return write_all(fd, bytes, length, reason);
}

void spool_release(struct spool *spool)
{
    if (spool->looked > 0) {
        lock(spool, 0, 0, F_UNLCK);
    }
    spool->looked = 0;
    spool->reserved = 0;
    spool->written = 0;
}
