/* Files of a form while they arrive; uploads.h says where they go. */

#include "uploads.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "file_name.h"
#include "forms.h"
#include "log.h"
#include "multipart.h"
#include "request.h"
#include "spool.h"

#define PIECE_BYTES ((size_t)32 * 1024)
#define OWN_FIELD_MOST ((size_t)1024) /* of a field of the engine's own */
#define NO_FIELD ((size_t)-1)

/* The part that is being read. */
struct intake {
    struct fb_request *request;
    const struct fb_form_type *type;
    const char *reason; /* why it is refused, for the log */
    enum {
        INTO_NOTHING, /* a part that no row declares */
        INTO_TEXT,
        INTO_FILE
    } into;
    struct upload *upload;
    char *text;
    size_t length;
    size_t size;
    size_t most;
};

bool uploads_is_file(enum fb_field_kind kind)
{
    return kind == FB_FILE || kind == FB_PICTURE;
}

static bool has_kind(const struct fb_form_type *type, enum fb_field_kind kind)
{
    size_t i;

    for (i = 0; i < type->field_count; i++) {
        if (type->fields[i].kind == kind) {
            return true;
        }
    }
    return false;
}

bool uploads_has_file(const struct fb_form_type *type)
{
    return has_kind(type, FB_FILE) || has_kind(type, FB_PICTURE);
}

bool uploads_has_picture(const struct fb_form_type *type)
{
    return has_kind(type, FB_PICTURE);
}

static int refuse(struct intake *intake, int status, const char *reason)
{
    intake->reason = reason;
    return status;
}

/* -------------------------------------------------------------------- text */

/* The row of a name; NO_FIELD: there is none. */
static size_t find_row(const struct fb_form_type *type, const char *name)
{
    size_t i;

    for (i = 0; i < type->field_count; i++) {
        if (strcmp(type->fields[i].name, name) == 0) {
            return i;
        }
    }
    return NO_FIELD;
}

static bool is_own_field(const char *name)
{
    return strcmp(name, FORMS_TOKEN_FIELD) == 0 ||
           strcmp(name, FORMS_KEY_FIELD) == 0;
}

static bool was_sent(const struct intake *intake, const char *name)
{
    size_t row = find_row(intake->type, name);

    return form_value(&intake->request->form, name) != NULL ||
           (row != NO_FIELD &&
            uploads_of(intake->request, (unsigned)row) != NULL);
}

static int begin_text(struct intake *intake, const char *name, size_t most)
{
    struct form *form = &intake->request->form;

    if (was_sent(intake, name)) {
        return refuse(intake, 400, "a field of the form was sent twice");
    }
    form->fields[form->count].name =
        request_strndup(intake->request, name, strlen(name));
    form->fields[form->count].value = "";
    intake->into = INTO_TEXT;
    intake->text = NULL;
    intake->length = 0;
    intake->size = 0;
    intake->most = most;
    return 0;
}

static int add_text(struct intake *intake, const char *bytes, size_t length)
{
    size_t needed = intake->length + length + 1;

    if (needed > intake->most + 1) {
        return refuse(intake, 413, "a field of the form is too long");
    }
    if (needed > intake->size) {
        size_t size = 2 * needed < 256 ? 256 : 2 * needed;
        char *grown = request_alloc_raw(intake->request, size);

        if (intake->length > 0) {
            memcpy(grown, intake->text, intake->length);
        }
        intake->text = grown;
        intake->size = size;
    }
    memcpy(intake->text + intake->length, bytes, length);
    intake->length += length;
    intake->text[intake->length] = '\0';
    return 0;
}

static int end_text(struct intake *intake)
{
    struct form *form = &intake->request->form;

    if (intake->length > 0) {
        if (memchr(intake->text, '\0', intake->length) != NULL ||
            !form_is_utf8(intake->text, intake->length)) {
            return refuse(intake, 400, "a field is not UTF-8 without NUL");
        }
        form->fields[form->count].value = intake->text;
    }
    form->count++;
    return 0;
}

/* ------------------------------------------------------------------- files */

struct upload *uploads_begin(struct fb_request *request, int64_t most)
{
    struct upload *upload = fb_alloc(request, sizeof(*upload));

    upload->field = UPLOADS_NO_FIELD;
    upload->fd = -1;
    upload->pipe = -1;
    upload->most = most;
    upload->file.name = "";
    crypto_hash_sha256_init(&upload->hash);
    upload->next = request->uploads;
    request->uploads = upload;
    return upload;
}

static const char *spool_bytes(struct fb_request *request,
                               const struct upload *upload, const char *bytes,
                               size_t length)
{
    const char *reason = NULL;

    return spool_write(request->spool, upload->fd, bytes, length, &reason) ==
                   SPOOL_OK
               ? NULL
               : reason;
}

/* The first `held` bytes are in memory. */
static const char *move_to_spool(struct fb_request *request,
                                 struct upload *upload, size_t held)
{
    if (request->spool == NULL) {
        request_fail(request, "there is no spool here");
    }
    upload->fd = spool_file(request->spool);
    if (upload->fd < 0) {
        return "no file can be made in the spool";
    }
    return held > 0 ? spool_bytes(request, upload, upload->memory, held) : NULL;
}

const char *uploads_to_spool(struct fb_request *request, struct upload *upload)
{
    return upload->fd >= 0
               ? NULL
               : move_to_spool(request, upload, (size_t)upload->file.size);
}

const char *uploads_add(struct fb_request *request, struct upload *upload,
                        const char *bytes, size_t length)
{
    size_t held = (size_t)upload->file.size;
    const char *wrong = NULL;

    upload->file.size += (int64_t)length;
    if (upload->file.size > upload->most) {
        return NULL;
    }
    file_teller_take(&upload->teller, (const unsigned char *)bytes, length);
    crypto_hash_sha256_update(&upload->hash, (const unsigned char *)bytes,
                              length);
    if (upload->fd < 0 && held + length > UPLOADS_MEMORY) {
        wrong = move_to_spool(request, upload, held);
    }
    if (wrong != NULL || upload->fd >= 0) {
        return wrong != NULL ? wrong
                             : spool_bytes(request, upload, bytes, length);
    }
    if (upload->memory == NULL) {
        upload->memory = request_alloc_raw(request, UPLOADS_MEMORY);
    }
    memcpy(upload->memory + held, bytes, length);
    return NULL;
}

void uploads_finish(struct fb_request *request, struct upload *upload)
{
    unsigned char hash[crypto_hash_sha256_BYTES];
    char *digits = request_alloc_raw(request, 2 * sizeof(hash) + 1);

    crypto_hash_sha256_final(&upload->hash, hash);
    upload->file.sha256 =
        sodium_bin2hex(digits, 2 * sizeof(hash) + 1, hash, sizeof(hash));
    upload->type = file_teller_end(&upload->teller);
    upload->file.type = upload->type->type;
}

static int begin_file(struct intake *intake, size_t field, const char *name)
{
    struct fb_request *request = intake->request;
    const struct fb_field *row = &intake->type->fields[field];
    const char *label;

    if (was_sent(intake, row->name)) {
        return refuse(intake, 400, "a file of the form was sent twice");
    }
    label = file_name_clean(request->arena, name);
    if (label == NULL) {
        return refuse(intake, 413, "the name of a file is too long");
    }
    intake->into = INTO_FILE;
    intake->upload = uploads_begin(request, row->most);
    intake->upload->field = (unsigned)field;
    /* A file box that was left empty has neither a name nor bytes. */
    intake->upload->file.name =
        label[0] != '\0' || name[0] == '\0' ? label : "file";
    return 0;
}

static int add_bytes(struct intake *intake, const char *bytes, size_t length)
{
    const char *wrong =
        uploads_add(intake->request, intake->upload, bytes, length);

    return wrong == NULL ? 0 : refuse(intake, 503, wrong);
}

/* ---------------------------------------------------------------- the body */

static int begin_part(void *context, const struct multipart_part *part)
{
    struct intake *intake = context;
    size_t row = find_row(intake->type, part->name);

    intake->into = INTO_NOTHING;
    if (row == NO_FIELD) {
        return is_own_field(part->name)
                   ? begin_text(intake, part->name, OWN_FIELD_MOST)
                   : 0;
    }
    if (part->filename == NULL) {
        return begin_text(intake, part->name,
                          forms_value_bytes(&intake->type->fields[row]));
    }
    return uploads_is_file(intake->type->fields[row].kind)
               ? begin_file(intake, row, part->filename)
               : refuse(intake, 400, "a file was sent for a field of text");
}

static int take_bytes(void *context, const char *bytes, size_t length)
{
    struct intake *intake = context;

    switch (intake->into) {
    case INTO_TEXT:
        return add_text(intake, bytes, length);
    case INTO_FILE:
        return add_bytes(intake, bytes, length);
    default:
        return 0;
    }
}

static int end_part(void *context)
{
    struct intake *intake = context;

    switch (intake->into) {
    case INTO_TEXT:
        return end_text(intake);
    case INTO_FILE:
        uploads_finish(intake->request, intake->upload);
        return 0;
    default:
        return 0;
    }
}

/* Every row once, and the engine's own. */
static void make_room(struct fb_request *request,
                      const struct fb_form_type *type)
{
    request->form.fields = fb_alloc(request, (type->field_count + 2) *
                                                 sizeof(*request->form.fields));
}

/* Returns 0 at the end of the body, else the status. */
static int read_body(struct fb_request *request, struct multipart *multipart)
{
    char *piece = request_alloc_raw(request, PIECE_BYTES);
    int got;

    do {
        got = request->channel->read(request->channel, piece, PIECE_BYTES);
        if (got < 0) {
            request_refuse(request, 400, "the body broke off");
        }
        request->body_length += (size_t)got;
    } while (multipart_feed(multipart, piece, (size_t)got) && got > 0);
    multipart_end(multipart);
    return multipart->status;
}

void uploads_read(struct fb_request *request)
{
    struct intake intake = {.request = request,
                            .type = request->match.page->form};
    struct multipart_sink sink = {begin_part, take_bytes, end_part, &intake};
    struct multipart *multipart =
        request_alloc_raw(request, sizeof(*multipart));
    int status;

    if (request->channel == NULL) {
        request_fail(request, "there is no client that could send files");
    }
    make_room(request, intake.type);
    multipart_begin(multipart, request_param(request, "CONTENT_TYPE"), &sink);
    status = multipart->status != 0 ? multipart->status
                                    : read_body(request, multipart);
    if (status == 503) {
        log_request(LOG_ERROR, request, "%s", intake.reason);
    }
    if (status != 0) {
        request_refuse(request, status,
                       multipart->reason != NULL ? multipart->reason
                                                 : intake.reason);
    }
}

const struct upload *uploads_of(const struct fb_request *request,
                                unsigned field)
{
    const struct upload *upload = request->uploads;

    while (upload != NULL && upload->field != field) {
        upload = upload->next;
    }
    return upload;
}

void uploads_end(struct fb_request *request)
{
    struct upload *upload;

    for (upload = request->uploads; upload != NULL; upload = upload->next) {
        if (upload->fd >= 0) {
            close(upload->fd);
            upload->fd = -1;
        }
        if (upload->pipe >= 0) {
            close(upload->pipe);
            upload->pipe = -1;
        }
    }
    request->uploads = NULL;
    if (request->spool != NULL) {
        spool_release(request->spool);
    }
}

/* --------------------------------------------------------------- the calls */

/* What was sent for a field and is right, else NULL. */
static const struct upload *right_upload(const struct fb_form *form,
                                         unsigned field, const char *call)
{
    const struct forms_value *value;

    if (field >= form->type->field_count ||
        !uploads_is_file(form->type->fields[field].kind)) {
        request_fail(form->request, "%s: field %u is no file", call, field);
    }
    value = &form->values[field];
    return value->error == NULL ? value->upload : NULL;
}

const struct fb_file *fb_form_file(const struct fb_form *form, unsigned field)
{
    const struct upload *upload = right_upload(form, field, "fb_form_file()");

    if (upload == NULL || upload->picture.count == 0) {
        return upload != NULL ? &upload->file : NULL;
    }
    return upload->picture.sizes[upload->picture.count - 1];
}

const struct fb_picture *fb_form_picture(const struct fb_form *form,
                                         unsigned field)
{
    const struct upload *upload =
        right_upload(form, field, "fb_form_picture()");

    if (form->type->fields[field].kind != FB_PICTURE) {
        request_fail(form->request, "fb_form_picture(): %s is no FB_PICTURE",
                     form->type->fields[field].name);
    }
    return upload != NULL ? &upload->picture : NULL;
}

size_t fb_file_read(struct fb_request *request, const struct fb_file *file,
                    int64_t offset, void *buffer, size_t size)
{
    const struct upload *upload = (const struct upload *)file;
    ssize_t got;

    if (offset < 0 || offset >= file->size) {
        return 0;
    }
    if ((int64_t)size > file->size - offset) {
        size = (size_t)(file->size - offset);
    }
    if (upload->fd < 0) {
        memcpy(buffer, upload->memory + offset, size);
        return size;
    }
    got = pread(upload->fd, buffer, size, offset);
    if (got < 0) {
        request_fail(request, "a file of the spool cannot be read: %s",
                     strerror(errno));
    }
    return (size_t)got;
}
