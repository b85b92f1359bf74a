/*
 * Errors as programs like to read them. What is said here is what the error
 * page says as well: nothing of what went on inside.
 */

#include "problem.h"

#include "json.h"
#include "request.h"
#include "reason.h"

static void write_errors(struct fb_request *request, struct fb_json_out *out,
                         const struct json_error *error)
{
    fb_json_put_list(out, "errors");
    for (; error != NULL; error = error->next) {
        fb_json_put_object(out, NULL);
        fb_json_put_text(out, "pointer",
                         fb_printf(request, "#%s", error->pointer));
        fb_json_put_text(out, "detail", error->message);
        fb_json_put_end(out);
    }
    fb_json_put_end(out);
}

void problem_write(struct fb_request *request, int status)
{
    struct fb_json_out *out = json_begin(request, "application/problem+json");

    fb_json_put_text(out, "type", "about:blank");
    fb_json_put_text(out, "title", reason_of(status));
    fb_json_put_int(out, "status", status);
    if (request->problem != NULL) {
        fb_json_put_text(out, "detail", request->problem);
    }
    if (request->id[0] != '\0') {
        fb_json_put_text(out, "request_id", request->id);
    }
    if (status == 422 && request->json_errors != NULL) {
        write_errors(request, out, request->json_errors);
    }
    request->finish(request);
    request->finish = NULL;
    request->status = status;
}
