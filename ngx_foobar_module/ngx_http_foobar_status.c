
/*
 * foobar_status [openmetrics | text | json];
 *
 * Answers with what was counted: foobar_metrics.h says what, and in which
 * forms. A location that has it tells strangers how busy the site is, so its
 * access should be limited like that of nginx's own stub_status.
 */


#include "ngx_http_foobar_module.h"


#define NGX_HTTP_FOOBAR_STATUS_BUFFER 16384


/* The body of the answer, while it is written. */
typedef struct {
    ngx_pool_t *pool;
    ngx_chain_t *first;
    ngx_chain_t *last;
    off_t size;
    ngx_uint_t failed;
} ngx_http_foobar_body_t;


static ngx_int_t ngx_http_foobar_status_handler(ngx_http_request_t *r);
static ngx_int_t ngx_http_foobar_status_format(ngx_http_request_t *r,
                                               enum foobar_format *format);
static void ngx_http_foobar_status_accept(ngx_http_request_t *r,
                                          enum foobar_format *format);
static ngx_int_t ngx_http_foobar_status_headers(ngx_http_request_t *r,
                                                enum foobar_format format);
static ngx_int_t ngx_http_foobar_status_body(ngx_http_request_t *r,
                                             enum foobar_format format,
                                             ngx_http_foobar_body_t *body);
static ngx_int_t ngx_http_foobar_status_apps(ngx_http_request_t *r,
                                             ngx_http_foobar_shared_t *shared,
                                             struct foobar_report *report);
static ngx_uint_t
ngx_http_foobar_status_connections(struct foobar_connections *now);
static void ngx_http_foobar_status_write(void *to, const char *text,
                                         size_t length);


/*
 * These are there when nginx was built with its stub_status module. To a
 * nginx without it the module must be loadable as well.
 */
#define NGX_HTTP_FOOBAR_WEAK __attribute__((weak))

extern ngx_atomic_t *ngx_stat_accepted NGX_HTTP_FOOBAR_WEAK;
extern ngx_atomic_t *ngx_stat_handled NGX_HTTP_FOOBAR_WEAK;
extern ngx_atomic_t *ngx_stat_requests NGX_HTTP_FOOBAR_WEAK;
extern ngx_atomic_t *ngx_stat_active NGX_HTTP_FOOBAR_WEAK;
extern ngx_atomic_t *ngx_stat_reading NGX_HTTP_FOOBAR_WEAK;
extern ngx_atomic_t *ngx_stat_writing NGX_HTTP_FOOBAR_WEAK;
extern ngx_atomic_t *ngx_stat_waiting NGX_HTTP_FOOBAR_WEAK;


char *
ngx_http_foobar_status(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_foobar_loc_conf_t *flcf = conf;

    ngx_str_t *value;
    enum foobar_format format;
    ngx_http_core_loc_conf_t *clcf;
    ngx_http_foobar_main_conf_t *fmcf;

    clcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);
    fmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_foobar_module);

    if (clcf->handler == ngx_http_foobar_status_handler) {
        return "is duplicate";
    }

    if (flcf->handler) {
        return "cannot answer where foobar_pass does; give it a location of "
               "its own";
    }

    flcf->status_format = NGX_HTTP_FOOBAR_STATUS_ACCEPT;

    if (cf->args->nelts == 2) {
        value = cf->args->elts;

        if (!foobar_metrics_named((char *) value[1].data, value[1].len,
                                  &format)) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "foobar_status knows no form \"%V\"; it can be "
                               "openmetrics, text or json",
                               &value[1]);
            return NGX_CONF_ERROR;
        }

        flcf->status_format = format;
    }

    clcf->handler = ngx_http_foobar_status_handler;
    fmcf->zone.needed = 1;

    return NGX_CONF_OK;
}


static ngx_int_t
ngx_http_foobar_status_handler(ngx_http_request_t *r)
{
    ngx_int_t rc;
    enum foobar_format format;
    ngx_http_foobar_body_t body;

    if (!(r->method & (NGX_HTTP_GET | NGX_HTTP_HEAD))) {
        if (ngx_http_foobar_set_allow(r, FOOBAR_GET | FOOBAR_HEAD, 0)
            != NGX_OK) {
            return NGX_HTTP_INTERNAL_SERVER_ERROR;
        }

        return NGX_HTTP_NOT_ALLOWED;
    }

    rc = ngx_http_discard_request_body(r);

    if (rc != NGX_OK) {
        return rc;
    }

    rc = ngx_http_foobar_status_format(r, &format);

    if (rc != NGX_OK) {
        return rc;
    }

    if (ngx_http_foobar_status_body(r, format, &body) != NGX_OK
        || ngx_http_foobar_status_headers(r, format) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    r->headers_out.status = NGX_HTTP_OK;
    r->headers_out.content_length_n = body.size;

    rc = ngx_http_send_header(r);

    if (rc == NGX_ERROR || rc > NGX_OK || r->header_only) {
        return rc;
    }

    return ngx_http_output_filter(r, body.first);
}


/* What the URL says wins over the directive, and that over the client. */

static ngx_int_t
ngx_http_foobar_status_format(ngx_http_request_t *r, enum foobar_format *format)
{
    ngx_str_t name;
    ngx_http_foobar_loc_conf_t *flcf;

    if (ngx_http_arg(r, (u_char *) "format", sizeof("format") - 1, &name)
        == NGX_OK) {
        if (foobar_metrics_named((char *) name.data, name.len, format)) {
            return NGX_OK;
        }

        ngx_log_error(NGX_LOG_INFO, r->connection->log, 0,
                      "foobar_status knows no form \"%V\"; it can be "
                      "openmetrics, text or json",
                      &name);
        return NGX_HTTP_BAD_REQUEST;
    }

    flcf = ngx_http_get_module_loc_conf(r, ngx_http_foobar_module);

    if (flcf->status_format != NGX_HTTP_FOOBAR_STATUS_ACCEPT) {
        *format = (enum foobar_format) flcf->status_format;
        return NGX_OK;
    }

    ngx_http_foobar_status_accept(r, format);

    return ngx_http_foobar_add_text(r, "Vary", "Accept") == NGX_OK
               ? NGX_OK
               : NGX_HTTP_INTERNAL_SERVER_ERROR;
}


static void
ngx_http_foobar_status_accept(ngx_http_request_t *r, enum foobar_format *format)
{
    ngx_uint_t i;
    ngx_list_part_t *part;
    ngx_table_elt_t *h;
    struct foobar_wishes wishes;

    ngx_memzero(&wishes, sizeof(struct foobar_wishes));

    for (part = &r->headers_in.headers.part; part; part = part->next) {
        h = part->elts;

        for (i = 0; i < part->nelts; i++) {
            if (h[i].key.len == sizeof("Accept") - 1
                && ngx_strncasecmp(h[i].key.data, (u_char *) "Accept",
                                   sizeof("Accept") - 1)
                       == 0) {
                foobar_metrics_accept(&wishes, (char *) h[i].value.data,
                                      h[i].value.len);
            }
        }
    }

    *format = foobar_metrics_best(&wishes);
}


/*
 * The type is told as it is, with a charset if it has one: nginx would add
 * that of the directive to a type which is only as long as it says.
 */

static ngx_int_t
ngx_http_foobar_status_headers(ngx_http_request_t *r, enum foobar_format format)
{
    u_char *type, *end;
    ngx_str_t *value;

    value = &r->headers_out.content_type;
    type = (u_char *) foobar_metrics_type(format);

    value->data = type;
    value->len = ngx_strlen(type);

    end = ngx_strlchr(type, type + value->len, ';');

    r->headers_out.content_type_len = end ? (size_t) (end - type) : value->len;
    r->headers_out.content_type_lowcase = NULL;

    return ngx_http_foobar_add_text(r, "Cache-Control", "no-store");
}


static ngx_int_t
ngx_http_foobar_status_body(ngx_http_request_t *r, enum foobar_format format,
                            ngx_http_foobar_body_t *body)
{
    ngx_core_conf_t *ccf;
    ngx_slab_pool_t *shpool;
    struct foobar_report report;
    ngx_http_foobar_zone_t *zone;
    struct foobar_connections connections;
    ngx_http_foobar_main_conf_t *fmcf;

    ccf =
        (ngx_core_conf_t *) ngx_get_conf(ngx_cycle->conf_ctx, ngx_core_module);
    fmcf = ngx_http_get_module_main_conf(r, ngx_http_foobar_module);

    zone = &fmcf->zone;
    shpool = (ngx_slab_pool_t *) zone->shm_zone->shm.addr;

    ngx_memzero(&report, sizeof(struct foobar_report));

    report.classes = (const struct foobar_class *const *) zone->shared->classes;
    report.class_count = zone->shared->class_count;
    report.version = NGX_HTTP_FOOBAR_VERSION;
    report.nginx = NGINX_VERSION;
    report.started = zone->shared->created;
    report.loaded = zone->loaded;
    report.workers = (uint64_t) ccf->worker_processes;
    report.zone_size = zone->shm_zone->shm.size;
    report.zone_free = (uint64_t) shpool->pfree * ngx_pagesize;

    if (ngx_http_foobar_status_connections(&connections)) {
        report.connections = &connections;
    }

    if (ngx_http_foobar_status_apps(r, zone->shared, &report) != NGX_OK) {
        return NGX_ERROR;
    }

    ngx_memzero(body, sizeof(ngx_http_foobar_body_t));
    body->pool = r->pool;

    foobar_metrics_write(&report, format, ngx_http_foobar_status_write, body);

    if (body->failed) {
        return NGX_ERROR;
    }

    body->last->buf->last_buf = (r == r->main) ? 1 : 0;
    body->last->buf->last_in_chain = 1;

    return NGX_OK;
}


static ngx_int_t
ngx_http_foobar_status_apps(ngx_http_request_t *r,
                            ngx_http_foobar_shared_t *shared,
                            struct foobar_report *report)
{
    ngx_uint_t n;
    ngx_http_foobar_app_t *app, *first;
    struct foobar_application *applications;

    /* a reload puts further ones before this one */

    first = shared->apps;

    for (n = 0, app = first; app; app = app->next) {
        n++;
    }

    applications =
        ngx_palloc(r->pool, (n + 1) * sizeof(struct foobar_application));
    if (applications == NULL) {
        return NGX_ERROR;
    }

    report->applications = applications;
    report->application_count = n;

    for (app = first; app; app = app->next) {
        applications->name = (char *) app->name;
        applications->created = app->created;
        applications->in_flight = ngx_http_foobar_in_flight(shared, app, 1);
        applications->refused = app->refused;
        applications++;
    }

    return NGX_OK;
}


static ngx_uint_t
ngx_http_foobar_status_connections(struct foobar_connections *now)
{
    if (&ngx_stat_accepted == NULL) {
        return 0;
    }

    now->accepted = *ngx_stat_accepted;
    now->handled = *ngx_stat_handled;
    now->requests = *ngx_stat_requests;
    now->active = *ngx_stat_active;
    now->reading = *ngx_stat_reading;
    now->writing = *ngx_stat_writing;
    now->waiting = *ngx_stat_waiting;

    return 1;
}


/* The sink of foobar_metrics_write(). */

static void
ngx_http_foobar_status_write(void *to, const char *text, size_t length)
{
    ngx_http_foobar_body_t *body = to;

    size_t n;
    ngx_buf_t *b;
    ngx_chain_t *cl;

    while (length && !body->failed) {
        b = body->last ? body->last->buf : NULL;

        if (b == NULL || b->last == b->end) {
            cl = ngx_alloc_chain_link(body->pool);
            b = ngx_create_temp_buf(body->pool, NGX_HTTP_FOOBAR_STATUS_BUFFER);

            if (cl == NULL || b == NULL) {
                body->failed = 1;
                return;
            }

            cl->buf = b;
            cl->next = NULL;

            if (body->last) {
                body->last->next = cl;
            } else {
                body->first = cl;
            }

            body->last = cl;
        }

        n = ngx_min(length, (size_t) (b->end - b->last));

        b->last = ngx_cpymem(b->last, text, n);
        text += n;
        length -= n;
        body->size += (off_t) n;
    }
}
