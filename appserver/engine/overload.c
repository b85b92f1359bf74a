/* Requests that come too late to be of use; overload.h says why and when. */

#include "overload.h"

bool overload_refuses(struct overload *overload, int64_t waited_ms,
                      bool is_known)
{
    bool was_idle = overload->was_idle;

    overload->was_idle = false;
    if (overload->limit_ms == 0 || waited_ms < 0 || !is_known) {
        return false;
    }
    if (was_idle) {
        overload->skew_ms = waited_ms;
        overload->is_late = false;
        return false;
    }
    waited_ms -= overload->skew_ms;
    overload->is_late = waited_ms > overload->limit_ms / 2;
    return waited_ms > overload->limit_ms;
}
