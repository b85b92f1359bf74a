/* How many workers there should be; manager.h says by what rules. */

#include "manager.h"

#include <string.h>

#define GROWTH_MOST 32

static bool is_kind(const struct settings *settings, const char *kind)
{
    return strcmp(settings->manager, kind) == 0;
}

/* Of two that contradict each other, as numbers. */
static void check_order(const struct settings *settings, const char *low_key,
                        const int *low, const char *high_key, const int *high,
                        struct findings *findings)
{
    if (*low > *high) {
        findings_add(findings, settings_where_of(settings, low, high),
                     "%s (%d) is above %s (%d)", low_key, *low, high_key,
                     *high);
    }
}

void manager_check(const struct settings *settings, struct findings *findings)
{
    if (!is_kind(settings, "static") && !is_kind(settings, "dynamic") &&
        !is_kind(settings, "ondemand")) {
        findings_add(findings, settings_where(settings, &settings->manager),
                     "manager takes static, dynamic or ondemand, not \"%s\"",
                     settings->manager);
    }
    if (!is_kind(settings, "dynamic")) {
        return;
    }
    check_order(settings, "workers-min", &settings->workers_min, "workers",
                &settings->workers, findings);
    check_order(settings, "spare-min", &settings->spare_min, "spare-max",
                &settings->spare_max, findings);
    check_order(settings, "spare-min", &settings->spare_min, "workers",
                &settings->workers, findings);
}

void manager_begin(struct manager *manager, const struct settings *settings)
{
    unsigned workers = (unsigned)settings->workers;

    *manager =
        (struct manager){.wanted = workers,
                         .is_static = is_kind(settings, "static"),
                         .least = workers,
                         .most = workers,
                         .idle_ms = (int64_t)settings->idle_seconds * 1000};
    if (is_kind(settings, "dynamic")) {
        manager->least = (unsigned)settings->workers_min;
        manager->spare_min = (unsigned)settings->spare_min;
        manager->spare_max = (unsigned)settings->spare_max;
        manager->wanted = manager->least;
    } else if (is_kind(settings, "ondemand")) {
        manager->least = 0;
        manager->wanted = 1; /* proves that the application can be loaded */
    }
}

static unsigned smaller(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

static void grow(struct manager *manager, unsigned there, unsigned missing)
{
    manager->growth =
        manager->growth == 0 ? 1 : smaller(manager->growth * 2, GROWTH_MOST);
    if (missing < manager->growth) {
        missing = manager->growth;
    }
    manager->wanted = smaller(manager->most, there + missing);
    manager->too_many_since = 0;
}

static void shrink(struct manager *manager, unsigned there, int64_t now_ms)
{
    if (manager->too_many_since == 0) {
        manager->too_many_since = now_ms;
    } else if (now_ms - manager->too_many_since >= manager->idle_ms) {
        manager->wanted = there - 1;
    }
}

void manager_look(struct manager *manager, const struct manager_load *load,
                  int64_t now_ms)
{
    unsigned there = load->idle + load->busy + load->starting;
    unsigned ready = load->idle + load->starting;
    unsigned needed = manager->spare_min;

    if (manager->is_static) {
        return;
    }
    if (needed == 0 && load->busy > 0) {
        needed = 1; /* on demand: the next request finds somebody */
    }
    if (ready < needed && there < manager->most) {
        grow(manager, there, needed - ready);
        return;
    }
    manager->growth = 0;
    if (load->idle > manager->spare_max && load->idle > needed &&
        there > manager->least) {
        shrink(manager, there, now_ms);
    } else {
        manager->too_many_since = 0;
    }
}

void manager_wake(struct manager *manager)
{
    if (manager->wanted == 0) {
        manager->wanted = 1;
    }
}
