/* The values of the rows of a table of pages; see rows.h. */

#include "rows.h"

#include <stdio.h>
#include <string.h>

#include <foobar/account.h>

#include "account.h"
#include "foobar_wire.h"
#include "kept.h"
#include "routes.h"
#include "session.h"

/* The methods whose requests may carry a body. */
#define METHODS_WITH_BODY                                        \
    ((unsigned)FB_POST | (unsigned)FB_PUT | (unsigned)FB_PATCH | \
     (unsigned)FB_DELETE)

static const char name_characters[] = "abcdefghijklmnopqrstuvwxyz0123456789_";

/* Of arguments and cookies. */
static const char word_characters[] =
    "abcdefghijklmnopqrstuvwxyz0123456789_ABCDEFGHIJKLMNOPQRSTUVWXYZ.-";

bool rows_is_name(const char *text, size_t length)
{
    return length > 0 && length <= FOOBAR_NAME_MAX &&
           strspn(text, name_characters) >= length;
}

/* Whether the word stands in the list before `end`. */
static bool is_listed(const char *list, const char *end, const char *word,
                      size_t length)
{
    while (list < end) {
        size_t other = strcspn(list, ",");

        if (other == length && memcmp(list, word, length) == 0) {
            return true;
        }
        list += other + 1;
    }
    return false;
}

/* Words that are separated by commas, each once; at least one. */
static bool is_list(const char *list, unsigned limit)
{
    const char *word = list;
    unsigned count;

    for (count = 1; count <= limit; count++) {
        size_t length = strcspn(word, ",");

        if (length == 0 || length > FOOBAR_NAME_MAX ||
            strspn(word, word_characters) != length ||
            is_listed(list, word, word, length)) {
            return false;
        }
        if (word[length] == '\0') {
            return true;
        }
        word += length + 1;
    }
    return false;
}

static const char *check_body(const struct fb_page *page)
{
    if (page->body_limit > 0 && (page->methods & METHODS_WITH_BODY) == 0) {
        return "it takes a body, but has no method that sends one";
    }
    if (page->body_limit > FOOBAR_BODY_MAX) {
        return "its body_limit is above 1 TiB";
    }
    return NULL;
}

static bool is_for_members(const struct fb_page *page)
{
    return page->members_only || page->roles != NULL;
}

static const char *check_cache(const struct fb_page *page)
{
    if (page->arguments != NULL && !is_list(page->arguments, FOOBAR_ARGS_MAX)) {
        return "its arguments must be 1 to 16 different names of A-Z, a-z, "
               "0-9, '.', '_' and '-', separated by commas alone";
    }
    if (page->cache_seconds == 0) {
        return NULL;
    }
    if (page->cache_seconds > FOOBAR_CACHE_MAX) {
        return "its cache_seconds are more than a year";
    }
    if ((page->methods & FB_GET) == 0) {
        return "it has cache_seconds, but no GET whose answer could be kept";
    }
    if (is_for_members(page)) {
        return "it is for members only, and its cache_seconds would show it "
               "to everybody";
    }
    return NULL;
}

/* What a reply to GET depends on, and what makes it stale. */
static const char *check_varies(const struct fb_page *page)
{
    if (page->varies >= FB_BY_AUDIENCE << 1) {
        return "it varies by something that does not exist";
    }
    if (page->varies != 0 && (page->methods & FB_GET) == 0) {
        return "it says what replies to GET vary by, and has no GET";
    }
    if ((page->varies & FB_BY_AUDIENCE) != 0 && page->members_only) {
        return "it is for members only, so that it has one audience alone";
    }
    if (page->second_factor && !is_for_members(page)) {
        return "it asks for a second factor, and is not for members: give it "
               ".members_only or .roles";
    }
    return page->tags != NULL ? kept_check_tags(page) : NULL;
}

const char *rows_check_page(const struct fb_page *page)
{
    const char *wrong;

    if (page->name == NULL || !rows_is_name(page->name, strlen(page->name))) {
        return "its name must be made of a-z, 0-9 and _";
    }
    if (page->path == NULL) {
        return "it has no path";
    }
    if (page->handler == NULL) {
        return "it has no handler";
    }
    if (page->methods == 0 || page->methods >= FB_DELETE << 1) {
        return "it has no method, or one that does not exist";
    }
    if (page->rate_class != NULL &&
        !rows_is_name(page->rate_class, strlen(page->rate_class))) {
        return "its rate_class must be made of a-z, 0-9 and _";
    }
    wrong = check_body(page);
    if (wrong == NULL) {
        wrong = check_varies(page);
    }
    return wrong != NULL ? wrong : check_cache(page);
}

static const struct fb_page *first_members_page(const struct fb_page *pages,
                                                size_t count)
{
    size_t i;

    for (i = 0; i < count; i++) {
        if (is_for_members(&pages[i])) {
            return &pages[i];
        }
    }
    return NULL;
}

static const char *check_login_page(const char *path,
                                    const struct routes *routes)
{
    struct route_match match;

    routes_match(routes, path, FB_GET, &match);
    if (match.page == NULL || strlen(path) > FOOBAR_PATH_MAX) {
        return "login_path is the path of no page that has GET";
    }
    if (match.page->members_only) {
        return "the page of login_path is for members only, so that nobody "
               "could ever log in";
    }
    return NULL;
}

/* Where a second factor is shown and made; who needs one can get there. */
static const char *check_second_factor(const struct fb_accounts *accounts,
                                       const struct routes *routes)
{
    struct route_match step;
    struct route_match make;

    if ((accounts->second_step_path == NULL) !=
        (accounts->second_factor_path == NULL)) {
        return "second_step_path and second_factor_path go together: give "
               "both or neither";
    }
    if (accounts->second_step_path == NULL) {
        return accounts->second_factor_roles != NULL
                   ? "it has second_factor_roles, and no second_step_path"
                   : NULL;
    }
    routes_match(routes, accounts->second_step_path, FB_GET, &step);
    routes_match(routes, accounts->second_factor_path, FB_GET, &make);
    if (step.page == NULL || make.page == NULL) {
        return "second_step_path and second_factor_path must be paths of pages "
               "that have GET";
    }
    if (is_for_members(step.page) || make.page->second_factor ||
        make.page->roles != NULL) {
        return "the page of second_step_path must be for everybody, and that "
               "of second_factor_path ask for no role and no second factor, so "
               "that one gets there";
    }
    return NULL;
}

static const char *check_login(const struct fb_app *app,
                               const struct routes *routes)
{
    const char *cookies = session_cookies(app);
    const char *wrong = NULL;

    if ((app->login_path == NULL) != (cookies == NULL)) {
        return app->accounts != NULL
                   ? "it has accounts, and no login_path where one logs in"
                   : "login_path and session_cookies go together: give both "
                     "or neither";
    }
    if (app->login_path == NULL) {
        return NULL;
    }
    if (!is_list(cookies, FOOBAR_COOKIES_MAX)) {
        return "session_cookies must be 1 to 8 different names of A-Z, a-z, "
               "0-9, '.', '_' and '-', separated by commas alone";
    }
    if (app->accounts != NULL &&
        !account_role_is_listed(cookies, ACCOUNT_COOKIE)) {
        return "it has accounts, whose cookie is \"" ACCOUNT_COOKIE
               "\": add that to session_cookies, or leave those out";
    }
    if (app->accounts != NULL) {
        wrong = check_second_factor(app->accounts, routes);
    }
    if (wrong != NULL) {
        return wrong;
    }
    return check_login_page(app->login_path, routes);
}

/* The first of `roles` that the accounts do not list; NULL: there is none. */
static const char *first_unlisted(const struct fb_accounts *accounts,
                                  const char *roles)
{
    const char *end = accounts->roles + strlen(accounts->roles);

    while (*roles != '\0') {
        size_t length = strcspn(roles, ",");

        if (!is_listed(accounts->roles, end, roles, length)) {
            return roles;
        }
        roles += length + (roles[length] == ',');
    }
    return NULL;
}

static bool check_page_factor(const struct fb_app *app,
                              const struct fb_page *page, char *problem,
                              size_t size)
{
    if (page->second_factor &&
        (app->accounts == NULL || app->accounts->second_factor_path == NULL)) {
        snprintf(problem, size,
                 "the page %s asks for a second factor, and the application "
                 "has no accounts with a second_factor_path",
                 page->name);
        return false;
    }
    return true;
}

/* Every role that a page names is one that somebody can have. */
static bool check_roles(const struct fb_app *app, const struct fb_page *page,
                        char *problem, size_t size)
{
    const char *role = page->roles;

    if (role == NULL) {
        return true;
    }
    if (app->accounts == NULL || !is_list(role, FOOBAR_ARGS_MAX)) {
        snprintf(problem, size,
                 app->accounts == NULL
                     ? "the page %s is for some roles, and the application has "
                       "no accounts"
                     : "the page %s: its roles must be 1 to 16 different "
                       "names, separated by commas alone",
                 page->name);
        return false;
    }
    role = first_unlisted(app->accounts, role);
    if (role != NULL) {
        snprintf(problem, size,
                 "the page %s is for the role %.*s, which accounts does not "
                 "list",
                 page->name, (int)strcspn(role, ","), role);
    }
    return role == NULL;
}

bool rows_check_login(const struct fb_app *app, const struct fb_page *pages,
                      size_t count, const struct routes *routes, char *problem,
                      size_t size)
{
    const struct fb_page *page = first_members_page(pages, count);
    const char *wrong = check_login(app, routes);
    size_t i;

    if (wrong == NULL && app->accounts != NULL &&
        (app->accounts->roles == NULL ||
         !is_list(app->accounts->roles, FOOBAR_ARGS_MAX))) {
        wrong = "the roles of its accounts must be 1 to 16 different names, "
                "separated by commas alone";
    }
    if (wrong == NULL && app->accounts != NULL &&
        app->accounts->second_factor_roles != NULL &&
        first_unlisted(app->accounts, app->accounts->second_factor_roles) !=
            NULL) {
        wrong = "second_factor_roles has a role that its roles do not list";
    }
    if (wrong != NULL) {
        snprintf(problem, size, "%s", wrong);
        return false;
    }
    for (i = 0; i < count; i++) {
        if (!check_roles(app, &pages[i], problem, size) ||
            !check_page_factor(app, &pages[i], problem, size)) {
            return false;
        }
    }
    if (page != NULL && app->login_path == NULL) {
        snprintf(problem, size,
                 "the page %s is for members only, and the application has "
                 "no login_path",
                 page->name);
        return false;
    }
    return true;
}
