
/*
 * The directives about static files, and what they are when nobody has said
 * anything. What they mean: ngx_http_foobar_static.c and _cache.c.
 */


#include "ngx_http_foobar_module.h"


#define NGX_HTTP_FOOBAR_INDEX_MAX              \
    255 /* bytes of a name, as file systems do \
         */


static char *ngx_http_foobar_default_index(ngx_conf_t *cf,
                                           ngx_http_foobar_files_conf_t *conf);
static char *ngx_http_foobar_add_index(ngx_conf_t *cf, ngx_array_t *index,
                                       ngx_str_t *name);
static char *ngx_http_foobar_add_coding(ngx_conf_t *cf, ngx_array_t *codings,
                                        ngx_str_t *name);
static ngx_uint_t ngx_http_foobar_has_gzip_static(ngx_conf_t *cf);


/* foobar_index NAME... | off; */

char *
ngx_http_foobar_index(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_foobar_loc_conf_t *flcf = conf;

    char *rv;
    ngx_str_t *value;
    ngx_uint_t i;

    if (flcf->files.index != NGX_CONF_UNSET_PTR) {
        return "is duplicate";
    }

    flcf->files.index = ngx_array_create(cf->pool, cf->args->nelts,
                                         sizeof(ngx_http_foobar_index_t));
    if (flcf->files.index == NULL) {
        return NGX_CONF_ERROR;
    }

    value = cf->args->elts;

    if (cf->args->nelts == 2 && ngx_strcmp(value[1].data, "off") == 0) {
        return NGX_CONF_OK;
    }

    for (i = 1; i < cf->args->nelts; i++) {
        rv = ngx_http_foobar_add_index(cf, flcf->files.index, &value[i]);
        if (rv != NGX_CONF_OK) {
            return rv;
        }
    }

    return NGX_CONF_OK;
}


static char *
ngx_http_foobar_add_index(ngx_conf_t *cf, ngx_array_t *index, ngx_str_t *name)
{
    u_char *p;
    ngx_http_foobar_index_t *new;

    if (name->len == 0 || name->len > NGX_HTTP_FOOBAR_INDEX_MAX
        || name->data[0] == '.'
        || ngx_strlchr(name->data, name->data + name->len, '/')
        || ngx_strcmp(name->data, "off") == 0) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "foobar_index takes names of files, without \"/\" "
                           "and not beginning with a dot, or only \"off\"; "
                           "not \"%V\"",
                           name);
        return NGX_CONF_ERROR;
    }

    new = ngx_array_push(index);
    if (new == NULL) {
        return NGX_CONF_ERROR;
    }

    new->name = *name;
    ngx_str_null(&new->exten);

    for (p = name->data + name->len; p > name->data + 1; p--) {
        if (p[-1] == '.') {
            new->exten.data = p;
            new->exten.len = name->data + name->len - p;
            break;
        }
    }

    return NGX_CONF_OK;
}


/* foobar_precompressed CODING... | off; */

char *
ngx_http_foobar_precompressed(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_foobar_loc_conf_t *flcf = conf;

    char *rv;
    ngx_str_t *value;
    ngx_uint_t i;

    if (flcf->files.precompressed != NGX_CONF_UNSET_PTR) {
        return "is duplicate";
    }

    flcf->files.precompressed =
        ngx_array_create(cf->pool, FOOBAR_CODINGS, sizeof(enum foobar_coding));
    if (flcf->files.precompressed == NULL) {
        return NGX_CONF_ERROR;
    }

    value = cf->args->elts;

    if (cf->args->nelts == 2 && ngx_strcmp(value[1].data, "off") == 0) {
        return NGX_CONF_OK;
    }

    for (i = 1; i < cf->args->nelts; i++) {
        rv = ngx_http_foobar_add_coding(cf, flcf->files.precompressed,
                                        &value[i]);
        if (rv != NGX_CONF_OK) {
            return rv;
        }
    }

    return NGX_CONF_OK;
}


static char *
ngx_http_foobar_add_coding(ngx_conf_t *cf, ngx_array_t *codings,
                           ngx_str_t *name)
{
    ngx_uint_t i;
    enum foobar_coding coding, *known;

    for (coding = 0; coding < FOOBAR_CODINGS; coding++) {
        if (ngx_strcmp(name->data, foobar_coding_name(coding)) == 0) {
            break;
        }
    }

    if (coding == FOOBAR_CODINGS) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "foobar_precompressed takes \"br\", \"zstd\" and "
                           "\"gzip\", or only \"off\"; not \"%V\"",
                           name);
        return NGX_CONF_ERROR;
    }

    known = codings->elts;

    for (i = 0; i < codings->nelts; i++) {
        if (known[i] == coding) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "foobar_precompressed names \"%V\" twice", name);
            return NGX_CONF_ERROR;
        }
    }

    known = ngx_array_push(codings);
    if (known == NULL) {
        return NGX_CONF_ERROR;
    }

    *known = coding;

    return NGX_CONF_OK;
}


void
ngx_http_foobar_init_files(ngx_http_foobar_files_conf_t *conf)
{
    conf->enable = NGX_CONF_UNSET;
    conf->cache_control = NGX_CONF_UNSET;
    conf->index = NGX_CONF_UNSET_PTR;
    conf->precompressed = NGX_CONF_UNSET_PTR;
}


char *
ngx_http_foobar_merge_files(ngx_conf_t *cf,
                            const ngx_http_foobar_files_conf_t *prev,
                            ngx_http_foobar_files_conf_t *conf)
{
    size_t len;
    ngx_uint_t i;
    ngx_http_foobar_index_t *index;

    static enum foobar_coding gzip[] = {FOOBAR_GZIP};

    ngx_conf_merge_value(conf->enable, prev->enable, 1);
    ngx_conf_merge_value(conf->cache_control, prev->cache_control, 1);
    ngx_conf_merge_ptr_value(conf->index, prev->index, NULL);

    if (conf->index == NULL
        && ngx_http_foobar_default_index(cf, conf) != NGX_CONF_OK) {
        return NGX_CONF_ERROR;
    }

    /*
     * Unset stays unset: a location below may have gzip_static, which means
     * the same, and would otherwise no longer do anything beside foobar_pass.
     */

    if (conf->precompressed == NGX_CONF_UNSET_PTR) {
        conf->precompressed = prev->precompressed;
    }

    if (conf->precompressed != NGX_CONF_UNSET_PTR) {
        conf->codings = conf->precompressed->elts;
        conf->coding_count = conf->precompressed->nelts;

    } else if (ngx_http_foobar_has_gzip_static(cf)) {
        conf->codings = gzip;
        conf->coding_count = 1;
    }

    index = conf->index->elts;

    for (i = 0, len = 0; i < conf->index->nelts; i++) {
        len = ngx_max(len, index[i].name.len);
    }

    /* a slash, the index, the end of a twin's name, and NUL */

    conf->reserve = 1 + len + sizeof(".zst");

    return NGX_CONF_OK;
}


static char *
ngx_http_foobar_default_index(ngx_conf_t *cf,
                              ngx_http_foobar_files_conf_t *conf)
{
    static ngx_str_t name = ngx_string("index.html");

    conf->index =
        ngx_array_create(cf->pool, 1, sizeof(ngx_http_foobar_index_t));
    if (conf->index == NULL) {
        return NGX_CONF_ERROR;
    }

    return ngx_http_foobar_add_index(cf, conf->index, &name);
}


/* Has the location that is being merged `gzip_static on`? */

static ngx_uint_t
ngx_http_foobar_has_gzip_static(ngx_conf_t *cf)
{
    ngx_uint_t *value;
    ngx_module_t *module;
    ngx_command_t *cmd;
    ngx_http_conf_ctx_t *ctx;
    ngx_conf_enum_t *e;

    module = ngx_http_foobar_find_module(cf, "ngx_http_gzip_static_module");
    cmd = module ? ngx_http_foobar_find_command(module, "gzip_static") : NULL;

    if (cmd == NULL || cmd->set != ngx_conf_set_enum_slot) {
        return 0;
    }

    ctx = cf->ctx;
    value = (ngx_uint_t *) ((char *) ctx->loc_conf[module->ctx_index]
                            + cmd->offset);

    for (e = cmd->post; e->name.len; e++) {
        if (ngx_strcmp(e->name.data, "on") == 0) {
            return *value == e->value;
        }
    }

    return 0;
}
