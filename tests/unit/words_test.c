/*
 * The words of templates and their translations: appserver/tools/
 * template_po.c and template_words.c.
 */

#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "template.h"

#define HEADER                                         \
    "msgid \"\"\nmsgstr \"\"\n\"Language: de\\n\"\n"   \
    "\"Content-Type: text/plain; charset=UTF-8\\n\"\n" \
    "\"Plural-Forms: nplurals=2; plural=n != 1;\\n\"\n"

static struct unit unit;
static struct po po;
static struct text out;
static struct text template_bytes; /* names of values point into them */
static struct text po_bytes;

static void set_up(void)
{
    memset(&unit, 0, sizeof(unit));
    memset(&po, 0, sizeof(po));
    memset(&out, 0, sizeof(out));
}

static void tear_down(void)
{
    template_free(&unit);
    po_free(&po);
    text_free(&out);
    text_free(&template_bytes);
    text_free(&po_bytes);
}

static bool read_po(const char *path, const char *bytes)
{
    po.source =
        (struct source){.path = path, .bytes = bytes, .length = strlen(bytes)};
    return po_parse(&po);
}

/* ---- files of translations ---- */

START_TEST(a_file_of_translations_is_read)
{
    ck_assert_msg(read_po("site/locale/de.po",
                          "# by hand\n" HEADER "\n#: a.html:1\n"
                          "msgid \"a\"\n\"b\\n\\\"c\\\\\"\nmsgstr \"x\"\n\n"
                          "#, fuzzy\nmsgid \"guess\"\nmsgstr \"y\"\n\n"
                          "msgid \"one\"\nmsgid_plural \"many\"\n"
                          "msgstr[0] \"eins\"\nmsgstr[1] \"viele\"\n"
                          "#~ msgid \"old\"\n#~ msgstr \"alt\"\n"),
                  "%s", po.source.error);
    ck_assert_str_eq(po.language, "de");
    ck_assert_str_eq(po.plural, "n != 1");
    ck_assert_uint_eq(po.plurals, 2);
    ck_assert_uint_eq(po.entry_count, 3);
    ck_assert_str_eq(po.entries[0].words.bytes, "ab\n\"c\\");
    ck_assert_str_eq(po.entries[0].forms[0].bytes, "x");
    ck_assert(po_is_translated(&po, &po.entries[0]));
    ck_assert(!po_is_translated(&po, &po.entries[1]));
    ck_assert_str_eq(po.entries[2].many.bytes, "many");
    ck_assert_str_eq(po.entries[2].forms[1].bytes, "viele");
}
END_TEST

START_TEST(a_region_is_written_as_browsers_do)
{
    ck_assert_msg(read_po("pt_BR.po",
                          "msgid \"\"\nmsgstr \"Language: pt_BR\\n\"\n"
                          "\"Content-Type: text/plain; charset=UTF-8\\n\"\n"),
                  "%s", po.source.error);
    ck_assert_str_eq(po.language, "pt-BR");
    ck_assert_uint_eq(po.plurals, 1);
}
END_TEST

static const char *const refusals[][3] = {
    {"de.po", "", "de.po:1:1: error: the file has no header"},
    {"de.txt", HEADER, "de.txt:1:1: error: the file's name is no language"},
    {".po", HEADER, ".po:1:1: error: the file's name is no language"},
    {"fr.po", HEADER, "fr.po:1:1: error: the header's Language is \"de\""},
    {"de.po", "msgid \"\"\nmsgstr \"Language: de\\n\"\n",
     "de.po:1:1: error: the header's Content-Type"},
    {"de.po", "msgid \"a\"\nmsgstr \"\"\n", "de.po:1:1: error: the header, "},
    {"de.po", HEADER HEADER, "de.po:6:1: error: the header, which"},
    {"de.po", HEADER "msgid \"a\"\n", "de.po:6:1: error: this msgid has no"},
    {"de.po", HEADER "msgstr \"a\"\n", "de.po:6:1: error: the forms are"},
    {"de.po", HEADER "msgid_plural \"a\"\n", "de.po:6:1: error: msgid_plural"},
    {"de.po", HEADER "msgid \"a\"\nmsgstr[0] \"b\"\n",
     "de.po:7:1: error: msgst"},
    {"de.po", HEADER "msgid \"a\"\nmsgid_plural \"b\"\nmsgstr \"c\"\n",
     "de.po:8:1: error: msgstr follows"},
    {"de.po", HEADER "msgid \"a\"\nmsgid_plural \"b\"\nmsgstr[1] \"c\"\n",
     "de.po:8:1: error: the forms are numbered from 0"},
    {"de.po", HEADER "msgid \"a\"\nmsgid_plural \"b\"\nmsgstr[0] \"c\"\n",
     "de.po:6:1: error: this has 1 forms, and the header says 2"},
    {"de.po", HEADER "msgid \"a\"\nmsgid_plural \"b\"\nmsgstr[0 \"c\"\n",
     "de.po:8:1: error: a form is written"},
    {"de.po", HEADER "msgid \"a\"\nmsgstr \"b\"\nmsgstr \"c\"\n",
     "de.po:8:1: error: the forms are numbered"},
    {"de.po", HEADER "msgctx \"a\"\n", "de.po:6:1: error: this is none of"},
    {"de.po", HEADER "msgctxt \"a\"\n", "de.po:6:1: error: this msgid has no"},
    {"de.po", HEADER "msgctxt \"a\"\nmsgstr \"b\"\n",
     "de.po:7:1: error: msgstr follows"},
    {"de.po", HEADER "msgid \"a\"\nmsgctxt \"b\"\n",
     "de.po:6:1: error: this msgid has no"},
    {"de.po", HEADER "msgid a\n", "de.po:6:7: error: a string between quotes"},
    {"de.po", HEADER "msgid \"a\n", "de.po:6:7: error: this quote is not clos"},
    {"de.po", HEADER "msgid \"a\" b\n",
     "de.po:6:10: error: nothing may follow"},
    {"de.po", HEADER "msgid \"\\x41\"\n", "de.po:6:8: error: only \\n, \\t"},
    {"de.po", "\"a\"\n", "de.po:1:1: error: this string belongs to no"},
    {"de.po", "msgid \"\377\"\n", "de.po:1:8: error: this is not UTF-8"},
};

START_TEST(a_file_of_translations_is_refused_where_it_is_wrong)
{
    const char *expected = refusals[_i][2];
    ck_assert(!read_po(refusals[_i][0], refusals[_i][1]));
    ck_assert_msg(strncmp(po.source.error, expected, strlen(expected)) == 0,
                  "expected %s\n     got %s", expected, po.source.error);
}
END_TEST

static const struct {
    const char *rule;
    bool is_good;
} rules[] = {
    {"nplurals=1; plural=0;", true},
    {"nplurals=2; plural=(n > 1);", true},
    {"nplurals=2; plural=n != 1", true},
    {"nplurals=3; plural=n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && "
     "(n%100<10 || n%100>=20) ? 1 : 2;",
     true},
    {"nplurals=0; plural=0;", false},
    {"nplurals=7; plural=0;", false},
    {"nplurals=2; plural=exit(1);", false},
    {"nplurals=2; plural=nn;", false},
    {"nplurals=2; plural=n[0];", false},
    {"nplurals=2; plural=0; n", false},
    {"nplurals=2; plural=;", false},
    {"nplurals=INTEGER; plural=EXPRESSION;", false},
};

START_TEST(a_rule_of_plurals_is_arithmetic_and_nothing_else)
{
    struct text bytes = {0};
    text_printf(&bytes,
                "msgid \"\"\nmsgstr \"Language: de\\n\"\n"
                "\"Content-Type: text/plain; charset=UTF-8\\n\"\n"
                "\"Plural-Forms: %s\\n\"\n",
                rules[_i].rule);
    ck_assert_msg(read_po("de.po", bytes.bytes) == rules[_i].is_good, "%s: %s",
                  rules[_i].rule, po.source.error);
    text_free(&bytes);
}
END_TEST

/* ---- translations ---- */

static void compile(const char *body)
{
    text_printf(&template_bytes, "{%% template t(int v) %%}%s{%% end %%}",
                body);
    unit.source = (struct source){.path = "t.html",
                                  .bytes = template_bytes.bytes,
                                  .length = template_bytes.length};
    ck_assert_msg(template_parse(&unit), "%s", unit.source.error);
}

static bool translate(const char *body, const char *entry)
{
    compile(body);
    text_printf(&po_bytes, "%s%s", HEADER, entry);
    ck_assert_msg(read_po("de.po", po_bytes.bytes), "%s", po.source.error);
    return template_emit_catalogue(&unit, 1, &po, 1, "app_catalogue", &out);
}

static const char *const good[][3] = {
    {"{% t %}a{% end %}", "msgid \"a\"\nmsgstr \"ä\"\n", "{\"ä\", 2, 0}"},
    {"{% t %}a{% end %}", "msgid \"a\"\nmsgstr \"\"\n", "NULL"},
    {"{% t %}a{% end %}", "#, fuzzy\nmsgid \"a\"\nmsgstr \"b\"\n", "NULL"},
    {"{% t %}a{% end %}", "msgid \"b\"\nmsgstr \"c\"\n", "NULL"},
    {"{% t %}a{% end %}", "msgid \"a\"\nmsgstr \"b  c\\nd\"\n",
     "{\"b c d\", 5, 0}"},
    {"{% t x = v, y = v %}{{ x }} by {{ y }}{% end %}",
     "msgid \"{x} by {y}\"\nmsgstr \"{y} hat {x}\"\n",
     "{\"\", 0, 2},\n    {\" hat \", 5, 1},\n    {\"\", 0, 0}"},
    {"{% t %}a <b>c</b>{% end %}",
     "msgid \"a <b>c</b>\"\nmsgstr \"<b>C</b> A\"\n", "<b>C</b> A"},
    {"{% t n = v %}one{% plural %}{{ n }}{% end %}",
     "msgid \"one\"\nmsgid_plural \"{n}\"\nmsgstr[0] \"eins\"\n"
     "msgstr[1] \"{n} viele\"\n",
     "{p1_1_0, p1_1_1}"},
    {"<p title=\"{% t %}a{% end %}\">", "msgid \"a\"\nmsgstr \"b'c\"\n", "b'c"},
    {"{% t \"x\" %}a{% end %}", "msgctxt \"x\"\nmsgid \"a\"\nmsgstr \"b\"\n",
     "{\"b\", 1, 0}"},
    {"{% t \"x\" %}a{% end %}", "msgid \"a\"\nmsgstr \"b\"\n", "    NULL,\n"},
    {"{% t %}a{% end %}", "msgctxt \"x\"\nmsgid \"a\"\nmsgstr \"b\"\n",
     "    NULL,\n"},
    {"{% t \"x, y\", n = v %}one{% plural %}{{ n }}{% end %}",
     "msgctxt \"x, y\"\nmsgid \"one\"\nmsgid_plural \"{n}\"\n"
     "msgstr[0] \"eins\"\nmsgstr[1] \"{n}\"\n",
     "{p1_1_0, p1_1_1}"},
};

START_TEST(a_translation_that_fits_becomes_pieces)
{
    ck_assert_msg(translate(good[_i][0], good[_i][1]), "%s", po.source.error);
    ck_assert_msg(strstr(out.bytes, good[_i][2]) != NULL, "no %s in %s",
                  good[_i][2], out.bytes);
}
END_TEST

#define ENTRY(words, translation) \
    "msgid \"" words "\"\nmsgstr \"" translation "\"\n"

static const char *const misfits[][3] = {
    {"{% t %}a{% end %}", ENTRY("a", "<script>b"), "it leaves the place"},
    {"{% t %}a{% end %}", ENTRY("a", "<script>b</script>"), "its tags are not"},
    {"{% t %}a{% end %}", ENTRY("a", "<b>b</b>"), "its tags are not"},
    {"{% t %}a{% end %}", ENTRY("a", "b < c"), "this '<' begins no tag"},
    {"{% t %}a <b>c</b>{% end %}", ENTRY("a <b>c</b>", "d"), "its tags are"},
    {"{% t %}a <b>c</b>{% end %}", ENTRY("a <b>c</b>", "</b>d<b>"), "its tag"},
    {"{% t %}<a href=\"/a\">b</a>{% end %}",
     ENTRY("<a href=\\\"/a\\\">b</a>", "<a href=\\\"/b\\\">b</a>"), "its tags"},
    {"<p title=\"{% t %}a{% end %}\">", ENTRY("a", "b\\\" onclick=\\\"c"),
     "it leaves the place"},
    {"<title>{% t %}a{% end %}</title>", ENTRY("a", "<b>"), "only </title>"},
    /* One that fits the text ends an attribute. */
    {"{% t %}a{% end %}<p title=\"{% t %}a{% end %}\">", ENTRY("a", "b\\\"c"),
     "white space is missing"},
    {"{% t x = v %}{{ x }}{% end %}", ENTRY("{x}", "y"), "value of the orig"},
    {"{% t x = v %}{{ x }}{% end %}", ENTRY("{x}", "{y}"), "a name in braces"},
    {"{% t x = v %}{{ x }}{% end %}", ENTRY("{x}", "{x"), "a brace names"},
    {"{% t x = v %}<b title=\"x\">{{ x }}</b>{% end %}",
     ENTRY("<b title=\\\"x\\\">{x}</b>", "<b title=\\\"{x}\\\">x</b>"),
     "a name in braces"},
    {"{% t x = v %}<b onclick=\"x\">{{ x }}</b>{% end %}",
     ENTRY("<b onclick=\\\"x\\\">{x}</b>", "<b onclick=\\\"{x}\\\">x</b>"),
     "a name in braces"},
};

START_TEST(a_translation_that_does_not_fit_does_not_build)
{
    ck_assert_msg(!translate(misfits[_i][0], misfits[_i][1]), "it built: %s",
                  misfits[_i][1]);
    ck_assert_msg(
        strncmp(po.source.error,
                "de.po:7:1: error: the translation does not fit: ", 48) == 0 &&
            strstr(po.source.error, misfits[_i][2]),
        "expected %s\n     got %s", misfits[_i][2], po.source.error);
}
END_TEST

START_TEST(the_words_of_handlers_are_sorted)
{
    ck_assert(translate("{% t %}b <b>c</b>{% end %}{% t %}shop{% end %}",
                        ENTRY("shop", "Laden") ENTRY("b <b>c</b>", "B <b>C</b>")
                            ENTRY("%d of a", "%d von A")));
    ck_assert_ptr_nonnull(
        strstr(out.bytes, "phrases_1[] = {\n"
                          "    {\"%d of a\", (const char *const[]){\"%d von "
                          "A\"}, 1},\n"
                          "    {\"shop\", (const char *const[]){\"Laden\"}, 1},"
                          "\n};"));
}
END_TEST

START_TEST(words_of_two_contexts_are_two)
{
    ck_assert(translate("{% t \"door\" %}Open{% end %}{% t %}Open{% end %}",
                        "msgctxt \"door\"\n" ENTRY("Open", "Auf")
                            ENTRY("Open", "Offen")));
    ck_assert_ptr_nonnull(strstr(out.bytes, "p1_1_0[] = {\n    {\"Auf\", 3"));
    ck_assert_ptr_nonnull(strstr(out.bytes, "p2_1_0[] = {\n    {\"Offen\", 5"));
    ck_assert_ptr_nonnull(
        strstr(out.bytes, "    {\"Open\", (const char *const[]){\"Offen\"}, 1},"
                          "\n    {\"door\\004Open\", "
                          "(const char *const[]){\"Auf\"}, 1},\n"));
}
END_TEST

/* ---- the list for translators ---- */

START_TEST(the_list_has_the_context_of_a_message)
{
    compile("{% t \"door\" %}Open{% end %}{% t %}Open{% end %}");
    template_extract(&unit, 1, &out);
    ck_assert_ptr_nonnull(
        strstr(out.bytes, "\n#: t.html:1\nmsgctxt \"door\"\nmsgid \"Open\"\n"
                          "msgstr \"\"\n\n#: t.html:1\nmsgid \"Open\"\n"));
}
END_TEST

START_TEST(the_list_has_each_message_once_with_its_places)
{
    compile("{% t %}a \"b\"{% end %}\n<p title=\"{% t %}c{% end %}\">\n"
            "{% t %}c{% end %}{% t n = v %}<i>1</i>{% plural %}<i>{{ n }}</i>"
            "{% end %}");
    template_extract(&unit, 1, &out);
    ck_assert_str_eq(out.bytes,
                     "msgid \"\"\nmsgstr \"\"\n"
                     "\"Content-Type: text/plain; charset=UTF-8\\n\"\n"
                     "\"Content-Transfer-Encoding: 8bit\\n\"\n"
                     "\n#: t.html:1\nmsgid \"a \\\"b\\\"\"\nmsgstr \"\"\n"
                     "\n#: t.html:2\n#: t.html:3\nmsgid \"c\"\nmsgstr \"\"\n"
                     "\n#. HTML: keep its tags as they are\n#: t.html:3\n"
                     "msgid \"<i>1</i>\"\nmsgid_plural \"<i>{n}</i>\"\n"
                     "msgstr[0] \"\"\nmsgstr[1] \"\"\n");
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, a_file_of_translations_is_read);
    tcase_add_test(tests, a_region_is_written_as_browsers_do);
    tcase_add_loop_test(tests,
                        a_file_of_translations_is_refused_where_it_is_wrong, 0,
                        UNIT_ROWS(refusals));
    tcase_add_loop_test(tests, a_rule_of_plurals_is_arithmetic_and_nothing_else,
                        0, UNIT_ROWS(rules));
    tcase_add_loop_test(tests, a_translation_that_fits_becomes_pieces, 0,
                        UNIT_ROWS(good));
    tcase_add_loop_test(tests, a_translation_that_does_not_fit_does_not_build,
                        0, UNIT_ROWS(misfits));
    tcase_add_test(tests, the_words_of_handlers_are_sorted);
    tcase_add_test(tests, words_of_two_contexts_are_two);
    tcase_add_test(tests, the_list_has_the_context_of_a_message);
    tcase_add_test(tests, the_list_has_each_message_once_with_its_places);
}

UNIT_MAIN("words", add_tests)
