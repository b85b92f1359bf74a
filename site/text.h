/*
 * Small things done to text before it is shown or stored. Strings that come
 * back live as long as the request.
 */

#ifndef SITE_TEXT_H
#define SITE_TEXT_H

#include "views.h"

#include <foobar/foobar.h>

/* The beginning of plain text as one line, cut between words. */
const char *text_excerpt(struct fb_request *request, const char *text,
                         size_t characters);

/*
 * The Markdown of a post and of a comment. A line end stays one, as people
 * expect who have never heard of Markdown; a heading in it comes below those
 * of the page.
 */
struct fb_safe_html text_post(struct fb_request *request, const char *text);
struct fb_safe_html text_comment(struct fb_request *request, const char *text);

/*
 * From "2026-03-05T14:02:11Z" what the reader's country writes: "5 March
 * 2026", and with the time of day.
 */
struct moment text_day(struct fb_request *request, const char *iso);
struct moment text_minute(struct fb_request *request, const char *iso);

/* The shop's prices are in euro: 2450 cents are "€24.50". */
#define TEXT_CURRENCY "EUR"
const char *text_price(struct fb_request *request, int64_t cents);

/*
 * The number of a page in a query: 1 when it was not sent. False when it is
 * anything but a number from 1 to 9999.
 */
bool text_page(const char *query, int64_t *page);

#endif
