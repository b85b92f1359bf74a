/* The names of files that never change: see foobar_fingerprint.h. */

#include "foobar_fingerprint.h"


static bool
is_digit(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}


bool
foobar_has_fingerprint(const char *path, size_t length)
{
    const char *end = path + length;
    const char *extension = end;
    const char *digits;

    while (extension > path && extension[-1] != '.' && extension[-1] != '/') {
        extension--;
    }

    if (extension == path || extension[-1] != '.' || extension == end) {
        return false;
    }

    extension--;

    for (digits = extension; digits > path && is_digit(digits[-1]); digits--) {
    }

    return extension - digits >= FOOBAR_FINGERPRINT_MIN
           && extension - digits <= FOOBAR_FINGERPRINT_MAX && digits - path >= 2
           && digits[-1] == '.' && digits[-2] != '/';
}
