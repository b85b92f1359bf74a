/*
 * Errors as programs like to read them. What is said here is what the error
 * page says as well: nothing of what went on inside.
 */

#include "problem.h"

#include "forms.h"
#include "json.h"
#include "reason.h"
#include "request.h"

static void write_error(struct fb_json_out *out, const char *pointer,
                        const char *message)
{
    fb_json_put_object(out, NULL);
    fb_json_put_text(out, "pointer", pointer);
    fb_json_put_text(out, "detail", message);
    fb_json_put_end(out);
}

static void write_form_errors(struct fb_request *request,
                              struct fb_json_out *out,
                              const struct fb_form *form)
{
    unsigned field;

    if (form->whole_error != NULL) {
        write_error(out, "#", form->whole_error);
    }
    for (field = 0; field < form->type->field_count; field++) {
        if (form->values[field].error != NULL) {
            write_error(
                out, fb_printf(request, "#/%s", form->type->fields[field].name),
                form->values[field].error);
        }
    }
}

static void write_errors(struct fb_request *request, struct fb_json_out *out)
{
    const struct json_error *error;

    fb_json_put_list(out, "errors");
    for (error = request->json_errors; error != NULL; error = error->next) {
        write_error(out, fb_printf(request, "#%s", error->pointer),
                    error->message);
    }
    if (request->posted != NULL) {
        write_form_errors(request, out, request->posted);
    }
    fb_json_put_end(out);
}

static bool has_errors(const struct fb_request *request)
{
    return request->json_errors != NULL ||
           (request->posted != NULL && request->posted->is_wrong);
}

void problem_write(struct fb_request *request, int status)
{
    struct fb_json_out *out = json_begin(request, "application/problem+json");

    fb_json_put_text(out, "type", "about:blank");
    fb_json_put_text(out, "title", reason_of(status));
    fb_json_put_int(out, "status", status);
    if (request->refusal != NULL) {
        fb_json_put_text(out, "detail", request->refusal);
    }
    if (request->id[0] != '\0') {
        fb_json_put_text(out, "request_id", request->id);
    }
    if ((status == 422 || status == 409) && has_errors(request)) {
        write_errors(request, out);
    }
    request->finish(request);
    request->finish = NULL;
    request->status = status;
}
