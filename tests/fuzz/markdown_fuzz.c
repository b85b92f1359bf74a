/*
 * Feeds Markdown with anything and reads what comes back strictly: elements,
 * attributes and addresses of a list, all nested and closed, whatever went in
 * and whichever options were set.
 *
 * seeds: sql/demo
 */

#include <foobar/markdown.h>

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../unit/safe_html.h"
#include "request.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(struct fb_request *request, const char *text,
                  const struct fb_markdown_options *options)
{
    struct fb_safe_html html = fb_markdown(request, text, options);
    const char *problem = safe_html_problem(html.bytes, html.length);

    if (problem != NULL) {
        fprintf(stderr, "%s: %.*s\n", problem, (int)html.length, html.bytes);
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct fb_markdown_options all[] = {
        {.line_breaks = true},
        {.images = true, .heading_shift = 3},
        {.own_words = true, .heading_shift = -9},
    };
    char *text = malloc(size + 1);
    struct fb_request request;
    struct arena arena;
    size_t i;

    if (text == NULL) {
        return 0;
    }
    if (size > 0) {
        memcpy(text, data, size);
    }
    text[size] = '\0';
    arena_init(&arena, (size_t)64 << 20);
    request_init(&request, &arena, NULL, NULL);
    for (i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        check(&request, text, &all[i]);
    }
    if (strlen(fb_markdown_text(&request, text)) > 8 * size + 64) {
        abort();
    }
    arena_free(&arena);
    free(text);
    return 0;
}
