/*
 * The page for each thing that can go wrong. It says what happened, whose
 * fault it is not, and what to do next. It asks the database nothing: it is
 * also shown when the database is what failed, and written to files that
 * nginx shows when this program does not answer at all.
 */

#include "pages.h"
#include "templates.h"
#include "views.h"

/* clang-format off */
static const struct error_view errors[] = {
    {.status = 400, .title = FB_WORDS("That request made no sense to us"),
     .what = FB_WORDS("Something in the address or in what was sent cannot be read."),
     .what_next = FB_WORDS("Check the address, or go back and try once more.")},
    {.status = 401, .title = FB_WORDS("Log in first"),
     .what = FB_WORDS("Nobody is logged in here, or no longer: a session ends "
             "when it is not used for some time."),
     .what_next = FB_WORDS("Go back and copy what you have typed, log in, and "
                  "send it again.")},
    {.status = 403, .title = FB_WORDS("That is not allowed"),
     .what = FB_WORDS("The request was understood and refused. A form must be sent "
             "from a page of this site."),
     .what_next = FB_WORDS("Go back, copy what you have typed, reload the page, and "
                  "send it again.")},
    {.status = 404, .title = FB_WORDS("There is nothing here"),
     .what = FB_WORDS("The page was moved or removed, or the address has a slip in "
             "it."),
     .what_next = FB_WORDS("Check the address, or look for it from the front page.")},
    {.status = 405, .title = FB_WORDS("This page does not work that way"),
     .what = FB_WORDS("The address exists, but not for this kind of request."),
     .what_next = FB_WORDS("Open the page from a link instead.")},
    {.status = 406, .title = FB_WORDS("This page has no such form"),
     .what = FB_WORDS("Your program asked for a kind of file that this page is not."),
     .what_next = FB_WORDS("Ask for HTML or for JSON.")},
    {.status = 409, .title = FB_WORDS("That was done already"),
     .what = FB_WORDS("What was sent contradicts something that is done."),
     .what_next = FB_WORDS("Go back, load the page again, and look what it says now.")},
    {.status = 413, .title = FB_WORDS("That was too much at once"),
     .what = FB_WORDS("What was sent is larger than this page accepts."),
     .what_next = FB_WORDS("Go back: your text should still be there. Shorten it "
                  "and send it again.")},
    {.status = 415, .title = FB_WORDS("That is no form that we read"),
     .what = FB_WORDS("What was sent is of a kind that this page does not take."),
     .what_next = FB_WORDS("Send it from the form of the page, or as JSON, and say so "
                  "in Content-Type.")},
    {.status = 422, .title = FB_WORDS("Something in it is not right"),
     .what = FB_WORDS("What was sent was understood, but some of it is missing or "
             "not as it must be."),
     .what_next = FB_WORDS("Go back, look through it, and send it again.")},
    {.status = 429, .title = FB_WORDS("Slower, please"),
     .what = FB_WORDS("More requests came from your connection in a short time than "
             "we answer."),
     .what_next = FB_WORDS("Wait a few seconds and try again. If you sent a form, go "
                  "back: your text should still be there.")},
    {.status = 500, .title = FB_WORDS("We dropped something"),
     .what = FB_WORDS("An error on our side stopped this page. It is not your fault, "
             "and it has been written down."),
     .what_next = FB_WORDS("Try again. If it keeps happening, tell us the number "
                  "below, if there is one.")},
    {.status = 502, .title = FB_WORDS("The back room does not answer"),
     .what = FB_WORDS("The part of this site that makes the pages gave no proper "
             "answer."),
     .what_next = FB_WORDS("It starts again by itself: try again in a few seconds.")},
    {.status = 503, .title = FB_WORDS("Closed for a moment"),
     .what = FB_WORDS("The site is being worked on or has more visitors than it can "
             "serve."),
     .what_next = FB_WORDS("Nothing is lost. Try again in a minute.")},
    {.status = 504, .title = FB_WORDS("That took too long"),
     .what = FB_WORDS("The page was not finished in the time that we allow it."),
     .what_next = FB_WORDS("Try again in a minute. If you sent a form, look first "
                  "whether it has arrived.")},
};
/* clang-format on */

static struct error_view error_of(int status)
{
    for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
        if (errors[i].status == status) {
            return errors[i];
        }
    }
    return (struct error_view){
        .status = status,
        .title = FB_WORDS("Something went wrong"),
        .what = FB_WORDS("This page could not be shown."),
        .what_next = FB_WORDS("Go back and try once more."),
    };
}

void error_page(struct fb_request *request, int status)
{
    struct error_view view = error_of(status);
    const char *id = fb_request_id(request);

    if (fb_refusal(request)) {
        view.what = fb_refusal(request);
    }
    view.title = fb_gettext(request, view.title);
    view.what = fb_gettext(request, view.what);
    view.what_next = fb_gettext(request, view.what_next);
    view.request_id = id && *id ? id : NULL;
    error_html(fb_body(request), &view);
}
