
/*
 * foobar_pass ADDRESS;
 *
 * nginx's FastCGI client is used as it is: the directive calls the function
 * behind fastcgi_pass with the configuration of nginx's FastCGI module. So
 * every fastcgi_* directive, upstream {} with its balancing and kept
 * connections, and variables in ADDRESS work as they always do.
 *
 * The functions of that module are not exported, but its table of commands
 * can be reached from nginx's list of modules. They are looked up by name: a
 * nginx that was built without FastCGI gets a message, not a linker's error.
 */


#include "ngx_http_foobar_module.h"


ngx_module_t *
ngx_http_foobar_find_module(ngx_conf_t *cf, const char *name)
{
    ngx_uint_t i;

    for (i = 0; cf->cycle->modules[i]; i++) {
        if (ngx_strcmp(cf->cycle->modules[i]->name, name) == 0) {
            return cf->cycle->modules[i];
        }
    }

    return NULL;
}


ngx_command_t *
ngx_http_foobar_find_command(ngx_module_t *module, const char *name)
{
    ngx_command_t *cmd;

    for (cmd = module->commands; cmd->name.len; cmd++) {
        if (ngx_strcmp(cmd->name.data, name) == 0) {
            return cmd;
        }
    }

    return NULL;
}


/* Where ngx_http_foobar_forward.c finds the settings that it asks about. */

static ngx_int_t
ngx_http_foobar_find_settings(ngx_conf_t *cf, ngx_module_t *module)
{
    ngx_command_t *buffering, *body;
    ngx_http_foobar_main_conf_t *fmcf;

    buffering =
        ngx_http_foobar_find_command(module, "fastcgi_request_buffering");
    body = ngx_http_foobar_find_command(module, "fastcgi_pass_request_body");

    if (buffering == NULL || body == NULL) {
        return NGX_ERROR;
    }

    fmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_foobar_module);

    fmcf->fastcgi.index = module->ctx_index;
    fmcf->fastcgi.request_buffering = buffering->offset;
    fmcf->fastcgi.pass_request_body = body->offset;

    return NGX_OK;
}


char *
ngx_http_foobar_pass(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_foobar_loc_conf_t *flcf = conf;

    char *rv;
    ngx_str_t *value;
    ngx_module_t *module;
    ngx_command_t *pass;
    ngx_http_conf_ctx_t *ctx;
    ngx_http_core_loc_conf_t *clcf;

    if (flcf->status_format != NGX_CONF_UNSET_UINT) {
        return "cannot answer where foobar_status does; give it a location "
               "of its own";
    }

    module = ngx_http_foobar_find_module(cf, "ngx_http_fastcgi_module");
    pass = module ? ngx_http_foobar_find_command(module, "fastcgi_pass") : NULL;

    if (pass == NULL || ngx_http_foobar_find_settings(cf, module) != NGX_OK) {
        return "needs nginx's FastCGI module, and this nginx was built "
               "without it";
    }

    ctx = cf->ctx;

    rv = pass->set(cf, pass, ctx->loc_conf[module->ctx_index]);
    if (rv != NGX_CONF_OK) {
        return rv;
    }

    clcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);

    flcf->handler = clcf->handler;

    value = cf->args->elts;

    flcf->app = ngx_http_foobar_zone_app(cf, &value[1]);
    if (flcf->app == NULL) {
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}
