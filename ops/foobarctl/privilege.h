/* Giving rights away. What is dropped here does not come back. */

#ifndef FOOBARCTL_PRIVILEGE_H
#define FOOBARCTL_PRIVILEGE_H

#include <stdbool.h>
#include <sys/types.h>

/*
 * Becomes this user, for this process and all that it starts. With low_port
 * the right to bind ports below 1024 is kept, but not handed on to programs
 * that are started; see privilege_hand_on_low_port.
 */
bool privilege_drop(uid_t uid, gid_t gid, const char *user, bool low_port);

/* In a child, before exec: lets the program keep the right to bind. */
bool privilege_hand_on_low_port(void);

/* Whether this user may enter a folder. Asks the kernel, as that user. */
bool privilege_can_enter(const char *folder, uid_t uid, gid_t gid);

#endif
