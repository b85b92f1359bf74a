/* Addresses and messages: appserver/engine/mail.c, mail_message.c */

#include "unit.h"

#include "mail.h"
#include "mail_message.h"

#include <stdlib.h>
#include <string.h>

/* What SMTP is given; NULL: it is no address. */
static const struct {
    const char *address;
    const char *ascii;
} addresses[] = {
    {"ann@example.org", "ann@example.org"},
    {"Ann.B+x@Example.org", "Ann.B+x@example.org"},
    {"ann@b\xc3\xbc"
     "cher.example",
     "ann@xn--bcher-kva.example"},
    {"b\xc3\xa4r@example.org", NULL},
    {"", NULL},
    {"ann", NULL},
    {"@example.org", NULL},
    {"ann@", NULL},
    {"ann@example.org\r\nBcc: x@example.org", NULL},
    {"ann@example.org\n", NULL},
    {"ann@exam\tple.org", NULL},
    {"ann@example.org, b@example.org", NULL},
    {"ann>@example.org", NULL},
    {"<ann@example.org>", NULL},
    {"an n@example.org", NULL},
    {"ann@localhost", NULL},
};

START_TEST(an_address_is_one_and_in_ascii)
{
    char ascii[FB_MAIL_ADDRESS_MAX + 1];
    bool good = mail_to_ascii(addresses[_i].address, ascii);

    ck_assert_int_eq(good, addresses[_i].ascii != NULL);
    if (good) {
        ck_assert_str_eq(ascii, addresses[_i].ascii);
    }
}
END_TEST

START_TEST(an_address_that_is_too_long_is_none)
{
    char long_address[2 * FB_MAIL_ADDRESS_MAX];
    char ascii[FB_MAIL_ADDRESS_MAX + 1];

    memset(long_address, 'a', sizeof(long_address));
    memcpy(long_address + sizeof(long_address) - 13, "@example.org", 13);
    ck_assert(!mail_to_ascii(long_address, ascii));
}
END_TEST

static const struct {
    const char *text;
    const char *name;
    const char *address;
} senders[] = {
    {"a@example.org", "", "a@example.org"},
    {"Foo Bar <a@example.org>", "Foo Bar", "a@example.org"},
    {"<a@example.org>", "", "a@example.org"},
    {"Foo <a@example.org", NULL, NULL},
    {"Foo\n<a@example.org>", NULL, NULL},
    {"Foo <a@example.org> x", NULL, NULL},
    {"Foo <>", NULL, NULL},
    {"", NULL, NULL},
};

START_TEST(a_sender_is_a_name_and_an_address)
{
    struct mail_sender sender;
    bool good = mail_read_sender(senders[_i].text, &sender);

    ck_assert_int_eq(good, senders[_i].name != NULL);
    if (good) {
        ck_assert_str_eq(sender.name, senders[_i].name);
        ck_assert_str_eq(sender.address, senders[_i].address);
    }
}
END_TEST

static struct mail_message example = {.from = "a@example.org",
                                      .from_name = "",
                                      .to = "b@example.org",
                                      .to_name = "",
                                      .reply_to = "",
                                      .subject = "Hello",
                                      .message_id = "<1@example.org>",
                                      .language = "",
                                      .unsubscribe = "",
                                      .date = 1785412800,
                                      .text = "Hello"};

static const char plain[] = "Date: Thu, 30 Jul 2026 12:00:00 +0000\r\n"
                            "From: <a@example.org>\r\n"
                            "To: <b@example.org>\r\n"
                            "Subject: Hello\r\n"
                            "Message-ID: <1@example.org>\r\n"
                            "Auto-Submitted: auto-generated\r\n"
                            "MIME-Version: 1.0\r\n"
                            "Content-Type: text/plain; charset=utf-8\r\n"
                            "Content-Transfer-Encoding: quoted-printable\r\n"
                            "\r\n"
                            "Hello\r\n";

START_TEST(a_plain_mail_is_a_plain_message)
{
    size_t length;
    char *bytes = mail_message_make(&example, &length);

    ck_assert_str_eq(bytes, plain);
    ck_assert_uint_eq(length, sizeof(plain) - 1);
    free(bytes);
}
END_TEST

/* A body, and what is made of it. */
static const struct {
    const char *text;
    const char *quoted;
} bodies[] = {
    {"", ""},
    {"a\n", "a\r\n"},
    {"a\r\nb", "a\r\nb\r\n"},
    {"a\rb", "a=0Db\r\n"},
    {"1 = 1", "1 =3D 1\r\n"},
    {"end \nend\t", "end=20\r\nend=09\r\n"},
    {"\xc3\xbc", "=C3=BC\r\n"},
    {"1234567890123456789012345678901234567890123456789012345678901234567890"
     "1234567890",
     "1234567890123456789012345678901234567890123456789012345678901234567890"
     "12345=\r\n67890\r\n"},
};

START_TEST(a_body_is_quoted)
{
    struct mail_message mail = example;
    size_t length;
    char *bytes;
    const char *body;

    mail.text = bodies[_i].text;
    bytes = mail_message_make(&mail, &length);
    body = strstr(bytes, "\r\n\r\n");
    ck_assert_ptr_nonnull(body);
    ck_assert_str_eq(body + 4, bodies[_i].quoted);
    free(bytes);
}
END_TEST

/* A subject, and its header. */
static const struct {
    const char *subject;
    const char *header;
} subjects[] = {
    {"Plain", "\r\nSubject: Plain\r\n"},
    {"=?UTF-8?B?SGFsbG8=?=",
     "\r\nSubject: =?UTF-8?B?PT9VVEYtOD9CP1NHRnNiRzg9Pz0=?=\r\n"},
    {"Gr\xc3\xbc\xc3\x9f"
     "e",
     "\r\nSubject: =?UTF-8?B?R3LDvMOfZQ==?=\r\n"},
    {"a subject that is longer than a line of a mail should be, and is folded "
     "between words",
     "\r\nSubject: a subject that is longer than a line of a mail should be, "
     "and is\r\n folded between words\r\n"},
    /* No blank is lost, and no line has blanks alone. */
    {"two  blanks", "\r\nSubject: =?UTF-8?B?dHdvICBibGFua3M=?=\r\n"},
    {"one at its end ", "\r\nSubject: =?UTF-8?B?b25lIGF0IGl0cyBlbmQg?=\r\n"},
};

START_TEST(a_subject_is_a_header)
{
    struct mail_message mail = example;
    size_t length;
    char *bytes;

    mail.subject = subjects[_i].subject;
    bytes = mail_message_make(&mail, &length);
    ck_assert_ptr_nonnull(strstr(bytes, subjects[_i].header));
    free(bytes);
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_loop_test(tests, an_address_is_one_and_in_ascii, 0,
                        UNIT_ROWS(addresses));
    tcase_add_test(tests, an_address_that_is_too_long_is_none);
    tcase_add_loop_test(tests, a_sender_is_a_name_and_an_address, 0,
                        UNIT_ROWS(senders));
    tcase_add_test(tests, a_plain_mail_is_a_plain_message);
    tcase_add_loop_test(tests, a_body_is_quoted, 0, UNIT_ROWS(bodies));
    tcase_add_loop_test(tests, a_subject_is_a_header, 0, UNIT_ROWS(subjects));
}

UNIT_MAIN("mail", add_tests)
