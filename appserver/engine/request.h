/*
 * A request and its reply as the engine sees them; api/foobar/request.h is
 * the part that handlers see.
 *
 * A request knows nothing of FastCGI: connection.c fills in what came and
 * writes out what was answered, and the error pages for nginx are drawn by a
 * request that never came from anywhere.
 */

#ifndef ENGINE_REQUEST_H
#define ENGINE_REQUEST_H

#include <foobar/negotiate.h>
#include <foobar/request.h>

#include <setjmp.h>

#include "access_log.h"
#include "arena.h"
#include "form.h"
#include "out.h"
#include "routes.h"
#include "server_timing.h"

#include "foobar_wire.h"

#define REQUEST_ID_MAX FOOBAR_REQUEST_ID_MAX
#define REPLY_HEADERS_MAX 32

struct account_state;
struct csrf;
/* What the reply was chosen by; the engine says so in Vary. */
#define REQUEST_VARY_ACCEPT (1U << 0)
#define REQUEST_VARY_LANGUAGE (1U << 1)
#define REQUEST_VARY_COOKIE (1U << 2)

struct database;
struct expensive;
struct job;
struct fb_json;
struct fb_json_out;
struct json_error;
struct atom;
struct pace;
struct pictures;
struct settings;
struct spool;
struct upload;

/* Before what will take long: siblings take the worker's other connections. */
struct request_aside {
    void (*step)(void *context);
    void *context;
};
struct fb_request;

/*
 * Where a request comes from and its reply goes to, for handlers that do
 * either in pieces.
 */
struct request_channel {
    /* Bytes read, 0 at the end, -1 when the body broke off. */
    int (*read)(struct request_channel *channel, void *buffer, size_t size);
    /* Sends the head of the reply if that is still to do, and the body. */
    bool (*send)(struct request_channel *channel, struct fb_request *request);
};

struct reply_header {
    const char *name;
    const char *value;
};

struct fb_request {
    struct arena *arena;         /* the worker's; reset after the request */
    const struct fb_app *app;    /* whose page this is */
    struct database *database;   /* the worker's; NULL where there is none */
    struct expensive *expensive; /* the server's; NULL where there is none */
    struct pace *pace;           /* of the app's pages; NULL where is none */
    const struct csrf *csrf;     /* the secret of tokens; NULL: there is none */
    const struct request_aside *aside; /* NULL where there is no server */
    int slow_ms;                       /* from when on it is logged; 0: never */
    enum server_timing server_timing;  /* what of it the client is told */
    const struct pictures *pictures;   /* NULL where nobody draws them */
    const struct settings *settings;   /* NULL where there is no server */
    struct spool *spool;               /* NULL where there is none */
    struct request_channel *channel;   /* NULL where there is no client */
    struct job *job;                   /* whose handler runs; NULL: a page */

    /* What came. Strings belong to the arena or to the connection. */
    unsigned method;
    const char *method_name;
    const char *path;
    char id[REQUEST_ID_MAX + 1];
    char trace_id[FOOBAR_TRACE_ID_LENGTH + 1]; /* a part of the next */
    char trace_parent[FOOBAR_TRACEPARENT_LENGTH + 1];
    const char *trace_state;  /* NULL: none */
    int64_t waited_ms;        /* from its arrival until now; -1: nobody knows */
    int64_t begun_us;         /* when all of it had come; by clock_now_us() */
    char *const *environment; /* "NAME=value" as FastCGI sent them, or NULL */
    const char *body;
    size_t body_length; /* when streamed: of what was read up to now */
    bool body_has_ended;
    struct form query;
    struct form form;
    struct upload *uploads; /* its files, the last one first */
    struct fb_form *posted; /* the form of the page; NULL: not made yet */
    const char *refusal;    /* why, for the client; NULL: not said */
    struct route_match match;
    const struct fb_json *json;           /* the body, once it was parsed */
    const struct json_error *json_errors; /* what was wrong in it */
    struct account_state *account;        /* who sent it; NULL: not asked */

    /* What is answered. */
    bool reply_has_begun; /* its headers are on their way */
    bool is_cut_off;      /* it failed after that: nothing can be said */
    bool is_error_page;   /* what is drawn; the database may be away */
    int status;
    const char *content_type;
    struct reply_header headers[REPLY_HEADERS_MAX];
    unsigned header_count;
    struct fb_out out;
    unsigned vary;              /* REQUEST_VARY_*, or-ed */
    const struct fb_page *kept; /* its handler runs, and it may be kept */
    bool is_personal;           /* the reply is one visitor's own: kept.h */
    enum fb_format format;      /* what fb_wants() answered */
    const char *locale;         /* what fb_locale() answered; NULL: not asked */
    int outcome;                /* the status, once the handler is done; or 0 */
    unsigned retry_after;       /* of a 429: in so many seconds */

    /* For the access log: what it took of the database, and of us. */
    unsigned statements;
    int64_t statement_us;
    int64_t taken_us;    /* when a worker had its head */
    size_t received;     /* bytes of its body, as it said */
    size_t sent;         /* bytes of the body of the reply */
    enum access_end end; /* how it ended */

    /* What writes the body in a form of its own: it ends it, or fails. */
    void (*finish)(struct fb_request *request);
    struct fb_json_out *json_out;
    struct atom *atom;

    /* Where request_fail() goes; set while a handler runs. */
    sigjmp_buf escape;
    bool escape_is_set;
    int escape_status; /* what the failure is answered with */
};

/* A request without anything in it, answered 200 text/html so far. */
void request_init(struct fb_request *request, struct arena *arena,
                  const struct fb_app *app, struct database *database);

/*
 * For calls that are about a visitor: in a job, where there is none, the
 * handler ends here.
 */
void request_need_visitor(struct fb_request *request, const char *call);

/* What follows will take long. */
void request_step_aside(const struct fb_request *request);

/* The value of a FastCGI parameter, or NULL. */
const char *request_param(const struct fb_request *request, const char *name);

/* Throws away what was answered so far; the status becomes `status`. */
void request_clear_reply(struct fb_request *request, int status);

/* The value of a header of the reply, or NULL. */
const char *request_reply_header(const struct fb_request *request,
                                 const char *name);

/* Memory that is not zeroed; never NULL (fails the request instead). */
void *request_alloc_raw(struct fb_request *request, size_t size)
    __attribute__((returns_nonnull));
char *request_strndup(struct fb_request *request, const char *text,
                      size_t length) __attribute__((returns_nonnull));

/*
 * Ends the handler: the reason goes to the log, the client gets a 500. The
 * handler's C frames are left by a long jump, which is safe because whatever
 * a handler holds belongs to the request.
 */
_Noreturn void request_fail(struct fb_request *request, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The same for what is the client's fault: it is answered with `status`. */
_Noreturn void request_refuse(struct fb_request *request, int status,
                              const char *reason);

#endif
