/* What is wrong, collected; findings.h says what for. */

#include "findings.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define LINE_BYTES 1024

void findings_add(struct findings *findings, const char *where,
                  const char *format, ...)
{
    char what[LINE_BYTES];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(what, sizeof(what), format, arguments);
    va_end(arguments);
    if (findings->count < FINDINGS_MOST &&
        asprintf(&findings->lines[findings->count], "%s: %s", where, what) <
            0) {
        findings->lines[findings->count] = NULL;
    }
    findings->count++;
}

size_t findings_lines(const struct findings *findings)
{
    return findings->count < FINDINGS_MOST ? findings->count : FINDINGS_MOST;
}

void findings_sum(const struct findings *findings, char *text, size_t size)
{
    const char *first = findings->count > 0 ? findings->lines[0] : NULL;

    if (first == NULL) {
        snprintf(text, size, "out of memory");
    } else if (findings->count == 1) {
        snprintf(text, size, "%s", first);
    } else {
        snprintf(text, size, "%s (and %zu more: --check tells all of them)",
                 first, findings->count - 1);
    }
}

void findings_free(struct findings *findings)
{
    size_t lines = findings_lines(findings);
    size_t i;

    for (i = 0; i < lines; i++) {
        free(findings->lines[i]);
    }
    findings->count = 0;
}
