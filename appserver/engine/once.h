/*
 * Forms whose effect must happen once, however often they are sent: a button
 * that was pressed twice, a page that was loaded again, a client that got no
 * answer and tries once more.
 *
 * Such a form carries a random key. The transaction that it leads to begins by
 * taking the key, as a row of the table form_answers, and ends by writing down
 * there where it sends the browser. Whoever comes with the same key waits for
 * that row, finds it, and is sent to the same place; nothing is done again.
 *
 *     take the key -- new ----> work -- write down the answer -- COMMIT
 *          `--------- known --> ROLLBACK, the answer that is written there
 *
 * A key counts for one page, one path and one session, and has 128 random
 * bits: a stranger can guess none. The same key with other words is a conflict
 * (409), so that what somebody corrected is neither lost nor done twice. A
 * program sends a key of its own making in the header Idempotency-Key. A form
 * that came without a key is known by what it says.
 */

#ifndef ENGINE_ONCE_H
#define ENGINE_ONCE_H

#include <foobar/database.h>
#include <foobar/form.h>

#include <stdbool.h>
#include <stddef.h>

#define ONCE_ID_TEXT ((size_t)33) /* 24 bytes as base64url, and NUL */

struct once {
    char id[ONCE_ID_TEXT];
    char content[ONCE_ID_TEXT]; /* a digest of what was typed */
};

/* Statements of the engine's own; they stand behind the application's. */
enum once_statement {
    ONCE_TAKE,
    ONCE_FIND,
    ONCE_KEEP,
    ONCE_STATEMENTS
};
extern const struct fb_statement once_statements[ONCE_STATEMENTS];

/*
 * The key that a form is drawn with; NULL: it needs none, or the page may be
 * kept and would show the same one to everybody.
 */
const char *once_key(const struct fb_form *form);

/*
 * NULL, or a sentence for the client: the key that a program has sent is none.
 * Two strangers may choose the same short word, so a key has a least length.
 */
const char *once_refusal(const struct fb_request *request);

/* Whether the request's transaction happens once; then *once says by what. */
bool once_make(struct fb_request *request, struct once *once);

/*
 * The first thing inside the transaction. FB_OK with *is_repeat: it has
 * happened, and the reply is a redirection to where it led. FB_CONFLICT: it
 * has happened with other words; the form says so. `first` is the number of
 * the first of the statements.
 */
enum fb_result once_take(struct fb_request *request, const struct once *once,
                         unsigned first, bool *is_repeat);

/* The last thing inside of it: the reply is the answer. */
enum fb_result once_keep(struct fb_request *request, const struct once *once,
                         unsigned first);

#endif
