/*
 * The page for each thing that can go wrong. It asks the database nothing: it
 * is also shown when the database is what failed.
 */

#include "pages.h"
#include "templates.h"
#include "views.h"

static const char *what_of(int status)
{
    switch (status) {
    case 400:
        return "That request made no sense.";
    case 403:
        return "That is not allowed.";
    case 404:
        return "There is nothing here.";
    case 405:
        return "This page does not work that way.";
    case 406:
    case 415:
        return "That is of a kind that this page does not know.";
    case 409:
        return "That was done already.";
    case 413:
        return "That was too much at once.";
    case 422:
        return "Something in what was sent is not right.";
    case 429:
        return "Slower, please. Try again in a moment.";
    case 503:
        return "Closed for a moment. Try again in a minute.";
    default:
        return "Something went wrong here. It has been written down.";
    }
}

void error_page(struct fb_request *request, int status)
{
    const char *id = fb_request_id(request);
    struct error_view view = {.status = status,
                              .what = what_of(status),
                              .request_id = id[0] != '\0' ? id : NULL};

    error_html(fb_body(request), &view);
}
