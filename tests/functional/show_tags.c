/*
 * Prints the version of a tag, or the clock, as a cache of pages reads it.
 *
 *     show_tags FILE [TAG]
 *
 * It knows the mapping from wire/foobar_tags.h alone, as nginx does.
 */

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../wire/foobar_tags.h"

int main(int argc, char **argv)
{
    const uint64_t *map;
    struct stat status;
    uint64_t hash = 14695981039346656037ULL;
    uint64_t version;
    const char *c;
    int fd;

    if (argc < 2) {
        fprintf(stderr, "usage: show_tags FILE [TAG]\n");
        return 2;
    }
    fd = open(argv[1], O_RDONLY);
    if (fd < 0 || fstat(fd, &status) != 0 ||
        status.st_size != FOOBAR_TAGS_BYTES) {
        fprintf(stderr, "%s is no file of tags\n", argv[1]);
        return 1;
    }
    map = mmap(NULL, FOOBAR_TAGS_BYTES, PROT_READ, MAP_SHARED, fd, 0);
    if (map == MAP_FAILED || map[0] != FOOBAR_TAGS_MAGIC) {
        fprintf(stderr, "%s is no file of tags\n", argv[1]);
        return 1;
    }
    if (argc == 2) {
        printf("%llu\n", (unsigned long long)map[3]);
        return 0;
    }
    for (c = argv[2]; *c != '\0'; c++) {
        hash = (hash ^ (unsigned char)*c) * 1099511628211ULL;
    }
    version = map[FOOBAR_TAGS_HEAD_BYTES / 8 +
                  (hash ^ hash >> 32) % FOOBAR_TAGS_SLOTS];
    printf("%llu\n", (unsigned long long)(version > map[4] ? version : map[4]));
    return 0;
}
