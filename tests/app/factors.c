/*
 * The application of the tests of second factors: one page for each call, which
 * says in plain words what came of it.
 */

#include <foobar/foobar.h>

#include <string.h>

static void say(struct fb_request *request, const char *text)
{
    fb_content_type(request, "text/plain; charset=utf-8");
    fb_out_literal(fb_body(request), text, strlen(text));
}

#define FACTOR_FIELDS(FIELD)                                                   \
    FIELD(EMAIL, .name = "email", .kind = FB_LINE, .label = "E-mail",          \
          .most = 300)                                                         \
    FIELD(PASSWORD, .name = "password", .kind = FB_PASSWORD,                   \
          .label = "Password", .most = 2000)                                   \
    FIELD(REMEMBER, .name = "remember", .kind = FB_CHECKBOX,                   \
          .label = "Stay logged in")                                           \
    FIELD(CODE, .name = "code", .kind = FB_LINE, .label = "Code", .most = 200) \
    FIELD(WORD, .name = "word", .kind = FB_LINE, .label = "Word", .most = 100)
FB_FORM_FIELDS(factor_field, FACTOR_FIELDS);
FB_FORM(factor_form, FACTOR_FIELDS, .id = NULL);

/* "done", or what the form says. */
static enum fb_result told(struct fb_request *request, enum fb_result result)
{
    if (result == FB_OK) {
        say(request, "done");
    }
    if (result == FB_INVALID) {
        say(request, fb_account_message(request, fb_account_problem(request)));
        result = FB_OK;
    }
    return result;
}

static const char *typed(struct fb_request *request, unsigned field)
{
    return fb_form_text(fb_form(request), field);
}

/* --------------------------------------------------------- in, and who it is */

static struct fb_credentials credentials(struct fb_request *request)
{
    return (struct fb_credentials){
        .email = typed(request, EMAIL),
        .password = typed(request, PASSWORD),
        .remember = fb_form_is_ticked(fb_form(request), REMEMBER),
        .form = fb_form(request)};
}

static enum fb_result sign_up(struct fb_request *request)
{
    const struct fb_credentials who = credentials(request);
    int64_t account;
    enum fb_result result = fb_sign_up(request, &who, &account);

    if (result == FB_OK && typed(request, WORD)[0] != '\0') {
        result = fb_set_role(request, account, typed(request, WORD));
    }
    return told(request, result);
}

static enum fb_result go_on(struct fb_request *request, enum fb_result result)
{
    if (result == FB_OK) {
        fb_redirect(request, fb_safe_next(request, "/me"));
        return FB_OK;
    }
    return told(request, result);
}

static enum fb_result log_in(struct fb_request *request)
{
    const struct fb_credentials who = credentials(request);

    if (!fb_form_ok(fb_form(request))) {
        say(request, "log in");
        return FB_OK;
    }
    return go_on(request, fb_log_in(request, &who));
}

static enum fb_result second_step(struct fb_request *request)
{
    if (!fb_form_ok(fb_form(request))) {
        say(request, fb_second_step_is_wanted(request) ? "wanted" : "not now");
        return FB_OK;
    }
    return go_on(request, fb_second_step(request, typed(request, CODE),
                                         fb_form(request), CODE));
}

/* As a link in a mail would: it must not get past the second factor. */
static enum fb_result by_link(struct fb_request *request)
{
    const struct fb_account *account;
    enum fb_result result =
        fb_find_account(request, typed(request, EMAIL), &account);

    return go_on(request, result == FB_OK
                              ? fb_log_in_account(request, account->id, true)
                              : result);
}

static enum fb_result reset(struct fb_request *request)
{
    const struct fb_account *account;
    struct fb_token found;
    const char *link;
    enum fb_result result =
        fb_find_account(request, typed(request, EMAIL), &account);

    if (result == FB_OK) {
        result = fb_token_make(request, "reset", account->id, 60, NULL, &link);
    }
    if (result == FB_OK) {
        result = fb_token_use(request, "reset", link, &found);
    }
    return told(request, result == FB_OK
                             ? fb_set_password(request, found.account,
                                               typed(request, PASSWORD),
                                               fb_form(request), PASSWORD)
                             : result);
}

static enum fb_result log_out(struct fb_request *request)
{
    return told(request, fb_log_out(request));
}

static enum fb_result me(struct fb_request *request)
{
    const struct fb_account *account = fb_account(request);

    say(request,
        account == NULL
            ? "nobody"
            : fb_printf(request, "%s %s %d%s", account->email, account->role,
                        (int)account->strength,
                        fb_has_role(request, "admin") ? " rules" : ""));
    return fb_account_result(request);
}

static enum fb_result token(struct fb_request *request)
{
    const char *text = fb_token(request);

    say(request, text != NULL ? text : "none");
    return FB_OK;
}

static enum fb_result sessions(struct fb_request *request)
{
    const struct fb_session *list;
    size_t count;
    enum fb_result result = fb_sessions(request, &list, &count);

    say(request, fb_printf(request, "%zu", count));
    return result;
}

/* ------------------------------------------------------- the factor itself */

static enum fb_result factor(struct fb_request *request)
{
    struct fb_second_factor now;
    enum fb_result result = fb_second_factor(request, &now);

    if (result == FB_OK) {
        say(request,
            fb_printf(request, "%s%s %d%s", now.is_on ? "on" : "off",
                      now.is_pending ? " pending" : "", (int)now.recovery_codes,
                      now.since[0] != '\0' ? " since" : ""));
    }
    return result;
}

static enum fb_result password(struct fb_request *request)
{
    return told(request, fb_confirm_password(request, typed(request, PASSWORD),
                                             fb_form(request), PASSWORD));
}

static enum fb_result begin(struct fb_request *request)
{
    return told(request, fb_second_factor_begin(request));
}

static enum fb_result enrolment(struct fb_request *request)
{
    struct fb_enrolment shown;
    enum fb_result result = fb_enrolment(request, &shown);

    if (result == FB_OK) {
        say(request, fb_printf(request, "%s\n%s\n", shown.secret, shown.uri));
        fb_out_html(fb_body(request), shown.qr);
    }
    return result;
}

static enum fb_result show_codes(struct fb_request *request,
                                 enum fb_result result,
                                 const struct fb_recovery_codes *codes)
{
    if (result != FB_OK) {
        return told(request, result);
    }
    fb_content_type(request, "text/plain");
    for (size_t i = 0; i < FB_RECOVERY_CODES; i++) {
        fb_out_text(fb_body(request), codes->code[i]);
        fb_out_literal(fb_body(request), "\n", 1);
    }
    return FB_OK;
}

static enum fb_result confirm(struct fb_request *request)
{
    struct fb_recovery_codes codes;
    enum fb_result result = fb_second_factor_confirm(
        request, typed(request, CODE), fb_form(request), CODE, &codes);

    return show_codes(request, result, &codes);
}

static enum fb_result new_codes(struct fb_request *request)
{
    struct fb_recovery_codes codes;
    enum fb_result result = fb_recovery_codes(request, &codes);

    return show_codes(request, result, &codes);
}

static enum fb_result off(struct fb_request *request)
{
    return told(request, fb_second_factor_off(request));
}

/* ------------------------------------------------------------------- pages */

#define TAKES_FORM(page_handler) \
    .methods = FB_POST, .handler = (page_handler), .form = &factor_form

static const struct fb_page pages[] = {
    {.name = "login",
     .path = "/login",
     .methods = FB_GET | FB_POST,
     .handler = log_in,
     .form = &factor_form},
    {.name = "second_step",
     .path = "/login/code",
     .methods = FB_GET | FB_POST,
     .handler = second_step,
     .form = &factor_form},
    {.name = "sign_up", .path = "/signup", TAKES_FORM(sign_up)},
    {.name = "link", .path = "/link", TAKES_FORM(by_link)},
    {.name = "reset", .path = "/reset", TAKES_FORM(reset)},
    {.name = "log_out", .path = "/logout", TAKES_FORM(log_out)},
    {.name = "whoami", .path = "/whoami", .methods = FB_GET, .handler = me},
    {.name = "token", .path = "/token", .methods = FB_GET, .handler = token},
    {.name = "me",
     .path = "/me",
     .methods = FB_GET,
     .handler = me,
     .members_only = true},
    {.name = "sessions",
     .path = "/sessions",
     .methods = FB_GET,
     .handler = sessions,
     .members_only = true},
    {.name = "factor",
     .path = "/factor",
     .methods = FB_GET,
     .handler = factor,
     .members_only = true},
    {.name = "enrolment",
     .path = "/enrolment",
     .methods = FB_GET,
     .handler = enrolment,
     .members_only = true},
    {.name = "password", .path = "/password", TAKES_FORM(password)},
    {.name = "begin", .path = "/begin", TAKES_FORM(begin)},
    {.name = "confirm", .path = "/confirm", TAKES_FORM(confirm)},
    {.name = "codes", .path = "/codes", TAKES_FORM(new_codes)},
    {.name = "off", .path = "/off", TAKES_FORM(off)},
    {.name = "vault",
     .path = "/vault",
     .methods = FB_GET,
     .handler = me,
     .members_only = true,
     .second_factor = true},
    {.name = "office",
     .path = "/office",
     .methods = FB_GET,
     .handler = me,
     .roles = "admin"},
};

static void error_page(struct fb_request *request, int status)
{
    const char *why = fb_refusal(request);

    fb_content_type(request, "text/plain; charset=utf-8");
    fb_out_int(fb_body(request), status);
    if (why != NULL) {
        fb_out_literal(fb_body(request), " ", 1);
        fb_out_literal(fb_body(request), why, strlen(why));
    }
}

static const struct fb_accounts accounts = {.roles = "member,admin",
                                            .guesses = 3,
                                            .guess_seconds = 60,
                                            .second_step_path = "/login/code",
                                            .second_factor_path = "/factor",
                                            .second_factor_roles = "admin"};

const struct fb_app foobar_app = {
    .api_version = FB_API_VERSION,
    .size = sizeof(struct fb_app),
    .name = "tests & factors",
    .pages = pages,
    .page_count = sizeof(pages) / sizeof(pages[0]),
    .error_page = error_page,
    .login_path = "/login",
    .accounts = &accounts,
};
