/* What is known of the pages' pace; pace.h says what for. */

#include "pace.h"

#include <stdlib.h>

/* A request counts for an eighth, and not for more than a second. */
#define SHARE 8
#define MOST_US 1000000

bool pace_init(struct pace *pace, size_t page_count)
{
    pace->us = calloc(page_count + 1, sizeof(*pace->us));
    return pace->us != NULL;
}

void pace_free(struct pace *pace)
{
    free(pace->us);
    pace->us = NULL;
}

bool pace_is_slow(const struct pace *pace, size_t page)
{
    return pace->us[page] > PACE_SLOW_US;
}

void pace_note(struct pace *pace, size_t page, int64_t us)
{
    int64_t known = pace->us[page];

    us = us < MOST_US ? us : MOST_US;
    pace->us[page] = (uint32_t)(known + (us - known) / SHARE);
}
