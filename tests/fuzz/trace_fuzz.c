/*
 * Fuzzes what reads ids and times from headers of balancers and proxies.
 *
 * An input is one header's value. Nothing may be read beyond it, and what was
 * accepted must be what we may pass on: read again, it means the same.
 */

#include <stdlib.h>
#include <string.h>

#include "foobar_trace.h"

#define NOW_MS ((int64_t)1700000000500)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
    if (!holds) {
        abort();
    }
}

static bool is_text(const char *text, size_t length)
{
    size_t i;

    for (i = 0; i < length; i++) {
        if ((text[i] < ' ' && text[i] != '\t') || text[i] > '~') {
            return false;
        }
    }
    return true;
}

static void check_trace(const char *text, size_t length)
{
    struct foobar_random random = {{length, 1, 2, 3}};
    struct foobar_trace trace;
    struct foobar_trace again;
    char written[FOOBAR_TRACEPARENT_LENGTH];

    if (!foobar_trace_parse(text, length, &trace)) {
        return;
    }
    must(length >= sizeof(written));
    foobar_trace_write(&trace, written);
    must(memcmp(written + 2, text + 2, 51) == 0);
    must(foobar_trace_parse(written, sizeof(written), &again));
    must(again.flags == trace.flags);
    foobar_trace_step(&random, &trace);
    foobar_trace_write(&trace, written);
    must(foobar_trace_parse(written, sizeof(written), &again));
    must(memcmp(again.trace_id, text + 3, sizeof(again.trace_id)) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    /* Exactly as long as it is, so that a sanitizer sees one byte too many. */
    char *text = malloc(size > 0 ? size : 1);
    int64_t ms;

    must(text != NULL);
    if (size > 0) {
        memcpy(text, data, size);
    }
    check_trace(text, size);
    if (foobar_request_id_is_valid(text, size)) {
        must(size <= FOOBAR_REQUEST_ID_MAX && is_text(text, size));
    }
    if (foobar_tracestate_is_valid(text, size)) {
        must(size <= FOOBAR_TRACESTATE_MAX && is_text(text, size));
    }
    if (foobar_arrival_parse(text, size, NOW_MS, &ms)) {
        must(ms <= NOW_MS && ms >= NOW_MS - FOOBAR_ARRIVAL_AGE_MAX_MS);
    }
    free(text);
    return 0;
}
