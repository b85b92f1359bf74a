/* The head of a FastCGI request before it is read: appserver/engine/head.c */

#include "unit.h"

#include <string.h>

#include "head.h"

#define MESSAGE_MAX ((size_t)256 * 1024)

enum type {
    BEGIN_REQUEST = 1,
    ABORT_REQUEST = 2,
    PARAMS = 4,
    STDIN = 5,
    GET_VALUES = 9,
    GET_VALUES_RESULT = 10,
    UNKNOWN_TYPE = 11
};

struct message {
    unsigned char bytes[MESSAGE_MAX];
    size_t length;
};

static struct message message;

static void set_up(void)
{
    message.length = 0;
}

static void put(const void *bytes, size_t length)
{
    ck_assert_uint_le(length, MESSAGE_MAX - message.length);
    if (length > 0) {
        memcpy(message.bytes + message.length, bytes, length);
    }
    message.length += length;
}

static void put_padded(enum type type, unsigned id, const void *content,
                       size_t length, unsigned char padding)
{
    static const unsigned char zeros[255];
    unsigned char head[8] = {1,
                             (unsigned char)type,
                             (unsigned char)(id >> 8),
                             (unsigned char)id,
                             (unsigned char)(length >> 8),
                             (unsigned char)length,
                             padding};

    put(head, sizeof(head));
    put(content, length);
    put(zeros, padding);
}

static void put_record(enum type type, unsigned id, const void *content,
                       size_t length)
{
    put_padded(type, id, content, length, 0);
}

static void put_params(const void *content, size_t length)
{
    put_record(PARAMS, 1, content, length);
}

static void put_end(void)
{
    put_record(PARAMS, 1, NULL, 0);
}

static void put_begin(unsigned id)
{
    static const unsigned char responder[8] = {0, 1, 1};

    put_record(BEGIN_REQUEST, id, responder, sizeof(responder));
}

/* A pair whose name and value are short. */
static const unsigned char pair[] = "\1\2AXY";
#define PAIR_BYTES (sizeof(pair) - 1)

/* The same with lengths of four bytes. */
static const unsigned char long_pair[] = "\200\0\0\1\200\0\0\2AXY";
#define LONG_PAIR_BYTES (sizeof(long_pair) - 1)

/* Exactly as long as it is, so that a sanitizer sees one byte too many. */
static struct head look(size_t length)
{
    unsigned char *bytes = malloc(length > 0 ? length : 1);
    struct head head;

    ck_assert_ptr_nonnull(bytes);
    memcpy(bytes, message.bytes, length);
    head = head_look(bytes, length);
    free(bytes);
    return head;
}

/* --- heads that are good ------------------------------------------------ */

static void no_params(void)
{
    put_begin(1);
    put_end();
}

static void one_pair(void)
{
    put_begin(1);
    put_params(pair, PAIR_BYTES);
    put_end();
}

static void long_lengths(void)
{
    put_begin(1);
    put_params(long_pair, LONG_PAIR_BYTES);
    put_end();
}

static void padded_params(void)
{
    put_begin(1);
    put_padded(PARAMS, 1, pair, PAIR_BYTES, 3);
    put_padded(PARAMS, 1, pair, PAIR_BYTES, 255);
    put_end();
}

/* Pairs and records have their borders at different places. */
static void a_byte_a_record(void)
{
    size_t i;

    put_begin(1);
    for (i = 0; i < LONG_PAIR_BYTES; i++) {
        put_params(long_pair + i, 1);
    }
    put_end();
}

static void empty_names_and_values(void)
{
    put_begin(1);
    put_params("\0\0\1\0A\0\1X\200\0\0\0\200\0\0\0", 16);
    put_end();
}

static void another_request_inside(void)
{
    put_begin(1);
    put_params(pair, 2);
    put_begin(2);
    put_record(PARAMS, 2, "anything", 8);
    put_record(STDIN, 2, "anything", 8);
    put_params(pair + 2, PAIR_BYTES - 2);
    put_begin(1);
    put_end();
}

static void as_many_params_as_allowed(void)
{
    int i;

    put_begin(1);
    for (i = 0; i < HEAD_PARAMS_MAX; i++) {
        put_params(pair, PAIR_BYTES);
    }
    put_end();
}

static void as_long_a_value_as_fits(void)
{
    static const unsigned char lengths[] = "\0\200\0\376\0";
    static const unsigned char value[0xfe00];

    put_begin(1);
    put_params(lengths, 5);
    put_params(value, sizeof(value));
    put_end();
}

static void (*const good[])(void) = {
    no_params,
    one_pair,
    long_lengths,
    padded_params,
    a_byte_a_record,
    empty_names_and_values,
    another_request_inside,
    as_many_params_as_allowed,
    as_long_a_value_as_fits,
};

START_TEST(a_head_is_whole_with_its_last_byte_and_not_before)
{
    size_t step;
    size_t cut;

    good[_i]();
    step = message.length > 4096 ? 97 : 1;
    for (cut = 0; cut < message.length; cut += step) {
        ck_assert_int_eq(look(cut).state, HEAD_INCOMPLETE);
    }
    ck_assert_int_eq(look(message.length - 1).state, HEAD_INCOMPLETE);
    ck_assert_int_eq(look(message.length).state, HEAD_WHOLE);
    ck_assert_uint_eq(look(message.length).request_id, 1);
}
END_TEST

START_TEST(what_comes_behind_a_head_does_not_matter)
{
    good[_i]();
    put("\7nonsense", 9);
    ck_assert_int_eq(look(message.length).state, HEAD_WHOLE);
}
END_TEST

START_TEST(a_request_id_has_two_bytes)
{
    put_begin(0xfedc);
    put_record(PARAMS, 0xfedc, NULL, 0);
    ck_assert_int_eq(look(message.length).state, HEAD_WHOLE);
    ck_assert_uint_eq(look(message.length).request_id, 0xfedc);
}
END_TEST

/* --- heads that are refused --------------------------------------------- */

static void one_param_too_many(void)
{
    as_many_params_as_allowed();
    message.length -= 8;
    put_params(pair, PAIR_BYTES);
    put_end();
}

static void ten_thousand_params(void)
{
    int i;

    put_begin(1);
    for (i = 0; i < 10000; i++) {
        put_params("\0\0", 2);
    }
    put_end();
}

static void a_name_longer_than_a_head(void)
{
    put_begin(1);
    put_params("\200\1\0\1", 4);
}

static void lengths_whose_sum_is_2_to_the_31(void)
{
    put_begin(1);
    put_params("\277\377\377\377\300\0\0\1", 8);
    put_end();
}

static void the_longest_lengths(void)
{
    put_begin(1);
    put_params("\377\377\377\377\377\377\377\377", 8);
    put_end();
}

static void long_lengths_in_pieces(void)
{
    size_t i;

    put_begin(1);
    for (i = 0; i < 8; i++) {
        put_params("\377", 1);
    }
    put_end();
}

static void more_bytes_than_allowed(void)
{
    static const unsigned char value[0x8000];
    int i;

    put_begin(1);
    for (i = 0; i < 2; i++) {
        put_params("\0\200\0\200\0", 5);
        put_params(value, sizeof(value));
    }
    put_end();
}

static void a_pair_without_its_text(void)
{
    put_begin(1);
    put_params(pair, PAIR_BYTES - 1);
    put_end();
}

static void a_pair_without_its_second_length(void)
{
    put_begin(1);
    put_params("\1", 1);
    put_end();
}

static void a_length_that_is_not_whole(void)
{
    put_begin(1);
    put_params("\0\200\0", 3);
    put_end();
}

static void another_version(void)
{
    put_begin(1);
    message.bytes[0] = 2;
}

static void another_version_later(void)
{
    put_begin(1);
    put("\2", 1);
}

static void no_begin(void)
{
    put_params(pair, PAIR_BYTES);
}

static void begin_without_an_id(void)
{
    put_begin(0);
}

static void begin_of_a_wrong_size(void)
{
    put_record(BEGIN_REQUEST, 1, "\0\1\1\0\0\0\0", 7);
}

static void a_body_before_the_end_of_params(void)
{
    put_begin(1);
    put_record(STDIN, 1, "a=1", 3);
}

static void an_abort(void)
{
    put_begin(1);
    put_record(ABORT_REQUEST, 1, NULL, 0);
}

static void management_inside_a_head(void)
{
    put_begin(1);
    put_record(GET_VALUES, 0, NULL, 0);
}

/*
 * What follows is FastCGI, but libfcgi reads it in another way than it was
 * meant: it would find lengths that nobody looked at.
 */
static void padding_behind_begin(void)
{
    put_padded(BEGIN_REQUEST, 1, "\0\1\1\0\0\0\0\0", 8, 8);
    put_end();
}

static void padding_behind_the_end_of_params(void)
{
    put_begin(1);
    put_padded(PARAMS, 1, NULL, 0, 8);
}

static void an_empty_record_of_another_request(void)
{
    put_begin(1);
    put_record(PARAMS, 2, NULL, 0);
    put_end();
}

static void another_begin_of_a_wrong_size(void)
{
    put_begin(1);
    put_record(BEGIN_REQUEST, 2, "\0\1\1\0\0\0\0", 7);
}

static const struct {
    void (*build)(void);
    enum head_state state;
    unsigned request_id;
} refused[] = {
    {one_param_too_many, HEAD_TOO_LARGE, 1},
    {ten_thousand_params, HEAD_TOO_LARGE, 1},
    {a_name_longer_than_a_head, HEAD_TOO_LARGE, 1},
    {lengths_whose_sum_is_2_to_the_31, HEAD_TOO_LARGE, 1},
    {the_longest_lengths, HEAD_TOO_LARGE, 1},
    {long_lengths_in_pieces, HEAD_TOO_LARGE, 1},
    {more_bytes_than_allowed, HEAD_TOO_LARGE, 1},
    {a_pair_without_its_text, HEAD_BROKEN, 1},
    {a_pair_without_its_second_length, HEAD_BROKEN, 1},
    {a_length_that_is_not_whole, HEAD_BROKEN, 1},
    {another_version, HEAD_BROKEN, 0},
    {another_version_later, HEAD_BROKEN, 1},
    {no_begin, HEAD_BROKEN, 1},
    {begin_without_an_id, HEAD_BROKEN, 0},
    {begin_of_a_wrong_size, HEAD_BROKEN, 1},
    {a_body_before_the_end_of_params, HEAD_BROKEN, 1},
    {an_abort, HEAD_BROKEN, 1},
    {management_inside_a_head, HEAD_BROKEN, 1},
    {padding_behind_begin, HEAD_BROKEN, 1},
    {padding_behind_the_end_of_params, HEAD_BROKEN, 1},
    {an_empty_record_of_another_request, HEAD_BROKEN, 1},
    {another_begin_of_a_wrong_size, HEAD_BROKEN, 1},
};

START_TEST(a_bad_head_is_refused)
{
    struct head head;

    refused[_i].build();
    head =
        look(message.length < HEAD_BYTES_MAX ? message.length : HEAD_BYTES_MAX);
    ck_assert_int_eq(head.state, refused[_i].state);
    ck_assert_uint_eq(head.request_id, refused[_i].request_id);
}
END_TEST

/* However many of its bytes have come. */
START_TEST(a_bad_head_is_never_taken_for_whole)
{
    size_t cut;

    refused[_i].build();
    for (cut = 0; cut < 1024 && cut < message.length; cut++) {
        ck_assert_int_ne(look(cut).state, HEAD_WHOLE);
    }
}
END_TEST

/* --- records about the connection --------------------------------------- */

START_TEST(management_comes_first_with_its_padding)
{
    put_padded(GET_VALUES, 0, "\17\0FCGI_MPXS_CONNS", 17, 7);
    ck_assert_int_eq(look(message.length - 1).state, HEAD_INCOMPLETE);
    ck_assert_int_eq(look(message.length).state, HEAD_MANAGEMENT);
    ck_assert_uint_eq(look(message.length).management_length, message.length);
    put_begin(1);
    ck_assert_uint_eq(look(message.length).management_length, 8U + 17U + 7U);
}
END_TEST

/* Where a value stands in a reply, or NULL. */
static const unsigned char *value_of(const unsigned char *reply, size_t length,
                                     const char *name)
{
    size_t at = 8;

    while (at + 2 < length) {
        size_t name_length = reply[at];
        size_t value_length = reply[at + 1];
        const unsigned char *text = reply + at + 2;

        if (name_length == strlen(name) && value_length == 1 &&
            memcmp(text, name, name_length) == 0) {
            return text + name_length;
        }
        at += 2 + name_length + value_length;
    }
    return NULL;
}

static const struct {
    const char *name;
    char value;
} values[] = {
    {"FCGI_MAX_CONNS", '1'},
    {"FCGI_MAX_REQS", '1'},
    {"FCGI_MPXS_CONNS", '0'},
};

START_TEST(get_values_is_answered_with_one_request_at_a_time)
{
    unsigned char reply[HEAD_REPLY_BYTES];
    const unsigned char *value;
    size_t length;

    put_record(GET_VALUES, 0, NULL, 0);
    length = head_answer_management(message.bytes, message.length, reply);
    ck_assert_uint_le(length, HEAD_REPLY_BYTES);
    ck_assert_uint_eq(reply[0], 1);
    ck_assert_uint_eq(reply[1], GET_VALUES_RESULT);
    ck_assert_uint_eq(reply[2] | reply[3], 0);
    ck_assert_uint_eq(8U + reply[5] + reply[6], length);
    value = value_of(reply, length, values[_i].name);
    ck_assert_ptr_nonnull(value);
    ck_assert_int_eq(*value, values[_i].value);
}
END_TEST

START_TEST(any_other_management_is_answered_with_its_type)
{
    unsigned char reply[HEAD_REPLY_BYTES];
    size_t length;

    put_record((enum type)42, 0, "anything", 8);
    length = head_answer_management(message.bytes, message.length, reply);
    ck_assert_uint_eq(length, 16);
    ck_assert_uint_eq(reply[1], UNKNOWN_TYPE);
    ck_assert_uint_eq(reply[5], 8);
    ck_assert_uint_eq(reply[8], 42);
}
END_TEST

/* --- what a head says --------------------------------------------------- */

START_TEST(the_parameters_are_counted)
{
    struct head head;

    put_begin(1);
    put_params(pair, PAIR_BYTES);
    put_params(long_pair, 3);
    put_record(STDIN, 2, "of another", 10);
    put_params(long_pair + 3, LONG_PAIR_BYTES - 3);
    put_end();
    head = look(message.length);
    ck_assert_int_eq(head.state, HEAD_WHOLE);
    ck_assert_uint_eq(head.param_count, 2);
    ck_assert_uint_eq(head.params_length, PAIR_BYTES + LONG_PAIR_BYTES);
    ck_assert(head.has_others);
}
END_TEST

START_TEST(the_peer_says_whether_it_keeps_the_connection)
{
    static const unsigned char ends[8] = {0, 1, 0xfe};

    put_begin(1);
    put_end();
    ck_assert(look(message.length).keeps_connection);
    set_up();
    put_record(BEGIN_REQUEST, 1, ends, sizeof(ends));
    put_end();
    ck_assert(!look(message.length).keeps_connection);
}
END_TEST

/* What stands behind a head, and whether the request ends there. */
static const struct {
    const char *bytes;
    size_t length;
    bool ends;
} behind[] = {
    {"", 0, false},
    {"\1\5\0\1\0\0\0", 7, false},
    {"\1\5\0\1\0\0\0\0", 8, true},
    {"\1\5\0\1\0\0\0\0\1", 9, true},
    {"\2\5\0\1\0\0\0\0", 8, false},
    {"\1\2\0\1\0\0\0\0", 8, false},
    {"\1\5\0\2\0\0\0\0", 8, false},
    {"\1\5\1\1\0\0\0\0", 8, false},
    {"\1\5\0\1\0\1\0\0x", 9, false},
    {"\1\5\0\1\0\0\1\0\0", 9, false},
};

/* From bytes of exactly that length. */
static size_t end_of(const struct head *head)
{
    unsigned char *bytes = malloc(message.length);
    size_t end;

    ck_assert_ptr_nonnull(bytes);
    memcpy(bytes, message.bytes, message.length);
    end = head_ends_request(head, bytes, message.length);
    free(bytes);
    return end;
}

START_TEST(a_request_without_a_body_ends_behind_its_head)
{
    struct head head;
    size_t length;

    one_pair();
    length = message.length;
    head = look(length);
    put(behind[_i].bytes, behind[_i].length);
    ck_assert_uint_eq(end_of(&head), behind[_i].ends ? length + 8 : 0);
}
END_TEST

START_TEST(a_request_with_records_of_others_is_not_that_simple)
{
    struct head head;

    put_begin(1);
    put_begin(2);
    put_end();
    put_record(STDIN, 1, NULL, 0);
    head = look(message.length);
    ck_assert_int_eq(head.state, HEAD_WHOLE);
    ck_assert_uint_eq(end_of(&head), 0);
}
END_TEST

/* What a client writes into a value is not the parameter itself. */
START_TEST(a_parameter_is_found_by_its_name_alone)
{
    static const char params[] = "\1\23XFOOBAR_ARRIVAL2.000\1"
                                 "\16\0FOOBAR_ARRIVAX"
                                 "\16\200\0\0\5FOOBAR_ARRIVAL1.234"
                                 "\1\1YZ";
    const char *value;
    size_t length = 0;
    size_t there;

    put_begin(1);
    put_params(params, sizeof(params) - 1);
    put_end();
    value = head_find(message.bytes, message.length, "FOOBAR_ARRIVAL", &length);
    ck_assert_ptr_nonnull(value);
    ck_assert_uint_eq(length, 5);
    ck_assert_int_eq(memcmp(value, "1.234", 5), 0);
    ck_assert_ptr_null(
        head_find(message.bytes, message.length, "FOOBAR", &length));
    /* Cut off anywhere before its end, it is not there yet. */
    for (there = 0; there < (size_t)(value + 5 - (char *)message.bytes);
         there++) {
        unsigned char *part = malloc(there + 1);

        memcpy(part, message.bytes, there);
        ck_assert_ptr_null(head_find(part, there, "FOOBAR_ARRIVAL", &length));
        free(part);
    }
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_checked_fixture(tests, set_up, NULL);
    tcase_add_loop_test(tests,
                        a_head_is_whole_with_its_last_byte_and_not_before, 0,
                        UNIT_ROWS(good));
    tcase_add_loop_test(tests, what_comes_behind_a_head_does_not_matter, 0,
                        UNIT_ROWS(good));
    tcase_add_test(tests, a_request_id_has_two_bytes);
    tcase_add_loop_test(tests, a_bad_head_is_refused, 0, UNIT_ROWS(refused));
    tcase_add_loop_test(tests, a_bad_head_is_never_taken_for_whole, 0,
                        UNIT_ROWS(refused));
    tcase_add_test(tests, management_comes_first_with_its_padding);
    tcase_add_loop_test(tests,
                        get_values_is_answered_with_one_request_at_a_time, 0,
                        UNIT_ROWS(values));
    tcase_add_test(tests, any_other_management_is_answered_with_its_type);
    tcase_add_test(tests, the_parameters_are_counted);
    tcase_add_test(tests, the_peer_says_whether_it_keeps_the_connection);
    tcase_add_loop_test(tests, a_request_without_a_body_ends_behind_its_head, 0,
                        UNIT_ROWS(behind));
    tcase_add_test(tests, a_request_with_records_of_others_is_not_that_simple);
    tcase_add_test(tests, a_parameter_is_found_by_its_name_alone);
}

UNIT_MAIN("FastCGI heads", add_tests)
