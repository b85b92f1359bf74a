
/*
 * What the module remembers of a request, from the first of its handlers or
 * variables that is asked until the request is logged.
 */


#include "ngx_http_foobar_module.h"


static void ngx_http_foobar_cleanup(void *data);


/*
 * nginx clears the contexts of all modules when it redirects a request
 * inside. Ours is also the data of a cleanup, and can be found there: by its
 * request, because subrequests share the pool.
 */

ngx_http_foobar_ctx_t *
ngx_http_foobar_find_ctx(ngx_http_request_t *r)
{
    ngx_pool_cleanup_t *cln;
    ngx_http_foobar_ctx_t *ctx;

    if (!r->internal && !r->filter_finalize) {
        return NULL;
    }

    for (cln = r->pool->cleanup; cln; cln = cln->next) {
        if (cln->handler != ngx_http_foobar_cleanup) {
            continue;
        }

        ctx = cln->data;

        if (ctx->request == r) {
            ngx_http_set_ctx(r, ctx, ngx_http_foobar_module);
            return ctx;
        }
    }

    return NULL;
}


/*
 * The cleanup is a part of the context, and not asked for from the pool: it
 * is one piece of memory less for each request.
 */

ngx_http_foobar_ctx_t *
ngx_http_foobar_create_ctx(ngx_http_request_t *r)
{
    ngx_http_foobar_ctx_t *ctx;

    ctx = ngx_http_foobar_find_ctx(r);
    if (ctx) {
        return ctx;
    }

    ctx = ngx_palloc(r->pool, sizeof(ngx_http_foobar_ctx_t));
    if (ctx == NULL) {
        return NULL;
    }

    ngx_memzero(ctx, offsetof(ngx_http_foobar_ctx_t, cleanup));

    ctx->request = r;
    ctx->match.route = NULL;
    ctx->origin.request_id.len = 0;
    ctx->forward.place = NULL;

    ctx->cleanup.handler = ngx_http_foobar_cleanup;
    ctx->cleanup.data = ctx;
    ctx->cleanup.next = r->pool->cleanup;

    r->pool->cleanup = &ctx->cleanup;

    ngx_http_set_ctx(r, ctx, ngx_http_foobar_module);

    return ctx;
}


/*
 * Marks our cleanup in the pool's list; the memory is the pool's own. A place
 * with the application that nobody gave back goes back here.
 */

static void
ngx_http_foobar_cleanup(void *data)
{
    ngx_http_foobar_leave(data);
}
