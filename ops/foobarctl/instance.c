/* What an instance is, and the way into it; see instance.h. */

#include "instance.h"

#include "file.h"
#include "kit.h"
#include "namespace.h"
#include "privilege.h"
#include "say.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netdb.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/un.h>
#include <unistd.h>

#define SOCKET_PATH_MAX (sizeof(((struct sockaddr_un *)0)->sun_path) - 1)

/* ------------------------------------------------------------- describing */

/*
 * The path goes into configuration files of four programs, each with its own
 * way to quote. Instead of four ways to get it wrong: letters, digits and
 * what usual names have.
 */
static bool is_plain_path(const char *path)
{
    for (; *path != '\0'; path++) {
        unsigned char byte = (unsigned char)*path;

        if (byte < 0x80 && !isalnum(byte) &&
            strchr("/._-+@,=~", byte) == NULL) {
            return false;
        }
    }
    return true;
}

/* Makes a path absolute; what is there of it is freed of links. */
static char *resolve(const char *base, const char *path)
{
    char *full =
        path[0] == '/' ? file_text("%s", path) : file_text("%s/%s", base, path);
    char real[PATH_MAX];
    char *slash;
    char *result;

    if (realpath(full, real) != NULL) {
        free(full);
        return file_text("%s", real);
    }
    slash = strrchr(full, '/');
    if (slash == full || slash[1] == '\0' || strcmp(slash, "/.") == 0 ||
        strcmp(slash, "/..") == 0) {
        return full;
    }
    *slash = '\0';
    result = resolve("/", full);
    *slash = '/';
    result = file_text("%s%s", strcmp(result, "/") == 0 ? "" : result, slash);
    free(full);
    return result;
}

static bool describe_paths(struct instance *instance,
                           const struct options *options)
{
    char here[PATH_MAX];
    const char *var = options->var != NULL ? options->var : "var";

    if (getcwd(here, sizeof(here)) == NULL) {
        complain("the folder we stand in is gone: %s", strerror(errno));
        return false;
    }
    instance->top = resolve(here, options->top != NULL ? options->top : ".");
    instance->kit = kit_find();
    instance->build =
        resolve(instance->top, options->build != NULL  ? options->build
                               : instance->kit != NULL ? "build"
                                                       : "build/release");
    if (instance->kit == NULL) {
        instance->deps = resolve(instance->top, "build/deps");
    }
    instance->var = resolve(instance->top, var);
    if (options->nginx != NULL) {
        instance->nginx = resolve(instance->top, options->nginx);
    }
    instance->nginx_preload = options->nginx_preload;
    instance->app_preload = options->app_preload;
    if (options->config != NULL) {
        instance->config = resolve(here, options->config);
    }
    kit_describe(instance, options);
    if (!is_plain_path(instance->top) || !is_plain_path(instance->build) ||
        !is_plain_path(instance->var)) {
        return complain("the paths %s and %s may hold letters, digits and "
                        "/ . _ - + @ , = ~ only; move the folder or set VAR=",
                        instance->top, instance->var);
    }
    if (strcmp(instance->var, instance->top) == 0 ||
        strcmp(instance->var, "/") == 0) {
        return complain("VAR=%s cannot be the instance's folder: it needs one "
                        "of its own",
                        var);
    }
    instance->run = file_text("%s/run", instance->var);
    instance->lock_file = file_text("%s/lock", instance->run);
    instance->state_file = file_text("%s/state", instance->run);
    instance->problem_file = file_text("%s/problem", instance->run);
    instance->mysql = file_text("%s/mysql", instance->var);
    instance->mysql_socket = file_text("%s/mysql.sock", instance->run);
    instance->app_socket = file_text("%s/app.sock", instance->run);
    instance->board_socket = file_text("%s/board.sock", instance->run);
    if (strlen(instance->mysql_socket) > SOCKET_PATH_MAX) {
        return complain("%s is longer than the %zu bytes that a Unix socket's "
                        "path may have; set VAR= to a shorter one",
                        instance->mysql_socket, SOCKET_PATH_MAX);
    }
    return true;
}

static bool is_wildcard(const struct sockaddr_storage *address)
{
    if (address->ss_family == AF_INET6) {
        return IN6_IS_ADDR_UNSPECIFIED(
            &((const struct sockaddr_in6 *)address)->sin6_addr);
    }
    return ((const struct sockaddr_in *)address)->sin_addr.s_addr ==
           htonl(INADDR_ANY);
}

/* A client cannot connect to a wildcard address: it takes the loopback. */
static void make_reachable(struct sockaddr_storage *address)
{
    if (!is_wildcard(address)) {
        return;
    }
    if (address->ss_family == AF_INET6) {
        ((struct sockaddr_in6 *)address)->sin6_addr = in6addr_loopback;
    } else {
        ((struct sockaddr_in *)address)->sin_addr.s_addr =
            htonl(INADDR_LOOPBACK);
    }
}

static char *address_text(const struct sockaddr_storage *address,
                          socklen_t length, unsigned port)
{
    char host[NI_MAXHOST];

    if (getnameinfo((const struct sockaddr *)address, length, host,
                    sizeof(host), NULL, 0, NI_NUMERICHOST) != 0) {
        host[0] = '\0';
    }
    return address->ss_family == AF_INET6 ? file_text("[%s]:%u", host, port)
                                          : file_text("%s:%u", host, port);
}

static bool describe_address(struct instance *instance,
                             const struct options *options)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM,
                             .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV};
    const char *bind = options->bind != NULL ? options->bind : "127.0.0.1";
    const char *port = options->port != NULL ? options->port : "8080";
    struct addrinfo *found = NULL;
    char host[64];
    char *end;

    instance->port = (unsigned)strtoul(port, &end, 10);
    if (!isdigit((unsigned char)port[0]) || *end != '\0' ||
        instance->port < 1 || instance->port > 65535) {
        return complain("PORT=%s is no port: it is a number from 1 to 65535",
                        port);
    }
    snprintf(host, sizeof(host), "%s", bind[0] == '[' ? bind + 1 : bind);
    host[strcspn(host, "]")] = '\0';
    if (getaddrinfo(host, port, &hints, &found) != 0) {
        return complain("BIND=%s is no address: it is like 127.0.0.1, 0.0.0.0 "
                        "or ::1",
                        bind);
    }
    memcpy(&instance->bind, found->ai_addr, found->ai_addrlen);
    instance->address_length = found->ai_addrlen;
    freeaddrinfo(found);
    instance->reach = instance->bind;
    make_reachable(&instance->reach);
    instance->listen =
        address_text(&instance->bind, instance->address_length, instance->port);
    instance->host = address_text(&instance->reach, instance->address_length,
                                  instance->port);
    instance->url = file_text("http://%s/", instance->host);
    return true;
}

/* Root runs the parts as: --user, the checkout's owner, or nobody. */
static bool describe_user(struct instance *instance,
                          const struct options *options)
{
    struct passwd *entry;
    struct stat status;

    if (stat(instance->top, &status) != 0) {
        return complain("there is no folder %s: %s", instance->top,
                        strerror(errno));
    }
    if (options->user != NULL) {
        entry = getpwnam(options->user);
    } else if (geteuid() != 0) {
        entry = getpwuid(geteuid());
    } else if (status.st_uid != 0 && getpwuid(status.st_uid) != NULL) {
        entry = getpwuid(status.st_uid);
    } else {
        entry = getpwnam("nobody");
    }
    if (entry == NULL && options->user == NULL && geteuid() != 0) {
        instance->uid = geteuid(); /* a user without a name, in a container */
        instance->gid = getegid();
        instance->user = file_text("%u", (unsigned)geteuid());
        return true;
    }
    if (entry == NULL) {
        return complain("there is no user %s on this machine; choose one with "
                        "--user",
                        options->user != NULL ? options->user : "nobody");
    }
    instance->uid = entry->pw_uid;
    instance->gid = geteuid() == 0 ? entry->pw_gid : getegid();
    instance->user = file_text("%s", entry->pw_name);
    if (geteuid() == 0 && instance->uid == 0) {
        return complain("the parts never run as root; choose another user "
                        "with --user");
    }
    if (geteuid() != 0 && instance->uid != geteuid()) {
        return complain("only root can start the parts as user %s",
                        instance->user);
    }
    return true;
}

bool instance_describe(struct instance *instance, const struct options *options)
{
    *instance = (struct instance){.lock_fd = -1};
    if (access("/proc/self/fd", X_OK) != 0) {
        return complain("/proc is not mounted here; nothing runs without it: "
                        "mount -t proc proc /proc");
    }
    return describe_paths(instance, options) &&
           describe_address(instance, options) &&
           describe_user(instance, options);
}

/* --------------------------------------------------------------- going in */

/* A folder with other files in it is not ours to give away or to clear. */
static bool is_ours(const char *var)
{
    char *run = file_text("%s/run", var);
    struct stat status;
    struct dirent *entry;
    DIR *folder;
    bool ours = lstat(run, &status) == 0 && S_ISDIR(status.st_mode);

    free(run);
    if (ours || (folder = opendir(var)) == NULL) {
        return true; /* one that cannot be read is told of later */
    }
    ours = true;
    while ((entry = readdir(folder)) != NULL) {
        ours = ours && (strcmp(entry->d_name, ".") == 0 ||
                        strcmp(entry->d_name, "..") == 0);
    }
    closedir(folder);
    return ours;
}

static bool make_var(const struct instance *instance)
{
    struct stat status;
    bool made;

    if (!file_make_folders(instance->var, 0755, &made)) {
        return false;
    }
    if (!is_ours(instance->var)) {
        return complain("%s holds files that are not an instance's; choose "
                        "another folder with VAR=",
                        instance->var);
    }
    if (stat(instance->var, &status) != 0) {
        return complain("cannot look at %s: %s", instance->var,
                        strerror(errno));
    }
    if (status.st_uid == instance->uid) {
        return true;
    }
    if (geteuid() != 0) {
        return complain("%s belongs to another user, who may have started it "
                        "as root; choose another folder with VAR=, or give it "
                        "to you: chown -R %s %s",
                        instance->var, instance->user, instance->var);
    }
    return file_give(instance->var, instance->uid, instance->gid);
}

bool instance_open_paths(const struct instance *instance)
{
    const char *paths[] = {instance->top,    instance->kit,
                           instance->build,  instance->deps,
                           instance->var,    instance->nginx,
                           instance->config, instance->engine_migrations};

    if (!make_var(instance)) {
        return false;
    }
    return geteuid() != 0 ||
           namespace_open_paths(instance->top, paths,
                                sizeof(paths) / sizeof(paths[0]), instance->uid,
                                instance->gid, instance->user);
}

bool instance_enter(const struct instance *instance)
{
    if (!instance_open_paths(instance) ||
        !privilege_drop(instance->uid, instance->gid, instance->user,
                        instance->port < 1024)) {
        return false;
    }
    if (chdir(instance->var) != 0) {
        return complain("user %s may not enter %s: %s", instance->user,
                        instance->var, strerror(errno));
    }
    return true;
}

bool instance_make_folders(const struct instance *instance)
{
    static const struct {
        const char *name;
        mode_t mode;
    } folders[] = {
        {"run", 0700},       {"conf", 0700},      {"log", 0700},
        {"tmp", 0700},       {"secret", 0700},    {"tmp/nginx", 0700},
        {"tmp/mysql", 0700}, {"tmp/spool", 0700}, {"tags", 0750}};
    size_t i;

    for (i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
        char *path = file_text("%s/%s", instance->var, folders[i].name);
        bool good = file_make_folder(path, folders[i].mode);

        free(path);
        if (!good) {
            return false;
        }
    }
    return true;
}

static bool check_file(const char *path, int mode, const char *user)
{
    if (access(path, mode) == 0) {
        return true;
    }
    if (errno == EACCES) {
        return complain("user %s may not read %s; let it: chmod -R go+rX %s",
                        user, path, path);
    }
    return complain("%s is missing: %s; type: make build", path,
                    strerror(errno));
}

static bool check_in(const char *folder, const char *name, int mode,
                     const char *user)
{
    char *path = file_text("%s/%s", folder, name);
    bool good = check_file(path, mode, user);

    free(path);
    return good;
}

bool instance_check_database_files(const struct instance *instance)
{
    return check_in(instance->programs, "foobar-migrate", X_OK,
                    instance->user) &&
           check_file(instance->migrations, X_OK, instance->user) &&
           (instance->demo == NULL ||
            check_file(instance->demo, R_OK, instance->user));
}

bool instance_check_files(const struct instance *instance)
{
    static const struct {
        const char *name;
        int mode;
    } built[] = {{"site.so", R_OK},
                 {"share/routes", R_OK},
                 {"share/static", X_OK},
                 {"share/errors", X_OK}};
    const char *user = instance->user;
    bool good = check_file(instance->nginx_conf, R_OK, user) &&
                check_file(instance->nginx, X_OK, user) &&
                check_file(instance->module, R_OK, user) &&
                check_in(instance->programs, "foobar-appserver", X_OK, user) &&
                instance_check_database_files(instance);
    size_t i;

    for (i = 0; good && i < sizeof(built) / sizeof(built[0]); i++) {
        good = check_in(instance->build, built[i].name, built[i].mode, user);
    }
    return good;
}

/* --------------------------------------------------------------- the lock */

bool instance_lock(struct instance *instance)
{
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};

    instance->lock_fd = open(instance->lock_file,
                             O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (instance->lock_fd < 0) {
        return complain("cannot open %s: %s", instance->lock_file,
                        strerror(errno));
    }
    if (fcntl(instance->lock_fd, F_SETLK, &lock) == 0) {
        return true;
    }
    fcntl(instance->lock_fd, F_GETLK, &lock);
    return complain("the instance in %s is already running (process %d); stop "
                    "it with: make down%s",
                    instance->var, (int)lock.l_pid,
                    ", or choose another with VAR= and PORT=");
}

pid_t instance_holder(const struct instance *instance)
{
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    int fd = open(instance->lock_file, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
    bool known;

    if (fd < 0) {
        return 0;
    }
    known = fcntl(fd, F_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
    close(fd);
    return known ? lock.l_pid : 0;
}

/* ---------------------------------------------------------- what it needs */

bool instance_check_port(const struct instance *instance)
{
    const char *reason;
    int error = 0;
    int no = 0;
    int yes = 1;
    int fd = socket(instance->bind.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (fd < 0) {
        return complain("cannot make a socket: %s", strerror(errno));
    }
    /* As nginx will do it. */
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
    if (instance->bind.ss_family == AF_INET6) {
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &no, sizeof(no));
    }
    if (bind(fd, (const struct sockaddr *)&instance->bind,
             instance->address_length) != 0 ||
        listen(fd, 1) != 0) {
        error = errno;
    }
    close(fd);
    switch (error) {
    case 0:
        return true;
    case EADDRINUSE:
        return complain("port %u of %s is in use by another program; choose "
                        "another one, like: make run PORT=%u",
                        instance->port, instance->listen,
                        instance->port < 65535 ? instance->port + 1 : 8080);
    case EACCES:
        reason = "only root may use a port below 1024; choose one with PORT=";
        break;
    case EADDRNOTAVAIL:
        reason = "this machine has no such address; choose one with BIND=";
        break;
    default:
        reason = strerror(error);
    }
    return complain("cannot listen on %s: %s", instance->listen, reason);
}

bool instance_check_room(const struct instance *instance, unsigned mebibytes)
{
    struct statvfs status;
    unsigned long long free_mebibytes;

    if (statvfs(instance->var, &status) != 0) {
        return complain("cannot look at the disk of %s: %s", instance->var,
                        strerror(errno));
    }
    free_mebibytes =
        (unsigned long long)status.f_bavail * status.f_frsize >> 20;
    if (free_mebibytes >= mebibytes) {
        return true;
    }
    return complain("the disk is full: %s has room for %llu MiB, and the "
                    "database needs %u; make room, or choose another folder "
                    "with VAR=",
                    instance->var, free_mebibytes, mebibytes);
}
