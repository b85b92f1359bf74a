
/*
 * foobar_maintenance FILE | off;
 *
 * While the file exists, whatever would go to the application is answered 503:
 * the operator closes the site by making a file, and opens it by removing it,
 * without a reload. Files, error pages and what nginx answers by itself stay.
 */


#include "ngx_http_foobar_module.h"


static ngx_int_t ngx_http_foobar_maintenance_path(
    ngx_http_request_t *r, ngx_http_complex_value_t *file, ngx_str_t *path);


char *
ngx_http_foobar_maintenance(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_foobar_loc_conf_t *flcf = conf;

    ngx_str_t *value;
    ngx_file_info_t fi;
    ngx_http_compile_complex_value_t ccv;

    if (flcf->maintenance != NGX_CONF_UNSET_PTR) {
        return "is duplicate";
    }

    value = cf->args->elts;

    if (value[1].len == 0 || ngx_strcmp(value[1].data, "off") == 0) {
        flcf->maintenance = NULL;
        return NGX_CONF_OK;
    }

    flcf->maintenance = ngx_palloc(cf->pool, sizeof(ngx_http_complex_value_t));
    if (flcf->maintenance == NULL) {
        return NGX_CONF_ERROR;
    }

    ngx_memzero(&ccv, sizeof(ngx_http_compile_complex_value_t));

    ccv.cf = cf;
    ccv.value = &value[1];
    ccv.complex_value = flcf->maintenance;

    if (ngx_http_compile_complex_value(&ccv) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    if (flcf->maintenance->lengths) {
        return NGX_CONF_OK;
    }

    /* without variables: the name is completed now, and looked at */

    if (ngx_conf_full_name(cf->cycle, &flcf->maintenance->value, 1) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    if (ngx_file_info(flcf->maintenance->value.data, &fi) != NGX_FILE_ERROR
        && ngx_is_dir(&fi)) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"%V\" is a folder; foobar_maintenance takes the "
                           "name of a file, or \"off\"",
                           &flcf->maintenance->value);
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


ngx_int_t
ngx_http_foobar_test_maintenance(ngx_http_request_t *r,
                                 ngx_http_complex_value_t *file)
{
    ngx_str_t path;
    ngx_open_file_info_t of;
    ngx_http_core_loc_conf_t *clcf;

    if (file == NULL) {
        return NGX_DECLINED;
    }

    if (ngx_http_foobar_maintenance_path(r, file, &path) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (path.len == 0) {
        return NGX_DECLINED;
    }

    clcf = ngx_http_get_module_loc_conf(r, ngx_http_core_module);

    ngx_memzero(&of, sizeof(ngx_open_file_info_t));

    of.valid = clcf->open_file_cache_valid;
    of.min_uses = clcf->open_file_cache_min_uses;
    of.test_only = 1;
    of.errors = clcf->open_file_cache_errors;
    of.events = clcf->open_file_cache_events;

    if (ngx_open_cached_file(clcf->open_file_cache, &path, &of, r->pool)
        == NGX_OK) {
        if (!of.is_file) {
            return NGX_DECLINED;
        }

        ngx_log_error(NGX_LOG_INFO, r->connection->log, 0,
                      "the file \"%V\" of foobar_maintenance exists", &path);
        return NGX_HTTP_SERVICE_UNAVAILABLE;
    }

    if (of.err == 0) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (of.err != NGX_ENOENT && of.err != NGX_ENOTDIR) {
        ngx_log_error(NGX_LOG_ERR, r->connection->log, of.err,
                      "nginx cannot see whether the file \"%V\" of "
                      "foobar_maintenance exists; its user needs the right "
                      "to enter the folder",
                      &path);
    }

    return NGX_DECLINED;
}


/* An absolute name that ends with NUL; or nothing, when a variable says so. */

static ngx_int_t
ngx_http_foobar_maintenance_path(ngx_http_request_t *r,
                                 ngx_http_complex_value_t *file,
                                 ngx_str_t *path)
{
    u_char *p;
    ngx_str_t value;

    if (file->lengths == NULL) {
        *path = file->value;
        return NGX_OK;
    }

    if (ngx_http_complex_value(r, file, &value) != NGX_OK) {
        return NGX_ERROR;
    }

    if (value.len == 0
        || (value.len == 3 && ngx_strncmp(value.data, "off", 3) == 0)) {
        ngx_str_null(path);
        return NGX_OK;
    }

    p = ngx_pnalloc(r->pool, value.len + 1);
    if (p == NULL) {
        return NGX_ERROR;
    }

    path->data = p;
    path->len = value.len;

    p = ngx_cpymem(p, value.data, value.len);
    *p = '\0';

    return ngx_get_full_name(r->pool, (ngx_str_t *) &ngx_cycle->conf_prefix,
                             path);
}
