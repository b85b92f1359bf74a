
/*
 * The handler of the PRECONTENT phase, after all checks of access and
 * before anybody produces content. In locations with foobar_pass it decides:
 *
 *     the URI has a dot segment             404
 *     it is a file                          nginx serves it
 *     there is no table of routes           the application gets it
 *     no route has the path                 404
 *     one has, but not the method           405 and Allow
 *     OPTIONS                               204 and Allow
 *     a route has path and method           the application gets it
 *
 * "404" and so on are plain statuses: error_page, add_header, HTTP/2 and the
 * access log treat them as they treat any other.
 */


#include "ngx_http_foobar_module.h"


static ngx_int_t ngx_http_foobar_decide(ngx_http_request_t *r,
                                        ngx_http_foobar_loc_conf_t *flcf);
static ngx_int_t ngx_http_foobar_route(ngx_http_request_t *r,
                                       const struct foobar_routes *routes);
static void ngx_http_foobar_lookup(ngx_http_request_t *r,
                                   const struct foobar_routes *routes,
                                   struct foobar_match *match);
static ngx_int_t ngx_http_foobar_remember(ngx_http_request_t *r,
                                          const struct foobar_routes *routes,
                                          const struct foobar_match *match);
static void ngx_http_foobar_forget(ngx_http_request_t *r);


ngx_int_t
ngx_http_foobar_handler(ngx_http_request_t *r)
{
    ngx_int_t rc;
    ngx_http_foobar_loc_conf_t *flcf;

    flcf = ngx_http_get_module_loc_conf(r, ngx_http_foobar_module);

    if (flcf->handler == NULL || r->content_handler != flcf->handler) {
        return NGX_DECLINED;
    }

    if (ngx_http_foobar_make_ctx(r) == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    rc = ngx_http_foobar_decide(r, flcf);

    ngx_http_foobar_decided(r, rc);

    return rc;
}


static ngx_int_t
ngx_http_foobar_decide(ngx_http_request_t *r, ngx_http_foobar_loc_conf_t *flcf)
{
    ngx_int_t rc;

    rc = ngx_http_foobar_static(r);

    if (rc == NGX_OK) {
        ngx_http_foobar_forget(r);
        return NGX_DECLINED;
    }

    if (rc != NGX_DECLINED || flcf->routes == NULL) {
        return rc;
    }

    return ngx_http_foobar_route(r, flcf->routes);
}


/* Returns NGX_DECLINED when the application is to answer, or a status. */

static ngx_int_t
ngx_http_foobar_route(ngx_http_request_t *r, const struct foobar_routes *routes)
{
    struct foobar_match match;

    ngx_http_foobar_lookup(r, routes, &match);

    if (match.route) {
        ngx_log_debug3(NGX_LOG_DEBUG_HTTP, r->connection->log, 0,
                       "foobar: route \"%*s\" of \"%V\"",
                       match.route->name.length, match.route->name.data,
                       &r->uri);

        return ngx_http_foobar_remember(r, routes, &match) == NGX_OK
                   ? NGX_DECLINED
                   : NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (match.methods == 0) {
        ngx_log_error(NGX_LOG_INFO, r->connection->log, 0,
                      "no route has the path \"%V\"", &r->uri);
        return NGX_HTTP_NOT_FOUND;
    }

    if (ngx_http_foobar_set_allow(r, match.methods, 1) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (r->method == NGX_HTTP_OPTIONS) {
        return NGX_HTTP_NO_CONTENT;
    }

    ngx_log_error(NGX_LOG_INFO, r->connection->log, 0,
                  "no route of \"%V\" has the method \"%V\"", &r->uri,
                  &r->method_name);

    return NGX_HTTP_NOT_ALLOWED;
}


static void
ngx_http_foobar_lookup(ngx_http_request_t *r,
                       const struct foobar_routes *routes,
                       struct foobar_match *match)
{
    foobar_routes_match(routes, (char *) r->uri.data, r->uri.len,
                        ngx_http_foobar_method(r), match);
}


unsigned
ngx_http_foobar_method(ngx_http_request_t *r)
{
    switch (r->method) {

#define FOOBAR_METHOD(name) \
    case NGX_HTTP_##name:   \
        return FOOBAR_##name;

        FOOBAR_METHODS(FOOBAR_METHOD)

#undef FOOBAR_METHOD

    default:
        return 0;
    }
}


/*
 * A variable may be used in any phase: as the key of limit_req before the
 * request was routed, and in the access log when it was redirected to an
 * error page since. So here we look up a URI that was not looked up yet,
 * and else stay with the route that matched last.
 */

const struct foobar_match *
ngx_http_foobar_match(ngx_http_request_t *r)
{
    struct foobar_match match;
    ngx_http_foobar_ctx_t *ctx;
    ngx_http_foobar_loc_conf_t *flcf;

    flcf = ngx_http_get_module_loc_conf(r, ngx_http_foobar_module);
    ctx = ngx_http_foobar_get_ctx(r);

    if (flcf->handler && r->content_handler == flcf->handler && flcf->routes
        && (ctx == NULL || ctx->routes != flcf->routes
            || ctx->method != r->method || ctx->uri.len != r->uri.len
            || ctx->uri.data != r->uri.data)) {
        ngx_http_foobar_lookup(r, flcf->routes, &match);

        if (match.route
            && ngx_http_foobar_remember(r, flcf->routes, &match) == NGX_OK) {
            ctx = ngx_http_foobar_get_ctx(r);
        }
    }

    return ctx && ctx->match.route ? &ctx->match : NULL;
}


static ngx_int_t
ngx_http_foobar_remember(ngx_http_request_t *r,
                         const struct foobar_routes *routes,
                         const struct foobar_match *match)
{
    ngx_http_foobar_ctx_t *ctx;

    ctx = ngx_http_foobar_make_ctx(r);
    if (ctx == NULL) {
        return NGX_ERROR;
    }

    ctx->routes = routes;
    ctx->uri = r->uri;
    ctx->method = r->method;
    ctx->match = *match;

    return NGX_OK;
}


/* A file was found where a variable had already seen a route. */

static void
ngx_http_foobar_forget(ngx_http_request_t *r)
{
    ngx_http_foobar_ctx_t *ctx;

    ctx = ngx_http_foobar_get_ctx(r);

    if (ctx) {
        ctx->match.route = NULL;
    }
}


/* A 405 may follow a 405, when its error page is refused as well. */

static ngx_table_elt_t *
ngx_http_foobar_find_allow(ngx_http_request_t *r)
{
    ngx_uint_t i;
    ngx_list_part_t *part;
    ngx_table_elt_t *h;

    for (part = &r->headers_out.headers.part; part; part = part->next) {
        h = part->elts;

        for (i = 0; i < part->nelts; i++) {
            if (h[i].hash && h[i].key.len == sizeof("Allow") - 1
                && ngx_strncasecmp(h[i].key.data, (u_char *) "Allow",
                                   sizeof("Allow") - 1)
                       == 0) {
                return &h[i];
            }
        }
    }

    return NULL;
}


ngx_int_t
ngx_http_foobar_set_allow(ngx_http_request_t *r, unsigned methods,
                          ngx_uint_t options)
{
    u_char *value;
    ngx_table_elt_t *h;

    value = ngx_pnalloc(r->pool, FOOBAR_ALLOW_MAX);
    if (value == NULL) {
        return NGX_ERROR;
    }

    h = ngx_http_foobar_find_allow(r);

    if (h == NULL) {
        h = ngx_list_push(&r->headers_out.headers);
        if (h == NULL) {
            return NGX_ERROR;
        }

        h->hash = 1;
        ngx_http_foobar_header_single(h);
        ngx_str_set(&h->key, "Allow");
    }

    h->value.data = value;
    h->value.len = foobar_allow_write(methods, options, (char *) value);

    return NGX_OK;
}
