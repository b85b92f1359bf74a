/* What is wrong with settings as a whole; settings_check.h says when. */

#include "settings_check.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "clients.h"
#include "csrf.h"
#include "listener.h"
#include "log.h"
#include "log_record.h"
#include "mail.h"
#include "manager.h"
#include "privileges.h"
#include "sandbox.h"
#include "server_timing.h"

#define PROBLEM_BYTES 512

/* --------------------------------------------------- one setting by itself */

static void check_words(const struct settings *settings,
                        struct findings *findings)
{
    enum log_level level;
    enum log_format format;
    enum server_timing timing;

    if (!log_level_of(settings->log_level, &level)) {
        findings_add(findings, settings_where(settings, &settings->log_level),
                     "log-level takes error, warn, info or debug, not \"%s\"",
                     settings->log_level);
    }
    if (!log_format_of(settings->log_format, &format)) {
        findings_add(findings, settings_where(settings, &settings->log_format),
                     "log-format takes text or json, not \"%s\"",
                     settings->log_format);
    }
    if (!server_timing_read(settings->server_timing, &timing)) {
        findings_add(findings,
                     settings_where(settings, &settings->server_timing),
                     "server-timing takes off, on or statements, not \"%s\"",
                     settings->server_timing);
    }
}

static void check_address(const struct settings *settings, char *const *field,
                          struct findings *findings)
{
    char problem[PROBLEM_BYTES];

    if (**field != '\0' && !listener_check(*field, problem, sizeof(problem))) {
        findings_add(findings, settings_where(settings, field), "%s", problem);
    }
}

static void check_addresses(const struct settings *settings,
                            struct findings *findings)
{
    char problem[PROBLEM_BYTES];
    struct clients clients;

    check_address(settings, &settings->listen, findings);
    check_address(settings, &settings->status_listen, findings);
    if (!listener_check_mode(settings->listen_mode, problem, sizeof(problem))) {
        findings_add(findings, settings_where(settings, &settings->listen_mode),
                     "%s", problem);
    }
    if (!clients_read(&clients, settings->allowed_clients, problem,
                      sizeof(problem))) {
        findings_add(findings,
                     settings_where(settings, &settings->allowed_clients), "%s",
                     problem);
    }
    if (settings->group[0] != '\0' && settings->user[0] == '\0') {
        findings_add(findings, settings_where(settings, &settings->group),
                     "group is set, but user is not");
    }
}

/* ------------------------------------------------------ two, one by another */

static void check_memory(const struct settings *settings,
                         struct findings *findings)
{
    int most = settings->worker_memory_mib;

    if (most != 0 && most <= settings->request_memory_mib) {
        findings_add(findings,
                     settings_where_of(settings, &settings->worker_memory_mib,
                                       &settings->request_memory_mib),
                     "worker-memory-mib (%d) must be above request-memory-mib "
                     "(%d): a worker has more to keep than one request",
                     most, settings->request_memory_mib);
    }
    if (most != 0 && settings->recycle_memory_mib >= most) {
        findings_add(findings,
                     settings_where_of(settings, &settings->recycle_memory_mib,
                                       &settings->worker_memory_mib),
                     "recycle-memory-mib (%d) must be below worker-memory-mib "
                     "(%d), or it is never reached",
                     settings->recycle_memory_mib, most);
    }
}

static void check_files(const struct settings *settings,
                        struct findings *findings)
{
    if (settings->nofile != 0 && settings->nofile < SETTINGS_NOFILE_LEAST) {
        findings_add(findings, settings_where(settings, &settings->nofile),
                     "nofile takes 0 or %d and more, not %d",
                     SETTINGS_NOFILE_LEAST, settings->nofile);
    }
}

/*
 * What could never happen because the request is ended before. A default is
 * no mistake: who shortens requests need not shorten everything else.
 */
static void check_time(const struct settings *settings, const int *field,
                       const char *key, int64_t ms, struct findings *findings)
{
    if (settings->request_seconds != 0 && settings_is_given(settings, field) &&
        ms > (int64_t)settings->request_seconds * 1000) {
        findings_add(findings, settings_where(settings, field),
                     "%s (%d) is more than request-seconds (%d), at which a "
                     "request is ended",
                     key, *field, settings->request_seconds);
    }
}

static void check_times(const struct settings *settings,
                        struct findings *findings)
{
    check_time(settings, &settings->slow_ms, "slow-ms", settings->slow_ms,
               findings);
    check_time(settings, &settings->expensive_wait_ms, "expensive-wait-ms",
               settings->expensive_wait_ms, findings);
    check_time(settings, &settings->db_connect_seconds, "db-connect-seconds",
               (int64_t)settings->db_connect_seconds * 1000, findings);
    check_time(settings, &settings->db_query_seconds, "db-query-seconds",
               (int64_t)settings->db_query_seconds * 1000, findings);
}

static void check_mail(const struct settings *settings,
                       struct findings *findings)
{
    const char *wrong = mail_check_settings(settings);

    if (wrong != NULL) {
        findings_add(findings, settings_where(settings, &settings->smtp_url),
                     "%s", wrong);
    }
}

void settings_check(const struct settings *settings, struct findings *findings)
{
    check_words(settings, findings);
    check_addresses(settings, findings);
    manager_check(settings, findings);
    check_memory(settings, findings);
    check_files(settings, findings);
    check_times(settings, findings);
    check_mail(settings, findings);
}

/* ------------------------------------------------------------ what they name */

static void check_user(const struct settings *settings, char *const *field,
                       const char *key, struct findings *findings)
{
    unsigned uid;
    unsigned gid;

    if (**field != '\0' && !privileges_user(*field, &uid, &gid)) {
        findings_add(findings, settings_where(settings, field),
                     "%s: there is no user \"%s\"", key, *field);
    }
}

static void check_group(const struct settings *settings, char *const *field,
                        const char *key, struct findings *findings)
{
    unsigned gid;

    if (**field != '\0' && !privileges_group(*field, &gid)) {
        findings_add(findings, settings_where(settings, field),
                     "%s: there is no group \"%s\"", key, *field);
    }
}

static void check_secret(const struct settings *settings, char *const *field,
                         const char *key, size_t least,
                         struct findings *findings)
{
    char secret[SETTINGS_SECRET_MAX];
    char problem[PROBLEM_BYTES];

    if (!settings_read_secret(*field, secret, sizeof(secret), problem,
                              sizeof(problem))) {
        findings_add(findings, settings_where(settings, field), "%s: %s", key,
                     problem);
    } else if (**field != '\0' && strlen(secret) < least) {
        findings_add(findings, settings_where(settings, field),
                     "%s: the first line of %s must have %zu characters or "
                     "more, by chance",
                     key, *field, least);
    }
    explicit_bzero(secret, sizeof(secret));
}

void settings_check_names(const struct settings *settings,
                          struct findings *findings)
{
    char problem[PROBLEM_BYTES];

    check_user(settings, &settings->user, "user", findings);
    check_group(settings, &settings->group, "group", findings);
    check_user(settings, &settings->listen_owner, "listen-owner", findings);
    check_group(settings, &settings->listen_group, "listen-group", findings);
    check_secret(settings, &settings->db_password_file, "db-password-file", 0,
                 findings);
    check_secret(settings, &settings->secret_file, "secret-file",
                 CSRF_SECRET_LEAST, findings);
    if (settings->sandbox != 0 &&
        !sandbox_check(settings->sandbox_allow, problem, sizeof(problem))) {
        findings_add(findings,
                     settings_where(settings, &settings->sandbox_allow), "%s",
                     problem);
    }
}
