/* nginx, as foobarctl runs it; see nginx.h. */

#include "nginx.h"

#include "conf.h"
#include "file.h"
#include "say.h"

#include <stdlib.h>
#include <string.h>

#define EXAMPLE_MAX_BYTES ((size_t)1024 * 1024)

bool nginx_write_conf(const struct instance *instance, const char *file,
                      const char *listen, const char *pid,
                      const char *temporary)
{
    char *example = file_text("%s/nginx.conf.example", instance->top);
    char *module = file_text("%s/ngx_http_foobar_module.so", instance->build);
    char *etc = file_text("%s/build/deps/etc/nginx/", instance->top);
    char *routes = file_text("%s/share/routes", instance->build);
    char *share = file_text("%s/share/", instance->build);
    char *folder = file_text("%s/", temporary);
    char *maintenance = file_text("%s/maintenance", instance->run);
    char *address =
        file_text("listen %s default_server%s;", listen,
                  strncmp(listen, "[::]", 4) == 0 ? " ipv6only=off" : "");
    const struct conf_replacement rows[] = {
        {"user www-data;", ""},
        {"modules/ngx_http_foobar_module.so", module},
        {"/run/nginx.pid", pid},
        {"/var/log/nginx/error.log", "stderr"},
        {"/var/log/nginx/access.log", "/dev/stdout"},
        {"/etc/nginx/", etc},
        {"/etc/foobar/routes", routes},
        {"/usr/share/foobar/", share},
        {"/run/foobar/app.sock", instance->app_socket},
        {"/run/foobar/maintenance", maintenance},
        {"/var/lib/nginx/", folder},
        {"listen 80 default_server;", address},
        {"listen [::]:80 default_server;", ""},
    };
    char *text = file_read(example, EXAMPLE_MAX_BYTES);
    const char *missing = NULL;
    char *replaced = NULL;
    bool good = false;

    if (text != NULL) {
        replaced =
            conf_replace(text, rows, sizeof(rows) / sizeof(rows[0]), &missing);
    }
    if (replaced != NULL) {
        good = file_write(file, 0600, replaced);
    } else if (text != NULL) {
        complain("%s has no \"%s\" any more, which the site that runs here "
                 "replaces by its own; bring it back",
                 example, missing);
    }
    free(replaced);
    free(text);
    free(example);
    free(module);
    free(etc);
    free(routes);
    free(share);
    free(folder);
    free(maintenance);
    free(address);
    return good;
}

void nginx_describe(struct part *part, const struct instance *instance,
                    const char *conf)
{
    *part = (struct part){.label = "nginx",
                          .colour = SAY_CYAN,
                          .folder = instance->var,
                          .preload = instance->nginx_preload,
                          .output = -1};
    part_add(part, "%s", instance->nginx);
    part_add(part, "-p");
    part_add(part, "%s/", instance->var);
    part_add(part, "-e");
    part_add(part, "stderr");
    part_add(part, "-c");
    part_add(part, "%s", conf);
    part_add(part, "-g");
    part_add(part, "daemon off;");
}
