
/*
 * The directives and variables of the module, and its configuration.
 *
 * Route files are read while nginx reads its configuration: `nginx -t`
 * checks them, a reload brings new ones, and a wrong one keeps nginx with
 * the table that it has.
 */


#include "ngx_http_foobar_module.h"


static char *ngx_http_foobar_routes(ngx_conf_t *cf, ngx_command_t *cmd,
                                    void *conf);
static struct foobar_routes *ngx_http_foobar_load(ngx_conf_t *cf,
                                                  ngx_str_t *name);
static struct foobar_routes *ngx_http_foobar_parse(ngx_conf_t *cf,
                                                   ngx_file_t *file);
static void ngx_http_foobar_free_routes(void *data);

static ngx_int_t ngx_http_foobar_route_variable(ngx_http_request_t *r,
                                                ngx_http_variable_value_t *v,
                                                uintptr_t data);
static ngx_int_t ngx_http_foobar_param_variable(ngx_http_request_t *r,
                                                ngx_http_variable_value_t *v,
                                                uintptr_t data);
static ngx_int_t ngx_http_foobar_action_variable(ngx_http_request_t *r,
                                                 ngx_http_variable_value_t *v,
                                                 uintptr_t data);
static ngx_int_t ngx_http_foobar_set_value(ngx_http_variable_value_t *v,
                                           const char *data, size_t len);

static ngx_int_t ngx_http_foobar_add_variables(ngx_conf_t *cf);
static ngx_int_t ngx_http_foobar_init(ngx_conf_t *cf);
static void *ngx_http_foobar_create_main_conf(ngx_conf_t *cf);
static void *ngx_http_foobar_create_loc_conf(ngx_conf_t *cf);
static char *ngx_http_foobar_merge_loc_conf(ngx_conf_t *cf, void *parent,
                                            void *child);


static ngx_conf_enum_t ngx_http_foobar_slash[] = {
    {ngx_string("redirect"), NGX_HTTP_FOOBAR_SLASH_REDIRECT},
    {ngx_string("off"), NGX_HTTP_FOOBAR_SLASH_OFF},
    {ngx_null_string, 0}};


static ngx_command_t ngx_http_foobar_commands[] = {

    /* foobar_pass ADDRESS;  as fastcgi_pass, but files and routes first */
    {ngx_string("foobar_pass"),
     NGX_HTTP_LOC_CONF | NGX_HTTP_LIF_CONF | NGX_CONF_TAKE1,
     ngx_http_foobar_pass, NGX_HTTP_LOC_CONF_OFFSET, 0, NULL},

    /* foobar_routes FILE | off;  the pages that the application has */
    {ngx_string("foobar_routes"),
     NGX_HTTP_MAIN_CONF | NGX_HTTP_SRV_CONF | NGX_HTTP_LOC_CONF
         | NGX_CONF_TAKE1,
     ngx_http_foobar_routes, NGX_HTTP_LOC_CONF_OFFSET, 0, NULL},

    /* foobar_trailing_slash redirect | off;  /posts/ when the page is /posts */
    {ngx_string("foobar_trailing_slash"),
     NGX_HTTP_MAIN_CONF | NGX_HTTP_SRV_CONF | NGX_HTTP_LOC_CONF
         | NGX_CONF_TAKE1,
     ngx_conf_set_enum_slot, NGX_HTTP_LOC_CONF_OFFSET,
     offsetof(ngx_http_foobar_loc_conf_t, trailing_slash),
     &ngx_http_foobar_slash},

    /* foobar_maintenance FILE | off;  while it exists, 503 */
    {ngx_string("foobar_maintenance"),
     NGX_HTTP_MAIN_CONF | NGX_HTTP_SRV_CONF | NGX_HTTP_LOC_CONF
         | NGX_CONF_TAKE1,
     ngx_http_foobar_maintenance, NGX_HTTP_LOC_CONF_OFFSET, 0, NULL},

    /* foobar_trust ADDRESS | CIDR | unix: ...;  whose ids are taken over */
    {ngx_string("foobar_trust"),
     NGX_HTTP_MAIN_CONF | NGX_HTTP_SRV_CONF | NGX_HTTP_LOC_CONF
         | NGX_CONF_1MORE,
     ngx_http_foobar_trust, NGX_HTTP_LOC_CONF_OFFSET, 0, NULL},

    /* foobar_in_flight NUMBER | off;  most requests with the application */
    {ngx_string("foobar_in_flight"),
     NGX_HTTP_MAIN_CONF | NGX_HTTP_SRV_CONF | NGX_HTTP_LOC_CONF
         | NGX_CONF_TAKE1,
     ngx_http_foobar_limit, NGX_HTTP_LOC_CONF_OFFSET, 0, NULL},

    /* foobar_retry_after TIME;  what each 503 says */
    {ngx_string("foobar_retry_after"),
     NGX_HTTP_MAIN_CONF | NGX_HTTP_SRV_CONF | NGX_HTTP_LOC_CONF
         | NGX_CONF_TAKE1,
     ngx_conf_set_sec_slot, NGX_HTTP_LOC_CONF_OFFSET,
     offsetof(ngx_http_foobar_loc_conf_t, retry_after), NULL},

    /* foobar_zone SIZE;  of the shared memory for counters */
    {ngx_string("foobar_zone"), NGX_HTTP_MAIN_CONF | NGX_CONF_TAKE1,
     ngx_http_foobar_zone, NGX_HTTP_MAIN_CONF_OFFSET, 0, NULL},

    /* foobar_status [openmetrics | text | json];  what was counted */
    {ngx_string("foobar_status"),
     NGX_HTTP_LOC_CONF | NGX_CONF_NOARGS | NGX_CONF_TAKE1,
     ngx_http_foobar_status, NGX_HTTP_LOC_CONF_OFFSET, 0, NULL},

    /* foobar_files on | off;  look for static files first */
    {ngx_string("foobar_files"),
     NGX_HTTP_MAIN_CONF | NGX_HTTP_SRV_CONF | NGX_HTTP_LOC_CONF | NGX_CONF_FLAG,
     ngx_conf_set_flag_slot, NGX_HTTP_LOC_CONF_OFFSET,
     offsetof(ngx_http_foobar_loc_conf_t, files.enable), NULL},

    /* foobar_index NAME... | off;  the file that is sent for a folder */
    {ngx_string("foobar_index"),
     NGX_HTTP_MAIN_CONF | NGX_HTTP_SRV_CONF | NGX_HTTP_LOC_CONF
         | NGX_CONF_1MORE,
     ngx_http_foobar_index, NGX_HTTP_LOC_CONF_OFFSET, 0, NULL},

    /* foobar_precompressed br | zstd | gzip ... | off;  twins of files */
    {ngx_string("foobar_precompressed"),
     NGX_HTTP_MAIN_CONF | NGX_HTTP_SRV_CONF | NGX_HTTP_LOC_CONF
         | NGX_CONF_1MORE,
     ngx_http_foobar_precompressed, NGX_HTTP_LOC_CONF_OFFSET, 0, NULL},

    /* foobar_cache_control on | off;  say how long files may be kept */
    {ngx_string("foobar_cache_control"),
     NGX_HTTP_MAIN_CONF | NGX_HTTP_SRV_CONF | NGX_HTTP_LOC_CONF | NGX_CONF_FLAG,
     ngx_conf_set_flag_slot, NGX_HTTP_LOC_CONF_OFFSET,
     offsetof(ngx_http_foobar_loc_conf_t, files.cache_control), NULL},

    ngx_null_command};


/*
 * A variable may be asked for before the request was routed, and again when
 * a redirect inside nginx has changed the URI: so they are not cached.
 */
static ngx_http_variable_t ngx_http_foobar_variables[] = {

    /* $foobar_route  the name of the route; empty if none */
    {ngx_string("foobar_route"), NULL, ngx_http_foobar_route_variable,
     offsetof(struct foobar_route, name), NGX_HTTP_VAR_NOCACHEABLE, 0},

    /* $foobar_param_NAME  the value of a parameter of its path */
    {ngx_string("foobar_param_"), NULL, ngx_http_foobar_param_variable, 0,
     NGX_HTTP_VAR_NOCACHEABLE | NGX_HTTP_VAR_PREFIX, 0},

    /* $foobar_class  the rate class of the route; empty if there is none */
    {ngx_string("foobar_class"), NULL, ngx_http_foobar_route_variable,
     offsetof(struct foobar_route, rate_class), NGX_HTTP_VAR_NOCACHEABLE, 0},

    /* $foobar_action  what was decided; empty before and without a decision */
    {ngx_string("foobar_action"), NULL, ngx_http_foobar_action_variable, 0,
     NGX_HTTP_VAR_NOCACHEABLE, 0},

    /* $foobar_request_id  of the request in both logs */
    {ngx_string("foobar_request_id"), NULL, ngx_http_foobar_origin_variable,
     NGX_HTTP_FOOBAR_REQUEST_ID, 0, 0},

    /* $foobar_trace_id  the trace that it is a part of */
    {ngx_string("foobar_trace_id"), NULL, ngx_http_foobar_origin_variable,
     NGX_HTTP_FOOBAR_TRACE_ID, 0, 0},

    /* $foobar_traceparent  the header traceparent for the application */
    {ngx_string("foobar_traceparent"), NULL, ngx_http_foobar_origin_variable,
     NGX_HTTP_FOOBAR_TRACEPARENT, 0, 0},

    /* $foobar_tracestate  the header tracestate for it; empty if none */
    {ngx_string("foobar_tracestate"), NULL, ngx_http_foobar_origin_variable,
     NGX_HTTP_FOOBAR_TRACESTATE, 0, 0},

    /* $foobar_arrival  when it came, in seconds with milliseconds */
    {ngx_string("foobar_arrival"), NULL, ngx_http_foobar_origin_variable,
     NGX_HTTP_FOOBAR_ARRIVAL, 0, 0},

    ngx_http_null_variable};


static ngx_http_module_t ngx_http_foobar_module_ctx = {
    ngx_http_foobar_add_variables, /* preconfiguration */
    ngx_http_foobar_init,          /* postconfiguration */

    ngx_http_foobar_create_main_conf, /* create main configuration */
    NULL,                             /* init main configuration */

    NULL, /* create server configuration */
    NULL, /* merge server configuration */

    ngx_http_foobar_create_loc_conf, /* create location configuration */
    ngx_http_foobar_merge_loc_conf   /* merge location configuration */
};


ngx_module_t ngx_http_foobar_module = {
    NGX_MODULE_V1,
    &ngx_http_foobar_module_ctx,       /* module context */
    ngx_http_foobar_commands,          /* module directives */
    NGX_HTTP_MODULE,                   /* module type */
    NULL,                              /* init master */
    NULL,                              /* init module */
    ngx_http_foobar_zone_init_process, /* init process */
    NULL,                              /* init thread */
    NULL,                              /* exit thread */
    NULL,                              /* exit process */
    NULL,                              /* exit master */
    NGX_MODULE_V1_PADDING};


static ngx_int_t
ngx_http_foobar_add_variables(ngx_conf_t *cf)
{
    ngx_http_variable_t *var, *v;

    for (v = ngx_http_foobar_variables; v->name.len; v++) {
        var = ngx_http_add_variable(cf, &v->name, v->flags);
        if (var == NULL) {
            return NGX_ERROR;
        }

        var->get_handler = v->get_handler;
        var->data = v->data;
    }

    return NGX_OK;
}


/* What the route says; `data` is where it stands in a foobar_route. */

static ngx_int_t
ngx_http_foobar_route_variable(ngx_http_request_t *r,
                               ngx_http_variable_value_t *v, uintptr_t data)
{
    const struct foobar_match *match;
    const struct foobar_slice *value;

    match = ngx_http_foobar_match(r);

    if (match == NULL) {
        v->not_found = 1;
        return NGX_OK;
    }

    value = (const struct foobar_slice *) ((const char *) match->route + data);

    return ngx_http_foobar_set_value(v, value->data, value->length);
}


static ngx_int_t
ngx_http_foobar_param_variable(ngx_http_request_t *r,
                               ngx_http_variable_value_t *v, uintptr_t data)
{
    ngx_str_t *name = (ngx_str_t *) data;

    size_t prefix;
    struct foobar_slice value;
    const struct foobar_match *match;

    prefix = sizeof("foobar_param_") - 1;
    match = ngx_http_foobar_match(r);

    if (match == NULL) {
        v->not_found = 1;
        return NGX_OK;
    }

    value = foobar_match_param(match, (char *) name->data + prefix,
                               name->len - prefix);

    if (value.data == NULL) {
        v->not_found = 1;
        return NGX_OK;
    }

    return ngx_http_foobar_set_value(v, value.data, value.length);
}


static ngx_int_t
ngx_http_foobar_action_variable(ngx_http_request_t *r,
                                ngx_http_variable_value_t *v, uintptr_t data)
{
    const char *name;
    ngx_http_foobar_ctx_t *ctx;

    static const char *actions[] = {NULL,       "file",    "pass",
                                    "redirect", "options", "refused"};

    ctx = ngx_http_foobar_get_ctx(r);

    if (ctx == NULL || ctx->action == NGX_HTTP_FOOBAR_UNDECIDED) {
        v->not_found = 1;
        return NGX_OK;
    }

    name = actions[ctx->action];

    return ngx_http_foobar_set_value(v, name, ngx_strlen(name));
}


static ngx_int_t
ngx_http_foobar_set_value(ngx_http_variable_value_t *v, const char *data,
                          size_t len)
{
    v->data = (u_char *) data;
    v->len = len;
    v->valid = 1;
    v->no_cacheable = 0;
    v->not_found = 0;

    return NGX_OK;
}


static char *
ngx_http_foobar_routes(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_foobar_loc_conf_t *flcf = conf;

    ngx_str_t *value, file;

    if (flcf->routes != NGX_CONF_UNSET_PTR) {
        return "is duplicate";
    }

    value = cf->args->elts;

    if (ngx_strcmp(value[1].data, "off") == 0) {
        flcf->routes = NULL;
        return NGX_CONF_OK;
    }

    file = value[1];

    if (ngx_conf_full_name(cf->cycle, &file, 1) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    flcf->routes = ngx_http_foobar_load(cf, &file);

    return flcf->routes == NULL ? NGX_CONF_ERROR : NGX_CONF_OK;
}


/* Several locations may name one file: it is read once. */

static struct foobar_routes *
ngx_http_foobar_load(ngx_conf_t *cf, ngx_str_t *name)
{
    ngx_uint_t i;
    ngx_file_t file;
    ngx_pool_cleanup_t *cln;
    ngx_http_foobar_table_t *table;
    ngx_http_foobar_main_conf_t *fmcf;

    fmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_foobar_module);

    table = fmcf->tables.elts;

    for (i = 0; i < fmcf->tables.nelts; i++) {
        if (table[i].file.len == name->len
            && ngx_memcmp(table[i].file.data, name->data, name->len) == 0) {
            return table[i].routes;
        }
    }

    cln = ngx_pool_cleanup_add(cf->pool, 0);
    if (cln == NULL) {
        return NULL;
    }

    table = ngx_array_push(&fmcf->tables);
    if (table == NULL) {
        return NULL;
    }

    ngx_memzero(&file, sizeof(ngx_file_t));

    file.name = *name;
    file.log = cf->log;

    /* NGX_FILE_NONBLOCK: the name of a pipe must not stop nginx */

    file.fd = ngx_open_file(name->data, NGX_FILE_RDONLY | NGX_FILE_NONBLOCK,
                            NGX_FILE_OPEN, 0);

    if (file.fd == NGX_INVALID_FILE) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, ngx_errno,
                           "the route file \"%V\" cannot be opened", name);
        return NULL;
    }

    table->file = *name;
    table->routes = ngx_http_foobar_parse(cf, &file);

    if (ngx_close_file(file.fd) == NGX_FILE_ERROR) {
        ngx_conf_log_error(NGX_LOG_ALERT, cf, ngx_errno,
                           ngx_close_file_n " \"%V\" failed", name);
    }

    if (table->routes == NULL) {
        return NULL;
    }

    cln->handler = ngx_http_foobar_free_routes;
    cln->data = table->routes;

    if (ngx_http_foobar_want_classes(cf, table->routes) != NGX_OK) {
        return NULL;
    }

    return table->routes;
}


static struct foobar_routes *
ngx_http_foobar_parse(ngx_conf_t *cf, ngx_file_t *file)
{
    off_t size;
    u_char *text;
    ssize_t n;
    struct foobar_routes *routes;
    struct foobar_route_error error;

    if (ngx_fd_info(file->fd, &file->info) == NGX_FILE_ERROR) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, ngx_errno,
                           ngx_fd_info_n " \"%V\" failed", &file->name);
        return NULL;
    }

    size = ngx_file_size(&file->info);

    if (!ngx_is_file(&file->info) || size > (off_t) FOOBAR_ROUTE_FILE_MAX) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "the route file \"%V\" is not a regular file of "
                           "at most %uz bytes",
                           &file->name, FOOBAR_ROUTE_FILE_MAX);
        return NULL;
    }

    /* one byte more: malloc(0) may return NULL */

    text = ngx_alloc((size_t) size + 1, cf->log);
    if (text == NULL) {
        return NULL;
    }

    n = ngx_read_file(file, text, (size_t) size, 0);

    if (n != (ssize_t) size) {
        if (n != NGX_ERROR) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "the route file \"%V\" changed while it was "
                               "read; try again",
                               &file->name);
        }

        ngx_free(text);
        return NULL;
    }

    routes = foobar_routes_parse((char *) text, (size_t) size, &error);

    ngx_free(text);

    if (routes == NULL) {
        if (error.line) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "%V:%ui: %s", &file->name,
                               (ngx_uint_t) error.line, error.text);
        } else {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "%V: %s", &file->name,
                               error.text);
        }
    }

    return routes;
}


static void
ngx_http_foobar_free_routes(void *data)
{
    foobar_routes_free(data);
}


static void *
ngx_http_foobar_create_main_conf(ngx_conf_t *cf)
{
    ngx_http_foobar_main_conf_t *fmcf;

    fmcf = ngx_pcalloc(cf->pool, sizeof(ngx_http_foobar_main_conf_t));
    if (fmcf == NULL) {
        return NULL;
    }

    if (ngx_array_init(&fmcf->tables, cf->pool, 2,
                       sizeof(ngx_http_foobar_table_t))
        != NGX_OK) {
        return NULL;
    }

    if (ngx_http_foobar_zone_create(cf, &fmcf->zone) != NGX_OK) {
        return NULL;
    }

    return fmcf;
}


static void *
ngx_http_foobar_create_loc_conf(ngx_conf_t *cf)
{
    ngx_http_foobar_loc_conf_t *flcf;

    flcf = ngx_pcalloc(cf->pool, sizeof(ngx_http_foobar_loc_conf_t));
    if (flcf == NULL) {
        return NULL;
    }

    /*
     * set by ngx_pcalloc():
     *
     *     flcf->handler = NULL;
     *     flcf->app = NULL;
     *     flcf->trusted = NULL;
     */

    flcf->routes = NGX_CONF_UNSET_PTR;
    flcf->status_format = NGX_CONF_UNSET_UINT;
    flcf->trailing_slash = NGX_CONF_UNSET_UINT;
    flcf->maintenance = NGX_CONF_UNSET_PTR;
    flcf->in_flight = NGX_CONF_UNSET_UINT;
    flcf->retry_after = NGX_CONF_UNSET;

    ngx_http_foobar_init_files(&flcf->files);

    return flcf;
}


static char *
ngx_http_foobar_merge_loc_conf(ngx_conf_t *cf, void *parent, void *child)
{
    ngx_http_foobar_loc_conf_t *prev = parent;
    ngx_http_foobar_loc_conf_t *conf = child;

    ngx_http_core_loc_conf_t *clcf;

    ngx_conf_merge_ptr_value(conf->routes, prev->routes, NULL);
    ngx_conf_merge_uint_value(conf->status_format, prev->status_format,
                              NGX_HTTP_FOOBAR_STATUS_ACCEPT);
    ngx_conf_merge_uint_value(conf->trailing_slash, prev->trailing_slash,
                              NGX_HTTP_FOOBAR_SLASH_REDIRECT);
    ngx_conf_merge_ptr_value(conf->maintenance, prev->maintenance, NULL);
    ngx_conf_merge_uint_value(conf->in_flight, prev->in_flight, 0);
    ngx_conf_merge_sec_value(conf->retry_after, prev->retry_after, 5);

    if (conf->trusted == NULL) {
        conf->trusted = prev->trusted;
    }

    /*
     * Like fastcgi_pass, foobar_pass is not inherited by nested locations,
     * only by the nameless ones of "if" and limit_except, and not by those
     * which have a content handler of their own. (Into limit_except nginx's
     * FastCGI module has already brought its own: that one is ours.)
     */

    clcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);

    if (conf->handler == NULL && clcf->noname
        && (clcf->handler == NULL
            || (clcf->lmt_excpt && clcf->handler == prev->handler))) {
        conf->handler = prev->handler;
        conf->app = prev->app;
    }

    if (conf->handler && conf->routes && !clcf->noname) {
        ngx_http_foobar_check_body_limits(cf, conf->routes);
    }

    return ngx_http_foobar_merge_files(cf, &prev->files, &conf->files);
}


/*
 * nginx runs the handlers of a phase from the last to the first. Ours takes
 * the first place: a mirror or try_files of the same location has had its
 * turn when we decide about the URI that is left.
 */

static ngx_int_t
ngx_http_foobar_init(ngx_conf_t *cf)
{
    ngx_array_t *handlers;
    ngx_http_handler_pt *h;
    ngx_http_core_main_conf_t *cmcf;

    cmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_core_module);

    handlers = &cmcf->phases[NGX_HTTP_PRECONTENT_PHASE].handlers;

    if (ngx_array_push(handlers) == NULL) {
        return NGX_ERROR;
    }

    h = handlers->elts;

    ngx_memmove(&h[1], &h[0],
                (handlers->nelts - 1) * sizeof(ngx_http_handler_pt));

    h[0] = ngx_http_foobar_handler;

    if (ngx_http_foobar_add_handler(cf, NGX_HTTP_PREACCESS_PHASE,
                                    ngx_http_foobar_note)
            != NGX_OK
        || ngx_http_foobar_add_handler(cf, NGX_HTTP_LOG_PHASE,
                                       ngx_http_foobar_count)
               != NGX_OK) {
        return NGX_ERROR;
    }

    if (ngx_http_foobar_forward_init(cf) != NGX_OK) {
        return NGX_ERROR;
    }

    if (ngx_http_foobar_zone_add(cf) != NGX_OK) {
        return NGX_ERROR;
    }

    return ngx_http_foobar_init_body_filter(cf);
}


ngx_int_t
ngx_http_foobar_add_handler(ngx_conf_t *cf, ngx_http_phases phase,
                            ngx_http_handler_pt handler)
{
    ngx_http_handler_pt *h;
    ngx_http_core_main_conf_t *cmcf;

    cmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_core_module);

    h = ngx_array_push(&cmcf->phases[phase].handlers);
    if (h == NULL) {
        return NGX_ERROR;
    }

    *h = handler;

    return NGX_OK;
}
