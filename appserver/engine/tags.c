/* The versions of tags in a shared mapping; tags.h says who does what. */

#include "tags.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "foobar_tags.h"

/* In the order of wire/foobar_tags.h. */
struct layout {
    _Atomic uint64_t magic;
    uint64_t number;
    uint64_t slots;
    _Atomic uint64_t clock;
    _Atomic uint64_t epoch;
    _Atomic uint64_t journal;
    unsigned char unused[FOOBAR_TAGS_HEAD_BYTES - 48];
    _Atomic uint64_t versions[FOOBAR_TAGS_SLOTS];
    _Atomic uint64_t recent[FOOBAR_TAGS_RECENT];
};

_Static_assert(sizeof(struct layout) == FOOBAR_TAGS_BYTES,
               "the mapping has the layout of wire/foobar_tags.h");

struct tags {
    struct layout *map;
};

static uint64_t time_of_day(void)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

/*
 * A new file is filled in before its magic is written, so that a reader never
 * sees half of it. The clock begins at the time of day: pages that were cached
 * under a former file, whose clock was lower, are stale under this one.
 */
static bool set_up(int fd, struct layout *map)
{
    uint64_t now = time_of_day();

    if (atomic_load(&map->magic) == 0) {
        map->number = FOOBAR_TAGS_LAYOUT;
        map->slots = FOOBAR_TAGS_SLOTS;
        atomic_store(&map->clock, now);
        atomic_store(&map->epoch, now);
        atomic_store(&map->magic, FOOBAR_TAGS_MAGIC);
        return msync(map, FOOBAR_TAGS_HEAD_BYTES, MS_ASYNC) == 0 && fd >= 0;
    }
    return atomic_load(&map->magic) == FOOBAR_TAGS_MAGIC &&
           map->number == FOOBAR_TAGS_LAYOUT && map->slots == FOOBAR_TAGS_SLOTS;
}

/* The owner writes, the group (nginx's) reads. */
static int open_file(const char *file, char *problem, size_t size)
{
    struct stat status;
    int error = 0;
    int fd = open(file, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640);

    if (fd < 0 || flock(fd, LOCK_EX) != 0 || fstat(fd, &status) != 0) {
        error = errno;
    } else if (status.st_size == 0) {
        /* Whatever the umask: nginx's group reads it. */
        error = fchmod(fd, 0640) != 0
                    ? errno
                    : posix_fallocate(fd, 0, FOOBAR_TAGS_BYTES);
    } else if (status.st_size != FOOBAR_TAGS_BYTES) {
        snprintf(problem, size,
                 "%s has the size of another layout: name another file", file);
        close(fd);
        return -1;
    }
    if (error != 0) {
        snprintf(problem, size, "%s: %s", file, strerror(error));
        if (fd >= 0) {
            close(fd);
        }
        return -1;
    }
    return fd;
}

struct tags *tags_open(const char *file, char *problem, size_t size)
{
    struct tags *tags = NULL;
    void *map;
    int fd = open_file(file, problem, size);

    if (fd < 0) {
        return NULL;
    }
    map = mmap(NULL, FOOBAR_TAGS_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
               0);
    if (map == MAP_FAILED) {
        snprintf(problem, size, "%s: %s", file, strerror(errno));
    } else if (!set_up(fd, map)) {
        snprintf(problem, size, "%s is not a file of tags of this version",
                 file);
        munmap(map, FOOBAR_TAGS_BYTES);
    } else {
        tags = malloc(sizeof(*tags));
        if (tags == NULL) {
            snprintf(problem, size, "out of memory");
            munmap(map, FOOBAR_TAGS_BYTES);
        } else {
            tags->map = map;
        }
    }
    /* The mapping keeps the file open, so closing would not unlock it. */
    flock(fd, LOCK_UN);
    close(fd);
    return tags;
}

void tags_close(struct tags *tags)
{
    if (tags != NULL) {
        munmap(tags->map, FOOBAR_TAGS_BYTES);
        free(tags);
    }
}

static size_t slot_of(const char *tag, size_t length)
{
    uint64_t hash = 14695981039346656037ULL;
    size_t i;

    for (i = 0; i < length; i++) {
        hash = (hash ^ (unsigned char)tag[i]) * 1099511628211ULL;
    }
    return (size_t)((hash ^ hash >> 32) % FOOBAR_TAGS_SLOTS);
}

/* A version never goes back, whoever is faster. */
static void raise_to(_Atomic uint64_t *version, uint64_t value)
{
    uint64_t now = atomic_load(version);

    while (now < value && !atomic_compare_exchange_weak(version, &now, value)) {
    }
}

void tags_bump(struct tags *tags, const char *tag, size_t length)
{
    raise_to(&tags->map->versions[slot_of(tag, length)],
             atomic_fetch_add(&tags->map->clock, 1) + 1);
}

void tags_bump_all(struct tags *tags)
{
    raise_to(&tags->map->epoch, atomic_fetch_add(&tags->map->clock, 1) + 1);
}

uint64_t tags_version(const struct tags *tags, const char *tag, size_t length)
{
    uint64_t version = atomic_load(&tags->map->versions[slot_of(tag, length)]);
    uint64_t epoch = atomic_load(&tags->map->epoch);

    return version > epoch ? version : epoch;
}

uint64_t tags_clock(const struct tags *tags)
{
    return atomic_load(&tags->map->clock);
}

void tags_note_applied(struct tags *tags, uint64_t row)
{
    atomic_store(&tags->map->recent[row % FOOBAR_TAGS_RECENT], row);
}

bool tags_is_applied(const struct tags *tags, uint64_t row)
{
    return atomic_load(&tags->map->recent[row % FOOBAR_TAGS_RECENT]) == row;
}

uint64_t tags_journal(const struct tags *tags)
{
    return atomic_load(&tags->map->journal);
}

void tags_set_journal(struct tags *tags, uint64_t row)
{
    raise_to(&tags->map->journal, row);
}
