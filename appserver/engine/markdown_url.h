/* Which addresses a member's text may lead to. */

#ifndef ENGINE_MARKDOWN_URL_H
#define ENGINE_MARKDOWN_URL_H

#include <stdbool.h>
#include <stddef.h>

#define MARKDOWN_URL_MAX 2048

/*
 * http://HOST..., https://HOST..., a path of this site, "?query", "#place";
 * for a link also mailto:. Nothing with white space, controls or backslashes
 * in it, which browsers pass over or turn round; no "//host".
 */
bool markdown_url_is_safe(const char *url, size_t length, bool is_image);

/*
 * The length of the http:// or https:// address that `text` begins with, 0
 * when it begins with none. Punctuation at its end belongs to the sentence,
 * and so does a ")" without its "(".
 */
size_t markdown_url_at(const char *text, size_t length);

#endif
