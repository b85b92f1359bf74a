/*
 * One mail to the mail server. libcurl tells the last answer's number, but
 * not to which command it was; so this listens to the conversation: an address
 * that does not exist, a mail that is not liked and a server that does not
 * like us are different things.
 */

#include "smtp.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CONNECT_SECONDS 20
#define PASSWORD_MAX 256

struct smtp {
    CURL *curl;
    struct curl_slist *to;
    smtp_stop *stops;
    void *context;
    char password[PASSWORD_MAX];
    char problem[CURL_ERROR_SIZE];

    /* of the mail that is being sent */
    const struct smtp_mail *mail;
    size_t sent;
    bool named_recipient; /* RCPT was the last command */
    bool gave_content;    /* all of the message was read */
    bool says_goodbye;    /* what comes now is about nothing */
    char said[SMTP_WORDS_MAX];
};

static size_t read_message(char *buffer, size_t size, size_t count,
                           void *context)
{
    struct smtp *smtp = context;
    size_t head = strlen(smtp->mail->head);
    size_t room = size * count;
    const char *from = smtp->sent < head
                           ? smtp->mail->head + smtp->sent
                           : smtp->mail->message + (smtp->sent - head);
    size_t left = smtp->sent < head ? head - smtp->sent
                                    : head + smtp->mail->length - smtp->sent;

    room = left < room ? left : room;
    memcpy(buffer, from, room);
    smtp->sent += room;
    smtp->gave_content = room == 0;
    return room;
}

/* What is said; never what is sent as a password. */
static int listen_to(CURL *curl, curl_infotype kind, char *bytes, size_t length,
                     void *context)
{
    struct smtp *smtp = context;
    bool was_named = smtp->named_recipient;
    size_t i;

    (void)curl;
    if (smtp->says_goodbye) {
        return 0;
    }
    if (kind == CURLINFO_HEADER_OUT) {
        smtp->named_recipient =
            length >= 5 && strncasecmp(bytes, "RCPT ", 5) == 0;
        smtp->says_goodbye = length >= 4 && strncasecmp(bytes, "QUIT", 4) == 0;
        smtp->named_recipient |= smtp->says_goodbye && was_named;
    } else if (kind == CURLINFO_HEADER_IN) {
        for (i = 0; i < length && i < sizeof(smtp->said) - 1 &&
                    bytes[i] != '\r' && bytes[i] != '\n';
             i++) {
            unsigned char c = (unsigned char)bytes[i];

            smtp->said[i] = (char)(c < ' ' || c >= 0x7f ? '?' : c);
        }
        smtp->said[i] = '\0';
    }
    return 0;
}

static int look_up(void *context, curl_off_t a, curl_off_t b, curl_off_t c,
                   curl_off_t d)
{
    const struct smtp *smtp = context;

    (void)a;
    (void)b;
    (void)c;
    (void)d;
    return smtp->stops(smtp->context);
}

static bool set_server(struct smtp *smtp, const struct settings *settings)
{
    CURL *curl = smtp->curl;
    long tls = strcmp(settings->smtp_tls, "none") == 0 ? (long)CURLUSESSL_NONE
                                                       : (long)CURLUSESSL_ALL;

    return curl_easy_setopt(curl, CURLOPT_URL, settings->smtp_url) ==
               CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps") ==
               CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_PROXY, "") == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_USE_SSL, tls) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_SSLVERSION,
                            (long)CURL_SSLVERSION_TLSv1_2) == CURLE_OK &&
           (settings->smtp_ca_file[0] == '\0' ||
            curl_easy_setopt(curl, CURLOPT_CAINFO, settings->smtp_ca_file) ==
                CURLE_OK) &&
           (settings->smtp_user[0] == '\0' ||
            (curl_easy_setopt(curl, CURLOPT_USERNAME, settings->smtp_user) ==
                 CURLE_OK &&
             curl_easy_setopt(curl, CURLOPT_PASSWORD, smtp->password) ==
                 CURLE_OK));
}

static bool set_behaviour(struct smtp *smtp, const struct settings *settings)
{
    CURL *curl = smtp->curl;

    return curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT,
                            (long)CONNECT_SECONDS) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_TIMEOUT,
                            (long)settings->smtp_seconds) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_SERVER_RESPONSE_TIMEOUT,
                            (long)settings->smtp_seconds) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_READFUNCTION, read_message) ==
               CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_READDATA, smtp) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_VERBOSE, 1L) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_DEBUGFUNCTION, listen_to) ==
               CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_DEBUGDATA, smtp) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, look_up) ==
               CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_XFERINFODATA, smtp) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, smtp->problem) ==
               CURLE_OK;
}

struct smtp *smtp_open(const struct settings *settings, smtp_stop *stops,
                       void *context, char *problem, size_t size)
{
    struct smtp *smtp = calloc(1, sizeof(*smtp));

    if (smtp == NULL) {
        snprintf(problem, size, "out of memory");
        return NULL;
    }
    smtp->stops = stops;
    smtp->context = context;
    if (!settings_read_secret(settings->smtp_password_file, smtp->password,
                              sizeof(smtp->password), problem, size)) {
        smtp_close(smtp);
        return NULL;
    }
    smtp->curl = curl_easy_init();
    if (smtp->curl == NULL || !set_server(smtp, settings) ||
        !set_behaviour(smtp, settings)) {
        snprintf(problem, size, "libcurl cannot send mail to %s",
                 settings->smtp_url);
        smtp_close(smtp);
        return NULL;
    }
    return smtp;
}

void smtp_close(struct smtp *smtp)
{
    if (smtp != NULL) {
        /* It says goodbye, and waits for an answer. */
        curl_easy_setopt(smtp->curl, CURLOPT_SERVER_RESPONSE_TIMEOUT, 1L);
        curl_easy_cleanup(smtp->curl);
        curl_slist_free_all(smtp->to);
        explicit_bzero(smtp->password, sizeof(smtp->password));
        free(smtp);
    }
}

/* 5xx to RCPT is about the address, 5xx to the content about the mail; to
   anything else it is about us, and somebody may mend that. */
static enum smtp_result judge(const struct smtp *smtp, CURLcode code)
{
    long number = strtol(smtp->said, NULL, 10);

    if (code == CURLE_OK) {
        return SMTP_SENT;
    }
    if (code == CURLE_ABORTED_BY_CALLBACK) {
        return SMTP_CUT_OFF;
    }
    if (number < 500 || number > 599) {
        return SMTP_LATER;
    }
    if (smtp->named_recipient) {
        return SMTP_NOBODY;
    }
    return smtp->gave_content ? SMTP_REFUSED : SMTP_LATER;
}

enum smtp_result smtp_send(struct smtp *smtp, const struct smtp_mail *mail,
                           char words[SMTP_WORDS_MAX])
{
    enum smtp_result result;
    CURLcode code = CURLE_OUT_OF_MEMORY;

    smtp->mail = mail;
    smtp->sent = 0;
    smtp->named_recipient = false;
    smtp->gave_content = false;
    smtp->says_goodbye = false;
    smtp->said[0] = '\0';
    smtp->problem[0] = '\0';
    curl_slist_free_all(smtp->to);
    smtp->to = curl_slist_append(NULL, mail->to);
    if (smtp->to != NULL &&
        curl_easy_setopt(smtp->curl, CURLOPT_MAIL_FROM, mail->from) ==
            CURLE_OK &&
        curl_easy_setopt(smtp->curl, CURLOPT_MAIL_RCPT, smtp->to) == CURLE_OK) {
        code = curl_easy_perform(smtp->curl);
    }
    result = judge(smtp, code);
    if (result == SMTP_NOBODY || result == SMTP_REFUSED ||
        smtp->problem[0] == '\0') {
        snprintf(words, SMTP_WORDS_MAX, "%s",
                 smtp->said[0] != '\0' ? smtp->said : curl_easy_strerror(code));
    } else {
        snprintf(words, SMTP_WORDS_MAX, "%.400s%s%.400s", smtp->problem,
                 smtp->said[0] != '\0' ? "; it said last: " : "", smtp->said);
    }
    return result;
}
