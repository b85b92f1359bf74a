/*
 * Second factors without a database: codes as RFC 6238 has them, secrets that
 * are stored encrypted, what was typed for a code, the picture that a telephone
 * reads, and tables that contradict themselves.
 * appserver/engine/factor.c, appserver/engine/qr.c, appserver/engine/rows.c
 */

#include "unit.h"

#include <foobar/account.h>

#include <qrencode.h>
#include <stdlib.h>
#include <string.h>

#include "app.h"
#include "factor.h"
#include "qr.h"
#include "request.h"

static const unsigned char rfc_secret[] = "12345678901234567890";
static struct csrf csrf = {.is_set = true, .key = "a key"};

/* ------------------------------------------------------------------- codes */

/* Appendix B of RFC 6238, of whose 8 digits an app shows the last 6. */
static const struct {
    int64_t time;
    const char *code;
} vectors[] = {
    {59, "287082"},         {1111111109, "081804"}, {1111111111, "050471"},
    {1234567890, "005924"}, {2000000000, "279037"}, {20000000000, "353130"},
};

START_TEST(a_code_is_that_of_the_standard)
{
    int64_t step = vectors[_i].time / FACTOR_STEP_SECONDS;

    ck_assert_int_eq(factor_step_of(rfc_secret, vectors[_i].code, step, 0),
                     step);
}
END_TEST

START_TEST(a_code_is_good_a_step_before_and_after_and_no_longer)
{
    const int64_t step = 59 / FACTOR_STEP_SECONDS;

    ck_assert_int_eq(factor_step_of(rfc_secret, "287082", step + 1, 0), step);
    ck_assert_int_eq(factor_step_of(rfc_secret, "287082", step - 1, 0), step);
    ck_assert_int_eq(factor_step_of(rfc_secret, "287082", step + 2, 0), 0);
    ck_assert_int_eq(factor_step_of(rfc_secret, "081804", 37037036 - 2, 0), 0);
    ck_assert_int_eq(factor_step_of(rfc_secret, "287083", step, 0), 0);
}
END_TEST

START_TEST(a_step_that_was_used_is_used_up)
{
    const int64_t step = 37037036;

    ck_assert_int_eq(factor_step_of(rfc_secret, "081804", step, step - 1),
                     step);
    ck_assert_int_eq(factor_step_of(rfc_secret, "081804", step, step), 0);
    ck_assert_int_eq(factor_step_of(rfc_secret, "081804", step, step + 1), 0);
}
END_TEST

/* ----------------------------------------------------------------- secrets */

START_TEST(a_secret_is_spelled_in_groups)
{
    char text[FACTOR_SECRET_TEXT];

    factor_spell(rfc_secret, text);
    ck_assert_str_eq(text, "gezd gnbv gy3t qojq gezd gnbv gy3t qojq");
}
END_TEST

START_TEST(a_secret_is_read_by_its_account_and_key_alone)
{
    struct csrf other = csrf;
    unsigned char secret[FACTOR_SECRET_BYTES];
    char sealed[FACTOR_SEALED_TEXT];
    char again[FACTOR_SEALED_TEXT];
    size_t i;

    other.key[0] ^= 1;
    factor_seal(&csrf, 7, rfc_secret, sealed);
    factor_seal(&csrf, 7, rfc_secret, again);
    ck_assert_str_ne(sealed, again);
    ck_assert(factor_open(&csrf, 7, sealed, secret));
    ck_assert_mem_eq(secret, rfc_secret, sizeof(secret));
    ck_assert(!factor_open(&csrf, 8, sealed, secret));
    ck_assert(!factor_open(&other, 7, sealed, secret));
    ck_assert(!factor_open(&csrf, 7, "", secret));
    ck_assert(!factor_open(&csrf, 7, "none", secret));
    for (i = 0; sealed[i] != '\0'; i++) {
        char kept = sealed[i];

        sealed[i] = kept == 'A' ? 'B' : 'A';
        ck_assert_msg(!factor_open(&csrf, 7, sealed, secret),
                      "character %zu says nothing", i);
        sealed[i] = kept;
    }
}
END_TEST

/* ----------------------------------------------------- what was typed for one */

static const struct {
    const char *typed;
    enum factor_code_kind kind;
    const char *code;
} typed[] = {
    {"012345", FACTOR_APP_CODE, "012345"},
    {" 012 345 ", FACTOR_APP_CODE, "012345"},
    {"012-345", FACTOR_APP_CODE, "012345"},
    {"O1234l", FACTOR_APP_CODE, "012341"},
    {"abcd-efgh-jkmn-pqrs", FACTOR_RECOVERY_CODE, "abcdefghjkmnpqrs"},
    {"ABCDEFGH jkmnpqrs", FACTOR_RECOVERY_CODE, "abcdefghjkmnpqrs"},
    {"oOiI-lL00-1111-0000", FACTOR_RECOVERY_CODE, "0011110011110000"},
    {"", FACTOR_NO_CODE, NULL},
    {"12345", FACTOR_NO_CODE, NULL},
    {"1234567", FACTOR_NO_CODE, NULL},
    {"12345a", FACTOR_NO_CODE, NULL},
    {"12345\303\251", FACTOR_NO_CODE, NULL},
    {"12345+", FACTOR_NO_CODE, NULL},
    {"abcd-efgh-jkmn-pqr", FACTOR_NO_CODE, NULL},
    {"abcd-efgh-jkmn-pqrst", FACTOR_NO_CODE, NULL},
    {"abcd-efgh-jkmn-pqru", FACTOR_NO_CODE, NULL},
};

START_TEST(a_code_is_known_however_it_is_typed)
{
    char code[FACTOR_CODE_TEXT];

    ck_assert_int_eq(factor_read_code(typed[_i].typed, code), typed[_i].kind);
    if (typed[_i].code != NULL) {
        ck_assert_str_eq(code, typed[_i].code);
    }
}
END_TEST

START_TEST(a_recovery_code_is_new_each_time_and_known_by_its_hash)
{
    char shown[FACTOR_RECOVERY_TEXT];
    char other[FACTOR_RECOVERY_TEXT];
    char hash[FACTOR_HASH_TEXT];
    char again[FACTOR_HASH_TEXT];
    char code[FACTOR_CODE_TEXT];

    factor_new_recovery_code(other, again);
    factor_new_recovery_code(shown, hash);
    ck_assert_uint_eq(strlen(shown), 19);
    ck_assert_str_ne(shown, other);
    ck_assert_str_ne(hash, again);
    ck_assert_int_eq(factor_read_code(shown, code), FACTOR_RECOVERY_CODE);
    factor_hash_recovery_code(code, again);
    ck_assert_str_eq(hash, again);
    ck_assert_ptr_null(strstr(hash, code));
}
END_TEST

/* ----------------------------------------------------------------- pictures */

#define SIDE_MOST 200
static unsigned char drawn[SIDE_MOST][SIDE_MOST];

/* Fills the rectangles "Mx yhNv1Hxz" of the path that begins at `path`. */
static void draw(const char *path)
{
    while (*path == 'M') {
        long x = strtol(path + 1, (char **)(uintptr_t)&path, 10);
        long y = strtol(path, (char **)(uintptr_t)&path, 10);
        long width = strtol(path + 1, (char **)(uintptr_t)&path, 10);

        ck_assert(x >= 0 && y >= 0 && width > 0 && x + width < SIDE_MOST &&
                  y < SIDE_MOST);
        ck_assert_int_eq(strncmp(path, "v1H", 3), 0);
        ck_assert_int_eq(strtol(path + 3, (char **)(uintptr_t)&path, 10), x);
        ck_assert_int_eq(*path, 'z');
        memset(&drawn[y][x], 1, (size_t)width);
        path++;
    }
    ck_assert_int_eq(*path, '"');
}

static const char *const texts[] = {
    "x", "otpauth://totp/site:anna%40example.org?secret=GEZDGNBVGY3TQOJQ",
    "a much longer one, a much longer one, a much longer one, a much longer "
    "one, a much longer one, a much longer one, a much longer one, a longer"};

START_TEST(a_picture_has_the_modules_of_its_text)
{
    static const char dark[] = "fill=\"#000\" d=\"";
    QRcode *code = QRcode_encodeString8bit(texts[_i], 0, QR_ECLEVEL_M);
    struct fb_request request;
    struct fb_safe_html svg;
    struct arena arena;
    const char *text;
    int i;

    memset(drawn, 0, sizeof(drawn));
    arena_init(&arena, 1 << 20);
    request_init(&request, &arena, &(struct fb_app){.name = "test"}, NULL);
    svg = qr_html(&request, texts[_i], "a \"label\"");
    text = fb_printf(&request, "%.*s", (int)svg.length, svg.bytes);
    ck_assert_ptr_nonnull(strstr(text, "aria-label=\"a &#34;label&#34;\""));
    ck_assert_ptr_nonnull(strstr(text, dark));
    draw(strstr(text, dark) + strlen(dark));
    ck_assert_ptr_nonnull(code);
    for (i = 0; i < code->width * code->width; i++) {
        ck_assert_int_eq(drawn[i / code->width + 4][i % code->width + 4],
                         code->data[i] & 1);
    }
    for (i = 0; i < SIDE_MOST; i++) {
        ck_assert_int_eq(drawn[3][i] | drawn[i][3] | drawn[code->width + 4][i] |
                             drawn[i][code->width + 4],
                         0);
    }
    QRcode_free(code);
    arena_free(&arena);
}
END_TEST

/* -------------------------------------------------------------- the tables */

static enum fb_result nothing(struct fb_request *unused)
{
    (void)unused;
    return FB_OK;
}

static void draw_nothing(struct fb_request *unused, int status)
{
    (void)unused;
    (void)status;
}

static const struct {
    const char *step;
    const char *make;
    const char *must;
    bool vault_is_open;
    const char *problem; /* NULL: it is taken */
} tables[] = {
    {"/in/code", "/me/factor", NULL, false, NULL},
    {"/in/code", "/me/factor", "admin", false, NULL},
    {"/in/code", NULL, NULL, false, "go together"},
    {NULL, NULL, "admin", false, "and no second_step_path"},
    {NULL, NULL, NULL, false, "with a second_factor_path"},
    {"/in/code", "/me/factor", "king", false, "that its roles do not list"},
    {"/in/code", "/nowhere", NULL, false, "paths of pages that have GET"},
    {"/me/factor", "/me/factor", NULL, false, "must be for everybody"},
    {"/in/code", "/vault", NULL, false, "no role and no second factor"},
    {"/in/code", "/me/factor", NULL, true, "and is not for members"},
};

START_TEST(a_table_that_nobody_could_pass_is_refused)
{
    const struct fb_accounts members = {.roles = "member,admin",
                                        .second_step_path = tables[_i].step,
                                        .second_factor_path = tables[_i].make,
                                        .second_factor_roles = tables[_i].must};
    const struct fb_page pages[] = {
        {.name = "in", .path = "/in", .methods = FB_GET, .handler = nothing},
        {.name = "step",
         .path = "/in/code",
         .methods = FB_GET,
         .handler = nothing},
        {.name = "factor",
         .path = "/me/factor",
         .methods = FB_GET,
         .handler = nothing,
         .members_only = true},
        {.name = "vault",
         .path = "/vault",
         .methods = FB_GET,
         .handler = nothing,
         .members_only = !tables[_i].vault_is_open,
         .second_factor = true}};
    const struct fb_app table = {.api_version = FB_API_VERSION,
                                 .size = sizeof(table),
                                 .name = "test",
                                 .pages = pages,
                                 .page_count = 4,
                                 .error_page = draw_nothing,
                                 .login_path = "/in",
                                 .accounts = &members};
    char problem[512] = "";
    struct app loaded = {0};
    bool good = app_use(&loaded, &table, "test", problem, sizeof(problem));

    if (tables[_i].problem == NULL) {
        ck_assert_msg(good, "%s", problem);
    } else {
        ck_assert(!good);
        ck_assert_msg(strstr(problem, tables[_i].problem) != NULL, "%s",
                      problem);
    }
    app_unload(&loaded);
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_loop_test(tests, a_code_is_that_of_the_standard, 0,
                        UNIT_ROWS(vectors));
    tcase_add_test(tests, a_code_is_good_a_step_before_and_after_and_no_longer);
    tcase_add_test(tests, a_step_that_was_used_is_used_up);
    tcase_add_test(tests, a_secret_is_spelled_in_groups);
    tcase_add_test(tests, a_secret_is_read_by_its_account_and_key_alone);
    tcase_add_loop_test(tests, a_code_is_known_however_it_is_typed, 0,
                        UNIT_ROWS(typed));
    tcase_add_test(tests,
                   a_recovery_code_is_new_each_time_and_known_by_its_hash);
    tcase_add_loop_test(tests, a_picture_has_the_modules_of_its_text, 0,
                        UNIT_ROWS(texts));
    tcase_add_loop_test(tests, a_table_that_nobody_could_pass_is_refused, 0,
                        UNIT_ROWS(tables));
}

UNIT_MAIN("second factors", add_tests)
