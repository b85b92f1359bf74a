/* What must not happen twice: see once.h. */

#include "once.h"

#include <sodium.h>
#include <string.h>

#include "csrf.h"
#include "form.h"
#include "forms.h"
#include "request.h"
#include "session.h"
#include "uploads.h"
#include "words.h"

#define KEY_BYTES ((size_t)16)
#define KEY_TEXT ((size_t)23)
#define ID_BYTES ((size_t)24)
#define LOCATION_MAX 2000
#define PROGRAM_KEY_LEAST 16
#define PROGRAM_KEY_MOST 128

#define BASE64 sodium_base64_VARIANT_URLSAFE_NO_PADDING

/* IGNORE: a key that is known is no error, but a row that was not added. */
const struct fb_statement once_statements[ONCE_STATEMENTS] = {
    [ONCE_TAKE] = {.name = "once_take",
                   .sql = "INSERT IGNORE INTO form_answers (id, content) "
                          "VALUES (?, ?)",
                   .example = (const char *const[]){"none", "none", NULL}},
    [ONCE_FIND] = {.name = "once_find",
                   .sql = "SELECT content, location FROM form_answers "
                          "WHERE id = ?",
                   .example = (const char *const[]){"none", NULL}},
    [ONCE_KEEP] = {.name = "once_keep",
                   .sql = "UPDATE form_answers SET location = ? WHERE id = ?",
                   .example = (const char *const[]){"/", "none", NULL}},
};

static bool is_key(const char *text)
{
    return text != NULL && strlen(text) == KEY_TEXT - 1 &&
           text[strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                             "abcdefghijklmnopqrstuvwxyz0123456789-_")] == '\0';
}

/* With or without the quotation marks that the header should have. */
static const char *program_key(const struct fb_request *request, size_t *length)
{
    const char *key = fb_request_header(request, "Idempotency-Key");

    if (key == NULL) {
        return NULL;
    }
    *length = strlen(key);
    if (*length >= 2 && key[0] == '"' && key[*length - 1] == '"') {
        key++;
        *length -= 2;
    }
    return key;
}

const char *once_refusal(const struct fb_request *request)
{
    size_t length = 0;
    const char *key = program_key(request, &length);
    bool is_good = length >= PROGRAM_KEY_LEAST && length <= PROGRAM_KEY_MOST;
    size_t i;

    for (i = 0; key != NULL && is_good && i < length; i++) {
        is_good =
            key[i] > ' ' && key[i] < 0x7f && key[i] != '"' && key[i] != '\\';
    }
    return key == NULL || is_good
               ? NULL
               : WORDS("The header Idempotency-Key must be 16 to 128 letters, "
                       "digits and signs, such as a UUID.");
}

/* The key that came with the request; NULL: none did. */
static const char *sent_key(struct fb_request *request)
{
    const char *key = form_value(&request->form, FORMS_KEY_FIELD);
    size_t length = 0;

    if (is_key(key)) {
        return key;
    }
    key = program_key(request, &length);
    return key != NULL ? request_strndup(request, key, length) : NULL;
}

const char *once_key(const struct fb_form *form)
{
    struct fb_request *request = form->request;
    const struct fb_page *page = request->match.page;
    const char *sent = form_value(&request->form, FORMS_KEY_FIELD);
    unsigned char bytes[KEY_BYTES];
    char *key;

    if (!form->type->once) {
        return NULL;
    }
    if (page != NULL && page->cache_seconds > 0 && !form->was_sent) {
        return NULL;
    }
    if (form->was_sent && !form->key_is_spent && is_key(sent)) {
        return sent;
    }
    randombytes_buf(bytes, sizeof(bytes));
    key = fb_alloc(request, KEY_TEXT);
    return sodium_bin2base64(key, KEY_TEXT, bytes, sizeof(bytes), BASE64);
}

/* ------------------------------------------------------------ identities */

static void hash_begin(crypto_generichash_state *state, const struct csrf *csrf)
{
    bool is_keyed = csrf != NULL && csrf->is_set;

    crypto_generichash_init(state, is_keyed ? csrf->key : NULL,
                            is_keyed ? sizeof(csrf->key) : 0, ID_BYTES);
}

/* With its NUL, so that no two lists of texts are the same bytes. */
static void hash_text(crypto_generichash_state *state, const char *text)
{
    crypto_generichash_update(state, (const unsigned char *)text,
                              strlen(text) + 1);
}

static void hash_end(crypto_generichash_state *state, char *text)
{
    unsigned char bytes[ID_BYTES];

    crypto_generichash_final(state, bytes, sizeof(bytes));
    sodium_bin2base64(text, ONCE_ID_TEXT, bytes, sizeof(bytes), BASE64);
}

static void digest(const struct fb_form *form, char *text)
{
    crypto_generichash_state state;
    size_t i;

    hash_begin(&state, form->request->csrf);
    for (i = 0; i < form->type->field_count; i++) {
        const struct forms_value *value = &form->values[i];

        hash_text(&state, value->text);
        if (value->upload != NULL) {
            hash_text(&state, value->upload->file.sha256);
        }
    }
    hash_end(&state, text);
}

bool once_make(struct fb_request *request, struct once *once)
{
    const struct fb_form *form = request->posted;
    const char *session;
    const char *key;
    crypto_generichash_state state;

    if (form == NULL || !form->was_sent || !form->type->once) {
        return false;
    }
    if (form->once_was_used) {
        request_fail(request, "a form that is .once has one transaction");
    }
    request->posted->once_was_used = true;
    session = session_first(request);
    key = sent_key(request);
    digest(form, once->content);
    hash_begin(&state, request->csrf);
    hash_text(&state, request->match.page->name);
    hash_text(&state, request->path);
    hash_text(&state, session != NULL ? session : "");
    hash_text(&state, key != NULL ? key : once->content);
    hash_end(&state, once->id);
    return true;
}

/* ---------------------------------------------------------- transactions */

static enum fb_result conflict(struct fb_request *request)
{
    request->posted->key_is_spent = true;
    fb_form_error(
        request->posted, FB_WHOLE_FORM,
        words_translate(
            request, WORDS("This form was sent before, with other words, and "
                           "that was done. If this is meant as well, send it "
                           "once more")));
    return FB_CONFLICT;
}

/* A text that is never NULL. */
static struct fb_value given(const char *text)
{
    return (struct fb_value){.kind = FB_VALUE_TEXT, .text = text};
}

enum fb_result once_take(struct fb_request *request, const struct once *once,
                         unsigned first, bool *is_repeat)
{
    enum fb_result result;
    struct fb_rows *rows;

    result = fb_execute(request, first + ONCE_TAKE, given(once->id),
                        given(once->content));
    if (result != FB_OK || fb_changed_rows(request) > 0) {
        return result;
    }
    result = fb_select(request, first + ONCE_FIND, &rows, given(once->id));
    if (result != FB_OK) {
        return result;
    }
    /* Removed in between: a form that is a day old may as well be new. */
    if (!fb_next(rows)) {
        return FB_UNAVAILABLE;
    }
    if (strcmp(fb_column_text(rows, 0), once->content) != 0) {
        return conflict(request);
    }
    *is_repeat = true;
    fb_redirect(request, fb_column_text(rows, 1));
    return FB_OK;
}

enum fb_result once_keep(struct fb_request *request, const struct once *once,
                         unsigned first)
{
    const char *location = request_reply_header(request, "Location");

    if (request->status != 303 || location == NULL) {
        request_fail(request, "the transaction of a form that is .once must "
                              "call fb_redirect(): that is what the form is "
                              "answered with when it is sent again");
    }
    if (location != NULL && strlen(location) > LOCATION_MAX) {
        request_fail(request,
                     "fb_redirect(): a form that is .once can keep "
                     "a path of %d bytes",
                     LOCATION_MAX);
    }
    return fb_execute(request, first + ONCE_KEEP, given(location),
                      given(once->id));
}
