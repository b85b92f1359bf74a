/*
 * The application of the tests of accounts and limits: one page for each call,
 * which says in plain words what came of it. What it says of a form that was
 * wrong is the first message.
 */

#include <foobar/foobar.h>

#include <string.h>

static void say(struct fb_request *request, const char *text)
{
    fb_content_type(request, "text/plain; charset=utf-8");
    fb_out_literal(fb_body(request), text, strlen(text));
}

#define ACCOUNT_FIELDS(FIELD)                                              \
    FIELD(EMAIL, .name = "email", .kind = FB_LINE, .label = "E-mail",      \
          .most = 300)                                                     \
    FIELD(PASSWORD, .name = "password", .kind = FB_PASSWORD,               \
          .label = "Password", .most = 2000)                               \
    FIELD(OLD, .name = "old", .kind = FB_PASSWORD, .label = "Old",         \
          .most = 2000)                                                    \
    FIELD(REMEMBER, .name = "remember", .kind = FB_CHECKBOX,               \
          .label = "Stay logged in")                                       \
    FIELD(NUMBER, .name = "number", .kind = FB_INTEGER, .label = "Number", \
          .least = -1, .most = 1000000000)                                 \
    FIELD(WORD, .name = "word", .kind = FB_LINE, .label = "Word", .most = 100)
FB_FORM_FIELDS(account_field, ACCOUNT_FIELDS);
FB_FORM(account_form, ACCOUNT_FIELDS, .id = NULL);

/* "done", or what the form says; and a 422 in that case. */
static enum fb_result told(struct fb_request *request, enum fb_result result)
{
    struct fb_form *form = fb_form(request);
    unsigned field;

    if (result == FB_OK) {
        say(request, "done");
        return FB_OK;
    }
    if (result != FB_INVALID) {
        return result;
    }
    for (field = EMAIL; field <= WORD; field++) {
        if (fb_form_error_of(form, field) != NULL) {
            say(request, fb_form_error_of(form, field));
        }
    }
    if (fb_form_error_of(form, FB_WHOLE_FORM) != NULL) {
        say(request, fb_form_error_of(form, FB_WHOLE_FORM));
    }
    return FB_OK;
}

static struct fb_credentials typed(struct fb_request *request)
{
    struct fb_form *form = fb_form(request);

    return (struct fb_credentials){.email = fb_form_text(form, EMAIL),
                                   .password = fb_form_text(form, PASSWORD),
                                   .remember =
                                       fb_form_is_ticked(form, REMEMBER),
                                   .form = form,
                                   .email_field = EMAIL,
                                   .password_field = PASSWORD};
}

static int64_t number(struct fb_request *request)
{
    return fb_form_int(fb_form(request), NUMBER);
}

static const char *word(struct fb_request *request)
{
    return fb_form_text(fb_form(request), WORD);
}

/* --------------------------------------------------- in, out, and who it is */

static enum fb_result sign_up(struct fb_request *request)
{
    const struct fb_credentials credentials = typed(request);
    enum fb_result result;
    int64_t account;

    result = fb_sign_up(request, &credentials, &account);
    if (result == FB_OK) {
        result = fb_log_in_account(request, account, false);
    }
    return told(request, result);
}

/* A row of its own goes with the account, or neither: "fail" fails it. */
static enum fb_result join(struct fb_request *request, void *context)
{
    const struct fb_credentials credentials = typed(request);
    int64_t *account = context;
    enum fb_result result = fb_sign_up(request, &credentials, account);

    if (result == FB_OK) {
        result = fb_log_in_account(request, *account, false);
    }
    if (result == FB_OK && fb_account(request) == NULL) {
        result = FB_FAILED;
    }
    return result == FB_OK && strcmp(word(request), "fail") == 0 ? FB_CONFLICT
                                                                 : result;
}

static enum fb_result sign_up_together(struct fb_request *request)
{
    int64_t account;

    return told(request, fb_transaction(request, join, &account));
}

static enum fb_result log_in(struct fb_request *request)
{
    struct fb_form *form = fb_form(request);
    const struct fb_credentials credentials = typed(request);
    enum fb_result result;

    if (!fb_form_ok(form)) {
        fb_form_begin_html(fb_body(request), form,
                           fb_keep_next(request, "/login"));
        fb_form_end_html(fb_body(request), form, "Log in");
        return FB_OK;
    }
    result = fb_log_in(request, &credentials);
    if (result == FB_OK) {
        fb_redirect(request, fb_safe_next(request, "/me"));
        return FB_OK;
    }
    return told(request, result);
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
            : fb_printf(request, "%s %s%s", account->email, account->role,
                        account->is_verified ? " verified" : ""));
    return fb_account_result(request);
}

/* May be kept, as long as nobody with a cookie asks. */
static enum fb_result front(struct fb_request *request)
{
    return me(request);
}

static enum fb_result token(struct fb_request *request)
{
    const char *text = fb_token(request);

    say(request, text != NULL ? text : "none");
    return FB_OK;
}

/* ---------------------------------------------------- sessions, passwords */

static enum fb_result sessions(struct fb_request *request)
{
    const struct fb_session *list;
    enum fb_result result;
    size_t count;
    size_t i;

    result = fb_sessions(request, &list, &count);
    fb_content_type(request, "text/plain");
    for (i = 0; i < count; i++) {
        const char *line = fb_printf(
            request, "%lld %s %s%s%s\n", (long long)list[i].number,
            list[i].address, list[i].agent, list[i].is_this ? " this" : "",
            list[i].is_remembered ? " remembered" : "");

        fb_out_literal(fb_body(request), line, strlen(line));
    }
    return result;
}

static enum fb_result revoke(struct fb_request *request)
{
    return told(request, number(request) == 0
                             ? fb_revoke_other_sessions(request)
                             : fb_revoke_session(request, number(request)));
}

static enum fb_result change_password(struct fb_request *request)
{
    struct fb_form *form = fb_form(request);

    return told(request,
                fb_change_password(
                    request, &(struct fb_new_password){
                                 .old_password = fb_form_text(form, OLD),
                                 .new_password = fb_form_text(form, PASSWORD),
                                 .form = form,
                                 .old_field = OLD,
                                 .new_field = PASSWORD}));
}

static enum fb_result confirm(struct fb_request *request)
{
    struct fb_form *form = fb_form(request);

    if (fb_method(request) == FB_GET) {
        say(request, fb_recently_confirmed(request) ? "confirmed" : "not");
        return FB_OK;
    }
    return told(request,
                fb_confirm_password(request, fb_form_text(form, PASSWORD), form,
                                    PASSWORD));
}

static enum fb_result events(struct fb_request *request)
{
    const struct fb_account_event *list;
    enum fb_result result;
    size_t count;
    size_t i;

    result =
        fb_account_events(request, fb_account(request)->id, 10, &list, &count);
    fb_content_type(request, "text/plain");
    for (i = 0; i < count; i++) {
        const char *line =
            fb_printf(request, "%s %s\n", list[i].event, list[i].address);

        fb_out_literal(fb_body(request), line, strlen(line));
    }
    return result;
}

/* ---------------------------------------------------- tokens and the office */

/* A page of a test says who it is about by the address. */
static enum fb_result about(struct fb_request *request,
                            const struct fb_account **account)
{
    return fb_find_account(request, fb_form_text(fb_form(request), EMAIL),
                           account);
}

static enum fb_result make_token(struct fb_request *request)
{
    const struct fb_account *account;
    const char *text = NULL;
    enum fb_result result = about(request, &account);

    if (result == FB_OK) {
        result = fb_token_make(request, "reset", account->id,
                               (unsigned)number(request), word(request), &text);
    }
    if (result == FB_OK) {
        say(request, text);
    }
    return result;
}

static enum fb_result look(struct fb_request *request)
{
    struct fb_token found;
    enum fb_result result =
        fb_token_look(request, "reset", fb_query(request, "t"), &found);

    if (result == FB_OK) {
        say(request, found.detail);
    }
    return result;
}

static enum fb_result reset(struct fb_request *request)
{
    struct fb_form *form = fb_form(request);
    struct fb_token found;
    enum fb_result result =
        fb_token_use(request, "reset", word(request), &found);

    if (result == FB_OK) {
        result = fb_set_password(request, found.account,
                                 fb_form_text(form, PASSWORD), form, PASSWORD);
    }
    return told(request, result);
}

static enum fb_result use_elsewhere(struct fb_request *request)
{
    struct fb_token found;

    return told(request,
                fb_token_use(request, "verify", word(request), &found));
}

static enum fb_result office(struct fb_request *request)
{
    const struct fb_account *account;
    const char *what = word(request);
    enum fb_result result = about(request, &account);

    if (result != FB_OK) {
        return result;
    }
    if (strcmp(what, "suspend") == 0) {
        result = fb_suspend(request, account->id, number(request), "a test");
    } else if (strcmp(what, "verify") == 0) {
        result = fb_set_verified(request, account->id);
    } else if (strchr(what, '@') != NULL) {
        result =
            fb_set_email(request, account->id, what, fb_form(request), WORD);
    } else {
        result = fb_set_role(request, account->id, what);
    }
    return told(request, result);
}

/* ------------------------------------------------------------------ limits */

static enum fb_result limited(struct fb_request *request)
{
    if (!fb_limit(request, "test", fb_query(request, "key"), 3, 2)) {
        return FB_TOO_MANY;
    }
    say(request, fb_address(request));
    return FB_OK;
}

/* ------------------------------------------------------------------- pages */

/* clang-format off */
#define FORM_PAGE(page_name, page_path, page_handler, ...) \
    {.name = (page_name), .path = (page_path), .methods = FB_POST, \
     .handler = (page_handler), .form = &account_form, __VA_ARGS__}
/* clang-format on */

static const struct fb_page pages[] = {
    {.name = "front",
     .path = "/",
     .methods = FB_GET,
     .handler = front,
     .cache_seconds = 60,
     .varies = FB_BY_AUDIENCE},
    {.name = "login",
     .path = "/login",
     .methods = FB_GET | FB_POST,
     .handler = log_in,
     .form = &account_form},
    FORM_PAGE("sign_up", "/signup", sign_up, .cache_seconds = 0),
    FORM_PAGE("join", "/join", sign_up_together, .cache_seconds = 0),
    FORM_PAGE("log_out", "/logout", log_out, .cache_seconds = 0),
    {.name = "whoami", .path = "/whoami", .methods = FB_GET, .handler = me},
    {.name = "me",
     .path = "/me",
     .methods = FB_GET,
     .handler = me,
     .members_only = true},
    {.name = "token", .path = "/token", .methods = FB_GET, .handler = token},
    {.name = "sessions",
     .path = "/sessions",
     .methods = FB_GET,
     .handler = sessions,
     .members_only = true},
    {.name = "events",
     .path = "/events",
     .methods = FB_GET,
     .handler = events,
     .members_only = true},
    FORM_PAGE("revoke", "/revoke", revoke, .members_only = true),
    FORM_PAGE("password", "/password", change_password, .members_only = true),
    {.name = "confirm",
     .path = "/confirm",
     .methods = FB_GET | FB_POST,
     .handler = confirm,
     .form = &account_form,
     .members_only = true},
    FORM_PAGE("make_token", "/make-token", make_token, .cache_seconds = 0),
    {.name = "look", .path = "/look", .methods = FB_GET, .handler = look},
    FORM_PAGE("reset", "/reset", reset, .cache_seconds = 0),
    FORM_PAGE("elsewhere", "/elsewhere", use_elsewhere, .cache_seconds = 0),
    FORM_PAGE("change", "/change", office, .cache_seconds = 0),
    {.name = "desk",
     .path = "/office",
     .methods = FB_GET,
     .handler = me,
     .roles = "moderator,admin"},
    {.name = "limited",
     .path = "/limited",
     .methods = FB_GET,
     .handler = limited},
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

static const struct fb_accounts accounts = {.roles = "member,moderator,admin",
                                            .refused_passwords = "workshop",
                                            .guesses = 5,
                                            .guess_seconds = 60};

const struct fb_app foobar_app = {
    .api_version = FB_API_VERSION,
    .size = sizeof(struct fb_app),
    .name = "the tests of accounts",
    .pages = pages,
    .page_count = sizeof(pages) / sizeof(pages[0]),
    .error_page = error_page,
    .login_path = "/login",
    .accounts = &accounts,
};
