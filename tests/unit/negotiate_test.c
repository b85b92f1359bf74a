/* Which coding of a file a client gets: ngx_foobar_module/foobar_negotiate.c */

#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "foobar_negotiate.h"

#define OFFERED_MAX 64

static enum foobar_coding coding_of(const char *name)
{
    int i;

    for (i = 0; i < FOOBAR_CODINGS; i++) {
        if (strcmp(foobar_coding_name((enum foobar_coding)i), name) == 0) {
            return (enum foobar_coding)i;
        }
    }
    ck_abort_msg("there is no coding \"%s\"", name);
}

/* "br zstd" and two values of headers; the answer is of the same form. */
static const char *negotiate(const char *offer, const char *value,
                             const char *second)
{
    static char answer[OFFERED_MAX];
    char words[OFFERED_MAX];
    enum foobar_coding offered[FOOBAR_CODINGS] = {FOOBAR_BR};
    enum foobar_coding wanted[FOOBAR_CODINGS];
    struct foobar_accept accept;
    size_t count = 0;
    size_t i;
    char *word;
    char *rest;

    snprintf(words, sizeof(words), "%s", offer);
    for (word = strtok_r(words, " ", &rest); word != NULL;
         word = strtok_r(NULL, " ", &rest)) {
        offered[count++] = coding_of(word);
    }
    foobar_accept_init(&accept);
    foobar_accept_read(&accept, value, strlen(value));
    foobar_accept_read(&accept, second, strlen(second));
    count = foobar_negotiate(&accept, offered, count, wanted);
    answer[0] = '\0';
    for (i = 0; i < count; i++) {
        size_t length = strlen(answer);

        snprintf(answer + length, sizeof(answer) - length, "%s%s",
                 i > 0 ? " " : "", foobar_coding_name(wanted[i]));
    }
    return answer;
}

static const struct {
    const char *offer;
    const char *value;
    const char *wanted;
} rows[] = {
    /* what is accepted */
    {"br gzip", "gzip", "gzip"},
    {"br zstd gzip", "gzip, deflate, br, zstd", "br zstd gzip"},
    {"gzip zstd br", "gzip, deflate, br, zstd", "gzip zstd br"},
    {"br zstd gzip", "deflate", ""},
    {"br zstd gzip", "", ""},
    {"", "br, gzip", ""},
    {"gzip", "br", ""},

    /* weights, and ties in the order of the offer */
    {"br gzip", "gzip;q=0.8, br;q=0.2", "gzip br"},
    {"br zstd gzip", "br;q=0.2, zstd;q=0.9, gzip;q=0.5", "zstd gzip br"},
    {"br zstd gzip", "gzip;q=0.5, br;q=0.5, zstd;q=0.5", "br zstd gzip"},
    {"br gzip", "br;q=0.123, gzip;q=0.124", "gzip br"},
    {"br gzip", "br;q=0.001, gzip;q=0.000", "br"},
    {"br gzip", "br;q=1.000, gzip;q=1.", "br gzip"},
    {"br gzip", "br;q=0., gzip;q=0", ""},
    {"br gzip", "br;q=0.9, gzip", "gzip br"},

    /* the file as it is */
    {"br gzip", "identity", ""},
    {"br gzip", "gzip;q=0.5, identity", ""},
    {"br gzip", "gzip;q=0.5, identity;q=0.5", "gzip"},
    {"br gzip", "gzip;q=0.5, br, identity;q=0.7", "br"},
    {"br gzip", "gzip;q=0.001", "gzip"},
    {"br gzip", "identity;q=0", ""},
    {"br gzip", "identity;q=0, gzip;q=0.1", "gzip"},
    {"br gzip", "identity;q=0, *;q=0", ""},

    /* all the others */
    {"br gzip", "*", "br gzip"},
    {"br gzip", "*;q=0", ""},
    {"br gzip", "*;q=0, gzip", "gzip"},
    {"br gzip", "gzip;q=0, *", "br"},
    {"br gzip", "gzip;q=0.2, *;q=0.8", "br"},
    {"gzip", "gzip;q=0.2, *;q=0.8", ""},
    {"br gzip", "*;q=0.5, gzip;q=0.6, identity;q=0.1", "gzip br"},

    /* names: their case, the old one, and names that only resemble */
    {"br gzip", "GZip, BR;Q=0.5", "gzip br"},
    {"br gzip", "x-gzip", "gzip"},
    {"br gzip", "X-GZIP;q=0.3, br;q=0.2", "gzip br"},
    {"br gzip", "gzip;q=0.2, x-gzip;q=0.4, br;q=0.3", "gzip br"},
    {"br zstd gzip", "gzipped, bro, zstandard, b, gzi", ""},
    {"zstd", "zstd-dict, x-zstd", ""},

    /* white space and empty items */
    {"br gzip", "  gzip\t,\t br ; q=0.5  ", "gzip br"},
    {"br gzip", "gzip;\tq=0.5 ,br;q=0.4", "gzip br"},
    {"br gzip", ",, ,gzip,,", "gzip"},
    {"br gzip", " ", ""},

    /* what does not follow the grammar is passed over, the rest is not */
    {"br gzip", "br;q=2, gzip", "gzip"},
    {"br gzip", "br;q=1.001, gzip", "gzip"},
    {"br gzip", "br;q=0.1234, gzip", "gzip"},
    {"br gzip", "br;q=.5, gzip", "gzip"},
    {"br gzip", "br;q=-1, gzip", "gzip"},
    {"br gzip", "br;q=0,5, gzip", "gzip"},
    {"br gzip", "br;q=0.5x, gzip", "gzip"},
    {"br gzip", "br;q, gzip", "gzip"},
    {"br gzip", "br;q=, gzip", "gzip"},
    {"br gzip", "br; q = 0.5, gzip", "gzip"},
    {"br gzip", "br;, gzip", "gzip"},
    {"br gzip", "br;level=5, gzip", "gzip"},
    {"br gzip", "br;q=0.5;q=0.6, gzip", "gzip"},
    {"br gzip", "br q=1, gzip", "gzip"},
    {"br gzip", "br gzip", ""},
    {"br gzip", "\"br\", gzip", "gzip"},
    {"br gzip", "br/1, gzip", "gzip"},
    {"br gzip", ";q=1, gzip", "gzip"},
    {"br gzip", "**, gzip", "gzip"},
    {"br gzip", "*br, gzip", "gzip"},
};

START_TEST(the_best_coding_that_a_client_accepts_comes_first)
{
    ck_assert_str_eq(negotiate(rows[_i].offer, rows[_i].value, ""),
                     rows[_i].wanted);
}
END_TEST

START_TEST(several_headers_are_one_list)
{
    ck_assert_str_eq(negotiate("br gzip", "gzip;q=0.5", "br"), "br gzip");
    ck_assert_str_eq(negotiate("br gzip", "gzip", "identity;q=0"), "gzip");
    ck_assert_str_eq(negotiate("br gzip", "*;q=0", "br;q=0.1"), "br");
    ck_assert_str_eq(negotiate("br gzip", "g", "zip"), "");
}
END_TEST

START_TEST(a_nul_byte_is_no_part_of_a_name)
{
    struct foobar_accept accept;
    enum foobar_coding offered[] = {FOOBAR_BR, FOOBAR_GZIP};
    enum foobar_coding wanted[FOOBAR_CODINGS];
    static const char value[] = "br\0, gzip";

    foobar_accept_init(&accept);
    foobar_accept_read(&accept, value, sizeof(value) - 1);
    ck_assert_uint_eq(foobar_negotiate(&accept, offered, 2, wanted), 1);
    ck_assert_int_eq(wanted[0], FOOBAR_GZIP);
}
END_TEST

START_TEST(each_coding_has_a_name_and_a_suffix)
{
    ck_assert_str_eq(foobar_coding_name(FOOBAR_BR), "br");
    ck_assert_str_eq(foobar_coding_name(FOOBAR_ZSTD), "zstd");
    ck_assert_str_eq(foobar_coding_name(FOOBAR_GZIP), "gzip");
    ck_assert_str_eq(foobar_coding_suffix(FOOBAR_BR), ".br");
    ck_assert_str_eq(foobar_coding_suffix(FOOBAR_ZSTD), ".zst");
    ck_assert_str_eq(foobar_coding_suffix(FOOBAR_GZIP), ".gz");
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_test(tests, each_coding_has_a_name_and_a_suffix);
    tcase_add_loop_test(tests,
                        the_best_coding_that_a_client_accepts_comes_first, 0,
                        UNIT_ROWS(rows));
    tcase_add_test(tests, several_headers_are_one_list);
    tcase_add_test(tests, a_nul_byte_is_no_part_of_a_name);
}

UNIT_MAIN("Accept-Encoding", add_tests)
