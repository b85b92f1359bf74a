/* Counts a request: foobar_metrics.h. */

#include "foobar_metrics.h"


static const uint64_t bounds[] = {
#define FOOBAR_BOUND(ms, label) ms,
    FOOBAR_BOUNDS(FOOBAR_BOUND)
#undef FOOBAR_BOUND
};


/* Nothing is read after it that it must not overtake: no order is needed. */
static void
add(foobar_counter *counter, uint64_t n)
{
    atomic_fetch_add_explicit(counter, n, memory_order_relaxed);
}


/* Most requests are fast, so from the bottom. */
unsigned
foobar_metrics_bucket(uint64_t ms)
{
    unsigned i;

    for (i = 0; i < FOOBAR_BUCKETS - 1 && ms > bounds[i]; i++) {
    }
    return i;
}


static void
observe(struct foobar_histogram *histogram, uint64_t ms)
{
    add(&histogram->buckets[foobar_metrics_bucket(ms)], 1);
    if (ms > 0) {
        add(&histogram->sum, ms);
    }
}


/*
 * The place of a status: the one that it has, or a free one. Two processes
 * may want the same free place: the first gets it, and the other one looks
 * whether it was given to the same status. NULL: all places are taken.
 */
static foobar_counter *
status_counter(struct foobar_class *counts, unsigned status)
{
    unsigned i;

    for (i = 0; i < FOOBAR_STATUSES_MAX; i++) {
        struct foobar_status_count *place =
            &counts->statuses[(status + i) % FOOBAR_STATUSES_MAX];
        uint32_t seen =
            atomic_load_explicit(&place->status, memory_order_relaxed);

        if (seen == 0
            && atomic_compare_exchange_strong(&place->status, &seen, status)) {
            seen = status;
        }
        if (seen == status) {
            return &place->requests;
        }
    }
    return NULL;
}


void
foobar_metrics_count(struct foobar_class *counts,
                     const struct foobar_request *request)
{
    unsigned status_class = request->status / 100;
    foobar_counter *requests = NULL;

    if (status_class < 1 || status_class >= FOOBAR_STATUS_CLASSES) {
        status_class = 0;
    } else {
        requests = status_counter(counts, request->status);
    }
    add(requests != NULL ? requests : &counts->other_requests, 1);
    add(&counts->received, request->received);
    add(&counts->sent, request->sent);
    observe(&counts->durations[status_class], request->duration);

    if (!request->asked) {
        return;
    }
    if (request->has_header) {
        observe(&counts->headers, request->header_time);
    }
    observe(&counts->responses, request->response_time);
    if (request->retries > 0) {
        add(&counts->retries, request->retries);
    }
}
