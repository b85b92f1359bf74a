/* The form under a post: its fields. */

#ifndef SITE_COMMENT_H
#define SITE_COMMENT_H

#include <foobar/form.h>
#include <foobar/messages.h>

/* clang-format off */
#define COMMENT_FIELDS(FIELD)                                                  \
    FIELD(COMMENT_AUTHOR, .name = "author", .kind = FB_LINE,                   \
        .label = FB_WORDS("Your name"), .required = true, .most = 80,          \
        .missing = FB_WORDS("Enter your name"), .autocomplete = "name")        \
    FIELD(COMMENT_TEXT, .name = "text", .kind = FB_LINES,                      \
        .label = FB_WORDS("Comment"), .noun = "your comment",                  \
        .hint = FB_WORDS("Up to 4000 characters. An empty line begins a new "  \
            "paragraph; Markdown works, such as **strong**, *stressed*, lists "\
            "and links."),                                                     \
        .required = true, .most = 4000,                                        \
        .missing = FB_WORDS("Enter a comment"))                                \
    /* a member's form has the number of the member in it */                  \
    FIELD(COMMENT_MEMBER, .name = "member", .kind = FB_HIDDEN, .most = 20)
/* clang-format on */

FB_FORM_FIELDS(comment_field, COMMENT_FIELDS);
extern const struct fb_form_type comment_form;

#endif
