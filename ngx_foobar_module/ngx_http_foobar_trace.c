
/*
 * The ids of a request and the time of its arrival: made once for a request
 * from outside and all its subrequests, or taken over from a proxy that
 * foobar_trust names. They are variables, and stand in the error log.
 *
 *     $foobar_request_id   X-Request-Id, or 32 digits of our own
 *     $foobar_trace_id     the trace of the header traceparent, or a new one
 *     $foobar_traceparent  the same with an id of our own as the parent
 *     $foobar_tracestate   that of the trace that was taken over, or empty
 *     $foobar_arrival      X-Request-Start, or when nginx saw the first byte
 *
 * A header of anybody else is as if it had not been sent. One that comes
 * twice, or is not well-formed, is not believed either.
 */


#include "ngx_http_foobar_module.h"

#include <sys/random.h>


/* What a proxy may say; NULL: it does not, or says it more than once. */

typedef struct {
    ngx_table_elt_t *request_id;
    ngx_table_elt_t *traceparent;
    ngx_table_elt_t *request_start;
    ngx_str_t tracestate;
} ngx_http_foobar_said_t;


static ngx_uint_t ngx_http_foobar_is_trusted(ngx_http_request_t *r);
static ngx_int_t ngx_http_foobar_listen(ngx_http_request_t *r,
                                        ngx_http_foobar_said_t *said);
static ngx_int_t ngx_http_foobar_join(ngx_http_request_t *r, ngx_str_t *list,
                                      ngx_str_t *value);
static struct foobar_random *ngx_http_foobar_random(void);
static void ngx_http_foobar_make_ids(ngx_http_request_t *r,
                                     ngx_http_foobar_origin_t *origin);
static void ngx_http_foobar_take_over(ngx_http_foobar_origin_t *origin,
                                      ngx_http_foobar_said_t *said);
static ngx_http_foobar_origin_t *ngx_http_foobar_origin(ngx_http_request_t *r);
static u_char *ngx_http_foobar_log_error(ngx_http_request_t *r,
                                         ngx_http_request_t *sr, u_char *buf,
                                         size_t len);


/* Those who may be believed: addresses, networks, and "unix:". */

char *
ngx_http_foobar_trust(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_foobar_loc_conf_t *flcf = conf;

    ngx_int_t rc;
    ngx_str_t *value;
    ngx_uint_t i;
    ngx_cidr_t *cidr;

    if (flcf->trusted == NULL) {
        flcf->trusted = ngx_array_create(cf->pool, 2, sizeof(ngx_cidr_t));
        if (flcf->trusted == NULL) {
            return NGX_CONF_ERROR;
        }
    }

    value = cf->args->elts;

    for (i = 1; i < cf->args->nelts; i++) {
        cidr = ngx_array_push(flcf->trusted);
        if (cidr == NULL) {
            return NGX_CONF_ERROR;
        }

        ngx_memzero(cidr, sizeof(ngx_cidr_t));

        if (ngx_strcmp(value[i].data, "unix:") == 0) {
            cidr->family = AF_UNIX;
            continue;
        }

        rc = ngx_ptocidr(&value[i], cidr);

        if (rc == NGX_ERROR) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "\"%V\" is neither an address, nor a network "
                               "such as 192.0.2.0/24, nor unix:",
                               &value[i]);
            return NGX_CONF_ERROR;
        }

        if (rc == NGX_DONE) {
            ngx_conf_log_error(NGX_LOG_WARN, cf, 0,
                               "the low bits of the address \"%V\" mean "
                               "nothing",
                               &value[i]);
        }
    }

    return NGX_CONF_OK;
}


/*
 * The realip module may have put another address into the connection: that of
 * a visitor, as a header has it. What counts is who really sent the request.
 */

static ngx_uint_t
ngx_http_foobar_is_trusted(ngx_http_request_t *r)
{
    ngx_str_t text;
    ngx_addr_t addr;
    ngx_connection_t *c;
    ngx_http_variable_value_t *vv;
    ngx_http_foobar_loc_conf_t *flcf;

    static ngx_str_t name = ngx_string("realip_remote_addr");
    static struct sockaddr local = {.sa_family = AF_UNIX};

    flcf = ngx_http_get_module_loc_conf(r, ngx_http_foobar_module);

    if (flcf->trusted == NULL) {
        return 0;
    }

    c = r->connection;

    ngx_memzero(&addr, sizeof(ngx_addr_t));
    addr.sockaddr = c->sockaddr;

    vv = ngx_http_get_variable(r, &name, ngx_hash_key(name.data, name.len));

    if (vv && !vv->not_found
        && (vv->len != c->addr_text.len
            || ngx_memcmp(vv->data, c->addr_text.data, vv->len) != 0)) {
        text.len = vv->len;
        text.data = vv->data;

        if (text.len == 5 && ngx_memcmp(text.data, "unix:", 5) == 0) {
            addr.sockaddr = &local;

        } else if (ngx_parse_addr(r->pool, &addr, text.data, text.len)
                   != NGX_OK) {
            return 0;
        }
    }

    return ngx_cidr_match(addr.sockaddr, flcf->trusted) == NGX_OK;
}


static ngx_int_t
ngx_http_foobar_listen(ngx_http_request_t *r, ngx_http_foobar_said_t *said)
{
    ngx_uint_t i, n;
    ngx_list_part_t *part;
    ngx_table_elt_t *h;

    struct {
        ngx_str_t name;
        ngx_table_elt_t **header;
        ngx_uint_t count;
    } headers[] = {
        {ngx_string("x-request-id"), &said->request_id, 0},
        {ngx_string("traceparent"), &said->traceparent, 0},
        {ngx_string("x-request-start"), &said->request_start, 0},
        {ngx_string("tracestate"), NULL, 0},
    };

    for (part = &r->headers_in.headers.part; part; part = part->next) {
        h = part->elts;

        for (i = 0; i < part->nelts; i++) {
            for (n = 0; n < sizeof(headers) / sizeof(headers[0]); n++) {
                if (h[i].key.len != headers[n].name.len
                    || ngx_memcmp(h[i].lowcase_key, headers[n].name.data,
                                  h[i].key.len)
                           != 0) {
                    continue;
                }

                if (headers[n].header) {
                    *headers[n].header = headers[n].count++ ? NULL : &h[i];

                } else if (ngx_http_foobar_join(r, &said->tracestate,
                                                &h[i].value)
                           != NGX_OK) {
                    return NGX_ERROR;
                }
            }
        }
    }

    return NGX_OK;
}


/*
 * A list may come in several headers. Of one that is too long we keep what
 * shows that it is: it is not passed on.
 */

static ngx_int_t
ngx_http_foobar_join(ngx_http_request_t *r, ngx_str_t *list, ngx_str_t *value)
{
    u_char *p;
    size_t len;

    if (list->len == 0 || list->len > FOOBAR_TRACESTATE_MAX) {
        if (list->len == 0) {
            *list = *value;
        }

        return NGX_OK;
    }

    len = list->len + 1 + value->len;

    p = ngx_pnalloc(r->pool, len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    ngx_sprintf(p, "%V,%V", list, value);

    list->data = p;
    list->len = len;

    return NGX_OK;
}


/*
 * A generator for each process, filled from the system once. After a fork the
 * child has another pid and gets numbers of its own.
 */

static struct foobar_random *
ngx_http_foobar_random(void)
{
    static ngx_pid_t owner = NGX_INVALID_PID;
    static struct foobar_random generator;

    if (owner == ngx_pid) {
        return &generator;
    }

    if (getrandom(&generator, sizeof(generator), 0)
        != (ssize_t) sizeof(generator)) {
        ngx_log_error(NGX_LOG_ALERT, ngx_cycle->log, ngx_errno,
                      "getrandom() failed; ids are made from pid and time");

        generator.state[0] = (uint64_t) ngx_pid;
        generator.state[1] = (uint64_t) ngx_time();
        generator.state[2] = (uint64_t) ngx_current_msec;
        generator.state[3] = (uint64_t) ngx_random();
    }

    owner = ngx_pid;

    return &generator;
}


static void
ngx_http_foobar_make_ids(ngx_http_request_t *r,
                         ngx_http_foobar_origin_t *origin)
{
    struct foobar_random *random;

    random = ngx_http_foobar_random();

    foobar_request_id_make(random, origin->made_id);
    foobar_trace_begin(random, &origin->trace);

    origin->request_id.data = (u_char *) origin->made_id;
    origin->request_id.len = FOOBAR_REQUEST_ID_LENGTH;

    ngx_str_null(&origin->tracestate);

    origin->arrival = (int64_t) r->start_sec * 1000 + (int64_t) r->start_msec;
}


/* tracestate belongs to its traceparent: without that it means nothing */

static void
ngx_http_foobar_take_over(ngx_http_foobar_origin_t *origin,
                          ngx_http_foobar_said_t *said)
{
    ngx_str_t *value;
    struct foobar_trace trace;

    if (said->request_id) {
        value = &said->request_id->value;

        if (foobar_request_id_is_valid((char *) value->data, value->len)) {
            origin->request_id = *value;
        }
    }

    if (said->traceparent) {
        value = &said->traceparent->value;

        if (foobar_trace_parse((char *) value->data, value->len, &trace)) {
            foobar_trace_step(ngx_http_foobar_random(), &trace);
            origin->trace = trace;

            value = &said->tracestate;

            if (foobar_tracestate_is_valid((char *) value->data, value->len)) {
                origin->tracestate = *value;
            }
        }
    }

    if (said->request_start) {
        value = &said->request_start->value;

        (void) foobar_arrival_parse((char *) value->data, value->len,
                                    origin->arrival, &origin->arrival);
    }
}


/* NULL: there is no memory */

static ngx_http_foobar_origin_t *
ngx_http_foobar_origin(ngx_http_request_t *r)
{
    ngx_http_foobar_ctx_t *ctx;
    ngx_http_foobar_said_t said;
    ngx_http_foobar_origin_t *origin;

    ctx = ngx_http_foobar_make_ctx(r->main);
    if (ctx == NULL) {
        return NULL;
    }

    origin = &ctx->origin;

    if (origin->request_id.len) {
        return origin;
    }

    ngx_http_foobar_make_ids(r->main, origin);

    if (ngx_http_foobar_is_trusted(r)) {
        ngx_memzero(&said, sizeof(ngx_http_foobar_said_t));

        if (ngx_http_foobar_listen(r, &said) != NGX_OK) {
            return NULL;
        }

        ngx_http_foobar_take_over(origin, &said);
    }

    return origin;
}


/*
 * From the first location with foobar_pass on, the ids stand in all lines of
 * nginx's error log that belong to the request: also in those of subrequests
 * and of the error page to which it is redirected. What a proxy says is found
 * out now, because a line of the log is no place to do that; ids of our own
 * are made when somebody asks, which for a static file may be nobody.
 */

ngx_int_t
ngx_http_foobar_trace(ngx_http_request_t *r)
{
    ngx_http_foobar_ctx_t *ctx;
    ngx_http_foobar_loc_conf_t *flcf;

    ctx = ngx_http_foobar_make_ctx(r->main);
    if (ctx == NULL) {
        return NGX_ERROR;
    }

    flcf = ngx_http_get_module_loc_conf(r, ngx_http_foobar_module);

    if (flcf->trusted && ngx_http_foobar_origin(r) == NULL) {
        return NGX_ERROR;
    }

    if (ctx->log_handler == NULL) {
        ctx->log_handler = r->main->log_handler;

        r->main->log_handler = ngx_http_foobar_log_error;
    }

    return NGX_OK;
}


/*
 * A line of the log has a limit, and the path of a request may be longer: so
 * nginx's part gets less room than there is, and the ids are never cut off.
 */

static u_char *
ngx_http_foobar_log_error(ngx_http_request_t *r, ngx_http_request_t *sr,
                          u_char *buf, size_t len)
{
    u_char *p;
    size_t size;
    ngx_http_foobar_ctx_t *ctx;
    ngx_http_foobar_origin_t *origin;

    ctx = ngx_http_foobar_get_ctx(r);
    if (ctx == NULL) {
        return buf;
    }

    origin = &ctx->origin;

    if (origin->request_id.len == 0) {
        ngx_http_foobar_make_ids(r, origin);
    }

    size = sizeof(", request_id: , trace_id: ") - 1 + origin->request_id.len
           + FOOBAR_TRACE_ID_LENGTH + NGX_LINEFEED_SIZE;

    if (len < size) {
        return ctx->log_handler(r, sr, buf, len);
    }

    p = ctx->log_handler(r, sr, buf, len - size);

    return ngx_snprintf(p, len - (size_t) (p - buf),
                        ", request_id: %V, trace_id: %*s", &origin->request_id,
                        (size_t) FOOBAR_TRACE_ID_LENGTH,
                        origin->trace.trace_id);
}


/* A path is decoded, and nobody may write a line of the log by %0a. */

ngx_str_t *
ngx_http_foobar_printable(ngx_http_request_t *r, ngx_str_t *path)
{
    size_t escape;
    ngx_str_t *text;

    static ngx_str_t unknown = ngx_string("-");

    escape = ngx_escape_uri(NULL, path->data, path->len, NGX_ESCAPE_URI);

    if (escape == 0) {
        return path;
    }

    text = ngx_palloc(r->pool, sizeof(ngx_str_t));
    if (text == NULL) {
        return &unknown;
    }

    text->len = path->len + 2 * escape;

    text->data = ngx_pnalloc(r->pool, text->len);
    if (text->data == NULL) {
        return &unknown;
    }

    (void) ngx_escape_uri(text->data, path->data, path->len, NGX_ESCAPE_URI);

    return text;
}


ngx_int_t
ngx_http_foobar_origin_variable(ngx_http_request_t *r,
                                ngx_http_variable_value_t *v, uintptr_t data)
{
    u_char *p;
    ngx_http_foobar_origin_t *origin;

    origin = ngx_http_foobar_origin(r);
    if (origin == NULL) {
        return NGX_ERROR;
    }

    v->valid = 1;
    v->no_cacheable = 0;
    v->not_found = 0;

    switch (data) {

    case NGX_HTTP_FOOBAR_REQUEST_ID:
        v->data = origin->request_id.data;
        v->len = origin->request_id.len;
        return NGX_OK;

    case NGX_HTTP_FOOBAR_TRACE_ID:
        v->data = (u_char *) origin->trace.trace_id;
        v->len = FOOBAR_TRACE_ID_LENGTH;
        return NGX_OK;

    case NGX_HTTP_FOOBAR_TRACESTATE:
        v->data = origin->tracestate.data;
        v->len = origin->tracestate.len;
        return NGX_OK;

    default:
        break;
    }

    /* NGX_INT64_LEN and three digits of the arrival are shorter */

    p = ngx_pnalloc(r->pool, FOOBAR_TRACEPARENT_LENGTH);
    if (p == NULL) {
        return NGX_ERROR;
    }

    v->data = p;

    if (data == NGX_HTTP_FOOBAR_TRACEPARENT) {
        foobar_trace_write(&origin->trace, (char *) p);
        v->len = FOOBAR_TRACEPARENT_LENGTH;

    } else {
        v->len = ngx_sprintf(p, "%L.%03L", origin->arrival / 1000,
                             origin->arrival % 1000)
                 - p;
    }

    return NGX_OK;
}
