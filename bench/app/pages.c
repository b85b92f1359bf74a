/*
 * The application that the bench measures: small pages that each add one
 * part of the way to the one before, so that a difference between two rows
 * of the result names the part that costs it. It knows the engine by its API
 * alone, as every application does.
 */

#include "pages.h"
#include "statements.h"

static const struct fb_page pages[] = {
    {.name = "plaintext",
     .path = "/plaintext",
     .methods = FB_GET,
     .handler = plaintext_page},
    {.name = "json", .path = "/json", .methods = FB_GET, .handler = json_page},
    {.name = "db", .path = "/db", .methods = FB_GET, .handler = db_page},
    {.name = "queries",
     .path = "/queries",
     .methods = FB_GET,
     .handler = queries_page},
    {.name = "updates",
     .path = "/updates",
     .methods = FB_GET,
     .handler = updates_page},
    {.name = "fortunes",
     .path = "/fortunes",
     .methods = FB_GET,
     .handler = fortunes_page},
    {.name = "sleep",
     .path = "/sleep",
     .methods = FB_GET,
     .handler = sleep_page},
    {.name = "hash", .path = "/hash", .methods = FB_GET, .handler = hash_page},
};

#define STATEMENT(id, name, sql) [id] = {name, sql},
static const struct fb_statement statements[] = {BENCH_STATEMENTS(STATEMENT)};
#undef STATEMENT

/* Nobody looks at these: the bench stops at the first error it meets. */
static void error_page(struct fb_request *request, int status)
{
    struct fb_out *out = fb_body(request);

    fb_content_type(request, "text/plain; charset=utf-8");
    fb_out_int(out, status);
    fb_out_literal(out, "\n", 1);
}

const struct fb_app foobar_app = {
    .api_version = FB_API_VERSION,
    .size = sizeof(struct fb_app),
    .name = "bench",
    .pages = pages,
    .page_count = sizeof(pages) / sizeof(pages[0]),
    .statements = statements,
    .statement_count = sizeof(statements) / sizeof(statements[0]),
    .error_page = error_page,
};
