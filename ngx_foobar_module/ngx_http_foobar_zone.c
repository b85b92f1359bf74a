
/*
 * The zone of shared memory: foobar_zone, and the records that lie in it.
 *
 * It is made as soon as a location has foobar_pass or foobar_status. nginx
 * gives a new configuration the old zone if it has the same size; otherwise
 * a new one, in which all counting begins anew.
 */


#include "ngx_http_foobar_module.h"


#define NGX_HTTP_FOOBAR_ZONE_DEFAULT (1024 * 1024)
#define NGX_HTTP_FOOBAR_ZONE_MIN (64 * 1024)


static ngx_int_t ngx_http_foobar_zone_init(ngx_shm_zone_t *shm_zone,
                                           void *data);
static ngx_int_t ngx_http_foobar_zone_fill(ngx_http_foobar_zone_t *zone,
                                           ngx_http_foobar_zone_t *old,
                                           ngx_slab_pool_t *shpool);
static ngx_http_foobar_shared_t *
ngx_http_foobar_zone_begin(ngx_slab_pool_t *shpool);
static ngx_int_t ngx_http_foobar_fill_apps(ngx_http_foobar_zone_t *zone,
                                           ngx_http_foobar_zone_t *old,
                                           ngx_slab_pool_t *shpool);
static ngx_int_t ngx_http_foobar_fill_classes(ngx_http_foobar_zone_t *zone,
                                              ngx_slab_pool_t *shpool,
                                              ngx_uint_t from, ngx_uint_t to);
static struct foobar_class *
ngx_http_foobar_find_class(ngx_http_foobar_shared_t *shared, ngx_str_t *name);
static struct foobar_class *
ngx_http_foobar_make_class(ngx_http_foobar_shared_t *shared,
                           ngx_slab_pool_t *shpool, ngx_str_t *name);
static int64_t ngx_http_foobar_now(void);
static ngx_http_foobar_app_t *
ngx_http_foobar_find_app(ngx_http_foobar_shared_t *shared, ngx_str_t *name);
static ngx_http_foobar_app_t *
ngx_http_foobar_make_app(ngx_http_foobar_shared_t *shared,
                         ngx_slab_pool_t *shpool);
static ngx_http_foobar_app_t *
ngx_http_foobar_reuse_app(ngx_http_foobar_zone_t *zone,
                          ngx_http_foobar_zone_t *old);
static ngx_uint_t ngx_http_foobar_refers(ngx_http_foobar_zone_t *zone,
                                         ngx_http_foobar_app_t *app);


ngx_int_t
ngx_http_foobar_zone_create(ngx_conf_t *cf, ngx_http_foobar_zone_t *zone)
{
    ngx_uint_t i;
    ngx_http_foobar_class_ref_t *class;

    static const ngx_str_t names[NGX_HTTP_FOOBAR_CLASSES] = {
        ngx_string("file"), ngx_string("none"), ngx_string("default"),
        ngx_string("other")};

    zone->size = NGX_CONF_UNSET;

    if (ngx_array_init(&zone->apps, cf->pool, 4,
                       sizeof(ngx_http_foobar_app_ref_t *))
        != NGX_OK) {
        return NGX_ERROR;
    }

    if (ngx_array_init(&zone->classes, cf->pool, 8,
                       sizeof(ngx_http_foobar_class_ref_t))
        != NGX_OK) {
        return NGX_ERROR;
    }

    for (i = 0; i < NGX_HTTP_FOOBAR_CLASSES; i++) {
        class = ngx_array_push(&zone->classes);
        if (class == NULL) {
            return NGX_ERROR;
        }

        class->name = names[i];
        class->record = NULL;
    }

    return NGX_OK;
}


char *
ngx_http_foobar_zone(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_foobar_main_conf_t *fmcf = conf;

    ngx_str_t *value;

    if (fmcf->zone.size != NGX_CONF_UNSET) {
        return "is duplicate";
    }

    value = cf->args->elts;

    fmcf->zone.size = ngx_parse_size(&value[1]);

    if (fmcf->zone.size == NGX_ERROR) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"%V\" is not a size; write foobar_zone 1m, for "
                           "example",
                           &value[1]);
        return NGX_CONF_ERROR;
    }

    if (fmcf->zone.size < NGX_HTTP_FOOBAR_ZONE_MIN) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "foobar_zone %V is too small; it must be at least "
                           "%dk",
                           &value[1], NGX_HTTP_FOOBAR_ZONE_MIN / 1024);
        return NGX_CONF_ERROR;
    }

    fmcf->zone.file = cf->conf_file->file.name;
    fmcf->zone.line = cf->conf_file->line;

    return NGX_CONF_OK;
}


ngx_http_foobar_app_ref_t *
ngx_http_foobar_zone_app(ngx_conf_t *cf, ngx_str_t *name)
{
    ngx_uint_t i;
    ngx_http_foobar_zone_t *zone;
    ngx_http_foobar_app_ref_t *app, **apps;
    ngx_http_foobar_main_conf_t *fmcf;

    fmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_foobar_module);

    zone = &fmcf->zone;
    apps = zone->apps.elts;

    for (i = 0; i < zone->apps.nelts; i++) {
        if (apps[i]->name.len == name->len
            && ngx_memcmp(apps[i]->name.data, name->data, name->len) == 0) {
            return apps[i];
        }
    }

    if (name->len >= NGX_HTTP_FOOBAR_APP_NAME_MAX) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "the address of an application is longer than %d "
                           "bytes; give it a short name by upstream {}",
                           NGX_HTTP_FOOBAR_APP_NAME_MAX - 1);
        return NULL;
    }

    apps = ngx_array_push(&zone->apps);
    if (apps == NULL) {
        return NULL;
    }

    app = ngx_pcalloc(cf->pool, sizeof(ngx_http_foobar_app_ref_t));
    if (app == NULL) {
        return NULL;
    }

    app->name = *name;
    *apps = app;

    zone->needed = 1;

    return app;
}


ngx_int_t
ngx_http_foobar_zone_want_class(ngx_conf_t *cf, ngx_str_t *name)
{
    ngx_uint_t i;
    ngx_http_foobar_main_conf_t *fmcf;
    ngx_http_foobar_class_ref_t *class;

    fmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_foobar_module);

    class = fmcf->zone.classes.elts;

    for (i = 0; i < fmcf->zone.classes.nelts; i++) {
        if (class[i].name.len == name->len
            && ngx_memcmp(class[i].name.data, name->data, name->len) == 0) {
            return NGX_OK;
        }
    }

    class = ngx_array_push(&fmcf->zone.classes);
    if (class == NULL) {
        return NGX_ERROR;
    }

    class->name = *name;
    class->record = NULL;

    return NGX_OK;
}


/* There are few classes, and most requests ask for one of the first. */

struct foobar_class *
ngx_http_foobar_zone_class(ngx_http_foobar_zone_t *zone, ngx_str_t *name)
{
    ngx_uint_t i;
    ngx_http_foobar_class_ref_t *class;

    class = zone->classes.elts;

    for (i = 0; i < zone->classes.nelts; i++) {
        if (class[i].name.len == name->len
            && ngx_memcmp(class[i].name.data, name->data, name->len) == 0) {
            return class[i].record;
        }
    }

    return class[NGX_HTTP_FOOBAR_CLASS_OTHER].record;
}


ngx_int_t
ngx_http_foobar_zone_add(ngx_conf_t *cf)
{
    ngx_http_foobar_zone_t *zone;
    ngx_http_foobar_main_conf_t *fmcf;

    static ngx_str_t name = ngx_string("foobar");

    fmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_foobar_module);

    zone = &fmcf->zone;

    if (!zone->needed) {
        return NGX_OK;
    }

    if (zone->size == NGX_CONF_UNSET) {
        zone->size = NGX_HTTP_FOOBAR_ZONE_DEFAULT;
    }

    zone->shm_zone = ngx_shared_memory_add(cf, &name, (size_t) zone->size,
                                           &ngx_http_foobar_module);
    if (zone->shm_zone == NULL) {
        return NGX_ERROR;
    }

    zone->shm_zone->init = ngx_http_foobar_zone_init;
    zone->shm_zone->data = zone;

    return NGX_OK;
}


/* `data` is what the configuration before knew of the same memory. */

static ngx_int_t
ngx_http_foobar_zone_init(ngx_shm_zone_t *shm_zone, void *data)
{
    ngx_http_foobar_zone_t *zone = shm_zone->data;

    ngx_int_t rc;
    ngx_slab_pool_t *shpool;

    shpool = (ngx_slab_pool_t *) shm_zone->shm.addr;

    shpool->log_nomem = 0;

    ngx_shmtx_lock(&shpool->mutex);
    rc = ngx_http_foobar_zone_fill(zone, data, shpool);
    ngx_shmtx_unlock(&shpool->mutex);

    if (rc == NGX_OK) {
        return NGX_OK;
    }

    if (zone->file.len) {
        ngx_log_error(NGX_LOG_EMERG, shm_zone->shm.log, 0,
                      "foobar_zone has no room left for %ui applications in "
                      "%V:%ui; make it larger than %z bytes",
                      zone->apps.nelts, &zone->file, zone->line, zone->size);
    } else {
        ngx_log_error(NGX_LOG_EMERG, shm_zone->shm.log, 0,
                      "foobar_zone has no room left for %ui applications in "
                      "its default size; set it larger than %z bytes",
                      zone->apps.nelts, zone->size);
    }

    return NGX_ERROR;
}


/*
 * Applications come before the classes of routes: without its record, an
 * application could not be limited, while a class can do with "other".
 */

static ngx_int_t
ngx_http_foobar_zone_fill(ngx_http_foobar_zone_t *zone,
                          ngx_http_foobar_zone_t *old, ngx_slab_pool_t *shpool)
{
    zone->shared = ngx_http_foobar_zone_begin(shpool);
    if (zone->shared == NULL) {
        return NGX_ERROR;
    }

    zone->loaded = ngx_http_foobar_now();

    if (ngx_http_foobar_fill_classes(zone, shpool, 0, NGX_HTTP_FOOBAR_CLASSES)
            != NGX_OK
        || ngx_http_foobar_fill_apps(zone, old, shpool) != NGX_OK) {
        return NGX_ERROR;
    }

    if (ngx_http_foobar_fill_classes(zone, shpool, NGX_HTTP_FOOBAR_CLASSES,
                                     zone->classes.nelts)
        != NGX_OK) {
        ngx_log_error(NGX_LOG_WARN, zone->shm_zone->shm.log, 0,
                      "foobar_zone has no room left for all classes of the "
                      "routes; some are counted as class \"other\"");
    }

    return NGX_OK;
}


static ngx_http_foobar_shared_t *
ngx_http_foobar_zone_begin(ngx_slab_pool_t *shpool)
{
    ngx_http_foobar_shared_t *shared;

    if (shpool->data) {
        return shpool->data;
    }

    shared = ngx_slab_calloc_locked(shpool, sizeof(ngx_http_foobar_shared_t));
    if (shared == NULL) {
        return NULL;
    }

    shared->created = ngx_http_foobar_now();
    shpool->data = shared;

    return shared;
}


static int64_t
ngx_http_foobar_now(void)
{
    ngx_time_t *tp;

    tp = ngx_timeofday();

    return (int64_t) tp->sec * 1000 + (int64_t) tp->msec;
}


/* NGX_ERROR: some have no record of their own; their requests count as other */

static ngx_int_t
ngx_http_foobar_fill_classes(ngx_http_foobar_zone_t *zone,
                             ngx_slab_pool_t *shpool, ngx_uint_t from,
                             ngx_uint_t to)
{
    ngx_int_t rc;
    ngx_uint_t i;
    struct foobar_class *record;
    ngx_http_foobar_class_ref_t *class;

    rc = NGX_OK;
    class = zone->classes.elts;

    for (i = from; i < to; i++) {
        record = ngx_http_foobar_find_class(zone->shared, &class[i].name);

        if (record == NULL) {
            record = ngx_http_foobar_make_class(zone->shared, shpool,
                                                &class[i].name);
        }

        if (record == NULL) {
            record = class[NGX_HTTP_FOOBAR_CLASS_OTHER].record;
            rc = NGX_ERROR;
        }

        class[i].record = record;
    }

    return rc;
}


static struct foobar_class *
ngx_http_foobar_find_class(ngx_http_foobar_shared_t *shared, ngx_str_t *name)
{
    ngx_uint_t i;

    for (i = 0; i < shared->class_count; i++) {
        if (ngx_strlen(shared->classes[i]->name) == name->len
            && ngx_memcmp(shared->classes[i]->name, name->data, name->len)
                   == 0) {
            return shared->classes[i];
        }
    }

    return NULL;
}


static struct foobar_class *
ngx_http_foobar_make_class(ngx_http_foobar_shared_t *shared,
                           ngx_slab_pool_t *shpool, ngx_str_t *name)
{
    struct foobar_class *record;

    if (shared->class_count == NGX_HTTP_FOOBAR_CLASSES_MAX
        || name->len >= FOOBAR_CLASS_SIZE) {
        return NULL;
    }

    record = ngx_slab_calloc_locked(shpool, sizeof(struct foobar_class));
    if (record == NULL) {
        return NULL;
    }

    ngx_memcpy(record->name, name->data, name->len);
    record->created = ngx_http_foobar_now();

    shared->classes[shared->class_count] = record;
    ngx_memory_barrier();
    shared->class_count++;

    return record;
}


static ngx_int_t
ngx_http_foobar_fill_apps(ngx_http_foobar_zone_t *zone,
                          ngx_http_foobar_zone_t *old, ngx_slab_pool_t *shpool)
{
    ngx_uint_t i;
    ngx_http_foobar_app_t *app;
    ngx_http_foobar_app_ref_t **apps;

    apps = zone->apps.elts;

    for (i = 0; i < zone->apps.nelts; i++) {
        apps[i]->record =
            ngx_http_foobar_find_app(zone->shared, &apps[i]->name);
    }

    for (i = 0; i < zone->apps.nelts; i++) {
        if (apps[i]->record) {
            continue;
        }

        app = ngx_http_foobar_make_app(zone->shared, shpool);

        if (app == NULL) {
            app = ngx_http_foobar_reuse_app(zone, old);
        }

        if (app == NULL) {
            return NGX_ERROR;
        }

        ngx_memcpy(app->name, apps[i]->name.data, apps[i]->name.len);
        app->name[apps[i]->name.len] = '\0';
        app->created = ngx_http_foobar_now();

        apps[i]->record = app;
    }

    return NGX_OK;
}


static ngx_http_foobar_app_t *
ngx_http_foobar_find_app(ngx_http_foobar_shared_t *shared, ngx_str_t *name)
{
    ngx_http_foobar_app_t *app;

    for (app = shared->apps; app; app = app->next) {
        if (ngx_strlen(app->name) == name->len
            && ngx_memcmp(app->name, name->data, name->len) == 0) {
            return app;
        }
    }

    return NULL;
}


/* Workers may be reading the list: a record is whole before it is in it. */

static ngx_http_foobar_app_t *
ngx_http_foobar_make_app(ngx_http_foobar_shared_t *shared,
                         ngx_slab_pool_t *shpool)
{
    ngx_http_foobar_app_t *app;

    app = ngx_slab_calloc_locked(shpool, sizeof(ngx_http_foobar_app_t));
    if (app == NULL) {
        return NULL;
    }

    app->in_flight = ngx_slab_calloc_locked(shpool, sizeof(ngx_atomic_t)
                                                        * NGX_MAX_PROCESSES);

    if (app->in_flight == NULL) {
        ngx_slab_free_locked(shpool, app);
        return NULL;
    }

    app->next = shared->apps;
    ngx_memory_barrier();
    shared->apps = app;

    return app;
}


/*
 * The zone is full. Applications that neither this configuration nor the one
 * before knows, and that nobody waits for, were forgotten by reloads: the one
 * that is there for longest gives its record.
 */

static ngx_http_foobar_app_t *
ngx_http_foobar_reuse_app(ngx_http_foobar_zone_t *zone,
                          ngx_http_foobar_zone_t *old)
{
    ngx_http_foobar_app_t *app, *oldest;

    oldest = NULL;

    for (app = zone->shared->apps; app; app = app->next) {
        if (!ngx_http_foobar_refers(zone, app)
            && (old == NULL || !ngx_http_foobar_refers(old, app))
            && ngx_http_foobar_in_flight(zone->shared, app, 1) == 0
            && (oldest == NULL || app->created < oldest->created)) {
            oldest = app;
        }
    }

    if (oldest) {
        ngx_memzero(oldest->name, NGX_HTTP_FOOBAR_APP_NAME_MAX);
        ngx_memzero((void *) oldest->in_flight,
                    sizeof(ngx_atomic_t) * NGX_MAX_PROCESSES);
        oldest->refused = 0;
    }

    return oldest;
}


static ngx_uint_t
ngx_http_foobar_refers(ngx_http_foobar_zone_t *zone, ngx_http_foobar_app_t *app)
{
    ngx_uint_t i;
    ngx_http_foobar_app_ref_t **apps;

    apps = zone->apps.elts;

    for (i = 0; i < zone->apps.nelts; i++) {
        if (apps[i]->record == app) {
            return 1;
        }
    }

    return 0;
}


/*
 * nginx gives a slot to a new process when the one that had it is gone. If
 * that one was killed, then the requests that it had in flight are gone too.
 */

ngx_int_t
ngx_http_foobar_zone_init_process(ngx_cycle_t *cycle)
{
    ngx_atomic_t slots;
    ngx_http_foobar_app_t *app;
    ngx_http_foobar_shared_t *shared;
    ngx_http_foobar_main_conf_t *fmcf;

    fmcf = ngx_http_cycle_get_module_main_conf(cycle, ngx_http_foobar_module);

    if (fmcf == NULL || fmcf->zone.shared == NULL) {
        return NGX_OK;
    }

    shared = fmcf->zone.shared;

    for (app = shared->apps; app; app = app->next) {
        app->in_flight[ngx_process_slot] = 0;
    }

    shared->processes[ngx_process_slot] = (ngx_atomic_uint_t) ngx_pid;

    do {
        slots = shared->slots;
    } while (slots <= (ngx_atomic_uint_t) ngx_process_slot
             && !ngx_atomic_cmp_set(&shared->slots, slots,
                                    (ngx_atomic_uint_t) ngx_process_slot + 1));

    return NGX_OK;
}


ngx_uint_t
ngx_http_foobar_in_flight(ngx_http_foobar_shared_t *shared,
                          ngx_http_foobar_app_t *app, ngx_uint_t living)
{
    ngx_pid_t pid;
    ngx_uint_t i, n, sum;

    sum = 0;

    for (i = 0; i < shared->slots; i++) {
        n = app->in_flight[i];

        if (n && living) {
            pid = (ngx_pid_t) shared->processes[i];

            if (kill(pid, 0) == -1 && ngx_errno == NGX_ESRCH) {
                continue;
            }
        }

        sum += n;
    }

    return sum;
}
