/*
 * Accounts as the parts of the engine share them; api/foobar/account.h is what
 * handlers see, and tells what is done for them.
 *
 *     account.c           who is logged in, and what he may
 *     account_log_in.c    a password is typed, right or wrong
 *     account_session.c   sessions begin, change their token and end
 *     account_change.c    accounts are made and changed
 *     account_token.c     tokens of links; how tokens are made and hashed
 *     account_password.c  hashes of passwords, and which are refused
 *     account_factor.c    second factors (factor.h has their codes)
 *     account_event.c     what is written down
 */

#ifndef ENGINE_ACCOUNT_H
#define ENGINE_ACCOUNT_H

#include <foobar/account.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "account_statements.h"

#define ACCOUNT_COOKIE "session"

/* 256 bits, and a hash of as many, as base64url with NUL. */
#define ACCOUNT_TOKEN_TEXT ((size_t)44)

/* What a request knows of who sent it. */
struct account_state {
    bool is_known; /* the database was asked, or there was no need */
    enum fb_result result;
    const struct fb_account *account; /* NULL: nobody */
    const struct fb_account *waiting; /* whose second step is due; NULL: none */
    char token[ACCOUNT_TOKEN_TEXT];   /* the hash of its session's */
    bool is_remembered;
    int64_t confirmed_ago; /* seconds; below 0: never */
    const char *fresh;     /* the cookie that the reply sets; "": removes it */
    bool fresh_is_open;    /* by a transaction that has not ended yet */
    bool lacks_factor;     /* the page asks for one that he has not shown */
    enum fb_account_problem problem;
    bool browser_is_new; /* see fb_is_new_browser() */
};

/* Never NULL; an application without accounts is an error of the program. */
struct account_state *account_state(struct fb_request *request);

/* The rules of the application, with what it does not say filled in. */
struct fb_accounts account_rules(const struct fb_request *request);

/* Whether the list ("member,admin") has this name. */
bool account_role_is_listed(const char *roles, const char *role);

/* Whether the page may begin for whoever asks for it; FB_OK: it may. */
enum fb_result account_admit(struct fb_request *request);

/*
 * Where somebody is led who may not see a page as he is: where one logs in,
 * or to the second step, or to where he gives himself a second factor. NULL:
 * the application has no such page.
 */
const char *account_way_in(const struct fb_request *request);

/*
 * The one form of an address by which two are the same: composed, and without
 * a difference of upper and lower case. NULL: it is no address.
 */
const char *account_email_key(struct fb_request *request, const char *email);

/* Notes the problem, and says so in the form; returns FB_INVALID. */
enum fb_result account_refuse(struct fb_request *request,
                              enum fb_account_problem problem,
                              struct fb_form *form, unsigned field);

/* The account as handlers see it. */
const struct fb_account *account_of_row(struct fb_request *request,
                                        const struct found_account_row *row);

/* --------------------------------------------------------- account_token.c */

/* A new token, and the hash by which the database knows it. */
void account_token_new(char token[ACCOUNT_TOKEN_TEXT],
                       char hash[ACCOUNT_TOKEN_TEXT]);

/* The hash of a token that was sent; false: it does not look like one. */
bool account_token_hash(const char *token, char hash[ACCOUNT_TOKEN_TEXT]);

/* ------------------------------------------------------ account_password.c */

/* FB_ACCOUNT_FINE, or why it can be nobody's password. */
enum fb_account_problem account_password_check(const struct fb_accounts *rules,
                                               const char *password,
                                               const char *email);

/* The string to be stored; NULL: not hashed, and *result says why. */
const char *account_password_hash(struct fb_request *request,
                                  const char *password, enum fb_result *result);

/*
 * Whether it is the password of this hash. Of NULL, or of a string that is no
 * hash, it is none, which takes as long to find out.
 */
enum fb_result account_password_verify(struct fb_request *request,
                                       const char *hash, const char *password,
                                       bool *is_right);

/* Whether a hash was made with less effort than one would be now. */
bool account_password_is_old(const struct fb_request *request,
                             const char *hash);

/* Whether it is one of those that others would try first. */
bool account_password_is_common(const char *password);

/* -------------------------------------------------------- account_log_in.c */

/*
 * The cookie of a browser that has logged in to this account before, and has
 * shown at least so much then; NULL: it has not. And what makes it one.
 */
const char *account_known_device(struct fb_request *request, int64_t account,
                                 enum fb_strength least);
void account_remember_device(struct fb_request *request, int64_t account,
                             enum fb_strength strength);

/* An error of the program: what a call counts, a transaction could undo. */
void account_refuse_in_transaction(struct fb_request *request,
                                   const char *call);

/* ------------------------------------------------------- account_session.c */

struct account_begin {
    int64_t account;
    bool remember;
    bool is_confirmed; /* the password was typed */
    enum fb_strength strength;
};

/*
 * Inside of a transaction: a session begins, and the one of this request ends.
 * FB_FORBIDDEN: the account is suspended, or there is none.
 * If the account has a second factor that was not shown, the session is short
 * and good for the second step alone.
 */
enum fb_result account_session_begin(struct fb_request *request,
                                     const struct account_begin *begin);

/*
 * What the database makes of a transaction: the sessions that it has begun or
 * changed are, or never were. Called by database.c.
 */
void account_committed(struct fb_request *request);
void account_rolled_back(struct fb_request *request);

/*
 * The session of this request gets another token, and the browser its cookie;
 * and from now on it has shown so much.
 */
enum fb_result account_session_rotate(struct fb_request *request,
                                      bool is_confirmed,
                                      enum fb_strength strength);

/* Ends the sessions of an account, but for that of this request if it is his. */
enum fb_result account_sessions_end(struct fb_request *request,
                                    int64_t account);

/* What the browser calls itself, as far as it can be kept. */
const char *account_agent(struct fb_request *request);

/* -------------------------------------------------------- account_factor.c */

/* Inside of a transaction: whether the account has a second factor. */
enum fb_result account_factor_is_on(struct fb_request *request, int64_t account,
                                    bool *is_on);

/* --------------------------------------------------------- account_event.c */

/*
 * Writes down what happened to an account (0: to none), in the table and in the
 * log; inside of a transaction.
 */
enum fb_result account_event_add(struct fb_request *request, int64_t account,
                                 const char *event);

#endif
