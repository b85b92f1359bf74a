/*
 * What accounts need no database for: tokens, addresses, passwords that others
 * would try, where one goes after logging in; and networks of limits.
 * appserver/engine/account*.c, appserver/engine/limit.c
 */

#include "unit.h"

#include <foobar/form.h>
#include <foobar/limit.h>

#include <string.h>

#include "account.h"
#include "app.h"
#include "limit.h"
#include "request.h"
#include "rows.h"

static const struct fb_accounts accounts = {
    .roles = "member,editor,admin", .refused_passwords = "guestbook,acme"};
static const struct fb_app app = {.accounts = &accounts};
static struct arena arena;
static struct fb_request request;
static char *environment[4];

static void set_up(void)
{
    arena_init(&arena, 1 << 20);
    request_init(&request, &arena, &app, NULL);
    memset(environment, 0, sizeof(environment));
    request.environment = environment;
}

static void tear_down(void)
{
    arena_free(&arena);
}

/* ------------------------------------------------------------------ tokens */

START_TEST(a_token_is_new_each_time_and_known_by_its_hash)
{
    char token[ACCOUNT_TOKEN_TEXT];
    char other[ACCOUNT_TOKEN_TEXT];
    char hash[ACCOUNT_TOKEN_TEXT];
    char again[ACCOUNT_TOKEN_TEXT];

    account_token_new(token, hash);
    account_token_new(other, again);
    ck_assert_uint_eq(strlen(token), 43);
    ck_assert_uint_eq(strlen(hash), 43);
    ck_assert_str_ne(token, other);
    ck_assert_str_ne(token, hash);
    ck_assert(account_token_hash(token, again));
    ck_assert_str_eq(hash, again);
}
END_TEST

#define A42 "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

static const char *const no_tokens[] = {
    "",      "A",     A42,     A42 "AA", A42 "=",     A42 "\n",
    A42 "B", A42 "+", A42 "/", "=" A42,  A42 "A\x01", A42 "\xc3\xa9"};

START_TEST(what_is_no_token_has_no_hash)
{
    char hash[ACCOUNT_TOKEN_TEXT];

    ck_assert(account_token_hash(A42 "A", hash));
    ck_assert(!account_token_hash(no_tokens[_i], hash));
}
END_TEST

/* --------------------------------------------------------------- addresses */

static const struct {
    const char *email;
    const char *key; /* NULL: it is none */
} emails[] = {
    {"anna@example.org", "anna@example.org"},
    {"Anna@EXAMPLE.org", "anna@example.org"},
    {"\303\204nn@example.org", "\303\244nn@example.org"},
    {"a\314\210nn@example.org", "\303\244nn@example.org"},
    {"", NULL},
    {"anna", NULL},
    {"@example.org", NULL},
    {"anna@", NULL},
    {"an na@example.org", NULL},
    {"anna@example.org,b@c.org", NULL},
    {"<anna@example.org>", NULL},
    {"anna@example.org\r\nBcc: b@c.org", NULL},
};

START_TEST(two_spellings_of_an_address_are_one)
{
    const char *key = account_email_key(&request, emails[_i].email);

    if (emails[_i].key == NULL) {
        ck_assert_ptr_null(key);
    } else {
        ck_assert_ptr_nonnull(key);
        ck_assert_str_eq(key, emails[_i].key);
    }
}
END_TEST

/* --------------------------------------------------------------- passwords */

static const char *const common[] = {
    "password",    "Password1",      "p@ssw0rd",      "P4ssw0rd!",
    "12345678",    "123456789012",   "87654321",      "qwertyuiop",
    "qwertz123",   "asdfghjkl",      "1qaz2wsx",      "zaq12wsx",
    "aaaaaaaa",    "abababab",       "abcabcabc",     "abcd1234",
    "qwer1234",    "aaaa1111",       "31122001",      "20011231",
    "12312001",    "iloveyou",       "iloveyou2",     "sunshine!",
    "monkey2024!", "letmein123",     "trustno1",      "dragondragon",
    "football1",   "passwordqwerty", "administrator", "Welcome2024!",
    "11112222",    "qazwsxedc",      "!@#$%^&*",
};

START_TEST(a_common_password_is_known)
{
    ck_assert_msg(account_password_is_common(common[_i]), "%s", common[_i]);
}
END_TEST

static const char *const fine[] = {
    "correct horse battery staple",
    "kxq8fmzz",
    "hwyr7283",
    "gr\303\274n wie das gras",
    "Tr0ub4dor&3",
    "\u6f22\u5b57\u6f22\u5b57\u304b\u306a\u304b\u306a\u6587",
    "x8$kd02mfa",
    "97413068",
    "the door stands open",
    "a long one, that goes on and on, and says password in its middle",
};

START_TEST(a_fine_password_is_taken)
{
    ck_assert_msg(!account_password_is_common(fine[_i]), "%s", fine[_i]);
    ck_assert_int_eq(
        account_password_check(&accounts, fine[_i], "anna@example.org"),
        FB_ACCOUNT_FINE);
}
END_TEST

static const struct {
    const char *password;
    const char *email;
    enum fb_account_problem problem;
} checks[] = {
    {"seven77", "a@b.org", FB_PASSWORD_SHORT},
    /* seven characters, of two bytes each */
    {"\303\244\303\266\303\274\303\244\303\266\303\274\303\237", "a@b.org",
     FB_PASSWORD_SHORT},
    {"kxq8fmzz", "kxq8fmzz@b.org", FB_PASSWORD_COMMON},
    {"Kxq8fmzz!!", "kxq8fmzz@b.org", FB_PASSWORD_COMMON},
    {"kxq8@b.org", "kxq8@b.org", FB_PASSWORD_COMMON},
    {"guestbook7", "a@b.org", FB_PASSWORD_COMMON},
    {"MyGuestBook", "a@b.org", FB_PASSWORD_COMMON},
    {"acme-rkq", "a@b.org", FB_PASSWORD_COMMON},
    {"acme and more words", "a@b.org", FB_ACCOUNT_FINE},
    {"a guestbook of mine", "a@b.org", FB_ACCOUNT_FINE},
};

START_TEST(a_password_is_refused_for_its_reason)
{
    ck_assert_int_eq(account_password_check(&accounts, checks[_i].password,
                                            checks[_i].email),
                     checks[_i].problem);
}
END_TEST

START_TEST(the_longest_password_has_1024_bytes)
{
    char text[FB_PASSWORD_MOST + 2];
    size_t i;

    for (i = 0; i < sizeof(text) - 1; i++) {
        text[i] = "a fine long one, "[i % 17];
    }
    text[sizeof(text) - 1] = '\0';
    ck_assert_int_eq(account_password_check(&accounts, text, "a@b.org"),
                     FB_PASSWORD_LONG);
    text[FB_PASSWORD_MOST] = '\0';
    ck_assert_int_eq(account_password_check(&accounts, text, "a@b.org"),
                     FB_ACCOUNT_FINE);
}
END_TEST

/* ------------------------------------------------------------ the next page */

static const struct {
    const char *query;
    const char *next; /* NULL: the other one */
    const char *kept;
} nexts[] = {
    {"", NULL, "/login"},
    {"next=", NULL, "/login"},
    {"next=%2Fme", "/me", "/login?next=/me"},
    {"next=/posts/7%3Fa%3D1%26b%3D2", "/posts/7?a=1&b=2",
     "/login?next=/posts/7%3Fa%3D1%26b%3D2"},
    {"next=/%C3%BC", "/%C3%BC", "/login?next=/%C3%BC"},
    {"next=me", NULL, "/login"},
    {"next=//evil.example", NULL, "/login"},
    {"next=/%5Cevil.example", NULL, "/login"},
    {"next=/%09/evil.example", NULL, "/login"},
    {"next=%0A//evil.example", NULL, "/login"},
    {"next=/a%0D%0ASet-Cookie:x", NULL, "/login"},
    {"next=https://evil.example", NULL, "/login"},
    {"next=javascript:alert(1)", NULL, "/login"},
};

START_TEST(one_goes_on_to_a_page_of_this_site_alone)
{
    ck_assert_ptr_null(form_decode(&request.query, &arena, nexts[_i].query,
                                   strlen(nexts[_i].query)));
    ck_assert_str_eq(fb_safe_next(&request, "/home"),
                     nexts[_i].next != NULL ? nexts[_i].next : "/home");
    ck_assert_str_eq(fb_keep_next(&request, "/login"), nexts[_i].kept);
}
END_TEST

/* -------------------------------------------------------- roles and networks */

static const struct {
    const char *roles;
    const char *role;
    bool is_listed;
} roles[] = {
    {"member,admin", "admin", true},   {"member,admin", "member", true},
    {"member,admin", "adm", false},    {"member,admin", "", false},
    {"member,admin", "dmin", false},   {"admin", "admin", true},
    {"administrator", "admin", false}, {"member,admin", "member,admin", false},
};

START_TEST(a_role_is_a_whole_word_of_the_list)
{
    ck_assert_int_eq(account_role_is_listed(roles[_i].roles, roles[_i].role),
                     roles[_i].is_listed);
}
END_TEST

static const struct {
    const char *address;
    const char *network;
} networks[] = {
    {"192.0.2.1", "192.0.2.1"},
    {"2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"},
    {"2001:db8:1:2::", "2001:db8:1:2::"},
    {"::1", "::"},
    {"::ffff:192.0.2.1", "192.0.2.1"},
    {"", ""},
};

START_TEST(an_address_is_known_by_its_network)
{
    char text[LIMIT_ADDRESS_TEXT];

    limit_network_of(networks[_i].address, text);
    ck_assert_str_eq(text, networks[_i].network);
}
END_TEST

static const char *const no_addresses[] = {"unix:", "", "localhost",
                                           "192.0.2.1 ", "192.0.2.1\n"};

START_TEST(what_is_no_address_is_none)
{
    static char address[] = "REMOTE_ADDR=192.0.2.1";

    environment[0] = address;
    ck_assert_str_eq(fb_address(&request), "192.0.2.1");
    environment[0] = (char *)(uintptr_t)fb_printf(&request, "REMOTE_ADDR=%s",
                                                  no_addresses[_i]);
    ck_assert_str_eq(fb_address(&request), "");
}
END_TEST

START_TEST(what_a_browser_calls_itself_is_short_and_plain)
{
    environment[0] = (char *)(uintptr_t)fb_printf(
        &request, "HTTP_USER_AGENT=A\001\377%0300d", 7);
    ck_assert_uint_eq(strlen(account_agent(&request)), 200);
    ck_assert_int_eq(strncmp(account_agent(&request), "A??0", 4), 0);
    environment[0] = NULL;
    ck_assert_str_eq(account_agent(&request), "");
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
    const char *login;
    const char *cookies;
    const char *listed; /* the roles of the accounts */
    const char *roles;  /* those of the page */
    unsigned kept;
    const char *problem; /* NULL: it is taken */
} tables[] = {
    {"/in", NULL, "member,admin", "admin", 0, NULL},
    {"/in", "session,other", "member,admin", NULL, 0, NULL},
    {"/in", "other", "member", NULL, 0, "whose cookie is \"session\""},
    {NULL, NULL, "member", NULL, 0, "no login_path"},
    {"/in", NULL, "", NULL, 0, "the roles of its accounts"},
    {"/in", NULL, "member,member", NULL, 0, "the roles of its accounts"},
    {"/in", NULL, "member", "admin", 0, "for the role admin, which"},
    {"/in", NULL, "member", "member,,", 0, "its roles must be"},
    {"/in", NULL, "member", "member", 60, "for members only"},
};

START_TEST(a_table_that_contradicts_itself_is_refused)
{
    const struct fb_accounts members = {.roles = tables[_i].listed};
    const struct fb_page pages[] = {
        {.name = "in", .path = "/in", .methods = FB_GET, .handler = nothing},
        {.name = "office",
         .path = "/office",
         .methods = FB_GET,
         .handler = nothing,
         .cache_seconds = tables[_i].kept,
         .roles = tables[_i].roles}};
    const struct fb_app table = {.api_version = FB_API_VERSION,
                                 .size = sizeof(table),
                                 .name = "test",
                                 .pages = pages,
                                 .page_count = 2,
                                 .error_page = draw_nothing,
                                 .login_path = tables[_i].login,
                                 .session_cookies = tables[_i].cookies,
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
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, a_token_is_new_each_time_and_known_by_its_hash);
    tcase_add_loop_test(tests, what_is_no_token_has_no_hash, 0,
                        UNIT_ROWS(no_tokens));
    tcase_add_loop_test(tests, two_spellings_of_an_address_are_one, 0,
                        UNIT_ROWS(emails));
    tcase_add_loop_test(tests, a_common_password_is_known, 0,
                        UNIT_ROWS(common));
    tcase_add_loop_test(tests, a_fine_password_is_taken, 0, UNIT_ROWS(fine));
    tcase_add_loop_test(tests, a_password_is_refused_for_its_reason, 0,
                        UNIT_ROWS(checks));
    tcase_add_test(tests, the_longest_password_has_1024_bytes);
    tcase_add_loop_test(tests, one_goes_on_to_a_page_of_this_site_alone, 0,
                        UNIT_ROWS(nexts));
    tcase_add_loop_test(tests, a_role_is_a_whole_word_of_the_list, 0,
                        UNIT_ROWS(roles));
    tcase_add_loop_test(tests, an_address_is_known_by_its_network, 0,
                        UNIT_ROWS(networks));
    tcase_add_loop_test(tests, what_is_no_address_is_none, 0,
                        UNIT_ROWS(no_addresses));
    tcase_add_test(tests, what_a_browser_calls_itself_is_short_and_plain);
    tcase_add_loop_test(tests, a_table_that_contradicts_itself_is_refused, 0,
                        UNIT_ROWS(tables));
}

UNIT_MAIN("accounts", add_tests)
