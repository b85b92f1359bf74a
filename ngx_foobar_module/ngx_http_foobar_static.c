
/*
 * Static files come first: a URI that maps to a regular file (by root or
 * alias) never reaches the application. We only look; when there is a file,
 * nginx's own modules serve it, with ranges, validators, gzip_static and the
 * rest of what they can do.
 */


#include "ngx_http_foobar_module.h"


static ngx_uint_t ngx_http_foobar_has_dot_segment(ngx_str_t *uri);
static ngx_int_t ngx_http_foobar_open_failed(ngx_http_request_t *r,
                                             ngx_str_t *path,
                                             ngx_open_file_info_t *of);


ngx_int_t
ngx_http_foobar_static(ngx_http_request_t *r)
{
    u_char *last;
    size_t root;
    ngx_str_t path;
    ngx_open_file_info_t of;
    ngx_http_core_loc_conf_t *clcf;

    if (ngx_http_foobar_has_dot_segment(&r->uri)) {
        return NGX_HTTP_NOT_FOUND;
    }

    if (r->uri.len == 0 || r->uri.data[r->uri.len - 1] == '/') {
        return NGX_DECLINED;
    }

    last = ngx_http_map_uri_to_path(r, &path, &root, 0);
    if (last == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    path.len = last - path.data;

    clcf = ngx_http_get_module_loc_conf(r, ngx_http_core_module);

    ngx_memzero(&of, sizeof(ngx_open_file_info_t));

    of.read_ahead = clcf->read_ahead;
    of.directio = clcf->directio;
    of.valid = clcf->open_file_cache_valid;
    of.min_uses = clcf->open_file_cache_min_uses;
    of.test_only = 1;
    of.errors = clcf->open_file_cache_errors;
    of.events = clcf->open_file_cache_events;

    if (ngx_http_set_disable_symlinks(r, clcf, &path, &of) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (ngx_open_cached_file(clcf->open_file_cache, &path, &of, r->pool)
        != NGX_OK) {
        return ngx_http_foobar_open_failed(r, &path, &of);
    }

    if (!of.is_file) {
        return NGX_DECLINED;
    }

    ngx_log_debug1(NGX_LOG_DEBUG_HTTP, r->connection->log, 0,
                   "foobar: file \"%V\"", &path);

    if (!(r->method & (NGX_HTTP_GET | NGX_HTTP_HEAD))) {
        if (ngx_http_foobar_set_allow(r, FOOBAR_GET | FOOBAR_HEAD, 0)
            != NGX_OK) {
            return NGX_HTTP_INTERNAL_SERVER_ERROR;
        }

        return NGX_HTTP_NOT_ALLOWED;
    }

    /* without a handler of its own, a request meets the static modules */

    r->content_handler = NULL;

    return NGX_OK;
}


/*
 * Segments that begin with a dot are what editors, version control and
 * deployment leave behind: /.git/config, /.env, /img/.DS_Store. They are
 * never served and never forwarded, except for /.well-known/ (RFC 8615).
 */

static ngx_uint_t
ngx_http_foobar_has_dot_segment(ngx_str_t *uri)
{
    u_char *p, *last;

    static const u_char well_known[] = "/.well-known/";

    p = uri->data;
    last = uri->data + uri->len;

    if (uri->len >= sizeof(well_known) - 1
        && ngx_memcmp(p, well_known, sizeof(well_known) - 1) == 0) {
        p += sizeof(well_known) - 2;
    }

    for (/* void */; last - p > 1; p++) {
        if (p[0] == '/' && p[1] == '.') {
            return 1;
        }
    }

    return 0;
}


/*
 * No such file: the URI may be a page. But a file which nginx may not reach
 * is refused, and does not become a page.
 */

static ngx_int_t
ngx_http_foobar_open_failed(ngx_http_request_t *r, ngx_str_t *path,
                            ngx_open_file_info_t *of)
{
    ngx_int_t rc;
    ngx_uint_t level;

    switch (of->err) {

    case 0:
        return NGX_HTTP_INTERNAL_SERVER_ERROR;

    case NGX_ENOENT:
    case NGX_ENOTDIR:
    case NGX_ENAMETOOLONG:
        return NGX_DECLINED;

    case NGX_EACCES:
#if (NGX_HAVE_OPENAT)
    case NGX_EMLINK:
    case NGX_ELOOP:
#endif
        level = NGX_LOG_ERR;
        rc = NGX_HTTP_FORBIDDEN;
        break;

    default:
        level = NGX_LOG_CRIT;
        rc = NGX_HTTP_INTERNAL_SERVER_ERROR;
        break;
    }

    ngx_log_error(level, r->connection->log, of->err, "%s \"%V\" failed",
                  of->failed, path);

    return rc;
}
