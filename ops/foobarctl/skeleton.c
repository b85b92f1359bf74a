/* The beginning of an application; see skeleton.h. */

#include "skeleton.h"

#include "conf.h"
#include "file.h"
#include "kit.h"
#include "say.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define NAME_MAX_BYTES 32
#define FILE_MAX_BYTES ((size_t)1024 * 1024)

/* It becomes the name of a program and stands in C, SQL and HTML. */
static bool is_good_name(const char *name)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz";
    static const char others[] = "abcdefghijklmnopqrstuvwxyz0123456789_";

    return name[0] != '\0' && strchr(letters, name[0]) != NULL &&
           name[strspn(name, others)] == '\0' && strlen(name) <= NAME_MAX_BYTES;
}

static bool copy_file(const char *from, const char *to, const char *name)
{
    const struct conf_replacement rows[] = {{"@NAME@", name}};
    const char *missing = NULL;
    char *text = file_read(from, FILE_MAX_BYTES);
    char *replaced = NULL;
    bool good;

    if (text == NULL) {
        return false;
    }
    if (strstr(text, rows[0].from) != NULL) {
        replaced = conf_replace(text, rows, 1, &missing);
    }
    good = file_write(to, 0644, replaced != NULL ? replaced : text);
    free(replaced);
    free(text);
    return good;
}

static bool copy_folder(const char *from, const char *to, const char *name);

static bool copy_entry(const char *from, const char *to, const char *name)
{
    struct stat status;

    if (stat(from, &status) != 0) {
        return complain("cannot read %s: %s", from, strerror(errno));
    }
    return S_ISDIR(status.st_mode) ? copy_folder(from, to, name)
                                   : copy_file(from, to, name);
}

static bool copy_folder(const char *from, const char *to, const char *name)
{
    DIR *folder = opendir(from);
    struct dirent *entry;
    bool good = folder != NULL;

    if (!good) {
        return complain("cannot read %s: %s", from, strerror(errno));
    }
    /* mkdir() is what refuses a folder that is there. */
    if (mkdir(to, 0755) != 0) {
        closedir(folder);
        return complain("cannot make %s: %s", to, strerror(errno));
    }
    while (good && (entry = readdir(folder)) != NULL) {
        char *source;
        char *target;

        if (strcmp(entry->d_name, ".") == 0 ||
            strcmp(entry->d_name, "..") == 0) {
            continue;
        }
        source = file_text("%s/%s", from, entry->d_name);
        target = file_text("%s/%s", to, entry->d_name);
        good = copy_entry(source, target, name);
        free(source);
        free(target);
    }
    closedir(folder);
    return good;
}

static bool make_application(const char *kit, const char *name,
                             const char *folder, bool is_empty)
{
    char *from =
        file_text("%s/share/foobar/%s", kit, is_empty ? "empty" : "skeleton");
    struct stat status;
    bool good;

    if (lstat(folder, &status) == 0) {
        free(from);
        return complain("%s is there already; nothing was written. Choose "
                        "another folder: foobarctl new %s FOLDER",
                        folder, name);
    }
    umask(022); /* the parts may run as another user, who must read it */
    good = copy_folder(from, folder, name);
    if (!good && lstat(folder, &status) == 0) {
        file_remove(folder);
    }
    free(from);
    return good;
}

int skeleton_make(const char *name, const char *folder, bool is_empty)
{
    char *kit;
    bool good;

    if (!is_good_name(name)) {
        complain("\"%s\" cannot be an application's name: it begins with a "
                 "letter, and has a-z, 0-9 and _, at most %d of them",
                 name, NAME_MAX_BYTES);
        return EXIT_FAILURE;
    }
    kit = kit_find();
    if (kit == NULL) {
        complain("an application is built on an installed Foobar, and this "
                 "foobarctl is one of a checkout; type: make install, and use "
                 "the one in PREFIX/bin");
        return EXIT_FAILURE;
    }
    good =
        make_application(kit, name, folder != NULL ? folder : name, is_empty);
    free(kit);
    if (!good) {
        return EXIT_FAILURE;
    }
    say("%s is made; type: cd %s && make run", name,
        folder != NULL ? folder : name);
    return EXIT_SUCCESS;
}
