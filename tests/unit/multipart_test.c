/* Forms with files, as they arrive: appserver/engine/multipart.c, header_params.c */

#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "multipart.h"
#include "header_params.h"

#define TYPE "multipart/form-data; boundary=abc"
#define NAMED(name) "Content-Disposition: form-data; name=\"" name "\"\r\n\r\n"
#define FILE_NAMED(name, file) \
    "Content-Disposition: form-data; name=\"" name "\"; " file "\r\n\r\n"
#define FIRST "--abc\r\n"
#define NEXT "\r\n--abc\r\n"
#define LAST "\r\n--abc--\r\n"

/* What the parser says, in one line: a field, or a file with its name. */
struct story {
    char text[8192];
    size_t length;
};

static int tell_part(void *context, const struct multipart_part *part)
{
    struct story *story = context;

    story->length += (size_t)snprintf(
        story->text + story->length, sizeof(story->text) - story->length,
        part->filename != NULL ? "%s(%s)=" : "%s=", part->name, part->filename);
    return strcmp(part->name, "unwanted") == 0 ? 422 : 0;
}

static int tell_bytes(void *context, const char *bytes, size_t length)
{
    struct story *story = context;

    ck_assert_uint_gt(length, 0);
    ck_assert_uint_lt(story->length + length, sizeof(story->text));
    memcpy(story->text + story->length, bytes, length);
    story->length += length;
    story->text[story->length] = '\0';
    return 0;
}

static int tell_end(void *context)
{
    return tell_bytes(context, ";", 1);
}

/* Feeds the body in pieces: [0, first), then `step` bytes at a time. */
static int read_in_pieces(const char *type, const char *body, size_t length,
                          size_t first, size_t step, struct story *story)
{
    struct multipart_sink sink = {tell_part, tell_bytes, tell_end, story};
    static struct multipart multipart;
    size_t at = first;

    *story = (struct story){0};
    if (multipart_begin(&multipart, type, &sink) &&
        multipart_feed(&multipart, body, first)) {
        while (at < length &&
               multipart_feed(&multipart, body + at,
                              step < length - at ? step : length - at)) {
            at += step;
        }
        multipart_end(&multipart);
    }
    ck_assert(multipart.status == 0 || multipart.status == 422 ||
              multipart.reason != NULL);
    return multipart.status;
}

static const struct {
    const char *body;
    const char *story;
} good[] = {
    {FIRST NAMED("a") "1" LAST, "a=1;"},
    {FIRST NAMED("a") "" LAST, "a=;"},
    {FIRST NAMED("a") "1" NEXT NAMED("b") "2" LAST, "a=1;b=2;"},
    {"\r\n" FIRST NAMED("a") "1" LAST, "a=1;"},
    {FIRST NAMED("a") "1\r\n--abc--", "a=1;"},
    {FIRST NAMED("a") "1\r\n--abc-- \t\r\n", "a=1;"},
    {"--abc \t\r\n" NAMED("a") "1" LAST, "a=1;"},
    {"--abc--", ""},
    /* What only looks like a boundary is content. */
    {FIRST NAMED("a") "\r" LAST, "a=\r;"},
    {FIRST NAMED("a") "\r\r\n\r" LAST, "a=\r\r\n\r;"},
    {FIRST NAMED("a") "\r\n--ab" LAST, "a=\r\n--ab;"},
    {FIRST NAMED("a") "\r\n--ab\r\n--ab\r" LAST, "a=\r\n--ab\r\n--ab\r;"},
    {FIRST NAMED("a") "--abc" LAST, "a=--abc;"},
    {FIRST NAMED("a") "\n--abc\n" LAST, "a=\n--abc\n;"},
    {FIRST NAMED("a") "\r\n\r\n--abd" LAST, "a=\r\n\r\n--abd;"},
    /* Files, and what they are called. */
    {FIRST FILE_NAMED("a", "filename=\"me.jpg\"") "1" LAST, "a(me.jpg)=1;"},
    {FIRST FILE_NAMED("a", "filename=\"\"") "" LAST, "a()=;"},
    {FIRST FILE_NAMED("a", "filename=me.jpg") "1" LAST, "a(me.jpg)=1;"},
    {FIRST FILE_NAMED("a", "filename=\"a\\\"b\"") "1" LAST, "a(a\"b)=1;"},
    {FIRST FILE_NAMED("a", "filename=\"C:\\dir\\me.jpg\"") "1" LAST,
     "a(C:\\dir\\me.jpg)=1;"},
    {FIRST FILE_NAMED("a", "filename=\"a; name=b\"") "1" LAST,
     "a(a; name=b)=1;"},
    {FIRST FILE_NAMED("a", "filename=\"\xc3\xa4.txt\"") "1" LAST,
     "a(\xc3\xa4.txt)=1;"},
    {FIRST FILE_NAMED("a", "filename*=UTF-8''%c3%A4.txt") "1" LAST,
     "a(\xc3\xa4.txt)=1;"},
    {FIRST FILE_NAMED("a", "filename=x; filename*=utf-8'de'y") "1" LAST,
     "a(y)=1;"},
    {FIRST FILE_NAMED("a", "filename*=utf-8'de'y; filename=x") "1" LAST,
     "a(y)=1;"},
    /* Headers in other letters and orders, and such as nobody needs. */
    {FIRST "content-TYPE: text/plain; charset=utf-8\r\nX-Mine: 1\r\n"
           "CONTENT-disposition:Form-Data;Name=a;\r\n\r\n1" LAST,
     "a=1;"},
    {FIRST "Content-Transfer-Encoding: binary\r\n" NAMED("a") "1" LAST, "a=1;"},
    {FIRST "Content-Disposition: form-data; size=9; name=a\r\n\r\n1" LAST,
     "a=1;"},
};

START_TEST(a_form_is_understood_however_its_bytes_arrive)
{
    const char *body = good[_i].body;
    size_t length = strlen(body);
    struct story story;
    size_t split;

    for (split = 0; split <= length; split++) {
        ck_assert_int_eq(
            read_in_pieces(TYPE, body, length, split, length, &story), 0);
        ck_assert_str_eq(story.text, good[_i].story);
    }
    for (split = 1; split < 8; split++) {
        ck_assert_int_eq(read_in_pieces(TYPE, body, length, 0, split, &story),
                         0);
        ck_assert_str_eq(story.text, good[_i].story);
    }
}
END_TEST

static const struct {
    const char *body;
    int status;
} bad[] = {
    {"", 400},
    {"--abc", 400},
    {"--abc\r\n", 400},
    {"\r\n\r\n--abc--", 400},
    {"\n--abc--", 400},
    {"words\r\n" FIRST NAMED("a") "1" LAST, 400},
    {"--abd\r\n" NAMED("a") "1" LAST, 400},
    /* No last boundary, or something behind it. */
    {FIRST NAMED("a") "1", 400},
    {FIRST NAMED("a") "1\r\n--abc", 400},
    {FIRST NAMED("a") "1\r\n--abc-", 400},
    {FIRST NAMED("a") "1" LAST "\r\n", 400},
    {FIRST NAMED("a") "1" LAST FIRST NAMED("b") "2" LAST, 400},
    {FIRST NAMED("a") "1\r\n--abc--\n", 400},
    /* A boundary that goes on. */
    {FIRST NAMED("a") "1\r\n--abcd" LAST, 400},
    {FIRST NAMED("a") "1\r\n--abc-x" LAST, 400},
    {FIRST NAMED("a") "1\r\n--abc --\r\n", 400},
    {FIRST NAMED("a") "1\r\n--abc\n" NAMED("b") LAST, 400},
    {FIRST NAMED("a") "1\r\n--abc\rx", 400},
    /* Headers. */
    {FIRST "\r\n1" LAST, 400},
    {FIRST "Content-Type: text/plain\r\n\r\n1" LAST, 400},
    {FIRST "Content-Disposition: form-data; name=a\n\n1" LAST, 400},
    {FIRST "Content-Disposition: form-data; name=a\rb\r\n\r\n1" LAST, 400},
    {FIRST "Content-Disposition: form-data;\r\n name=a\r\n\r\n1" LAST, 400},
    {FIRST "Content-Disposition: form-data\r\n\r\n1" LAST, 400},
    {FIRST "Content-Disposition: attachment; name=a\r\n\r\n1" LAST, 400},
    {FIRST "Content-Disposition: form-data; name=\"\"\r\n\r\n1" LAST, 400},
    {FIRST "Content-Disposition: form-data; name=\"a\r\n\r\n1" LAST, 400},
    {FIRST "Content-Disposition: form-data; name=a; name=b\r\n\r\n1" LAST, 400},
    {FIRST "Content-Disposition: form-data; name=a\r\n" NAMED("a") "1" LAST,
     400},
    {FIRST "Content-Disposition: form-data; name=a b\r\n\r\n1" LAST, 400},
    {FIRST "Content-Disposition: form-data; name=\"\xff\"\r\n\r\n1" LAST, 400},
    {FIRST "Content-Disposition: form-data; name=\"a\x01\"\r\n\r\n1" LAST, 400},
    {FIRST "Content-Disposition : form-data; name=a\r\n\r\n1" LAST, 400},
    {FIRST "words\r\n" NAMED("a") "1" LAST, 400},
    {FIRST FILE_NAMED("a", "filename=a; filename=b") "1" LAST, 400},
    {FIRST FILE_NAMED("a", "filename*=UTF-8''%zz") "1" LAST, 400},
    {FIRST FILE_NAMED("a", "filename*=UTF-8''a%00.jpg") "1" LAST, 400},
    {FIRST FILE_NAMED("a", "filename*=UTF-8''%ff") "1" LAST, 400},
    {FIRST FILE_NAMED("a", "filename*=latin1''a") "1" LAST, 400},
    {FIRST FILE_NAMED("a", "filename*=a") "1" LAST, 400},
    {FIRST FILE_NAMED("a", "filename*0=a; filename*1=b") "1" LAST, 400},
    {FIRST "Content-Disposition: form-data; name*=UTF-8''a\r\n\r\n1" LAST, 400},
    /* What a form has no use for. */
    {FIRST "Content-Type: multipart/mixed; boundary=x\r\n" NAMED("a") "1" LAST,
     415},
    {FIRST "Content-Transfer-Encoding: base64\r\n" NAMED("a") "1" LAST, 415},
    /* What the reader does not want. */
    {FIRST NAMED("unwanted") "1" LAST, 422},
};

START_TEST(a_form_that_could_mean_two_things_is_refused)
{
    const char *body = bad[_i].body;
    size_t length = strlen(body);
    struct story story;
    size_t split;

    for (split = 0; split <= length; split++) {
        ck_assert_int_eq(
            read_in_pieces(TYPE, body, length, split, length, &story),
            bad[_i].status);
    }
    ck_assert_int_eq(read_in_pieces(TYPE, body, length, 0, 1, &story),
                     bad[_i].status);
}
END_TEST

#define SEVENTY \
    "1234567890123456789012345678901234567890123456789012345678901234567890"

static const struct {
    const char *type;
    const char *boundary; /* NULL: the type is refused */
    int status;
} types[] = {
    {"multipart/form-data; boundary=abc", "abc", 0},
    {"Multipart/Form-Data;BOUNDARY=\"abc\"", "abc", 0},
    {"multipart/form-data; charset=utf-8; boundary=a.b", "a.b", 0},
    {"multipart/form-data; boundary=\"a b\"", "a b", 0},
    {"multipart/form-data; boundary=----=_Part_1", "----=_Part_1", 0},
    {"multipart/form-data; boundary=" SEVENTY, SEVENTY, 0},
    {"multipart/form-data; boundary=" SEVENTY "1", NULL, 400},
    {"multipart/form-data", NULL, 400},
    {"multipart/form-data; boundary=", NULL, 400},
    {"multipart/form-data; boundary=\"\"", NULL, 400},
    {"multipart/form-data; boundary=\"a \"", NULL, 400},
    {"multipart/form-data; boundary=\"abc", NULL, 400},
    {"multipart/form-data; boundary=a; boundary=b", NULL, 400},
    {"multipart/form-data; boundary=a, multipart/form-data", NULL, 400},
    {"multipart/form-data; boundary*=UTF-8''a", NULL, 400},
    {"multipart/form-data; boundary*0=a", NULL, 400},
    {"multipart/form-data; boundary=a\x7f", NULL, 400},
    {"multipart/form-data; boundary", NULL, 400},
    {"multipart/form-data boundary=a", NULL, 400},
    {"multipart/form-datax; boundary=abc", NULL, 415},
    {"multipart/mixed; boundary=abc", NULL, 415},
};

START_TEST(the_boundary_is_that_of_the_type)
{
    char body[512];
    struct story story;
    const char *boundary =
        types[_i].boundary != NULL ? types[_i].boundary : "abc";

    snprintf(body, sizeof(body), "--%s\r\n" NAMED("a") "1\r\n--%s--\r\n",
             boundary, boundary);
    ck_assert(multipart_is_type(types[_i].type));
    ck_assert_int_eq(read_in_pieces(types[_i].type, body, strlen(body),
                                    strlen(body), 1, &story),
                     types[_i].status);
    if (types[_i].boundary != NULL) {
        ck_assert_str_eq(story.text, "a=1;");
    }
}
END_TEST

START_TEST(what_is_no_multipart_is_left_to_others)
{
    ck_assert(!multipart_is_type(NULL));
    ck_assert(!multipart_is_type(""));
    ck_assert(!multipart_is_type("application/x-www-form-urlencoded"));
    ck_assert(!multipart_is_type("multipart"));
}
END_TEST

START_TEST(zeroes_are_content_and_no_header)
{
    static const char content[] = FIRST NAMED("a") "x\0y" LAST;
    static const char header[] =
        FIRST "Content-Disposition: form-data; name=\"a\0b\"\r\n\r\n1" LAST;
    struct story story;

    ck_assert_int_eq(
        read_in_pieces(TYPE, content, sizeof(content) - 1, 0, 1, &story), 0);
    ck_assert_uint_eq(story.length, strlen("a=") + 3 + 1);
    ck_assert_mem_eq(story.text, "a=x\0y;", 6);
    ck_assert_int_eq(
        read_in_pieces(TYPE, header, sizeof(header) - 1, 0, 1, &story), 400);
}
END_TEST

/* A body of `count` such pieces between two others. */
static int read_many(const char *before, const char *piece, size_t count,
                     const char *behind)
{
    static char body[65536];
    struct story story;
    size_t length = 0;
    size_t i;

    length += (size_t)snprintf(body, sizeof(body), "%s", before);
    for (i = 0; i < count; i++) {
        ck_assert_uint_lt(length + strlen(piece), sizeof(body));
        length +=
            (size_t)snprintf(body + length, sizeof(body) - length, "%s", piece);
    }
    length +=
        (size_t)snprintf(body + length, sizeof(body) - length, "%s", behind);
    return read_in_pieces(TYPE, body, length, 0, 1000, &story);
}

START_TEST(parts_headers_and_names_have_limits)
{
    static const char part[] = NAMED("a") NEXT;
    static const char name[] = FIRST "Content-Disposition: form-data; name=";
    static const char file[] = FIRST "Content-Disposition: form-data; name=a; "
                                     "filename=";

    ck_assert_int_eq(
        read_many(FIRST, part, MULTIPART_PARTS_MAX - 1, NAMED("a") LAST), 0);
    ck_assert_int_eq(
        read_many(FIRST, part, MULTIPART_PARTS_MAX, NAMED("a") LAST), 413);
    ck_assert_int_eq(
        read_many(FIRST, "X: 1\r\n", MULTIPART_LINES_MAX - 1, NAMED("a") LAST),
        0);
    ck_assert_int_eq(
        read_many(FIRST, "X: 1\r\n", MULTIPART_LINES_MAX, NAMED("a") LAST),
        400);
    ck_assert_int_eq(read_many(FIRST "X: ", "1", 4000, "\r\n" NAMED("a") LAST),
                     0);
    ck_assert_int_eq(read_many(FIRST "X: ", "1", 4094, "\r\n" NAMED("a") LAST),
                     400);
    ck_assert_int_eq(read_many(FIRST "X: ", "1", 40000, ""), 400);
    ck_assert_int_eq(read_many(name, "n", MULTIPART_NAME_MAX, "\r\n\r\n" LAST),
                     0);
    ck_assert_int_eq(
        read_many(name, "n", MULTIPART_NAME_MAX + 1, "\r\n\r\n" LAST), 400);
    ck_assert_int_eq(read_many(file, "f", PARAM_VALUE_MAX, "\r\n\r\n" LAST), 0);
    ck_assert_int_eq(read_many(file, "f", PARAM_VALUE_MAX + 1, "\r\n\r\n" LAST),
                     400);
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_loop_test(tests, a_form_is_understood_however_its_bytes_arrive, 0,
                        UNIT_ROWS(good));
    tcase_add_loop_test(tests, a_form_that_could_mean_two_things_is_refused, 0,
                        UNIT_ROWS(bad));
    tcase_add_loop_test(tests, the_boundary_is_that_of_the_type, 0,
                        UNIT_ROWS(types));
    tcase_add_test(tests, what_is_no_multipart_is_left_to_others);
    tcase_add_test(tests, zeroes_are_content_and_no_header);
    tcase_add_test(tests, parts_headers_and_names_have_limits);
}

UNIT_MAIN("forms with files", add_tests)
