/*
 * UTF-8 as RFC 3629 has it: no overlong form, no surrogate, nothing above
 * U+10FFFF. What writes JSON, XML or the log looks at each character before
 * it lets it through.
 */

#ifndef ENGINE_UTF8_H
#define ENGINE_UTF8_H

#include <stddef.h>
#include <stdint.h>

/*
 * How many bytes the character at `text` has, 1 to 4, and in *point which it
 * is; 0 when the `length` bytes there begin with no character.
 */
size_t utf8_decode(const char *text, size_t length, uint32_t *point);

#endif
