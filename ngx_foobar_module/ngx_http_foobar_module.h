
/*
 * What the sources of the module share. Each source is one concern:
 *
 *     ngx_http_foobar_module.c   directives, variables, configuration
 *     ngx_http_foobar_ctx.c      what is remembered of a request
 *     ngx_http_foobar_route.c    the handler: a file, a route, or an error
 *     ngx_http_foobar_redirect.c to the other slash, and strangers to log in
 *     ngx_http_foobar_body.c     how long a body may be
 *     ngx_http_foobar_maintenance.c   foobar_maintenance
 *     ngx_http_foobar_static.c   is the URI a file? Then it is sent
 *     ngx_http_foobar_open.c     opening it, and nothing out of the root
 *     ngx_http_foobar_files.c    the directives of these two
 *     ngx_http_foobar_cache.c    Cache-Control of files, a header filter
 *     ngx_http_foobar_pass.c     foobar_pass, by nginx's FastCGI client
 *     ngx_http_foobar_trace.c    ids of a request, and when it arrived
 *     ngx_http_foobar_forward.c  how many are with the application; 503
 *     ngx_http_foobar_zone.c     what all processes share: counters
 *     ngx_http_foobar_metrics.c  counts requests when they are logged
 *     ngx_http_foobar_status.c   foobar_status, which tells what was counted
 *     foobar_route*.c            the route table; knows nothing of nginx
 *     foobar_metrics*.c          counting and telling; nor do these
 *     foobar_trace.c             ids and times in headers; nor does this
 *     foobar_negotiate.c         Accept-Encoding; knows nothing of nginx
 *     foobar_fingerprint.c       names of files that never change; likewise
 *
 * The module composes with nginx: it decides, and then nginx's own FastCGI
 * client forwards the request, or nginx's filters send the file. A location
 * without foobar_pass behaves as if the module were not loaded.
 */


#ifndef NGX_HTTP_FOOBAR_MODULE_H
#define NGX_HTTP_FOOBAR_MODULE_H


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "foobar_negotiate.h"
#include "foobar_route.h"
#include "foobar_route_request.h"
#include "foobar_trace.h"
#include "ngx_http_foobar_zone.h"


/*
 * Differences between the versions of nginx, 1.22 to 1.31, stand here.
 *
 * 1.23.0: headers of one name are linked by a member of their own; those
 *         of Cache-Control were an array before.
 *
 * And what can be left out of nginx when it is built:
 *
 * gzip: with gzip_vary, it is nginx that writes Vary: Accept-Encoding.
 */

#if (nginx_version < 1022000)
#error "ngx_http_foobar_module needs nginx 1.22.0 or newer"
#endif

#if (nginx_version >= 1023000)
#define ngx_http_foobar_header_single(h) (h)->next = NULL
#define ngx_http_foobar_has_cache_control(r) \
    ((r)->headers_out.cache_control != NULL)
#define ngx_http_foobar_keep_cache_control(r, h) \
    ((r)->headers_out.cache_control = (h), NGX_OK)
#else
#define ngx_http_foobar_header_single(h) (void) (h)
#define ngx_http_foobar_has_cache_control(r) \
    ((r)->headers_out.cache_control.nelts != 0)

static ngx_inline ngx_int_t
ngx_http_foobar_keep_cache_control(ngx_http_request_t *r, ngx_table_elt_t *h)
{
    ngx_array_t *a = &r->headers_out.cache_control;

    /* room for one, as ngx_array_init() makes it for more */

    a->elts = ngx_palloc(r->pool, sizeof(ngx_table_elt_t *));
    if (a->elts == NULL) {
        return NGX_ERROR;
    }

    a->nelts = 1;
    a->size = sizeof(ngx_table_elt_t *);
    a->nalloc = 1;
    a->pool = r->pool;

    *(ngx_table_elt_t **) a->elts = h;

    return NGX_OK;
}
#endif

#if (NGX_HTTP_GZIP)
#define ngx_http_foobar_nginx_varies(r)                          \
    (((ngx_http_core_loc_conf_t *) ngx_http_get_module_loc_conf( \
          r, ngx_http_core_module))                              \
         ->gzip_vary                                             \
     && ((r)->gzip_vary = 1))
#else
#define ngx_http_foobar_nginx_varies(r) 0
#endif


typedef struct {
    ngx_str_t file;
    struct foobar_routes *routes;
} ngx_http_foobar_table_t;


typedef struct {
    ngx_array_t tables; /* ngx_http_foobar_table_t, one a route file */
    ngx_http_foobar_zone_t zone;

    /* of nginx's FastCGI module: its number, and offsets in its loc conf */
    struct {
        ngx_uint_t index;
        ngx_uint_t request_buffering; /* ngx_flag_t */
        ngx_uint_t pass_request_body; /* ngx_flag_t */
    } fastcgi;

    ngx_uint_t no_openat2; /* learnt by each worker from its kernel */
} ngx_http_foobar_main_conf_t;


typedef struct {
    ngx_str_t name;
    ngx_str_t exten; /* "html" of index.html, for its type */
} ngx_http_foobar_index_t;


/* What the directives about files say: ngx_http_foobar_files.c */
typedef struct {
    ngx_flag_t enable; /* foobar_files */
    ngx_flag_t cache_control;
    ngx_array_t *index; /* ngx_http_foobar_index_t; empty: off */

    ngx_array_t *precompressed;  /* enum foobar_coding; empty: off */
    enum foobar_coding *codings; /* what is offered by it, or by gzip_static */
    ngx_uint_t coding_count;

    size_t reserve; /* bytes that may be put behind the path of a URI */
} ngx_http_foobar_files_conf_t;


typedef struct {
    struct foobar_routes *routes; /* NULL: foobar_routes off */
    ngx_uint_t trailing_slash;    /* of ngx_http_foobar_slash_e */

    /* foobar_maintenance; NULL: off */
    ngx_http_complex_value_t *maintenance;

    /*
     * The content handler that foobar_pass set; NULL: no foobar_pass. When
     * a request has another content handler, by an "if" for example, then
     * it is none of our business.
     */
    ngx_http_handler_pt handler;

    /* whom foobar_pass asks; NULL if handler is */
    ngx_http_foobar_app_ref_t *app;

    /* of foobar_status: an enum foobar_format, or this */
#define NGX_HTTP_FOOBAR_STATUS_ACCEPT FOOBAR_FORMATS
    ngx_uint_t status_format;

    ngx_array_t *trusted; /* ngx_cidr_t; NULL: nobody */
    ngx_uint_t in_flight; /* most requests with the application; 0: any */
    time_t retry_after;   /* seconds; 0: nothing is said */

    ngx_http_foobar_files_conf_t files;
} ngx_http_foobar_loc_conf_t;


/* For ngx_http_foobar_metrics.c: how a request began. */
typedef struct {
    struct foobar_class *class; /* NULL: nothing was decided */

    const struct foobar_routes *routes;
    ngx_str_t uri;
    ngx_uint_t method;

    ngx_uint_t first_state; /* in r->upstream_states, if it was passed */

    unsigned noted : 1;
    unsigned passed : 1; /* to the application */
} ngx_http_foobar_count_t;


typedef enum {
    NGX_HTTP_FOOBAR_SLASH_OFF = 0,
    NGX_HTTP_FOOBAR_SLASH_REDIRECT
} ngx_http_foobar_slash_e;


/* What the module decided; $foobar_action says it. */

typedef enum {
    NGX_HTTP_FOOBAR_UNDECIDED = 0,
    NGX_HTTP_FOOBAR_FILE,
    NGX_HTTP_FOOBAR_PASS,
    NGX_HTTP_FOOBAR_REDIRECT,
    NGX_HTTP_FOOBAR_OPTIONS,
    NGX_HTTP_FOOBAR_REFUSED
} ngx_http_foobar_action_e;


/* Where a request came from: the same for all its subrequests. */
typedef struct {
    ngx_str_t request_id; /* empty: none of this was found out yet */
    char made_id[FOOBAR_REQUEST_ID_LENGTH];
    struct foobar_trace trace;
    ngx_str_t tracestate;
    int64_t arrival; /* in milliseconds */
} ngx_http_foobar_origin_t;


/* A request on its way to the application, see ngx_http_foobar_forward.c. */
typedef struct {
    ngx_atomic_t *place; /* where it is counted; NULL: it is not */

    /* the functions of nginx's FastCGI client that ours stand for */
    ngx_int_t (*create_request)(ngx_http_request_t *r);
    ngx_int_t (*reinit_request)(ngx_http_request_t *r);
    void (*finalize_request)(ngx_http_request_t *r, ngx_int_t rc);

    /* of one that was refused behind a cache, what nginx found there */
    ngx_uint_t cache_status;
    ngx_uint_t use_stale;
} ngx_http_foobar_forward_t;

/* A file that a URI maps to. */
typedef struct {
    ngx_str_t path; /* NUL behind it */
    size_t root;    /* up to here it is the root, and a slash; 0: no root */
    ngx_open_file_info_t of;
} ngx_http_foobar_file_t;


/*
 * What is remembered of a request. Each has one, also each static file: so
 * its members stand in two parts, and only those of the first begin as zero.
 */
typedef struct {
    ngx_http_request_t *request; /* a pool serves subrequests too */

    /* the routes of `match`; NULL: none matched yet */
    const struct foobar_routes *routes;

    ngx_http_foobar_action_e action; /* the first one stays */

    /* the route that takes the body, if it has a limit, and what came of it */
    const struct foobar_route *body_route;
    uint64_t body_received;

    /* of the location with foobar_pass that it was in last; 0: in none */
    time_t retry_after;

    /* nginx's, that wrote to the error log before; NULL: it still does */
    ngx_http_log_handler_pt log_handler;

    /* what it is counted as */
    ngx_http_foobar_count_t count;

    /* zero up to here, and below where it says so */

    ngx_pool_cleanup_t cleanup;

    /* the route that it matched last */
    ngx_str_t uri; /* values of the match point into it */
    ngx_uint_t method;
    struct foobar_match match; /* its route begins as NULL */

    /* of the request from outside only */
    ngx_http_foobar_origin_t origin; /* its request_id begins as empty */

    ngx_http_foobar_forward_t forward; /* its place begins as NULL */

    /* the file that is sent, or its twin in another coding */
    ngx_http_foobar_file_t file;
    enum foobar_coding coding;
    time_t modified;   /* the file, also when its twin is sent */
    ngx_uint_t varies; /* there is a twin, so Vary must say it */
} ngx_http_foobar_ctx_t;


/*
 * What is remembered of a request: NULL if nothing was yet, and after
 * ngx_http_foobar_make_ctx() if there is no memory. Both are at the end of
 * this file, and leave what is not the usual case to these two.
 */
ngx_http_foobar_ctx_t *ngx_http_foobar_find_ctx(ngx_http_request_t *r);
ngx_http_foobar_ctx_t *ngx_http_foobar_create_ctx(ngx_http_request_t *r);

/* The handler of the PRECONTENT phase. */
ngx_int_t ngx_http_foobar_handler(ngx_http_request_t *r);

/* The match of a request as its variables see it; NULL: no route. */
const struct foobar_match *ngx_http_foobar_match(ngx_http_request_t *r);

/* The bit in a route of a method of nginx; 0: no route can list it. */
unsigned ngx_http_foobar_method(ngx_uint_t method);

/* A header of the answer; NULL if there is none of this name. */
ngx_table_elt_t *ngx_http_foobar_find_header(ngx_http_request_t *r,
                                             ngx_str_t *name);

/* Sets the header Allow; of `methods`, and of OPTIONS if that is said. */
ngx_int_t ngx_http_foobar_set_allow(ngx_http_request_t *r, unsigned methods,
                                    ngx_uint_t options);

#define ngx_http_foobar_files_conf(r)                               \
    (&((ngx_http_foobar_loc_conf_t *) ngx_http_get_module_loc_conf( \
           r, ngx_http_foobar_module))                              \
          ->files)

/*
 * The status of a redirect, when only the slash at the end of the URI is wrong;
 * NGX_DECLINED when it is not.
 */
ngx_int_t ngx_http_foobar_redirect_slash(ngx_http_request_t *r,
                                         const struct foobar_routes *routes,
                                         unsigned method);

/*
 * The status of a redirect to the log-in, for who certainly is no member;
 * NGX_DECLINED for all others.
 */
ngx_int_t ngx_http_foobar_redirect_login(ngx_http_request_t *r,
                                         const struct foobar_login *login);

/*
 * Sets the limit of the body that the application will read: the route's. The
 * status is 413 when the body is said to be longer; else NGX_DECLINED.
 */
ngx_int_t ngx_http_foobar_limit_body(ngx_http_request_t *r,
                                     ngx_http_foobar_ctx_t *ctx,
                                     const struct foobar_route *route);
ngx_int_t ngx_http_foobar_init_body_filter(ngx_conf_t *cf);

/* Warns of a route whose limit client_max_body_size will never let it reach. */
void ngx_http_foobar_check_body_limits(ngx_conf_t *cf,
                                       const struct foobar_routes *routes);

/* NGX_DECLINED, or 503 while the file of foobar_maintenance exists. */
ngx_int_t ngx_http_foobar_test_maintenance(ngx_http_request_t *r,
                                           ngx_http_complex_value_t *file);

/* The directive foobar_maintenance. */
char *ngx_http_foobar_maintenance(ngx_conf_t *cf, ngx_command_t *cmd,
                                  void *conf);

/*
 * NGX_OK: the URI is a file, and the content handler that will send it is
 * set. NGX_DECLINED: it is no file. Otherwise: a status, of an error or of
 * the redirect to a folder.
 */
ngx_int_t ngx_http_foobar_static(ngx_http_request_t *r,
                                 ngx_http_foobar_ctx_t *ctx);

/* That content handler; whoever has it gets a file. */
ngx_int_t ngx_http_foobar_send_file(ngx_http_request_t *r);

/*
 * Opens a file below its root, or only looks at it if that is less work.
 * NGX_OK: `of` says what it is; a file that was opened has a descriptor, and
 * is closed with the request. NGX_DECLINED: there is none. Otherwise: the
 * status of an error, which was logged.
 */
ngx_int_t ngx_http_foobar_open_file(ngx_http_request_t *r,
                                    ngx_http_foobar_file_t *file,
                                    ngx_uint_t look_only);

/* The directives foobar_index and foobar_precompressed. */
char *ngx_http_foobar_index(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
char *ngx_http_foobar_precompressed(ngx_conf_t *cf, ngx_command_t *cmd,
                                    void *conf);
void ngx_http_foobar_init_files(ngx_http_foobar_files_conf_t *conf);
char *ngx_http_foobar_merge_files(ngx_conf_t *cf,
                                  const ngx_http_foobar_files_conf_t *prev,
                                  ngx_http_foobar_files_conf_t *conf);

/* Directives of other modules of nginx are found by their names; or NULL. */
ngx_module_t *ngx_http_foobar_find_module(ngx_conf_t *cf, const char *name);
ngx_command_t *ngx_http_foobar_find_command(ngx_module_t *module,
                                            const char *name);

/* The directive foobar_pass; its `conf` is ours. */
char *ngx_http_foobar_pass(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);

/* The directive foobar_status. */
char *ngx_http_foobar_status(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);

/* The classes of these routes are counted from now on. */
ngx_int_t ngx_http_foobar_want_classes(ngx_conf_t *cf,
                                       const struct foobar_routes *routes);

/*
 * A request is noted when its location is settled (a handler of PREACCESS),
 * gets its class by the first decision (`rc`, of ngx_http_foobar_handler()),
 * and is counted when it is logged.
 */
ngx_int_t ngx_http_foobar_note(ngx_http_request_t *r);
void ngx_http_foobar_decided(ngx_http_request_t *r, ngx_http_foobar_ctx_t *ctx,
                             ngx_int_t rc);
ngx_int_t ngx_http_foobar_count(ngx_http_request_t *r);
/* The directives foobar_trust and foobar_in_flight; `conf` is ours. */
char *ngx_http_foobar_trust(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
char *ngx_http_foobar_limit(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);

/* The ids are known, and stand in the error log from now on. */
ngx_int_t ngx_http_foobar_trace(ngx_http_request_t *r);

/* A path as it may stand in the error log: without control characters. */
ngx_str_t *ngx_http_foobar_printable(ngx_http_request_t *r, ngx_str_t *path);

/* The variables of ids and of the arrival; `data` says which one. */
#define NGX_HTTP_FOOBAR_REQUEST_ID 0
#define NGX_HTTP_FOOBAR_TRACE_ID 1
#define NGX_HTTP_FOOBAR_TRACEPARENT 2
#define NGX_HTTP_FOOBAR_TRACESTATE 3
#define NGX_HTTP_FOOBAR_ARRIVAL 4

ngx_int_t ngx_http_foobar_origin_variable(ngx_http_request_t *r,
                                          ngx_http_variable_value_t *v,
                                          uintptr_t data);

/* Adds a handler of a phase: it runs before those that were added before. */
ngx_int_t ngx_http_foobar_add_handler(ngx_conf_t *cf, ngx_http_phases phase,
                                      ngx_http_handler_pt handler);

/* What is not answered here is forwarded when its content is made. */
ngx_int_t ngx_http_foobar_take_charge(ngx_http_request_t *r);

/* Puts the handler and the header filter of forwarding into their places. */
ngx_int_t ngx_http_foobar_forward_init(ngx_conf_t *cf);

/* The request is with the application no more, if it was. */
void ngx_http_foobar_leave(ngx_http_foobar_ctx_t *ctx);


extern ngx_module_t ngx_http_foobar_module;
extern ngx_module_t ngx_http_foobar_cache_module;


/* A new header of the answer, whose value is to be set; or NULL. */

static ngx_inline ngx_table_elt_t *
ngx_http_foobar_add_header(ngx_http_request_t *r, const char *key)
{
    ngx_table_elt_t *h;

    h = ngx_list_push(&r->headers_out.headers);
    if (h == NULL) {
        return NULL;
    }

    h->hash = 1;
    ngx_http_foobar_header_single(h);
    h->key.data = (u_char *) key;
    h->key.len = ngx_strlen(key);

    return h;
}


/* The same with its value. */

static ngx_inline ngx_int_t
ngx_http_foobar_add_text(ngx_http_request_t *r, const char *key,
                         const char *value)
{
    ngx_table_elt_t *h;

    h = ngx_http_foobar_add_header(r, key);
    if (h == NULL) {
        return NGX_ERROR;
    }

    h->value.data = (u_char *) value;
    h->value.len = ngx_strlen(value);

    return NGX_OK;
}


static ngx_inline ngx_http_foobar_ctx_t *
ngx_http_foobar_get_ctx(ngx_http_request_t *r)
{
    ngx_http_foobar_ctx_t *ctx;

    ctx = ngx_http_get_module_ctx(r, ngx_http_foobar_module);

    return ctx ? ctx : ngx_http_foobar_find_ctx(r);
}


static ngx_inline ngx_http_foobar_ctx_t *
ngx_http_foobar_make_ctx(ngx_http_request_t *r)
{
    ngx_http_foobar_ctx_t *ctx;

    ctx = ngx_http_get_module_ctx(r, ngx_http_foobar_module);

    return ctx ? ctx : ngx_http_foobar_create_ctx(r);
}


#endif /* NGX_HTTP_FOOBAR_MODULE_H */
