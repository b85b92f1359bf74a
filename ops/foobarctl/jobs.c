/*
 * `foobarctl jobs`: the application server knows the database and its queue,
 * so it is started with the settings of the instance and does what is asked.
 */

#include "control.h"

#include "file.h"
#include "say.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define WORDS_MOST 8

int control_jobs(const struct instance *instance, const char *word,
                 const char *job)
{
    char *program = file_text("%s/foobar-appserver", instance->programs);
    char *conf = file_text("%s/conf/foobar.conf", instance->var);
    const char *words[WORDS_MOST] = {program, "--config", conf};
    size_t count = 3;

    if (instance->config != NULL) {
        words[count++] = "--config";
        words[count++] = instance->config;
    }
    if (job == NULL) {
        words[count++] = "--jobs";
    } else {
        words[count++] =
            strcmp(word, "retry") == 0 ? "--retry-job" : "--drop-job";
        words[count++] = job;
    }
    if (access(conf, R_OK) != 0) {
        complain("%s: %s; start the site with: make up", conf, strerror(errno));
    } else {
        execv(program, (char *const *)(uintptr_t)words);
        complain("%s: %s", program, strerror(errno));
    }
    free(conf);
    free(program);
    return EXIT_FAILURE;
}
