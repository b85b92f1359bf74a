/*
 * Fuzzes mail: addresses, who it is from, and the bytes of a message. An input
 * is an address, a name, a subject and a text, each behind a line feed; a text
 * that begins with "<" is drawn as HTML too.
 *
 * Whatever people have typed: an address that is taken is one, in ASCII; a
 * message has the headers that we write and no others, each line is short,
 * ASCII and ended by CRLF, and its text comes out as it went in.
 *
 * seeds: tests/fuzz/seeds/mail
 */

#include <foobar/mail.h>

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "mail.h"
#include "mail_message.h"
#include "utf8.h"

#define TEXT_MAX 4096
#define LINE_MOST 998 /* RFC 5322, without CRLF */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
    if (!holds) {
        abort();
    }
}

/* ------------------------------------------------------------- addresses */

static bool check_address(const char *text, char ascii[FB_MAIL_ADDRESS_MAX + 1])
{
    char again[FB_MAIL_ADDRESS_MAX + 1];
    const char *c;

    if (!mail_to_ascii(text, ascii)) {
        return false;
    }
    for (c = ascii; *c != '\0'; c++) {
        must((unsigned char)*c > ' ' && (unsigned char)*c < 0x7f);
        must(strchr("<>,;\"\\", *c) == NULL);
    }
    must(strchr(ascii, '@') != NULL &&
         strchr(ascii, '@') == strrchr(ascii, '@'));
    must(mail_to_ascii(ascii, again) && strcmp(ascii, again) == 0);
    return true;
}

static void check_sender(const char *text)
{
    struct mail_sender sender;
    char ascii[FB_MAIL_ADDRESS_MAX + 1];

    if (mail_read_sender(text, &sender)) {
        must(check_address(sender.address, ascii));
        must(strlen(sender.name) <= FB_MAIL_SUBJECT_MAX);
        must(strpbrk(sender.name, "\r\n") == NULL);
    }
}

/* ------------------------------------------------------------- a message */

/* Whether fb_mail() would take it for a header: a short line of UTF-8. */
static bool is_line(const char *text)
{
    size_t left = strlen(text);
    uint32_t point;

    if (left > FB_MAIL_SUBJECT_MAX) {
        return false;
    }
    while (left > 0) {
        size_t bytes = utf8_decode(text, left, &point);

        if (bytes == 0 || point < ' ' || point == 0x7f) {
            return false;
        }
        text += bytes;
        left -= bytes;
    }
    return true;
}

static bool is_ours(const char *line)
{
    static const char *const headers[] = {
        "Date: ",         "From:",          "To:",
        "Subject:",       "Message-ID: ",   "Auto-Submitted: ",
        "MIME-Version: ", "Content-Type: ", "Content-Transfer-Encoding: "};
    size_t i;

    for (i = 0; i < sizeof(headers) / sizeof(headers[0]); i++) {
        if (strncmp(line, headers[i], strlen(headers[i])) == 0) {
            return true;
        }
    }
    return false;
}

/* Of one line, without its CRLF. */
static void check_line(const char *line, size_t length, bool is_header)
{
    size_t i;

    must(length <= LINE_MOST);
    for (i = 0; i < length; i++) {
        must((line[i] >= ' ' && line[i] < 0x7f) || line[i] == '\t');
    }
    if (is_header && line[0] == ' ') {
        /* A line of white space alone could be taken for the end. */
        must(strspn(line, " \t") < length);
    } else if (is_header) {
        must(is_ours(line));
    }
}

/* Returns the body. */
static const char *check_lines(const char *bytes)
{
    const char *body = NULL;
    const char *end;

    for (; *bytes != '\0'; bytes = end + 2) {
        end = strstr(bytes, "\r\n");
        must(end != NULL);
        if (end == bytes && body == NULL) {
            body = end + 2;
        }
        check_line(bytes, (size_t)(end - bytes), body == NULL);
    }
    must(body != NULL);
    return body;
}

static int digit(char c)
{
    must((c >= '0' && c <= '9') || (c >= 'A' && c <= 'F'));
    return c <= '9' ? c - '0' : c - 'A' + 10;
}

/* What a reader of mail makes of quoted-printable. */
static char *decode(const char *body)
{
    char *text = calloc(1, strlen(body) + 1);
    char *to = text;

    must(text != NULL);
    while (*body != '\0') {
        if (strncmp(body, "=\r\n", 3) == 0) {
            body += 3;
        } else if (*body == '=') {
            *to++ = (char)(digit(body[1]) * 16 + digit(body[2]));
            body += 3;
        } else {
            *to++ = *body++;
        }
    }
    return text;
}

/* As it should come out: lines end by CRLF, the last one too. */
static char *expected(const char *text)
{
    char *lines = calloc(2, strlen(text) + 2);
    char *to = lines;

    must(lines != NULL);
    for (; *text != '\0'; text++) {
        if (*text == '\n' && (to == lines || to[-1] != '\r')) {
            *to++ = '\r';
        }
        *to++ = *text;
    }
    if (to != lines && to[-1] != '\n') {
        memcpy(to, "\r\n", 2);
    }
    return lines;
}

static void check_message(const char *to, const char *name, const char *subject,
                          const char *text)
{
    const struct mail_message mail = {.from = "a@example.org",
                                      .from_name = "Foobar",
                                      .to = to,
                                      .to_name = name,
                                      .reply_to = "",
                                      .subject = subject,
                                      .message_id = "<1@example.org>",
                                      .language = "",
                                      .unsubscribe = "",
                                      .date = 1785412800,
                                      .text = text,
                                      .html = text[0] == '<' ? text : NULL};
    size_t length;
    char *bytes = mail_message_make(&mail, &length);
    const char *body;

    must(bytes != NULL && strlen(bytes) == length);
    body = check_lines(bytes);
    if (mail.html == NULL) {
        char *decoded = decode(body);
        char *lines = expected(text);

        must(strcmp(decoded, lines) == 0);
        free(decoded);
        free(lines);
    }
    free(bytes);
}

/* ----------------------------------------------------------------- inputs */

/* The text up to the next line feed, which is taken out. */
static char *next_line(char **rest)
{
    char *line = *rest;
    size_t length = strcspn(line, "\n");

    *rest = line + length + (line[length] == '\n');
    line[length] = '\0';
    return line;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char ascii[FB_MAIL_ADDRESS_MAX + 1] = "b@example.org";
    const char *address;
    const char *name;
    const char *subject;
    char *text;
    char *rest;

    if (size > TEXT_MAX) {
        return 0;
    }
    text = malloc(size + 1);
    must(text != NULL);
    memcpy(text, data, size);
    text[size] = '\0';
    check_sender(text);
    rest = text;
    address = next_line(&rest);
    name = next_line(&rest);
    subject = next_line(&rest);
    check_sender(address);
    if (check_address(address, ascii) && is_line(name) && is_line(subject) &&
        subject[0] != '\0') {
        check_message(ascii, name, subject, rest);
    }
    free(text);
    return 0;
}
