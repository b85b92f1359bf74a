/* Markdown of members: appserver/engine/markdown.c */

#include "unit.h"

#include <foobar/markdown.h>
#include <string.h>
#include <time.h>

#include "request.h"
#include "safe_html.h"

static struct arena arena;
static struct fb_request request;

static void set_up(void)
{
    arena_init(&arena, (size_t)64 << 20);
    request_init(&request, &arena, NULL, NULL);
}

static void tear_down(void)
{
    arena_free(&arena);
}

static const struct fb_markdown_options shown = {.images = true};

static const char *html_of(const char *text,
                           const struct fb_markdown_options *options)
{
    struct fb_safe_html html = fb_markdown(&request, text, options);

    return fb_printf(&request, "%.*s", (int)html.length, html.bytes);
}

#define REL " rel=\"nofollow ugc noopener\""
#define P "<p dir=\"auto\">"

static const char *const forms[][2] = {
    {"", ""},
    {"one", P "one</p>\n"},
    {"one\ntwo\n\nthree", P "one<br>\ntwo</p>\n" P "three</p>\n"},
    {"*a* **b** `c` ~~d~~", P "<em>a</em> <strong>b</strong> <code>c</code> "
                              "<del>d</del></p>\n"},
    {"# T", "<h1 dir=\"auto\">T</h1>\n"},
    {"> q", "<blockquote>\n" P "q</p>\n</blockquote>\n"},
    {"- a\n- b", "<ul>\n<li dir=\"auto\">a</li>\n<li dir=\"auto\">b</li>\n"
                 "</ul>\n"},
    {"3. a\n\n4. b", "<ol start=\"3\">\n<li dir=\"auto\">" P "a</p>\n</li>\n"
                     "<li dir=\"auto\">" P "b</p>\n</li>\n</ol>\n"},
    {"- [ ] a\n- [x] b", "<ul>\n<li dir=\"auto\">☐ a</li>\n"
                         "<li dir=\"auto\">☑ b</li>\n</ul>\n"},
    {"```c\nint a<b;\n```", "<pre dir=\"auto\"><code>int a&lt;b;\n"
                            "</code></pre>\n"},
    {"---", "<hr>\n"},
    {"[a](/posts/7)", P "<a href=\"/posts/7\"" REL ">a</a></p>\n"},
    {"[a](https://x.example/?a=1&b=2)",
     P "<a href=\"https://x.example/?a=1&amp;b=2\"" REL ">a</a></p>\n"},
    {"<me@x.example>",
     P "<a href=\"mailto:me@x.example\"" REL ">me@x.example</a></p>\n"},
    {"[é](/é)", P "<a href=\"/%C3%A9\"" REL ">é</a></p>\n"},
    {"see https://x.example/a_b_c.",
     P "see <a href=\"https://x.example/a_b_c\"" REL
       ">https://x.example/a_b_c</a>.</p>\n"},
    {"(http://x.example/(a))", P "(<a href=\"http://x.example/(a)\"" REL
                                 ">http://x.example/(a)</a>)</p>\n"},
    {"xhttp://x.example", P "xhttp://x.example</p>\n"},
    {"![a *b*](/p.png)", P "<a href=\"/p.png\"" REL ">a <em>b</em></a></p>\n"},
    {"|a|b|\n|:-:|-:|\n|c|d|",
     "<table>\n<thead><tr><th dir=\"auto\" class=\"centered\">a</th>"
     "<th dir=\"auto\" class=\"to-end\">b</th></tr></thead>\n<tbody>\n<tr>"
     "<td dir=\"auto\" class=\"centered\">c</td><td dir=\"auto\" "
     "class=\"to-end\">d</td></tr>\n</tbody>\n</table>\n"},
    {"<b>Bold</b> & 'x' \"y\"", P "&lt;b&gt;Bold&lt;/b&gt; &amp; &#39;x&#39; "
                                  "&#34;y&#34;</p>\n"},
    {"<div>\nx\n</div>", P "&lt;div&gt;\nx\n&lt;/div&gt;\n</p>\n"},
    {"a\001b\177c", P "abc</p>\n"},
};

START_TEST(a_text_becomes_the_elements_that_it_means)
{
    ck_assert_str_eq(html_of(forms[_i][0], NULL), forms[_i][1]);
}
END_TEST

START_TEST(headings_are_shifted_below_those_of_the_page_and_end_at_six)
{
    struct fb_markdown_options below = {.heading_shift = 2};

    ck_assert_str_eq(html_of("# a\n##### b", &below),
                     "<h3 dir=\"auto\">a</h3>\n<h6 dir=\"auto\">b</h6>\n");
}
END_TEST

START_TEST(images_are_shown_where_they_are_allowed)
{
    ck_assert_str_eq(html_of("![a \"*b*](https://x.example/p.png)", &shown),
                     P "<img src=\"https://x.example/p.png\" alt=\"a &#34;b\">"
                       "</p>\n");
    ck_assert_str_eq(html_of("![a](javascript:x)", &shown), P "a</p>\n");
    ck_assert_str_eq(html_of("![a](mailto:x@y)", &shown), P "a</p>\n");
}
END_TEST

START_TEST(the_words_of_the_house_link_without_a_rel)
{
    struct fb_markdown_options own = {.own_words = true};

    ck_assert_str_eq(html_of("[a](/b)", &own), P "<a href=\"/b\">a</a></p>\n");
}
END_TEST

static const char *const attacks[] = {
    "<script>alert(1)</script>",
    "<SCRIPT SRC=//x.example/x.js></SCRIPT>",
    "<scr<script>ipt>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<img src=x onerror=alert(1)//",
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<svg/onload=alert`1`>",
    "<body onload=alert(1)>",
    "<iframe src=javascript:alert(1)></iframe>",
    "<iframe srcdoc='<script>alert(1)</script>'>",
    "<object data=javascript:alert(1)>",
    "<embed src=javascript:alert(1)>",
    "<form action=javascript:alert(1)><input type=submit>",
    "<button formaction=javascript:alert(1)>x",
    "<math><mtext><script>alert(1)</script></mtext></math>",
    "<style>@import 'javascript:alert(1)';</style>",
    "<link rel=stylesheet href=javascript:alert(1)>",
    "<meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
    "<base href=//x.example/>",
    "<a href=\"javascript:alert(1)\">x</a>",
    "<a href='x' onclick='alert(1)'>x</a>",
    "<details open ontoggle=alert(1)>",
    "<video><source onerror=alert(1)></video>",
    "<marquee onstart=alert(1)>",
    "<textarea></textarea><script>alert(1)</script>",
    "</textarea><script>alert(1)</script>",
    "</p><script>alert(1)</script>",
    "<!-- --><script>alert(1)</script>",
    "<!--[if IE]><script>alert(1)</script><![endif]-->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<?php echo '<script>'; ?>",
    "<!DOCTYPE x [<!ENTITY y 'z'>]>",
    "<x/onclick=alert(1)>",
    "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
    "<template><script>alert(1)</script></template>",
    "<a\nhref=javascript:alert(1)>x</a>",
    "<plaintext>",
    "<title></title><script>x</script>",
    "<xmp><script>x</script></xmp>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](javascript&#58;alert(1))",
    "[x](javascript&colon;alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](&#x6A;avascript:alert(1))",
    "[x](java&#9;script:alert(1))",
    "[x](java&#10;script:alert(1))",
    "[x](java&Tab;script:alert(1))",
    "[x](java&NewLine;script:alert(1))",
    "[x](<java\tscript:alert(1)>)",
    "[x](< javascript:alert(1)>)",
    "[x](&#1;javascript:alert(1))",
    "[x](&#32;javascript:alert(1))",
    "[x](\001javascript:alert(1))",
    "[x](javascript:alert%281%29)",
    "[x](javascript\\:alert(1))",
    "[x](javascript\\\\:alert(1))",
    "[x](vbscript:msgbox(1))",
    "[x](data:text/html,<script>alert(1)</script>)",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](DATA:image/svg+xml,<svg/onload=alert(1)>)",
    "[x](blob:https://x.example/1)",
    "[x](file:///etc/passwd)",
    "[x](filesystem:https://x.example/)",
    "[x](about:blank)",
    "[x](view-source:https://x.example/)",
    "[x](ws://x.example/)",
    "[x](ftp://x.example/)",
    "[x](intent://x#Intent;end)",
    "[x](//x.example/)",
    "[x](/\\x.example/)",
    "[x](\\\\\\\\x.example/)",
    "[x](/&#9;/x.example)",
    "[x](/&#10;/x.example)",
    "[x](https:x.example)",
    "[x](https:/x.example)",
    "[x](https:///x.example)",
    "[x](http://)",
    "[x](https://\"onmouseover=alert(1)//)",
    "[x](https://x.example/\"onmouseover=\"alert(1))",
    "[x](https://x.example/'onmouseover='alert(1))",
    "[x](https://x.example/&quot;onmouseover=&quot;alert(1))",
    "[x](https://x.example/<script>)",
    "[x](</x> onclick=alert(1)>)",
    "[x](/ \"a\\\" onclick=alert(1) \\\"\")",
    "[x](/ 'onclick=alert(1)')",
    "[x](<javascript:alert(1)>)",
    "[x]\n\n[x]: javascript:alert(1)",
    "[x]\n\n[x]: <javascript:alert(1)> \"t\"",
    "[x][y]\n\n[y]: data:text/html,x",
    "![x](javascript:alert(1))",
    "![x](data:image/svg+xml,<svg/onload=alert(1)>)",
    "![x\" onerror=\"alert(1)](/p.png)",
    "![x](/p.png\"onerror=\"alert(1))",
    "![![x](javascript:a)](javascript:b)",
    "![[x](/a)](/b)",
    "[![x](javascript:alert(1))](/b)",
    "[a](/b \"[c](javascript:d)\")",
    "<javascript:alert(1)>",
    "<data:text/html,x>",
    "<vbscript:x>",
    "<JAVASCRIPT:alert(1)>",
    "<https://x.example/\"onclick=alert(1)>",
    "<https://x.example/'><script>alert(1)</script>",
    "<x@y.example\" onclick=alert(1)>",
    "https://x.example/\"onclick=alert(1)",
    "https://x.example/'onclick='alert(1)",
    "https://x.example/<script>alert(1)</script>",
    "http://x.example/&#34;onclick=alert(1)",
    "**<script>alert(1)</script>**",
    "`<script>alert(1)</script>`",
    "`` ` ``<script>",
    "```\n</code></pre><script>alert(1)</script>\n```",
    "```\"><script>alert(1)</script>\nx\n```",
    "    <script>alert(1)</script>",
    "> <script>alert(1)</script>",
    "- <script>alert(1)</script>",
    "# <script>alert(1)</script>",
    "|<script>|\n|-|\n|<img src=x onerror=alert(1)>|",
    "|a|\n|-|\n|`|`<script>|",
    "|[x](javascript:y)|\n|-|",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;script&#62;alert(1)",
    "&#x3c;script>",
    "&lt;img src=x onerror=alert(1)&gt;",
    "\\<script>alert(1)\\</script>",
    "a&b&copy;&nosuch;&#0;&#xD800;&#x110000;",
    "*a\n\n<script>*",
    "~~<script>~~",
    "<a href=\"x\n\n\">",
    "<\n/script>",
    "<\303\251 onclick=x>",
    "\377\376<script>\300\200",
    "[x](https://\377)",
    "[\300<script>](/a)",
    "[x](/\303)",
    "\342\200\250<script>",
    "<a href=\"/\"onclick=\"x\">[y](javascript:z)</a>",
    "1. <b onclick=x>\n   1. [x](javascript:y)\n      > <script>",
    "<b>*x</b>*",
    "[a](b)(javascript:c)",
    "[a]: /b 'onclick=\"x\"'\n\n[a]",
};

START_TEST(no_text_becomes_a_script_a_handler_or_a_foreign_link)
{
    static const struct fb_markdown_options all[] = {
        {.line_breaks = true}, {.images = true}, {.own_words = true}};
    size_t i;

    for (i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        struct fb_safe_html html = fb_markdown(&request, attacks[_i], &all[i]);
        const char *problem = safe_html_problem(html.bytes, html.length);

        ck_assert_msg(problem == NULL, "%s: %s became %.*s", problem,
                      attacks[_i], (int)html.length, html.bytes);
    }
}
END_TEST

/* An oracle that is content with anything would find nothing above. */
static const char *const unsafe[] = {
    "<script>x</script>",
    "<p onclick=\"x\">a</p>",
    "<p class=\"x\">a</p>",
    "<a href=\"javascript:x\">a</a>",
    "<a href=\"java&#9;script:x\">a</a>",
    "<a href=\"//x\">a</a>",
    "<a href='/x'>a</a>",
    "<a href=\"data:x\">a</a>",
    "<img src=\"mailto:x\">",
    "<p>a",
    "a</p>",
    "<em><a href=\"/\">x</em></a>",
    "a & b",
    "a \" b",
    "a > b",
    "<!-- x -->",
    "<svg>x</svg>",
    "<p style=\"x\">a</p>",
    "&nbsp;",
};

START_TEST(what_is_not_safe_is_seen_by_the_reader_of_this_test)
{
    ck_assert_ptr_nonnull(safe_html_problem(unsafe[_i], strlen(unsafe[_i])));
}
END_TEST

/* Copies text without its end; returns where it ends. */
static char *put(char *at, const char *text)
{
    while (*text != '\0') {
        *at++ = *text++;
    }
    return at;
}

/* A text as long as may be: `before`, then `part` again and again. */
static char *fill(const char *before, const char *part, const char *after)
{
    char *text = malloc(FB_MARKDOWN_MAX + 1);
    const char *end;
    char *at;

    ck_assert_ptr_nonnull(text);
    end = text + FB_MARKDOWN_MAX - strlen(after) - strlen(part);
    for (at = put(text, before); at <= end;) {
        at = put(at, part);
    }
    *put(at, after) = '\0';
    return text;
}

static const char *const shapes[][3] = {
    {"", "[", ""},           {"", "![", ""},
    {"", "[a](", ""},        {"", "](", ""},
    {"[", "a](", ""},        {"", "[a](<b", ""},
    {"", "*", ""},           {"", "*a ", ""},
    {"", "a* ", ""},         {"", "a**b", ""},
    {"", "_a __b ", ""},     {"", "*a_ ", ""},
    {"", "***** b***", ""},  {"", "`", ""},
    {"", "``a`", ""},        {"", ">", ""},
    {"", "> ", ""},          {"", ">\n", ""},
    {"", "- ", ""},          {"", "* * * a\n", ""},
    {"", "1. ", ""},         {"", "<", ""},
    {"", "<a ", ""},         {"", "<!--", ""},
    {"", "a <!A ", ""},      {"a ", "<?", ""},
    {"a ", "<![CDATA[", ""}, {"", "&", ""},
    {"", "&amp;", ""},       {"", "\\", ""},
    {"", "|", ""},           {"|a|b|\n|-|-|\n", "|a", ""},
    {"", "| a\n| -\n", ""},  {"a\n", "-|\n", ""},
    {"", "~", ""},           {"", "~~a ", ""},
    {"", "a~~ ~b ", ""},     {"", "[a]: b\n", ""},
    {"", "[a][", ""},        {"", "[a]:", ""},
    {"[a](", "(", ""},       {"", "- [ ] a\n", ""},
    {"", "# ", ""},          {"a\n", "=\n", ""},
    {"", "\t", "a"},         {"", " ", "a"},
    {"", "```\n", ""},       {"", "http://a ", ""},
    {"", "http", ""},        {"", "http://a(", ""},
    {"", "http://a", ""},    {"", "<http://a> ", ""},
    {"", "a@", ""},          {"", "[a](b \"", ""},
    {"", "[a]: b \"\n", ""}, {"", "**a _b", ""},
    {"", "a  \n", ""},       {"", "\n", ""},
    {"", "x", ""},           {"", "http://))))", ""},
};

/* A sanitizer looks at each byte that is touched, and so takes its time. */
#ifdef __SANITIZE_ADDRESS__
#define LONG_MS 15000
#else
#define LONG_MS 1500
#endif

START_TEST(no_shape_of_text_takes_long_or_becomes_unsafe)
{
    char *text = fill(shapes[_i][0], shapes[_i][1], shapes[_i][2]);
    struct timespec since;
    struct timespec now;
    struct fb_safe_html html;
    int64_t ms;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &since);
    html = fb_markdown(&request, text, NULL);
    fb_markdown_text(&request, text);
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    ms = (now.tv_sec - since.tv_sec) * 1000 +
         (now.tv_nsec - since.tv_nsec) / 1000000;
    ck_assert_ptr_null(safe_html_problem(html.bytes, html.length));
    ck_assert_msg(ms < LONG_MS, "\"%s\" took %d ms", shapes[_i][1], (int)ms);
    free(text);
}
END_TEST

/* So deep that the levels of the one line meet those of the others. */
static char *deep(const char *mark, const char *line, size_t marks)
{
    char *text = fill("", line, "");
    size_t i;

    for (i = 0; i < marks * strlen(mark); i++) {
        text[i] = mark[i % strlen(mark)];
    }
    text[i] = '\n';
    return text;
}

START_TEST(containers_within_containers_are_shown_as_they_were_typed)
{
    static const char *const lines[][2] = {
        {">", "a\n"}, {"- ", "\n"}, {"- ", "x\n"}, {">", "-\n"}, {"1. ", "\n"}};
    char *text = deep(lines[_i][0], lines[_i][1], 20000);
    struct fb_safe_html html = fb_markdown(&request, text, NULL);

    ck_assert_ptr_null(safe_html_problem(html.bytes, html.length));
    ck_assert(memmem(html.bytes, html.length, "<blockquote", 11) == NULL);
    ck_assert(memmem(html.bytes, html.length, "<li", 3) == NULL);
    free(text);
}
END_TEST

START_TEST(what_repeats_a_long_address_is_shown_as_it_was_typed)
{
    char *text = fill("", "[a] ", "");
    struct fb_safe_html html;
    char *at = put(text, "[a]: /");

    memset(at, 'u', 2000);
    put(at + 2000, "\n\n");
    html = fb_markdown(&request, text, NULL);
    ck_assert_ptr_null(safe_html_problem(html.bytes, html.length));
    ck_assert_uint_lt(html.length, 2 * FB_MARKDOWN_MAX);
    free(text);
}
END_TEST

START_TEST(a_text_above_the_limit_is_shown_as_paragraphs)
{
    char *text = malloc(FB_MARKDOWN_MAX + 2);
    struct fb_safe_html html;

    ck_assert_ptr_nonnull(text);
    memset(text, '*', FB_MARKDOWN_MAX + 1);
    text[FB_MARKDOWN_MAX + 1] = '\0';
    put(text, "*a*\n<b\n\n");
    html = fb_markdown(&request, text, NULL);
    ck_assert_int_eq(strncmp(html.bytes, P "*a*<br>\n&lt;b</p>\n" P, 40), 0);
    ck_assert_ptr_null(safe_html_problem(html.bytes, html.length));
    free(text);
}
END_TEST

START_TEST(a_request_that_is_cut_off_in_the_middle_leaves_nothing_behind)
{
    char *text = fill("", "*a* [b](/c)\n\n", "");
    int round;

    arena.limit = (size_t)300 * 1024;
    for (round = 0; round < 5; round++) {
        bool is_cut_off = true;

        request.escape_is_set = true;
        if (sigsetjmp(request.escape, 0) == 0) {
            fb_markdown(&request, text, NULL);
            is_cut_off = false;
        }
        ck_assert(is_cut_off);
        arena_reset(&arena);
        request_init(&request, &arena, NULL, NULL);
    }
    request.escape_is_set = false;
    arena.limit = (size_t)64 << 20;
    ck_assert_str_eq(html_of("*a*", NULL), P "<em>a</em></p>\n");
    free(text);
}
END_TEST

static const char *const plain[][2] = {
    {"", ""},
    {"one\ntwo\n\nthree", "one\ntwo\nthree"},
    {"*a* [b](javascript:c) ![d](/e) `f`", "a b d f"},
    {"# T\n\n- a\n- b\n\n> c", "T\na\nb\nc"},
    {"<b>x</b> &amp; y", "<b>x</b> & y"},
    {"|a|b|\n|-|-|\n|c|d|", "a b \nc d "},
};

START_TEST(the_words_alone_are_plain_text)
{
    ck_assert_str_eq(fb_markdown_text(&request, plain[_i][0]), plain[_i][1]);
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_set_timeout(tests, 60);
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_loop_test(tests, a_text_becomes_the_elements_that_it_means, 0,
                        UNIT_ROWS(forms));
    tcase_add_test(tests,
                   headings_are_shifted_below_those_of_the_page_and_end_at_six);
    tcase_add_test(tests, images_are_shown_where_they_are_allowed);
    tcase_add_test(tests, the_words_of_the_house_link_without_a_rel);
    tcase_add_loop_test(tests,
                        no_text_becomes_a_script_a_handler_or_a_foreign_link, 0,
                        UNIT_ROWS(attacks));
    tcase_add_loop_test(tests,
                        what_is_not_safe_is_seen_by_the_reader_of_this_test, 0,
                        UNIT_ROWS(unsafe));
    tcase_add_loop_test(tests, no_shape_of_text_takes_long_or_becomes_unsafe, 0,
                        UNIT_ROWS(shapes));
    tcase_add_loop_test(
        tests, containers_within_containers_are_shown_as_they_were_typed, 0, 5);
    tcase_add_test(tests, what_repeats_a_long_address_is_shown_as_it_was_typed);
    tcase_add_test(tests, a_text_above_the_limit_is_shown_as_paragraphs);
    tcase_add_test(
        tests, a_request_that_is_cut_off_in_the_middle_leaves_nothing_behind);
    tcase_add_loop_test(tests, the_words_alone_are_plain_text, 0,
                        UNIT_ROWS(plain));
}

UNIT_MAIN("markdown", add_tests)
