
/*
 * Counts each request that met foobar_pass, once, when nginx logs it.
 *
 * A request counts for the class of the first decision about it: what nginx
 * makes of it afterwards, by an error page or X-Accel-Redirect, is how it was
 * answered and not another request. Subrequests are parts of their request.
 *
 * It is noted as soon as its location is settled, so that one which never
 * comes to a decision, because limit_req or an access rule has refused it,
 * is counted too: for the class that it would have had.
 */


#include "ngx_http_foobar_module.h"


static struct foobar_class *ngx_http_foobar_class(ngx_http_request_t *r,
                                                  ngx_http_foobar_ctx_t *ctx);
static struct foobar_class *
ngx_http_foobar_class_of_uri(ngx_http_request_t *r,
                             const struct foobar_routes *routes, ngx_str_t *uri,
                             ngx_uint_t method);
static struct foobar_class *
ngx_http_foobar_class_of_route(ngx_http_request_t *r,
                               const struct foobar_route *route);
static struct foobar_class *ngx_http_foobar_class_at(ngx_http_request_t *r,
                                                     ngx_uint_t index);
static ngx_uint_t ngx_http_foobar_status_of(ngx_http_request_t *r);
static uint64_t ngx_http_foobar_duration(ngx_http_request_t *r);
static void ngx_http_foobar_upstream_times(ngx_http_request_t *r,
                                           ngx_uint_t first,
                                           struct foobar_request *request);


/* While the configuration is read: each class of a route gets its record. */

ngx_int_t
ngx_http_foobar_want_classes(ngx_conf_t *cf, const struct foobar_routes *routes)
{
    size_t i;
    ngx_str_t name;
    struct foobar_slice class;

    for (i = 0; i < foobar_routes_count(routes); i++) {
        class = foobar_routes_at(routes, i)->rate_class;

        name.data = (u_char *) class.data;
        name.len = class.length;

        if (name.len && ngx_http_foobar_zone_want_class(cf, &name) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


/* A handler of the PREACCESS phase. */

ngx_int_t
ngx_http_foobar_note(ngx_http_request_t *r)
{
    ngx_http_foobar_ctx_t *ctx;
    ngx_http_foobar_loc_conf_t *flcf;

    flcf = ngx_http_get_module_loc_conf(r, ngx_http_foobar_module);

    if (flcf->handler == NULL || r->content_handler != flcf->handler
        || r != r->main) {
        return NGX_DECLINED;
    }

    ctx = ngx_http_foobar_make_ctx(r);
    if (ctx == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (!ctx->count.noted) {
        ctx->count.noted = 1;
        ctx->count.routes = flcf->routes;
        ctx->count.uri = r->uri;
        ctx->count.method = r->method;
    }

    return NGX_DECLINED;
}


void
ngx_http_foobar_decided(ngx_http_request_t *r, ngx_http_foobar_ctx_t *ctx,
                        ngx_int_t rc)
{
    ngx_uint_t index;

    if (ctx->count.class) {
        return;
    }

    if (rc == NGX_DECLINED) {
        ctx->count.passed = 1;
        ctx->count.first_state =
            r->upstream_states ? r->upstream_states->nelts : 0;
    }

    if (rc != NGX_OK && ctx->match.route && ctx->uri.data == r->uri.data
        && ctx->uri.len == r->uri.len) {
        ctx->count.class = ngx_http_foobar_class_of_route(r, ctx->match.route);
        return;
    }

    switch (rc) {

    case NGX_OK:
        index = NGX_HTTP_FOOBAR_CLASS_FILE;
        break;

    case NGX_DECLINED:
        index = NGX_HTTP_FOOBAR_CLASS_DEFAULT;
        break;

    default:
        index = NGX_HTTP_FOOBAR_CLASS_NONE;
        break;
    }

    ctx->count.class = ngx_http_foobar_class_at(r, index);
}


/* A handler of the LOG phase. */

ngx_int_t
ngx_http_foobar_count(ngx_http_request_t *r)
{
    struct foobar_class *class;
    struct foobar_request request;
    ngx_http_foobar_ctx_t *ctx;

    if (r != r->main) {
        return NGX_OK;
    }

    ctx = ngx_http_foobar_get_ctx(r);

    class = ngx_http_foobar_class(r, ctx);
    if (class == NULL) {
        return NGX_OK;
    }

    ngx_memzero(&request, sizeof(struct foobar_request));

    request.status = ngx_http_foobar_status_of(r);
    request.duration = ngx_http_foobar_duration(r);
    request.received = r->request_length;
    request.sent = r->connection->sent;

    if (ctx && ctx->count.passed) {
        ngx_http_foobar_upstream_times(r, ctx->count.first_state, &request);
    }

    foobar_metrics_count(class, &request);

    return NGX_OK;
}


/*
 * NULL: the request did not meet foobar_pass. It did without being noted if
 * nginx answered as soon as it knew the location: 413, or "return".
 */

static struct foobar_class *
ngx_http_foobar_class(ngx_http_request_t *r, ngx_http_foobar_ctx_t *ctx)
{
    ngx_http_foobar_loc_conf_t *flcf;

    if (ctx && ctx->count.class) {
        return ctx->count.class;
    }

    if (ctx && ctx->count.noted) {
        return ngx_http_foobar_class_of_uri(r, ctx->count.routes,
                                            &ctx->count.uri, ctx->count.method);
    }

    flcf = ngx_http_get_module_loc_conf(r, ngx_http_foobar_module);

    if (flcf->handler && r->content_handler == flcf->handler) {
        return ngx_http_foobar_class_of_uri(r, flcf->routes, &r->uri,
                                            r->method);
    }

    return NULL;
}


static struct foobar_class *
ngx_http_foobar_class_of_uri(ngx_http_request_t *r,
                             const struct foobar_routes *routes, ngx_str_t *uri,
                             ngx_uint_t method)
{
    struct foobar_match match;

    if (routes == NULL) {
        return ngx_http_foobar_class_at(r, NGX_HTTP_FOOBAR_CLASS_DEFAULT);
    }

    foobar_routes_match(routes, (char *) uri->data, uri->len,
                        ngx_http_foobar_method(method), &match);

    if (match.route == NULL) {
        return ngx_http_foobar_class_at(r, NGX_HTTP_FOOBAR_CLASS_NONE);
    }

    return ngx_http_foobar_class_of_route(r, match.route);
}


static struct foobar_class *
ngx_http_foobar_class_of_route(ngx_http_request_t *r,
                               const struct foobar_route *route)
{
    ngx_str_t name;
    ngx_http_foobar_main_conf_t *fmcf;

    if (route->rate_class.length == 0) {
        return ngx_http_foobar_class_at(r, NGX_HTTP_FOOBAR_CLASS_DEFAULT);
    }

    fmcf = ngx_http_get_module_main_conf(r, ngx_http_foobar_module);

    name.data = (u_char *) route->rate_class.data;
    name.len = route->rate_class.length;

    return ngx_http_foobar_zone_class(&fmcf->zone, &name);
}


static struct foobar_class *
ngx_http_foobar_class_at(ngx_http_request_t *r, ngx_uint_t index)
{
    ngx_http_foobar_class_ref_t *classes;
    ngx_http_foobar_main_conf_t *fmcf;

    fmcf = ngx_http_get_module_main_conf(r, ngx_http_foobar_module);

    classes = fmcf->zone.classes.elts;

    return classes[index].record;
}


/* As nginx's own $status. */

static ngx_uint_t
ngx_http_foobar_status_of(ngx_http_request_t *r)
{
    return r->err_status ? r->err_status : r->headers_out.status;
}


/* As nginx's own $request_time. */

static uint64_t
ngx_http_foobar_duration(ngx_http_request_t *r)
{
    ngx_time_t *tp;
    ngx_msec_int_t ms;

    tp = ngx_timeofday();

    ms = (ngx_msec_int_t) ((tp->sec - r->start_sec) * 1000
                           + (tp->msec - r->start_msec));

    return ngx_max(ms, 0);
}


/*
 * nginx notes each server that it asked. An entry without a server parts
 * those of foobar_pass from what a redirect inside nginx asked since.
 */

static void
ngx_http_foobar_upstream_times(ngx_http_request_t *r, ngx_uint_t first,
                               struct foobar_request *request)
{
    ngx_uint_t i, asked;
    ngx_http_upstream_state_t *state;

    if (r->upstream_states == NULL) {
        return;
    }

    asked = 0;
    state = r->upstream_states->elts;

    for (i = first; i < r->upstream_states->nelts; i++) {
        if (state[i].peer == NULL) {
            if (asked) {
                break;
            }

            continue;
        }

        asked++;

        if (state[i].header_time != (ngx_msec_t) -1) {
            request->has_header = 1;
            request->header_time =
                request->response_time + state[i].header_time;
        }

        if (state[i].response_time != (ngx_msec_t) -1) {
            request->response_time += state[i].response_time;
        }
    }

    if (asked) {
        request->asked = 1;
        request->retries = (unsigned) asked - 1;
    }
}
