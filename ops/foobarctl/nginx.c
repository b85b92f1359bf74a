/* nginx, as foobarctl runs it; see nginx.h. */

#include "nginx.h"

#include "conf.h"
#include "file.h"
#include "say.h"

#include <stdlib.h>
#include <string.h>

#define EXAMPLE_MAX_BYTES ((size_t)1024 * 1024)

/*
 * The site is also seen by who runs it, who comes from the address that nginx
 * listens on, unless that is a loopback address or a wildcard.
 */
static char *allow_own_address(const char *listen)
{
    static const char *const known[] = {
        "127.0.0.1:", "0.0.0.0:", "[::1]:", "[::]:"};
    size_t i;

    for (i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        if (strncmp(listen, known[i], strlen(known[i])) == 0) {
            return file_text("::1 0;");
        }
    }
    if (listen[0] == '[') {
        return file_text("::1 0; %.*s 0;", (int)strcspn(listen + 1, "]"),
                         listen + 1);
    }
    return file_text("::1 0; %.*s 0;", (int)strcspn(listen, ":"), listen);
}

/* Without what is for the internet, and with this instance's own. */
static char *adapt(const char *example, const char *text,
                   const struct conf_replacement *rows, size_t count)
{
    const char *missing = NULL;
    char *local = conf_cut(text, "# public {", "# } public", &missing);
    char *replaced =
        local == NULL ? NULL : conf_replace(local, rows, count, &missing);

    if (local == NULL) {
        complain("%s has no \"%s\" where it belongs; between \"# public {\" "
                 "and \"# } public\" stands what the site that runs here "
                 "leaves out",
                 example, missing);
    } else if (replaced == NULL) {
        complain("%s has no \"%s\" any more, which the site that runs here "
                 "replaces by its own; bring it back",
                 example, missing);
    }
    free(local);
    return replaced;
}

bool nginx_write_conf(const struct instance *instance, const char *file,
                      const char *listen, const char *pid,
                      const char *temporary)
{
    const char *example = instance->nginx_conf;
    char *etc = file_text("%s/", instance->nginx_etc);
    char *routes = file_text("%s/share/routes", instance->build);
    char *share = file_text("%s/share/", instance->build);
    char *folder = file_text("%s/", temporary);
    char *allow = allow_own_address(listen);
    char *maintenance = file_text("%s/maintenance", instance->run);
    char *address =
        file_text("listen %s default_server%s;", listen,
                  strncmp(listen, "[::]", 4) == 0 ? " ipv6only=off" : "");
    const struct conf_replacement rows[] = {
        {"user www-data;", ""},
        {"modules/ngx_http_foobar_module.so", instance->module},
        {"/run/nginx.pid", pid},
        {"/var/log/nginx/error.log", "stderr"},
        {"/var/log/nginx/access.log", "/dev/stdout"},
        {"/etc/nginx/", etc},
        {"/etc/foobar/routes", routes},
        {"/usr/share/foobar/", share},
        {"/run/foobar/app.sock", instance->app_socket},
        {"/etc/foobar/maintenance", maintenance},
        {"/var/lib/nginx/", folder},
        {"::1 0;", allow},
        {"listen 443 ssl http2;  # the site", address},
        {"listen [::]:443 ssl http2;  # the site", ""},
    };
    char *text = file_read(example, EXAMPLE_MAX_BYTES);
    char *adapted = text == NULL ? NULL
                                 : adapt(example, text, rows,
                                         sizeof(rows) / sizeof(rows[0]));
    bool good = adapted != NULL && file_write(file, 0600, adapted);

    free(adapted);
    free(text);
    free(etc);
    free(routes);
    free(share);
    free(folder);
    free(allow);
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
