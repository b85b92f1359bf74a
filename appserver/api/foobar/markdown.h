/*
 * Markdown that members write, as HTML that is safe to show.
 *
 * Whatever the text holds, what comes back has only these elements: p, h1 to
 * h6, blockquote, ul, ol, li, pre, code, hr, br, em, strong, del, a, table,
 * thead, tbody, tr, th, td, and img if it is allowed. HTML in the text is shown
 * as text. A link leads to http, https, mailto or a path; one that does not is
 * written as its words alone. The dialect is CommonMark with GitHub's tables,
 * strike-through and task lists; bare http:// and https:// addresses are links.
 */

#ifndef FOOBAR_MARKDOWN_H
#define FOOBAR_MARKDOWN_H

#include <foobar/app.h>
#include <foobar/html.h>

#include <stdbool.h>

/*
 * The longest text that is formatted: 40,000 characters of four bytes. One
 * that is longer, or built to keep a parser busy (dozens of quotes or lists
 * begun in one line, hundreds of cells in a row), or that would take more than
 * 64 MiB or write much more than was read, is shown as plain paragraphs.
 */
#define FB_MARKDOWN_MAX ((size_t)160000)

struct fb_markdown_options {
    int heading_shift; /* "#" is h2 for 1, h3 for 2; at most h6 */
    bool line_breaks;  /* a line end in the text is one on the page */
    bool images;       /* shown; otherwise they are links */
    bool own_words;    /* the house's: its links get no rel="nofollow ugc" */
};

/* NULL for the options is what a comment gets: line_breaks alone. */
FB_API struct fb_safe_html
fb_markdown(struct fb_request *request, const char *text,
            const struct fb_markdown_options *options);

/* Its words alone, for excerpts and feeds; a line end between two blocks. */
FB_API const char *fb_markdown_text(struct fb_request *request,
                                    const char *text);

#endif
