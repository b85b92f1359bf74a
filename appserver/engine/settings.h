/*
 * Settings: one table, read from files ("key = value" lines) and from the
 * command line ("--key value"); what comes later wins. Everything has a
 * default, so that no file is needed.
 */

#ifndef ENGINE_SETTINGS_H
#define ENGINE_SETTINGS_H

#include <stdbool.h>
#include <stdio.h>

#include "findings.h"

#define SETTINGS_TEXT_MAX 4096
#define SETTINGS_MOST 128 /* more than there are */
#define SETTINGS_SECRET_MAX 256
#define SETTINGS_NOFILE_LEAST 64 /* a worker has some twenty of its own */

/*
 * SETTING_TEXT(field, key, default, help)
 * SETTING_INT(field, key, default, least, most, help)
 */
#define SETTINGS(SETTING_TEXT, SETTING_INT)                                   \
    SETTING_TEXT(site, "site", "", "the application: its shared object")      \
    SETTING_TEXT(listen, "listen", "",                                        \
                 "unix:/path or tcp:ADDRESS:PORT; else what systemd or "      \
                 "spawn-fcgi handed over")                                    \
    SETTING_TEXT(listen_owner, "listen-owner", "",                            \
                 "who owns the Unix socket; empty: who starts the server")    \
    SETTING_TEXT(listen_group, "listen-group", "", "its group")               \
    SETTING_TEXT(listen_mode, "listen-mode", "0660", "its mode, in octal")    \
    SETTING_INT(listen_backlog, "listen-backlog", 4096, 1, 65535,             \
                "connections that may wait to be accepted")                   \
    SETTING_TEXT(allowed_clients, "allowed-clients", "",                      \
                 "addresses and networks that may connect over TCP, "         \
                 "separated by commas; empty: all")                           \
    SETTING_TEXT(user, "user", "",                                            \
                 "as root: whom the server becomes once its sockets are "     \
                 "open")                                                      \
    SETTING_TEXT(group, "group", "", "the group, if not the user's own")      \
    SETTING_INT(sandbox, "sandbox", 1, 0, 1,                                  \
                "0: workers may call the kernel as they like")                \
    SETTING_TEXT(sandbox_allow, "sandbox-allow", "",                          \
                 "calls of the kernel that the application needs besides, "   \
                 "separated by commas")                                       \
    SETTING_INT(core_dumps, "core-dumps", 0, 0, 1,                            \
                "1: a crash may leave a core dump")                           \
    SETTING_TEXT(status_listen, "status-listen", "",                          \
                 "where the status is told over HTTP, written as listen; "    \
                 "empty: nowhere")                                            \
    SETTING_TEXT(manager, "manager", "static",                                \
                 "how many workers there are: static, dynamic or ondemand")   \
    SETTING_INT(workers, "workers", 8, 1, 1024, "worker processes, at most")  \
    SETTING_INT(workers_min, "workers-min", 2, 1, 1024,                       \
                "dynamic: at least so many workers")                          \
    SETTING_INT(spare_min, "spare-min", 1, 1, 1024,                           \
                "dynamic: fewer idle workers, and more are started")          \
    SETTING_INT(spare_max, "spare-max", 4, 1, 1024,                           \
                "dynamic: more idle workers, and some leave")                 \
    SETTING_INT(idle_seconds, "idle-seconds", 10, 1, 86400,                   \
                "dynamic, ondemand: how long there must be too many")         \
    SETTING_INT(max_requests, "max-requests", 0, 0, 1000000000,               \
                "requests after which a worker is replaced, up to a quarter " \
                "fewer by chance; 0: never")                                  \
    SETTING_INT(request_seconds, "request-seconds", 30, 0, 86400,             \
                "how long a request may take; 0: for ever")                   \
    SETTING_INT(                                                              \
        slow_ms, "slow-ms", 1000, 0, 3600000,                                 \
        "a request that takes longer is logged with its statements; 0: none") \
    SETTING_INT(wait_limit_ms, "wait-limit-ms", 5000, 0, 3600000,             \
                "a request that waited for longer before a worker has it is " \
                "answered 503 at once; 0: none")                              \
    SETTING_INT(drain_seconds, "drain-seconds", 10, 0, 3600,                  \
                "how long a leaving worker may finish its requests")          \
    SETTING_INT(io_seconds, "io-seconds", 30, 1, 3600,                        \
                "how long a half-sent request or reply may stand still")      \
    SETTING_INT(body_rate, "body-rate", 256, 0, 1000000000,                   \
                "bytes a second that a body must come at, on the average, "   \
                "once io-seconds are over; 0: as slow as it likes")           \
    SETTING_INT(request_memory_mib, "request-memory-mib", 32, 1, 65536,       \
                "memory that one request may use")                            \
    SETTING_INT(worker_memory_mib, "worker-memory-mib", 512, 0, 1048576,      \
                "memory that a worker may use in all; 0: what there is")      \
    SETTING_INT(recycle_memory_mib, "recycle-memory-mib", 0, 0, 1048576,      \
                "memory of its own at which a worker is replaced, between "   \
                "two requests; 0: never")                                     \
    SETTING_INT(nofile, "nofile", 0, 0, 65536,                                \
                "files and connections that a process may have open; 0: as "  \
                "many as the system allows, up to 65536")                     \
    SETTING_INT(                                                              \
        expensive_slots, "expensive-slots", 2, 1, 1024,                       \
        "expensive work (password hashes) at a time, over all workers")       \
    SETTING_INT(expensive_wait_ms, "expensive-wait-ms", 5000, 0, 600000,      \
                "how long a request may wait for such a slot")                \
    SETTING_INT(job_workers, "job-workers", 1, 0, 16,                         \
                "processes that do jobs, where there is a database; 0: jobs " \
                "wait for another host")                                      \
    SETTING_INT(job_lease_seconds, "job-lease-seconds", 30, 3, 3600,          \
                "how long a runner of jobs may be silent before others take " \
                "over what it does")                                          \
    SETTING_TEXT(site_url, "site-url", "",                                    \
                 "where the world finds the site: https://host; for links "   \
                 "in mail")                                                   \
    SETTING_TEXT(mail_from, "mail-from", "",                                  \
                 "who mail is from: user@host or Name <user@host>")           \
    SETTING_TEXT(smtp_url, "smtp-url", "",                                    \
                 "the server that takes mail: smtp://host:587 or "            \
                 "smtps://host:465; empty: mail waits")                       \
    SETTING_TEXT(smtp_user, "smtp-user", "", "who we are there")              \
    SETTING_TEXT(smtp_password_file, "smtp-password-file", "",                \
                 "a file whose first line is the password")                   \
    SETTING_TEXT(smtp_tls, "smtp-tls", "required",                            \
                 "required, or none for a server on this host")               \
    SETTING_TEXT(smtp_ca_file, "smtp-ca-file", "",                            \
                 "certificates that its own is checked by; empty: those of "  \
                 "the system")                                                \
    SETTING_INT(smtp_seconds, "smtp-seconds", 60, 1, 240,                     \
                "how long sending one mail may take")                         \
    SETTING_INT(mail_days, "mail-days", 4, 1, 30, "how long a mail is tried") \
    SETTING_TEXT(dkim_key_file, "dkim-key-file", "",                          \
                 "the key that mail is signed by (PEM, RSA or Ed25519); "     \
                 "empty: it is not signed")                                   \
    SETTING_TEXT(dkim_selector, "dkim-selector", "",                          \
                 "under which name DNS has the other half of that key")       \
    SETTING_TEXT(fetch_allow, "fetch-allow", "",                              \
                 "hosts that jobs may ask over HTTP, separated by commas; "   \
                 "local:HOST may be near")                                    \
    SETTING_INT(mailbox, "mailbox", 0, 0, 1,                                  \
                "1: development; without smtp-url, mail is kept and shown "   \
                "at /dev/mailbox")                                            \
    SETTING_TEXT(db_socket, "db-socket", "",                                  \
                 "the database's Unix socket; else db-host")                  \
    SETTING_TEXT(db_host, "db-host", "", "the database's host")               \
    SETTING_INT(db_port, "db-port", 3306, 1, 65535, "the database's port")    \
    SETTING_TEXT(db_name, "db-name", "foobar", "the database's name")         \
    SETTING_TEXT(db_user, "db-user", "foobar_app", "who we are there")        \
    SETTING_TEXT(db_password_file, "db-password-file", "",                    \
                 "a file whose first line is the password")                   \
    SETTING_INT(db_connect_seconds, "db-connect-seconds", 2, 1, 60,           \
                "how long connecting may take")                               \
    SETTING_INT(db_query_seconds, "db-query-seconds", 10, 1, 600,             \
                "how long a statement may take")                              \
    SETTING_TEXT(secret_file, "secret-file", "",                              \
                 "a file whose first line is the secret of forms' tokens")    \
    SETTING_TEXT(spool, "spool", "/var/tmp",                                  \
                 "the folder where uploaded files lie until their request "   \
                 "is done")                                                   \
    SETTING_INT(spool_limit_mib, "spool-limit-mib", 1024, 1, 1048576,         \
                "what they may take there, over all workers")                 \
    SETTING_INT(spool_free_mib, "spool-free-mib", 64, 0, 1048576,             \
                "free space of its file system that is left to others")       \
    SETTING_INT(picture_helpers, "picture-helpers", 2, 1, 64,                 \
                "pictures that are drawn anew at a time, over all workers")   \
    SETTING_INT(picture_seconds, "picture-seconds", 10, 1, 600,               \
                "how long a picture may take")                                \
    SETTING_INT(picture_wait_ms, "picture-wait-ms", 5000, 0, 600000,          \
                "how long a picture may wait before its turn")                \
    SETTING_INT(picture_memory_mib, "picture-memory-mib", 512, 64, 65536,     \
                "memory that drawing one may take")                           \
    SETTING_INT(picture_megapixels, "picture-megapixels", 50, 1, 1000,        \
                "the largest picture that is taken")                          \
    SETTING_TEXT(tags_file, "tags-file", "",                                  \
                 "the versions of tags, shared with nginx; empty: none")      \
    SETTING_TEXT(server_timing, "server-timing", "off",                       \
                 "tell browsers where the time went: off, on or statements")  \
    SETTING_TEXT(access_log, "access-log", "",                                \
                 "a file that gets a line of JSON for each request; empty: "  \
                 "none")                                                      \
    SETTING_TEXT(log_format, "log-format", "text",                            \
                 "text, or json: an object a line")                           \
    SETTING_INT(dev, "dev", 0, 0, 1,                                          \
                "1: development; crashes are told in the browser, with the "  \
                "names of functions and files")                               \
    SETTING_TEXT(dev_problem, "dev-problem", "",                              \
                 "development: a file whose text is shown instead of each "   \
                 "page while it is there")                                    \
    SETTING_TEXT(log_level, "log-level", "info", "error, warn, info or debug")

struct settings {
#define SETTING_TEXT(field, key, default, help) char *field;
#define SETTING_INT(field, key, default, least, most, help) int field;
    SETTINGS(SETTING_TEXT, SETTING_INT)
#undef SETTING_TEXT
#undef SETTING_INT
    char *given_at[SETTINGS_MOST]; /* FILE:LINE or --KEY; NULL: the default */
};

void settings_init(struct settings *settings);
void settings_free(struct settings *settings);

/*
 * Sets one. On failure `problem` says what is wrong with the key or the
 * value, ready to be put behind "FILE:LINE: " or "--key: ".
 */
bool settings_set(struct settings *settings, const char *key, const char *value,
                  char *problem, size_t size);

/* Reads a file to its end; each finding begins with FILE:LINE. */
void settings_read(struct settings *settings, const char *file,
                   struct findings *findings);

/*
 * Where a setting was given, by the address of its field: "FILE:LINE", "--KEY",
 * or "KEY" where the default holds. The second looks at two that contradict
 * each other, and tells of the one that was given.
 */
const char *settings_where(const struct settings *settings, const void *field);
const char *settings_where_of(const struct settings *settings,
                              const void *field, const void *other);
bool settings_is_given(const struct settings *settings, const void *field);

/* Prints a line for each setting: its key, default and meaning. */
void settings_help(FILE *stream);

/*
 * Reads the first line of a secret's file into `secret`; false with
 * `problem` when it cannot be read. An empty file name is an empty secret, and
 * "credential:NAME" a file that systemd hands over (LoadCredential=).
 */
bool settings_read_secret(const char *file, char *secret, size_t secret_size,
                          char *problem, size_t size);

#endif
