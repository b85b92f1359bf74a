/* Fields of forms that are files: see form_files.h. */

#include "form_files.h"

#include <string.h>

#include "picture_ask.h"
#include "pictures.h"
#include "request.h"
#include "settings.h"

#define PART_BYTES ((size_t)512) /* of a boundary and ordinary headers */

/* --------------------------------------------------------------- the table */

static const char *check_accept(const char *accept)
{
    while (accept != NULL) {
        size_t length = strcspn(accept, ",");

        if (file_type_find(accept, length) == NULL) {
            return "it accepts a type that is never told from a file's bytes; "
                   "foobar_upload(3) lists those that are";
        }
        accept = accept[length] == ',' ? accept + length + 1 : NULL;
    }
    return NULL;
}

static const char *check_widths(const unsigned *widths)
{
    unsigned before = 0;
    size_t count = 0;

    for (; widths != NULL && widths[count] != 0; count++) {
        if (count == PICTURE_SIZES_MAX || widths[count] <= before ||
            widths[count] > PICTURE_WIDTH_MOST) {
            return "its widths must rise, at most 8 of them, up to 2560";
        }
        before = widths[count];
    }
    return count > 0 ? NULL
                     : "a picture needs the widths that it is drawn in, as in "
                       "(const unsigned[]){64, 256, 0}";
}

const char *form_files_check_row(const struct fb_field *field)
{
    if (field->kind != FB_FILE && field->accept != NULL) {
        return "it accepts types of files, and its kind is not FB_FILE";
    }
    if (field->kind != FB_PICTURE && field->widths != NULL) {
        return "it has widths, and its kind is not FB_PICTURE";
    }
    if (!uploads_is_file(field->kind)) {
        return NULL;
    }
    if (field->least != 0 || field->most <= 0 || field->most > FB_FILE_MOST) {
        return "a file needs the most bytes that it may have, up to 64 MiB, "
               "and no least";
    }
    return field->kind == FB_PICTURE ? check_widths(field->widths)
                                     : check_accept(field->accept);
}

size_t form_files_bytes(const struct fb_form_type *type)
{
    size_t bytes = 0;
    size_t i;

    for (i = 0; i < type->field_count; i++) {
        if (uploads_is_file(type->fields[i].kind)) {
            bytes += (size_t)type->fields[i].most;
        }
    }
    return bytes > 0 ? bytes + (type->field_count + 3) * PART_BYTES : 0;
}

/* ----------------------------------------------------------- what was sent */

/* A file box that was left empty sends a file without a name and bytes. */
void form_files_take(const struct fb_request *request, unsigned field,
                     struct forms_value *value)
{
    const struct upload *upload = uploads_of(request, field);

    if (upload != NULL &&
        (upload->file.name[0] != '\0' || upload->file.size > 0)) {
        value->text = upload->file.name;
        value->upload = upload;
    }
}

/* "5 MiB", and with a digit behind the point where that tells more. */
static const char *bytes_text(struct fb_request *request, int64_t bytes)
{
    static const char *const units[] = {"bytes", "KiB", "MiB"};
    int64_t unit = 1;
    size_t i = 0;

    while (i < 2 && bytes >= unit * 1024) {
        unit *= 1024;
        i++;
    }
    return bytes % unit == 0
               ? fb_printf(request, "%lld %s", (long long)(bytes / unit),
                           units[i])
               : fb_printf(request, "%.1f %s", (double)bytes / (double)unit,
                           units[i]);
}

/* The endings of the types that a file may have: "pdf, txt". */
static const char *accepted_endings(struct fb_request *request,
                                    const char *accept)
{
    const char *endings = "";

    while (*accept != '\0') {
        size_t length = strcspn(accept, ",");

        endings = fb_printf(request, "%s%s%s", endings,
                            endings[0] != '\0' ? ", " : "",
                            file_type_find(accept, length)->ending);
        accept += length + (accept[length] == ',');
    }
    return endings;
}

static bool is_accepted(const char *accept, const char *type)
{
    size_t length = strlen(type);
    const char *at = accept;

    while ((at = strstr(at, type)) != NULL) {
        if ((at == accept || at[-1] == ',') &&
            (at[length] == '\0' || at[length] == ',')) {
            return true;
        }
        at += length;
    }
    return false;
}

/* The body is whole now: its files belong to the request that sent it. */
static enum picture_result draw_anew(struct fb_request *request, unsigned field,
                                     const unsigned *widths)
{
    struct upload *upload = request->uploads;

    while (upload->field != field) {
        upload = upload->next;
    }
    return picture_ask(request, upload, widths);
}

static const char *number_text(struct fb_request *request, int number)
{
    return fb_printf(request, "%d", number);
}

static struct form_fault picture_fault(struct fb_request *request,
                                       enum picture_result result)
{
    switch (result) {
    case PICTURE_OK:
        return (struct form_fault){0};
    case PICTURE_UNKNOWN:
        return (struct form_fault){
            WORDS("{subject} must be a picture: a JPEG, PNG or WebP"), {{0}}};
    case PICTURE_TOO_LARGE:
        return (struct form_fault){
            WORDS("{subject} must be a picture of {megapixels} megapixels or "
                  "fewer, with sides of {side} pixels or fewer"),
            {{"megapixels",
              number_text(request, request->settings->picture_megapixels)},
             {"side", number_text(request, PICTURE_SIDE_MOST)}}};
    case PICTURE_TOO_SLENDER:
        return (struct form_fault){
            WORDS("{subject} must be a picture whose one side is no more than "
                  "{times} times the other"),
            {{"times", number_text(request, PICTURE_RATIO_MOST)}}};
    case PICTURE_DAMAGED:
        break;
    }
    return (struct form_fault){
        WORDS("{subject} must be a picture that can be read; this one is "
              "damaged"),
        {{0}}};
}

static struct form_fault file_fault(struct fb_request *request,
                                    const struct fb_field *field,
                                    const struct fb_file *file)
{
    if (file->size > field->most) {
        return (struct form_fault){
            WORDS("{subject} must be {limit} or smaller; it has {size}"),
            {{"limit", bytes_text(request, field->most)},
             {"size", bytes_text(request, file->size)}}};
    }
    if (file->size == 0) {
        return (struct form_fault){
            WORDS("{subject} must be a file with something in it"), {{0}}};
    }
    if (field->accept != NULL && !is_accepted(field->accept, file->type)) {
        return (struct form_fault){
            WORDS("{subject} must be a file of the kind {endings}; this one is "
                  "none, whatever its name says"),
            {{"endings", accepted_endings(request, field->accept)}}};
    }
    return (struct form_fault){0};
}

struct form_fault form_files_fault(struct fb_request *request,
                                   const struct fb_field *field,
                                   const struct forms_value *value)
{
    struct form_fault fault;

    if (value->upload == NULL) {
        return (struct form_fault){
            WORDS("{subject} must be sent as a file, by a form of "
                  "multipart/form-data"),
            {{0}}};
    }
    fault = file_fault(request, field, &value->upload->file);
    if (fault.words != NULL || field->kind != FB_PICTURE) {
        return fault;
    }
    return picture_fault(
        request, draw_anew(request, value->upload->field, field->widths));
}
