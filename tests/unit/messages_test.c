/* Words in the language of the request: appserver/engine/messages.c */

#include "unit.h"

#include <stdio.h>

#include "messages.h"
#include "request.h"
#include "words.h"

static struct arena arena;
static struct fb_request request;

static void set_up(void)
{
    arena_init(&arena, 1 << 20);
    request_init(&request, &arena, NULL, NULL);
}

static void tear_down(void)
{
    arena_free(&arena);
}

static const struct fb_piece one[] = {{"1 comment", 9, 0}};
static const struct fb_piece many[] = {{"", 0, 1}, {" comments", 9, 0}};
static const struct fb_piece eins[] = {{"1 Kommentar", 11, 0}};
static const struct fb_piece viele[] = {{"", 0, 1}, {" Kommentare", 11, 0}};
static const struct fb_piece *const *const translated[] = {
    (const struct fb_piece *const[]){one, many},
    (const struct fb_piece *const[]){eins, viele},
    NULL,
};
static const struct fb_message comments = {translated};

static unsigned more_than_one(uint64_t number)
{
    return number != 1;
}

static unsigned always_first(uint64_t number)
{
    (void)number;
    return 0;
}

static const struct fb_phrase phrases[] = {
    {"%d birds", (const char *const[]){"%d Vogel", "%d V\303\266gel"}, 2},
    {"foobar\004Error: ", (const char *const[]){"Ach: "}, 1},
    {"shop", (const char *const[]){"Laden"}, 1},
    {"verb\004shop", (const char *const[]){"einkaufen"}, 1},
    {"zoo\004%d birds", (const char *const[]){"%d Tier", "%d Tiere"}, 2},
};
static const struct fb_phrase brazilian[] = {
    {"foobar\004Enter {noun}", (const char *const[]){"Preencha {label}"}, 1},
};
static const struct fb_catalogue_language languages[] = {
    {.name = "en", .form = more_than_one},
    {.name = "de",
     .form = more_than_one,
     .phrases = phrases,
     .phrase_count = UNIT_ROWS(phrases)},
    {.name = "pt-BR",
     .form = always_first,
     .phrases = brazilian,
     .phrase_count = UNIT_ROWS(brazilian)},
};
static const struct fb_catalogue catalogue = {languages, UNIT_ROWS(languages)};

static void speak(const char *accept)
{
    static const char *const locales[] = {"en-GB", "de-AT", "pt-BR", NULL};
    static const struct fb_app app = {.catalogue = &catalogue,
                                      .locales = locales};
    static char header[128];
    static char *environment[] = {header, NULL};

    snprintf(header, sizeof(header), "HTTP_ACCEPT_LANGUAGE=%s", accept);
    request.app = &app;
    request.environment = environment;
}

static const char *const spoken[][2] = {
    {"de", "de"},
    {"de-AT", "de"},
    {"DE", "de"},
    {"pt-BR", "pt-BR"},
    {"pt-BR-x-y", "pt-BR"},
    {"pt", "pt-BR"},
    {"", "en"},
    {"fr, de;q=0.5", "de"},
    {"en, de", "en"},
    {"den", "en"},
    {"de;q=0, pt-BR", "pt-BR"},
};

START_TEST(a_page_speaks_the_language_that_was_asked_for)
{
    speak(spoken[_i][0]);
    ck_assert_str_eq(fb_language(&request.out), spoken[_i][1]);
}
END_TEST

static const struct {
    const char *language;
    uint64_t number;
    const struct fb_piece *pieces;
} plurals[] = {
    {"en", 0, many},
    {"en", 1, one},
    {"en", 2, many},
    {"de", 0, viele},
    {"de", 1, eins},
    {"de", 2, viele},
    /* What is not translated is English, with its rule. */
    {"pt-BR", 1, one},
    {"pt-BR", 2, many},
};

START_TEST(a_number_chooses_the_plural_form)
{
    speak(plurals[_i].language);
    ck_assert_ptr_eq(
        fb_plural_pieces(&request.out, &comments, plurals[_i].number),
        plurals[_i].pieces);
}
END_TEST

START_TEST(a_negative_number_has_the_plural_of_its_size)
{
    ck_assert_uint_eq(fb_plural(-1), 1);
    ck_assert_uint_eq(fb_plural(INT64_MIN), (uint64_t)INT64_MAX + 1);
    ck_assert_uint_eq(fb_plural(UINT64_MAX), UINT64_MAX);
}
END_TEST

START_TEST(the_words_of_handlers_are_looked_up)
{
    speak("de");
    ck_assert_str_eq(fb_gettext(&request, "shop"), "Laden");
    ck_assert_str_eq(fb_gettext(&request, "shopping"), "shopping");
    ck_assert_str_eq(fb_ngettext(&request, "%d birds", "%d birds", 1),
                     "%d Vogel");
    ck_assert_str_eq(fb_ngettext(&request, "%d birds", "%d birds", 2),
                     "%d V\303\266gel");
    /* One form stands for all numbers. */
    ck_assert_str_eq(fb_ngettext(&request, "shop", "shops", 2), "Laden");
    ck_assert_str_eq(fb_ngettext(&request, "a", "b", 2), "b");
}
END_TEST

START_TEST(a_context_tells_words_apart)
{
    speak("de");
    ck_assert_str_eq(fb_pgettext(&request, "verb", "shop"), "einkaufen");
    ck_assert_str_eq(fb_gettext(&request, "shop"), "Laden");
    ck_assert_str_eq(fb_pgettext(&request, "noun", "shop"), "shop");
    ck_assert_str_eq(fb_pgettext(&request, "ver", "shop"), "shop");
    ck_assert_str_eq(fb_pgettext(&request, "verbs", "shop"), "shop");
    ck_assert_str_eq(fb_pgettext(&request, "", "shop"), "shop");
    ck_assert_str_eq(fb_npgettext(&request, "zoo", "%d birds", "%d birds", 1),
                     "%d Tier");
    ck_assert_str_eq(fb_npgettext(&request, "zoo", "%d birds", "%d birds", 2),
                     "%d Tiere");
    ck_assert_str_eq(fb_npgettext(&request, "sea", "a", "b", 2), "b");
}
END_TEST

/* ---- what the engine says: words.c ---- */

static const struct words_value field[] = {
    {"label", "Ort"}, {"noun", "your place"}, {NULL, NULL}};

static const char *const engine_says[][3] = {
    /* Its own translation, the application's for a language that it lacks, and
     * the application's that comes before its own. */
    {"en", "Enter {noun}", "Enter your place"},
    {"de", "Enter {noun}", "Füllen Sie das Feld „Ort“ aus"},
    {"pt-BR", "Enter {noun}", "Preencha Ort"},
    {"de", "Error: ", "Ach: "},
    {"pt-BR", "Error: ", "Error: "},
    /* Braces that name no value, or none at all. */
    {"en", "{}{label}{nobody}{", "{}Ort{nobody}{"},
    {"en", "", ""},
};

START_TEST(the_engine_speaks_the_language_of_the_page)
{
    speak(engine_says[_i][0]);
    ck_assert_str_eq(words_say(&request, engine_says[_i][1], field),
                     engine_says[_i][2]);
}
END_TEST

START_TEST(a_page_in_english_alone_has_an_engine_that_speaks_english)
{
    static const char *const german[] = {"de", NULL};
    static const struct fb_app app = {.locales = german};

    speak("de");
    request.app = &app;
    ck_assert_str_eq(words_say(&request, "Error: ", NULL), "Error: ");
}
END_TEST

/* What stands between braces in a translation is a value that the engine has. */
START_TEST(the_engine_has_each_value_that_its_translations_name)
{
    static const char *const known[] = {
        "{label}",      "{noun}", "{subject}", "{least}", "{most}",
        "{count}",      "{name}", "{limit}",   "{size}",  "{endings}",
        "{megapixels}", "{side}", "{times}"};
    const struct fb_catalogue_language *known_language;
    size_t checked = 0;

    for (known_language = engine_catalogue.languages + 1;
         known_language < engine_catalogue.languages + engine_catalogue.count;
         known_language++) {
        for (size_t i = 0; i < known_language->phrase_count; i++) {
            const char *words = known_language->phrases[i].forms[0];

            while ((words = strchr(words, '{')) != NULL) {
                bool is_known = false;

                for (size_t k = 0; k < UNIT_ROWS(known); k++) {
                    is_known = is_known ||
                               strncmp(words, known[k], strlen(known[k])) == 0;
                }
                ck_assert_msg(is_known, "%s: no value begins %s",
                              known_language->name, words);
                words++;
                checked++;
            }
        }
    }
    ck_assert_uint_gt(checked, 10);
}
END_TEST

START_TEST(without_a_catalogue_all_is_english)
{
    ck_assert_str_eq(fb_language(&request.out), "en");
    ck_assert_str_eq(fb_gettext(&request, "shop"), "shop");
    ck_assert_str_eq(fb_ngettext(&request, "a", "b", 1), "a");
}
END_TEST

static const struct {
    const char *locales[4];
    const char *unspoken; /* NULL: none */
} speakers[] = {
    {{"en", "de", "pt-BR"}, NULL},
    {{"de-AT", "pt-BR"}, NULL},
    {{"pt-BR", "DE"}, NULL},
    {{"en", "de"}, "pt-BR"},
    {{"en", "de", "pt"}, "pt-BR"},
    {{"en-GB", "pt-BR"}, "de"},
    {{NULL}, "de"},
};

START_TEST(a_language_that_no_locale_leads_to_is_found)
{
    struct fb_app app = {.catalogue = &catalogue,
                         .locales = speakers[_i].locales};

    ck_assert_pstr_eq(messages_unspoken(&app), speakers[_i].unspoken);
    app.catalogue = NULL;
    ck_assert_ptr_null(messages_unspoken(&app));
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_loop_test(tests, a_page_speaks_the_language_that_was_asked_for, 0,
                        UNIT_ROWS(spoken));
    tcase_add_loop_test(tests, a_number_chooses_the_plural_form, 0,
                        UNIT_ROWS(plurals));
    tcase_add_test(tests, a_negative_number_has_the_plural_of_its_size);
    tcase_add_test(tests, the_words_of_handlers_are_looked_up);
    tcase_add_test(tests, a_context_tells_words_apart);
    tcase_add_loop_test(tests, the_engine_speaks_the_language_of_the_page, 0,
                        UNIT_ROWS(engine_says));
    tcase_add_test(tests,
                   a_page_in_english_alone_has_an_engine_that_speaks_english);
    tcase_add_test(tests, the_engine_has_each_value_that_its_translations_name);
    tcase_add_test(tests, without_a_catalogue_all_is_english);
    tcase_add_loop_test(tests, a_language_that_no_locale_leads_to_is_found, 0,
                        UNIT_ROWS(speakers));
}

UNIT_MAIN("messages", add_tests)
