/*
 * The pages where visitors sign up, log in and log out, and the links to them;
 * see api/foobar/ready.h. They are handlers like any other, by the public API
 * alone, but for their words, which are the engine's.
 */

#include "ready.h"

#include <foobar/account.h>
#include <foobar/form.h>
#include <foobar/html.h>
#include <foobar/limit.h>
#include <foobar/negotiate.h>

#include <string.h>

#include "request.h"
#include "words.h"

/* Sign-ups of one address in an hour: a class of pupils, no machine. */
enum {
    SIGN_UPS_MOST = 30,
    SIGN_UPS_SECONDS = 3600
};

/* clang-format off */
#define LOG_IN_FIELDS(FIELD)                                                   \
    FIELD(LOG_IN_EMAIL, .name = "email", .kind = FB_EMAIL,                     \
        .label = WORDS("E-mail address"), .required = true,                    \
        .missing = WORDS("Enter your e-mail address"),                         \
        .autocomplete = "username")                                            \
    FIELD(LOG_IN_PASSWORD, .name = "password", .kind = FB_PASSWORD,            \
        .label = WORDS("Password"), .required = true,                          \
        .most = FB_PASSWORD_MOST, .missing = WORDS("Enter your password"),     \
        .autocomplete = "current-password")                                    \
    FIELD(LOG_IN_REMEMBER, .name = "remember", .kind = FB_CHECKBOX,            \
        .label = WORDS("Stay logged in on this device"))

#define SIGN_UP_FIELDS(FIELD)                                                  \
    FIELD(SIGN_UP_EMAIL, .name = "email", .kind = FB_EMAIL,                    \
        .label = WORDS("E-mail address"), .required = true,                    \
        .missing = WORDS("Enter your e-mail address"),                         \
        .autocomplete = "email")                                               \
    FIELD(SIGN_UP_PASSWORD, .name = "password", .kind = FB_PASSWORD,           \
        .label = WORDS("Password"), .required = true,                          \
        .most = FB_PASSWORD_MOST,                                              \
        .hint = WORDS("8 characters or more; several words are best."),        \
        .missing = WORDS("Enter a password"), .autocomplete = "new-password")
/* clang-format on */

FB_FORM_FIELDS(log_in_field, LOG_IN_FIELDS);
FB_FORM_FIELDS(sign_up_field, SIGN_UP_FIELDS);
FB_FORM(fb_log_in_form, LOG_IN_FIELDS, .id = NULL);
FB_FORM(fb_sign_up_form, SIGN_UP_FIELDS, .id = NULL);

static void literal(struct fb_out *out, const char *text)
{
    fb_out_literal(out, text, strlen(text));
}

static void link_to(struct fb_out *out, const char *path, const char *words)
{
    literal(out, "<a rel=\"nofollow\" href=\"");
    fb_out_url(out, path);
    literal(out, "\">");
    fb_out_text(out, words_translate(fb_request_of(out), words));
    literal(out, "</a>");
}

void fb_ready_main_html(struct fb_out *out, const struct fb_ready *ready)
{
    ready->draw(out, ready);
}

/* The path of the page that this handler has; NULL: the table has none. */
/* cppcheck-suppress constParameter; a function is nothing that could change */
static const char *path_of(const struct fb_request *request, fb_handler *page)
{
    const struct fb_app *app = request->app;
    size_t i;

    for (i = 0; i < app->page_count; i++) {
        if (app->pages[i].handler == page) {
            return app->pages[i].path;
        }
    }
    return NULL;
}

/* A link to another of these pages, which leads on to where one wanted to. */
static void link_on(struct fb_out *out, fb_handler *handler, const char *words)
{
    struct fb_request *request = fb_request_of(out);
    const char *path = path_of(request, handler);

    if (path != NULL) {
        literal(out, "<p>");
        link_to(out, fb_keep_next(request, path), words);
        literal(out, "</p>\n");
    }
}

static void draw_log_in(struct fb_out *out, const struct fb_ready *ready)
{
    struct fb_request *request = fb_request_of(out);

    fb_form_all_html(out, ready->form, fb_keep_next(request, fb_path(request)),
                     WORDS("You are not logged in"), WORDS("Log in"));
    link_on(out, fb_sign_up_page, WORDS("Sign up"));
}

static void draw_sign_up(struct fb_out *out, const struct fb_ready *ready)
{
    struct fb_request *request = fb_request_of(out);

    fb_form_all_html(out, ready->form, fb_keep_next(request, fb_path(request)),
                     WORDS("You have not signed up"), WORDS("Sign up"));
    link_on(out, fb_log_in_page, WORDS("Log in"));
}

/*
 * How a form with a message, or a blank one, is answered: by its page in the
 * application's frame; to a program, by what is wrong.
 */
static enum fb_result show(struct fb_request *request, struct fb_ready ready)
{
    if (request->app->frame == NULL) {
        request_fail(request, "%s is a ready page, and foobar_app has no frame",
                     fb_path(request));
    }
    if (fb_method(request) == FB_POST && fb_wants(request) == FB_JSON) {
        return FB_INVALID;
    }
    ready.title = words_translate(request, ready.title);
    request->app->frame(fb_body(request), &ready);
    return FB_OK;
}

static enum fb_result go_on(struct fb_request *request, enum fb_result result)
{
    if (result == FB_OK) {
        fb_redirect(request, fb_safe_next(request, "/"));
    }
    return result;
}

enum fb_result fb_log_in_page(struct fb_request *request)
{
    struct fb_form *form = fb_form(request);
    enum fb_result result = FB_INVALID;

    if (fb_form_ok(form)) {
        result = fb_log_in(
            request, &(struct fb_credentials){
                         .email = fb_form_text(form, LOG_IN_EMAIL),
                         .password = fb_form_text(form, LOG_IN_PASSWORD),
                         .remember = fb_form_is_ticked(form, LOG_IN_REMEMBER),
                         .form = form});
    }
    return result == FB_INVALID
               ? show(request, (struct fb_ready){.title = WORDS("Log in"),
                                                 .form = form,
                                                 .draw = draw_log_in})
               : go_on(request, result);
}

static enum fb_result sign_up(struct fb_request *request, struct fb_form *form)
{
    const struct fb_credentials credentials = {
        .email = fb_form_text(form, SIGN_UP_EMAIL),
        .password = fb_form_text(form, SIGN_UP_PASSWORD),
        .form = form,
        .email_field = SIGN_UP_EMAIL,
        .password_field = SIGN_UP_PASSWORD};
    int64_t account = 0;
    enum fb_result result;

    if (!fb_limit(request, "sign_up", NULL, SIGN_UPS_MOST, SIGN_UPS_SECONDS)) {
        return FB_TOO_MANY;
    }
    result = fb_sign_up(request, &credentials, &account);
    return result == FB_OK ? fb_log_in_account(request, account, false)
                           : result;
}

enum fb_result fb_sign_up_page(struct fb_request *request)
{
    struct fb_form *form = fb_form(request);
    enum fb_result result = FB_INVALID;

    if (fb_form_ok(form)) {
        result = sign_up(request, form);
    }
    return result == FB_INVALID
               ? show(request, (struct fb_ready){.title = WORDS("Sign up"),
                                                 .form = form,
                                                 .draw = draw_sign_up})
               : go_on(request, result);
}

enum fb_result fb_log_out_page(struct fb_request *request)
{
    enum fb_result result = fb_log_out(request);

    if (result == FB_OK) {
        fb_redirect(request, "/");
    }
    return result;
}

/* ------------------------------------------------------- links to them */

static void entry(struct fb_out *out, const char *path, const char *words)
{
    if (path != NULL) {
        literal(out, "<li>");
        link_to(out, path, words);
        literal(out, "</li>\n");
    }
}

/* Of the form its token alone is needed: no field of it is drawn. */
static void draw_log_out(struct fb_out *out, const char *path)
{
    struct fb_request *request = fb_request_of(out);
    struct fb_form *form = fb_form_blank(request, &fb_log_in_form);

    literal(out, "<li>");
    fb_form_begin_html(out, form, path);
    literal(out, "<button class=\"button\" type=\"submit\">");
    fb_out_text(out, words_translate(request, WORDS("Log out")));
    literal(out, "</button>\n</form></li>\n");
}

void fb_account_links_html(struct fb_out *out)
{
    struct fb_request *request = fb_request_of(out);
    const struct fb_account *account;
    const char *way_out = path_of(request, fb_log_out_page);

    if (request->is_error_page) {
        return;
    }
    account = fb_account(request);
    literal(out, "<ul class=\"personal\">\n");
    if (account == NULL) {
        entry(out, request->app->login_path, WORDS("Log in"));
        entry(out, path_of(request, fb_sign_up_page), WORDS("Sign up"));
    } else {
        literal(out, "<li><bdi>");
        fb_out_text(out, account->email);
        literal(out, "</bdi></li>\n");
        if (way_out != NULL) {
            draw_log_out(out, way_out);
        }
    }
    literal(out, "</ul>\n");
}
