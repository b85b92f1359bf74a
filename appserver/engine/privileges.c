/* What the server may do; privileges.h says how little that is. */

#include "privileges.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "log.h"

static bool is_number(const char *text, unsigned *number)
{
    char *end;
    unsigned long value = strtoul(text, &end, 10);

    *number = (unsigned)value;
    return text[0] >= '0' && text[0] <= '9' && *end == '\0' &&
           value < (unsigned)-1;
}

bool privileges_user(const char *name, unsigned *uid, unsigned *gid)
{
    const struct passwd *user;

    if (is_number(name, uid)) {
        user = getpwuid(*uid);
        *gid = user != NULL ? user->pw_gid : *uid;
        return true;
    }
    user = getpwnam(name);
    if (user != NULL) {
        *uid = user->pw_uid;
        *gid = user->pw_gid;
    }
    return user != NULL;
}

bool privileges_group(const char *name, unsigned *gid)
{
    const struct group *group;

    if (is_number(name, gid)) {
        return true;
    }
    group = getgrnam(name);
    if (group != NULL) {
        *gid = group->gr_gid;
    }
    return group != NULL;
}

static bool become(const struct settings *settings, char *problem, size_t size)
{
    unsigned uid;
    unsigned gid;

    if (!privileges_user(settings->user, &uid, &gid)) {
        snprintf(problem, size, "there is no user \"%s\"", settings->user);
        return false;
    }
    if (settings->group[0] != '\0' &&
        !privileges_group(settings->group, &gid)) {
        snprintf(problem, size, "there is no group \"%s\"", settings->group);
        return false;
    }
    if (geteuid() == uid && getegid() == gid) {
        return true;
    }
    if (setgroups(0, NULL) != 0 || setgid(gid) != 0 || setuid(uid) != 0) {
        snprintf(problem, size,
                 "cannot become the user %s: %s (only root can; start without "
                 "--user to stay who you are)",
                 settings->user, strerror(errno));
        return false;
    }
    return true;
}

bool privileges_drop(const struct settings *settings, char *problem,
                     size_t size)
{
    struct rlimit none = {0, 0};

    if (settings->user[0] != '\0') {
        if (!become(settings, problem, size)) {
            return false;
        }
    } else if (settings->group[0] != '\0') {
        snprintf(problem, size, "group is set, but user is not");
        return false;
    } else if (geteuid() == 0) {
        log_line(LOG_WARN, "everything runs as root; name a user by --user");
    }
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
        (settings->core_dumps == 0 && setrlimit(RLIMIT_CORE, &none) != 0)) {
        snprintf(problem, size, "cannot give up privileges: %s",
                 strerror(errno));
        return false;
    }
    return true;
}
