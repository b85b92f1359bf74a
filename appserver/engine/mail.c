/* Adding mail to the outbox; mail.h draws the life of one. */

#include "mail.h"

#include <idn2.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "database.h"
#include "forms.h"
#include "locale.h"
#include "log.h"
#include "out.h"
#include "request.h"
#include "rows.h"

#define UNSUBSCRIBE_MAX 1000
#define RANDOM_BYTES ((size_t)16)

const struct fb_statement mail_statements[MAIL_STATEMENTS] = {
    [MAIL_ADD] = {.name = "mail_add",
                  .sql = "INSERT INTO outbox (state, due, kind, message_id, "
                         "to_address, to_name, reply_to, subject, language, "
                         "unsubscribe, text, html, error, request) VALUES "
                         "(?, IF(? > 0, UTC_TIMESTAMP(6), NULL), ?, ?, ?, ?, "
                         "?, ?, ?, ?, ?, ?, ?, ?)",
                  .example =
                      (const char *const[]){"kept", "0", "mail",
                                            "<1@localhost>", "a@example.org",
                                            "", "", "Hello", "en-GB", "",
                                            "Hello", "", "", "", NULL}},
    [MAIL_BOUNCE] = {.name = "mail_bounce",
                     .sql = "SELECT error FROM mail_bounces WHERE address = ?",
                     .example = (const char *const[]){"a@example.org", NULL}},
    [MAIL_LIST] = {.name = "mail_list",
                   .sql = "SELECT id, to_address, subject, kind, "
                          "DATE_FORMAT(added_at, '%Y-%m-%d %H:%i:%s') "
                          "FROM outbox WHERE state = 'kept' "
                          "ORDER BY id DESC LIMIT 100"},
    [MAIL_SHOW] = {.name = "mail_show",
                   .sql = "SELECT to_address, to_name, subject, text, html, "
                          "unsubscribe, message_id FROM outbox "
                          "WHERE id = ? AND state = 'kept'",
                   .example = (const char *const[]){"0", NULL}},
};

/* ------------------------------------------------------------- addresses */

bool mail_to_ascii(const char *address, char ascii[FB_MAIL_ADDRESS_MAX + 1])
{
    const char *at = strrchr(address, '@');
    char *host = NULL;
    int length;

    if (at == NULL || strlen(address) > 4 * FB_MAIL_ADDRESS_MAX ||
        idn2_to_ascii_8z(at + 1, &host, IDN2_NONTRANSITIONAL) != IDN2_OK) {
        return false;
    }
    length = snprintf(ascii, FB_MAIL_ADDRESS_MAX + 1, "%.*s@%s",
                      (int)(at - address), address, host);
    idn2_free(host);
    return length <= FB_MAIL_ADDRESS_MAX && forms_is_email(ascii);
}

/* What may stand in a header, whoever wrote it. */
static bool is_one_line(const char *text, size_t most)
{
    const char *c;

    for (c = text; *c != '\0'; c++) {
        if ((unsigned char)*c < ' ' || *c == 0x7f) {
            return false;
        }
    }
    return (size_t)(c - text) <= most;
}

bool mail_read_sender(const char *text, struct mail_sender *sender)
{
    const char *open = strchr(text, '<');
    size_t length = strlen(text);
    char address[4 * FB_MAIL_ADDRESS_MAX + 1];
    size_t name_length;

    *sender = (struct mail_sender){0};
    if (open == NULL) {
        return mail_to_ascii(text, sender->address);
    }
    for (name_length = (size_t)(open - text);
         name_length > 0 && text[name_length - 1] == ' '; name_length--) {
    }
    if (!is_one_line(text, SETTINGS_TEXT_MAX) || text[length - 1] != '>' ||
        name_length > FB_MAIL_SUBJECT_MAX || strlen(open) > sizeof(address)) {
        return false;
    }
    snprintf(sender->name, sizeof(sender->name), "%.*s", (int)name_length,
             text);
    snprintf(address, sizeof(address), "%.*s", (int)(strlen(open) - 2),
             open + 1);
    return mail_to_ascii(address, sender->address);
}

/* -------------------------------------------------------------- settings */

bool mail_is_kept(const struct settings *settings)
{
    return settings->mailbox != 0 && settings->smtp_url[0] == '\0';
}

static bool is_site_url(const char *url)
{
    size_t length = strlen(url);

    return (strncmp(url, "https://", 8) == 0 ||
            strncmp(url, "http://", 7) == 0) &&
           is_one_line(url, UNSUBSCRIBE_MAX) && strchr(url, ' ') == NULL &&
           url[length - 1] != '/';
}

const char *mail_check_settings(const struct settings *settings)
{
    const char *url = settings->smtp_url;
    struct mail_sender sender;

    if (settings->mail_from[0] != '\0' &&
        !mail_read_sender(settings->mail_from, &sender)) {
        return "mail-from takes user@host or Name <user@host>";
    }
    if (settings->site_url[0] != '\0' && !is_site_url(settings->site_url)) {
        return "site-url takes https://host or http://host:port, without a "
               "slash at its end";
    }
    if (strcmp(settings->smtp_tls, "required") != 0 &&
        strcmp(settings->smtp_tls, "none") != 0) {
        return "smtp-tls takes required or none";
    }
    if ((settings->dkim_key_file[0] != '\0') !=
        (settings->dkim_selector[0] != '\0')) {
        return "dkim-key-file and dkim-selector are set together";
    }
    if (url[0] == '\0') {
        return NULL;
    }
    if (strncmp(url, "smtp://", 7) != 0 && strncmp(url, "smtps://", 8) != 0) {
        return "smtp-url takes smtp://host:587 or smtps://host:465";
    }
    return settings->mail_from[0] == '\0'
               ? "smtp-url needs mail-from, who the mail is from"
               : NULL;
}

/* ------------------------------------------------------------------ words */

const char *fb_site_url(struct fb_request *request, const char *path)
{
    const char *site = request->database != NULL
                           ? database_settings(request->database)->site_url
                           : "";

    if (path[0] != '/' || path[1] == '/') {
        request_fail(request, "fb_site_url(): not a path of this site: %s",
                     path);
    }
    if (site[0] == '\0') {
        request_fail(request, "fb_site_url(): the setting site-url does not "
                              "say where the site is");
    }
    return fb_printf(request, "%s%s", site, path);
}

struct fb_out *fb_draft(struct fb_request *request)
{
    struct fb_out *out = fb_alloc(request, sizeof(*out));

    out->request = request;
    return out;
}

const char *fb_drafted(struct fb_out *draft)
{
    return draft->length == 0
               ? ""
               : request_strndup(draft->request, draft->bytes, draft->length);
}

/* ----------------------------------------------------------------- adding */

static const char *or_empty(const char *text)
{
    return text != NULL ? text : "";
}

static struct fb_value given(const char *text)
{
    return (struct fb_value){.kind = FB_VALUE_TEXT, .text = text};
}

static void check_program(struct fb_request *request,
                          const struct fb_mail *mail)
{
    const char *kind = mail->kind;

    if (mail->to == NULL || mail->subject == NULL || mail->text == NULL) {
        request_fail(request, "fb_mail(): a mail has .to, .subject and .text");
    }
    if (kind != NULL && !rows_is_name(kind, strlen(kind))) {
        request_fail(request, "fb_mail(): .kind is not [a-z0-9_]+: %s", kind);
    }
    if (strlen(mail->text) > FB_MAIL_BODY_MAX ||
        strlen(or_empty(mail->html)) > FB_MAIL_BODY_MAX) {
        request_fail(request, "fb_mail(): the mail is longer than %d bytes",
                     FB_MAIL_BODY_MAX);
    }
}

/* What people wrote; NULL, or what is wrong with it. */
static const char *check_words(const struct fb_mail *mail, char *to,
                               char *reply_to)
{
    reply_to[0] = '\0';
    if (!mail_to_ascii(mail->to, to)) {
        return "it goes to what is no address";
    }
    if (mail->reply_to != NULL && !mail_to_ascii(mail->reply_to, reply_to)) {
        return "it wants to be answered to what is no address";
    }
    if (!is_one_line(or_empty(mail->to_name), FB_MAIL_SUBJECT_MAX)) {
        return "the name of who gets it is no line of 250 bytes";
    }
    if (!is_one_line(mail->subject, FB_MAIL_SUBJECT_MAX) ||
        mail->subject[0] == '\0') {
        return "its subject is no line of 1 to 250 bytes";
    }
    return NULL;
}

/* The host after the @ is ours, so that nobody else makes the same. */
static const char *make_message_id(struct fb_request *request,
                                   const struct settings *settings)
{
    unsigned char random[RANDOM_BYTES];
    char hex[2 * RANDOM_BYTES + 1];
    struct mail_sender sender;
    const char *host = "localhost";

    randombytes_buf(random, sizeof(random));
    sodium_bin2hex(hex, sizeof(hex), random, sizeof(random));
    if (mail_read_sender(settings->mail_from, &sender)) {
        host = strrchr(sender.address, '@') + 1;
    }
    return fb_printf(request, "<%s@%s>", hex, host);
}

/* Why an address gets nothing more; "": it does. */
static enum fb_result look_for_bounce(struct fb_request *request,
                                      const char *address, const char **error)
{
    unsigned own = database_own(request->database, mail_statements);
    struct fb_rows *rows;
    enum fb_result result =
        fb_select(request, own + MAIL_BOUNCE, &rows, given(address));

    *error = "";
    if (result == FB_OK && fb_next(rows)) {
        *error = fb_column_text(rows, 0);
    }
    return result;
}

enum fb_result fb_mail(struct fb_request *request, const struct fb_mail *mail)
{
    char to[FB_MAIL_ADDRESS_MAX + 1];
    char reply_to[FB_MAIL_ADDRESS_MAX + 1];
    const struct settings *settings;
    enum fb_result result;
    const char *wrong;
    const char *bounce;
    const char *state;

    check_program(request, mail);
    wrong = check_words(mail, to, reply_to);
    if (wrong != NULL) {
        log_request(LOG_WARN, request, "a mail was not sent: %s", wrong);
        return FB_INVALID;
    }
    if (request->database == NULL) {
        request_fail(request, "there is no database here");
    }
    settings = database_settings(request->database);
    result = look_for_bounce(request, to, &bounce);
    if (result != FB_OK) {
        return result;
    }
    state = mail_is_kept(settings) ? "kept"
            : bounce[0] != '\0'    ? "bounced"
                                   : "waiting";
    result = fb_execute(
        request, database_own(request->database, mail_statements) + MAIL_ADD,
        given(state), fb_int(state[0] == 'w'),
        given(mail->kind != NULL ? mail->kind : "mail"),
        given(make_message_id(request, settings)), given(to),
        given(or_empty(mail->to_name)), given(reply_to), given(mail->subject),
        given(fb_locale(request)),
        given(mail->unsubscribe != NULL
                  ? fb_site_url(request, mail->unsubscribe)
                  : ""),
        given(mail->text), fb_text(mail->html), given(bounce),
        given(request->id));
    if (result == FB_OK) {
        database_ring(request->database, BELL_MAIL);
    }
    return result;
}
