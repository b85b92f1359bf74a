/* What an earlier run left behind; see leftovers.h. */

#include "leftovers.h"

#include "clock.h"
#include "file.h"
#include "say.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define END_LIMIT_MS 30000 /* the database may have to write much */
#define KILL_LIMIT_MS 5000
#define FOLDERS 3

/* Only these are ended: a shell that happens to stand in VAR is not ours. */
static const char *const programs[] = {"nginx", "mariadbd", "foobar-appserver",
                                       "foobar-migrate", "nsd"};

static bool is_our_program(const char *pid, char *name, size_t size)
{
    char *link = file_text("/proc/%s/exe", pid);
    char target[PATH_MAX];
    ssize_t length = readlink(link, target, sizeof(target) - 1);
    char *deleted;
    size_t i;

    free(link);
    if (length <= 0) {
        return false;
    }
    target[length] = '\0';
    deleted = strstr(target, " (deleted)");
    if (deleted != NULL) {
        *deleted = '\0';
    }
    snprintf(name, size, "%s",
             strrchr(target, '/') != NULL ? strrchr(target, '/') + 1 : target);
    for (i = 0; i < sizeof(programs) / sizeof(programs[0]); i++) {
        if (strcmp(name, programs[i]) == 0) {
            return true;
        }
    }
    return false;
}

/* Compares folders by what they are: a bound folder has several paths. */
static bool works_in(const char *pid, const struct stat *folders)
{
    char *link = file_text("/proc/%s/cwd", pid);
    struct stat status;
    bool inside = false;
    int i;

    if (stat(link, &status) == 0) {
        for (i = 0; i < FOLDERS; i++) {
            inside = inside || (folders[i].st_ino != 0 &&
                                status.st_ino == folders[i].st_ino &&
                                status.st_dev == folders[i].st_dev);
        }
    }
    free(link);
    return inside;
}

/* Sends a signal to each; returns how many there are. */
static int signal_all(const struct stat *folders, int signal_number, bool tell)
{
    DIR *processes = opendir("/proc");
    struct dirent *entry;
    char name[64];
    int count = 0;

    while (processes != NULL && (entry = readdir(processes)) != NULL) {
        pid_t pid;

        if (!isdigit((unsigned char)entry->d_name[0]) ||
            !works_in(entry->d_name, folders) ||
            !is_our_program(entry->d_name, name, sizeof(name))) {
            continue;
        }
        pid = (pid_t)strtol(entry->d_name, NULL, 10);
        if (pid == getpid()) {
            continue;
        }
        count++;
        if (signal_number != 0) {
            kill(pid, signal_number);
        }
        if (tell) {
            say("ending %s (process %d), which an earlier run left", name,
                (int)pid);
        }
    }
    if (processes != NULL) {
        closedir(processes);
    }
    return count;
}

static bool are_gone(const struct stat *folders, int limit_ms)
{
    int64_t limit = clock_now_ms() + limit_ms;

    while (signal_all(folders, 0, false) > 0) {
        if (clock_now_ms() > limit) {
            return false;
        }
        clock_pause_ms(20);
    }
    return true;
}

static void look_at(const struct instance *instance, struct stat *folders)
{
    static const char *const names[FOLDERS] = {"", "/mysql", "/mysql.new"};
    int i;

    memset(folders, 0, FOLDERS * sizeof(*folders));
    for (i = 0; i < FOLDERS; i++) {
        char *path = file_text("%s%s", instance->var, names[i]);

        if (stat(path, &folders[i]) != 0) {
            folders[i].st_ino = 0;
        }
        free(path);
    }
}

bool leftovers_clear(const struct instance *instance)
{
    struct stat folders[FOLDERS];
    char *temporary = file_text("%s/tmp", instance->var);
    bool good = true;

    look_at(instance, folders);
    if (signal_all(folders, SIGTERM, true) > 0 &&
        !are_gone(folders, END_LIMIT_MS)) {
        signal_all(folders, SIGKILL, false);
        good = are_gone(folders, KILL_LIMIT_MS) ||
               complain("processes of an earlier run in %s do not end; end "
                        "them yourself: they are listed by: ls -l "
                        "/proc/*/cwd",
                        instance->var);
    }
    good = good && file_empty_folder(instance->run, "lock") &&
           file_empty_folder(temporary, "");
    free(temporary);
    return good;
}
