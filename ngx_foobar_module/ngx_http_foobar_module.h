
/*
 * What the sources of the module share. Each source is one concern:
 *
 *     ngx_http_foobar_module.c   directives, variables, configuration
 *     ngx_http_foobar_ctx.c      what is remembered of a request
 *     ngx_http_foobar_route.c    the handler: a file, a route, or an error
 *     ngx_http_foobar_static.c   is the URI a file?
 *     ngx_http_foobar_pass.c     foobar_pass, by nginx's FastCGI client
 *     ngx_http_foobar_trace.c    ids of a request, and when it arrived
 *     ngx_http_foobar_forward.c  how many are with the application; 503
 *     ngx_http_foobar_zone.c     what all processes share: counters
 *     foobar_route.c, _file.c    the route table; knows nothing of nginx
 *     foobar_trace.c             ids and times in headers; nor does this
 *
 * The module composes with nginx and replaces nothing: it decides, and then
 * nginx's own modules serve the file or forward the request. A location
 * without foobar_pass behaves as if the module were not loaded.
 */


#ifndef NGX_HTTP_FOOBAR_MODULE_H
#define NGX_HTTP_FOOBAR_MODULE_H


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "foobar_route.h"
#include "foobar_trace.h"
#include "ngx_http_foobar_zone.h"


/*
 * Differences between the versions of nginx, 1.22 to 1.31, stand here.
 *
 * 1.23.0: headers of one name are linked by a member of their own.
 */

#if (nginx_version < 1022000)
#error "ngx_http_foobar_module needs nginx 1.22.0 or newer"
#endif

#if (nginx_version >= 1023000)
#define ngx_http_foobar_header_single(h) (h)->next = NULL
#else
#define ngx_http_foobar_header_single(h) (void) (h)
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
} ngx_http_foobar_main_conf_t;


typedef struct {
    struct foobar_routes *routes; /* NULL: foobar_routes off */

    /*
     * The content handler that foobar_pass set; NULL: no foobar_pass. When
     * a request has another content handler, by an "if" for example, then
     * it is none of our business.
     */
    ngx_http_handler_pt handler;

    /* whom foobar_pass asks; NULL if handler is */
    ngx_http_foobar_app_ref_t *app;

    ngx_array_t *trusted; /* ngx_cidr_t; NULL: nobody */
    ngx_uint_t in_flight; /* most requests with the application; 0: any */
    time_t retry_after;   /* seconds; 0: nothing is said */
} ngx_http_foobar_loc_conf_t;


/* Where a request came from: the same for all its subrequests. */
typedef struct {
    ngx_str_t request_id; /* empty: this was not found out yet */
    char made_id[FOOBAR_REQUEST_ID_LENGTH];
    struct foobar_trace trace;
    ngx_str_t tracestate;
    int64_t arrival; /* in milliseconds */

    ngx_http_log_handler_pt log_handler; /* the one before ours */
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


typedef struct {
    ngx_http_request_t *request; /* a pool serves subrequests too */

    /* the route that it matched last */
    const struct foobar_routes *routes;
    ngx_str_t uri; /* values of the match point into it */
    ngx_uint_t method;
    struct foobar_match match;

    /* of the request from outside only */
    ngx_http_foobar_origin_t origin;

    /* of the location with foobar_pass that it was in last; 0: in none */
    time_t retry_after;

    ngx_http_foobar_forward_t forward;
} ngx_http_foobar_ctx_t;


/*
 * What is remembered of a request: NULL if nothing was yet, and after
 * ngx_http_foobar_make_ctx() if there is no memory.
 */
ngx_http_foobar_ctx_t *ngx_http_foobar_get_ctx(ngx_http_request_t *r);
ngx_http_foobar_ctx_t *ngx_http_foobar_make_ctx(ngx_http_request_t *r);

/* The handler of the PRECONTENT phase. */
ngx_int_t ngx_http_foobar_handler(ngx_http_request_t *r);

/* The match of a request as its variables see it; NULL: no route. */
const struct foobar_match *ngx_http_foobar_match(ngx_http_request_t *r);

/* Sets the header Allow; of `methods`, and of OPTIONS if that is said. */
ngx_int_t ngx_http_foobar_set_allow(ngx_http_request_t *r, unsigned methods,
                                    ngx_uint_t options);

/*
 * NGX_OK: the URI is a file, and nginx's static modules will serve it.
 * NGX_DECLINED: it is no file. Otherwise: the status of an error.
 */
ngx_int_t ngx_http_foobar_static(ngx_http_request_t *r);

/* The directive foobar_pass; its `conf` is ours. */
char *ngx_http_foobar_pass(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);

/* The directives foobar_trust and foobar_in_flight; `conf` is ours. */
char *ngx_http_foobar_trust(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
char *ngx_http_foobar_limit(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);

/* The ids are known, and stand in the error log from now on. */
ngx_int_t ngx_http_foobar_trace(ngx_http_request_t *r);

/* The variables of ids and of the arrival; `data` says which one. */
#define NGX_HTTP_FOOBAR_REQUEST_ID 0
#define NGX_HTTP_FOOBAR_TRACE_ID 1
#define NGX_HTTP_FOOBAR_TRACEPARENT 2
#define NGX_HTTP_FOOBAR_TRACESTATE 3
#define NGX_HTTP_FOOBAR_ARRIVAL 4

ngx_int_t ngx_http_foobar_origin_variable(ngx_http_request_t *r,
                                          ngx_http_variable_value_t *v,
                                          uintptr_t data);

/* Puts the handlers and the header filter of forwarding into their places. */
ngx_int_t ngx_http_foobar_forward_init(ngx_conf_t *cf);

/* The request is with the application no more, if it was. */
void ngx_http_foobar_leave(ngx_http_foobar_ctx_t *ctx);


extern ngx_module_t ngx_http_foobar_module;


#endif /* NGX_HTTP_FOOBAR_MODULE_H */
