
/*
 * Static files come first: a URI that maps to a regular file (by root or
 * alias) never reaches the application. The file is found, checked and opened
 * before content is made, and sent from there by a content handler of ours,
 * because nginx's static module would open it once more. What nginx's filters
 * do holds for it: ranges, validators, expires, gzip, charset, limit_rate.
 *
 * A client gets the coding that it likes best (foobar_negotiate.h) of those
 * that lie beside the file: style.css.br, style.css.gz. Such a twin must be
 * as new as its file, or it is the twin of an older one.
 */


#include "ngx_http_foobar_module.h"


static ngx_int_t ngx_http_foobar_find_file(ngx_http_request_t *r,
                                           ngx_http_foobar_file_t *file);
static ngx_int_t ngx_http_foobar_map_file(ngx_http_request_t *r,
                                          ngx_http_foobar_file_t *file);
static ngx_int_t ngx_http_foobar_find_index(ngx_http_request_t *r,
                                            ngx_http_foobar_file_t *file,
                                            ngx_uint_t look_only);
static ngx_int_t ngx_http_foobar_add_slash(ngx_http_request_t *r);
static ngx_uint_t ngx_http_foobar_has_dots(u_char *p, u_char *last,
                                           ngx_uint_t dots);
static ngx_uint_t ngx_http_foobar_is_hidden(ngx_str_t *uri);
static ngx_uint_t ngx_http_foobar_is_alias_hidden(ngx_str_t *path, size_t root);
static ngx_int_t ngx_http_foobar_refuse_method(ngx_http_request_t *r);
static ngx_uint_t ngx_http_foobar_may_code(ngx_http_request_t *r);
static ngx_int_t ngx_http_foobar_find_twin(ngx_http_request_t *r,
                                           ngx_http_foobar_ctx_t *ctx);
static ngx_uint_t ngx_http_foobar_open_twin(ngx_http_request_t *r,
                                            ngx_http_foobar_ctx_t *ctx,
                                            enum foobar_coding coding,
                                            ngx_uint_t look_only);
static void ngx_http_foobar_read_accept(ngx_http_request_t *r,
                                        struct foobar_accept *accept);
static ngx_int_t ngx_http_foobar_send_body(ngx_http_request_t *r,
                                           ngx_http_foobar_file_t *file,
                                           ngx_buf_t *b);
static ngx_int_t ngx_http_foobar_set_coding(ngx_http_request_t *r,
                                            ngx_http_foobar_ctx_t *ctx);
static ngx_int_t ngx_http_foobar_set_vary(ngx_http_request_t *r);


ngx_int_t
ngx_http_foobar_static(ngx_http_request_t *r, ngx_http_foobar_ctx_t *ctx)
{
    ngx_int_t rc;

    if (!ngx_http_foobar_files_conf(r)->enable) {
        return NGX_DECLINED;
    }

    if (ngx_http_foobar_is_hidden(&r->uri)) {
        return NGX_HTTP_NOT_FOUND;
    }

    rc = ngx_http_foobar_find_file(r, &ctx->file);

    if (rc != NGX_OK) {
        return rc;
    }

    ngx_log_debug1(NGX_LOG_DEBUG_HTTP, r->connection->log, 0,
                   "foobar: file \"%V\"", &ctx->file.path);

    if (!(r->method & (NGX_HTTP_GET | NGX_HTTP_HEAD))) {
        return ngx_http_foobar_refuse_method(r);
    }

    rc = ngx_http_foobar_find_twin(r, ctx);

    if (rc != NGX_OK) {
        return rc;
    }

    r->root_tested = !r->error_page;
    r->content_handler = ngx_http_foobar_send_file;

    return NGX_OK;
}


/*
 * Segments that begin with a dot are what editors, version control and
 * deployment leave behind: /.git/config, /.env, /img/.DS_Store. They are
 * never served and never forwarded, except for /.well-known/ (RFC 8615).
 */

static ngx_uint_t
ngx_http_foobar_is_hidden(ngx_str_t *uri)
{
    u_char *p;

    static const u_char well_known[] = "/.well-known/";

    p = uri->data;

    if (uri->len >= sizeof(well_known) - 1 && p[1] == '.'
        && ngx_memcmp(p, well_known, sizeof(well_known) - 1) == 0) {
        p += sizeof(well_known) - 2;
    }

    return ngx_http_foobar_has_dots(p, uri->data + uri->len, 1);
}


/*
 * An alias can make a segment of a part of one: with location /files and
 * alias /srv/files/, the URI /files../x is the file /srv/files/../x. Where
 * captures make all of the path, only such a step upwards can be told.
 */

static ngx_uint_t
ngx_http_foobar_is_alias_hidden(ngx_str_t *path, size_t root)
{
    ngx_str_t name;

    if (root == path->len) {
        return ngx_http_foobar_has_dots(path->data, path->data + path->len, 2);
    }

    name.data = path->data + (root ? root - 1 : 0);
    name.len = path->data + path->len - name.data;

    return ngx_http_foobar_is_hidden(&name);
}


/* Has it a segment that begins with this many dots, one or two? */

static ngx_uint_t
ngx_http_foobar_has_dots(u_char *p, u_char *last, ngx_uint_t dots)
{
    /* names have few dots, and paths many slashes: so the dots are visited */

    for (p++; p < last; p++) {
        p = memchr(p, '.', (size_t) (last - p));

        if (p == NULL) {
            break;
        }

        if (p[-1] == '/' && (dots == 1 || (p + 1 < last && p[1] == '.'))) {
            return 1;
        }
    }

    return 0;
}


/* NGX_OK: there is a file; NGX_DECLINED: there is none; or a status. */

static ngx_int_t
ngx_http_foobar_find_file(ngx_http_request_t *r, ngx_http_foobar_file_t *file)
{
    ngx_int_t rc;
    ngx_uint_t look_only;

    rc = ngx_http_foobar_map_file(r, file);

    if (rc != NGX_OK) {
        return rc;
    }

    /* a twin may be sent in its place: then it need not be opened */

    look_only = ngx_http_foobar_may_code(r);

    if (r->uri.data[r->uri.len - 1] == '/') {
        return ngx_http_foobar_find_index(r, file, look_only);
    }

    rc = ngx_http_foobar_open_file(r, file, look_only);

    if (rc != NGX_OK || file->of.is_file) {
        return rc;
    }

    if (!file->of.is_dir) {
        return NGX_DECLINED;
    }

    file->path.data[file->path.len++] = '/';

    rc = ngx_http_foobar_find_index(r, file, 0);

    if (rc != NGX_OK) {
        return rc;
    }

    return r->method & (NGX_HTTP_GET | NGX_HTTP_HEAD)
               ? ngx_http_foobar_add_slash(r)
               : NGX_OK;
}


/* The path of the URI, with room for what may come behind it, and its root. */

static ngx_int_t
ngx_http_foobar_map_file(ngx_http_request_t *r, ngx_http_foobar_file_t *file)
{
    u_char *last;
    size_t root;
    ngx_http_core_loc_conf_t *clcf;

    if (r->uri.len == 0) {
        return NGX_DECLINED;
    }

    last = ngx_http_map_uri_to_path(r, &file->path, &root,
                                    ngx_http_foobar_files_conf(r)->reserve);

    if (last == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    file->path.len = last - file->path.data;

    clcf = ngx_http_get_module_loc_conf(r, ngx_http_core_module);

    if (clcf->alias && ngx_http_foobar_is_alias_hidden(&file->path, root)) {
        return NGX_HTTP_NOT_FOUND;
    }

    /* an alias may be the whole path, or end within a segment or behind it */

    if (clcf->alias == NGX_MAX_SIZE_T_VALUE
        || (root == file->path.len && last[-1] != '/')) {
        root = 0;
    }

    while (root && file->path.data[root] != '/') {
        root--;
    }

    file->root = root;

    return NGX_OK;
}


/* `file` is a folder with a slash behind it, and becomes the folder's index. */

static ngx_int_t
ngx_http_foobar_find_index(ngx_http_request_t *r, ngx_http_foobar_file_t *file,
                           ngx_uint_t look_only)
{
    u_char *last;
    ngx_int_t rc;
    ngx_uint_t i;
    ngx_http_foobar_index_t *index;
    ngx_http_foobar_files_conf_t *fcf;

    fcf = ngx_http_foobar_files_conf(r);

    index = fcf->index->elts;
    last = file->path.data + file->path.len;

    for (i = 0; i < fcf->index->nelts; i++) {
        ngx_memcpy(last, index[i].name.data, index[i].name.len + 1);
        file->path.len = last + index[i].name.len - file->path.data;

        rc = ngx_http_foobar_open_file(r, file, look_only);

        if (rc != NGX_OK && rc != NGX_DECLINED) {
            return rc;
        }

        if (rc == NGX_OK && file->of.is_file) {

            /* its type is that of the index, not of the name of the folder */

            r->exten = index[i].exten;
            return NGX_OK;
        }
    }

    return NGX_DECLINED;
}


/* /dir to /dir/: nginx makes the address absolute, where that is wanted. */

static ngx_int_t
ngx_http_foobar_add_slash(ngx_http_request_t *r)
{
    u_char *p;
    size_t len;
    uintptr_t escape;
    ngx_table_elt_t *h;

    /* browsers would take the first segment of //name/ for a host */

    if (r->uri.len > 1 && r->uri.data[1] == '/') {
        return NGX_DECLINED;
    }

    escape = 2 * ngx_escape_uri(NULL, r->uri.data, r->uri.len, NGX_ESCAPE_URI);

    len = r->uri.len + escape + 1 + (r->args.len ? r->args.len + 1 : 0);

    p = ngx_pnalloc(r->pool, len);
    if (p == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ngx_http_clear_location(r);

    h = ngx_http_foobar_add_header(r, "Location");
    if (h == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    h->value.data = p;
    h->value.len = len;

    if (escape) {
        p = (u_char *) ngx_escape_uri(p, r->uri.data, r->uri.len,
                                      NGX_ESCAPE_URI);
    } else {
        p = ngx_copy(p, r->uri.data, r->uri.len);
    }

    *p++ = '/';

    if (r->args.len) {
        *p++ = '?';
        ngx_memcpy(p, r->args.data, r->args.len);
    }

    r->headers_out.location = h;

    return NGX_HTTP_MOVED_PERMANENTLY;
}


static ngx_int_t
ngx_http_foobar_refuse_method(ngx_http_request_t *r)
{
    if (ngx_http_foobar_set_allow(r, FOOBAR_GET | FOOBAR_HEAD, 1) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return r->method == NGX_HTTP_OPTIONS ? NGX_HTTP_NO_CONTENT
                                         : NGX_HTTP_NOT_ALLOWED;
}


/*
 * May the file be sent in another coding than its own? The text of a
 * subrequest becomes a part of a larger one, which is not coded.
 */

static ngx_uint_t
ngx_http_foobar_may_code(ngx_http_request_t *r)
{
    return ngx_http_foobar_files_conf(r)->coding_count && r == r->main
           && (r->method & (NGX_HTTP_GET | NGX_HTTP_HEAD));
}


/* Puts the twin that the client likes best in the place of the file. */

static ngx_int_t
ngx_http_foobar_find_twin(ngx_http_request_t *r, ngx_http_foobar_ctx_t *ctx)
{
    size_t i, count;
    ngx_int_t rc;
    struct foobar_accept accept;
    enum foobar_coding wanted[FOOBAR_CODINGS];
    ngx_http_foobar_files_conf_t *fcf;

    ctx->coding = FOOBAR_IDENTITY;
    ctx->varies = 0;
    ctx->modified = ctx->file.of.mtime;

    if (ngx_http_foobar_may_code(r)) {
        fcf = ngx_http_foobar_files_conf(r);

        ngx_http_foobar_read_accept(r, &accept);

        count =
            foobar_negotiate(&accept, fcf->codings, fcf->coding_count, wanted);

        for (i = 0; i < count; i++) {
            if (ngx_http_foobar_open_twin(r, ctx, wanted[i], 0)) {
                return NGX_OK;
            }
        }

        /* caches must know of the others, too */

        for (i = 0; i < fcf->coding_count && !ctx->varies; i++) {
            (void) ngx_http_foobar_open_twin(r, ctx, fcf->codings[i], 1);
        }
    }

    if (ctx->file.of.fd != NGX_INVALID_FILE) {
        return NGX_OK;
    }

    rc = ngx_http_foobar_open_file(r, &ctx->file, 0);

    if (rc == NGX_OK && !ctx->file.of.is_file) {
        return NGX_DECLINED;
    }

    ctx->modified = ctx->file.of.mtime;

    return rc;
}


/* 1 if it is sent, or when we only look, if it is there. */

static ngx_uint_t
ngx_http_foobar_open_twin(ngx_http_request_t *r, ngx_http_foobar_ctx_t *ctx,
                          enum foobar_coding coding, ngx_uint_t look_only)
{
    size_t len;
    u_char *last;
    const char *suffix;
    ngx_http_foobar_file_t twin;

    twin.path = ctx->file.path;
    twin.root = ctx->file.root;

    last = twin.path.data + twin.path.len;

    suffix = foobar_coding_suffix(coding);
    len = ngx_strlen(suffix);

    ngx_memcpy(last, suffix, len + 1);
    twin.path.len += len;

    if (ngx_http_foobar_open_file(r, &twin, look_only) == NGX_OK
        && twin.of.is_file) {

        if (twin.of.mtime >= ctx->modified) {
            ctx->varies = 1;

        } else {
            ngx_log_error(NGX_LOG_INFO, r->connection->log, 0,
                          "\"%V\" is older than its file, and is not used; "
                          "make it anew",
                          ngx_http_foobar_printable(r, &twin.path));
        }
    }

    if (ctx->varies && !look_only) {
        ctx->coding = coding;
        ctx->file = twin;
        return 1;
    }

    *last = '\0';

    return ctx->varies;
}


static void
ngx_http_foobar_read_accept(ngx_http_request_t *r, struct foobar_accept *accept)
{
    ngx_uint_t i;
    ngx_table_elt_t *h;
    ngx_list_part_t *part;

    static const char name[] = "accept-encoding";

    foobar_accept_init(accept);

    for (part = &r->headers_in.headers.part; part; part = part->next) {
        h = part->elts;

        for (i = 0; i < part->nelts; i++) {
            if (h[i].key.len == sizeof(name) - 1
                && ngx_memcmp(h[i].lowcase_key, name, sizeof(name) - 1) == 0) {
                foobar_accept_read(accept, (char *) h[i].value.data,
                                   h[i].value.len);
            }
        }
    }
}


/* The content handler of a request for a file. */

ngx_int_t
ngx_http_foobar_send_file(ngx_http_request_t *r)
{
    ngx_int_t rc;
    ngx_buf_t *b;
    ngx_http_foobar_ctx_t *ctx;

    ctx = ngx_http_foobar_get_ctx(r);

    rc = ngx_http_discard_request_body(r);
    if (rc != NGX_OK) {
        return rc;
    }

    r->connection->log->action = "sending response to client";

    r->headers_out.status = NGX_HTTP_OK;
    r->headers_out.content_length_n = ctx->file.of.size;
    r->headers_out.last_modified_time = ctx->modified;

    if (ctx->coding == FOOBAR_IDENTITY) {
        r->allow_ranges = 1;
        rc = ngx_http_set_etag(r);

    } else {
        r->allow_ranges = 0;
        rc = ngx_http_foobar_set_coding(r, ctx);
    }

    if (rc != NGX_OK || ngx_http_set_content_type(r) != NGX_OK
        || (ctx->varies && ngx_http_foobar_set_vary(r) != NGX_OK)) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    /* all memory that the body needs, before the header is sent */

    b = ngx_calloc_buf(r->pool);
    if (b == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    b->file = ngx_pcalloc(r->pool, sizeof(ngx_file_t));
    if (b->file == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    rc = ngx_http_send_header(r);

    if (rc == NGX_ERROR || rc > NGX_OK || r->header_only) {
        return rc;
    }

    return ngx_http_foobar_send_body(r, &ctx->file, b);
}


static ngx_int_t
ngx_http_foobar_send_body(ngx_http_request_t *r, ngx_http_foobar_file_t *file,
                          ngx_buf_t *b)
{
    ngx_chain_t out;

    b->file_pos = 0;
    b->file_last = file->of.size;

    b->in_file = b->file_last ? 1 : 0;
    b->last_buf = (r == r->main) ? 1 : 0;
    b->last_in_chain = 1;
    b->sync = (b->last_buf || b->in_file) ? 0 : 1;

    b->file->fd = file->of.fd;
    b->file->name = file->path;
    b->file->log = r->connection->log;
    b->file->directio = file->of.is_directio;

    out.buf = b;
    out.next = NULL;

    return ngx_http_output_filter(r, &out);
}


/*
 * The ETag of a twin is made as nginx makes it of a file, and names the
 * coding: two representations may be of one second and one length.
 */

static ngx_int_t
ngx_http_foobar_set_coding(ngx_http_request_t *r, ngx_http_foobar_ctx_t *ctx)
{
    u_char *p;
    const char *name;
    ngx_table_elt_t *h;
    ngx_http_core_loc_conf_t *clcf;

    name = foobar_coding_name(ctx->coding);

    h = ngx_http_foobar_add_header(r, "Content-Encoding");
    if (h == NULL) {
        return NGX_ERROR;
    }

    h->value.data = (u_char *) name;
    h->value.len = ngx_strlen(name);

    r->headers_out.content_encoding = h;

    clcf = ngx_http_get_module_loc_conf(r, ngx_http_core_module);

    if (!clcf->etag) {
        return NGX_OK;
    }

    p = ngx_pnalloc(r->pool, NGX_TIME_T_LEN + NGX_OFF_T_LEN + ngx_strlen(name)
                                 + sizeof("\"--\""));
    if (p == NULL) {
        return NGX_ERROR;
    }

    h = ngx_http_foobar_add_header(r, "ETag");
    if (h == NULL) {
        return NGX_ERROR;
    }

    h->value.data = p;
    h->value.len = ngx_sprintf(p, "\"%xT-%xO-%s\"", ctx->file.of.mtime,
                               ctx->file.of.size, name)
                   - p;

    r->headers_out.etag = h;

    return NGX_OK;
}


/* Where gzip_vary is on, nginx writes this header, and would write another. */

static ngx_int_t
ngx_http_foobar_set_vary(ngx_http_request_t *r)
{
    if (ngx_http_foobar_nginx_varies(r)) {
        return NGX_OK;
    }

    return ngx_http_foobar_add_text(r, "Vary", "Accept-Encoding");
}
