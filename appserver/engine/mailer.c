/*
 * The mailer; mailer.h says what it promises. Each step is a statement of its
 * own, which names the claim under which the mail was taken: one that was
 * given to another mailer meanwhile is left alone.
 */

#include "mailer.h"

#include <curl/curl.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"
#include "database.h"
#include "dkim.h"
#include "log.h"
#include "mail.h"
#include "mail_message.h"
#include "sandbox.h"
#include "smtp.h"
#include "worker.h"

#define PASSWORD_MAX 256
#define LOOK_MS 2000
#define PAUSE_MOST_MS 10000
#define LEASE_SECONDS 300 /* above the most of smtp-seconds */
#define SQL_MAX ((size_t)8 * 1024)

/* Threads of libcurl's that look up names, and say so when they are done. */
#define FURTHER_CALLS "clone,clone3,socketpair"

struct mailer {
    const struct mailer_place *place;
    struct mail_sender from;
    struct dkim *dkim; /* NULL: mail is not signed */
    struct smtp *smtp;
    MYSQL *connection; /* NULL: none */
    char password[PASSWORD_MAX];
    char id[24];
    int signals;
    bool leaving;
    int64_t leave_by;
    int64_t pause_ms;
    bool has_complained;
};

/* A mail that was taken: a row of its columns. */
struct taken {
    MYSQL_RES *result;
    MYSQL_ROW row;
    const char *id;
    uint64_t claim;
};

enum column {
    COLUMN_ID,
    COLUMN_CLAIM,
    COLUMN_MESSAGE_ID,
    COLUMN_TO,
    COLUMN_TO_NAME,
    COLUMN_REPLY_TO,
    COLUMN_SUBJECT,
    COLUMN_LANGUAGE,
    COLUMN_UNSUBSCRIBE,
    COLUMN_TEXT,
    COLUMN_HTML,
    COLUMN_DATE,
    COLUMN_IS_OLD
};

/* ----------------------------------------------------------- the database */

static void complain(struct mailer *mailer, const char *problem)
{
    if (!mailer->has_complained) {
        log_line(LOG_ERROR, "no mail is sent from here for now: %s", problem);
    }
    mailer->has_complained = true;
    mailer->pause_ms = clock_back_off(mailer->pause_ms, LOOK_MS, PAUSE_MOST_MS);
}

static bool connect_now(struct mailer *mailer)
{
    char problem[512];

    if (mailer->connection == NULL) {
        mailer->connection =
            database_connect(mailer->place->settings, mailer->password, problem,
                             sizeof(problem));
        if (mailer->connection == NULL) {
            complain(mailer, problem);
        }
    }
    return mailer->connection != NULL;
}

static bool ask(struct mailer *mailer, const char *sql)
{
    char problem[512];

    if (!connect_now(mailer)) {
        return false;
    }
    if (mysql_query(mailer->connection, sql) == 0) {
        if (mailer->has_complained) {
            log_line(LOG_WARN, "mail is sent again");
        }
        mailer->has_complained = false;
        mailer->pause_ms = 0;
        return true;
    }
    snprintf(problem, sizeof(problem), "%s (%u)",
             mysql_error(mailer->connection), mysql_errno(mailer->connection));
    complain(mailer, problem);
    mysql_close(mailer->connection);
    mailer->connection = NULL;
    return false;
}

/* What a mailer of this name, or one that is silent, left behind. */
static void reclaim(struct mailer *mailer)
{
    char sql[256];

    snprintf(sql, sizeof(sql),
             "UPDATE outbox SET due = UTC_TIMESTAMP(6) "
             "WHERE state = 'sending' AND sender = '%s'",
             mailer->id);
    (void)ask(mailer, sql);
}

/* The number and claim of the mail that has waited longest. */
static bool find_next(struct mailer *mailer, uint64_t *id, uint64_t *claim)
{
    MYSQL_RES *result;
    MYSQL_ROW row;

    if (!ask(mailer, "SELECT id, claim FROM outbox "
                     "WHERE due <= UTC_TIMESTAMP(6) ORDER BY due, id "
                     "LIMIT 1")) {
        return false;
    }
    result = mysql_store_result(mailer->connection);
    row = result != NULL ? mysql_fetch_row(result) : NULL;
    if (row != NULL) {
        *id = strtoull(row[0], NULL, 10);
        *claim = strtoull(row[1], NULL, 10);
    }
    mysql_free_result(result);
    return row != NULL;
}

static bool claim_mail(struct mailer *mailer, uint64_t id, uint64_t claim)
{
    char sql[512];

    snprintf(sql, sizeof(sql),
             "UPDATE outbox SET state = 'sending', sender = '%s', "
             "due = UTC_TIMESTAMP(6) + INTERVAL %d SECOND, claim = claim + 1, "
             "tries = tries + 1, changed_at = UTC_TIMESTAMP(6) "
             "WHERE id = %" PRIu64 " AND claim = %" PRIu64
             " AND due <= UTC_TIMESTAMP(6)",
             mailer->id, LEASE_SECONDS, id, claim);
    return ask(mailer, sql) && mysql_affected_rows(mailer->connection) == 1;
}

static bool read_mail(struct mailer *mailer, uint64_t id, struct taken *taken)
{
    char sql[512];

    snprintf(sql, sizeof(sql),
             "SELECT id, claim, message_id, to_address, to_name, reply_to, "
             "subject, language, unsubscribe, text, html, "
             "TIMESTAMPDIFF(SECOND, '1970-01-01', added_at), "
             "added_at < UTC_TIMESTAMP(6) - INTERVAL %d DAY "
             "FROM outbox WHERE id = %" PRIu64,
             mailer->place->settings->mail_days, id);
    if (!ask(mailer, sql)) {
        return false;
    }
    taken->result = mysql_store_result(mailer->connection);
    taken->row = taken->result != NULL ? mysql_fetch_row(taken->result) : NULL;
    if (taken->row == NULL) {
        mysql_free_result(taken->result);
        return false;
    }
    taken->id = taken->row[COLUMN_ID];
    taken->claim = strtoull(taken->row[COLUMN_CLAIM], NULL, 10);
    return true;
}

/* Ends what was taken; `changes` are assignments. Escapes the words. */
static void settle(struct mailer *mailer, const struct taken *taken,
                   const char *changes, const char *words)
{
    char escaped[2 * SMTP_WORDS_MAX + 1];
    char sql[SQL_MAX];

    if (!connect_now(mailer)) {
        return; /* it is taken up again when its time is over */
    }
    mysql_real_escape_string(mailer->connection, escaped, words, strlen(words));
    snprintf(sql, sizeof(sql),
             "UPDATE outbox SET %s, error = '%s', sender = NULL, "
             "changed_at = UTC_TIMESTAMP(6) WHERE id = %s AND claim = %" PRIu64,
             changes, escaped, taken->id, taken->claim);
    (void)ask(mailer, sql);
}

static void note_bounce(struct mailer *mailer, const struct taken *taken,
                        const char *words)
{
    char escaped[2 * SMTP_WORDS_MAX + 1];
    char address[2 * FB_MAIL_ADDRESS_MAX + 1];
    char sql[SQL_MAX];

    if (!connect_now(mailer)) {
        return;
    }
    mysql_real_escape_string(mailer->connection, escaped, words, strlen(words));
    mysql_real_escape_string(mailer->connection, address, taken->row[COLUMN_TO],
                             strlen(taken->row[COLUMN_TO]));
    snprintf(sql, sizeof(sql),
             "INSERT INTO mail_bounces (address, error) VALUES ('%s', '%s') "
             "ON DUPLICATE KEY UPDATE error = VALUES(error)",
             address, escaped);
    (void)ask(mailer, sql);
}

/* ---------------------------------------------------------------- sending */

/* Between a minute and four hours, and not all at the same moment. */
static void try_later(struct mailer *mailer, const struct taken *taken,
                      const char *words)
{
    char changes[256];

    snprintf(changes, sizeof(changes),
             "state = 'waiting', due = UTC_TIMESTAMP(6) + INTERVAL "
             "LEAST(14400, 60 * POW(2, LEAST(tries, 12) - 1)) * %u / 1000 "
             "SECOND",
             750 + randombytes_uniform(501));
    settle(mailer, taken, changes, words);
}

static void settle_result(struct mailer *mailer, const struct taken *taken,
                          enum smtp_result result, const char *words)
{
    bool is_old = taken->row[COLUMN_IS_OLD][0] == '1';

    switch (result) {
    case SMTP_SENT:
        settle(mailer, taken,
               "state = 'sent', due = NULL, text = '', html = NULL", "");
        log_line(LOG_INFO, "mail %s was sent: %s", taken->id, words);
        return;
    case SMTP_NOBODY:
        note_bounce(mailer, taken, words);
        settle(mailer, taken, "state = 'bounced', due = NULL", words);
        break;
    case SMTP_REFUSED:
        settle(mailer, taken, "state = 'failed', due = NULL", words);
        break;
    case SMTP_CUT_OFF:
        settle(mailer, taken,
               "state = 'waiting', due = UTC_TIMESTAMP(6), tries = tries - 1",
               "");
        return;
    case SMTP_LATER:
        if (is_old) {
            settle(mailer, taken, "state = 'failed', due = NULL", words);
        } else {
            try_later(mailer, taken, words);
        }
        break;
    }
    log_line(LOG_WARN, "mail %s was not sent%s: %s", taken->id,
             result == SMTP_LATER && !is_old ? " yet" : "", words);
}

static void send_taken(struct mailer *mailer, const struct taken *taken)
{
    MYSQL_ROW row = taken->row;
    int64_t date = strtoll(row[COLUMN_DATE], NULL, 10);
    struct mail_message message = {.from = mailer->from.address,
                                   .from_name = mailer->from.name,
                                   .to = row[COLUMN_TO],
                                   .to_name = row[COLUMN_TO_NAME],
                                   .reply_to = row[COLUMN_REPLY_TO],
                                   .subject = row[COLUMN_SUBJECT],
                                   .message_id = row[COLUMN_MESSAGE_ID],
                                   .language = row[COLUMN_LANGUAGE],
                                   .unsubscribe = row[COLUMN_UNSUBSCRIBE],
                                   .date = date,
                                   .text = row[COLUMN_TEXT],
                                   .html = row[COLUMN_HTML]};
    struct smtp_mail mail = {
        .from = mailer->from.address, .to = row[COLUMN_TO], .head = ""};
    char *bytes = mail_message_make(&message, &mail.length);
    char *signature = NULL;
    char words[SMTP_WORDS_MAX];

    mail.message = bytes;
    if (bytes != NULL && mailer->dkim != NULL) {
        /* By the date of the mail: the same bytes each time. */
        signature = dkim_sign(mailer->dkim, bytes, mail.length, date);
        mail.head = signature;
    }
    if (bytes == NULL || mail.head == NULL) {
        try_later(mailer, taken, "the message could not be made");
    } else {
        settle_result(mailer, taken, smtp_send(mailer->smtp, &mail, words),
                      words);
    }
    free(signature);
    free(bytes);
}

/* false: there was nothing to do, or it cannot be done now. */
static bool send_one(struct mailer *mailer)
{
    struct taken taken;
    uint64_t claim;
    uint64_t id;

    if (!find_next(mailer, &id, &claim)) {
        return false;
    }
    if (!claim_mail(mailer, id, claim)) {
        return mailer->connection != NULL; /* somebody else was faster */
    }
    if (read_mail(mailer, id, &taken)) {
        send_taken(mailer, &taken);
        mysql_free_result(taken.result);
    }
    return mailer->connection != NULL;
}

/* ---------------------------------------------------------------- process */

/* Whether a mail that is on its way is to be cut off. */
static bool hear_signals(void *context)
{
    struct mailer *mailer = context;
    struct signalfd_siginfo info;

    if (read(mailer->signals, &info, sizeof(info)) == (ssize_t)sizeof(info) &&
        !mailer->leaving) {
        mailer->leaving = true;
        mailer->leave_by =
            clock_now_ms() +
            (int64_t)mailer->place->settings->drain_seconds * 1000;
    }
    return mailer->leaving && clock_now_ms() >= mailer->leave_by;
}

static void wait_for_more(struct mailer *mailer)
{
    struct pollfd polls[] = {{.fd = mailer->signals, .events = POLLIN},
                             {.fd = mailer->pause_ms == 0
                                        ? mailer->place->bells->fds[BELL_MAIL]
                                        : -1,
                              .events = POLLIN}};

    poll(polls, 2, mailer->pause_ms > 0 ? (int)mailer->pause_ms : LOOK_MS);
    bells_hush(mailer->place->bells, BELL_MAIL);
}

static bool open_signals(struct mailer *mailer)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, WORKER_LEAVE);
    sigaddset(&set, WORKER_FINISH);
    sigprocmask(SIG_BLOCK, &set, NULL);
    signal(SIGINT, SIG_IGN);
    signal(SIGHUP, SIG_IGN);
    mailer->signals = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
    return mailer->signals >= 0;
}

static bool close_the_door(const struct settings *settings, char *problem,
                           size_t size)
{
#ifdef __SANITIZE_ADDRESS__
    (void)settings;
    (void)problem;
    (void)size;
    return true;
#else
    char further[SETTINGS_TEXT_MAX + 32];

    snprintf(further, sizeof(further), FURTHER_CALLS ",%s",
             settings->sandbox_allow);
    return settings->sandbox == 0 || sandbox_enter(further, problem, size);
#endif
}

static bool set_up(struct mailer *mailer, char *problem, size_t size)
{
    const struct settings *settings = mailer->place->settings;

    snprintf(mailer->id, sizeof(mailer->id), "%016" PRIx64,
             mailer->place->server);
    snprintf(problem, size, "the mailer cannot be set up");
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK ||
        !open_signals(mailer) ||
        !mail_read_sender(settings->mail_from, &mailer->from) ||
        !settings_read_secret(settings->db_password_file, mailer->password,
                              sizeof(mailer->password), problem, size)) {
        return false;
    }
    if (settings->dkim_key_file[0] != '\0') {
        mailer->dkim =
            dkim_open(settings->dkim_key_file, settings->dkim_selector,
                      strrchr(mailer->from.address, '@') + 1, problem, size);
        if (mailer->dkim == NULL) {
            return false;
        }
    }
    mailer->smtp = smtp_open(settings, hear_signals, mailer, problem, size);
    return mailer->smtp != NULL && close_the_door(settings, problem, size);
}

static void clean_up(struct mailer *mailer)
{
    smtp_close(mailer->smtp);
    dkim_free(mailer->dkim);
    if (mailer->connection != NULL) {
        mysql_close(mailer->connection);
    }
    explicit_bzero(mailer->password, sizeof(mailer->password));
    curl_global_cleanup();
}

int mailer_run(const struct mailer_place *place)
{
    struct mailer mailer = {.place = place, .signals = -1};
    char problem[1024];
    bool good;

    log_name_process("mailer");
    good = set_up(&mailer, problem, sizeof(problem));
    if (!good) {
        log_line(LOG_ERROR, "no mail is sent from here: %s", problem);
    } else {
        log_line(LOG_DEBUG, "the mailer %s is ready", mailer.id);
        reclaim(&mailer);
    }
    while (good && !mailer.leaving) {
        bool found = send_one(&mailer);

        (void)hear_signals(&mailer);
        if (!found && !mailer.leaving) {
            wait_for_more(&mailer);
            (void)hear_signals(&mailer);
        }
    }
    clean_up(&mailer);
    return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
