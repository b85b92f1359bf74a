/*
 * Error pages in the frame of an application that draws none by itself. They
 * ask the database nothing: it may be what failed, and some of them are
 * written to files that nginx shows when this program does not answer.
 */

#include "ready.h"

#include <foobar/html.h>

#include <string.h>

#include "request.h"
#include "words.h"

struct sentences {
    int status;
    const char *title;
    const char *what;
    const char *what_next;
};

/* clang-format off */
static const struct sentences rows[] = {
    {400, WORDS("That request made no sense"),
     WORDS("Something in the address or in what was sent cannot be read."),
     WORDS("Check the address, or go back and try once more.")},
    {401, WORDS("Log in first"),
     WORDS("Nobody is logged in here, or no longer."),
     WORDS("Copy what you have typed, log in, and send it again.")},
    {403, WORDS("That is not allowed"),
     WORDS("The request was understood and refused."),
     WORDS("If you sent a form, load its page again and send it from there.")},
    {404, WORDS("There is nothing here"),
     WORDS("The page was moved or removed, or there is a slip in the address."),
     WORDS("Check the address, or look for it from the front page.")},
    {405, WORDS("This page does not work that way"),
     WORDS("The address exists, but not for this kind of request."),
     WORDS("Open the page from a link instead.")},
    {406, WORDS("There is no such kind of this page"),
     WORDS("Your program asked for a kind of file that this page is not."),
     WORDS("Ask for HTML.")},
    {409, WORDS("That was done already"),
     WORDS("What was sent contradicts something that is done."),
     WORDS("Load the page again, and look what it says now.")},
    {413, WORDS("That was too much at once"),
     WORDS("What was sent is larger than this page takes."),
     WORDS("Go back, make it shorter or smaller, and send it again.")},
    {415, WORDS("That is of an unknown kind"),
     WORDS("What was sent is of a kind that this page does not take."),
     WORDS("Send it from the form of the page.")},
    {422, WORDS("Something in it is not right"),
     WORDS("Some of what was sent is missing, or not as it must be."),
     WORDS("Go back, look through it, and send it again.")},
    {429, WORDS("Slower, please"),
     WORDS("That was more than is taken from one visitor in this time."),
     WORDS("Wait a moment and try again.")},
    {502, WORDS("There is no answer"),
     WORDS("The part of this site that makes the pages does not answer."),
     WORDS("It starts again by itself: try again in a few seconds.")},
    {503, WORDS("Closed for a moment"),
     WORDS("The site is being worked on, or has too many visitors."),
     WORDS("Nothing is lost. Try again in a minute.")},
    {504, WORDS("That took too long"),
     WORDS("The page was not finished in the time that it has."),
     WORDS("If you sent a form, look first whether it has arrived.")},
    {500, WORDS("Something went wrong here"),
     WORDS("It is not your fault, and it has been written down."),
     WORDS("Try again. If it keeps happening, tell us the number below.")},
};
/* clang-format on */

/* What has no row is an error of ours, as the last one. */
static const struct sentences *sentences_of(int status)
{
    size_t i = 0;

    while (i + 1 < sizeof(rows) / sizeof(rows[0]) && rows[i].status != status) {
        i++;
    }
    return &rows[i];
}

static void literal(struct fb_out *out, const char *text)
{
    fb_out_literal(out, text, strlen(text));
}

static void draw(struct fb_out *out, const struct fb_ready *ready)
{
    struct fb_request *request = fb_request_of(out);
    const struct sentences *row = sentences_of(ready->status);
    const char *refusal = fb_refusal(request);
    const char *id = fb_request_id(request);

    literal(out, "<p>");
    fb_out_text(out, refusal != NULL ? refusal
                                     : words_translate(request, row->what));
    literal(out, "</p>\n<p>");
    fb_out_text(out, words_translate(request, row->what_next));
    literal(out, "</p>\n");
    if (id[0] != '\0') {
        literal(out, "<p class=\"hint\"><code>");
        fb_out_text(out, id);
        literal(out, "</code></p>\n");
    }
    literal(out, "<p><a href=\"/\">");
    fb_out_text(out, words_translate(request, WORDS("To the front page")));
    literal(out, "</a></p>\n");
}

void ready_error_page(struct fb_request *request, int status)
{
    const struct fb_ready ready = {
        .title = words_translate(request, sentences_of(status)->title),
        .status = status,
        .draw = draw};

    request->app->frame(fb_body(request), &ready);
}
