/*
 * Feeds the template compiler with anything. What it must hold: no input
 * makes it read or write where it should not, or run long; what is refused
 * is refused with a message that names a place; what is accepted becomes C
 * whose braces match.
 *
 * seeds: site/templates
 */

#include "template.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static void require(bool holds)
{
    if (!holds)
        abort();
}

/* Braces outside of strings and character constants. */
static long open_braces(const char *c)
{
    long open = 0;
    for (; *c; c++) {
        if (*c == '"' || *c == '\'') {
            char quote = *c++;
            for (; *c && *c != quote; c++)
                c += *c == '\\' && c[1];
            require(*c == quote);
        }
        open += (*c == '{') - (*c == '}');
        require(open >= 0);
    }
    return open;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    struct unit unit = {.source = {.path = "fuzz.html", .length = length}};
    struct text source = {0};
    struct text out = {0};
    struct text header = {0};

    text_add(&source, (const char *)bytes, length);
    unit.source.bytes = source.bytes;
    if (template_parse(&unit)) {
        require(unit.source.error[0] == '\0');
        template_emit_source(&unit, "templates.h", &out);
        require(open_braces(out.bytes) == 0);
        require(template_emit_header(&unit, 1, &header));
    } else {
        require(strncmp(unit.source.error, "fuzz.html:", 10) == 0);
    }
    text_free(&header);
    text_free(&out);
    text_free(&source);
    template_free(&unit);
    return 0;
}
