/*
 * Feeds the template compiler with anything. What it must hold: no input
 * makes it read or write where it should not, or run long; what is refused
 * is refused with a message that names a place; what is accepted becomes C
 * whose braces match, and each {% t %} fits the place where it stands.
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

/* Another file that each input may use, and a static file of each name. */
static struct unit layout;

static const struct unit *use_layout(void *context, const char *path)
{
    (void)context;
    return strcmp(path, "layout.html") == 0 ? &layout : NULL;
}

static bool any_asset(void *context, struct slice name, struct text *url)
{
    (void)context;
    asset_url(name, "", 0, url);
    return true;
}

static const struct surroundings around = {.use = use_layout,
                                           .asset = any_asset};

/* Once, before the first input. */
static void compile_layout(void)
{
    static const char bytes[] =
        "{% layout page(int place) %}<title>{% block title required %}{% end %}"
        "</title>{% block head %}{% end %}<p title=\"{% block attribute %}a"
        "{% end %}\">{% block main required %}{% end %}{% end %}";
    if (layout.step_count > 0)
        return;
    layout.source =
        (struct source){"layout.html", bytes, sizeof(bytes) - 1, ""};
    require(template_parse(&layout));
}

/* In English each message has its pieces, or it would not fit itself. */
static void check_catalogue(const struct unit *unit)
{
    struct text out = {0};
    require(template_emit_catalogue(unit, 1, NULL, 0, "app_catalogue", &out));
    require(open_braces(out.bytes) == 0);
    const char *at = out.bytes;
    for (size_t i = 1; (at = strstr(at, "\nconst struct fb_message fb_"));
         i++) {
        struct text name = {0};
        text_printf(&name, "\nstatic const struct fb_piece p%zu_0_0[] = {", i);
        require(strstr(out.bytes, name.bytes) != NULL);
        text_free(&name);
        at++;
    }
    text_free(&out);
    template_extract(unit, 1, &out);
    text_free(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    struct unit unit = {.source = {.path = "fuzz.html", .length = length}};
    struct text source = {0};
    struct text out = {0};
    struct text header = {0};

    compile_layout();
    text_add(&source, (const char *)bytes, length);
    unit.source.bytes = source.bytes;
    unit.around = &around;
    if (template_parse(&unit)) {
        require(unit.source.error[0] == '\0');
        template_emit_source(&unit, "templates.h", &out);
        require(open_braces(out.bytes) == 0);
        require(template_emit_header(&unit, 1, &header));
        check_catalogue(&unit);
    } else {
        require(strncmp(unit.source.error, "fuzz.html:", 10) == 0);
    }
    text_free(&header);
    text_free(&out);
    text_free(&source);
    template_free(&unit);
    return 0;
}
