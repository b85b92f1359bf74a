/*
 * Requests that come too late to be of use. When more is asked than can be
 * answered, every request waits longer and longer, until each is answered
 * only after its visitor has gone: all work is done, and nobody has anything
 * of it. So a request that has waited for more than wait-limit-ms, from its
 * arrival at nginx until a worker has it, is answered 503 at once, which costs
 * next to nothing, and those behind it are still in time.
 *
 * Refusing helps only those who are looked at. A worker whose requests have
 * waited for long (is_late) therefore looks at all of them after each one that
 * it served: at what waits in the kernel to be accepted, and at what a sibling
 * gave away. It takes them in the order in which they arrived, so that who is
 * refused is refused soon after the limit, wherever he has waited.
 *
 * The arrival is told by the clock of nginx's host, which may differ from
 * ours. What a request seems to have waited although the worker was idle
 * is that difference.
 */

#ifndef ENGINE_OVERLOAD_H
#define ENGINE_OVERLOAD_H

#include <stdbool.h>
#include <stdint.h>

struct overload {
    int64_t limit_ms; /* 0: none */
    int64_t skew_ms;  /* of the clocks */
    bool was_idle;    /* when the request came that is served next */
    bool is_late;     /* the last request had waited for half of the limit */
};

/*
 * A request seems to have waited for so long (-1: nobody knows). `is_known`
 * says whether that tells how busy we are: of a body that has to be uploaded
 * first, it tells how slow its client is.
 */
bool overload_refuses(struct overload *overload, int64_t waited_ms,
                      bool is_known);

#endif
