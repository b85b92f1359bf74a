
/*
 * Cache-Control of static files:
 *
 *     a name with a fingerprint    public, max-age=31536000, immutable
 *     any other                    no-cache: kept, and asked for by its ETag
 *                                  each time, which costs a 304
 *
 * This is a header filter behind nginx's expires and add_header, so that it
 * sees what the operator says and adds nothing to it; and behind that of
 * ranges, so that an answer which is an error after all (416) is not kept for
 * a year. A filter's place depends on its module's place in nginx's list, so
 * this one is a module of its own; the file "config" says where.
 */


#include "foobar_fingerprint.h"
#include "ngx_http_foobar_module.h"


static ngx_int_t ngx_http_foobar_cache_filter(ngx_http_request_t *r);
static ngx_int_t ngx_http_foobar_set_cache_control(ngx_http_request_t *r);
static ngx_int_t ngx_http_foobar_cache_init(ngx_conf_t *cf);


static ngx_http_module_t ngx_http_foobar_cache_module_ctx = {
    NULL,                       /* preconfiguration */
    ngx_http_foobar_cache_init, /* postconfiguration */

    NULL, /* create main configuration */
    NULL, /* init main configuration */

    NULL, /* create server configuration */
    NULL, /* merge server configuration */

    NULL, /* create location configuration */
    NULL  /* merge location configuration */
};


ngx_module_t ngx_http_foobar_cache_module = {
    NGX_MODULE_V1,
    &ngx_http_foobar_cache_module_ctx, /* module context */
    NULL,                              /* module directives */
    NGX_HTTP_MODULE,                   /* module type */
    NULL,                              /* init master */
    NULL,                              /* init module */
    NULL,                              /* init process */
    NULL,                              /* init thread */
    NULL,                              /* exit thread */
    NULL,                              /* exit process */
    NULL,                              /* exit master */
    NGX_MODULE_V1_PADDING};


static ngx_http_output_header_filter_pt ngx_http_next_header_filter;


static ngx_int_t
ngx_http_foobar_cache_filter(ngx_http_request_t *r)
{
    if (r->content_handler != ngx_http_foobar_send_file || r != r->main
        || !ngx_http_foobar_files_conf(r)->cache_control) {
        return ngx_http_next_header_filter(r);
    }

    switch (r->headers_out.status) {

    case NGX_HTTP_OK:
    case NGX_HTTP_PARTIAL_CONTENT:
    case NGX_HTTP_NOT_MODIFIED:
        if (!ngx_http_foobar_has_cache_control(r)
            && ngx_http_foobar_set_cache_control(r) != NGX_OK) {
            return NGX_ERROR;
        }

        break;

    default:
        break;
    }

    return ngx_http_next_header_filter(r);
}


static ngx_int_t
ngx_http_foobar_set_cache_control(ngx_http_request_t *r)
{
    ngx_table_elt_t *h;

    h = ngx_http_foobar_add_header(r, "Cache-Control");
    if (h == NULL) {
        return NGX_ERROR;
    }

    /*
     * A file that is sent in the place of what the client asked for, by
     * error_page, try_files or X-Accel-Redirect, may be another one tomorrow,
     * or be meant for this client alone.
     */

    if (!r->internal
        && foobar_has_fingerprint((char *) r->uri.data, r->uri.len)) {
        ngx_str_set(&h->value, "public, max-age=31536000, immutable");

    } else {
        ngx_str_set(&h->value, "no-cache");
    }

    return ngx_http_foobar_keep_cache_control(r, h);
}


static ngx_int_t
ngx_http_foobar_cache_init(ngx_conf_t *cf)
{
    ngx_http_next_header_filter = ngx_http_top_header_filter;
    ngx_http_top_header_filter = ngx_http_foobar_cache_filter;

    return NGX_OK;
}
