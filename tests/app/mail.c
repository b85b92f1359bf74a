/*
 * The application of the tests of mail: a page that writes one, of what its
 * query says, within a transaction; and its texts are drawn like templates do.
 */

#include <foobar/foobar.h>

#include <signal.h>
#include <stdlib.h>
#include <string.h>

static const char *query(struct fb_request *request, const char *name)
{
    const char *text = fb_query(request, name);

    return text != NULL ? text : "";
}

static const char *draw(struct fb_request *request, const char *words)
{
    struct fb_out *draft = fb_draft(request);

    fb_out_plain(draft, words);
    return fb_drafted(draft);
}

static enum fb_result write_mail(struct fb_request *request, void *context)
{
    const char *html = fb_query(request, "html");
    enum fb_result result = fb_mail(
        request,
        &(struct fb_mail){.to = query(request, "to"),
                          .to_name = fb_query(request, "name"),
                          .reply_to = fb_query(request, "reply"),
                          .subject = query(request, "subject"),
                          .text = draw(request, query(request, "text")),
                          .html = html,
                          .kind = fb_query(request, "kind"),
                          .unsubscribe = fb_query(request, "unsubscribe")});

    (void)context;
    if (result == FB_OK && fb_query(request, "fail") != NULL) {
        return FB_CONFLICT;
    }
    if (result == FB_OK && fb_query(request, "crash") != NULL) {
        raise(SIGKILL);
    }
    return result;
}

static enum fb_result send_mail(struct fb_request *request)
{
    const char *language = fb_query(request, "language");

    if (language != NULL && !fb_speak(request, language)) {
        return FB_NOT_FOUND;
    }
    return fb_transaction(request, write_mail, NULL);
}

static enum fb_result show_link(struct fb_request *request)
{
    fb_out_text(fb_body(request), fb_site_url(request, "/confirm/7"));
    return FB_OK;
}

static const struct fb_page pages[] = {
    {.name = "send", .path = "/send", .methods = FB_POST, .handler = send_mail},
    {.name = "link", .path = "/link", .methods = FB_GET, .handler = show_link},
};

static void error_page(struct fb_request *request, int status)
{
    fb_out_text(fb_body(request), "error ");
    fb_out_int(fb_body(request), status);
}

static const char *const locales[] = {"en-GB", "de", NULL};

const struct fb_app foobar_app = {
    .api_version = FB_API_VERSION,
    .size = sizeof(struct fb_app),
    .name = "the tests of mail",
    .pages = pages,
    .page_count = sizeof(pages) / sizeof(pages[0]),
    .locales = locales,
    .error_page = error_page,
};
