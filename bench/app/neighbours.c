/*
 * Pages that take long, for bench/neighbours: what do they do to the others?
 * One only waits, as for another host; one needs a processor.
 */

#include <crypt.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "pages.h"

static void say_done(struct fb_request *request)
{
    fb_content_type(request, "text/plain");
    fb_out_literal(fb_body(request), "done", 4);
}

/* For 100 ms, or as many as are asked for. */
enum fb_result sleep_page(struct fb_request *request)
{
    const char *ms = fb_query(request, "ms");
    long wanted = ms != NULL ? strtol(ms, NULL, 10) % 1000 : 100;
    struct timespec left = {.tv_nsec = wanted * 1000000L};

    while (nanosleep(&left, &left) != 0) {
    }
    say_done(request);
    return FB_OK;
}

static void hash(void *context)
{
    struct crypt_data *data = context;

    /* yescrypt, at the cost that Debian's own passwords have. */
    crypt_rn("correct horse", "$y$j9T$Zm9vYmFyZm9vYmFy$", data,
             (int)sizeof(*data));
}

enum fb_result hash_page(struct fb_request *request)
{
    struct crypt_data *data = fb_alloc(request, sizeof(*data));
    enum fb_result result = fb_expensive(request, hash, data);

    if (result != FB_OK) {
        return result;
    }
    if (strncmp(data->output, "$y$", 3) != 0) {
        return FB_FAILED;
    }
    say_done(request);
    return FB_OK;
}
