/*
 * Pages that may be kept and sent to the next visitor as well (cache_seconds
 * of their row). What such a page may depend on stands in its row: arguments,
 * and varies. A handler that asks for anything else would show one visitor what
 * was made for another, or what nginx has taken off the query; so it is ended
 * with a 500 that says what the row lacks, the first time that it is tried.
 *
 * What a reply that may be kept says of itself, once it is whole or on its way:
 *
 *     Vary: Accept, Accept-Language, Cookie    as far as the row says varies
 *     Cache-Control: no-cache                  browsers ask each time
 *     X-Accel-Expires: 60                      nginx keeps it so long
 *     X-Foobar-Tags: posts,post-7              what makes it stale
 *
 * The last two are for nginx alone. One visitor's own reply - with the token
 * of a session, or a cookie that is set - says Cache-Control: private, no-store
 * and nothing for nginx.
 */

#ifndef ENGINE_KEPT_H
#define ENGINE_KEPT_H

#include <foobar/app.h>

#include <stdbool.h>

struct fb_request;

/* Before the handler of a page runs, and after it has, however it ended. */
void kept_begin(struct fb_request *request);
void kept_end(struct fb_request *request);

/* The reply is as it will be, or its head is about to be sent. */
void kept_say(struct fb_request *request);

/*
 * The handler asks for what may differ from one visitor to the next; `call` is
 * how. Ends the handler if the page is kept and its row does not say so.
 */
void kept_asks(struct fb_request *request, enum fb_varies what,
               const char *call);

/* The same for an argument of the query. */
void kept_asks_argument(struct fb_request *request, const char *name);

/* This reply is one visitor's own. */
void kept_is_personal(struct fb_request *request);

/*
 * NULL, or what contradicts itself in the tags of a row: they name no
 * parameter of its path, say.
 */
const char *kept_check_tags(const struct fb_page *page);

#endif
