/* Private views of the machine; see namespace.h. */

#include "namespace.h"

#include "file.h"
#include "privilege.h"
#include "say.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#define PATHS_MAX 16

static bool private_mounts; /* this process has its own view already */

static bool keep_mounts_inside(void)
{
    return mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0;
}

/*
 * The same inside a chroot, whose "/" is no mount that could be told so: joins
 * the namespace anew, which leads to its own root, and then goes back in.
 */
static bool keep_mounts_inside_chroot(void)
{
    int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
    int space = open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC);
    bool good = root >= 0 && space >= 0 && setns(space, CLONE_NEWNS) == 0;

    if (good) {
        good = keep_mounts_inside();
        if (fchdir(root) != 0 || chroot(".") != 0) {
            _exit(EXIT_FAILURE); /* never go on outside */
        }
    }
    if (root >= 0) {
        close(root);
    }
    if (space >= 0) {
        close(space);
    }
    return good;
}

/* Mounts that are made from here on are not seen outside. */
static bool make_mounts_private(void)
{
    if (!private_mounts) {
        private_mounts = unshare(CLONE_NEWNS) == 0 &&
                         (keep_mounts_inside() ||
                          (errno == EINVAL && keep_mounts_inside_chroot()));
    }
    return private_mounts;
}

/* ------------------------------------------------------------ closed paths */

/* The first folder on the way to the path that the user may not enter. */
static char *find_closed(const char *path, uid_t uid, gid_t gid)
{
    char *folder = file_text("%s", path);
    char *slash;

    for (slash = strchr(folder + 1, '/'); slash != NULL;
         slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        if (!privilege_can_enter(folder, uid, gid)) {
            return folder;
        }
        *slash = '/';
    }
    free(folder);
    return NULL;
}

static bool lies_in(const char *path, const char *folder)
{
    size_t length = strlen(folder);

    return strncmp(path, folder, length) == 0 &&
           (path[length] == '/' || path[length] == '\0');
}

/* Makes an empty file or folder for something to be mounted on. */
static bool make_place(const char *path, bool is_folder)
{
    char *above = file_text("%s", path);
    bool made;
    bool good;
    int fd;

    if (is_folder) {
        good = file_make_folders(path, 0711, &made);
    } else {
        *strrchr(above, '/') = '\0';
        good = file_make_folders(above, 0711, &made);
        fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
        good = good && fd >= 0;
        if (fd >= 0) {
            close(fd);
        }
    }
    free(above);
    return good;
}

/* Shows at `path` what `fd` was opened on before it was covered. */
static bool bind_again(int fd, const char *path)
{
    mode_t mask = umask(0); /* the user must get through what is made here */
    char source[64];
    struct stat status;
    bool good;

    snprintf(source, sizeof(source), "/proc/self/fd/%d", fd);
    good = fstat(fd, &status) == 0 &&
           make_place(path, S_ISDIR(status.st_mode)) &&
           mount(source, path, NULL, MS_BIND | MS_REC, NULL) == 0;
    umask(mask);
    return good;
}

/* One closed folder: covers it, and binds what lies in it. */
static bool open_folder(const char *closed, const char *const *paths,
                        size_t count, const int *fds)
{
    size_t i;
    size_t j;

    if (mount("foobar", closed, "tmpfs", MS_NOSUID | MS_NODEV,
              "mode=0711,size=1m") != 0) {
        return false;
    }
    for (i = 0; i < count; i++) {
        bool nested = false;

        if (paths[i] == NULL || !lies_in(paths[i], closed)) {
            continue;
        }
        for (j = 0; j < count; j++) {
            nested = nested || (j != i && paths[j] != NULL && fds[j] >= 0 &&
                                lies_in(paths[i], paths[j]) &&
                                (strcmp(paths[i], paths[j]) != 0 || j < i));
        }
        if (!nested && fds[i] >= 0 && !bind_again(fds[i], paths[i])) {
            return false;
        }
    }
    return true;
}

/*
 * Opened only inside the private view: what is opened outside of it cannot be
 * bound in it.
 */
static void open_all(const char *const *paths, size_t count, int *fds)
{
    size_t i;

    for (i = 0; i < count; i++) {
        fds[i] = paths[i] == NULL ? -1 : open(paths[i], O_PATH | O_CLOEXEC);
    }
}

static void close_all(size_t count, const int *fds)
{
    size_t i;

    for (i = 0; i < count; i++) {
        if (fds[i] >= 0) {
            close(fds[i]);
        }
    }
}

/* Opens the way to what lies in one closed folder. */
static bool open_way(const char *closed, const char *top,
                     const char *const *paths, size_t count, const char *user)
{
    int fds[PATHS_MAX];
    bool good;

    if (lies_in(closed, top)) {
        return complain("user %s, as whom the parts run, may not enter %s; "
                        "let it: chmod -R go+rX %s",
                        user, closed, top);
    }
    if (!make_mounts_private()) {
        return complain("user %s, as whom the parts run, may not enter %s, "
                        "and a private view of it cannot be made here (%s); "
                        "move the clone, or choose --user",
                        user, closed, strerror(errno));
    }
    open_all(paths, count, fds);
    good = open_folder(closed, paths, count, fds);
    if (!good) {
        complain("cannot make a private view of %s for user %s (%s); move the "
                 "clone, or choose --user",
                 closed, user, strerror(errno));
    }
    close_all(count, fds);
    return good;
}

bool namespace_open_paths(const char *top, const char *const *paths,
                          size_t count, uid_t uid, gid_t gid, const char *user)
{
    bool good = count <= PATHS_MAX;
    size_t i;

    for (i = 0; good && i < count; i++) {
        char *closed =
            paths[i] == NULL ? NULL : find_closed(paths[i], uid, gid);

        if (closed != NULL) {
            good = open_way(closed, top, paths, count, user);
            free(closed);
        }
    }
    return good;
}
/* --------------------------------------------------------------- a network */

static void set_address(struct ifreq *request, const char *text)
{
    struct sockaddr_in address = {.sin_family = AF_INET};

    inet_pton(AF_INET, text, &address.sin_addr);
    memcpy(&request->ifr_addr, &address, sizeof(address));
}

/* Brings the loopback up and gives it one more address. */
static bool set_up_loopback(const char *address)
{
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    struct ifreq request = {.ifr_name = "lo"};
    bool good;

    request.ifr_flags = IFF_UP | IFF_RUNNING;
    good = fd >= 0 && ioctl(fd, SIOCSIFFLAGS, &request) == 0;
    snprintf(request.ifr_name, sizeof(request.ifr_name), "lo:1");
    set_address(&request, address);
    good = good && ioctl(fd, SIOCSIFADDR, &request) == 0;
    set_address(&request, "255.255.255.255");
    good = good && ioctl(fd, SIOCSIFNETMASK, &request) == 0;
    if (fd >= 0) {
        close(fd);
    }
    return good;
}

static bool free_low_ports(void)
{
    int fd = open("/proc/sys/net/ipv4/ip_unprivileged_port_start",
                  O_WRONLY | O_CLOEXEC);
    bool good = fd >= 0 && write(fd, "0", 1) == 1;

    if (fd >= 0) {
        close(fd);
    }
    return good;
}

bool namespace_make_network(const char *address)
{
    if (geteuid() != 0) {
        return complain("a visit needs root, to make a network of its own; "
                        "the site itself is at the address that `make up` "
                        "prints");
    }
    if (!make_mounts_private() || unshare(CLONE_NEWNET) != 0) {
        return complain("this machine does not let us make a network of our "
                        "own (%s): it needs the right CAP_SYS_ADMIN",
                        strerror(errno));
    }
    if (!set_up_loopback(address) || !free_low_ports()) {
        return complain("cannot set up the network of the visit: %s",
                        strerror(errno));
    }
    return true;
}

bool namespace_cover_file(const char *path, const char *with)
{
    char real[PATH_MAX];

    if (realpath(path, real) == NULL) {
        return true; /* none: nothing to hide */
    }
    if (mount(with, real, NULL, MS_BIND, NULL) != 0) {
        return complain("cannot put %s in place of %s: %s", with, real,
                        strerror(errno));
    }
    return true;
}

bool namespace_cover_folder(const char *path, mode_t mode)
{
    char options[32];

    if (access(path, F_OK) != 0) {
        return true;
    }
    snprintf(options, sizeof(options), "mode=%o", (unsigned)mode);
    if (mount("foobar", path, "tmpfs", MS_NOSUID | MS_NODEV, options) != 0) {
        return complain("cannot cover %s: %s", path, strerror(errno));
    }
    return true;
}
