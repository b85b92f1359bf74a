/*
 * /healthz. That this page runs at all says that nginx and a worker are
 * well, so only the database is asked. When no worker answers, nginx writes
 * the same three lines itself (see nginx.conf.example). Strangers may read
 * this page, so it says which part fails and not why: that is in the log.
 */

#include "health.h"

#include <foobar/foobar.h>

#include <string.h>

#include "database.h"
#include "request.h"

static enum fb_result health(struct fb_request *request)
{
    static const char good[] = "nginx: ok\nworker: ok\ndatabase: ok\n";
    static const char bad[] =
        "nginx: ok\nworker: ok\ndatabase: not answering\n";
    bool answers =
        request->database != NULL && database_answers(request->database);
    const char *text = answers ? good : bad;

    fb_status(request, answers ? 200 : 503);
    fb_content_type(request, "text/plain; charset=utf-8");
    fb_header(request, "Cache-Control", "no-store");
    fb_out_literal(fb_body(request), text, strlen(text));
    return FB_OK;
}

const struct fb_page health_page = {
    .name = "healthz",
    .path = "/healthz",
    .methods = FB_GET,
    .handler = health,
};
