/* The mails about accounts. What is secret in them is made when they are. */

#ifndef SITE_LETTERS_H
#define SITE_LETTERS_H

#include <foobar/foobar.h>

#include <stdbool.h>
#include <stdint.h>

/* Why a letter is asked for. */
enum letter {
    LETTER_VERIFY, /* to show that the address is his who signed up */
    LETTER_RESET   /* to choose another password */
};

/*
 * Whether one more may be asked for, by this visitor and for this address; if
 * not, FB_TOO_MANY is the answer. Not inside of a transaction.
 */
bool letter_may_go(struct fb_request *request, const char *email);

/*
 * Leaves it to a job to write to the address, inside of a transaction. The page
 * has done the same then, in the same time, whether there is an account or not.
 */
enum fb_result letter_later(struct fb_request *request, enum letter letter,
                            const char *email);

/* Tells an owner what has happened to his account. */
enum notice {
    NOTICE_BROWSER, /* somebody has logged in from a new browser */
    NOTICE_PASSWORD /* the password was changed */
};

/*
 * After a log-in: tells the owner if the browser is a new one. He is logged in
 * already, so nothing of this is an error that he is shown.
 */
void notice_of_browser(struct fb_request *request);

/* Inside of a transaction, and in one of its own. */
enum fb_result notice_add(struct fb_request *request, enum notice notice,
                          int64_t account);
enum fb_result notice_send(struct fb_request *request, enum notice notice,
                           int64_t account);

/* The handlers of the jobs. */
enum fb_result verify_letter(struct fb_request *request);
enum fb_result reset_letter(struct fb_request *request);

#endif
