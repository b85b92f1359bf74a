/* Replies as records of FastCGI: appserver/engine/reply.c */

#include "unit.h"

#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "reply.h"

#define REQUEST_ID 0x304
#define BODY_MAX ((size_t)3 * 1024 * 1024)
#define WRITTEN_MAX (BODY_MAX + 64 * 1024)

enum type {
    END_REQUEST = 3,
    STDOUT = 6
};

static unsigned char written[WRITTEN_MAX];
static size_t written_length;

/* What the peer understands. */
static char content[WRITTEN_MAX];
static size_t content_length;
static size_t record_count;
static unsigned end_count; /* of STDOUT, then of the request */

static char body[BODY_MAX];

static void set_up(void)
{
    size_t i;

    for (i = 0; i < sizeof(body); i++) {
        body[i] = (char)('a' + i % 23);
    }
}

static void understand(void)
{
    size_t at = 0;

    content_length = 0;
    record_count = 0;
    end_count = 0;
    while (at < written_length) {
        const unsigned char *head = written + at;
        size_t length = (size_t)head[4] << 8 | head[5];

        ck_assert_uint_le(at + 8, written_length);
        ck_assert_uint_eq(head[0], 1);
        ck_assert_uint_eq((unsigned)head[2] << 8 | head[3], REQUEST_ID);
        ck_assert_uint_eq(end_count == 1 ? END_REQUEST : STDOUT, head[1]);
        ck_assert_uint_eq(end_count == 1 ? 8 : length, length);
        end_count += end_count == 1 || length == 0;
        if (head[1] == STDOUT) {
            memcpy(content + content_length, head + 8, length);
            content_length += length;
        }
        record_count++;
        at += 8 + length + head[6];
    }
    ck_assert_uint_eq(at, written_length);
}

/* What went into a file. */
static void read_back(int fd)
{
    ssize_t got = pread(fd, written, sizeof(written), 0);

    ck_assert_int_ge(got, 0);
    written_length = (size_t)got;
    close(fd);
    understand();
}

static int begin_file(void)
{
    int fd = memfd_create("reply", MFD_CLOEXEC);

    ck_assert_int_ge(fd, 0);
    reply_begin(fd, REQUEST_ID);
    return fd;
}

START_TEST(an_ordinary_reply_is_one_write_with_its_end)
{
    int pair[2];
    ssize_t got;

    /* What was written by one call arrives by one call. */
    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair), 0);
    reply_begin(pair[0], REQUEST_ID);
    reply_put_text("Status: ");
    reply_put_number(200);
    reply_put("\r\n\r\n", 4);
    ck_assert(reply_send("Hello", 5, true));
    got = recv(pair[1], written, sizeof(written), MSG_DONTWAIT);
    ck_assert_int_gt(got, 0);
    written_length = (size_t)got;
    ck_assert_int_lt(recv(pair[1], content, 1, MSG_DONTWAIT), 0);
    understand();
    ck_assert_uint_eq(record_count, 3);
    ck_assert_uint_eq(end_count, 2);
    ck_assert_uint_eq(content_length, 20);
    ck_assert_mem_eq(content, "Status: 200\r\n\r\nHello", 20);
    close(pair[0]);
    close(pair[1]);
}
END_TEST

/* Around the borders of what is copied, of a record, and of a write. */
static const size_t lengths[] = {
    0,     1,     8183,           8184,       8185,           8191,
    8192,  8193,  65527,          65528,      65529,          65535,
    65536, 65537, 65528 * 16 - 1, 65528 * 16, 65528 * 16 + 1, BODY_MAX};

START_TEST(a_body_of_any_length_comes_whole_and_ends)
{
    int fd = begin_file();

    reply_put_text("head\r\n\r\n");
    ck_assert(reply_send(body, lengths[_i], true));
    read_back(fd);
    ck_assert_uint_eq(end_count, 2);
    ck_assert_uint_eq(content_length, 8 + lengths[_i]);
    ck_assert_mem_eq(content, "head\r\n\r\n", 8);
    ck_assert_mem_eq(content + 8, body, lengths[_i]);
}
END_TEST

START_TEST(a_head_of_any_length_comes_whole)
{
    int fd = begin_file();

    reply_put(body, lengths[_i]);
    ck_assert(reply_send("end", 3, true));
    read_back(fd);
    ck_assert_uint_eq(end_count, 2);
    ck_assert_uint_eq(content_length, lengths[_i] + 3);
    ck_assert_mem_eq(content, body, lengths[_i]);
    ck_assert_mem_eq(content + lengths[_i], "end", 3);
}
END_TEST

START_TEST(pieces_go_out_one_by_one_and_the_end_with_the_last)
{
    int fd = begin_file();

    reply_put_text("head");
    ck_assert(reply_send(body, 100000, false));
    ck_assert(reply_send(body, 0, false));
    ck_assert(reply_send(body, 10, false));
    read_back(dup(fd));
    ck_assert_uint_eq(end_count, 0);
    ck_assert_uint_eq(content_length, 4 + 100000 + 10);
    ck_assert(reply_send(body, 0, true));
    read_back(fd);
    ck_assert_uint_eq(end_count, 2);
    ck_assert_uint_eq(content_length, 4 + 100000 + 10);
}
END_TEST

START_TEST(what_was_put_for_one_request_never_reaches_the_next)
{
    int fd;

    reply_begin(-1, 1);
    reply_put_text("a secret of the one before");
    fd = begin_file();
    ck_assert(reply_send("mine", 4, true));
    read_back(fd);
    ck_assert_uint_eq(content_length, 4);
}
END_TEST

START_TEST(a_client_that_is_gone_is_noticed_and_stays_gone)
{
    int pair[2];

    signal(SIGPIPE, SIG_IGN);
    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    close(pair[1]);
    reply_begin(pair[0], REQUEST_ID);
    reply_put_text("head");
    ck_assert(!reply_send("body", 4, false));
    ck_assert(!reply_send("more", 4, true));
    close(pair[0]);
}
END_TEST

START_TEST(numbers_are_written_in_decimal)
{
    int fd = begin_file();

    reply_put_number(0);
    reply_put_text(",");
    reply_put_number(SIZE_MAX);
    ck_assert(reply_send(NULL, 0, true));
    read_back(fd);
    ck_assert_uint_eq(content_length, 22);
    ck_assert_mem_eq(content, "0,18446744073709551615", 22);
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_checked_fixture(tests, set_up, NULL);
    tcase_add_test(tests, an_ordinary_reply_is_one_write_with_its_end);
    tcase_add_loop_test(tests, a_body_of_any_length_comes_whole_and_ends, 0,
                        UNIT_ROWS(lengths));
    tcase_add_loop_test(tests, a_head_of_any_length_comes_whole, 0,
                        UNIT_ROWS(lengths));
    tcase_add_test(tests, pieces_go_out_one_by_one_and_the_end_with_the_last);
    tcase_add_test(tests, what_was_put_for_one_request_never_reaches_the_next);
    tcase_add_test(tests, a_client_that_is_gone_is_noticed_and_stays_gone);
    tcase_add_test(tests, numbers_are_written_in_decimal);
}

UNIT_MAIN("replies as records", add_tests)
