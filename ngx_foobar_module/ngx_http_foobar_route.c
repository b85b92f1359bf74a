
/*
 * The handler of the PRECONTENT phase, after all checks of access and
 * before anybody produces content. In locations with foobar_pass it decides:
 *
 *     the URI has a dot segment             404
 *     it is a file                          it is sent
 *     no route has the path                 404
 *     but one has it with the other slash   301 or 308
 *     a route has it, but not the method    405 and Allow
 *     OPTIONS                               204 and Allow
 *     the site is closed for maintenance    503
 *     a stranger wants a members' page      303 to the log-in
 *     the body is longer than it may be     413
 *     otherwise                             the application gets it
 *
 * Without a table of routes, what is no file goes to the application, if it is
 * not for maintenance.
 *
 * "404" and so on are plain statuses: error_page, add_header, HTTP/2 and the
 * access log treat them as they treat any other.
 */


#include "ngx_http_foobar_module.h"


static ngx_int_t ngx_http_foobar_decide(ngx_http_request_t *r,
                                        ngx_http_foobar_loc_conf_t *flcf,
                                        ngx_http_foobar_ctx_t *ctx);
static ngx_int_t ngx_http_foobar_route(ngx_http_request_t *r,
                                       ngx_http_foobar_loc_conf_t *flcf,
                                       struct foobar_match *match);
static ngx_int_t ngx_http_foobar_no_route(ngx_http_request_t *r,
                                          ngx_http_foobar_loc_conf_t *flcf);
static ngx_int_t ngx_http_foobar_admit(ngx_http_request_t *r,
                                       ngx_http_foobar_loc_conf_t *flcf,
                                       ngx_http_foobar_ctx_t *ctx,
                                       const struct foobar_route *route);
static ngx_int_t
ngx_http_foobar_strip_arguments(ngx_http_request_t *r,
                                const struct foobar_route *route);
static ngx_http_foobar_action_e ngx_http_foobar_action_of(ngx_int_t rc);
static void ngx_http_foobar_lookup(ngx_http_request_t *r,
                                   const struct foobar_routes *routes,
                                   struct foobar_match *match);
static ngx_int_t ngx_http_foobar_remember(ngx_http_request_t *r,
                                          const struct foobar_routes *routes,
                                          const struct foobar_match *match);


ngx_int_t
ngx_http_foobar_handler(ngx_http_request_t *r)
{
    ngx_int_t rc;
    ngx_http_foobar_ctx_t *ctx;
    ngx_http_foobar_loc_conf_t *flcf;

    flcf = ngx_http_get_module_loc_conf(r, ngx_http_foobar_module);

    if (flcf->handler == NULL || r->content_handler != flcf->handler) {
        return NGX_DECLINED;
    }

    ctx = ngx_http_foobar_make_ctx(r);
    if (ctx == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    rc = ngx_http_foobar_decide(r, flcf, ctx);

    /* what becomes of an error page is no decision about the request */

    if (ctx->action == NGX_HTTP_FOOBAR_UNDECIDED) {
        ctx->action = ngx_http_foobar_action_of(rc);
    }

    ngx_http_foobar_decided(r, ctx, rc);

    switch (rc) {

        /* a variable may already have seen a route where a file was found */

    case NGX_OK:
        ctx->match.route = NULL;
        return NGX_DECLINED;

    case NGX_DECLINED:
        return ngx_http_foobar_take_charge(r);

    default:
        return rc;
    }
}


/*
 * NGX_OK: a file is sent. NGX_DECLINED: the application is to answer.
 * Otherwise: the status of the answer.
 */

static ngx_int_t
ngx_http_foobar_decide(ngx_http_request_t *r, ngx_http_foobar_loc_conf_t *flcf,
                       ngx_http_foobar_ctx_t *ctx)
{
    ngx_int_t rc;
    struct foobar_match match;

    rc = ngx_http_foobar_static(r, ctx);

    if (rc != NGX_DECLINED) {
        return rc;
    }

    if (flcf->routes == NULL) {
        ctx->body_route = NULL;
        return ngx_http_foobar_test_maintenance(r, flcf->maintenance);
    }

    rc = ngx_http_foobar_route(r, flcf, &match);

    if (rc == NGX_DECLINED) {
        rc = ngx_http_foobar_test_maintenance(r, flcf->maintenance);
    }

    if (rc == NGX_DECLINED) {
        rc = ngx_http_foobar_admit(r, flcf, ctx, match.route);
    }

    return rc;
}


/* NGX_DECLINED when a route has path and method; then it is in `match`. */

static ngx_int_t
ngx_http_foobar_route(ngx_http_request_t *r, ngx_http_foobar_loc_conf_t *flcf,
                      struct foobar_match *match)
{
    ngx_http_foobar_lookup(r, flcf->routes, match);

    if (match->route) {
        ngx_log_debug3(NGX_LOG_DEBUG_HTTP, r->connection->log, 0,
                       "foobar: route \"%*s\" of \"%V\"",
                       match->route->name.length, match->route->name.data,
                       &r->uri);

        return ngx_http_foobar_remember(r, flcf->routes, match) == NGX_OK
                   ? NGX_DECLINED
                   : NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (match->methods == 0) {
        return ngx_http_foobar_no_route(r, flcf);
    }

    if (ngx_http_foobar_set_allow(r, match->methods, 1) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (r->method == NGX_HTTP_OPTIONS) {
        return NGX_HTTP_NO_CONTENT;
    }

    ngx_log_error(NGX_LOG_INFO, r->connection->log, 0,
                  "no route of \"%V\" has the method \"%V\"",
                  ngx_http_foobar_printable(r, &r->uri), &r->method_name);

    return NGX_HTTP_NOT_ALLOWED;
}


static ngx_int_t
ngx_http_foobar_no_route(ngx_http_request_t *r,
                         ngx_http_foobar_loc_conf_t *flcf)
{
    unsigned method;
    ngx_int_t rc;

    method = ngx_http_foobar_method(r->method);

    /* OPTIONS is answered for each path that a route has, by any method */

    if (flcf->trailing_slash == NGX_HTTP_FOOBAR_SLASH_REDIRECT
        && (method || r->method == NGX_HTTP_OPTIONS)) {
        rc = ngx_http_foobar_redirect_slash(r, flcf->routes, method);

        if (rc != NGX_DECLINED) {
            return rc;
        }
    }

    ngx_log_error(NGX_LOG_INFO, r->connection->log, 0,
                  "no route has the path \"%V\"",
                  ngx_http_foobar_printable(r, &r->uri));

    return NGX_HTTP_NOT_FOUND;
}


/* What the route asks of a request before the application gets it. */

static ngx_int_t
ngx_http_foobar_admit(ngx_http_request_t *r, ngx_http_foobar_loc_conf_t *flcf,
                      ngx_http_foobar_ctx_t *ctx,
                      const struct foobar_route *route)
{
    ngx_int_t rc;

    if (route->members_only) {
        rc = ngx_http_foobar_redirect_login(r,
                                            foobar_routes_login(flcf->routes));

        if (rc != NGX_DECLINED) {
            return rc;
        }
    }

    rc = ngx_http_foobar_limit_body(r, ctx, route);

    if (rc != NGX_DECLINED) {
        return rc;
    }

    return ngx_http_foobar_strip_arguments(r, route);
}


/*
 * An answer that is kept must depend on nothing but what its route names:
 * else ?x=1, ?x=2 and so on would be pages of their own, each of them made
 * and kept. $args and $query_string become what is left; $request_uri stays.
 */

static ngx_int_t
ngx_http_foobar_strip_arguments(ngx_http_request_t *r,
                                const struct foobar_route *route)
{
    u_char *args;
    struct foobar_slice query;

    if (route->cache_seconds == 0 || r->args.len == 0
        || !(r->method & (NGX_HTTP_GET | NGX_HTTP_HEAD))) {
        return NGX_DECLINED;
    }

    args = ngx_pnalloc(r->pool, r->args.len);
    if (args == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    query.data = (char *) r->args.data;
    query.length = r->args.len;

    r->args.len = foobar_keep_arguments(query, route->arguments, (char *) args);
    r->args.data = args;

    return NGX_DECLINED;
}


static ngx_http_foobar_action_e
ngx_http_foobar_action_of(ngx_int_t rc)
{
    if (rc == NGX_OK) {
        return NGX_HTTP_FOOBAR_FILE;
    }

    if (rc == NGX_DECLINED) {
        return NGX_HTTP_FOOBAR_PASS;
    }

    if (rc == NGX_HTTP_NO_CONTENT) {
        return NGX_HTTP_FOOBAR_OPTIONS;
    }

    return rc < NGX_HTTP_BAD_REQUEST ? NGX_HTTP_FOOBAR_REDIRECT
                                     : NGX_HTTP_FOOBAR_REFUSED;
}


static void
ngx_http_foobar_lookup(ngx_http_request_t *r,
                       const struct foobar_routes *routes,
                       struct foobar_match *match)
{
    foobar_routes_match(routes, (char *) r->uri.data, r->uri.len,
                        ngx_http_foobar_method(r->method), match);
}


unsigned
ngx_http_foobar_method(ngx_uint_t method)
{
    switch (method) {

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


ngx_table_elt_t *
ngx_http_foobar_find_header(ngx_http_request_t *r, ngx_str_t *name)
{
    ngx_uint_t i;
    ngx_list_part_t *part;
    ngx_table_elt_t *h;

    for (part = &r->headers_out.headers.part; part; part = part->next) {
        h = part->elts;

        for (i = 0; i < part->nelts; i++) {
            if (h[i].hash && h[i].key.len == name->len
                && ngx_strncasecmp(h[i].key.data, name->data, name->len) == 0) {
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
    static ngx_str_t allow = ngx_string("Allow");

    u_char *value;
    ngx_table_elt_t *h;

    value = ngx_pnalloc(r->pool, FOOBAR_ALLOW_MAX);
    if (value == NULL) {
        return NGX_ERROR;
    }

    /* a 405 may follow a 405, when its error page is refused as well */

    h = ngx_http_foobar_find_header(r, &allow);

    if (h == NULL) {
        h = ngx_http_foobar_add_header(r, "Allow");
        if (h == NULL) {
            return NGX_ERROR;
        }
    }

    h->value.data = value;
    h->value.len = foobar_allow_write(methods, options, (char *) value);

    return NGX_OK;
}
