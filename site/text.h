/*
 * Small things done to text before it is shown or stored. Strings that come
 * back live as long as the request.
 */

#ifndef SITE_TEXT_H
#define SITE_TEXT_H

#include "views.h"

#include <foobar/foobar.h>

/* The beginning of a text as one line, cut between words. */
const char *text_excerpt(struct fb_request *request, const char *text,
                         size_t characters);

/* The parts of a text between blank lines; *count says how many. */
const char *const *text_paragraphs(struct fb_request *request, const char *text,
                                   size_t *count);

/* From "2026-03-05T14:02:11Z": "5 March 2026", and with the time of day. */
struct moment text_day(struct fb_request *request, const char *iso);
struct moment text_minute(struct fb_request *request, const char *iso);

/* 2450 cents are "€24.50". */
const char *text_price(struct fb_request *request, int64_t cents);

/*
 * The number of a page in a query: 1 when it was not sent. False when it is
 * anything but a number from 1 to 9999.
 */
bool text_page(const char *query, int64_t *page);

#endif
