/*
 * Accounts: who signs up, logs in and out, and what somebody may.
 *
 * An application that has members says so in its table,
 *
 *     static const struct fb_accounts accounts = {.roles = "member,admin"};
 *
 *     const struct fb_app foobar_app = {
 *         ... .accounts = &accounts, .login_path = "/login"};
 *
 * and which pages are whose, in their rows: `.members_only = true`, or
 * `.roles = "admin"`. Such a page never begins for anybody else. A handler
 * that draws something for whoever is logged in asks
 *
 *     const struct fb_account *account = fb_account(request);
 *
 * The page where one logs in is a form like any other, and four lines:
 *
 *     result = fb_log_in(request, &(struct fb_credentials){
 *         .email = fb_form_text(form, LOGIN_EMAIL),
 *         .password = fb_form_text(form, LOGIN_PASSWORD),
 *         .form = form});
 *
 * What the engine does without being asked: passwords are stored as argon2id,
 * and guessing them is slowed down, for each account and each address, while
 * the owner's own browser still gets in; a session is a cookie of 256 random
 * bits of which the database has the hash alone, new with each log-in and each
 * change of what it may; it ends when it is not used, and at last in any case;
 * an address that is known and one that is not are answered alike and in the
 * same time; what happens to an account is written down (fb_account_events()).
 * A page that has asked who is there is sent with "Cache-Control: private,
 * no-store".
 *
 * All times are those of the database, so that the clocks of hosts may differ.
 * Whatever is handed out belongs to the request. docs/accounts.md shows a whole
 * application with accounts.
 */

#ifndef FOOBAR_ACCOUNT_H
#define FOOBAR_ACCOUNT_H

#include <foobar/app.h>
#include <foobar/html.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct fb_form;
struct fb_request;

/* How long a password is, in characters and in bytes. */
#define FB_PASSWORD_LEAST 8
#define FB_PASSWORD_MOST 1024

/* What fb_app.accounts points to. What is 0 has the value that is said. */
struct fb_accounts {
    /*
     * What a member may be, "member,moderator,admin": names of a-z, 0-9 and _.
     * The first is what somebody becomes who signs up.
     */
    const char *roles;

    /* Words that no password may be, such as the name of the site; or NULL. */
    const char *refused_passwords; /* separated by commas */

    /*
     * Nobody logs in before fb_set_verified(), and until then who signs up with
     * the same address takes the place of who did before. So no page tells
     * whether an address has an account; only a mail to it does.
     */
    bool verified_first;

    unsigned idle_seconds;            /* unused for so long it ends: 12 hours */
    unsigned session_seconds;         /* and at last: 7 days */
    unsigned remembered_idle_seconds; /* of "remember me": 30 days */
    unsigned remembered_seconds;      /* 90 days */
    unsigned confirmed_seconds; /* a password that was typed counts: 15 min */
    unsigned guesses;           /* wrong passwords for one account: 10 */
    unsigned guess_seconds;     /* in so many seconds: 15 minutes */
    unsigned hash_passes;       /* of argon2id: 2; never fewer */
    unsigned hash_mib;          /* memory of it: 19 MiB; never less */

    /*
     * Where a log-in goes on that wants a second factor, and where a member
     * gives himself one; both or neither (NULL: there are none). Whoever has
     * one of second_factor_roles ("moderator,admin"; NULL: nobody must) is
     * what the role says only after he has shown it: fb_has_role() is false,
     * and pages for that role lead to one of these two.
     */
    const char *second_step_path;
    const char *second_factor_path;
    const char *second_factor_roles;
};

/* What a session has shown of its owner; more is higher. */
enum fb_strength {
    FB_BY_NOTHING = 0, /* as good as nobody: a second factor is wanted */
    FB_BY_PASSWORD = 1,
    FB_BY_SECOND_FACTOR = 2
};

struct fb_account {
    int64_t id;
    const char *email; /* as it was typed */
    const char *role;
    bool is_verified;          /* the address was shown to be the owner's */
    int64_t session;           /* its number; 0: not of this request */
    enum fb_strength strength; /* of that session */
};

/*
 * Who is logged in; NULL: nobody, or the database cannot say, which
 * fb_account_result() tells apart: FB_OK when it is known who is there, or
 * that nobody is. It is asked once a request, when first needed, and costs a
 * statement if a cookie was sent. A page that may be kept (cache_seconds) says
 * in its row that it .varies = FB_BY_AUDIENCE; what it draws for whoever has a
 * cookie is not kept.
 */
FB_API const struct fb_account *fb_account(struct fb_request *request);
FB_API enum fb_result fb_account_result(struct fb_request *request);

/*
 * Whether somebody is logged in who has one of these roles ("editor,admin"),
 * and has shown all that fb_accounts asks of it.
 */
FB_API bool fb_has_role(struct fb_request *request, const char *roles);

/* ------------------------------------------------------------- logging in */

/* What was typed, and the form in which: its fields get the messages. */
struct fb_credentials {
    const char *email;
    const char *password;
    bool remember;        /* stay logged in when the browser ends */
    struct fb_form *form; /* NULL: messages go nowhere */
    unsigned email_field; /* for fb_sign_up(); else the whole form's */
    unsigned password_field;
};

/*
 * Why a call was answered FB_INVALID. The form has the message of
 * fb_account_message() already, a sentence without a full stop.
 */
enum fb_account_problem {
    FB_ACCOUNT_FINE = 0,
    FB_ACCOUNT_WRONG,     /* no such address, or not its password */
    FB_ACCOUNT_SUSPENDED, /* told only to who knows the password */
    FB_ACCOUNT_TAKEN,     /* the address has an account */
    FB_ACCOUNT_ADDRESS,   /* that is no address */
    FB_PASSWORD_WRONG,
    FB_PASSWORD_SHORT,
    FB_PASSWORD_LONG,
    FB_PASSWORD_COMMON, /* among the first that others would try */
    FB_CODE_WRONG       /* of a second factor, or used already */
};
FB_API enum fb_account_problem
fb_account_problem(const struct fb_request *request);
FB_API const char *fb_account_message(struct fb_request *request,
                                      enum fb_account_problem problem)
    __attribute__((returns_nonnull));

/*
 * Logs in: FB_OK, and the reply sets the cookie of a new session. FB_INVALID:
 * see above. FB_TOO_MANY: there were too many wrong passwords; returned as it
 * is, it is a 429 that says when to try again. Not inside of a transaction.
 *
 * Of an account with a second factor the session is as good as nobody's until
 * fb_second_step(), for which there are ten minutes. fb_safe_next() leads there.
 */
FB_API enum fb_result fb_log_in(struct fb_request *request,
                                const struct fb_credentials *credentials);

/*
 * Logs somebody in who has shown otherwise who he is: who has just signed up,
 * or has followed a link that was sent to him.
 * A second factor is asked for all the same.
 */
FB_API enum fb_result fb_log_in_account(struct fb_request *request,
                                        int64_t account, bool remember);

/*
 * After fb_log_in(), or fb_second_step() where that is wanted: whether this
 * browser was not known to have logged in to that account before, for a mail to
 * its owner. (It is known by a cookie for a year; without the setting
 * secret-file every browser is.)
 */
FB_API bool fb_is_new_browser(const struct fb_request *request);

/* Ends the session of this request. That nobody is logged in is FB_OK. */
FB_API enum fb_result fb_log_out(struct fb_request *request);

/*
 * Makes an account; its id goes to *account. FB_INVALID: see above. Inside of
 * fb_transaction() it is a part of that, so that a row of the application's
 * own about the member is made together with it, or not at all.
 */
FB_API enum fb_result fb_sign_up(struct fb_request *request,
                                 const struct fb_credentials *credentials,
                                 int64_t *account);

/*
 * After logging in: the page that was wanted, as the argument "next" of the
 * query says, if it is a path of this site; else `otherwise`. While a second
 * factor is wanted it is the page for that, with "next". And the path of
 * a form with that argument behind it, so that it is not lost:
 * fb_keep_next(request, "/login").
 */
FB_API const char *fb_safe_next(struct fb_request *request,
                                const char *otherwise)
    __attribute__((returns_nonnull));
FB_API const char *fb_keep_next(struct fb_request *request, const char *path)
    __attribute__((returns_nonnull));

/* -------------------------------------------------- what asks for it again */

/*
 * Before what an open browser alone must not allow (a new address, a second
 * factor, the end of the account): whether the password was typed within the
 * last confirmed_seconds. If not, ask for it, and hand it to
 * fb_confirm_password(), which is answered as fb_log_in() is; the message goes
 * to that field.
 */
FB_API bool fb_recently_confirmed(struct fb_request *request);
FB_API enum fb_result fb_confirm_password(struct fb_request *request,
                                          const char *password,
                                          struct fb_form *form, unsigned field);

/*
 * Gives the member who is logged in another password. The old one is asked for
 * (it is checked as by fb_confirm_password()); all other sessions end, this one
 * gets a new cookie, and no link that was sent before works any more.
 */
struct fb_new_password {
    const char *old_password;
    const char *new_password;
    struct fb_form *form; /* NULL: messages go nowhere */
    unsigned old_field;
    unsigned new_field;
};
FB_API enum fb_result fb_change_password(struct fb_request *request,
                                         const struct fb_new_password *change);

/* ------------------------------------------------------------ second factors */

/*
 * An app on a telephone that shows another code every 30 seconds (TOTP, RFC
 * 6238), and recovery codes for the day on which it is gone. A code is taken
 * once, on all hosts together; guessing is slow; the secret is encrypted by a
 * key made of secret-file. The time is that of the database, and a code of the
 * 30 seconds before or after is good too.
 */

/* Whether the password of this session was right, and the second step is due. */
FB_API bool fb_second_step_is_wanted(struct fb_request *request);

/*
 * The second step: a code of the app, or a recovery code. FB_OK: it is logged
 * in, by a new session. FB_INVALID: the field has the message. FB_TOO_MANY:
 * there were too many wrong ones. FB_LOG_IN_FIRST: the second step is not due
 * (any more). Not inside of a transaction.
 */
FB_API enum fb_result fb_second_step(struct fb_request *request,
                                     const char *code, struct fb_form *form,
                                     unsigned field);

/* What there is of it, for the page of who is logged in. */
struct fb_second_factor {
    bool is_on;
    bool is_pending;   /* begun, and not confirmed yet */
    const char *since; /* as "2026-03-05T14:02:11Z"; "" if it is off */
    int64_t recovery_codes;
};
FB_API enum fb_result fb_second_factor(struct fb_request *request,
                                       struct fb_second_factor *factor);

/*
 * Begins: a new secret, good for fifteen minutes; one that is in use already
 * goes on to be. fb_enrolment() shows it, to be scanned or typed into an app;
 * FB_NOT_FOUND: there is none, or no more. Both, and the calls below that change
 * something, are FB_FORBIDDEN unless fb_recently_confirmed().
 */
struct fb_enrolment {
    const char *secret;     /* in groups: "abcd efgh ..." */
    const char *uri;        /* otpauth://totp/... */
    struct fb_safe_html qr; /* the same, as an <svg> */
};
FB_API enum fb_result fb_second_factor_begin(struct fb_request *request);
FB_API enum fb_result fb_enrolment(struct fb_request *request,
                                   struct fb_enrolment *enrolment);

/* Each works once, instead of a code of the app. They are shown now or never. */
#define FB_RECOVERY_CODES 10
struct fb_recovery_codes {
    const char *code[FB_RECOVERY_CODES]; /* "xxxx-xxxx-xxxx-xxxx" */
};

/*
 * The first code of the app: from now on it is asked for. FB_NOT_FOUND: nothing
 * was begun. All other sessions end, and this one gets a new cookie, as with
 * fb_second_factor_off(). fb_recovery_codes(): new ones, the old ones are gone;
 * FB_NOT_FOUND: there is no second factor. The first is not for the inside of a
 * transaction.
 */
FB_API enum fb_result fb_second_factor_confirm(struct fb_request *request,
                                               const char *code,
                                               struct fb_form *form,
                                               unsigned field,
                                               struct fb_recovery_codes *codes);
FB_API enum fb_result fb_second_factor_off(struct fb_request *request);
FB_API enum fb_result fb_recovery_codes(struct fb_request *request,
                                        struct fb_recovery_codes *codes);

/* ------------------------------------------------------------- one's sessions */

struct fb_session {
    int64_t number;
    const char *created; /* as "2026-03-05T14:02:11Z" */
    const char *seen;
    const char *address;
    const char *agent; /* what the browser calls itself; text of a stranger */
    bool is_remembered;
    bool is_this; /* the one that asks */
};

/* The sessions of who is logged in, the last used first; 100 at most. */
FB_API enum fb_result fb_sessions(struct fb_request *request,
                                  const struct fb_session **sessions,
                                  size_t *count);

/*
 * Ends one of them (FB_NOT_FOUND: it is none of his), or all but this one.
 * Somebody must be logged in (FB_LOG_IN_FIRST).
 */
FB_API enum fb_result fb_revoke_session(struct fb_request *request,
                                        int64_t number);
FB_API enum fb_result fb_revoke_other_sessions(struct fb_request *request);

/*
 * What has happened to an account, the last first: log-ins and wrong
 * passwords, changes of what it is. Kept for 90 days.
 */
struct fb_account_event {
    const char *event; /* "log_in", "log_in_failed", "log_out", ... */
    const char *at;
    const char *address;
    const char *agent;
};
FB_API enum fb_result fb_account_events(struct fb_request *request,
                                        int64_t account, unsigned most,
                                        const struct fb_account_event **events,
                                        size_t *count);

/* ---------------------------------------------------------- links in mails */

/*
 * A token for a link: 256 random bits, of which the database keeps the hash.
 * It works once, for this purpose ("verify", "reset": a-z, 0-9 and _), and for
 * so many seconds; a new one for the same account and purpose takes the old
 * one's place. `detail` (500 bytes, may be NULL) comes back with it: the new
 * address, say. The application sends it.
 */
FB_API enum fb_result fb_token_make(struct fb_request *request,
                                    const char *purpose, int64_t account,
                                    unsigned seconds, const char *detail,
                                    const char **token);

struct fb_token {
    int64_t account;
    const char *detail; /* never NULL */
};

/*
 * Looks whether a token is good, for the page that a link leads to: that is
 * opened by GET, and changes nothing. fb_token_use() uses it up, on the way
 * back; inside of fb_transaction() together with what it allows.
 * FB_NOT_FOUND: it was used, is too old, or never was.
 */
FB_API enum fb_result fb_token_look(struct fb_request *request,
                                    const char *purpose, const char *token,
                                    struct fb_token *found);
FB_API enum fb_result fb_token_use(struct fb_request *request,
                                   const char *purpose, const char *token,
                                   struct fb_token *found);

/* ------------------------------------------------- what an office page does */

/*
 * The account of an address, or by its id; FB_NOT_FOUND: there is none. These
 * calls, and those below, do not ask who is logged in: the row of the page says
 * who may open it.
 */
FB_API enum fb_result fb_find_account(struct fb_request *request,
                                      const char *email,
                                      const struct fb_account **account);
FB_API enum fb_result fb_account_by_id(struct fb_request *request, int64_t id,
                                       const struct fb_account **account);

/*
 * Each is a transaction, or a part of the one that it is called in.
 * fb_set_password(): for who has followed a link; every session of the account
 * ends, and every token is spent. fb_set_role(): a role that fb_accounts does
 * not list is an error of the program; the sessions of the account end, but for
 * the one that asks, which gets a new cookie. fb_suspend(): nobody can log in
 * for so many seconds (below 0: for ever, 0: he can again), all sessions end;
 * the reason is for the office. fb_set_email(): the address is new and counts as
 * verified; FB_INVALID when another account has it. fb_set_verified(): a link
 * that was sent to the address came back.
 * fb_remove_second_factor(): for who has lost his telephone; with it go all
 * recovery codes, and all sessions. FB_NOT_FOUND: there is none.
 */
FB_API enum fb_result fb_set_password(struct fb_request *request,
                                      int64_t account, const char *password,
                                      struct fb_form *form, unsigned field);
FB_API enum fb_result fb_set_role(struct fb_request *request, int64_t account,
                                  const char *role);
FB_API enum fb_result fb_suspend(struct fb_request *request, int64_t account,
                                 int64_t seconds, const char *reason);
FB_API enum fb_result fb_set_email(struct fb_request *request, int64_t account,
                                   const char *email, struct fb_form *form,
                                   unsigned field);
FB_API enum fb_result fb_set_verified(struct fb_request *request,
                                      int64_t account);
FB_API enum fb_result fb_remove_second_factor(struct fb_request *request,
                                              int64_t account);

#endif
