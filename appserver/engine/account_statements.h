/*
 * What the engine asks the database about accounts, and the rows of it. The
 * clock is the database's in all of them.
 */

#ifndef ENGINE_ACCOUNT_STATEMENTS_H
#define ENGINE_ACCOUNT_STATEMENTS_H

#include <foobar/statement.h>

/* clang-format off */

#define WHO_ROW(COLUMN)                                                        \
    COLUMN(INT, id)                                                            \
    COLUMN(TEXT, email)                                                        \
    COLUMN(TEXT, role)                                                         \
    COLUMN(INT, is_verified)                                                   \
    COLUMN(INT, session)                                                       \
    COLUMN(INT, strength)                                                      \
    COLUMN(INT, is_remembered)                                                 \
    COLUMN(INT, confirmed_ago)                                                 \
    COLUMN(INT, is_stale)
FB_ROW(who_row, WHO_ROW);

#define FOUND_ACCOUNT_ROW(COLUMN)                                              \
    COLUMN(INT, id)                                                            \
    COLUMN(TEXT, email)                                                        \
    COLUMN(TEXT, email_key)                                                    \
    COLUMN(TEXT, role)                                                         \
    COLUMN(TEXT, password)                                                     \
    COLUMN(INT, is_verified)                                                   \
    COLUMN(INT, is_suspended)                                                  \
    COLUMN(TEXT, created)
FB_ROW(found_account_row, FOUND_ACCOUNT_ROW);

#define SESSION_ROW(COLUMN)                                                    \
    COLUMN(INT, number)                                                        \
    COLUMN(TEXT, created)                                                      \
    COLUMN(TEXT, seen)                                                         \
    COLUMN(TEXT, address)                                                      \
    COLUMN(TEXT, agent)                                                        \
    COLUMN(INT, remembered)
FB_ROW(session_row, SESSION_ROW);

#define EVENT_ROW(COLUMN)                                                      \
    COLUMN(TEXT, event)                                                        \
    COLUMN(TEXT, at)                                                           \
    COLUMN(TEXT, address)                                                      \
    COLUMN(TEXT, agent)
FB_ROW(event_row, EVENT_ROW);

#define TOKEN_ROW(COLUMN)                                                      \
    COLUMN(INT, account)                                                       \
    COLUMN(TEXT, detail)
FB_ROW(token_row, TOKEN_ROW);

#define ALL_ACCOUNTS_ROW(COLUMN)                                               \
    COLUMN(INT, id)                                                            \
    COLUMN(TEXT, email)                                                        \
    COLUMN(TEXT, role)                                                         \
    COLUMN(INT, is_verified)                                                   \
    COLUMN(INT, is_suspended)                                                  \
    COLUMN(INT, has_factor)
FB_ROW(all_accounts_row, ALL_ACCOUNTS_ROW);

#define FACTOR_LOCK_ROW(COLUMN)                                                \
    COLUMN(INT, is_on)
FB_ROW(factor_lock_row, FACTOR_LOCK_ROW);

/* Text that is not there is "". */
#define FACTOR_ROW(COLUMN)                                                     \
    COLUMN(TEXT, secret)                                                       \
    COLUMN(INT, last_step)                                                     \
    COLUMN(INT, now_step)                                                      \
    COLUMN(TEXT, since)                                                        \
    COLUMN(TEXT, pending)                                                      \
    COLUMN(INT, codes)
FB_ROW(factor_row, FACTOR_ROW);

#define ACCOUNT_TIME(column) "DATE_FORMAT(" column ", '%Y-%m-%dT%H:%i:%sZ')"

/* Of sessions: not over, and not unused for too long. Two placeholders. */
#define SESSION_LIVES                                                          \
    "ends_at > UTC_TIMESTAMP(6) AND "                                          \
    "seen_at > UTC_TIMESTAMP(6) - INTERVAL IF(remembered, ?, ?) SECOND "

#define ACCOUNT_IS_SUSPENDED "COALESCE(suspended_until > UTC_TIMESTAMP(6), 0)"

#define ACCOUNT_COLUMNS                                                        \
    "SELECT id, email, email_key, role, password, "                            \
    "verified_at IS NOT NULL AS is_verified, "                                 \
    ACCOUNT_IS_SUSPENDED " AS is_suspended, "                                  \
    ACCOUNT_TIME("created_at") " AS created "                                  \
    "FROM accounts "

#define ACCOUNT_STATEMENT_ROWS(STATEMENT)                                      \
    /* token, idle seconds of a remembered one, and of others */               \
    STATEMENT(ACCOUNT_WHO, "account_who", who_row,                             \
        "SELECT account.id, account.email, account.role, "                     \
        "account.verified_at IS NOT NULL AS is_verified, "                     \
        "session.number AS session, session.strength AS strength, "            \
        "session.remembered AS is_remembered, "                                \
        "COALESCE(TIMESTAMPDIFF(SECOND, session.confirmed_at, "                \
        "UTC_TIMESTAMP(6)), -1) AS confirmed_ago, "                            \
        "session.seen_at < UTC_TIMESTAMP(6) - INTERVAL 1 MINUTE AS is_stale "  \
        "FROM sessions session "                                               \
        "JOIN accounts account ON account.id = session.account_id "            \
        "WHERE session.token = ? AND " SESSION_LIVES                           \
        "AND NOT " ACCOUNT_IS_SUSPENDED,                                       \
        FB_EXAMPLE("none", "60", "60"))                                        \
    /* address, token */                                                       \
    STATEMENT(SESSION_SEEN, "session_seen", fb_no_row,                         \
        "UPDATE sessions SET seen_at = UTC_TIMESTAMP(6), address = ? "         \
        "WHERE token = ? AND seen_at < UTC_TIMESTAMP(6) - INTERVAL 1 MINUTE",  \
        FB_EXAMPLE("192.0.2.1", "none"))                                       \
    /* token, strength, remembered, password was typed, seconds, address,      \
       agent, account; nothing for one that is suspended */                    \
    STATEMENT(SESSION_ADD, "session_add", fb_no_row,                           \
        "INSERT INTO sessions (token, account_id, strength, remembered, "      \
        "created_at, seen_at, confirmed_at, ends_at, address, agent) "         \
        "SELECT ?, id, ?, ?, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6), "             \
        "IF(?, UTC_TIMESTAMP(6), NULL), "                                      \
        "UTC_TIMESTAMP(6) + INTERVAL ? SECOND, ?, ? "                          \
        "FROM accounts WHERE id = ? AND NOT " ACCOUNT_IS_SUSPENDED,            \
        FB_EXAMPLE("none", "1", "0", "1", "60", "192.0.2.1", "none", "0"))     \
    /* new token, strength, password was typed, old token */                   \
    STATEMENT(SESSION_ROTATE, "session_rotate", fb_no_row,                     \
        "UPDATE sessions SET token = ?, strength = ?, "                        \
        "confirmed_at = IF(?, UTC_TIMESTAMP(6), confirmed_at) "                \
        "WHERE token = ?",                                                     \
        FB_EXAMPLE("none2", "1", "1", "none"))                                 \
    /* token */                                                                \
    STATEMENT(SESSION_END, "session_end", fb_no_row,                           \
        "DELETE FROM sessions WHERE token = ?", FB_EXAMPLE("none"))            \
    /* account, number */                                                      \
    STATEMENT(SESSION_REVOKE, "session_revoke", fb_no_row,                     \
        "DELETE FROM sessions WHERE account_id = ? AND number = ?",            \
        FB_EXAMPLE("0", "0"))                                                  \
    /* account, number of the one that stays */                                \
    STATEMENT(SESSION_REVOKE_OTHERS, "session_revoke_others", fb_no_row,       \
        "DELETE FROM sessions WHERE account_id = ? AND number <> ?",           \
        FB_EXAMPLE("0", "0"))                                                  \
    /* account, idle seconds of a remembered one, and of others */             \
    STATEMENT(SESSION_LIST, "session_list", session_row,                       \
        "SELECT number, " ACCOUNT_TIME("created_at") " AS created, "           \
        ACCOUNT_TIME("seen_at") " AS seen, address, agent, remembered "        \
        "FROM sessions WHERE account_id = ? AND strength > 0 AND "             \
        SESSION_LIVES                                                          \
        "ORDER BY seen_at DESC LIMIT 100",                                     \
        FB_EXAMPLE("0", "60", "60"))                                           \
    /* normal form of the address */                                           \
    STATEMENT(ACCOUNT_BY_EMAIL, "account_by_email", found_account_row,         \
        ACCOUNT_COLUMNS "WHERE email_key = ?", FB_EXAMPLE("nobody"))           \
    /* id */                                                                   \
    STATEMENT(ACCOUNT_BY_ID, "account_by_id", found_account_row,               \
        ACCOUNT_COLUMNS "WHERE id = ?", FB_EXAMPLE("0"))                       \
    STATEMENT(ACCOUNT_ALL, "account_all", all_accounts_row,                    \
        "SELECT id, email, role, verified_at IS NOT NULL AS is_verified, "     \
        ACCOUNT_IS_SUSPENDED " AS is_suspended, "                              \
        "EXISTS (SELECT 1 FROM second_factors WHERE account_id = accounts.id " \
        "AND secret IS NOT NULL) AS has_factor FROM accounts ORDER BY id",     \
        FB_SCANS("the operator's list of all accounts"))                       \
    /* address, its normal form, password, role; IGNORE: an address that has   \
       an account is no error, but a row that was not added */                 \
    STATEMENT(ACCOUNT_ADD, "account_add", fb_no_row,                           \
        "INSERT IGNORE INTO accounts "                                         \
        "(email, email_key, password, role, created_at) "                      \
        "VALUES (?, ?, ?, ?, UTC_TIMESTAMP(6))",                               \
        FB_EXAMPLE("none@example.org", "none@example.org", "none", "none"))    \
    /* password, account */                                                    \
    STATEMENT(ACCOUNT_SET_PASSWORD, "account_set_password", fb_no_row,         \
        "UPDATE accounts SET password = ? WHERE id = ?",                       \
        FB_EXAMPLE("none", "0"))                                               \
    /* address, password, its normal form; the id is LAST_INSERT_ID() */        \
    STATEMENT(ACCOUNT_ADD_AGAIN, "account_add_again", fb_no_row,               \
        "UPDATE accounts SET id = LAST_INSERT_ID(id), email = ?, "             \
        "password = ?, created_at = UTC_TIMESTAMP(6) "                         \
        "WHERE email_key = ? AND verified_at IS NULL",                         \
        FB_EXAMPLE("none.org", "none", "none.org"))            \
    /* role, account */                                                        \
    STATEMENT(ACCOUNT_SET_ROLE, "account_set_role", fb_no_row,                 \
        "UPDATE accounts SET role = ? WHERE id = ?", FB_EXAMPLE("none", "0"))  \
    /* seconds (NULL: not suspended), reason, account */                       \
    STATEMENT(ACCOUNT_SUSPEND, "account_suspend", fb_no_row,                   \
        "UPDATE accounts SET "                                                 \
        "suspended_until = UTC_TIMESTAMP(6) + INTERVAL ? SECOND, "             \
        "suspended_for = ? WHERE id = ?",                                      \
        FB_EXAMPLE("60", "none", "0"))                                         \
    /* address, its normal form, account; IGNORE: as with account_add */       \
    STATEMENT(ACCOUNT_SET_EMAIL, "account_set_email", fb_no_row,               \
        "UPDATE IGNORE accounts SET email = ?, email_key = ?, "                \
        "verified_at = UTC_TIMESTAMP(6) WHERE id = ?",                         \
        FB_EXAMPLE("none@example.org", "none@example.org", "0"))               \
    /* account */                                                              \
    STATEMENT(ACCOUNT_SET_VERIFIED, "account_set_verified", fb_no_row,         \
        "UPDATE accounts SET "                                                 \
        "verified_at = COALESCE(verified_at, UTC_TIMESTAMP(6)) WHERE id = ?",  \
        FB_EXAMPLE("0"))                                                       \
    /* account or NULL, event, address, agent */                               \
    STATEMENT(EVENT_ADD, "account_event_add", fb_no_row,                       \
        "INSERT INTO account_events (account_id, event, at, address, agent) "  \
        "VALUES (?, ?, UTC_TIMESTAMP(6), ?, ?)",                               \
        FB_EXAMPLE("0", "none", "192.0.2.1", "none"))                          \
    /* account, limit */                                                       \
    STATEMENT(EVENT_LIST, "account_event_list", event_row,                     \
        "SELECT event, " ACCOUNT_TIME("at") " AS at, address, agent "          \
        "FROM account_events WHERE account_id = ? ORDER BY id DESC LIMIT ?",   \
        FB_EXAMPLE("0", "20"))                                                 \
    /* token, purpose, detail, seconds, account */                             \
    STATEMENT(TOKEN_ADD, "account_token_add", fb_no_row,                       \
        "INSERT INTO account_tokens "                                          \
        "(token, purpose, account_id, detail, ends_at) "                       \
        "SELECT ?, ?, id, ?, UTC_TIMESTAMP(6) + INTERVAL ? SECOND "            \
        "FROM accounts WHERE id = ? "                                          \
        "ON DUPLICATE KEY UPDATE token = VALUES(token), "                      \
        "detail = VALUES(detail), ends_at = VALUES(ends_at)",                  \
        FB_EXAMPLE("none", "none", "none", "60", "0"))                         \
    /* token, purpose */                                                       \
    STATEMENT(TOKEN_LOOK, "account_token_look", token_row,                     \
        "SELECT account_id AS account, detail FROM account_tokens "            \
        "WHERE token = ? AND purpose = ? AND ends_at > UTC_TIMESTAMP(6)",      \
        FB_EXAMPLE("none", "none"))                                            \
    /* token, purpose: and nobody else gets it */                              \
    STATEMENT(TOKEN_TAKE, "account_token_take", token_row,                     \
        "SELECT account_id AS account, detail FROM account_tokens "            \
        "WHERE token = ? AND purpose = ? AND ends_at > UTC_TIMESTAMP(6) "      \
        "FOR UPDATE",                                                          \
        FB_EXAMPLE("none", "none"))                                            \
    /* token */                                                                \
    STATEMENT(TOKEN_END, "account_token_end", fb_no_row,                       \
        "DELETE FROM account_tokens WHERE token = ?", FB_EXAMPLE("none"))      \
    /* account */                                                              \
    STATEMENT(TOKEN_END_ALL, "account_token_end_all", fb_no_row,               \
        "DELETE FROM account_tokens WHERE account_id = ?", FB_EXAMPLE("0"))    \
    /* account; held until the end of the transaction, so that no session of   \
       one step begins while a second factor comes to be */                    \
    STATEMENT(FACTOR_LOCK, "factor_lock", factor_lock_row,                     \
        "SELECT secret IS NOT NULL AS is_on FROM second_factors "              \
        "WHERE account_id = ? LOCK IN SHARE MODE", FB_EXAMPLE("0"))            \
    /* account; a pending secret is good for 15 minutes */                     \
    STATEMENT(FACTOR_LOOK, "factor_look", factor_row,                          \
        "SELECT COALESCE(secret, '') AS secret, last_step, "                   \
        "UNIX_TIMESTAMP() DIV 30 AS now_step, "                                \
        "COALESCE(" ACCOUNT_TIME("confirmed_at") ", '') AS since, "            \
        "COALESCE(IF(pending_at > UTC_TIMESTAMP(6) - INTERVAL 15 MINUTE, "     \
        "pending, NULL), '') AS pending, "                                     \
        "(SELECT COUNT(*) FROM recovery_codes "                                \
        "WHERE recovery_codes.account_id = second_factors.account_id) "        \
        "AS codes FROM second_factors WHERE account_id = ?", FB_EXAMPLE("0"))  \
    /* secret, account */                                                      \
    STATEMENT(FACTOR_BEGIN, "factor_begin", fb_no_row,                         \
        "INSERT INTO second_factors (account_id, pending, pending_at) "        \
        "SELECT id, ?, UTC_TIMESTAMP(6) FROM accounts WHERE id = ? "           \
        "ON DUPLICATE KEY UPDATE pending = VALUES(pending), "                  \
        "pending_at = VALUES(pending_at)",                                     \
        FB_EXAMPLE("none", "0"))                                               \
    /* step, account, secret */                                                \
    STATEMENT(FACTOR_CONFIRM, "factor_confirm", fb_no_row,                     \
        "UPDATE second_factors SET secret = pending, last_step = ?, "          \
        "confirmed_at = UTC_TIMESTAMP(6), pending = NULL, pending_at = NULL "  \
        "WHERE account_id = ? AND pending = ?",                                \
        FB_EXAMPLE("1", "0", "none"))                                          \
    /* step, account, secret, step: of two at a time one finds it lower */     \
    STATEMENT(FACTOR_STEP, "factor_step", fb_no_row,                           \
        "UPDATE second_factors SET last_step = ? "                             \
        "WHERE account_id = ? AND secret = ? AND last_step < ?",               \
        FB_EXAMPLE("1", "0", "none", "1"))                                     \
    /* account */                                                              \
    STATEMENT(FACTOR_END, "factor_end", fb_no_row,                             \
        "DELETE FROM second_factors WHERE account_id = ?", FB_EXAMPLE("0"))    \
    /* hash, account */                                                        \
    STATEMENT(RECOVERY_ADD, "recovery_code_add", fb_no_row,                    \
        "INSERT INTO recovery_codes (account_id, code) "                       \
        "SELECT id, ? FROM accounts WHERE id = ?",                             \
        FB_EXAMPLE("none", "0"))                                               \
    /* account, hash */                                                        \
    STATEMENT(RECOVERY_TAKE, "recovery_code_take", fb_no_row,                  \
        "DELETE FROM recovery_codes WHERE account_id = ? AND code = ?",        \
        FB_EXAMPLE("0", "none"))                                               \
    /* account */                                                              \
    STATEMENT(RECOVERY_END_ALL, "recovery_code_end_all", fb_no_row,            \
        "DELETE FROM recovery_codes WHERE account_id = ?", FB_EXAMPLE("0"))
/* clang-format on */

#define ACCOUNT_STATEMENT_NUMBER(id, ...) id,
enum account_statement {
    ACCOUNT_STATEMENT_ROWS(ACCOUNT_STATEMENT_NUMBER) ACCOUNT_STATEMENTS
};
ACCOUNT_STATEMENT_ROWS(FB_STATEMENT_ROW)

extern const struct fb_statement account_statements[ACCOUNT_STATEMENTS];

/* As fb_find(), fb_list() and fb_execute(), for these statements. */
#define account_select(request, statement, row, ...)               \
    fb_find_values((request), account_number(request, statement),  \
                   (1 ? (row) : (const statement##_row **)0),      \
                   (struct fb_value[]){{0}, __VA_ARGS__},          \
                   sizeof((struct fb_value[]){{0}, __VA_ARGS__}) / \
                       sizeof(struct fb_value))
#define account_list(request, statement, rows, count, ...)              \
    fb_list_values((request), account_number(request, statement),       \
                   (1 ? (rows) : (const statement##_row **)0), (count), \
                   (struct fb_value[]){{0}, __VA_ARGS__},               \
                   sizeof((struct fb_value[]){{0}, __VA_ARGS__}) /      \
                       sizeof(struct fb_value))
#define account_execute(request, statement, ...) \
    fb_execute((request), account_number(request, statement), __VA_ARGS__)

unsigned account_number(const struct fb_request *request,
                        enum account_statement statement);

#endif
