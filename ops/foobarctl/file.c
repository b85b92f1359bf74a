/* Files and folders; see file.h. */

#include "file.h"

#include "say.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define OPEN_FOLDERS 16 /* that a walk through a tree keeps open */

char *file_text(const char *format, ...)
{
    va_list arguments;
    char *text;
    int length;

    va_start(arguments, format);
    length = vasprintf(&text, format, arguments);
    va_end(arguments);
    if (length < 0) {
        abort(); /* no memory for a path: nothing can go on */
    }
    return text;
}

/* Reads up to size bytes; -1 with errno when it cannot. */
static ssize_t read_all(int fd, char *bytes, size_t size)
{
    size_t length = 0;

    while (length < size) {
        ssize_t got = read(fd, bytes + length, size - length);

        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            return -1;
        }
        if (got == 0) {
            break;
        }
        length += (size_t)got;
    }
    return (ssize_t)length;
}

char *file_read(const char *path, size_t limit)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    char *text = malloc(limit + 2);
    ssize_t length = -1;

    if (text == NULL) {
        abort();
    }
    if (fd >= 0) {
        length = read_all(fd, text, limit + 1);
    }
    if (length < 0) {
        complain("cannot read %s: %s", path, strerror(errno));
    } else if ((size_t)length > limit) {
        complain("%s is larger than the %zu bytes it may have", path, limit);
        length = -1;
    } else {
        text[length] = '\0';
    }
    if (fd >= 0) {
        close(fd);
    }
    if (length < 0) {
        free(text);
        return NULL;
    }
    return text;
}

static bool write_all(int fd, const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t done = write(fd, bytes, length);

        if (done < 0 && errno == EINTR) {
            continue;
        }
        if (done < 0) {
            return false;
        }
        bytes += done;
        length -= (size_t)done;
    }
    return true;
}

bool file_write(const char *path, mode_t mode, const char *text)
{
    char *fresh = file_text("%s.new", path);
    bool good;
    int fd;

    unlink(fresh); /* left by a run that was cut off */
    fd = open(fresh, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    good =
        fd >= 0 && fchmod(fd, mode) == 0 && write_all(fd, text, strlen(text));
    if (fd >= 0) {
        good = close(fd) == 0 && good;
    }
    good = good && rename(fresh, path) == 0;
    if (!good) {
        complain("cannot write %s: %s", path, strerror(errno));
        unlink(fresh);
    }
    free(fresh);
    return good;
}

bool file_make_folder(const char *path, mode_t mode)
{
    struct stat status;

    if (mkdir(path, mode) != 0 && errno != EEXIST) {
        return complain("cannot make the folder %s: %s", path, strerror(errno));
    }
    if (lstat(path, &status) != 0 || !S_ISDIR(status.st_mode)) {
        return complain("%s is in the way: a folder belongs there", path);
    }
    if ((status.st_mode & 07777) != mode && chmod(path, mode) != 0) {
        return complain("cannot set the rights of %s: %s", path,
                        strerror(errno));
    }
    return true;
}

bool file_make_folders(const char *path, mode_t mode, bool *made)
{
    char *copy = file_text("%s", path);
    char *slash;
    bool good = true;

    *made = false;
    for (slash = strchr(copy + 1, '/'); good; slash = strchr(slash + 1, '/')) {
        if (slash != NULL) {
            *slash = '\0';
        }
        if (mkdir(copy, mode) == 0) {
            *made = true;
        } else if (errno != EEXIST) {
            good = complain("cannot make the folder %s: %s", copy,
                            strerror(errno));
        } else {
            *made = false;
        }
        if (slash == NULL) {
            break;
        }
        *slash = '/';
    }
    free(copy);
    return good;
}

static int remove_one(const char *path, const struct stat *status, int type,
                      struct FTW *where)
{
    (void)status;
    (void)type;
    (void)where;
    return remove(path);
}

bool file_remove(const char *path)
{
    if (nftw(path, remove_one, OPEN_FOLDERS,
             FTW_DEPTH | FTW_PHYS | FTW_MOUNT) != 0 &&
        errno != ENOENT) {
        return complain("cannot remove %s: %s", path, strerror(errno));
    }
    return true;
}

bool file_empty_folder(const char *path, const char *keep)
{
    DIR *folder = opendir(path);
    struct dirent *entry;
    bool good = true;

    if (folder == NULL) {
        return complain("cannot read the folder %s: %s", path, strerror(errno));
    }
    while (good && (entry = readdir(folder)) != NULL) {
        if (strcmp(entry->d_name, ".") != 0 &&
            strcmp(entry->d_name, "..") != 0 &&
            strcmp(entry->d_name, keep) != 0) {
            char *name = file_text("%s/%s", path, entry->d_name);

            good = file_remove(name);
            free(name);
        }
    }
    closedir(folder);
    return good;
}

static uid_t give_uid;
static gid_t give_gid;

static int give_one(const char *path, const struct stat *status, int type,
                    struct FTW *where)
{
    (void)type;
    (void)where;
    if (status->st_uid == give_uid && status->st_gid == give_gid) {
        return 0;
    }
    return lchown(path, give_uid, give_gid);
}

bool file_give(const char *path, uid_t uid, gid_t gid)
{
    give_uid = uid;
    give_gid = gid;
    if (nftw(path, give_one, OPEN_FOLDERS, FTW_PHYS | FTW_MOUNT) != 0) {
        return complain("cannot give %s to user %u: %s", path, (unsigned)uid,
                        strerror(errno));
    }
    return true;
}
