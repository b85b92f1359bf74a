
/*
 * The module's one zone of shared memory, "foobar". All processes of this
 * nginx see it at the same address, and a reload keeps it: so what is
 * counted in it is exact over all workers and configurations.
 *
 *     shared -> classes, an array: what is counted of requests, by class
 *            -> applications, a list: who is asked by foobar_pass
 *                   in_flight -> a counter for each process
 *            -> processes: which process has which of these counters
 *
 * Only the master makes records, while it reads a configuration. They are
 * found by name, so that an application keeps its record over reloads, and
 * are never freed: a worker of an old configuration may still count in them.
 * Workers only add to numbers, by atomic instructions and without a lock, so
 * one that is killed leaves nothing locked and nothing half done.
 */


#ifndef NGX_HTTP_FOOBAR_ZONE_H
#define NGX_HTTP_FOOBAR_ZONE_H


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "foobar_metrics.h"


#define NGX_HTTP_FOOBAR_APP_NAME_MAX 256 /* with its NUL */

/* All that there will ever be in a zone; "other" counts for further ones. */
#define NGX_HTTP_FOOBAR_CLASSES_MAX 128

/* Classes that are there without a route. */
enum {
    NGX_HTTP_FOOBAR_CLASS_FILE,    /* a static file */
    NGX_HTTP_FOOBAR_CLASS_NONE,    /* no route took it */
    NGX_HTTP_FOOBAR_CLASS_DEFAULT, /* a route without a class, or no routes */
    NGX_HTTP_FOOBAR_CLASS_OTHER,   /* a class without a record */
    NGX_HTTP_FOOBAR_CLASSES
};


typedef struct ngx_http_foobar_app_s ngx_http_foobar_app_t;

struct ngx_http_foobar_app_s {
    u_char name[NGX_HTTP_FOOBAR_APP_NAME_MAX];
    ngx_http_foobar_app_t *next;
    int64_t created; /* milliseconds since 1970 */

    /* requests to which foobar_in_flight said no, since the record is there */
    ngx_atomic_t refused;

    /*
     * Requests that are with the application, for each process that asks:
     * NGX_MAX_PROCESSES of them, and a process's own is at ngx_process_slot.
     * It is zeroed when another process takes the slot over.
     */
    ngx_atomic_t *in_flight;
};


typedef struct {
    int64_t created; /* milliseconds since 1970 */

    ngx_atomic_t class_count;
    struct foobar_class *classes[NGX_HTTP_FOOBAR_CLASSES_MAX];

    ngx_http_foobar_app_t *apps;

    /* the process that has a slot; slots beyond this number had none yet */
    ngx_atomic_t slots;
    ngx_atomic_t processes[NGX_MAX_PROCESSES];
} ngx_http_foobar_shared_t;


/* What each process remembers of refusals; for ngx_http_foobar_forward.c. */
typedef struct {
    ngx_event_t timer; /* runs: a line was logged less than a second ago */
    ngx_log_t *log;
    ngx_uint_t unsaid; /* refused since that line */

    ngx_msec_t looked;   /* when it was asked which processes live */
    unsigned deaths : 1; /* then, some had died with requests */
} ngx_http_foobar_gate_t;


/*
 * An application as a configuration names it. The record is there when all
 * of the configuration was read, and before any worker starts.
 */
typedef struct {
    ngx_str_t name; /* ends in NUL */
    ngx_http_foobar_app_t *record;
    ngx_http_foobar_gate_t gate;
} ngx_http_foobar_app_ref_t;


/* The same for a class. */
typedef struct {
    ngx_str_t name;
    struct foobar_class *record;
} ngx_http_foobar_class_ref_t;


/* What a configuration knows of the zone: a member of the main conf. */
typedef struct {
    ngx_shm_zone_t *shm_zone; /* NULL: nothing of the module is used */
    ngx_http_foobar_shared_t *shared;

    ngx_flag_t needed;
    ssize_t size;
    ngx_str_t file; /* where foobar_zone stands; empty: by default */
    ngx_uint_t line;

    ngx_array_t apps;    /* ngx_http_foobar_app_ref_t * */
    ngx_array_t classes; /* ngx_http_foobar_class_ref_t; the first stand for
                            NGX_HTTP_FOOBAR_CLASS_FILE and so on */
    int64_t loaded;      /* when all was read: milliseconds since 1970 */
} ngx_http_foobar_zone_t;


/* For the main conf: its creation, and its end when all was read. */
ngx_int_t ngx_http_foobar_zone_create(ngx_conf_t *cf,
                                      ngx_http_foobar_zone_t *zone);
ngx_int_t ngx_http_foobar_zone_add(ngx_conf_t *cf);

/* The directive foobar_zone; its `conf` is the main conf. */
char *ngx_http_foobar_zone(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);

/* Takes over a process's slot; a handler "init process" of the module. */
ngx_int_t ngx_http_foobar_zone_init_process(ngx_cycle_t *cycle);

/*
 * While the configuration is read: the application of that name. Who asks
 * for the same name gets the same reference. NULL: an error was logged.
 */
ngx_http_foobar_app_ref_t *ngx_http_foobar_zone_app(ngx_conf_t *cf,
                                                    ngx_str_t *name);

/* The same for a class; its requests are counted from then on. */
ngx_int_t ngx_http_foobar_zone_want_class(ngx_conf_t *cf, ngx_str_t *name);

/* The record of a class, while requests are handled; never NULL. */
struct foobar_class *ngx_http_foobar_zone_class(ngx_http_foobar_zone_t *zone,
                                                ngx_str_t *name);

/*
 * The requests that are with an application, from all processes. A process
 * that was killed leaves its number behind until its slot is taken over:
 * with `living`, it is asked whether each of them is still there, which is
 * a system call for each that has requests.
 */
ngx_uint_t ngx_http_foobar_in_flight(ngx_http_foobar_shared_t *shared,
                                     ngx_http_foobar_app_t *app,
                                     ngx_uint_t living);


#endif /* NGX_HTTP_FOOBAR_ZONE_H */
