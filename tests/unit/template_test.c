/*
 * The template compiler: appserver/tools/template_*.c. Most rows compile the
 * body of one template and compare what its function would do, written as
 * the literals with [escape expression] for each hole and [tag] for the rest.
 */

#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "template.h"

static struct unit unit;
static struct text written;

static void set_up(void)
{
    memset(&unit, 0, sizeof(unit));
    memset(&written, 0, sizeof(written));
}

static void tear_down(void)
{
    text_free(&written);
    template_free(&unit);
}

static const char *file = "t.html";

static bool compile(const char *bytes, size_t length)
{
    unit.source.path = file;
    unit.source.bytes = bytes;
    unit.source.length = length;
    return template_parse(&unit);
}

/* ---- what the function does, in one line ---- */

static const char *const escapes[] = {
    [ESCAPE_TEXT] = "text",       [ESCAPE_ATTRIBUTE] = "attribute",
    [ESCAPE_URL_WHOLE] = "whole", [ESCAPE_URL_REST] = "rest",
    [ESCAPE_JSON] = "json",       [ESCAPE_PLAIN] = "plain",
};

static void write_slice(const char *before, struct slice slice,
                        const char *after)
{
    text_printf(&written, "%s%.*s%s", before, (int)slice.length, slice.at,
                after);
}

/* [t words|many; value:escape ...] */
static void write_message(const struct message *message)
{
    text_printf(&written, "[t %s", message->words.bytes);
    if (message->has_many)
        text_printf(&written, "|%s", message->many.bytes);
    for (size_t i = 0; i < message->value_count; i++) {
        const struct message_value *value = &message->values[i];
        write_slice("; ", message->names[value->name].code, " ");
        text_printf(&written, "%s", escapes[value->escape]);
    }
    text_printf(&written, "]");
}

static void write_step(const struct step *step)
{
    switch (step->kind) {
    case STEP_LITERAL:
        text_add(&written, unit.literals.bytes + step->offset, step->length);
        return;
    case STEP_HOLE:
        text_printf(&written, "[%s", escapes[step->escape]);
        write_slice(" ", step->code, "]");
        return;
    case STEP_CALL:
        write_slice("[call ", step->name, "");
        write_slice("(", step->code, ")]");
        return;
    case STEP_IF:
        write_slice("[if ", step->code, "]");
        return;
    case STEP_ELIF:
        write_slice("[elif ", step->code, "]");
        return;
    case STEP_ELSE:
    case STEP_NONE:
        text_printf(&written, "[else]");
        return;
    case STEP_FOR:
        write_slice("[for ", step->name, "");
        write_slice(" in ", step->code, "");
        write_slice(", ", step->count, "]");
        return;
    case STEP_END:
        if (step->closes != STEP_TEMPLATE && step->closes != STEP_LAYOUT)
            text_printf(&written, "[end]");
        return;
    case STEP_TEMPLATE:
    case STEP_LAYOUT:
        return;
    case STEP_MESSAGE:
        write_message(&unit.messages[step->number]);
        return;
    case STEP_BLOCK:
        write_slice("[block ", step->name, step->number ? " required]" : "]");
        return;
    case STEP_BLOCK_END:
        text_printf(&written, "[end %u]", step->number);
        return;
    case STEP_PART:
        write_slice("[part ", step->name, "");
        text_printf(&written, " %u", step->number);
        write_slice("(", step->code, ")]");
        return;
    case STEP_DEFAULT:
        write_slice("[default ", step->count, "]");
        return;
    }
}

static void check_body(const char *body, const char *expected)
{
    struct text source = {0};
    text_printf(&source, "{%% template t(int v) %%}%s{%% end %%}", body);
    ck_assert_msg(compile(source.bytes, source.length), "%s",
                  unit.source.error);
    text_printf(&written, "%s", "");
    for (size_t i = 0; i < unit.step_count; i++)
        write_step(&unit.steps[i]);
    ck_assert_str_eq(written.bytes, expected);
    text_free(&source);
}

/* ---- plain texts ---- */

/* A body of NAME.txt, and what is made of it: nothing in it is HTML. */
static const char *const texts[][2] = {
    {"a  <b>\n\n  c & {{ v }}", "a  <b>\n\n  c & [plain v]"},
    {"<{{ v }}> \"{{ v }}\"", "<[plain v]> \"[plain v]\""},
    {"{% if v %}<{% end %}", "[if v]<[end]"},
    {"a\n{% if v %}\nb\n{% end %}\nc", "a\n[if v]b\n[end]c"},
};

START_TEST(a_plain_text_is_sent_as_it_is)
{
    file = "t.txt";
    check_body(texts[_i][0], texts[_i][1]);
}
END_TEST

START_TEST(a_plain_text_has_no_layout)
{
    static const char layout[] = "{% layout page() %}{% end %}";

    file = "t.txt";
    ck_assert(!compile(layout, sizeof(layout) - 1));
    ck_assert_ptr_nonnull(strstr(unit.source.error, "a plain text has none"));
}
END_TEST

/* ---- holes ---- */

static const char *const holes[][2] = {
    {"<script type=\"application/json\">{{ v }}</script>",
     "<script type=\"application/json\">[json v]</script>"},
    {"<script TYPE=application/ld+json>{\"a\": {{ v }}, \"b\": [{{ v }}]}"
     "</script>{{ v }}",
     "<script TYPE=application/ld+json>{\"a\": [json v], \"b\": [[json v]]}"
     "</script>[text v]"},
    {"<script type='Application/JSON'>[\"\\\"a\\\\\", {{ v }} ]</script>",
     "<script type='Application/JSON'>[\"\\\"a\\\\\", [json v] ]</script>"},
    {"<script type=\"application/json\">[{% if a %}1,{% end %}{{ v "
     "}}]</script>",
     "<script type=\"application/json\">[[if a]1,[end][json v]]</script>"},
    {"<script type=\"application/json\">"
     "[{% for int *i in a, n %}{% if i > a %},{% end %}{{ *i }}{% end %}]"
     "</script>",
     "<script type=\"application/json\">"
     "[[for int *i in a, n][if i > a],[end][json *i][end]]</script>"},
    {"<p>{{ v }}</p>", "<p>[text v]</p>"},
    {"{{v}}", "[text v]"},
    {"{{ f(\"}}\") }}", "[text f(\"}}\")]"},
    {"{{ '}' }}", "[text '}']"},
    {"{{ f((struct a){{1}}) }}", "[text f((struct a){{1}})]"},
    {"{{ \"a\\\"}}\" }}", "[text \"a\\\"}}\"]"},
    {"{ {{ v }} }", "{ [text v] }"},
    {"<title>{{ v }}</title>", "<title>[attribute v]</title>"},
    {"<p title=\"{{ v }}\">", "<p title=\"[attribute v]\">"},
    {"<p title='a {{ v }} b'>", "<p title='a [attribute v] b'>"},
    {"<P TITLE=\"{{ v }}\">", "<P TITLE=\"[attribute v]\">"},
    {"<p data-href=\"{{ v }}\">", "<p data-href=\"[attribute v]\">"},
    {"<p a=b c=\"{{ v }}\">", "<p a=b c=\"[attribute v]\">"},
    {"<input checked value=\"{{ v }}\"/>",
     "<input checked value=\"[attribute v]\"/>"},
    {"<noscript>{{ v }}</noscript>", "<noscript>[text v]</noscript>"},
    {"<script>a<b</script>{{ v }}", "<script>a<b</script>[text v]"},
    {"<script></scripts></SCRIPT >{{ v }}",
     "<script></scripts></SCRIPT >[text v]"},
    {"<style>p{}</style><p>{{ v }}", "<style>p{}</style><p>[text v]"},
    {"<!-- <p title=\" --><p>{{ v }}", "<!-- <p title=\" --><p>[text v]"},
    {"<!--><p>{{ v }}", "<!--><p>[text v]"},
    {"<!--a-b--c---><p>{{ v }}", "<!--a-b--c---><p>[text v]"},
    {"<!doctype html>{{ v }}", "<!doctype html>[text v]"},
    {"<a href=\"{{ v }}\">", "<a href=\"[whole v]\">"},
    {"<a href=\"/posts/{{ v }}\">", "<a href=\"/posts/[rest v]\">"},
    {"<a href=\"/{{ v }}\">", "<a href=\"/[rest v]\">"},
    {"<a href=\"/{{ v }}?a={{ v }}\">", "<a href=\"/[rest v]?a=[rest v]\">"},
    {"<a href=\"/a/{{ v }}/{{ v }}\">", "<a href=\"/a/[rest v]/[rest v]\">"},
    {"<a href=\"?page={{ v }}\">", "<a href=\"?page=[rest v]\">"},
    {"<a href=\"#c-{{ v }}\">", "<a href=\"#c-[rest v]\">"},
    {"<a href=\"posts/{{ v }}\">", "<a href=\"posts/[rest v]\">"},
    {"<a href=\"p{{ v }}/a:b\">", "<a href=\"p[rest v]/a:b\">"},
    {"<a href=\"https://h/{{ v }}\">", "<a href=\"https://h/[rest v]\">"},
    {"<a href=\"//h/{{ v }}\">", "<a href=\"//h/[rest v]\">"},
    {"<a href=\"https://h?q={{ v }}\">", "<a href=\"https://h?q=[rest v]\">"},
    {"<a href=\"mailto:{{ v }}\">", "<a href=\"mailto:[rest v]\">"},
    {"<a href=\"?a=1&amp;b={{ v }}\">", "<a href=\"?a=1&amp;b=[rest v]\">"},
    {"<form action=\"{{ v }}\">", "<form action=\"[whole v]\">"},
    {"<button formaction='{{ v }}'>", "<button formaction='[whole v]'>"},
    {"<svg><a xlink:href=\"{{ v }}\">", "<svg><a xlink:href=\"[whole v]\">"},
    {"<img src=\"{{ v }}\">", "<img src=\"[whole v]\">"},
    {"<img srcset=\"/a/{{ v }} 1x, /b/{{ v }} 2x\">",
     "<img srcset=\"/a/[rest v] 1x, /b/[rest v] 2x\">"},
    {"<script src=\"/s/{{ v }}\"></script>",
     "<script src=\"/s/[rest v]\"></script>"},
    {"<object data=\"/o/{{ v }}\">", "<object data=\"/o/[rest v]\">"},
    {"<p data=\"{{ v }}\">", "<p data=\"[attribute v]\">"},
    {"<meta name=\"a\" content=\"{{ v }}\">",
     "<meta name=\"a\" content=\"[attribute v]\">"},
    {"<use href=\"#i-{{ v }}\"/>", "<use href=\"#i-[rest v]\"/>"},
};

START_TEST(a_hole_is_escaped_by_the_html_around_it)
{
    check_body(holes[_i][0], holes[_i][1]);
}
END_TEST

/* ---- words ---- */

static const char *const messages[][2] = {
    {"<p>{% t %}Add a comment{% end %}</p>", "<p>[t Add a comment]</p>"},
    {"<p>{% t %}\n  Add\n  a comment\n{% end %}</p>",
     "<p> [t Add a comment] </p>"},
    {"{% t %}See <a href=\"/a\">the shop</a>.{% end %}",
     "[t See <a href=\"/a\">the shop</a>.]"},
    {"{% t a = v->a, b = f(v, \",\") %}{{ a }} by <b>{{ b }}</b>{% end %}",
     "[t {a} by <b>{b}</b>; v->a text; f(v, \",\") text]"},
    {"{% t a = b == c %}<p title=\"{{ a }}\">{{ a }}{% end %}",
     "[t <p title=\"{a}\">{a}; b == c attribute; b == c text]"},
    {"<p title=\"{% t %}Pages{% end %}\">", "<p title=\"[t Pages]\">"},
    {"<p title=\"{% t a = v %}Pages of {{ a }}{% end %}\">",
     "<p title=\"[t Pages of {a}; v attribute]\">"},
    {"<title>{% t %}Pages{% end %}</title>", "<title>[t Pages]</title>"},
    {"{% t a = v %}<a href=\"/p/{{ a }}\">p</a>{% end %}",
     "[t <a href=\"/p/{a}\">p</a>; v rest]"},
    {"{% t n = v %}1 comment{% plural %}{{ n }} comments{% end %}",
     "[t 1 comment|{n} comments; v text]"},
    {"{% t n = v, a = b %}{{ a }}: one{% plural %}{{ a }}: {{ n }}{% end %}",
     "[t {a}: one|{a}: {n}; b text; v text]"},
    {"a {% t %} b {% end %} c", "a [t b] c"},
    {"a{% t %} b {% end %}c", "a [t b] c"},
};

START_TEST(words_are_handed_to_translators_as_they_are_written)
{
    check_body(messages[_i][0], messages[_i][1]);
}
END_TEST

/* ---- layouts ---- */

static const char *const layouts[][2] = {
    {"{% layout l() %}a{% block b required %}{% end %}c{% end %}",
     "a[block b required][end 1]c"},
    {"{% layout l(int i) %}{% block b %}{{ i }}{% end %}{% end %}",
     "[block b][text i][end 1]"},
    {"{% layout l() %}{% block a %}{% end %}-{% block b %}b{% end %}{% end %}"
     "{% template t(int v) in l() %}{% block b %}{{ v }}{% end %}{% end %}",
     "[block a][end 1]-[block b]b[end 2]"
     "[part l 0()][default a][part l 1()][text v][part l 2()]"},
    /* What a page fills in any order is drawn in the layout's. */
    {"{% layout l(int i) %}{% block a %}{% end %}{% block b %}{% end %}{% end "
     "%}"
     "{% template t(int v) in l(v + 1) %}\n"
     "{# why #}\n"
     "{% block b %}B{% end %}\n\n{% block a %}A{% end %}\n{% end %}",
     "[block a][end 1][block b][end 2]"
     "[part l 0(v + 1)]A[part l 1(v + 1)]B[part l 2(v + 1)]"},
    /* A block is read at its place in the layout. */
    {"{% layout l() %}<title>{% block a %}{% end %}</title>"
     "<p class=\"x {% block b %}{% end %}\">{% end %}"
     "{% template t(int v) in l() %}{% block a %}{{ v }}{% end %}"
     "{% block b %}{{ v }}{% end %}{% end %}",
     "<title>[block a][end 1]</title><p class=\"x [block b][end 2]\">"
     "[part l 0()][attribute v][part l 1()][attribute v][part l 2()]"},
    {"{% layout l() %}{% block a %}{% end %}{% end %}"
     "{% template t() in l() %}{% end %}",
     "[block a][end 1][part l 0()][default a][part l 1()]"},
};

START_TEST(a_page_is_drawn_in_the_parts_of_its_layout)
{
    ck_assert_msg(compile(layouts[_i][0], strlen(layouts[_i][0])), "%s",
                  unit.source.error);
    for (size_t i = 0; i < unit.step_count; i++)
        write_step(&unit.steps[i]);
    ck_assert_str_eq(written.bytes, layouts[_i][1]);
}
END_TEST

#define LAYOUT                                                   \
    "{% layout l(int i) %}<title>{% block a %}{% end %}</title>" \
    "{% block b required %}{% end %}{% end %}\n"

static const char *const layout_refusals[][2] = {
    {"{% layout l() %}{% end %}", "1:17: error: the layout of line 1 has no"},
    {"{% layout l() %}{% layout m() %}", "1:17: error: a layout cannot stand"},
    {"{% layout l() %}{% block %}", "1:25: error: the name of a block is mis"},
    {"{% layout l() %}{% block 1 %}", "1:26: error: the name of a block is m"},
    {"{% layout l() %}{% block a optional %}", "1:28: error: only the word r"},
    {"{% layout l() %}{% block a %}{% end %}{% block a %}",
     "1:48: error: the layout has a block a already"},
    {"{% layout l() %}{% if a %}{% block a %}", "1:27: error: a block of a l"},
    {"{% layout l() %}{% block a %}{% block b %}", "1:30: error: a block of a"},
    {"{% layout l() %}<p {% block a %}", "1:20: error: no block may stand in "
                                         "the tag <p>"},
    {"{% layout l() %}<a href=\"{% block a %}", "1:26: error: no block may st"},
    {"{% layout l() %}<pre>{% block a %}", "1:22: error: no block may stand "
                                           "in <pre>"},
    {"{% layout l() %}<script type=\"{% block a %}", "1:31: error: no block m"},
    {"{% layout l() %}{% block a required %}x{% end %}",
     "1:17: error: a required block has no content of its own"},
    {"{% layout l() %}{% block a required %}{{ x }}{% end %}",
     "1:17: error: a required block has no content of its own"},
    {"{% layout l() %}{% block a %}<p{% end %}{% end %}",
     "1:32: error: this is in the tag <p>"},
    {"{% layout l() %}{% block a %}{% end %}{% end %}{% template l() %}",
     "1:60: error: the template l exists already in line 1"},
    {"{% template t() in l() %}", "1:20: error: there is no layout l in"},
    {"{% template t() of l() %}", "1:17: error: only \"in LAYOUT(...)\""},
    {LAYOUT "{% template t() in l %}", "2:20: error: the name of a template"},
    {LAYOUT "{% template t() in l(1) %}x", "2:27: error: this stands outside"
                                           " of the blocks"},
    {LAYOUT "{% template t() in l(1) %}{{ x }}", "2:27: error: this stands"},
    {LAYOUT "{% template t() in l(1) %}{% if a %}", "2:27: error: this stands"},
    {LAYOUT "{% template t() in l(1) %}{% call a() %}", "2:27: error: this st"},
    {LAYOUT "{% template t() in l(1) %}{% t %}",
     "2:27: error: this stands out"},
    {LAYOUT "{% template t() in l(1) %}\n{% end %}",
     "2:1: error: the layout l requires the block b; add {% block b %}"},
    {LAYOUT "{% template t() in l(1) %}{% block c %}",
     "2:36: error: the layout l has no block c; it has a, b"},
    {LAYOUT "{% template t() in l(1) %}{% block b required %}",
     "2:38: error: nothing may follow"},
    {LAYOUT "{% template t() in l(1) %}{% block b %}{% block a %}",
     "2:40: error: a page fills its blocks outside"},
    {LAYOUT "{% template t() in l(1) %}{% block b %}{% end %}{% block b %}",
     "2:49: error: the block b was filled in line 2 already"},
    {LAYOUT "{% template t() in l(1) %}{% block a %}<b>{% end %}",
     "2:41: error: only </title> may follow"},
    {LAYOUT "{% template t() in l(1) %}{% block b %}<p{% end %}",
     "2:42: error: this is in the tag <p>, but the {% block %} of line 2"},
    {LAYOUT "{% template t() in l(1) %}{% block b %}{% end %}",
     "2:1: error: this {% template %} has no {% end %}"},
    {"{% template t() %}{% block a %}", "1:19: error: this template is drawn"},
    {"{% block a %}", "1:1: error: this stands outside of any template"},
    {"{% use \"x.html\" %}", "1:9: error: the template file x.html cannot be"},
    {"{% template t() %}<link href=\"{{ asset(\"a.css\") }}\">",
     "1:40: error: there is no static file a.css"},
};

START_TEST(a_layout_is_refused_where_it_is_wrong)
{
    char expected[256];
    snprintf(expected, sizeof(expected), "t.html:%s", layout_refusals[_i][1]);
    ck_assert_msg(
        !compile(layout_refusals[_i][0], strlen(layout_refusals[_i][0])),
        "compiled: %s", layout_refusals[_i][0]);
    ck_assert_msg(strncmp(unit.source.error, expected, strlen(expected)) == 0,
                  "expected %s\n     got %s", expected, unit.source.error);
}
END_TEST

/* ---- other files ---- */

static struct unit other;

static const struct unit *use_other(void *context, const char *path)
{
    (void)context;
    return strcmp(path, "pages/layout.html") == 0 ? &other : NULL;
}

static bool only_style(void *context, struct slice name, struct text *url)
{
    (void)context;
    if (!slice_is(name, "css/a.css"))
        return false;
    asset_url(name, "p {}\n", 5, url);
    return true;
}

static const struct surroundings around = {.use = use_other,
                                           .asset = only_style};

static bool compile_page(const char *bytes)
{
    unit.source.path = "pages/page.html";
    unit.source.bytes = bytes;
    unit.source.length = strlen(bytes);
    unit.around = &around;
    return template_parse(&unit);
}

START_TEST(a_layout_may_stand_in_another_file)
{
    static const char layout[] = LAYOUT;
    memset(&other, 0, sizeof(other));
    other.source =
        (struct source){"pages/layout.html", layout, sizeof(layout) - 1, ""};
    ck_assert(template_parse(&other));
    ck_assert_msg(compile_page("{% use \"layout.html\" %}"
                               "{% template t() in l(1) %}"
                               "{% block b %}x{% end %}{% end %}"),
                  "%s", unit.source.error);
    for (size_t i = 0; i < unit.step_count; i++)
        write_step(&unit.steps[i]);
    ck_assert_str_eq(written.bytes, "[part l 0(1)][default a][part l 1(1)]x"
                                    "[part l 2(1)]");
    template_free(&other);
}
END_TEST

START_TEST(a_mistake_in_the_other_file_is_told_with_its_own_line)
{
    static const char layout[] = "{% layout l() %}\n{{ }}";
    memset(&other, 0, sizeof(other));
    other.source =
        (struct source){"pages/layout.html", layout, sizeof(layout) - 1, ""};
    ck_assert(!template_parse(&other));
    ck_assert(!compile_page("{% use \"layout.html\" %}"));
    ck_assert_ptr_nonnull(
        strstr(unit.source.error, "pages/layout.html:2:1: error: this hole"));
    template_free(&other);
}
END_TEST

/* The digits are those of `printf 'p {}\n' | sha256sum`. */
#define ASSET "/css/a." STYLE_DIGEST ".css"
#define STYLE_DIGEST "c9dd3e1410d359b4"

static const char *const assets[][2] = {
    {"<link href=\"{{ asset(\"css/a.css\") }}\">", "<link href=\"" ASSET "\">"},
    {"<script src='{{ asset( \"css/a.css\" ) }}'></script>",
     "<script src='" ASSET "'></script>"},
    {"<img srcset=\"{{ asset(\"css/a.css\") }} 1x, {{ asset(\"css/a.css\") }}"
     " 2x\">",
     "<img srcset=\"" ASSET " 1x, " ASSET " 2x\">"},
    {"<meta content=\"https://h{{ asset(\"css/a.css\") }}\">",
     "<meta content=\"https://h" ASSET "\">"},
    {"<use href=\"{{ asset(\"css/a.css\") }}#i-{{ v }}\"/>",
     "<use href=\"" ASSET "#i-[rest v]\"/>"},
};

START_TEST(an_asset_has_the_fingerprint_of_its_content)
{
    struct text source = {0};
    text_printf(&source, "{%% template t(int v) %%}%s{%% end %%}",
                assets[_i][0]);
    ck_assert_msg(compile_page(source.bytes), "%s", unit.source.error);
    for (size_t i = 0; i < unit.step_count; i++)
        write_step(&unit.steps[i]);
    ck_assert_str_eq(written.bytes, assets[_i][1]);
    text_free(&source);
}
END_TEST

static const char *const asset_refusals[][2] = {
    {"<a href=\"{{ asset(\"b.css\") }}\">", "there is no static file b.css"},
    {"<a href=\"{{ asset(css) }}\">", "asset() names one static file"},
    {"<a href=\"{{ asset(\"\") }}\">", "asset() names one static file"},
    {"<a href=\"{{ asset(\"../a\") }}\">", "asset() names one static file"},
    {"<a href=\"{{ asset(\"/a\") }}\">", "asset() names one static file"},
    {"<a href=\"{{ asset(\"a/.b\") }}\">", "asset() names one static file"},
    {"<a href=\"{{ asset(\"a\", \"b\") }}\">", "asset() names one static"},
    {"<a href=\"/x{{ asset(\"css/a.css\") }}\">", "cannot stand here in the"},
    {"<a style=\"{{ asset(\"css/a.css\") }}\">", "cannot stand here in the"},
    {"<p>{{ asset(\"css/a.css\") }}", "cannot stand here in the text"},
    {"<a href={{ asset(\"css/a.css\") }}>", "cannot stand here in the attrib"},
};

START_TEST(an_asset_is_a_file_that_is_there_and_a_whole_url)
{
    struct text source = {0};
    text_printf(&source, "{%% template t(int v) %%}%s{%% end %%}",
                asset_refusals[_i][0]);
    ck_assert(!compile_page(source.bytes));
    ck_assert_msg(strstr(unit.source.error, asset_refusals[_i][1]) != NULL,
                  "expected %s\n     got %s", asset_refusals[_i][1],
                  unit.source.error);
    text_free(&source);
}
END_TEST

/* ---- blocks ---- */

static const char *const blocks[][2] = {
    {"{% if a %}x{% elif b %}y{% else %}z{% end %}",
     "[if a]x[elif b]y[else]z[end]"},
    {"{% for const int *i in v->a, v->n %}{{ *i }}{% else %}-{% end %}",
     "[for const int *i in v->a, v->n][text *i][else]-[end]"},
    {"{% for struct in *in in in_all(a, b), n %}{{ in->x }}{% end %}",
     "[for struct in *in in in_all(a, b), n][text in->x][end]"},
    {"{% call top(v, \"a, b\") %}", "[call top(v, \"a, b\")]"},
    {"{% call top( ) %}", "[call top()]"},
    {"a{# {{ no }} {% no %} #}b", "ab"},
    {"<p{% if a %} class=\"b\"{% end %}>", "<p[if a] class=\"b\"[end]>"},
    {"<p {% if a %}hidden{% end %}>", "<p [if a]hidden[end]>"},
    {"<p {% if a %}hidden {% end %}id=\"b\">",
     "<p [if a]hidden [end]id=\"b\">"},
    {"<p class=\"a{% if b %} b{% end %}\">", "<p class=\"a[if b] b[end]\">"},
    {"<p id=a{% if b %} hidden{% end %}>", "<p id=a[if b] hidden[end]>"},
    {"<a href=\"{% if a %}{{ v }}{% else %}/{% end %}\">",
     "<a href=\"[if a][whole v][else]/[end]\">"},
    {"<a href=\"{% if a %}/x{% else %}/y{% end %}/{{ v }}\">",
     "<a href=\"[if a]/x[else]/y[end]/[rest v]\">"},
    {"<a href=\"/?a{% for int *i in a, n %}&amp;i={{ *i }}{% end %}\">",
     "<a href=\"/?a[for int *i in a, n]&amp;i=[rest *i][end]\">"},
    {"<svg{% for int *i in a, n %} data-x=\"{{ *i }}\"{% end %}>",
     "<svg[for int *i in a, n] data-x=\"[attribute *i]\"[end]>"},
    {"<title>{% if a %}{{ v }} - {% end %}b</title>",
     "<title>[if a][attribute v] - [end]b</title>"},
};

START_TEST(a_block_becomes_its_statement)
{
    check_body(blocks[_i][0], blocks[_i][1]);
}
END_TEST

/* ---- white space ---- */

static const char *const spaces[][2] = {
    {"a  b", "a b"},
    {"a \n\n\t b", "a\nb"},
    {" a ", " a "},
    {"\n  <p>a</p>\n  ", "<p>a</p>\n"},
    {"<p>a</p>\n  <p>b</p>\n", "<p>a</p>\n<p>b</p>\n"},
    {"<p\n   id=\"a\"\n   hidden\n>", "<p id=\"a\" hidden >"},
    {"<p title=\"a  b\">", "<p title=\"a  b\">"},
    {"<pre>\n a  b\n</pre>  c", "<pre>\n a  b\n</pre> c"},
    {"<textarea> a  b </textarea>  c", "<textarea> a  b </textarea> c"},
    {"<script> a  b </script>  c", "<script> a  b </script> c"},
    {"{{ v }}  {{ v }}", "[text v] [text v]"},
    /* A line of tags alone yields nothing ... */
    {"\n<ul>\n{% if a %}\n  <li>\n{% end %}\n</ul>\n",
     "<ul>\n[if a]<li>\n[end]</ul>\n"},
    {"\n<ul>\n  {% for int *i in a, n %}\n  <li>\n  {% end %}\n</ul>\n",
     "<ul>\n[for int *i in a, n]<li>\n[end]</ul>\n"},
    {"\na\n{# why #}\nb\n", "a\nb\n"},
    {"\na\n{% if a %} {# why #}\nb\n{% end %}\n", "a\n[if a]b\n[end]"},
    {"<pre>\n{% if a %}\n x\n{% end %}\n</pre>",
     "<pre>\n[if a] x\n[end]</pre>"},
    {"<p title=\"a\n  {% if a %}\n  b\n  {% end %}\n  c\">",
     "<p title=\"a\n[if a]  b\n[end]  c\">"},
    /* ... but never glues together what it parts. */
    {"a{% if b %}\n{% end %}\nc", "a[if b]\n[end]\nc"},
    {"a {% for int *i in a, n %} b{% end %} c",
     "a [for int *i in a, n] b[end] c"},
    {"a {% for int *i in a, n %} b {% end %} c",
     "a [for int *i in a, n]b [end]c"},
    {"a\n{% call x() %}\nb", "a\n[call x()]\nb"},
    {"a{% if b %} c{% end %}", "a[if b] c[end]"},
    {"a {% if b %} c {% else %} d{% end %} e", "a [if b]c [else]d[end] e"},
    /* Browsers drop the first line break of these two. */
    {"<textarea>{{ v }}</textarea>", "<textarea>\n[attribute v]</textarea>"},
    {"<pre>{{ v }}</pre>", "<pre>\n[text v]</pre>"},
    {"<pre>\n{{ v }}</pre>", "<pre>\n[text v]</pre>"},
    {"<pre>{% if a %}{{ v }}{% end %}</pre>",
     "<pre>[if a]\n[text v][end]</pre>"},
};

START_TEST(white_space_is_sent_once)
{
    check_body(spaces[_i][0], spaces[_i][1]);
}
END_TEST

/* ---- refusals: of a body, at its line and column ---- */

#define RAW "no escape is safe there"
#define QUOTE "put quotes around the value"
#define TAG_NAME "the name of a tag cannot be chosen by a value"
#define ATTRIBUTE "takes no hole"
#define BEGIN "cannot be all of the attribute"

static const struct {
    const char *body; /* begins in line 2 */
    const char *place;
    const char *message;
} refusals[] = {
    /* Places that take no hole. */
    {"<script>{{ v }}</script>", "2:9", RAW},
    {"<style>{{ v }}</style>", "2:8", RAW},
    /* JSON, and what is none. */
    {"<script type=\"text/javascript\">{{ v }}</script>", "2:32", RAW},
    {"<script type=\"module\" type=\"application/json\">{{ v }}", "2:47", RAW},
    {"<script type type=\"application/json\">{{ v }}", "2:38", RAW},
    {"<script type=\"application/json;\">{{ v }}", "2:34", RAW},
    {"<script type=\"application/jsonapplication/json\">{{ v }}", "2:49", RAW},
    {"<script type=\"{{ v }}\">", "2:15", ATTRIBUTE},
    {"<script{% if a %} type=\"application/json\"{% end %}>{{ v }}", "2:52",
     RAW},
    {"<script type=\"application/{% if a %}ld+{% end %}json\">{{ v }}", "2:55",
     RAW},
    {"<style type=\"application/json\">{{ v }}", "2:32", RAW},
    {"<script type=\"application/json\">\"{{ v }}\"", "2:34", "part of a str"},
    {"<script type=\"application/json\">[1{{ v }}", "2:35", "stands before"},
    {"<script type=\"application/json\">{{ v }}{{ v }}", "2:40", "stands bef"},
    {"<script type=\"application/json\">{{ v }}\"a\"", "2:40", "may follow it"},
    {"<script type=\"application/json\">\"</script>", "2:42", "close the str"},
    {"<script type=\"application/json\">{% t %}a{% end %}", "2:33",
     "no {% t %} may stand in <script>"},
    {"<script type=\"application/json\">\"{% if a %}\"", "2:34",
     "no {% tag %} may"},
    {"<script type=\"application/json\">{% if a %}\"{% end %}", "2:44",
     "no {% tag %} may"},
    {"<script type=\"application/json\">{% call a() %}", "2:33", "cannot be c"},
    /* Words. */
    {"{% t %}{% end %}", "2:1", "nothing stands in this"},
    {"{% t n = v %}a{% plural %} {% end %}", "2:1", "nothing stands in this"},
    {"{% t a %}{{ a }}{% end %}", "2:6", "are written {% t NAME = EXPRESSION"},
    {"{% t a == b %}{% end %}", "2:6", "are written {% t NAME = EXPRESSION"},
    {"{% t a = %}{% end %}", "2:6", "are written {% t NAME = EXPRESSION"},
    {"{% t a = b, %}{% end %}", "2:11", "are written {% t NAME = EXPRESSION"},
    {"{% t a = b, a = c %}", "2:13", "the value a is there already"},
    {"{% t a = b; c %}", "2:11", "not a statement"},
    {"{% t %}{{ v }}{% end %}", "2:8", "a name that translators see"},
    {"{% t a = v %}{{ v }}{% end %}", "2:14", "a name that translators see"},
    {"{% t a = v %}b{% end %}", "2:6", "the value a is not used"},
    {"{% t n = v, a = b %}1{% plural %}{{ n }}{% end %}", "2:13",
     "the value a is not used"},
    {"{% t n = v, a = b %}{{ a }}{% plural %}{{ n }}{% end %}", "2:13",
     "not used in this {% t %}, before and after {% plural %}"},
    {"{% t %}a{b{% end %}", "2:9", "write &#123;"},
    {"{% t %}a}b{% end %}", "2:9", "write &#125;"},
    {"{% t %}a{% t %}", "2:9", "end the one of line 2 first"},
    {"{% t %}a{% if b %}", "2:9", "only words, tags of HTML"},
    {"{% t %}<p{% end %}", "2:10", "this is in the tag <p>, but the {% t %}"},
    {"{% t %}<b title=\"{% end %}", "2:18", "in the attribute title of <b>"},
    {"<b>{% t %}a</b>c{% end %}", "2:4", "each tag that ends in a {% t %}"},
    {"{% t n = v %}a{% plural %}</b>{% end %}", "2:1", "each tag that ends"},
    {"{% plural %}", "2:1", "belongs to no {% t %}"},
    {"{% t n = v %}a{% plural %}b{% plural %}", "2:28", "already"},
    {"{% t n = v %}a{% plural x %}", "2:25", "stands alone"},
    {"{% t %}a{% plural %}", "2:9", "needs the number"},
    {"<p {% t %}a{% end %}>", "2:4", "no {% t %} may stand in the tag <p>"},
    {"<a href=\"{% t %}/a{% end %}\">", "2:10", "no {% t %} may stand"},
    {"<a style=\"{% t %}a{% end %}\">", "2:11", "no {% t %} may stand"},
    {"<script>{% t %}a{% end %}</script>", "2:9", "no {% tag %} may stand"},
    {"<iframe>{{ v }}</iframe>", "2:9", RAW},
    {"<!-- {{ v }} -->", "2:6", "in an HTML comment"},
    {"<!doctype {{ v }}>", "2:11", "in the doctype"},
    {"<{{ v }}>", "2:2", TAG_NAME},
    {"<h{{ v }}>", "2:3", TAG_NAME},
    {"</{{ v }}>", "2:3", TAG_NAME},
    {"</p {{ v }}>", "2:5", "in the end tag </p>"},
    {"<p {{ v }}>", "2:4", "in the tag <p>"},
    {"<p a{{ v }}>", "2:5", "in the name of an attribute"},
    {"<p a={{ v }}>", "2:6", QUOTE},
    {"<p a=b{{ v }}>", "2:7", QUOTE},
    {"<p onclick=\"{{ v }}\">", "2:13", ATTRIBUTE},
    {"<p ONCLICK=\"f({{ v }})\">", "2:15", ATTRIBUTE},
    {"<p style=\"color: {{ v }}\">", "2:18", ATTRIBUTE},
    {"<iframe srcdoc=\"{{ v }}\">", "2:17", ATTRIBUTE},
    {"<meta http-equiv=\"{{ v }}\">", "2:19", ATTRIBUTE},
    {"<meta http-equiv=a content=\"{{ v }}\">", "2:29", "orders"},
    {"<meta content=\"{{ v }}\" http-equiv=\"a\">", "2:35", "orders"},
    {"<svg><set to=\"{{ v }}\"/>", "2:15", ATTRIBUTE},
    {"<svg><animate values=\"{{ v }}\"/>", "2:23", ATTRIBUTE},
    {"<script src=\"{{ v }}\"></script>", "2:14", BEGIN},
    {"<base href=\"{{ v }}\">", "2:13", BEGIN},
    {"<object data=\"{{ v }}\">", "2:15", BEGIN},
    {"<iframe src=\"{{ v }}\">", "2:14", BEGIN},
    {"<img srcset=\"{{ v }} 1x\">", "2:14", "cannot begin a URL of the list"},
    {"<img srcset=\"/a 1x, {{ v }}\">", "2:21", "of the list"},
    /* URLs. */
    {"<a href=\"{{ v }}/x\">", "2:17", "nothing may follow"},
    {"<a href=\"{{ v }}{{ v }}\">", "2:17", "no other may follow"},
    {"<a href=\"javascript:f({{ v }})\">", "2:23", "beginning of a URL"},
    {"<a href=\"data:{{ v }}\">", "2:15", "beginning of a URL"},
    {"<a href=\"x&#58;{{ v }}\">", "2:16", "beginning of a URL"},
    {"<a href=\"averyveryverylongscheme:{{ v }}\">", "2:34", "beginning"},
    {"<a href=\"https://{{ v }}\">", "2:18", "choose the host"},
    {"<a href=\"//{{ v }}/x\">", "2:12", "choose the host"},
    {"<a href=\"/\\{{ v }}/x\">", "2:12", "choose the host"},
    {"<a href=\"https:///{{ v }}\">", "2:19", "choose the host"},
    {"<a href=\"https:{{ v }}\">", "2:16", "choose the host"},
    {"<a href=\"https://a{{ v }}\">", "2:19", "choose the host"},
    {"<a href=\"/{{ v }}/x\">", "2:18", "names another host"},
    {"<a href=\"j{{ v }}:x\">", "2:18", "choose the scheme"},
    {"<a href=\"/a\n/b\">", "2:12", "line breaks"},
    {"<a href=\"{% if a %}/b{% end %}{{ v }}\">", "2:31", "different ways"},
    {"<a href=\"{% if a %}{{ v }}{% end %}x\">", "2:36", "nothing may follow"},
    {"<a href=\"{% for int *i in a, n %}/{{ *i }}{% end %}\">", "2:43",
     "each round"},
    /* HTML that browsers repair, each in a way of its own. */
    {"a < b", "2:3", "write &lt;"},
    {"a <3", "2:3", "write &lt;"},
    {"</>", "2:3", "begins no end tag"},
    {"<!x>", "2:3", "neither a comment"},
    {"<![CDATA[x]]>", "2:3", "neither a comment"},
    {"<!-- a --!> -->", "2:10", "remove the '!'"},
    {"<p\"a\">", "2:3", "in the name of a tag"},
    {"<p a=\"b\"c>", "2:9", "white space is missing"},
    {"<p a =\"b\">", "2:6", "remove the space before '='"},
    {"<p a= \"b\">", "2:6", "is missing"},
    {"<p a=>", "2:6", "is missing"},
    {"<p a=b'c>", "2:7", "without quotes"},
    {"<p \"a\">", "2:4", "cannot begin an attribute"},
    {"<p a\"b>", "2:5", "name of an attribute"},
    {"<p a=\"b\" <p>", "2:10", "cannot begin an attribute"},
    {"<p /a>", "2:5", "only '>' may follow"},
    {"</p a>", "2:5", "its name alone"},
    {"</p/>", "2:4", "its name alone"},
    {"<script/>", "2:9", "browsers do not end"},
    {"<title><b></title>", "2:9", "only </title> may follow"},
    {"<title>a</titles>", "2:16", "its name alone"},
    {"<script><!-- a", "2:12", "changes what ends it"},
    {"<plaintext>", "2:11", "never ends"},
    /* Blocks and the HTML. */
    {"<p>{% if a %}<p class=\"{% end %}", "2:24",
     "this is in the attribute class of <p>, but the {% if %} of line 2 "
     "began in the text"},
    {"<p {% if a %}>{% end %}", "2:15", "this is in the text"},
    {"{% if a %}<pre>{% end %}", "2:16", "this is in <pre>"},
    {"{% if a %}<title>{% end %}", "2:18", "this is in <title>"},
    {"<p {% if a %}a{% end %}b>", "2:24", "white space is missing"},
    {"<p {% for int *i in a, n %}a {% end %}>", "2:28", "white space"},
    {"<p{% if a %}re{% end %}>", "2:13", "white space is missing"},
    {"<script>{% if a %}{% end %}</script>", "2:9", "no {% tag %} may stand"},
    {"<!-- {% if a %}{% end %} -->", "2:6", "no {% tag %} may stand"},
    {"<p a={% if a %}\"b\"{% end %}>", "2:6", "no {% tag %} may stand"},
    {"<p title=\"{% call x() %}\">", "2:11", "cannot be called"},
    {"<p", "2:3", "this is in the tag <p>, but the {% template %}"},
    {"<pre>", "2:6", "this is in <pre>"},
    {"<script>", "2:9", "may stand in <script>"},
    /* The words of tags. */
    {"{% if %}{% end %}", "2:1", "the condition is missing"},
    {"{% else %}", "2:1", "belongs to no"},
    {"{% elif a %}", "2:1", "follows no"},
    {"{% if a %}{% else %}{% else %}{% end %}", "2:21", "already"},
    {"{% if a %}{% else %}{% elif b %}{% end %}", "2:21", "follows no"},
    {"{% for int *i in a, n %}{% elif b %}{% end %}", "2:25", "follows no"},
    {"{% if a %}{% end if %}", "2:18", "stands alone"},
    {"{% while a %}", "2:1", "none of use, template"},
    {"{% %}", "2:1", "none of use, template"},
    {"{% use \"a.h\" %}", "2:1", "outside of the templates"},
    {"{% template a() %}", "2:1", "within another"},
    {"{% call %}", "2:8", "the name of a template is missing"},
    {"{% call a %}", "2:9", "write a()"},
    {"{% call a() + b() %}", "2:11", "closes nothing"},
    {"{% call A() %}", "2:9", "the name of a template is missing"},
    {"{% for %}{% end %}", "2:1", "a loop is written"},
    {"{% for int *i in a %}{% end %}", "2:1", "a loop is written"},
    {"{% for int *i in , n %}{% end %}", "2:1", "a loop is written"},
    {"{% for int i in a, n %}{% end %}", "2:8", "points at each element"},
    {"{% for f(*i) in a, n %}{% end %}", "2:8", "points at each element"},
    {"{% for int *i in a, n, m %}{% end %}", "2:22", "one expression"},
    /* C. */
    {"{{ }}", "2:1", "empty"},
    {"{{ a; b }}", "2:5", "not a statement"},
    {"{{ a, b }}", "2:5", "one expression"},
    {"{{ f(a }}", "2:5", "is not closed"},
    {"{{ a) }}", "2:5", "closes nothing"},
    {"{{ a[b) }}", "2:7", "closes nothing"},
    {"{{ \"a }}", "2:4", "quote is not closed"},
    {"{{ a /* b */ }}", "2:6", "comment"},
    {"{{ a // b\n }}", "2:6", "comment"},
    {"{{ a\n#define b\n }}", "3:1", "cannot stand"},
    {"{{ a", "2:1", "is not closed; add its }}"},
    {"{% if a", "2:1", "is not closed; add its %}"},
    {"{# a", "2:1", "is not closed; add its #}"},
    {"\303\251 {{ }}", "2:3", "empty"},
};

START_TEST(a_body_is_refused_where_it_is_wrong)
{
    struct text source = {0};
    char place[32];
    text_printf(&source, "{%% template t(int v) %%}\n%s{%% end %%}",
                refusals[_i].body);
    ck_assert_msg(!compile(source.bytes, source.length), "compiled: %s",
                  refusals[_i].body);
    snprintf(place, sizeof(place), "t.html:%s: error: ", refusals[_i].place);
    ck_assert_msg(strncmp(unit.source.error, place, strlen(place)) == 0 &&
                      strstr(unit.source.error, refusals[_i].message),
                  "expected %s%s\n     got %s", place, refusals[_i].message,
                  unit.source.error);
    text_free(&source);
}
END_TEST

/* ---- refusals of files ---- */

static const char *const files[][2] = {
    {"", "1:1: error: the file has no template"},
    {"{# a #}\n", "1:1: error: the file has no template"},
    {"\n a", "2:2: error: this stands outside"},
    {"{{ v }}", "1:1: error: this stands outside"},
    {"{% if a %}", "1:1: error: this stands outside"},
    {"{% end %}", "1:1: error: this {% end %} ends nothing"},
    {"{% use views.h %}", "1:1: error: {% use %} names one header"},
    {"{% use \"a\"b\" %}", "1:1: error: {% use %} names one header"},
    {"{% template t() %}", "1:1: error: this {% template %} has no"},
    {"{% template t() %}\n{% if a %}\n{% end %}", "1:1: error: this {% t"},
    {"{% template t() %}\n{% if a %}", "2:1: error: this {% if %} has no"},
    {"{% template %}", "1:12: error: the name of a template is missing"},
    {"{% template 1() %}", "1:13: error: the name of a template is missing"},
    {"{% template fb_a() %}", "1:13: error: names that begin with fb_"},
    {"{% template aB() %}", "1:14: error: the name of a template is of"},
    {"{% template a(int b %}", "1:13: error: the name of a template is"},
    {"{% template a(b;) %}", "1:16: error: a ';' cannot stand"},
    {"{% template a() %}{% end %}\n{% template a() %}{% end %}",
     "2:13: error: the template a exists already in line 1"},
    {"\377", "1:1: error: this is not UTF-8"},
    {"a\300\200", "1:2: error: this is not UTF-8"},
    {"a\355\240\200", "1:2: error: this is not UTF-8"},
    {"a\303", "1:2: error: this is not UTF-8"},
    {"a\364\220\200\200", "1:2: error: this is not UTF-8"},
    {"a\r\n", "1:2: error: this line ends in CR LF"},
    {"a\001", "1:2: error: this is a control character"},
};

START_TEST(a_file_is_refused_where_it_is_wrong)
{
    char expected[256];
    snprintf(expected, sizeof(expected), "t.html:%s", files[_i][1]);
    ck_assert(!compile(files[_i][0], strlen(files[_i][0])));
    ck_assert_msg(strncmp(unit.source.error, expected, strlen(expected)) == 0,
                  "expected %s\n     got %s", expected, unit.source.error);
}
END_TEST

START_TEST(a_nul_byte_is_refused)
{
    ck_assert(!compile("a\0b", 3));
    ck_assert_ptr_nonnull(strstr(unit.source.error, "1:2: error: this is a"));
}
END_TEST

/* ---- limits ---- */

static void repeat(struct text *text, const char *words, size_t times)
{
    for (size_t i = 0; i < times; i++)
        text_printf(text, "%s", words);
}

static const struct {
    const char *before;
    const char *again;
    size_t times;
    const char *message;
} limits[] = {
    {"", " ", TEMPLATE_FILE_MAX + 1, "at most 1048576 are allowed"},
    {"{% template t() %}", "{% if a %}", TEMPLATE_NESTING_MAX,
     "nested more than 32 deep"},
    {"{% template t() %}{{ ", "(", TEMPLATE_NESTING_MAX + 1,
     "this {{ is not closed"},
    {"{% template ", "a", 100000, "this {% is not closed"},
    {"", "{% use \"a.h\" %}", TEMPLATE_USES_MAX + 1, "at most 32 headers"},
    {"{% template t() %}<", "a", HTML_NAME_MAX + 1, "longer than 63"},
    {"{% template t() %}{% t %}", "a", TEMPLATE_WORDS_MAX + 1,
     "more than 4096"},
    {"{% template t() %}<p ", "a", HTML_NAME_MAX + 1, "longer than 63"},
    {"{% template t() %}</", "a", HTML_NAME_MAX + 1, "longer than 63"},
};

START_TEST(what_is_too_much_is_refused)
{
    struct text source = {0};
    text_printf(&source, "%s", limits[_i].before);
    repeat(&source, limits[_i].again, limits[_i].times);
    ck_assert(!compile(source.bytes, source.length));
    ck_assert_msg(strstr(unit.source.error, limits[_i].message) != NULL,
                  "expected %s\n     got %s", limits[_i].message,
                  unit.source.error);
    text_free(&source);
}
END_TEST

START_TEST(what_is_too_long_between_braces_is_refused)
{
    struct text source = {0};
    text_printf(&source, "{%% template t() %%}{{ ");
    repeat(&source, "a", TEMPLATE_CODE_MAX + 1);
    text_printf(&source, " }}{%% end %%}");
    ck_assert(!compile(source.bytes, source.length));
    ck_assert_ptr_nonnull(strstr(unit.source.error, "at most 4096"));
    text_free(&source);
}
END_TEST

START_TEST(words_with_too_many_tags_are_refused)
{
    struct text source = {0};
    text_printf(&source, "{%% template t() %%}{%% t %%}a");
    repeat(&source, "<b>", TEMPLATE_TAGS_MAX + 1);
    text_printf(&source, "{%% end %%}{%% end %%}");
    ck_assert(!compile(source.bytes, source.length));
    ck_assert_ptr_nonnull(strstr(unit.source.error, "there are at most 64"));
    text_free(&source);
}
END_TEST

START_TEST(brackets_may_not_be_nested_without_end)
{
    struct text source = {0};
    text_printf(&source, "{%% template t() %%}{{ ");
    repeat(&source, "(", TEMPLATE_NESTING_MAX + 1);
    text_printf(&source, " }}{%% end %%}");
    ck_assert(!compile(source.bytes, source.length));
    ck_assert_ptr_nonnull(strstr(unit.source.error, "more than 32 deep"));
    text_free(&source);
}
END_TEST

START_TEST(a_name_that_is_too_long_is_refused)
{
    struct text source = {0};
    text_printf(&source, "{%% template ");
    repeat(&source, "a", TEMPLATE_NAME_MAX + 1);
    text_printf(&source, "() %%}{%% end %%}");
    ck_assert(!compile(source.bytes, source.length));
    ck_assert_ptr_nonnull(strstr(unit.source.error, "at most 64"));
    text_free(&source);
}
END_TEST

/* ---- the C ---- */

START_TEST(the_c_names_the_lines_of_the_template)
{
    static const char source[] = "{# a page #}\n"
                                 "{% use \"views.h\" %}\n"
                                 "{% template page(const struct view *v,\n"
                                 "                 int n) %}\n"
                                 "<p>\"\\?\303\251</p>\n"
                                 "{% for const struct post *post in v->posts,\n"
                                 "       v->post_count %}\n"
                                 "{{ post->title }}\n"
                                 "{% else %}\n"
                                 "{% if n > 1 %}b{% elif n %}c{% end %}\n"
                                 "{% end %}\n"
                                 "{% end %}\n";
    static const char expected[] =
        "/* Made by foobar-template; edit the template that #line names. */\n"
        "\n"
        "#include <foobar/foobar.h>\n"
        "\n"
        "#include \"templates.h\"\n"
        "#include \"views.h\"\n"
        "\n"
        "#include <stddef.h>\n"
        "\n"
        "#line 3 \"t.html\"\n"
        "void page_html(struct fb_out *out, const struct view *v,"
        "                  int n)\n"
        "{\n"
        "    fb_out_literal(out, \"<p>\\\"\\\\\\?\303\251</p>\\n\", 13);\n"
        "    {\n"
        "#line 6\n"
        "        const size_t fb_count_1 = v->post_count;\n"
        "#line 6\n"
        "        for (size_t fb_at_1 = 0; fb_at_1 < fb_count_1; fb_at_1++) {\n"
        "#line 6\n"
        "            const struct post *post = &(v->posts)[fb_at_1];\n"
        "#line 8\n"
        "            fb_out_value(out, (post->title));\n"
        "#line 8\n"
        "            fb_out_literal(out, \"\\n\", 1);\n"
        "        }\n"
        "#line 9\n"
        "        if (fb_count_1 == 0) {\n"
        "            if (n > 1) {\n"
        "#line 10\n"
        "                fb_out_literal(out, \"b\", 1);\n"
        "#line 10\n"
        "            } else if (n) {\n"
        "#line 10\n"
        "                fb_out_literal(out, \"c\", 1);\n"
        "#line 10\n"
        "            }\n"
        "#line 10\n"
        "            fb_out_literal(out, \"\\n\", 1);\n"
        "        }\n"
        "#line 11\n"
        "    }\n"
        "}\n";
    ck_assert_msg(compile(source, sizeof(source) - 1), "%s", unit.source.error);
    template_emit_source(&unit, "templates.h", &written);
    ck_assert_str_eq(written.bytes, expected);
}
END_TEST

START_TEST(a_template_that_writes_nothing_compiles)
{
    static const char source[] = "{% template none() %}{% end %}";
    ck_assert(compile(source, sizeof(source) - 1));
    template_emit_source(&unit, "templates.h", &written);
    ck_assert_ptr_nonnull(strstr(written.bytes, "(void)out;"));
}
END_TEST

static bool compile_two(struct unit *units, const char *first,
                        const char *second)
{
    memset(units, 0, 2 * sizeof(*units));
    units[0].source = (struct source){
        .path = "a.html", .bytes = first, .length = strlen(first)};
    units[1].source = (struct source){
        .path = "b.html", .bytes = second, .length = strlen(second)};
    return template_parse(&units[0]) && template_parse(&units[1]);
}

START_TEST(the_header_declares_all_and_includes_once)
{
    struct unit two[2];
    ck_assert(compile_two(two, "{% use \"v.h\" %}{% template a() %}{% end %}",
                          "{% use \"v.h\" %}{% use \"w.h\" %}"
                          "{% template b(int c) %}{% end %}"));
    ck_assert(template_emit_header(two, 2, &written));
    ck_assert_str_eq(written.bytes,
                     "/* Made by foobar-template; edit the templates. */\n"
                     "\n"
                     "#ifndef FOOBAR_TEMPLATES_H\n"
                     "#define FOOBAR_TEMPLATES_H\n"
                     "\n"
                     "#include <foobar/foobar.h>\n"
                     "\n"
                     "/* What --catalogue makes; for foobar_app. */\n"
                     "extern const struct fb_catalogue app_catalogue;\n"
                     "\n"
                     "#include \"v.h\"\n"
                     "#include \"w.h\"\n"
                     "\n"
                     "void a_html(struct fb_out *out);\n"
                     "void b_html(struct fb_out *out, int c);\n"
                     "\n"
                     "#endif\n");
    template_free(&two[0]);
    template_free(&two[1]);
}
END_TEST

START_TEST(two_files_may_not_have_a_template_of_one_name)
{
    struct unit two[2];
    ck_assert(compile_two(two, "{% template a() %}{% end %}",
                          "\n{% template a() %}{% end %}"));
    ck_assert(!template_emit_header(two, 2, &written));
    ck_assert_str_eq(two[1].source.error,
                     "b.html:2:13: error: the template a exists already in "
                     "a.html:1; choose another name");
    template_free(&two[0]);
    template_free(&two[1]);
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_loop_test(tests, a_plain_text_is_sent_as_it_is, 0,
                        UNIT_ROWS(texts));
    tcase_add_test(tests, a_plain_text_has_no_layout);
    tcase_add_loop_test(tests, a_hole_is_escaped_by_the_html_around_it, 0,
                        UNIT_ROWS(holes));
    tcase_add_loop_test(tests, a_block_becomes_its_statement, 0,
                        UNIT_ROWS(blocks));
    tcase_add_loop_test(tests, white_space_is_sent_once, 0, UNIT_ROWS(spaces));
    tcase_add_loop_test(tests,
                        words_are_handed_to_translators_as_they_are_written, 0,
                        UNIT_ROWS(messages));
    tcase_add_loop_test(tests, a_page_is_drawn_in_the_parts_of_its_layout, 0,
                        UNIT_ROWS(layouts));
    tcase_add_loop_test(tests, a_layout_is_refused_where_it_is_wrong, 0,
                        UNIT_ROWS(layout_refusals));
    tcase_add_test(tests, a_layout_may_stand_in_another_file);
    tcase_add_test(tests,
                   a_mistake_in_the_other_file_is_told_with_its_own_line);
    tcase_add_loop_test(tests, an_asset_has_the_fingerprint_of_its_content, 0,
                        UNIT_ROWS(assets));
    tcase_add_loop_test(tests, an_asset_is_a_file_that_is_there_and_a_whole_url,
                        0, UNIT_ROWS(asset_refusals));
    tcase_add_loop_test(tests, a_body_is_refused_where_it_is_wrong, 0,
                        UNIT_ROWS(refusals));
    tcase_add_loop_test(tests, a_file_is_refused_where_it_is_wrong, 0,
                        UNIT_ROWS(files));
    tcase_add_test(tests, a_nul_byte_is_refused);
    tcase_add_loop_test(tests, what_is_too_much_is_refused, 0,
                        UNIT_ROWS(limits));
    tcase_add_test(tests, what_is_too_long_between_braces_is_refused);
    tcase_add_test(tests, words_with_too_many_tags_are_refused);
    tcase_add_test(tests, brackets_may_not_be_nested_without_end);
    tcase_add_test(tests, a_name_that_is_too_long_is_refused);
    tcase_add_test(tests, the_c_names_the_lines_of_the_template);
    tcase_add_test(tests, a_template_that_writes_nothing_compiles);
    tcase_add_test(tests, the_header_declares_all_and_includes_once);
    tcase_add_test(tests, two_files_may_not_have_a_template_of_one_name);
}

UNIT_MAIN("templates", add_tests)
