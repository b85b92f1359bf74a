/*
 * Feeds the reader of translations with anything. What it must hold: what is
 * refused is refused with a message that names a place; what is accepted
 * becomes C whose braces match, and no translation adds a tag or an attribute
 * to the page.
 *
 * seeds: site/locale
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

/* Messages of all kinds, with words of the site, which the seeds translate. */
static struct unit unit;

/* Once, before the first input. */
static void compile_unit(void)
{
    static const char bytes[] =
        "{% template t(int v) %}{% t %}Shop{% end %}<p title=\"{% t %}Shop"
        "{% end %}\"><title>{% t %}Posts{% end %}</title>"
        "{% t status = v %}Error {{ status }}{% end %}"
        "<p title='{% t status = v %}Error {{ status }}{% end %}'>"
        "{% t n = v %}{{ n }} comment{% plural %}{{ n }} comments{% end %}"
        "{% t author = v, bio = v %}Written by <bdi>{{ author }}</bdi>: "
        "<span dir=\"auto\">{{ bio }}</span>{% end %}{% end %}";
    if (unit.step_count > 0)
        return;
    unit.source = (struct source){"fuzz.html", bytes, sizeof(bytes) - 1, ""};
    require(template_parse(&unit));
}

/* How often a '<' begins a piece or stands within one. */
static size_t count_tags(const char *c)
{
    size_t count = 0;
    for (c = strchr(c, '{'); c && *c; c++)
        count += *c == '<';
    return count;
}

/*
 * The pieces alone: in the C around them a '<' is an operator. A catalogue
 * writes each form of a message, so there are whole multiples of its tags.
 */
static void check_pieces(const char *catalogue)
{
    const char *at = catalogue;
    while ((at = strstr(at, "\nstatic const struct fb_piece p"))) {
        const char *end = strstr(at, "\n};\n");
        require(end != NULL);
        char *pieces = strndup(at, (size_t)(end - at));
        size_t tags = count_tags(pieces);
        require(tags == 0 || tags == 4);
        require(!strstr(pieces, "<script"));
        free(pieces);
        at = end;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    struct po po = {.source = {.path = "locale/de.po", .length = length}};
    struct text source = {0};
    struct text out = {0};

    compile_unit();
    text_add(&source, (const char *)bytes, length);
    po.source.bytes = source.bytes;
    if (po_parse(&po) &&
        template_emit_catalogue(&unit, 1, &po, 1, "app_catalogue", &out)) {
        require(po.source.error[0] == '\0');
        check_pieces(out.bytes);
    } else {
        require(strncmp(po.source.error, "locale/de.po:", 13) == 0);
    }
    text_free(&out);
    text_free(&source);
    po_free(&po);
    return 0;
}
