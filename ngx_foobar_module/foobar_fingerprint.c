/* The names of files that never change: see foobar_fingerprint.h. */

#include "foobar_fingerprint.h"


static bool
is_digit(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}


/* The last `c` of the bytes, or NULL. */

static const char *
find_last(const char *text, const char *end, char c)
{
    while (end > text) {
        if (*--end == c) {
            return end;
        }
    }

    return NULL;
}


bool
foobar_has_fingerprint(const char *path, size_t length)
{
    const char *end = path + length;
    const char *slash = find_last(path, end, '/');
    const char *name = slash == NULL ? path : slash + 1;
    const char *extension = find_last(name, end, '.');
    const char *digits;

    if (extension == NULL || extension + 1 == end) {
        return false;
    }

    for (digits = extension; digits > name && is_digit(digits[-1]); digits--) {
    }

    return digits - name >= 2 && digits[-1] == '.'
           && extension - digits >= FOOBAR_FINGERPRINT_MIN
           && extension - digits <= FOOBAR_FINGERPRINT_MAX;
}
