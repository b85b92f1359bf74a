/*
 * What an application is: one table of pages, one of SQL statements, and a
 * function that draws error pages. site.so exports one struct fb_app under
 * the name foobar_app; the engine looks for it there.
 */

#ifndef FOOBAR_APP_H
#define FOOBAR_APP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Raised whenever a struct or a function of these headers changes its
 * meaning. An engine refuses a site.so that was built with another number.
 */
#define FB_API_VERSION 1

#define FB_API __attribute__((visibility("default")))

struct fb_accounts;
struct fb_catalogue;
struct fb_form_type;
struct fb_job;
struct fb_out;
struct fb_ready;
struct fb_request;

/* Methods of a page; GET implies HEAD. */
enum fb_method {
    FB_GET = 1 << 0,
    FB_HEAD = 1 << 1,
    FB_POST = 1 << 2,
    FB_PUT = 1 << 3,
    FB_PATCH = 1 << 4,
    FB_DELETE = 1 << 5
};

/*
 * What a page may look different by, beside its path and its arguments; see
 * `varies` of struct fb_page.
 */
enum fb_varies {
    FB_BY_FORMAT = 1 << 0,   /* fb_wants(): HTML or JSON */
    FB_BY_LOCALE = 1 << 1,   /* fb_locale(), and all words and dates by it */
    FB_BY_CURRENCY = 1 << 2, /* fb_currency() */
    FB_BY_AUDIENCE = 1 << 3  /* who asks: a cookie, a session, its forms */
};

/*
 * How a handler, or any call that can fail, ended. A handler that returns
 * FB_OK stands by the reply it has made. For any other value the engine
 * throws that reply away and answers with the application's error page, so
 * that a visitor never sees half a page.
 */
enum fb_result {
    FB_OK = 0,
    FB_NOT_FOUND,    /* 404: no such post, member, product */
    FB_BAD_REQUEST,  /* 400: what was sent cannot be understood */
    FB_FORBIDDEN,    /* 403: understood, and refused */
    FB_CONFLICT,     /* 409: it contradicts what was done already */
    FB_INVALID,      /* 422: understood, but what was sent is not good */
    FB_TOO_MANY,     /* 429: done too often; see limit.h */
    FB_LOG_IN_FIRST, /* who logs in may: the log-in page, or 401 */
    FB_UNAVAILABLE,  /* 503: the database is away; try again soon */
    FB_FAILED        /* 500: our fault; the log says more under the id */
};

typedef enum fb_result fb_handler(struct fb_request *request);

/*
 * A page is a row. Paths are written as in "/posts/{id:int}": a segment is
 * literal, or {name:int}, or {name}; literal wins over a parameter.
 *
 * nginx learns the rows too, and answers by itself what they refuse; so a
 * handler may rely on them for the load of the server, and decides by itself
 * whatever must be safe.
 */
struct fb_page {
    const char *name;    /* a word for logs and metrics: [a-z0-9_]+ */
    const char *path;    /* begins with "/" */
    unsigned methods;    /* enum fb_method, or-ed */
    fb_handler *handler; /* called for each of these methods */
    size_t body_limit;   /* bytes of a request's body; 0: no body */
    bool streams_body;   /* the handler reads the body itself, in pieces */

    /*
     * The form that is posted to this page; see form.h. Without a body_limit
     * the page takes what the form may need.
     */
    const struct fb_form_type *form;

    /* What nginx counts and limits together: [a-z0-9_]+, NULL: "default". */
    const char *rate_class;

    /*
     * How long a reply to GET may be kept and sent to anybody, 0: not at all.
     * Of a page that may be kept, nginx takes away the arguments of the query
     * that are not listed here ("page,sort"; NULL: none), so that ?x=1, ?x=2,
     * ... are not that many pages.
     */
    unsigned cache_seconds;
    const char *arguments;

    /*
     * enum fb_varies, or-ed: what else a reply to GET depends on. The engine
     * says so to caches (Vary). A page that may be kept must name all of it: a
     * handler that asks for more is ended with a 500 that says what the row
     * lacks. FB_BY_LOCALE and FB_BY_CURRENCY add the arguments "lang" and
     * "currency" to a page that may be kept; with FB_BY_AUDIENCE, what somebody
     * with a session gets is not kept.
     */
    unsigned varies;

    /*
     * What makes a kept page stale: the tags that writes name by fb_touch(),
     * "posts,post-{id}" with parameters of the path. At most 8.
     */
    const char *tags;

    /*
     * Who is not logged in is sent to login_path before the handler is asked:
     * by nginx when no cookie says so, and else by the engine, which knows the
     * accounts (account.h). A program, and a form that was sent, get a 401.
     * (Without fb_app.accounts the handler decides about who has a cookie: it
     * may be forged.)
     */
    bool members_only;

    /*
     * The roles that may see the page, "moderator,admin"; it is members_only by
     * that. Who is logged in and has none of them gets a 403.
     */
    const char *roles;

    /*
     * On a page for members, or for some: it begins for nobody who has not
     * shown a second factor; who has none yet is led to where he gives himself
     * one (fb_accounts.second_factor_path).
     */
    bool second_factor;
};

/*
 * A SQL statement is a row too; handlers name it by its index. statement.h has
 * the macros that fill it in.
 */
struct fb_row_type;
struct fb_statement {
    const char *name;
    const char *sql;
    const struct fb_row_type *row; /* what comes back; NULL: not described */
    const char *const *example;    /* a value for each "?", then NULL */
    const char *scans; /* why it may read many more rows than it returns */
};

struct fb_app {
    uint32_t api_version; /* FB_API_VERSION */
    uint32_t size;        /* sizeof(struct fb_app) */
    const char *name;
    const struct fb_page *pages;
    size_t page_count;
    const struct fb_statement *statements;
    size_t statement_count;

    /*
     * The locales in which the application speaks, "de" or "en-GB", ended by
     * NULL; the first is the default. NULL is en-GB alone. See locale.h.
     */
    const char *const *locales;

    /*
     * The currencies in which it shows prices, "EUR", ended by NULL; the first
     * is the default. NULL: it never asks fb_currency().
     */
    const char *const *currencies;

    /*
     * Draws the body of an error page (status is 400, 401, 403, 404, 405, 406,
     * 409, 413, 415, 422, 429, 500, 502, 503 or 504). It must not use the
     * database: it is also called when that is the very part that failed, and
     * when the pages are written to files for nginx, which alone answers 429
     * and 502.
     * NULL: the engine says what happened, in the frame.
     */
    void (*error_page)(struct fb_request *request, int status);

    /*
     * Where visitors log in, and the cookies of which a member has at least
     * one ("session,remember"). Both or neither; pages that are members_only
     * need them. nginx adds the page that was asked for, as /login?next=%2Fme.
     * A name stands for what fb_set_cookie() makes of it as well (cookie.h).
     */
    const char *login_path;
    const char *session_cookies;

    /*
     * The words of its templates in all its languages: &app_catalogue, as
     * the template compiler makes it (messages.h). NULL: English alone.
     */
    const struct fb_catalogue *catalogue;

    /* What is done later, outside of requests (job.h). */
    const struct fb_job *jobs;
    size_t job_count;
    /*
     * Who may be a member, and for how long; see account.h. NULL: nobody logs
     * in. With accounts session_cookies is "session" unless said.
     */
    const struct fb_accounts *accounts;

    /*
     * The frame in which the engine shows its ready pages, a template; see
     * ready.h. NULL: there are none, and error_page is needed.
     */
    void (*frame)(struct fb_out *out, const struct fb_ready *ready);
};

extern FB_API const struct fb_app foobar_app;

/*
 * Defines it: the name, the pages, and what else the application has,
 *
 *     FB_APP("guestbook", pages, FB_APP_STATEMENTS(statements),
 *            .frame = frame_html);
 */
#define FB_APP(app_name, page_rows, ...)                                    \
    const struct fb_app foobar_app = {.api_version = FB_API_VERSION,        \
                                      .size = sizeof(struct fb_app),        \
                                      .name = (app_name),                   \
                                      .pages = (page_rows),                 \
                                      .page_count = sizeof(page_rows) /     \
                                                    sizeof((page_rows)[0]), \
                                      __VA_ARGS__}
#define FB_APP_STATEMENTS(statement_rows) \
    .statements = (statement_rows),       \
    .statement_count = sizeof(statement_rows) / sizeof((statement_rows)[0])

#endif
