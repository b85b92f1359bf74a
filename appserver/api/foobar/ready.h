/*
 * Ready pages: what most sites have alike, written once, and shown in the
 * application's own frame: its error pages, and the pages where visitors sign
 * up, log in and log out.
 *
 * An application says what its frame is, as one template,
 *
 *     {% template frame(const struct fb_ready *v) in page(v->title) %}
 *     {% block main %}{% call fb_ready_main(v) %}{% end %}
 *     {% end %}
 *
 * and names it in its table; from then on it needs no error_page:
 *
 *     FB_APP("guestbook", pages, .frame = frame_html);
 *
 * The pages of accounts are three rows, for which there is a word. They are
 * /login, /signup and /logout:
 *
 *     static const struct fb_page pages[] = {
 *         {.name = "home", .path = "/", .methods = FB_GET, .handler = home},
 *         FB_ACCOUNT_PAGES,
 *     };
 *
 * with `.accounts` and `.login_path = "/login"` in the table (account.h).
 * Whoever wants more of them - a name to be typed, other words - writes a
 * handler of his own in the place of one row: docs/accounts.md.
 *
 * What they say is said in the visitor's language, as by the forms (form.h).
 */

#ifndef FOOBAR_READY_H
#define FOOBAR_READY_H

#include <foobar/app.h>

struct fb_form;
struct fb_form_type;
struct fb_out;
struct fb_request;

/* What the frame is given. */
struct fb_ready {
    const char *title;    /* for <title> and <h1> */
    int status;           /* of an error page; else 0 */
    struct fb_form *form; /* of a page with one; else NULL */

    /* What fb_ready_main_html() calls. */
    void (*draw)(struct fb_out *out, const struct fb_ready *ready);
};

/*
 * All below the heading. On an error page that is a sentence on what happened
 * and one on what to do, and the request's id; else the form.
 */
FB_API void fb_ready_main_html(struct fb_out *out,
                               const struct fb_ready *ready);

/*
 * For the head of every page: the ways to log in and to sign up, or who is
 * logged in and the button to log out. It is a list of the class "personal".
 * The page is then one visitor's own, as by fb_account(). On an error page it
 * draws nothing, since the database may be what failed.
 */
FB_API void fb_account_links_html(struct fb_out *out);

/* Of strangers who sign up, 30 of one address within an hour. */
FB_API enum fb_result fb_log_in_page(struct fb_request *request);
FB_API enum fb_result fb_sign_up_page(struct fb_request *request);
FB_API enum fb_result fb_log_out_page(struct fb_request *request);
extern FB_API const struct fb_form_type fb_log_in_form;
extern FB_API const struct fb_form_type fb_sign_up_form;

#define FB_LOG_IN_PAGE                                                   \
    {                                                                    \
        .name = "log_in", .path = "/login", .methods = FB_GET | FB_POST, \
        .handler = fb_log_in_page, .form = &fb_log_in_form,              \
        .rate_class = "login"                                            \
    }
#define FB_SIGN_UP_PAGE                                                    \
    {                                                                      \
        .name = "sign_up", .path = "/signup", .methods = FB_GET | FB_POST, \
        .handler = fb_sign_up_page, .form = &fb_sign_up_form,              \
        .rate_class = "write"                                              \
    }
#define FB_LOG_OUT_PAGE                                           \
    {                                                             \
        .name = "log_out", .path = "/logout", .methods = FB_POST, \
        .handler = fb_log_out_page, .form = &fb_log_in_form       \
    }
#define FB_ACCOUNT_PAGES FB_LOG_IN_PAGE, FB_SIGN_UP_PAGE, FB_LOG_OUT_PAGE

#endif
