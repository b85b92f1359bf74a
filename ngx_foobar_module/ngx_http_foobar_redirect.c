
/*
 * Redirects that the routes ask for: to the same path with the other slash at
 * its end, and of strangers who ask for a members' page to the log-in.
 *
 * Location is set as nginx's static module sets it, so that the directives
 * absolute_redirect, server_name_in_redirect and port_in_redirect hold. No
 * redirect leads to another host: each is the path of a route, or of the login
 * line, and these begin with one slash.
 */


#include "ngx_http_foobar_module.h"


static ngx_int_t ngx_http_foobar_redirect(ngx_http_request_t *r,
                                          ngx_int_t status,
                                          ngx_str_t *location);
static ngx_uint_t ngx_http_foobar_may_be_member(ngx_http_request_t *r,
                                                struct foobar_slice cookies);


ngx_int_t
ngx_http_foobar_redirect_slash(ngx_http_request_t *r,
                               const struct foobar_routes *routes,
                               unsigned method)
{
    u_char *p;
    size_t len, escape;
    ngx_str_t location;

    if (!foobar_routes_other_slash(routes, (char *) r->uri.data, r->uri.len,
                                   method)) {
        return NGX_DECLINED;
    }

    escape = 2 * ngx_escape_uri(NULL, r->uri.data, r->uri.len, NGX_ESCAPE_URI);
    len = r->uri.len + escape + sizeof("/?") - 1 + r->args.len;

    location.data = ngx_pnalloc(r->pool, len);
    if (location.data == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    p = (u_char *) ngx_escape_uri(location.data, r->uri.data, r->uri.len,
                                  NGX_ESCAPE_URI);

    if (p[-1] == '/') {
        p--;
    } else {
        *p++ = '/';
    }

    if (r->args.len) {
        *p++ = '?';
        p = ngx_copy(p, r->args.data, r->args.len);
    }

    location.len = p - location.data;

    /* other methods must be sent again as they were */

    return ngx_http_foobar_redirect(r,
                                    r->method & (NGX_HTTP_GET | NGX_HTTP_HEAD)
                                        ? NGX_HTTP_MOVED_PERMANENTLY
                                        : NGX_HTTP_PERMANENT_REDIRECT,
                                    &location);
}


/*
 * What was typed into a form would be lost on the way, so only GET and HEAD
 * are redirected; and of a subrequest the answer is no page at all.
 */

ngx_int_t
ngx_http_foobar_redirect_login(ngx_http_request_t *r,
                               const struct foobar_login *login)
{
    u_char *p;
    size_t len;
    ngx_str_t location;
    struct foobar_slice path, query;

    if (!(r->method & (NGX_HTTP_GET | NGX_HTTP_HEAD)) || r != r->main
        || ngx_http_foobar_may_be_member(r, login->cookies)) {
        return NGX_DECLINED;
    }

    len = 3 * login->path.length + sizeof("?next=") - 1 + FOOBAR_NEXT_MAX;

    location.data = ngx_pnalloc(r->pool, len);
    if (location.data == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    p = (u_char *) ngx_escape_uri(location.data, (u_char *) login->path.data,
                                  login->path.length, NGX_ESCAPE_URI);

    path.data = (char *) r->uri.data;
    path.length = r->uri.len;
    query.data = (char *) r->args.data;
    query.length = r->args.len;

    len = foobar_write_next(path, query, (char *) p + sizeof("?next=") - 1);

    if (len) {
        p = ngx_cpymem(p, "?next=", sizeof("?next=") - 1) + len;
    }

    location.len = p - location.data;

    /* who comes back with the cookie must not get this from a cache */

    if (ngx_http_foobar_add_text(r, "Cache-Control", "no-store") != NGX_OK
        || ngx_http_foobar_add_text(r, "Vary", "Cookie") != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ngx_http_foobar_redirect(r, NGX_HTTP_SEE_OTHER, &location);
}


/* Versions of nginx keep cookies in different ways, but all in this list. */

static ngx_uint_t
ngx_http_foobar_may_be_member(ngx_http_request_t *r,
                              struct foobar_slice cookies)
{
    ngx_uint_t i;
    ngx_list_part_t *part;
    ngx_table_elt_t *h;
    struct foobar_slice value;

    for (part = &r->headers_in.headers.part; part; part = part->next) {
        h = part->elts;

        for (i = 0; i < part->nelts; i++) {
            if (h[i].key.len != sizeof("Cookie") - 1
                || ngx_strncasecmp(h[i].key.data, (u_char *) "Cookie",
                                   sizeof("Cookie") - 1)
                       != 0) {
                continue;
            }

            value.data = (char *) h[i].value.data;
            value.length = h[i].value.len;

            if (foobar_has_cookie(value, cookies)) {
                return 1;
            }
        }
    }

    return 0;
}


static ngx_int_t
ngx_http_foobar_redirect(ngx_http_request_t *r, ngx_int_t status,
                         ngx_str_t *location)
{
    ngx_table_elt_t *h;

    ngx_log_debug2(NGX_LOG_DEBUG_HTTP, r->connection->log, 0,
                   "foobar: redirect %i to \"%V\"", status, location);

    ngx_http_clear_location(r);

    h = ngx_http_foobar_add_header(r, "Location");
    if (h == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    h->value = *location;

    r->headers_out.location = h;

    return status;
}
