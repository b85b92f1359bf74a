/* What libfcgi may read of a body: appserver/engine/intake.c */

#include "unit.h"

#include <fcgiapp.h>
#include <fcgios.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "intake.h"

static int peer;
static int fd;

static void set_up(void)
{
    int pair[2];

    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    peer = pair[0];
    fd = pair[1];
}

static void tear_down(void)
{
    intake_end();
    close(peer);
    close(fd);
}

#define BODY "\1\5\0\1\0\3\0\0a=1"
#define END "\1\5\0\1\0\0\0\0"
#define ROW(bytes) bytes, sizeof(bytes) - 1

static const struct {
    const char *bytes;
    size_t length;
    bool is_read;
    bool is_clean; /* the connection may be kept */
} rows[] = {
    {ROW(END), true, true},
    {ROW(BODY END), true, true},
    {ROW(BODY BODY END), true, true},
    {ROW("\1\5\0\1\0\3\5\0a=1\0\0\0\0\0" END), true, true},
    {ROW("\1\1\0\2\0\10\0\0\0\1\1\0\0\0\0\0" END), true, true},
    {ROW("\1\5\0\2\0\3\0\0a=1" END), true, true},
    {ROW(BODY END "\1"), true, false},
    {ROW(BODY END "\1\1\0\1\0\10\0\0"), true, false},
    {ROW("\1\11\0\0\0\0\0\0" END), false, false},
    {ROW(BODY "\1\11\0\0\0\20\0\0\16\0FCGI_MAX_CONNS" END), false, false},
    {ROW(BODY "\1\52\0\0\0\0\0\0" END), false, false},
    {ROW("\1\1\0\2\0\7\0\0\0\1\1\0\0\0\0" END), false, false},
    {ROW("\1\5\0\2\0\0\0\0" BODY END), false, false},
    {ROW(BODY "\1\5\0\1\0\0\10\0\1\11\0\0\0\0\0\0"), false, false},
    {ROW(BODY "\1\2\0\1\0\0\0\0"), false, false},
    {ROW(BODY "\2\5\0\1\0\0\0\0"), false, false},
};

/* In pieces of that many bytes, the head of three bytes before it. */
static bool read_in_pieces(size_t row, size_t piece)
{
    char buffer[256];
    size_t total = 0;
    int got;

    ck_assert_int_eq(write(peer, "???", 3), 3);
    ck_assert_int_eq(write(peer, rows[row].bytes, rows[row].length),
                     (int)rows[row].length);
    intake_begin(fd, 1, 3);
    while (total < rows[row].length + 3) {
        got = OS_Read(fd, buffer, piece);
        if (got <= 0) {
            return false;
        }
        total += (size_t)got;
    }
    return true;
}

START_TEST(only_records_that_libfcgi_understands_are_read)
{
    size_t piece;

    for (piece = 1; piece < 64; piece++) {
        ck_assert(read_in_pieces((size_t)_i, piece) == rows[_i].is_read);
        if (rows[_i].is_read) {
            ck_assert(intake_end() == rows[_i].is_clean);
        }
        tear_down();
        set_up();
    }
}
END_TEST

START_TEST(other_descriptors_are_not_looked_at)
{
    char buffer[8];

    intake_begin(fd + 1, 1, 0);
    ck_assert_int_eq(write(peer, "anything", 8), 8);
    ck_assert_int_eq(OS_Read(fd, buffer, sizeof(buffer)), 8);
    ck_assert_mem_eq(buffer, "anything", 8);
}
END_TEST

/* All depends on it. */
START_TEST(libfcgi_reads_through_us)
{
    static const char request[] = "\1\1\0\1\0\10\0\0\0\1\1\0\0\0\0\0"
                                  "\1\4\0\1\0\0\0\0";
    static const char trap[] = "\1\11\0\0\0\0\0\0";
    FCGX_Request fcgi;
    char byte;

    ck_assert_int_eq(FCGX_Init(), 0);
    ck_assert_int_eq(FCGX_InitRequest(&fcgi, -1, 0), 0);
    fcgi.ipcFd = fd;
    fcgi.keepConnection = 1;
    ck_assert_int_eq(write(peer, request, sizeof(request) - 1), 24);
    intake_begin(fd, 1, 24);
    ck_assert_int_eq(FCGX_Accept_r(&fcgi), 0);
    ck_assert_int_eq(write(peer, trap, sizeof(trap) - 1), 8);
    ck_assert_int_eq(FCGX_GetStr(&byte, 1, fcgi.in), 0);
    ck_assert_int_ne(FCGX_GetError(fcgi.in), 0);
    FCGX_Free(&fcgi, 0);
}
END_TEST

START_TEST(libfcgi_leaves_closing_to_us)
{
    FCGX_Request fcgi;

    ck_assert_int_eq(FCGX_Init(), 0);
    ck_assert_int_eq(FCGX_InitRequest(&fcgi, -1, 0), 0);
    fcgi.ipcFd = fd;
    FCGX_Free(&fcgi, 1);
    ck_assert_int_eq(write(peer, "x", 1), 1);
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_loop_test(tests, only_records_that_libfcgi_understands_are_read,
                        0, UNIT_ROWS(rows));
    tcase_add_test(tests, other_descriptors_are_not_looked_at);
    tcase_add_test(tests, libfcgi_reads_through_us);
    tcase_add_test(tests, libfcgi_leaves_closing_to_us);
}

UNIT_MAIN("What libfcgi reads", add_tests)
