
/*
 * What the sources of the module share. Each source is one concern:
 *
 *     ngx_http_foobar_module.c   directives, variables, configuration
 *     ngx_http_foobar_ctx.c      what is remembered of a request
 *     ngx_http_foobar_route.c    the handler: a file, a route, or an error
 *     ngx_http_foobar_static.c   is the URI a file?
 *     ngx_http_foobar_pass.c     foobar_pass, by nginx's FastCGI client
 *     ngx_http_foobar_zone.c     what all processes share: counters
 *     ngx_http_foobar_metrics.c  counts requests when they are logged
 *     ngx_http_foobar_status.c   foobar_status, which tells what was counted
 *     foobar_metrics*.c          the counting and telling; no nginx in them
 *     foobar_route.c, _file.c    the route table; knows nothing of nginx
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

    /* of foobar_status: an enum foobar_format, or this */
#define NGX_HTTP_FOOBAR_STATUS_ACCEPT FOOBAR_FORMATS
    ngx_uint_t status_format;
} ngx_http_foobar_loc_conf_t;


/* For ngx_http_foobar_metrics.c: how a request began. */
typedef struct {
    struct foobar_class *class; /* NULL: nothing was decided */

    const struct foobar_routes *routes;
    ngx_str_t uri;
    unsigned method;

    ngx_uint_t first_state; /* in r->upstream_states, if it was passed */

    unsigned noted : 1;
    unsigned passed : 1; /* to the application */
} ngx_http_foobar_count_t;


typedef struct {
    ngx_http_request_t *request; /* a pool serves subrequests too */

    /* the route that it matched last */
    const struct foobar_routes *routes;
    ngx_str_t uri; /* values of the match point into it */
    ngx_uint_t method;
    struct foobar_match match;

    /* what it is counted as */
    ngx_http_foobar_count_t count;
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

/* The bit of its method in a route; 0 for one that no route can list. */
unsigned ngx_http_foobar_method(ngx_http_request_t *r);

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

/* The directive foobar_status. */
char *ngx_http_foobar_status(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);

/*
 * A request is noted when its location is settled (a handler of PREACCESS),
 * gets its class by the first decision, of which `rc` is what nginx was told,
 * and is counted when it is logged.
 */
ngx_int_t ngx_http_foobar_note(ngx_http_request_t *r);
void ngx_http_foobar_decided(ngx_http_request_t *r, ngx_int_t rc);
ngx_int_t ngx_http_foobar_count(ngx_http_request_t *r);


extern ngx_module_t ngx_http_foobar_module;


#endif /* NGX_HTTP_FOOBAR_MODULE_H */
