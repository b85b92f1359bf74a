
/*
 * Requests on their way to the application: how many there are, the limit
 * that foobar_in_flight sets, and what a visitor hears when there is no
 * answer (Retry-After with each 503).
 *
 * A request has a place from the moment when its body was read (a slow upload
 * holds none) until nginx is done with the application (a slow reader of a
 * buffered answer holds none). A page that fastcgi_cache has needs no place.
 *
 *     PRECONTENT   we become the content handler of what is to be forwarded
 *     content      read the body; fastcgi_request_buffering off: at once
 *     body read    nginx's FastCGI client is called, and held back before it
 *                  begins (r->aio: "wait"); the functions that it has put
 *                  into r->upstream are replaced by ours; it goes on
 *     begin        take a place, or 503; behind a cache: only if it must ask
 *     finalize     give the place back
 *     cleanup      give it back if some error went another way
 *
 * Retries over fastcgi_next_upstream keep the place. X-Accel-Redirect is the
 * end of one request to the application, perhaps followed by another.
 */


#include "ngx_http_foobar_module.h"


#define NGX_HTTP_FOOBAR_IN_FLIGHT_MAX 1000000
#define NGX_HTTP_FOOBAR_LOOK_EVERY 100    /* milliseconds */
#define NGX_HTTP_FOOBAR_REPORT_EVERY 1000 /* milliseconds */


static void ngx_http_foobar_stop_timers(void *data);
static ngx_int_t ngx_http_foobar_arrive(ngx_http_request_t *r);
static ngx_int_t ngx_http_foobar_forward(ngx_http_request_t *r);
static ngx_uint_t ngx_http_foobar_is_unbuffered(ngx_http_request_t *r);
static void ngx_http_foobar_body_was_read(ngx_http_request_t *r);
static ngx_int_t ngx_http_foobar_begin(ngx_http_request_t *r);
static ngx_int_t ngx_http_foobar_enter(ngx_http_request_t *r);
static ngx_uint_t ngx_http_foobar_is_full(ngx_http_foobar_shared_t *shared,
                                          ngx_http_foobar_app_ref_t *app,
                                          ngx_uint_t limit);
static void ngx_http_foobar_report(ngx_http_request_t *r);
static void ngx_http_foobar_report_rest(ngx_event_t *ev);
static void ngx_http_foobar_finalize_request(ngx_http_request_t *r,
                                             ngx_int_t rc);
static ngx_int_t ngx_http_foobar_header_filter(ngx_http_request_t *r);

#if (NGX_HTTP_CACHE)
static void ngx_http_foobar_adopt(ngx_http_request_t *r,
                                  ngx_http_handler_pt handler);
static ngx_int_t ngx_http_foobar_create_request(ngx_http_request_t *r);
static ngx_int_t ngx_http_foobar_refuse(ngx_http_request_t *r);
static ngx_int_t ngx_http_foobar_init_nobody(ngx_http_request_t *r,
                                             ngx_http_upstream_srv_conf_t *us);
static ngx_int_t ngx_http_foobar_get_nobody(ngx_peer_connection_t *pc,
                                            void *data);
static ngx_int_t ngx_http_foobar_refused(ngx_http_request_t *r);
#endif


static ngx_http_output_header_filter_pt ngx_http_foobar_next_header_filter;


char *
ngx_http_foobar_limit(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_foobar_loc_conf_t *flcf = conf;

    ngx_int_t n;
    ngx_str_t *value;

    if (flcf->in_flight != NGX_CONF_UNSET_UINT) {
        return "is duplicate";
    }

    value = cf->args->elts;

    if (ngx_strcmp(value[1].data, "off") == 0) {
        flcf->in_flight = 0;
        return NGX_CONF_OK;
    }

    n = ngx_atoi(value[1].data, value[1].len);

    if (n < 1 || n > NGX_HTTP_FOOBAR_IN_FLIGHT_MAX) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"%V\" is no number of requests: write 1 to %d, "
                           "or off",
                           &value[1], NGX_HTTP_FOOBAR_IN_FLIGHT_MAX);
        return NGX_CONF_ERROR;
    }

    flcf->in_flight = (ngx_uint_t) n;

    return NGX_CONF_OK;
}


/*
 * nginx runs the handlers of a phase from the last to the first: this one runs
 * before any "if" or "return" of a location.
 */

ngx_int_t
ngx_http_foobar_forward_init(ngx_conf_t *cf)
{
    ngx_pool_cleanup_t *cln;

    if (ngx_http_foobar_add_handler(cf, NGX_HTTP_REWRITE_PHASE,
                                    ngx_http_foobar_arrive)
        != NGX_OK) {
        return NGX_ERROR;
    }

    cln = ngx_pool_cleanup_add(cf->pool, 0);
    if (cln == NULL) {
        return NGX_ERROR;
    }

    cln->handler = ngx_http_foobar_stop_timers;
    cln->data = ngx_http_conf_get_module_main_conf(cf, ngx_http_foobar_module);

    ngx_http_foobar_next_header_filter = ngx_http_top_header_filter;
    ngx_http_top_header_filter = ngx_http_foobar_header_filter;

    return NGX_OK;
}


/* A configuration ends, and its memory with it. */

static void
ngx_http_foobar_stop_timers(void *data)
{
    ngx_http_foobar_main_conf_t *fmcf = data;

    ngx_uint_t i;
    ngx_http_foobar_app_ref_t **apps;

    apps = fmcf->zone.apps.elts;

    for (i = 0; i < fmcf->zone.apps.nelts; i++) {
        if (apps[i]->gate.timer.timer_set) {
            ngx_del_timer(&apps[i]->gate.timer);
        }
    }
}


/* The request is in a location with foobar_pass. */

static ngx_int_t
ngx_http_foobar_arrive(ngx_http_request_t *r)
{
    ngx_http_foobar_ctx_t *ctx;
    ngx_http_foobar_loc_conf_t *flcf;

    flcf = ngx_http_get_module_loc_conf(r, ngx_http_foobar_module);

    if (flcf->handler == NULL) {
        return NGX_DECLINED;
    }

    ctx = ngx_http_foobar_make_ctx(r);

    if (ctx == NULL || ngx_http_foobar_trace(r) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ctx->retry_after = flcf->retry_after;

    return NGX_DECLINED;
}


/* An "if" may have brought foobar_pass, so it arrives here again. */

ngx_int_t
ngx_http_foobar_take_charge(ngx_http_request_t *r)
{
    r->content_handler = ngx_http_foobar_forward;

    return ngx_http_foobar_arrive(r);
}


static ngx_int_t
ngx_http_foobar_forward(ngx_http_request_t *r)
{
    ngx_int_t rc;

    if (ngx_http_foobar_is_unbuffered(r)) {
        return ngx_http_foobar_begin(r);
    }

    rc = ngx_http_read_client_request_body(r, ngx_http_foobar_body_was_read);

    if (rc >= NGX_HTTP_SPECIAL_RESPONSE) {
        return rc;
    }

    return NGX_DONE;
}


/* fastcgi_request_buffering off: the body is sent on while it comes. */

static ngx_uint_t
ngx_http_foobar_is_unbuffered(ngx_http_request_t *r)
{
    u_char *conf;
    ngx_http_foobar_main_conf_t *fmcf;

    fmcf = ngx_http_get_module_main_conf(r, ngx_http_foobar_module);

    conf = r->loc_conf[fmcf->fastcgi.index];

    return !*(ngx_flag_t *) (conf + fmcf->fastcgi.request_buffering)
           && *(ngx_flag_t *) (conf + fmcf->fastcgi.pass_request_body);
}


static void
ngx_http_foobar_body_was_read(ngx_http_request_t *r)
{
    ngx_http_finalize_request(r, ngx_http_foobar_begin(r));
}


/*
 * The FastCGI client makes r->upstream and calls ngx_http_upstream_init(),
 * which does nothing while r->aio is set, and is called again by us.
 */

static ngx_int_t
ngx_http_foobar_begin(ngx_http_request_t *r)
{
    ngx_int_t rc;
    ngx_http_upstream_t *u;
    ngx_http_foobar_ctx_t *ctx;
    ngx_http_foobar_loc_conf_t *flcf;

    ctx = ngx_http_foobar_make_ctx(r);
    if (ctx == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    flcf = ngx_http_get_module_loc_conf(r, ngx_http_foobar_module);

    r->aio = 1;
    rc = flcf->handler(r);
    r->aio = 0;

    if (rc != NGX_DONE) {
        return rc;
    }

    u = r->upstream;

    ctx->forward.finalize_request = u->finalize_request;
    u->finalize_request = ngx_http_foobar_finalize_request;

#if (NGX_HTTP_CACHE)

    if (u->conf->cache) {
        ctx->forward.create_request = u->create_request;
        u->create_request = ngx_http_foobar_create_request;

        ngx_http_upstream_init(r);
        ngx_http_foobar_adopt(r, flcf->handler);

        return NGX_DONE;
    }

#endif

    if (ngx_http_foobar_enter(r) != NGX_OK) {
        r->main->count--; /* the FastCGI client has counted itself */
        return NGX_HTTP_SERVICE_UNAVAILABLE;
    }

    ngx_http_upstream_init(r);

    return NGX_DONE;
}


/*
 * Takes a place; NGX_BUSY: there is none.
 *
 * Each process counts in a number of its own, so that one that is killed can
 * be told from the others. With a limit, the sum and the step are taken under
 * the zone's lock: two requests that want the last place must not both get
 * it, and must not both be refused. (nginx opens the lock of a process that
 * dies with it.)
 */

static ngx_int_t
ngx_http_foobar_enter(ngx_http_request_t *r)
{
    ngx_atomic_t *place;
    ngx_slab_pool_t *shpool;
    ngx_http_foobar_ctx_t *ctx;
    ngx_http_foobar_zone_t *zone;
    ngx_http_foobar_loc_conf_t *flcf;
    ngx_http_foobar_main_conf_t *fmcf;

    ctx = ngx_http_foobar_get_ctx(r);
    flcf = ngx_http_get_module_loc_conf(r, ngx_http_foobar_module);
    fmcf = ngx_http_get_module_main_conf(r, ngx_http_foobar_module);

    zone = &fmcf->zone;
    place = &flcf->app->record->in_flight[ngx_process_slot];

    ngx_http_foobar_leave(ctx);

    if (flcf->in_flight == 0) {
        (void) ngx_atomic_fetch_add(place, 1);

    } else {
        shpool = (ngx_slab_pool_t *) zone->shm_zone->shm.addr;

        ngx_shmtx_lock(&shpool->mutex);

        if (ngx_http_foobar_is_full(zone->shared, flcf->app, flcf->in_flight)) {
            ngx_shmtx_unlock(&shpool->mutex);

            (void) ngx_atomic_fetch_add(&flcf->app->record->refused, 1);
            ngx_http_foobar_report(r);

            ctx->action = NGX_HTTP_FOOBAR_REFUSED;

            return NGX_BUSY;
        }

        (void) ngx_atomic_fetch_add(place, 1);

        ngx_shmtx_unlock(&shpool->mutex);
    }

    ctx->forward.place = place;

    return NGX_OK;
}


void
ngx_http_foobar_leave(ngx_http_foobar_ctx_t *ctx)
{
    if (ctx->forward.place) {
        (void) ngx_atomic_fetch_add(ctx->forward.place, -1);
        ctx->forward.place = NULL;
    }
}


/*
 * What a killed process has left counts until its slot is taken over, which
 * may be at the next reload. So when all places are taken, it is asked who
 * lives: now and then, and each time while there are such remains.
 */

static ngx_uint_t
ngx_http_foobar_is_full(ngx_http_foobar_shared_t *shared,
                        ngx_http_foobar_app_ref_t *app, ngx_uint_t limit)
{
    ngx_uint_t all, living;

    all = ngx_http_foobar_in_flight(shared, app->record, 0);

    if (all < limit) {
        return 0;
    }

    if (!app->gate.deaths
        && ngx_current_msec - app->gate.looked < NGX_HTTP_FOOBAR_LOOK_EVERY) {
        return 1;
    }

    living = ngx_http_foobar_in_flight(shared, app->record, 1);

    app->gate.looked = ngx_current_msec;
    app->gate.deaths = living < all;

    return living >= limit;
}


/* One line at once, and then one a second, however many are refused. */

static void
ngx_http_foobar_report(ngx_http_request_t *r)
{
    ngx_event_t *timer;
    ngx_http_core_loc_conf_t *clcf;
    ngx_http_foobar_app_ref_t *app;
    ngx_http_foobar_loc_conf_t *flcf;

    flcf = ngx_http_get_module_loc_conf(r, ngx_http_foobar_module);

    app = flcf->app;
    timer = &app->gate.timer;

    if (timer->timer_set) {
        app->gate.unsaid++;
        return;
    }

    ngx_log_error(NGX_LOG_WARN, r->connection->log, 0,
                  "a request was refused: \"%V\" has as many in flight as "
                  "foobar_in_flight allows, %ui",
                  &app->name, flcf->in_flight);

    clcf = ngx_http_get_module_loc_conf(r, ngx_http_core_module);

    app->gate.log = clcf->error_log;

    timer->handler = ngx_http_foobar_report_rest;
    timer->data = app;
    timer->log = ngx_cycle->log;
    timer->cancelable = 1;

    ngx_add_timer(timer, NGX_HTTP_FOOBAR_REPORT_EVERY);
}


static void
ngx_http_foobar_report_rest(ngx_event_t *ev)
{
    ngx_http_foobar_app_ref_t *app = ev->data;

    if (app->gate.unsaid == 0) {
        return;
    }

    ngx_log_error(NGX_LOG_WARN, app->gate.log, 0,
                  "%ui more requests were refused within a second: \"%V\" has "
                  "as many in flight as foobar_in_flight allows",
                  app->gate.unsaid, &app->name);

    app->gate.unsaid = 0;

    ngx_add_timer(ev, NGX_HTTP_FOOBAR_REPORT_EVERY);
}


static void
ngx_http_foobar_finalize_request(ngx_http_request_t *r, ngx_int_t rc)
{
    ngx_http_foobar_ctx_t *ctx;

    ctx = ngx_http_foobar_get_ctx(r);

    if (ctx) {
        ngx_http_foobar_leave(ctx);
        ctx->forward.finalize_request(r, rc);
    }
}


#if (NGX_HTTP_CACHE)

/*
 * A page may be served stale while nginx asks for a new one in the background
 * (fastcgi_cache_background_update), by a subrequest that begins where this
 * one is, behind the phase in which we took charge. It needs a place as well.
 */

static void
ngx_http_foobar_adopt(ngx_http_request_t *r, ngx_http_handler_pt handler)
{
    ngx_http_request_t *sr;
    ngx_http_posted_request_t *pr;

    for (pr = r->main->posted_requests; pr; pr = pr->next) {
        sr = pr->request;

        if (sr->background && sr->parent == r
            && sr->content_handler == handler) {
            sr->content_handler = ngx_http_foobar_forward;
        }
    }
}


/*
 * Behind a cache. nginx creates the request to the application when it has
 * looked into the cache and must ask: now a place is needed. But at this
 * point it knows no other failure than 500. So a request that is refused
 * goes on to an upstream of nobody, which declines; and as nginx then thinks
 * that a page in its cache has expired, it asks how to serve that one, and
 * takes a status for an answer.
 *
 * If there really is an expired page, and fastcgi_cache_use_stale allows it
 * for errors, it is served.
 */

static ngx_int_t
ngx_http_foobar_create_request(ngx_http_request_t *r)
{
    ngx_http_foobar_ctx_t *ctx;

    ctx = ngx_http_foobar_get_ctx(r);

    if (ngx_http_foobar_enter(r) != NGX_OK) {
        return ngx_http_foobar_refuse(r);
    }

    return ctx->forward.create_request(r);
}


static ngx_int_t
ngx_http_foobar_refuse(ngx_http_request_t *r)
{
    ngx_http_upstream_t *u;
    ngx_http_foobar_ctx_t *ctx;
    ngx_http_upstream_conf_t *conf;

    static ngx_http_upstream_srv_conf_t nobody = {
        .peer = {.init = ngx_http_foobar_init_nobody},
    };

    ctx = ngx_http_foobar_get_ctx(r);
    u = r->upstream;

    conf = ngx_palloc(r->pool, sizeof(ngx_http_upstream_conf_t));
    if (conf == NULL) {
        return NGX_ERROR;
    }

    *conf = *u->conf;
    conf->upstream = &nobody;
    conf->next_upstream = 0;
    conf->cache_use_stale = NGX_HTTP_UPSTREAM_FT_ERROR;

    ctx->forward.use_stale = u->conf->cache_use_stale;
    ctx->forward.cache_status = u->cache_status;
    ctx->forward.reinit_request = u->reinit_request;

    u->conf = conf;
    u->resolved = NULL;
    u->cache_status = NGX_HTTP_CACHE_EXPIRED;
    u->reinit_request = ngx_http_foobar_refused;

    return NGX_OK;
}


static ngx_int_t
ngx_http_foobar_init_nobody(ngx_http_request_t *r,
                            ngx_http_upstream_srv_conf_t *us)
{
    static ngx_str_t name = ngx_string("nobody");

    r->upstream->peer.get = ngx_http_foobar_get_nobody;
    r->upstream->peer.name = &name;
    r->upstream->peer.tries = 1;

    return NGX_OK;
}


static ngx_int_t
ngx_http_foobar_get_nobody(ngx_peer_connection_t *pc, void *data)
{
    return NGX_DECLINED;
}


/* Nobody was asked, so nobody stands among $upstream_addr and the like. */

static ngx_int_t
ngx_http_foobar_refused(ngx_http_request_t *r)
{
    ngx_http_upstream_t *u;
    ngx_http_foobar_ctx_t *ctx;

    ctx = ngx_http_foobar_get_ctx(r);
    u = r->upstream;

    r->upstream_states->nelts--;
    u->state = NULL;
    u->peer.name = NULL;

    u->cache_status = ctx->forward.cache_status;
    u->reinit_request = ctx->forward.reinit_request;

    if (u->cache_status == NGX_HTTP_CACHE_EXPIRED
        && ((ctx->forward.use_stale & NGX_HTTP_UPSTREAM_FT_ERROR)
            || r->cache->stale_error)) {
        return u->reinit_request(r);
    }

    return NGX_HTTP_SERVICE_UNAVAILABLE;
}

#endif


/*
 * Each 503 of a request that was to be forwarded says when to come again,
 * whoever made it: maintenance, a limit, the application, or an error_page
 * that turns 502 into it.
 */

static ngx_int_t
ngx_http_foobar_header_filter(ngx_http_request_t *r)
{
    static ngx_str_t retry_after = ngx_string("Retry-After");

    u_char *value;
    ngx_table_elt_t *h;
    ngx_http_foobar_ctx_t *ctx;

    if (r->headers_out.status != NGX_HTTP_SERVICE_UNAVAILABLE || r != r->main) {
        return ngx_http_foobar_next_header_filter(r);
    }

    ctx = ngx_http_foobar_get_ctx(r);

    if (ctx == NULL || ctx->retry_after == 0
        || ngx_http_foobar_find_header(r, &retry_after)) {
        return ngx_http_foobar_next_header_filter(r);
    }

    value = ngx_pnalloc(r->pool, NGX_TIME_T_LEN);
    if (value == NULL) {
        return NGX_ERROR;
    }

    h = ngx_http_foobar_add_header(r, "Retry-After");
    if (h == NULL) {
        return NGX_ERROR;
    }

    h->value.data = value;
    h->value.len = ngx_sprintf(value, "%T", ctx->retry_after) - value;

    return ngx_http_foobar_next_header_filter(r);
}
