
/*
 * Opens a file below a root, and nothing that lies elsewhere.
 *
 * A symbolic link may lead from one place below the root to another, and the
 * root itself may be one (current -> release-7). A link that leaves the root
 * is refused: it would give away what the operator never meant to publish.
 * To look first and to open afterwards would leave a moment in which the one
 * can be exchanged for the other, so it is always the opening itself that
 * refuses. In this order, until one of them has an answer:
 *
 *     1. a path without any link: openat2(RESOLVE_NO_SYMLINKS), which costs
 *        what open() costs; with open_file_cache, nginx's own way from
 *        component to component, whose result is then remembered
 *     2. links that stay below the root: openat2(RESOLVE_BENEATH)
 *     3. absolute links, and kernels without openat2(): the path is resolved,
 *        and if it lies below the root, it is opened as in 1 by nginx's way
 *
 * Where the operator has said disable_symlinks, that is the rule instead.
 * There is none where he has named the file itself, by an alias with
 * captures or an alias of one file: then no root is known.
 */


#include "ngx_http_foobar_module.h"

#include <linux/openat2.h>
#include <sys/syscall.h>


/* what nginx itself uses for its own files */
#define NGX_HTTP_FOOBAR_MIN_READ_AHEAD (128 * 1024)


static ngx_int_t ngx_http_foobar_open_unlinked(ngx_http_request_t *r,
                                               ngx_http_foobar_file_t *file);
static ngx_int_t ngx_http_foobar_open_linked(ngx_http_request_t *r,
                                             ngx_http_foobar_file_t *file);
static ngx_int_t ngx_http_foobar_open_beneath(ngx_http_request_t *r,
                                              ngx_http_foobar_file_t *file);
static ngx_int_t ngx_http_foobar_open_resolved(ngx_http_request_t *r,
                                               ngx_http_foobar_file_t *file);
static ngx_int_t ngx_http_foobar_openat2(ngx_http_request_t *r, ngx_fd_t at,
                                         u_char *name, uint64_t resolve,
                                         ngx_open_file_info_t *of);
static ngx_int_t ngx_http_foobar_take_file(ngx_http_request_t *r, ngx_fd_t fd,
                                           u_char *name,
                                           ngx_open_file_info_t *of);
static ngx_int_t ngx_http_foobar_open_failed(ngx_http_request_t *r,
                                             ngx_http_foobar_file_t *file);


ngx_int_t
ngx_http_foobar_open_file(ngx_http_request_t *r, ngx_http_foobar_file_t *file,
                          ngx_uint_t look_only)
{
    ngx_int_t rc;
    ngx_open_file_info_t *of;
    ngx_http_core_loc_conf_t *clcf;

    clcf = ngx_http_get_module_loc_conf(r, ngx_http_core_module);

    of = &file->of;

    ngx_memzero(of, sizeof(ngx_open_file_info_t));

    of->fd = NGX_INVALID_FILE;
    of->read_ahead = clcf->read_ahead;
    of->directio = clcf->directio;
    of->valid = clcf->open_file_cache_valid;
    of->min_uses = clcf->open_file_cache_min_uses;
    of->errors = clcf->open_file_cache_errors;
    of->events = clcf->open_file_cache_events;
    of->test_only = look_only;

    if (clcf->disable_symlinks == NGX_DISABLE_SYMLINKS_OFF && file->root) {
        rc = ngx_http_foobar_open_unlinked(r, file);

        if (rc == NGX_ABORT) {
            rc = ngx_http_foobar_open_linked(r, file);
        }

    } else {
        if (ngx_http_set_disable_symlinks(r, clcf, &file->path, of) != NGX_OK) {
            return NGX_HTTP_INTERNAL_SERVER_ERROR;
        }

        rc = ngx_open_cached_file(clcf->open_file_cache, &file->path, of,
                                  r->pool);
    }

    if (rc == NGX_ERROR) {
        return ngx_http_foobar_open_failed(r, file);
    }

    return rc;
}


/*
 * The functions below return NGX_OK, or NGX_ERROR with the reason in `of`,
 * or NGX_ABORT: there is a link in the way, or there may be one.
 */

static ngx_int_t
ngx_http_foobar_open_unlinked(ngx_http_request_t *r,
                              ngx_http_foobar_file_t *file)
{
    ngx_open_file_info_t *of;
    ngx_http_core_loc_conf_t *clcf;
    ngx_http_foobar_main_conf_t *fmcf;

    clcf = ngx_http_get_module_loc_conf(r, ngx_http_core_module);
    fmcf = ngx_http_get_module_main_conf(r, ngx_http_foobar_module);

    of = &file->of;

    if (clcf->open_file_cache == NULL) {

        if (of->test_only) {
            return ngx_open_cached_file(NULL, &file->path, of, r->pool);
        }

        if (!fmcf->no_openat2) {
            return ngx_http_foobar_openat2(r, AT_FDCWD, file->path.data,
                                           RESOLVE_NO_SYMLINKS, of);
        }
    }

    of->disable_symlinks = NGX_DISABLE_SYMLINKS_ON;
    of->disable_symlinks_from = file->root;

    if (ngx_open_cached_file(clcf->open_file_cache, &file->path, of, r->pool)
        == NGX_OK) {
        return NGX_OK;
    }

    /* a link to a folder, when a folder is asked for, gives ENOTDIR */

    return of->err == NGX_ELOOP || of->err == NGX_ENOTDIR ? NGX_ABORT
                                                          : NGX_ERROR;
}


static ngx_int_t
ngx_http_foobar_open_linked(ngx_http_request_t *r, ngx_http_foobar_file_t *file)
{
    ngx_int_t rc;

    rc = ngx_http_foobar_open_beneath(r, file);

    if (rc == NGX_ABORT) {
        rc = ngx_http_foobar_open_resolved(r, file);
    }

    if (rc == NGX_ABORT) {
        ngx_log_error(NGX_LOG_ERR, r->connection->log, 0,
                      "\"%V\" is refused, because a symbolic link leads out "
                      "of the root \"%*s\"",
                      ngx_http_foobar_printable(r, &file->path), file->root,
                      file->path.data);

        return NGX_HTTP_FORBIDDEN;
    }

    return rc;
}


static ngx_int_t
ngx_http_foobar_open_beneath(ngx_http_request_t *r,
                             ngx_http_foobar_file_t *file)
{
    u_char *rest;
    ngx_fd_t root;
    ngx_int_t rc;
    ngx_http_foobar_main_conf_t *fmcf;

    fmcf = ngx_http_get_module_main_conf(r, ngx_http_foobar_module);

    if (fmcf->no_openat2) {
        return NGX_ABORT;
    }

    rest = file->path.data + file->root;

    *rest = '\0';
    root = open((char *) file->path.data, O_PATH | O_DIRECTORY | O_CLOEXEC);
    *rest = '/';

    if (root == NGX_INVALID_FILE) {
        file->of.err = ngx_errno;
        file->of.failed = ngx_open_file_n;
        return NGX_ERROR;
    }

    while (*rest == '/') {
        rest++;
    }

    rc = ngx_http_foobar_openat2(r, root, *rest ? rest : (u_char *) ".",
                                 RESOLVE_BENEATH, &file->of);

    if (ngx_close_file(root) == NGX_FILE_ERROR) {
        ngx_log_error(NGX_LOG_ALERT, r->connection->log, ngx_errno,
                      ngx_close_file_n " \"%*s\" failed", file->root,
                      file->path.data);
    }

    return rc;
}


/* Here NGX_ABORT is the last word: the file is not below the root. */

static ngx_int_t
ngx_http_foobar_open_resolved(ngx_http_request_t *r,
                              ngx_http_foobar_file_t *file)
{
    size_t root_len;
    u_char root[NGX_MAX_PATH], path[NGX_MAX_PATH];
    ngx_str_t name;
    ngx_open_file_info_t *of;
    ngx_http_core_loc_conf_t *clcf;

    of = &file->of;

    of->failed = ngx_realpath_n;

    if (ngx_realpath((char *) file->path.data, (char *) path) == NULL) {
        of->err = ngx_errno;
        return NGX_ERROR;
    }

    file->path.data[file->root] = '\0';

    if (ngx_realpath((char *) file->path.data, (char *) root) == NULL) {
        of->err = ngx_errno;
        file->path.data[file->root] = '/';
        return NGX_ERROR;
    }

    file->path.data[file->root] = '/';

    /* the resolved name of the root of all files is "/", of others "/name" */

    root_len = ngx_strlen(root);

    if (root_len == 1) {
        root_len = 0;
    }

    name.len = ngx_strlen(path);

    if (ngx_strncmp(path, root, root_len) != 0
        || (path[root_len] != '/' && path[root_len] != '\0')) {
        return NGX_ABORT;
    }

    /* nginx keeps the name, for what it may have to log */

    name.data = ngx_pnalloc(r->pool, name.len + 1);
    if (name.data == NULL) {
        of->err = 0;
        return NGX_ERROR;
    }

    ngx_memcpy(name.data, path, name.len + 1);

    of->fd = NGX_INVALID_FILE;
    of->disable_symlinks = name.len > root_len ? NGX_DISABLE_SYMLINKS_ON
                                               : NGX_DISABLE_SYMLINKS_OFF;
    of->disable_symlinks_from = root_len;

    clcf = ngx_http_get_module_loc_conf(r, ngx_http_core_module);

    if (ngx_open_cached_file(clcf->open_file_cache, &name, of, r->pool)
        == NGX_OK) {
        return NGX_OK;
    }

    return of->err == NGX_ELOOP ? NGX_ABORT : NGX_ERROR;
}


static ngx_int_t
ngx_http_foobar_openat2(ngx_http_request_t *r, ngx_fd_t at, u_char *name,
                        uint64_t resolve, ngx_open_file_info_t *of)
{
    ngx_fd_t fd;
    struct open_how how;
    ngx_http_foobar_main_conf_t *fmcf;

    ngx_memzero(&how, sizeof(struct open_how));

    /* O_NONBLOCK: the name of a pipe must not stop nginx */

    how.flags = O_RDONLY | O_NONBLOCK | O_CLOEXEC;
    how.resolve = resolve;

    fd = (ngx_fd_t) syscall(SYS_openat2, at, name, &how, sizeof(how));

    if (fd != NGX_INVALID_FILE) {
        return ngx_http_foobar_take_file(r, fd, name, of);
    }

    of->err = ngx_errno;
    of->failed = "openat2()";

    switch (of->err) {

        /* a kernel without it, or a container that forbids what it knows not */

    case NGX_ENOSYS:
    case NGX_EPERM:
        fmcf = ngx_http_get_module_main_conf(r, ngx_http_foobar_module);
        fmcf->no_openat2 = 1;
        return NGX_ABORT;

        /* a link; one that leaves the root, or is absolute; the way changed */

    case NGX_ELOOP:
    case NGX_EXDEV:
    case NGX_EAGAIN:
        return NGX_ABORT;

    default:
        return NGX_ERROR;
    }
}


/* What ngx_open_cached_file() does with a file that it has opened. */

static ngx_int_t
ngx_http_foobar_take_file(ngx_http_request_t *r, ngx_fd_t fd, u_char *name,
                          ngx_open_file_info_t *of)
{
    ngx_log_t *log;
    ngx_file_info_t fi;
    ngx_pool_cleanup_t *cln;
    ngx_pool_cleanup_file_t *clnf;

    log = r->connection->log;

    if (ngx_fd_info(fd, &fi) == NGX_FILE_ERROR) {
        of->err = ngx_errno;
        of->failed = ngx_fd_info_n;
        goto failed;
    }

    of->mtime = ngx_file_mtime(&fi);
    of->size = ngx_file_size(&fi);
    of->is_dir = ngx_is_dir(&fi);
    of->is_file = ngx_is_file(&fi);

    if (!of->is_file) {
        if (ngx_close_file(fd) == NGX_FILE_ERROR) {
            ngx_log_error(NGX_LOG_ALERT, log, ngx_errno,
                          ngx_close_file_n " \"%s\" failed", name);
        }

        return NGX_OK;
    }

    cln = ngx_pool_cleanup_add(r->pool, sizeof(ngx_pool_cleanup_file_t));
    if (cln == NULL) {
        of->err = 0;
        goto failed;
    }

    cln->handler = ngx_pool_cleanup_file;
    clnf = cln->data;

    clnf->fd = fd;
    clnf->name = name;
    clnf->log = r->pool->log;

    of->fd = fd;

    if (of->read_ahead && of->size > NGX_HTTP_FOOBAR_MIN_READ_AHEAD
        && ngx_read_ahead(fd, of->read_ahead) == NGX_ERROR) {
        ngx_log_error(NGX_LOG_ALERT, log, ngx_errno,
                      ngx_read_ahead_n " \"%s\" failed", name);
    }

    if (of->directio <= of->size) {
        if (ngx_directio_on(fd) == NGX_FILE_ERROR) {
            ngx_log_error(NGX_LOG_ALERT, log, ngx_errno,
                          ngx_directio_on_n " \"%s\" failed", name);
        } else {
            of->is_directio = 1;
        }
    }

    return NGX_OK;

failed:

    if (ngx_close_file(fd) == NGX_FILE_ERROR) {
        ngx_log_error(NGX_LOG_ALERT, log, ngx_errno,
                      ngx_close_file_n " \"%s\" failed", name);
    }

    return NGX_ERROR;
}


/*
 * No such file: the URI may be a page. But a file which nginx may not reach
 * is refused, and does not become a page.
 */

static ngx_int_t
ngx_http_foobar_open_failed(ngx_http_request_t *r, ngx_http_foobar_file_t *file)
{
    ngx_int_t rc;
    ngx_uint_t level;

    switch (file->of.err) {

    case 0:
        return NGX_HTTP_INTERNAL_SERVER_ERROR;

    case NGX_ENOENT:
    case NGX_ENOTDIR:
    case NGX_ENAMETOOLONG:
    case ENXIO: /* a socket, or a device that is not there */
        return NGX_DECLINED;

    case NGX_EACCES:
    case NGX_ELOOP:
        level = NGX_LOG_ERR;
        rc = NGX_HTTP_FORBIDDEN;
        break;

    default:
        level = NGX_LOG_CRIT;
        rc = NGX_HTTP_INTERNAL_SERVER_ERROR;
        break;
    }

    ngx_log_error(level, r->connection->log, file->of.err, "%s \"%V\" failed",
                  file->of.failed, ngx_http_foobar_printable(r, &file->path));

    return rc;
}
