/* A mail as it goes over the wire; see mail_message.h. */

#include "mail_message.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "utf8.h"

#define LINE_MOST 76     /* of a body, and of what we fold */
#define ENCODED_BYTES 36 /* of one encoded word: 48 letters and 13 around */

/* ---------------------------------------------------------------- headers */

static bool is_ascii(const char *text)
{
    for (; *text != '\0'; text++) {
        if ((unsigned char)*text >= 0x80) {
            return false;
        }
    }
    return true;
}

static size_t longest_word(const char *text)
{
    size_t longest = 0;

    while (*text != '\0') {
        size_t length = strcspn(text, " ");

        longest = length > longest ? length : longest;
        text += length + (text[length] == ' ');
    }
    return longest;
}

/*
 * Whether it may stand in a header as it is: "=?" would begin something, and
 * blanks that touch could be folded into a line of blanks alone.
 */
static bool is_plain(const char *text)
{
    size_t length = strlen(text);

    return is_ascii(text) && strstr(text, "=?") == NULL &&
           longest_word(text) < LINE_MOST - 20 && text[0] != ' ' &&
           strstr(text, "  ") == NULL &&
           (length == 0 || text[length - 1] != ' ');
}

/* Words as they are, with lines folded between them. */
static void put_folded(FILE *out, const char *text, size_t column)
{
    while (*text != '\0') {
        size_t length = strcspn(text, " ");

        if (column + 1 + length > LINE_MOST && column > 1) {
            fputs("\r\n", out);
            column = 0;
        }
        fprintf(out, " %.*s", (int)length, text);
        column += 1 + length;
        text += length + (text[length] == ' ');
    }
}

static void put_base64(FILE *out, const unsigned char *bytes, size_t length)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                 "abcdefghijklmnopqrstuvwxyz0123456789+/";
    size_t i;

    for (i = 0; i < length; i += 3) {
        unsigned group = (unsigned)bytes[i] << 16;

        group |= i + 1 < length ? (unsigned)bytes[i + 1] << 8 : 0;
        group |= i + 2 < length ? (unsigned)bytes[i + 2] : 0;
        fputc(digits[group >> 18], out);
        fputc(digits[group >> 12 & 63], out);
        fputc(i + 1 < length ? digits[group >> 6 & 63] : '=', out);
        fputc(i + 2 < length ? digits[group & 63] : '=', out);
    }
}

/* RFC 2047: words of whole characters, each on a line of its own. */
static void put_encoded(FILE *out, const char *text)
{
    size_t left = strlen(text);

    while (left > 0) {
        size_t taken = 0;
        uint32_t point;
        size_t bytes;

        while (taken < left &&
               (bytes = utf8_decode(text + taken, left - taken, &point)) > 0 &&
               taken + bytes <= ENCODED_BYTES) {
            taken += bytes;
        }
        if (taken == 0) {
            return; /* no UTF-8, which nobody gives us */
        }
        fputs(" =?UTF-8?B?", out);
        put_base64(out, (const unsigned char *)text, taken);
        fputs("?=", out);
        text += taken;
        left -= taken;
        fputs(left > 0 ? "\r\n" : "", out);
    }
}

static void put_words(FILE *out, const char *name, const char *text)
{
    fprintf(out, "%s:", name);
    if (is_plain(text)) {
        put_folded(out, text, strlen(name) + 1);
    } else {
        put_encoded(out, text);
    }
    fputs("\r\n", out);
}

/* A name is quoted, so that no character of it means anything. */
static void put_person(FILE *out, const char *header, const char *name,
                       const char *address)
{
    const char *c;

    fprintf(out, "%s:", header);
    if (name[0] != '\0' && !is_plain(name)) {
        put_encoded(out, name);
        fputs("\r\n", out);
    } else if (name[0] != '\0') {
        fputs(" \"", out);
        for (c = name; *c != '\0'; c++) {
            fprintf(out, *c == '"' || *c == '\\' ? "\\%c" : "%c", *c);
        }
        fputs("\"\r\n", out);
    }
    fprintf(out, " <%s>\r\n", address);
}

/* Of no locale. */
static void put_date(FILE *out, int64_t date)
{
    static const char days[] = "SunMonTueWedThuFriSat";
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    time_t seconds = (time_t)date;
    struct tm tm;

    gmtime_r(&seconds, &tm);
    fprintf(out, "Date: %.3s, %d %.3s %d %02d:%02d:%02d +0000\r\n",
            days + 3 * (size_t)tm.tm_wday, tm.tm_mday,
            months + 3 * (size_t)tm.tm_mon, tm.tm_year + 1900, tm.tm_hour,
            tm.tm_min, tm.tm_sec);
}

static void put_headers(FILE *out, const struct mail_message *mail)
{
    put_date(out, mail->date);
    put_person(out, "From", mail->from_name, mail->from);
    put_person(out, "To", mail->to_name, mail->to);
    if (mail->reply_to[0] != '\0') {
        fprintf(out, "Reply-To: <%s>\r\n", mail->reply_to);
    }
    put_words(out, "Subject", mail->subject);
    fprintf(out, "Message-ID: %s\r\n", mail->message_id);
    if (mail->language[0] != '\0') {
        fprintf(out, "Content-Language: %s\r\n", mail->language);
    }
    if (mail->unsubscribe[0] != '\0') {
        fprintf(out,
                "List-Unsubscribe: <%s>\r\n"
                "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n",
                mail->unsubscribe);
    }
    fputs("Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n", out);
}

/* ----------------------------------------------------------------- bodies */

static size_t hex_or_plain(char *to, unsigned char c, bool ends_line)
{
    bool is_blank = c == ' ' || c == '\t';

    if ((c > ' ' && c < 0x7f && c != '=') || (is_blank && !ends_line)) {
        to[0] = (char)c;
        return 1;
    }
    snprintf(to, 4, "=%02X", c);
    return 3;
}

/* Quoted-printable: CR LF and LF end a line, all else is kept as it is. */
static void put_quoted(FILE *out, const char *text)
{
    size_t column = 0;
    char piece[4];

    for (; *text != '\0'; text++) {
        size_t length;

        if (*text == '\n' || (*text == '\r' && text[1] == '\n')) {
            text += *text == '\r';
            fputs("\r\n", out);
            column = 0;
            continue;
        }
        length =
            hex_or_plain(piece, (unsigned char)*text,
                         text[1] == '\n' || text[1] == '\0' || text[1] == '\r');
        if (column + length > LINE_MOST - 1) {
            fputs("=\r\n", out);
            column = 0;
        }
        fwrite(piece, 1, length, out);
        column += length;
    }
    fputs(column > 0 ? "\r\n" : "", out);
}

static void put_part(FILE *out, const char *type, const char *body)
{
    fprintf(out,
            "Content-Type: text/%s; charset=utf-8\r\n"
            "Content-Transfer-Encoding: quoted-printable\r\n\r\n",
            type);
    put_quoted(out, body);
}

/*
 * The two forms of one text; the better one comes last. A line that begins
 * with the boundary is in neither: "=_" is not quoted-printable.
 */
static void put_alternatives(FILE *out, const struct mail_message *mail)
{
    char boundary[40];

    snprintf(boundary, sizeof(boundary), "=_%.32s", mail->message_id + 1);
    fprintf(out,
            "Content-Type: multipart/alternative;\r\n boundary=\"%s\"\r\n\r\n"
            "--%s\r\n",
            boundary, boundary);
    put_part(out, "plain", mail->text);
    fprintf(out, "\r\n--%s\r\n", boundary);
    put_part(out, "html", mail->html);
    fprintf(out, "\r\n--%s--\r\n", boundary);
}

char *mail_message_make(const struct mail_message *mail, size_t *length)
{
    char *bytes = NULL;
    FILE *out = open_memstream(&bytes, length);

    if (out == NULL) {
        return NULL;
    }
    put_headers(out, mail);
    if (mail->html != NULL) {
        put_alternatives(out, mail);
    } else {
        put_part(out, "plain", mail->text);
    }
    if (fclose(out) != 0) {
        free(bytes);
        return NULL;
    }
    return bytes;
}
