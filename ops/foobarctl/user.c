/*
 * Accounts from the command line. The application server does the work: it
 * knows the application, its roles and its rules for passwords. What is left is
 * to find it, beside this program, and the settings by which it reaches the
 * database: those of the instance, or of a server on which each part is run by
 * the system. A password goes from the terminal straight to that program.
 */

#include "user.h"

#include "file.h"
#include "say.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The words in one, as foobar-appserver takes them; to be freed. */
static char *join(char *const *words)
{
    char *line = file_text("%s", "");
    size_t i;

    for (i = 0; words[i] != NULL; i++) {
        char *longer = file_text("%s%s%s", line, i > 0 ? " " : "", words[i]);

        free(line);
        line = longer;
    }
    return line;
}

/* The program that lies beside this one; to be freed. */
static char *find_program(void)
{
    char self[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", self, sizeof(self) - 1);

    if (length < 0) {
        complain("/proc/self/exe: %s", strerror(errno));
        return NULL;
    }
    self[length] = '\0';
    *strrchr(self, '/') = '\0';
    return file_text("%s/foobar-appserver", self);
}

/* The settings; to be freed. */
static char *find_settings(const struct options *options)
{
    char *file;

    if (options->settings != NULL) {
        return file_text("%s", options->settings);
    }
    file = file_text("%s%s%s/conf/foobar.conf",
                     options->top != NULL && options->var == NULL ? options->top
                                                                  : "",
                     options->top != NULL && options->var == NULL ? "/" : "",
                     options->var != NULL ? options->var : "var");
    if (access(file, R_OK) != 0) {
        complain("%s: %s; start the site first (make up), or name the settings "
                 "of the application server: --settings FILE",
                 file, strerror(errno));
        free(file);
        file = NULL;
    }
    return file;
}

int user_run(const struct options *options)
{
    char *program = find_program();
    char *settings = program != NULL ? find_settings(options) : NULL;
    char *words = join(options->words);

    if (settings != NULL) {
        execl(program, program, "--config", settings, "--log-level", "warn",
              "--account", words, (char *)NULL);
        complain("%s: %s", program, strerror(errno));
    }
    free(words);
    free(settings);
    free(program);
    return EXIT_FAILURE;
}
