/* Words in languages; api/foobar/messages.h is what pages see of it. */

#ifndef ENGINE_MESSAGES_H
#define ENGINE_MESSAGES_H

#include <foobar/messages.h>

/*
 * A language of the application's catalogue that none of its locales leads
 * to, so that nobody would ever read it; NULL: there is none.
 */
const char *messages_unspoken(const struct fb_app *app);

#endif
