/* Giving rights away; see privilege.h. */

#include "privilege.h"

#include "say.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Leaves one capability, or none (0), in the sets that this process uses. */
static bool keep_capabilities(unsigned kept, unsigned inheritable)
{
    struct __user_cap_header_struct header = {.version =
                                                  _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct data[2] = {
        {.effective = kept, .permitted = kept, .inheritable = inheritable}};

    return syscall(SYS_capset, &header, data) == 0;
}

static bool become(uid_t uid, gid_t gid, bool low_port)
{
    if (setgroups(0, NULL) != 0 || setresgid(gid, gid, gid) != 0) {
        return false;
    }
    if (low_port && prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) != 0) {
        return false;
    }
    if (setresuid(uid, uid, uid) != 0) {
        return false;
    }
    return !low_port || keep_capabilities(1U << CAP_NET_BIND_SERVICE,
                                          1U << CAP_NET_BIND_SERVICE);
}

bool privilege_drop(uid_t uid, gid_t gid, const char *user, bool low_port)
{
    if (geteuid() == 0 && !become(uid, gid, low_port)) {
        return complain("cannot become user %s: %s", user, strerror(errno));
    }
    if (geteuid() == 0 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
        return complain("cannot give up the rights of root: %s",
                        strerror(errno));
    }
    return true;
}

bool privilege_hand_on_low_port(void)
{
    return prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_NET_BIND_SERVICE, 0,
                 0) == 0;
}

bool privilege_can_enter(const char *folder, uid_t uid, gid_t gid)
{
    bool enters = false;

    if (setgroups(0, NULL) == 0 && setegid(gid) == 0 && seteuid(uid) == 0) {
        enters = faccessat(AT_FDCWD, folder, X_OK, AT_EACCESS) == 0;
    }
    /* Root again; these cannot fail for a process whose real user is root. */
    if (seteuid(0) != 0 || setegid(0) != 0) {
        _exit(1);
    }
    return enters;
}
