/*
 * Names of files that never change: ngx_foobar_module/foobar_fingerprint.c
 */

#include "unit.h"

#include <string.h>

#include "foobar_fingerprint.h"

#define HEX16 "0123456789abcdef"
#define HEX64 HEX16 HEX16 HEX16 HEX16

static const char *const fingerprints[] = {
    "/style." HEX16 ".css",   "/a/b/style." HEX16 ".css",
    "style." HEX16 ".css",    "/my.style." HEX16 ".css",
    "/style." HEX64 ".css",   "/style.0000000000000000.css",
    "/.a." HEX16 ".x",        "/x/" HEX16 "." HEX16 "." HEX16,
    "/style..ffff" HEX16 ".b"};

static const char *const others[] = {"",
                                     "/",
                                     ".",
                                     "/style.css",
                                     "/style.20260102.css",
                                     "/style.20260102030405.css",
                                     "/style.123456789abcdef.css",
                                     "/style." HEX64 "0.css",
                                     "/style.0123456789ABCDEF.css",
                                     "/style.0123456789abcdeg.css",
                                     "/style-" HEX16 ".css",
                                     "/style." HEX16,
                                     "/style." HEX16 ".",
                                     "/style." HEX16 ".min.css",
                                     "/." HEX16 ".css",
                                     "/" HEX16 ".css",
                                     "." HEX16 ".css",
                                     "/a." HEX16 ".d/style.css",
                                     "/a." HEX16 ".d/",
                                     "/style." HEX16 "/css"};

START_TEST(a_hash_before_the_extension_is_a_fingerprint)
{
    ck_assert_msg(
        foobar_has_fingerprint(fingerprints[_i], strlen(fingerprints[_i])),
        "%s", fingerprints[_i]);
}
END_TEST

START_TEST(anything_else_is_none)
{
    ck_assert_msg(!foobar_has_fingerprint(others[_i], strlen(others[_i])), "%s",
                  others[_i]);
}
END_TEST

START_TEST(nothing_behind_the_length_counts)
{
    static const char path[] = "/style." HEX16 ".css";

    ck_assert(!foobar_has_fingerprint(path, sizeof("/style." HEX16) - 1));
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_loop_test(tests, a_hash_before_the_extension_is_a_fingerprint, 0,
                        UNIT_ROWS(fingerprints));
    tcase_add_loop_test(tests, anything_else_is_none, 0, UNIT_ROWS(others));
    tcase_add_test(tests, nothing_behind_the_length_counts);
}

UNIT_MAIN("fingerprints", add_tests)
