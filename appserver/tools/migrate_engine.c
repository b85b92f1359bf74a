/* Where the migrations of the engine lie; see migrate_engine.h. */

#include "migrate_engine.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* As seen from the folder of the program. */
static const char *const places[] = {"../share/foobar/sql/engine",
                                     "../../sql/engine"};

/* The folder of this program, without links. */
static bool find_self(char self[PATH_MAX])
{
    ssize_t length = readlink("/proc/self/exe", self, PATH_MAX - 1);
    char *slash;

    if (length <= 0) {
        return false;
    }
    self[length] = '\0';
    slash = strrchr(self, '/');
    if (slash != NULL) {
        *slash = '\0';
    }
    return slash != NULL;
}

bool find_engine_migrations(char *folder, size_t folder_size, char *problem,
                            size_t size)
{
    char self[PATH_MAX];
    size_t i;

    if (!find_self(self)) {
        snprintf(problem, size,
                 "the folder of this program is not known (%s), and so "
                 "neither are the engine's migrations; name them by --engine",
                 strerror(errno));
        return false;
    }
    for (i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        int length = snprintf(folder, folder_size, "%s/%s", self, places[i]);

        if (length > 0 && (size_t)length < folder_size &&
            access(folder, R_OK | X_OK) == 0) {
            return true;
        }
    }
    snprintf(problem, size,
             "the engine's migrations are neither in %s/%s nor in %s/%s; "
             "install them, or name their folder by --engine",
             self, places[0], self, places[1]);
    return false;
}
