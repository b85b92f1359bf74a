
/*
 * How long the body of a request may be: what its route says (body=), within
 * client_max_body_size of nginx. A length that is announced is refused at
 * once, before the visitor is asked to send; one that is not (chunked, or
 * HTTP/2) is counted by a filter while the body comes, as nginx itself does.
 */


#include "ngx_http_foobar_module.h"


static ngx_int_t ngx_http_foobar_body_filter(ngx_http_request_t *r,
                                             ngx_chain_t *in);
static void ngx_http_foobar_log_too_large(ngx_http_request_t *r,
                                          const struct foobar_route *route,
                                          uint64_t length);


static ngx_http_request_body_filter_pt ngx_http_next_request_body_filter;


ngx_int_t
ngx_http_foobar_limit_body(ngx_http_request_t *r, ngx_http_foobar_ctx_t *ctx,
                           const struct foobar_route *route)
{
    off_t length;

    ctx->body_route = NULL;

    /*
     * A subrequest has no body of its own, and to an error page none is sent:
     * the body of the request that failed has been dealt with already.
     */

    if (route->body_limit == FOOBAR_NO_LIMIT || r != r->main || r->error_page
        || r->discard_body) {
        return NGX_DECLINED;
    }

    ctx->body_route = route;

    /* a body that was read already (by a mirror) has its length here too */

    length = r->headers_in.content_length_n;

    if (length <= 0 || (uint64_t) length <= route->body_limit) {
        return NGX_DECLINED;
    }

    ngx_http_foobar_log_too_large(r, route, (uint64_t) length);

    /* no "100 Continue" for it, neither here nor for the error page */

    r->expect_tested = 1;

    if (ngx_http_discard_request_body(r) != NGX_OK) {
        r->keepalive = 0;
    }

    return NGX_HTTP_REQUEST_ENTITY_TOO_LARGE;
}


static ngx_int_t
ngx_http_foobar_body_filter(ngx_http_request_t *r, ngx_chain_t *in)
{
    ngx_chain_t *cl;
    ngx_http_foobar_ctx_t *ctx;

    ctx = ngx_http_foobar_get_ctx(r);

    if (ctx == NULL || ctx->body_route == NULL) {
        return ngx_http_next_request_body_filter(r, in);
    }

    for (cl = in; cl; cl = cl->next) {
        ctx->body_received += (uint64_t) ngx_buf_size(cl->buf);
    }

    if (ctx->body_received > ctx->body_route->body_limit) {
        ngx_http_foobar_log_too_large(r, ctx->body_route, ctx->body_received);

        /* the visitor may be sending still: read on, so that it sees the 413 */

        r->lingering_close = 1;

        return NGX_HTTP_REQUEST_ENTITY_TOO_LARGE;
    }

    return ngx_http_next_request_body_filter(r, in);
}


static void
ngx_http_foobar_log_too_large(ngx_http_request_t *r,
                              const struct foobar_route *route, uint64_t length)
{
    ngx_log_error(NGX_LOG_INFO, r->connection->log, 0,
                  "the route \"%*s\" takes bodies of at most %uL bytes, and "
                  "this one has %uL or more",
                  route->name.length, route->name.data, route->body_limit,
                  length);
}


ngx_int_t
ngx_http_foobar_init_body_filter(ngx_conf_t *cf)
{
    ngx_http_next_request_body_filter = ngx_http_top_request_body_filter;
    ngx_http_top_request_body_filter = ngx_http_foobar_body_filter;

    return NGX_OK;
}


static ngx_str_t *
ngx_http_foobar_file_of(ngx_conf_t *cf, const struct foobar_routes *routes)
{
    ngx_uint_t i;
    ngx_http_foobar_table_t *table;
    ngx_http_foobar_main_conf_t *fmcf;

    fmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_foobar_module);

    table = fmcf->tables.elts;

    for (i = 0; i < fmcf->tables.nelts; i++) {
        if (table[i].routes == routes) {
            return &table[i].file;
        }
    }

    return NULL;
}


void
ngx_http_foobar_check_body_limits(ngx_conf_t *cf,
                                  const struct foobar_routes *routes)
{
    ngx_str_t *file;
    const struct foobar_route *route;
    ngx_http_core_loc_conf_t *clcf;

    clcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);

    route = foobar_routes_largest_body(routes);
    file = ngx_http_foobar_file_of(cf, routes);

    if (route == NULL || file == NULL || clcf->client_max_body_size == 0
        || route->body_limit <= (uint64_t) clcf->client_max_body_size) {
        return;
    }

    ngx_log_error(NGX_LOG_WARN, cf->log, 0,
                  "%V:%ui: the route \"%*s\" takes bodies of %uL bytes, but "
                  "client_max_body_size of the location \"%V\" ends them at "
                  "%O bytes; make that %uL, or body= less",
                  file, (ngx_uint_t) route->line, route->name.length,
                  route->name.data, route->body_limit, &clcf->name,
                  clcf->client_max_body_size, route->body_limit);
}
