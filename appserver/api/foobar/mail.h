/*
 * Mail. fb_mail() adds a mail to the outbox, in the transaction of the
 * request: it is sent if and only if that commits, by a process of its own,
 * which tries for days when the other side does not take it.
 *
 *     struct fb_out *text = fb_draft(request);
 *
 *     welcome_txt(text, &view);
 *     return fb_mail(request, &(struct fb_mail){
 *                                 .to = email,
 *                                 .subject = fb_gettext(request, "Welcome"),
 *                                 .text = fb_drafted(text)});
 *
 * A template NAME.txt is plain text: nothing in it is escaped, as there is no
 * markup, but control characters are dropped from what it is given. NAME.html
 * beside it may draw the same for readers that show HTML.
 *
 * Addresses and subjects come from people. What could add a header of its own,
 * or a second recipient, is FB_INVALID, and no mail is sent.
 */

#ifndef FOOBAR_MAIL_H
#define FOOBAR_MAIL_H

#include <foobar/app.h>

struct fb_out;

/* Limits of a mail, in bytes. */
#define FB_MAIL_ADDRESS_MAX 254
#define FB_MAIL_SUBJECT_MAX 250
#define FB_MAIL_BODY_MAX 1000000

struct fb_mail {
    const char *to;       /* one address, user@host; the host may be an IDN */
    const char *to_name;  /* of a person; NULL: none */
    const char *reply_to; /* an address; NULL: who sends it */
    const char *subject;
    const char *text; /* plain text, whole */
    const char *html; /* the same as a whole page of HTML; NULL: none */
    const char *kind; /* a word for the office: "welcome"; NULL: "mail" */

    /*
     * For mail that people may want to end: a path of this site that takes a
     * POST without a session (RFC 8058) and a GET. NULL: none.
     */
    const char *unsubscribe;
};

/*
 * Adds a mail, inside of a transaction's function. The texts are copied. An
 * address that could not be reached before (its host said so) gets nothing
 * more: FB_OK, and the outbox says why. FB_INVALID: see above; the log says
 * what was wrong.
 */
FB_API enum fb_result fb_mail(struct fb_request *request,
                              const struct fb_mail *mail);

/*
 * The address of a page of this site for the world outside, as the setting
 * site-url has it: fb_site_url(request, "/confirm/7"). What the request says
 * about its host is not believed.
 */
FB_API const char *fb_site_url(struct fb_request *request, const char *path)
    __attribute__((returns_nonnull));

/*
 * A text beside the reply: what a template draws into fb_draft(), as one
 * string, which lives as long as the request.
 */
FB_API struct fb_out *fb_draft(struct fb_request *request)
    __attribute__((returns_nonnull));
FB_API const char *fb_drafted(struct fb_out *draft)
    __attribute__((returns_nonnull));

#endif
