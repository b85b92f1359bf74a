/*
 * Is this the name of a file whose content can never change?
 *
 * A build that writes a hash of the content into the name, as in
 * style.9f86d081884c7d65.css, gives a changed file a new name. So whoever has
 * the file may keep it for good.
 *
 * The form is NAME.HEX.EXT, where HEX is 16 to 64 digits of 0-9 and a-f: the
 * first 64 bits of a hash at least, and SHA-256 at most. Fewer digits are
 * what people write by hand: a date (20260102) or a date and a time
 * (20260102030405) in the name of a file that they go on editing.
 */

#ifndef FOOBAR_FINGERPRINT_H
#define FOOBAR_FINGERPRINT_H

#include <stdbool.h>
#include <stddef.h>

#define FOOBAR_FINGERPRINT_MIN 16
#define FOOBAR_FINGERPRINT_MAX 64


/* Of a decoded path, the last segment counts. */
bool foobar_has_fingerprint(const char *path, size_t length);

#endif
