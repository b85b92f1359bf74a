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
    {.status = 400, .title = "That request made no sense to us",
     .what = "Something in the address or in what was sent cannot be read.",
     .what_next = "Check the address, or go back and try once more."},
    {.status = 403, .title = "That is not allowed",
     .what = "The request was understood and refused. A form must be sent "
             "from a page of this site.",
     .what_next = "Go back, copy what you have typed, reload the page, and "
                  "send it again."},
    {.status = 404, .title = "There is nothing here",
     .what = "The page was moved or removed, or the address has a slip in "
             "it.",
     .what_next = "Check the address, or look for it from the front page."},
    {.status = 405, .title = "This page does not work that way",
     .what = "The address exists, but not for this kind of request.",
     .what_next = "Open the page from a link instead."},
    {.status = 406, .title = "This page has no such form",
     .what = "Your program asked for a kind of file that this page is not.",
     .what_next = "Ask for HTML or for JSON."},
    {.status = 409, .title = "That was done already",
     .what = "What was sent contradicts something that is done.",
     .what_next = "Go back, load the page again, and look what it says now."},
    {.status = 413, .title = "That was too much at once",
     .what = "What was sent is larger than this page accepts.",
     .what_next = "Go back: your text should still be there. Shorten it "
                  "and send it again."},
    {.status = 415, .title = "That is no form that we read",
     .what = "What was sent is of a kind that this page does not take.",
     .what_next = "Send it from the form of the page, or as JSON, and say so in "
                  "Content-Type."},
    {.status = 422, .title = "Something in it is not right",
     .what = "What was sent was understood, but some of it is missing or not "
             "as it must be.",
     .what_next = "Go back, look through it, and send it again."},
    {.status = 429, .title = "Slower, please",
     .what = "More requests came from your connection in a short time than "
             "we answer.",
     .what_next = "Wait a few seconds and try again. If you sent a form, go "
                  "back: your text should still be there."},
    {.status = 500, .title = "We dropped something",
     .what = "An error on our side stopped this page. It is not your fault, "
             "and it has been written down.",
     .what_next = "Try again. If it keeps happening, tell us the number "
                  "below, if there is one."},
    {.status = 502, .title = "The back room does not answer",
     .what = "The part of this site that makes the pages gave no proper "
             "answer.",
     .what_next = "It starts again by itself: try again in a few seconds."},
    {.status = 503, .title = "Closed for a moment",
     .what = "The site is being worked on or has more visitors than it can "
             "serve.",
     .what_next = "Nothing is lost. Try again in a minute."},
    {.status = 504, .title = "That took too long",
     .what = "The page was not finished in the time that we allow it.",
     .what_next = "Try again in a minute. If you sent a form, look first "
                  "whether it has arrived."},
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
        .title = "Something went wrong",
        .what = "This page could not be shown.",
        .what_next = "Go back and try once more.",
    };
}

void error_page(struct fb_request *request, int status)
{
    struct error_view view = error_of(status);
    const char *id = fb_request_id(request);

    if (fb_refusal(request)) {
        view.what = fb_refusal(request);
    }
    view.request_id = id && *id ? id : NULL;
    error_html(fb_body(request), &view);
}
