/* Reading the answer of /healthz: ops/foobarctl/probe.c */

#include "unit.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "probe.h"

static const struct {
    const char *reply;
    int status;
    const char *body;
} rows[] = {
    {"HTTP/1.1 200 OK\r\nX: y\r\n\r\nwell\n", 200, "well\n"},
    {"HTTP/1.0 503 No\r\n\r\n", 503, ""},
    {"HTTP/1.1 204 \r\n\r\n", 204, ""},
    {"HTTP/1.1 20", 0, ""},
    {"HTTP/1.1 2x0 OK\r\n\r\n", 0, ""},
    {"HTTP/2 200\r\n\r\n", 0, ""},
    {"HTTP/1.", 0, ""},
    {"SSH-2.0-OpenSSH\r\n", 0, ""},
    {"", 0, ""},
};

START_TEST(an_answer_has_a_status_and_a_body)
{
    struct probe *probe = calloc(1, sizeof(*probe));

    snprintf(probe->reply, sizeof(probe->reply), "%s", rows[_i].reply);
    probe->length = strlen(probe->reply);
    ck_assert_int_eq(probe_status(probe), rows[_i].status);
    if (rows[_i].status != 0) {
        ck_assert_str_eq(probe_body(probe), rows[_i].body);
    }
    free(probe);
}
END_TEST

/* A server that answers one question, on a socket without a name. */
static pid_t answer_once(struct sockaddr_un *address, socklen_t *length,
                         const char *reply)
{
    int server = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    char request[1024];
    pid_t pid;

    *address = (struct sockaddr_un){.sun_family = AF_UNIX};
    *length = sizeof(sa_family_t);
    ck_assert_int_ge(server, 0);
    ck_assert_int_eq(bind(server, (struct sockaddr *)address, *length), 0);
    *length = sizeof(*address);
    getsockname(server, (struct sockaddr *)address, length);
    ck_assert_int_eq(listen(server, 1), 0);
    pid = fork();
    if (pid == 0) {
        int client = accept(server, NULL, NULL);

        _exit(read(client, request, sizeof(request)) > 0 &&
                      write(client, reply, strlen(reply)) > 0
                  ? 0
                  : 1);
    }
    close(server);
    return pid;
}

START_TEST(a_server_is_asked_and_answers)
{
    struct probe *probe = calloc(1, sizeof(*probe));
    struct sockaddr_un address;
    socklen_t length;

    ck_assert_int_gt(
        answer_once(&address, &length, "HTTP/1.1 200 OK\r\n\r\nnginx: ok\n"),
        0);
    ck_assert_int_eq(
        probe_ask(probe, (struct sockaddr *)&address, length, "x", "/healthz"),
        200);
    ck_assert_str_eq(probe_body(probe), "nginx: ok\n");
    ck_assert_ptr_nonnull(
        strstr(probe->request, "GET /healthz HTTP/1.1\r\nHost: x\r\n"));
    ck_assert_int_eq(probe->fd, -1);
    free(probe);
}
END_TEST

START_TEST(nobody_there_is_no_answer)
{
    struct probe *probe = calloc(1, sizeof(*probe));
    struct sockaddr_un address = {.sun_family = AF_UNIX,
                                  .sun_path = "/nonexistent/socket"};

    ck_assert_int_eq(probe_ask(probe, (struct sockaddr *)&address,
                               sizeof(address), "x", "/"),
                     0);
    ck_assert_int_eq(probe->fd, -1);
    free(probe);
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_loop_test(tests, an_answer_has_a_status_and_a_body, 0,
                        UNIT_ROWS(rows));
    tcase_add_test(tests, a_server_is_asked_and_answers);
    tcase_add_test(tests, nobody_there_is_no_answer);
}

UNIT_MAIN("foobarctl's check of the site", add_tests)
