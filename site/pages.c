/*
 * www.foobar.com: the table of its pages, and what the engine needs to know.
 *
 * A page is a row here, a handler in the file of its name, a template in
 * templates/ and, if it asks the database something new, a row in
 * statements.h. The path of a row is also a route of nginx: whatever stands
 * in no row never reaches this program.
 */

#include "account.h"
#include "comment.h"
#include "pages.h"
#include "statements.h"
#include "templates.h"

/*
 * How long a page may be kept and sent to the next visitor as well: what else
 * it depends on, and what makes it stale before, stands beside it. A form is a
 * member's own, which is why a page with one has an audience.
 */
enum {
    KEPT_SHORT = 60,
    KEPT_LONG = 300
};

static const struct fb_page pages[] = {
    {.name = "home",
     .path = "/",
     .methods = FB_GET,
     .handler = home_page,
     .rate_class = "page",
     .cache_seconds = KEPT_SHORT,
     .arguments = "after,before,page",
     .varies = FB_BY_FORMAT | FB_BY_LOCALE | FB_BY_AUDIENCE,
     .tags = "posts"},
    {.name = "post",
     .path = "/posts/{id:int}",
     .methods = FB_GET,
     .handler = post_page,
     .rate_class = "page",
     .cache_seconds = KEPT_SHORT,
     .arguments = "after,before,page",
     .varies = FB_BY_FORMAT | FB_BY_LOCALE | FB_BY_AUDIENCE,
     .tags = "post-{id}"},
    {.name = "comment",
     .path = "/posts/{id:int}/comments",
     .methods = FB_POST,
     .handler = comment_add,
     .form = &comment_form,
     .rate_class = "write"},
    {.name = "products",
     .path = "/products",
     .methods = FB_GET,
     .handler = products_page,
     .rate_class = "page",
     .cache_seconds = KEPT_LONG,
     .varies = FB_BY_FORMAT | FB_BY_LOCALE | FB_BY_AUDIENCE,
     .tags = "products"},
    {.name = "feed",
     .path = "/feed.atom",
     .methods = FB_GET,
     .handler = feed_page,
     .rate_class = "page",
     .cache_seconds = KEPT_LONG,
     .tags = "posts"},
    {.name = "login",
     .path = "/login",
     .methods = FB_GET | FB_POST,
     .handler = login_page,
     .form = &login_form,
     .rate_class = "login",
     .arguments = "next"},
    {.name = "second_step",
     .path = "/login/code",
     .methods = FB_GET | FB_POST,
     .handler = second_step_page,
     .form = &step_form,
     .rate_class = "login",
     .arguments = "next"},
    {.name = "signup",
     .path = "/signup",
     .methods = FB_GET | FB_POST,
     .handler = signup_page,
     .form = &signup_form,
     .rate_class = "write",
     .arguments = "next"},
    {.name = "logout",
     .path = "/logout",
     .methods = FB_POST,
     .handler = logout_page,
     .form = &session_form,
     .rate_class = "write"},
    {.name = "me",
     .path = "/me",
     .methods = FB_GET,
     .handler = me_page,
     .rate_class = "page",
     .members_only = true},
    {.name = "password",
     .path = "/me/password",
     .methods = FB_POST,
     .handler = password_change,
     .form = &password_form,
     .rate_class = "write",
     .members_only = true},
    {.name = "picture",
     .path = "/me/picture",
     .methods = FB_POST,
     .handler = picture_change,
     .form = &picture_form,
     .rate_class = "write",
     .members_only = true},
    {.name = "sessions",
     .path = "/me/sessions",
     .methods = FB_POST,
     .handler = session_end,
     .form = &session_form,
     .rate_class = "write",
     .members_only = true},
    {.name = "second_factor",
     .path = "/me/second-factor",
     .methods = FB_GET,
     .handler = second_factor_page,
     .rate_class = "page",
     .members_only = true},
    {.name = "factor_begin",
     .path = "/me/second-factor/begin",
     .methods = FB_POST,
     .handler = second_factor_begin,
     .form = &factor_begin_form,
     .rate_class = "write",
     .members_only = true},
    {.name = "factor_confirm",
     .path = "/me/second-factor/confirm",
     .methods = FB_POST,
     .handler = second_factor_confirm,
     .form = &factor_form,
     .rate_class = "write",
     .members_only = true},
    {.name = "factor_codes",
     .path = "/me/second-factor/codes",
     .methods = FB_POST,
     .handler = second_factor_codes,
     .form = &factor_codes_form,
     .rate_class = "write",
     .members_only = true},
    {.name = "factor_off",
     .path = "/me/second-factor/off",
     .methods = FB_POST,
     .handler = second_factor_off,
     .form = &factor_off_form,
     .rate_class = "write",
     .members_only = true},
};

/* Who may log in; the first role is that of who signs up. */
static const struct fb_accounts accounts = {
    .roles = "member,moderator,admin",
    .refused_passwords = "foobar,workshop",
    .second_step_path = "/login/code",
    .second_factor_path = "/me/second-factor",
    .second_factor_roles = "moderator,admin",
};

/* Whose dates and prices we can write, and whose words (locale/). */
static const char *const locales[] = {"en-GB", "en-US", "de", NULL};

static const struct fb_statement statements[] = {SITE_STATEMENTS(FB_STATEMENT)};

const struct fb_app foobar_app = {
    .api_version = FB_API_VERSION,
    .size = sizeof(struct fb_app),
    .name = "www.foobar.com",
    .pages = pages,
    .page_count = sizeof(pages) / sizeof(pages[0]),
    .statements = statements,
    .statement_count = sizeof(statements) / sizeof(statements[0]),
    .locales = locales,
    .error_page = error_page,
    .login_path = "/login",
    .catalogue = &app_catalogue,
    .accounts = &accounts,
};
