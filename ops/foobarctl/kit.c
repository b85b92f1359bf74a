/* Where Foobar's own programs and files are; see kit.h. */

#include "kit.h"

#include "file.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

char *kit_find(void)
{
    static const char ending[] = "/bin/foobarctl";
    const size_t ending_length = sizeof(ending) - 1;
    char self[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", self, sizeof(self) - 1);
    char *mark;
    bool is_installed;

    if (length <= (ssize_t)ending_length ||
        memcmp(self + length - ending_length, ending, ending_length) != 0) {
        return NULL;
    }
    self[(size_t)length - ending_length] = '\0';
    mark = file_text("%s/share/foobar/app.mk", self);
    is_installed = access(mark, R_OK) == 0;
    free(mark);
    return is_installed ? file_text("%s", self) : NULL;
}

/* nginx itself comes with the kit, or from Debian's package. */
static char *find_nginx(const char *kit)
{
    char *own = file_text("%s/lib/foobar/nginx", kit);

    if (access(own, X_OK) == 0) {
        return own;
    }
    free(own);
    return file_text("/usr/sbin/nginx");
}

static void describe_checkout(struct instance *instance)
{
    const char *top = instance->top;
    const char *build = instance->build;
    char *engine = file_text("%s/../../sql/engine", build);

    instance->engine_migrations = realpath(engine, NULL);
    free(engine);
    instance->programs = file_text("%s", build);
    instance->module = file_text("%s/ngx_http_foobar_module.so", build);
    instance->nginx_conf = file_text("%s/nginx.conf.example", top);
    instance->nginx_etc = file_text("%s/etc/nginx", instance->deps);
    if (instance->nginx == NULL) {
        instance->nginx = file_text("%s/usr/sbin/nginx", instance->deps);
    }
}

static void describe_installed(struct instance *instance)
{
    const char *kit = instance->kit;

    instance->programs = file_text("%s/bin", kit);
    instance->module =
        file_text("%s/lib/nginx/modules/ngx_http_foobar_module.so", kit);
    instance->nginx_conf = file_text("%s/share/foobar/nginx.conf", kit);
    instance->nginx_etc = file_text("%s/share/foobar/nginx", kit);
    if (instance->nginx == NULL) {
        instance->nginx = find_nginx(kit);
    }
}

/* A checkout always has demo data; an application may. */
static char *find_demo(const struct instance *instance)
{
    char *demo = file_text("%s/demo.sql", instance->build);

    if (instance->kit == NULL || access(demo, F_OK) == 0) {
        return demo;
    }
    free(demo);
    return NULL;
}

void kit_describe(struct instance *instance, const struct options *options)
{
    if (instance->kit == NULL) {
        describe_checkout(instance);
    } else {
        describe_installed(instance);
    }
    instance->migrations = file_text("%s/sql/migrations", instance->top);
    /* One that is not there is told of later, by its name as it was given. */
    instance->demo =
        options->data != NULL ? realpath(options->data, NULL) : NULL;
    if (instance->demo == NULL) {
        instance->demo = options->data != NULL ? file_text("%s", options->data)
                                               : find_demo(instance);
    }
}
